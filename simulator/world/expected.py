"""What a system that was told of everything must show of a merchant: states, documents, bank lines, open exceptions.

Amounts are minor units.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .outcome import Outcome, outcome
from .truth import BankEntry, Document, Payment
from .world import Merchant


@dataclass(frozen=True, slots=True)
class Told:
    """A payment as its provider tells of it: its id there, what it has come to, and the document that it pays."""

    key: str
    end: Outcome
    currency: str
    document: Document | None


def outcomes(merchant: Merchant) -> list[tuple[Payment, Outcome]]:
    """Every payment that anything has happened to, and what it has come to."""
    return [(payment, outcome(payment)) for payment in merchant.payments if payment.acts]


def payout_state(merchant: Merchant, payout) -> str:
    """`failed`, `reconciled` with its bank line, or nothing: it is still on its way."""
    return "failed" if payout.failed_at else "reconciled" if payout.key in merchant.arrived else ""


def entries(merchant: Merchant) -> Iterator[BankEntry]:
    """Every entry that a statement shows."""
    for statement in merchant.statements:
        yield from statement.entries


def open_amounts(merchant: Merchant) -> dict[str, int]:
    """Reference of each invoice -> what is still open of it. What went back stays open as an item of its own, until there
    is a credit note for it."""
    paid: dict[str, int] = {document.reference: 0 for document in merchant.documents}
    for payment, end in outcomes(merchant):
        if payment.document:
            paid[payment.document.reference] += end.captured
    totals = {document.reference: document.total for document in merchant.documents}
    by_id = {entry.bank_id: entry for entry in merchant.bank.entries}
    for entry in entries(merchant):
        for reference, sign in _paid_by(entry, by_id):
            paid[reference] += sign * totals[reference]
    return {document.reference: document.total - paid[document.reference] for document in merchant.documents
            if not document.is_checkout}


def _paid_by(entry: BankEntry, by_id: dict[str, BankEntry]) -> Iterator[tuple[str, int]]:
    """(reference, 1) of each invoice that ``entry`` pays, or -1 of what it takes back. Nobody transfers a part."""
    for name in entry.explains.split():
        kind, _colon, key = name.partition(":")
        if kind == "document":
            yield key, 1
        elif kind == "return":
            yield from ((reference, -sign) for reference, sign in _paid_by(by_id[key], by_id))


def released(merchant: Merchant) -> list[Document]:
    """The orders of the shop's own checkout that are paid."""
    return [payment.document for payment, end in outcomes(merchant)
            if payment.document and payment.document.is_checkout and end.captured]


def exceptions(merchant: Merchant, unexplained_until: date | None = None, told: list[Told] | None = None) -> Counter:
    """(kind, amount at risk, currency) of what a person must see, whatever went wrong on the way. Bank entries that
    nothing explains and that name nothing count when they were booked by ``unexplained_until``. ``told``: the payments, where
    the provider tells of other ones than the world has."""
    found: Counter = Counter()
    if told is None:
        told = [Told(payment.key, end, payment.currency, payment.document) for payment, end in outcomes(merchant)]
    for one in told:
        if one.end.state == "disputed":
            found["dispute", one.end.disputed, one.currency] += 1
        if one.document is None and one.end.captured:
            found["no_document", one.end.captured, one.currency] += 1
    for payout in merchant.payouts:
        if payout.failed_at:
            found["payout_failed", payout.amount, payout.currency] += 1
    for entry in entries(merchant):
        if entry.doubt == "ambiguous":
            found["match_ambiguous", abs(entry.amount), entry.currency] += 1
        elif not entry.explains and (entry.doubt or unexplained_until is None or entry.booked <= unexplained_until):
            found["match_missing", abs(entry.amount), entry.currency] += 1
    return found
