"""Decides when a preparation step is done: stamps keyed by inputs, one lock, logged programs."""
from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from . import paths

TOTAL = 5
NEEDED_DISK_GB = 4


# The descriptor of the lock while it is held. Programs that prepare something inherit it: when this process
# is killed, the lock stays taken until they end too.
held_lock: list[int] = []


class SetupError(Exception):
    """Something that the person at the keyboard can put right; the text says what happened and what to do."""


def say(text: str) -> None:
    """Print progress on stderr: stdout belongs to the answer of the command."""
    print(text, file=sys.stderr, flush=True)


def key_of(*parts: object) -> str:
    """Return the key of a step's inputs; a Path stands for the content of the file."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else str(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()


class Step:
    """One step with a stamp file; a stamp is written only after the step's work is complete."""

    def __init__(self, number: int, name: str, title: str):
        self.title = f"[{number}/{TOTAL}] {title}"
        self.stamp = paths.stamps() / name
        self.started = paths.stamps() / f"{name}.started"
        self.log_file = paths.logs() / f"{name}.log"

    def done(self, key: str, *results: Path) -> bool:
        """Tell whether the step was completed with these inputs and its results are still there."""
        return self.info().get("key") == key and all(path.exists() for path in results)

    def info(self) -> dict:
        """Return what the completed step noted; empty when it was never completed."""
        try:
            return json.loads(self.stamp.read_text())
        except (OSError, ValueError):
            return {}

    @contextlib.contextmanager
    def work(self, key: str, **notes):
        """Run the step's work; yields True when an earlier try was interrupted, and stamps at the end."""
        interrupted = self.started.exists()
        self.log_file.write_text("")
        self.stamp.unlink(missing_ok=True)
        self.started.touch()
        began = time.monotonic()
        say(f"{self.title} ...")
        yield interrupted
        part = self.stamp.with_suffix(".part")
        part.write_text(json.dumps({"key": key, **notes}))
        part.replace(self.stamp)
        self.started.unlink(missing_ok=True)
        say(f"{self.title} ready ({time.monotonic() - began:.0f} s)")

    def note(self, text: str) -> None:
        say(f"      {text}")

    def run(self, command: list, failure: str, check: bool = True, **kwargs) -> str:
        """Run a command with its output in the step's log; return the output.

        Raises SetupError with `failure`, the end of the output and the log's path.
        """
        result = subprocess.run(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", check=False, pass_fds=held_lock, **kwargs)
        with self.log_file.open("a") as log:
            log.write(f"$ {' '.join(map(str, command))}\n{result.stdout}\n")
        if check and result.returncode:
            tail = "\n".join("    " + line for line in result.stdout.strip().splitlines()[-15:])
            raise SetupError(f"{failure}\n{tail}\n    full log: {self.log_file}")
        return result.stdout


@contextlib.contextmanager
def lock():
    """Hold the cache's lock, so that two commands at the same time do not prepare the same thing twice."""
    _prepare_cache()
    with (paths.cache_root() / "lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another command is preparing the environment: waiting for it ...")
            fcntl.flock(handle, fcntl.LOCK_EX)
        held_lock.append(handle.fileno())
        try:
            yield
        finally:
            held_lock.clear()


def _prepare_cache() -> None:
    root = paths.cache_root()
    try:
        for folder in (root, paths.stamps(), paths.logs(), paths.data_dir()):
            folder.mkdir(parents=True, exist_ok=True)
        (root / "lock").touch()
    except OSError as error:
        raise SetupError(
            f"The cache folder {root} can not be written ({error}). It may belong to another user: "
            "set FC_CACHE=/a/folder/of/yours and run the command again.") from error


def check_disk() -> None:
    """Raise SetupError when the disk of the cache has too little room for a first preparation."""
    free = shutil.disk_usage(paths.cache_root()).free / 1e9
    if free < NEEDED_DISK_GB:
        raise SetupError(
            f"The disk of {paths.cache_root()} has {free:.1f} GB free and {NEEDED_DISK_GB} GB are needed "
            "(Odoo 1.3, Python packages 0.5, databases). Free some, or set FC_CACHE= to one on another disk.")


def require_program(name: str, package: str, why: str) -> str:
    """Return the path of a program; raises SetupError that names the package to install."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise SetupError(f"The program {name} is missing; {why}. Install it: apt-get install {package}")
    return found
