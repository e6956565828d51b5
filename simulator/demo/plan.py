"""The month that the demo plays, and how it reaches Odoo: which messages come twice, which never, which as a file."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from random import Random

from simulator.play.outside import Outside
from simulator.script import Operation
from simulator.world import Profile, World
from simulator.world.profiles import PROFILES

SEED = 19
# A shop and an agency, two companies of one database.
DEMO = Profile("demo", 18, (*PROFILES["retailer"].merchants, *PROFILES["services"].merchants))
# So many events of each company no webhook ever carries.
NEVER_DELIVERED = 3
TWICE_SHARE = 0.08
DAYS_OF_A_FILE = 5
# Of this merchant a report file tells of all payouts but the last ones; these, and those of the other, are asked for.
REPORTED, NOT_REPORTED = 0, 3


def demo_world(today: date) -> World:
    """The world of the demo that was made on ``today``."""
    return World(SEED, DEMO, until=today)


@dataclass(frozen=True)
class Post:
    """One delivery of a message: whose, which one, and whether it was delivered before."""

    merchant: int
    index: int
    is_copy: bool


class Plan:
    """How all of ``outside`` reaches Odoo; the same for every run."""

    def __init__(self, outside: Outside):
        self.outside = outside
        self._rng = Random(f"demo/{outside.world.seed}")
        self.never = [set(self._rng.sample(range(len(told)), NEVER_DELIVERED)) for told in outside.messages]
        self.posts = self._shuffled()

    def _shuffled(self) -> list[Post]:
        """What is delivered, in no order at all; the world's own order is only in the messages."""
        sent = [(number, index) for number, told in enumerate(self.outside.messages)
                for index in range(len(told)) if index not in self.never[number]]
        sent += [one for one in sent if self._rng.random() < TWICE_SHARE]
        self._rng.shuffle(sent)
        seen: set[tuple[int, int]] = set()
        posts = []
        for one in sent:
            posts.append(Post(*one, one in seen))
            seen.add(one)
        return posts

    @cached_property
    def files(self) -> list[Operation]:
        """The files, as operations: the provider's report of some payouts, and the bank's statements, a week each."""
        return [Operation("report", self.outside.world.end, REPORTED, tuple(sorted(self.reported))), *self._statements()]

    @cached_property
    def reported(self) -> set[str]:
        """The payouts that the report tells of."""
        ready = [payout for payout in self.outside.world.merchants[REPORTED].payouts if payout.itemized_at]
        return {payout.key for payout in ready[:-NOT_REPORTED]}

    def _statements(self) -> Iterator[Operation]:
        for number, merchant in enumerate(self.outside.world.merchants):
            numbers = [statement.number for statement in merchant.statements]
            for start in range(0, len(numbers), DAYS_OF_A_FILE):
                week = tuple(numbers[start:start + DAYS_OF_A_FILE])
                yield Operation("statement", self.outside.world.end, number, week, "" if start else "zipped")
