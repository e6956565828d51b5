"""What the facts of one message have in common, so that each is stated in one line; and the keys of a
payment.

A payment is known by its PaymentIntent, which Stripe repeats in charges, refunds, disputes and reviews; a
charge without one (older integrations, some bank debits) is known by its own id.
"""

from ...core.records import Movement, Parsed
from .payload import identifier


def payment_key(resource):
    """The transaction key of an object that belongs to a payment: its PaymentIntent, else its charge, else
    None."""
    return identifier(resource, "payment_intent") or identifier(resource, "charge")


class Facts:
    """Collects movements that share an instant, a payment, a payout and the merchant's reference."""

    __slots__ = ("at", "movements", "reference", "settlement_key", "transaction_key")

    def __init__(self, at, transaction_key=None, settlement_key=None, reference=None):
        self.at = at
        self.transaction_key = transaction_key
        self.settlement_key = settlement_key
        self.reference = reference
        self.movements = []

    def add(self, kind, external_id, amount, group="", at=None, **more):
        """State one fact; ``at`` when it did not happen at the common instant; ``more``: other fields of
        Movement."""
        self.movements.append(
            Movement(
                kind,
                external_id,
                amount,
                at or self.at,
                transaction_key=self.transaction_key,
                settlement_key=self.settlement_key,
                group=group,
                reference=self.reference,
                **more,
            )
        )

    def total(self, kind, group, amount, at=None, **more):
        """State a running total of ``group``: its id contains the canonical amount, so every total is one
        fact however often, and by whichever event or report, it is told."""
        self.add(kind, f"{group}/{amount.minor}", amount, group, at, cumulative=True, **more)

    def parsed(self, payments=(), settlements=(), ignored=""):
        """The message as `core.records.Parsed`; ``ignored`` is only said when there is nothing else."""
        nothing = not (self.movements or payments or settlements)
        return Parsed(tuple(self.movements), tuple(payments), tuple(settlements), (), ignored if nothing else "")
