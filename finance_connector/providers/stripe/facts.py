"""The keys of a payment at Stripe.

A payment is known by its PaymentIntent, which Stripe repeats in charges, refunds, disputes and reviews; a
charge without one (older integrations, some bank debits) is known by its own id.
"""

from ..facts import Facts
from .payload import identifier

__all__ = ["Facts", "payment_key"]


def payment_key(resource):
    """The transaction key of an object that belongs to a payment: its PaymentIntent, else its charge, else
    None."""
    return identifier(resource, "payment_intent") or identifier(resource, "charge")
