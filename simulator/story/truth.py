"""The figures that the demo must end with, from the story alone."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from . import story
from .card_events import CardEvents
from .deliveries import posts


@dataclass(frozen=True)
class Figures:
    """What the table shows; amounts in cents. Told by the story, and read from Odoo, in the same shape."""

    messages: dict[str, int]  # what kind of message -> how many are stored
    found_by_polling: int
    states: dict[str, int]  # state of a transaction -> how many
    amounts: dict[str, int]  # captured, refunded, disputed, fees over all transactions
    payout: tuple[str, int, int]  # state, paid out, difference to its lines
    ledger: int
    subledger: int
    in_transit: int
    unposted: int
    bank_lines: tuple[int, int]  # all, reconciled
    paid_documents: frozenset[str]
    orders: frozenset[str]  # confirmed by a payment
    exceptions: dict[str, int]  # kind -> open


# A dispute that waits for the merchant's answer is the only thing left for a person.
EXPECTED_EXCEPTIONS = {"dispute": sum(1 for payment in story.PAYMENTS if payment.disputed)}


def duplicates(cards: CardEvents) -> int:
    """How many webhooks are copies of one delivered before."""
    sent = [event["id"] for event in posts(cards)]
    return len(sent) - len(set(sent))


def expected(cards: CardEvents) -> Figures:
    """The figures of the story."""
    settled = [payment for payment in story.PAYMENTS if payment.settled]
    invoices = [payment for payment in story.PAYMENTS if payment.document == story.INVOICE]
    # A refund stands beside its invoice until a credit note is made; a dispute is decided later.
    paid = [payment.key for payment in invoices if payment.captured >= payment.total]
    clearing = sum(payment.captured for payment in story.PAYMENTS if not payment.settled)
    return Figures(
        # The report has the lines of the payout, so the provider is not asked for them.
        messages={"events": len(cards.events), "settlement lines": 0, "files": 2},
        found_by_polling=len(cards.undelivered()),
        states=dict(Counter(payment.ends for payment in story.PAYMENTS)),
        amounts={
            "captured": sum(payment.captured for payment in story.PAYMENTS),
            "refunded": sum(payment.refunded for payment in story.PAYMENTS),
            "disputed": sum(payment.disputed for payment in story.PAYMENTS),
            "fees": sum(payment.fee + payment.dispute_fee for payment in settled),
        },
        payout=("reconciled", story.payout_amount(), 0),
        ledger=clearing, subledger=clearing, in_transit=0, unposted=0,
        bank_lines=(1 + len(story.TRANSFERS), 1 + len(story.TRANSFERS)),
        paid_documents=frozenset(cards.documents[key] for key in [
            *paid, *(transfer.key for transfer in story.TRANSFERS)]),
        orders=frozenset(
            cards.documents[payment.key].rpartition("-")[0] or cards.documents[payment.key]
            for payment in story.PAYMENTS if payment.document == story.CHECKOUT),
        exceptions=dict(EXPECTED_EXCEPTIONS))
