"""Decides what a fuzz run is: which inputs a seed gives, for how long, and how a failure is kept and replayed."""
from __future__ import annotations

import hashlib
import random
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz import mutate, targets

# A fault that shows again and again is told once.
_MOST_FAULTS = 10
AFTERWARDS = "route_after"


class Faults:
    """The faults of a run, each kind once, with its input as a file in ``folder``."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.found: dict[tuple, Path] = {}

    def __len__(self) -> int:
        return len(self.found)

    @property
    def full(self) -> bool:
        return len(self.found) >= _MOST_FAULTS

    def add(self, target: str, content: bytes, error: BaseException, seed: str) -> None:
        """Keep the input of a fault that is of a new kind, and say how to replay it."""
        kind = target, type(error).__name__, _origin(error)
        if kind in self.found or self.full:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{target}-{hashlib.sha256(content).hexdigest()[:12]}.input"
        path.write_bytes(content)
        self.found[kind] = path
        print(f"\nFAULT of {target} (seed {seed}): {type(error).__name__}: {error!s:.300}\n  at {kind[2]}")
        # What is wrong after all calls has no single input.
        again = f"SEED={seed}" if target == AFTERWARDS else f"REPLAY={path}"
        print(f"  input   {path} ({len(content)} bytes)\n  replay  make fuzz {again}")


def _origin(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else f"{error!s:.40}"


def inputs(name: str, seed: int | str) -> Iterator[bytes]:
    """The endless inputs of parser ``name`` for ``seed``: the same ones whatever else runs."""
    samples = targets.TARGETS[name].samples()
    everything = [sample for target in targets.TARGETS.values() for sample in target.samples()]
    number = 0
    while True:
        rng = random.Random(f"{seed}:{name}:{number}")
        others = samples if rng.random() < 0.9 else everything
        yield mutate.damaged(rng, rng.choice(samples), list(others))
        number += 1


def attempt(name: str, content: bytes, faults: Faults, seed: int | str = "of the file") -> str:
    """Try one input; returns "read", "refused" or "fault"."""
    try:
        return targets.check(name, content)
    except (Exception, targets.TooSlow) as error:
        faults.add(name, content, error, str(seed))
        return "fault"


def fuzz_parsers(seed: int, seconds: float, faults: Faults) -> Counter:
    """Damaged inputs for every parser in turn until the time is up; how many there were, by (parser, outcome)."""
    counts, streams = Counter(), {name: inputs(name, seed) for name in targets.TARGETS}
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not faults.full:
        for name, stream in streams.items():
            counts[name, attempt(name, next(stream), faults, seed)] += 1
    return counts
