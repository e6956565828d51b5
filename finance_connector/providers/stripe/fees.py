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
    facts.fee(transaction_id, _total(parts), parts.tax, group, at)
    _withheld(facts, transaction_id, parts.withheld, at, group)


def dispute_fees(facts, kind, transaction_id, parts, at, group):
    """Add the facts of the fee on a withdrawal (``kind`` dispute_open) or a reinstatement (dispute_won): charged
    with a withdrawal it is the dispute's; anything else is a plain fee, or one given back."""
    total = _total(parts)
    if kind != "dispute_open" or total.minor <= 0:
        plain_fees(facts, transaction_id, parts, at, group)
        return
    facts.add("dispute_fee", transaction_id, total, group, at)
    facts.tax_of_fee(transaction_id, parts.tax, group, at)
    _withheld(facts, transaction_id, parts.withheld, at, group)


def _total(parts):
    if not parts.tax.minor and not parts.withheld.minor:
        return parts.fee
    return parts.fee + parts.tax + parts.withheld


def _withheld(facts, transaction_id, withheld, at, group):
    """Tax that Stripe withheld from us is no fee: it is taken off it, and has no kind of its own either."""
    if withheld:
        back = "fee_refund" if withheld.minor > 0 else "fee"
        facts.add("adjustment", f"{transaction_id}/withheld", -withheld, group, at, reason="tax withheld")
        facts.add(back, f"{transaction_id}/withheld", abs(withheld), group, at, reason="booked apart: tax withheld")
