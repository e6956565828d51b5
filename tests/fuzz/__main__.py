"""`make fuzz`: decides what the variables mean and what is printed. FUZZ_SECONDS, FUZZ_SEED, FUZZ_REPLAY (a kept input)."""
from __future__ import annotations

import os
import random
import sys
from collections import Counter
from pathlib import Path

from fc_env import paths
from tests.fuzz import runner, targets

_SEEDS = 10**6


def main() -> int:
    """Run both halves, or one kept input; the exit code is 1 when there is a fault."""
    faults = runner.Faults(paths.cache_root() / "fuzz")
    if replay := os.environ.get("FUZZ_REPLAY"):
        return _replay(Path(replay), faults)
    # One half of the time each; starting the server comes on top.
    half = float(os.environ.get("FUZZ_SECONDS") or 60) / 2
    seed = int(os.environ.get("FUZZ_SEED") or random.SystemRandom().randrange(_SEEDS))
    print(f"seed {seed}: parsers for {half:.0f} s, then the webhook route for {half:.0f} s", flush=True)
    counts = runner.fuzz_parsers(seed, half, faults)
    for name in targets.TARGETS:
        print(f"  {name:<14} {counts[name, 'read']:>7} read {counts[name, 'refused']:>7} refused", flush=True)
    if not faults.full:
        # Only this half needs a database and a server.
        from tests.fuzz.route import fuzz_route
        answers = fuzz_route(seed, half, faults)
        print(f"  {'route':<14} {_told(answers)}")
    print(f"{len(faults)} faults (again: make fuzz SEED={seed})")
    return 1 if faults else 0


def _told(answers: Counter) -> str:
    """The answers by status; 0 is a connection that the server ended, -1 a fault."""
    return f"{answers.total()} calls: " + ", ".join(f"{count} x {status}" for status, count in sorted(answers.items()))


def _replay(path: Path, faults: runner.Faults) -> int:
    target, content = path.name.partition("-")[0], path.read_bytes()
    if target == "route":
        from tests.fuzz.route import replay_call
        replay_call(content, faults)
    elif target in targets.TARGETS:
        runner.attempt(target, content, faults)
    else:
        print(f"{path.name}: the name of an input begins with its parser: {', '.join([*targets.TARGETS, 'route'])}")
        return 2
    print("the fault is still there" if faults else "no fault any more")
    return 1 if faults else 0


sys.exit(main())
