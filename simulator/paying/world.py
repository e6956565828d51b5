"""A world of payments out: payees, their bills, what their banks do with a payment, and what everybody must have got in the end.

Amounts are cents of a euro. The truth depends on nothing that happens on the way: who pays twice, or not at all, is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from simulator.world.bank import iban
from simulator.world.calendar import first_day, next_business_day

NAME = "payments_out"
COMPANY_BIC, COMPANY_NAME = "SIMUDEFF", "World 1"
# What becomes of a payment to a payee: it arrives; its account is closed, for good or until the company knows the new one; it
# arrives and is sent back days later, for good or until then.
GOOD, CLOSED, MOVED, RETURNING, LEFT = "good", "closed", "moved", "returning", "left"
# With the new account everything arrives.
CORRECTED = (MOVED, LEFT)
_MANNERS = {GOOD: 70, CLOSED: 8, MOVED: 8, RETURNING: 7, LEFT: 7}
# How a bank books, answers and is reached.
STYLES = {
    "answers": ("one", "steps", "halves", "silent"),
    "version": ("03", "10", "12", "14"),
    "reached": ("http", "http", "folder"),
    "books": ("same_day", "next_day"),
    "batch": (False, False, False, True),
}


@dataclass
class Payee:
    """``account``: the IBAN that the company knows in the beginning; ``new_account``: the one that it is told of later."""

    number: int
    name: str
    manner: str
    account: str
    new_account: str = ""

    @property
    def gets_money(self) -> bool:
        """Whether its bills are paid in the end."""
        return self.manner == GOOD or self.manner in CORRECTED


@dataclass(frozen=True)
class Bill:
    """A bill of a payee."""

    reference: str
    payee: Payee
    amount: int
    due: date


class PayingWorld:
    """The world of a seed."""

    def __init__(self, seed: int):
        self.seed = seed
        rng = Random(f"{NAME}/{seed}")
        self.days = rng.randint(2, 4)
        self.start = next_business_day(first_day(rng, 20))
        self.iban = iban(rng)
        self.style = {name: rng.choice(choices) for name, choices in STYLES.items()}
        self.payees = [self._payee(rng, number) for number in range(1, rng.randint(3, 6) + 1)]
        self.bills = [bill for payee in self.payees for bill in self._bills(rng, payee)]
        # One instruction pays everything of a payee, or one bill.
        self.together = rng.random() < 0.5

    def _payee(self, rng: Random, number: int) -> Payee:
        manner = rng.choices(list(_MANNERS), list(_MANNERS.values()))[0]
        return Payee(number, f"Payee {number}", manner, iban(rng), iban(rng) if manner in CORRECTED else "")

    def _bills(self, rng: Random, payee: Payee) -> list[Bill]:
        found = []
        for number in range(1, rng.choice((1, 1, 1, 2, 3)) + 1):
            due = self.start + timedelta(days=rng.randint(0, self.days - 1))
            amount = rng.choice((rng.randint(1, 999), rng.randint(10_000, 900_000), 50_000))
            found.append(Bill(f"BILL-{payee.number}-{number}", payee, amount, due))
        return found

    def must_get(self, payee: Payee) -> int:
        """What the payee must have in the end."""
        return sum(bill.amount for bill in self.bills if bill.payee is payee) if payee.gets_money else 0

    def day(self, number: int) -> date:
        """The ``number``-th business day from the first one on, which is 0."""
        day = self.start
        for _step in range(number):
            day = next_business_day(day + timedelta(days=1))
        return day
