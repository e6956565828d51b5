"""A world as a list of operations: what reaches Odoo, in which order, and what goes wrong on the way.

The script is drawn from the seed and has no other input, so that a seed replays; any prefix of it can be played too,
since `closing` makes up for what did not arrive. The truth does not depend on the script (INV-4).
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from .faults import AT_COMMITS, CRASHES, Faults
from .world.world import Merchant, World

# Every so many-th seed is played a second time, in another order and with other faults: both must lead to the same books.
PERMUTED_EVERY = 5
# Commits of a poll before it asks anybody: a crash there loses nothing in any world.
ASKED = 2
# After the end, so much later everything can be asked for: PayPal lists a row within three hours.
LAST = timedelta(hours=6)
# A report may be sent before the events of what it tells.
BEFORE_ITS_EVENTS = timedelta(hours=5)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the outside does, or that our own machine does. ``merchant`` counts from zero; what the other
    fields mean depends on ``kind``: see `simulator.play.player`."""

    kind: str
    at: datetime
    merchant: int = 0
    items: tuple = ()
    how: str = ""
    crash: tuple = ()

    def __str__(self) -> str:
        what = f"{self.at:%m-%d %H:%M} {self.kind} m{self.merchant}"
        return " ".join(filter(None, (what, self.how, ",".join(map(str, self.items)), *map(str, self.crash))))


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one merchant's provider has to say: its ``messages``, its ``reports`` as (key, when it can be had), and whether it
    ``needs_reports``, because nothing else tells all of it."""

    messages: list
    reports: list
    needs_reports: bool


@dataclass
class Script:
    """The operations of a world, the earliest first."""

    operations: list[Operation]

    def expected_of(self, played: list[Operation]) -> list[tuple[int, str, int]]:
        """The exceptions that the faults among ``played`` must have made."""
        return [(operation.merchant, "import_rejected", 0) for operation in played if operation.how == "truncated"]


def write(world: World, spoken: list[Spoken], faults: Faults | None = None, order: str = "") -> Script:
    """The script of ``world``. Another ``order`` is another script of the same world."""
    rng = Random(f"script{order}/{world.profile.name}/{world.seed}")
    faults = faults or Faults.draw(rng)
    writer = _Writer(world, rng, faults)
    for number, (merchant, said) in enumerate(zip(world.merchants, spoken, strict=True)):
        writer.webhooks(number, said.messages)
        writer.reports(number, said.reports)
        writer.statements(number, merchant)
    writer.work()
    writer.operations.sort(key=lambda item: item.at)
    return Script(writer.operations)


def closing(world: World, spoken: list[Spoken]) -> list[Operation]:
    """What the world does in the end, whatever went wrong: every statement arrives, and every message and report that nothing
    else makes up for, and everything can be asked for."""
    found, late = [], world.end + LAST
    for number, (merchant, said) in enumerate(zip(world.merchants, spoken, strict=True)):
        found += [Operation("webhook", late, number, (index,))
                  for index, message in enumerate(said.messages) if not message.told_elsewhere]
        if said.needs_reports and said.reports:
            found.append(Operation("report", late, number, tuple(key for key, _at in said.reports)))
        numbers = tuple(statement.number for statement in merchant.statements)
        found.append(Operation("statement", world.end, number, numbers))
    return [*found, Operation("poll", late), Operation("settle", late)]


class _Writer:
    def __init__(self, world: World, rng: Random, faults: Faults):
        self.world, self.rng, self.faults = world, rng, faults
        self.operations: list[Operation] = []

    def add(self, kind: str, at: datetime, *values, **more) -> None:
        self.operations.append(Operation(kind, min(at, self.world.end), *values, **more))

    def webhooks(self, number: int, messages: list) -> None:
        """Each message once, unless it is dropped, doubled, held back, or comes with a false signature first."""
        for index, at in enumerate(message.at for message in messages):
            if self.rng.random() < self.faults.drop:
                continue
            for how in self.faults.signatures(self.rng):
                self.add("webhook", at, number, (index,), how)
            self.add("webhook", at + self.faults.held_back(self.rng), number, (index,), self.faults.oddity(self.rng))
            while self.rng.random() < self.faults.duplicate:
                self.add("webhook", at + self.faults.held_back(self.rng, always=True), number, (index,))

    def reports(self, number: int, reports: list) -> None:
        """Some payouts are told by a report file, of one or of several payouts, now and then cut short first."""
        ready = list(reports)
        while ready and self.rng.random() < self.faults.report_share:
            count = self.rng.randint(1, 3)
            chosen, ready = ready[:count], ready[count:]
            keys = tuple(key for key, _at in chosen)
            at = self.rng.choice((chosen[-1][1], self.world.end, chosen[0][1] - BEFORE_ITS_EVENTS))
            if self.rng.random() < self.faults.truncate:
                self.add("report", at, number, keys, "truncated")
            self.add("report", at, number, keys)

    def statements(self, number: int, merchant: Merchant) -> None:
        """Files of one to four days; days repeated, files sent twice, cut short, or only at the end."""
        numbers = [statement.number for statement in merchant.statements]
        days = {statement.number: statement.day for statement in merchant.statements}
        start = 0
        while start < len(numbers):
            count = self.rng.randint(1, 4)
            begin = max(0, start - (self.rng.randint(1, 3) if self.rng.random() < self.faults.overlap else 0))
            chosen = tuple(numbers[begin:start + count])
            start += count
            if self.rng.random() < self.faults.drop:
                continue
            at = datetime.combine(days[chosen[-1]], self.world.start.timetz()) + self.faults.held_back(self.rng, always=True)
            if self.rng.random() < self.faults.truncate:
                self.add("statement", at, number, chosen, "truncated")
            for _copy in range(1 + (self.rng.random() < self.faults.duplicate)):
                self.add("statement", at, number, chosen, self.rng.choice(("", "", "zipped")))
            if self.rng.random() < self.faults.renumber:
                self.add("statement", at, number, chosen, "renumbered")

    def work(self) -> None:
        """The scheduled actions run some times; some runs die, some meet one another, the provider does not answer."""
        for number in range(1, self.faults.rounds + 1):
            at = self.world.start + (self.world.end - self.world.start) * (number / (self.faults.rounds + 1))
            crash = self._crash(12)
            if self.rng.random() < self.faults.two_workers:
                self.add("race", at)
            if self.rng.random() < self.faults.poll_share:
                self.add("poll", at, how=self.faults.answer(self.rng), crash=self._crash(4, AT_COMMITS, ASKED))
            self.add("work", at, crash=crash)

    def _crash(self, latest: int, kinds: tuple = CRASHES, behind: int = 0) -> tuple:
        """What a run meets, and at which of its commits (or statements, times seven) ``behind`` so many; mostly nothing."""
        if self.rng.random() >= self.faults.crash:
            return ()
        return self.rng.choice(kinds), behind + self.rng.randint(1, latest)
