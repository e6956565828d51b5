"""What is true in a world, as plain values: documents, payments and their acts, balance lines, payouts, bank entries.

Amounts are integer minor units (ISO 4217) of the currency beside them; instants are aware UTC datetimes.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(slots=True)
class Customer:
    """Somebody who pays."""

    number: int
    name: str
    email: str
    iban: str


@dataclass(slots=True)
class Document:
    """What asks for ``total``: an invoice, or an order at the shop's own checkout. ``reference`` is what the customer or the
    shop says to pay it."""

    reference: str
    customer: Customer
    total: int
    currency: str
    day: date
    is_checkout: bool = False


@dataclass(slots=True)
class Act:
    """One thing that happens to a payment. ``kind`` says what (see `simulator.world.lives`); ``ref`` is the id of the
    charge, refund, dispute or review that it is about; ``number`` counts withdrawals of one dispute."""

    at: datetime
    kind: str
    amount: int
    ref: str
    number: int = 1
    reason: str = ""


@dataclass(slots=True)
class Payment:
    """One payment at the provider, and what happened to it until the world ended."""

    key: str
    customer: Customer
    document: Document | None
    reference: str
    amount: int
    currency: str
    begun: datetime
    acts: list[Act] = field(default_factory=list)


@dataclass(slots=True)
class BalanceLine:
    """A change of the provider's balance: ``net = gross - fee - tax``, in the currency of the balance.

    ``original`` is (amount, currency) that the customer paid or got back when that is another currency.
    """

    key: str
    category: str
    at: datetime
    available: datetime
    currency: str
    gross: int
    fee: int = 0
    tax: int = 0
    source: str = ""
    payment: Payment | None = None
    act: Act | None = None
    original: tuple[int, str] | None = None
    text: str = ""

    @property
    def net(self) -> int:
        return self.gross - self.fee - self.tax


@dataclass(slots=True)
class Payout:
    """Money that leaves the balance for the bank (negative: is collected). ``lines`` are what it pays out."""

    key: str
    amount: int
    currency: str
    at: datetime
    arrives: date
    trace: str
    automatic: bool = True
    lines: list[BalanceLine] = field(default_factory=list)
    paid_at: datetime | None = None
    failed_at: datetime | None = None
    itemized_at: datetime | None = None


@dataclass(slots=True)
class BankEntry:
    """A booked entry of the bank account, signed: what the account gained.

    ``explains`` names what it must be reconciled with (`payout:<key>`, `document:<reference>` or several of these, `return:<id
    of the entry that is taken back>`), or is empty when nothing explains it. ``parts`` are the members of a batch booking, as
    (amount, reference) each. ``doubt``: why a person must see it at once although it is no mistake: `ambiguous`, it may pay
    several things; `amount`, it names something of another amount.
    """

    bank_id: str
    amount: int
    currency: str
    booked: date
    value: date
    text: str
    name: str
    iban: str
    end_to_end: str = ""
    explains: str = ""
    is_return: bool = False
    parts: tuple = ()
    doubt: str = ""


@dataclass(slots=True)
class Statement:
    """One day of the bank account; ``opening + entries = closing``."""

    number: int
    day: date
    opening: int
    closing: int
    entries: list[BankEntry]
