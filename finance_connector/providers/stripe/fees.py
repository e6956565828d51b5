"""What a balance transaction costs: its fee, the tax on it, tax withheld, and which facts they are.

A fee is ``<balance transaction>``, once, in the currency of the balance. So is the `dispute_fee` of a dispute: its
events list its balance transactions, so that they and the settlement tell one fact, whichever withdrawal it is of.

The amount of that fact is the whole fee: reports do not tell what of it is tax, and one fact must not be told with two
amounts. Where the tax is told, it is taken off the fee by facts of its own (decision 0005).
"""

from typing import NamedTuple

from ...core.money import Money
from .amounts import currency_of, money
from .payload import objects, text

TAX, WITHHELD = "tax", "withheld_tax"


class Fee(NamedTuple):
    """The parts of a fee, positive when charged: ``fee`` of Stripe and others, ``tax`` on it, ``withheld``
    tax."""

    fee: Money
    tax: Money
    withheld: Money


def split_fee(balance_transaction):
    """The `Fee` of an API balance transaction: its `fee`, of which `fee_details` tells the tax."""
    currency = currency_of(balance_transaction)
    parts = {TAX: Money.zero(currency), WITHHELD: Money.zero(currency)}
    for detail in objects(balance_transaction, "fee_details"):
        kind = text(detail, "type")
        if kind in parts:
            parts[kind] += money(detail, "amount", currency)
    return Fee(money(balance_transaction, "fee") - parts[TAX] - parts[WITHHELD], parts[TAX], parts[WITHHELD])


def plain_fees(facts, transaction_id, parts, at=None, group=""):
    """Add the facts of a fee that is not a dispute's."""
    _fee(facts, transaction_id, _total(parts), at, group)
    _apart(facts, transaction_id, parts, at, group)


def dispute_fees(facts, kind, transaction_id, parts, at, group):
    """Add the facts of the fee on a withdrawal (``kind`` dispute_open) or a reinstatement (dispute_won): charged
    with a withdrawal it is the dispute's; anything else is a plain fee, or one given back."""
    total = _total(parts)
    if kind == "dispute_open" and total.minor > 0:
        facts.add("dispute_fee", transaction_id, total, group, at)
    else:
        _fee(facts, transaction_id, total, at, group)
    _apart(facts, transaction_id, parts, at, group)


def _total(parts):
    if not parts.tax.minor and not parts.withheld.minor:
        return parts.fee
    return parts.fee + parts.tax + parts.withheld


def _fee(facts, transaction_id, total, at, group):
    """A negative fee was given back."""
    if total.minor > 0:
        facts.add("fee", transaction_id, total, group, at)
    elif total.minor < 0:
        facts.add("fee_refund", transaction_id, -total, group, at)


def _apart(facts, transaction_id, parts, at, group):
    """What of the fee is booked elsewhere: taken off the fee again, and told as what it is.

    Tax on a fee is `fee_tax`. Tax given back, and tax that Stripe withheld from us, have no kind of their own: they are
    an `adjustment` that says what it is.
    """
    if parts.tax.minor > 0:
        facts.add("fee_tax", transaction_id, parts.tax, group, at)
        facts.add("fee_refund", f"{transaction_id}/tax", parts.tax, group, at, reason="booked apart: tax on the fee")
    elif parts.tax.minor < 0:
        facts.add("adjustment", f"{transaction_id}/tax", -parts.tax, group, at, reason="tax on a fee returned")
        facts.add("fee", f"{transaction_id}/tax", -parts.tax, group, at, reason="booked apart: tax on a fee returned")
    if parts.withheld:
        back = "fee_refund" if parts.withheld.minor > 0 else "fee"
        facts.add("adjustment", f"{transaction_id}/withheld", -parts.withheld, group, at, reason="tax withheld")
        facts.add(back, f"{transaction_id}/withheld", abs(parts.withheld), group, at, reason="booked apart: tax withheld")
