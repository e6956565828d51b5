"""What the matching makes of labelled worlds: how much of what it applies is right (target: all), how much of what has one right
answer it applies (97 %), and how many planted doubts it leaves to a person (all)."""

import os

import tests.pure.conftest  # noqa: F401  makes the pure rooms importable as fc
from tests.pure.core.labelled import Score, score

WORLDS = int(os.environ.get("WORLDS", "100"))
FIRST = int(os.environ.get("FIRST", "1000"))


def run():
    """Print the three shares over all worlds, and what was misapplied."""
    total = sum(map(score, range(FIRST, FIRST + WORLDS)), Score())
    right = total.applied - len(total.wrong)
    print(f"   {WORLDS} worlds, {total.lines:,} bank lines: {total.applied:,} applied, {right / total.applied:.2%} of them right "
          f"(target 100 %)")
    print(f"   {total.one_answer:,} lines have one right answer, {total.found / total.one_answer:.2%} of them applied "
          f"(target 97 %)")
    print(f"   {total.planted:,} planted doubts, {total.refused / total.planted:.2%} left to a person (target 100 %)")
    for seed, result, truth in total.wrong[:20]:
        print(f"   WRONG in world {seed}: line {result.line_id} was given {result.candidate_ids}, not {sorted(truth)}")
