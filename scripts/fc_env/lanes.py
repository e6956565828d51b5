"""Decides how two lanes of test stages run at once: the first is seen live, the second is shown when it ends."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from . import paths
from .paths import REPOSITORY
from .steps import say

# Where a lane leaves its results: for the process that started it.
RESULTS = "FC_LANE_RESULTS"
# Stopping takes as long as its stages need to drop their databases.
STOP_SECONDS = 30

Result = tuple[str, bool, float]


class Beside:
    """Stages in a process of their own, with everything they print kept until they end."""

    def __init__(self, stages: list[str], extra: list[str]):
        self.stages = stages
        self.folder = Path(tempfile.mkdtemp(prefix="lane-", dir=paths.logs()))
        say(f"beside: {', '.join(stages)}; what they print follows at the end, until then: {self.output}")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(REPOSITORY / "scripts" / "fc.py"), "test", *stages, *extra], cwd=REPOSITORY,
                env={**os.environ, RESULTS: str(self.folder / "results.json")}, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True)

    @property
    def output(self) -> Path:
        return self.folder / "output.log"

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_error) -> None:
        """Never leave it behind, whatever ended the first lane."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def results(self) -> list[Result]:
        """Wait for its end, show what it printed, and return what its stages gave; a stage without a result has failed."""
        self.process.wait()
        sys.stderr.flush()
        sys.stdout.flush()
        sys.stdout.buffer.write(self.output.read_bytes())
        sys.stdout.flush()
        try:
            told = json.loads((self.folder / "results.json").read_text())
        except (OSError, ValueError):
            told = []
        found = {name: (name, passed, seconds) for name, passed, seconds in told}
        return [found.get(name, (name, False, 0.0)) for name in self.stages]


def leave(results: list[Result]) -> None:
    """Write ``results`` for the process that runs this lane, if one does."""
    if target := os.environ.get(RESULTS):
        Path(target).write_text(json.dumps(results))
