"""What happens in a world of payments out, as a list of operations drawn from the seed alone, so that a seed replays.

| kind | what | ``how`` |
|---|---|---|
| pay | people propose, submit, approve and send what is due; what they left undone before, they finish | |
| transmit | the scheduled action that sends | what happens to the call, see `bank.MOODS` |
| evening | the bank books the day | |
| deliver | answers of the bank arrive, in no order | `some` `again` `foreign` `truncated` |
| work | all scheduled actions | |
| people | they look at what failed, and ask on the telephone for what is unknown | |

``crash``: what the run meets, and at which commit, statement or act of the channel.
"""

from __future__ import annotations

from datetime import datetime, time, timezone
from random import Random

from simulator.faults import CRASHES
from simulator.play.crash import AT_THE_CALL
from simulator.script import Operation

from .bank import CUT_BEHIND, MOODS
from .world import PayingWorld

# After so many more business days everything must have come to its end.
MOST_CLOSING_DAYS = 12
_DELIVERIES = ("some", "some", "some", "again", "foreign", "truncated")


def write(world: PayingWorld) -> list[Operation]:
    """The operations of the days of ``world``; `closing_day` makes up for what they leave undone."""
    rng = Random(f"paying script/{world.seed}")
    trouble = rng.choice((0.0, 0.4, 0.7, 0.9))
    found: list[Operation] = []
    for number in range(world.days):
        found += _day(world, number, rng, trouble)
    return found


def _day(world: PayingWorld, number: int, rng: Random, trouble: float) -> list[Operation]:
    def add(hour: int, minute: int, kind: str, how: str = "", crash: tuple = ()) -> None:
        found.append(Operation(kind, at(world, number, hour, minute), how=how, crash=crash))

    def crash(kinds: tuple, latest: int, often: float = 1) -> tuple:
        return (rng.choice(kinds), rng.randint(1, latest)) if rng.random() < trouble * often else ()

    found: list[Operation] = []
    add(9, 0, "pay", crash=crash(("kill_before_commit", "kill_after_commit"), 6, 0.5))
    for hour, minute in ((9, 10), (9, 15), (9, 40), (11, 0)):
        how = rng.choice((*MOODS, CUT_BEHIND, CUT_BEHIND)) if rng.random() < trouble else ""
        add(hour, minute, "transmit", how, crash((*CRASHES, *AT_THE_CALL, *AT_THE_CALL), 12))
        if rng.random() < 0.4:
            add(hour, minute + 2, "deliver", rng.choice(_DELIVERIES))
    if rng.random() < 0.3:
        add(14, 0, "pay")
        add(14, 5, "transmit", crash=crash(AT_THE_CALL, 1))
    add(17, 0, "evening")
    for minute in range(rng.randint(0, 3)):
        add(18, minute, "deliver", rng.choice(_DELIVERIES))
    add(19, 0, "work", crash=crash(CRASHES, 12))
    if rng.random() < 0.5:
        add(19, 30, "people")
    return found


def closing_day(world: PayingWorld, number: int) -> list[Operation]:
    """A day on which nothing goes wrong, and everything arrives."""
    found = [("pay", 9, 0), ("transmit", 9, 5), ("transmit", 10, 0), ("transmit", 11, 0), ("evening", 17, 0)]
    found += [("deliver", 18, 0), ("work", 19, 0), ("people", 20, 0)]
    return [
        Operation(kind, at(world, number, hour, minute), how="all" if kind == "deliver" else "") for kind, hour, minute in found
    ]


def at(world: PayingWorld, number: int, hour: int, minute: int = 0) -> datetime:
    """An instant of the ``number``-th business day."""
    return datetime.combine(world.day(number), time(hour, minute), timezone.utc)
