"""The items of a payout. Their amounts are texts in tenths of a penny: "45.5" is 45.5 pence (INV-5).

Only fees have tenths. All fees of a payout are one line, whose amount is what the other items leave of the payout; the sum of
the fees must be that to less than a unit, which is GoCardless' own rounding. Nothing is rounded away: a payout whose items do
not lead to its amount is refused.
"""

import re
from collections import Counter
from decimal import Decimal

from ...core.errors import PayloadError, UnknownStatus
from ...core.money import Money, iso_exponent
from ...core.records import SettlementLine
from ..reading import described, identifier, mapping, objects, storable, text

# type -> (kind, name of the link that identifies it, sign that its amount has)
TYPES = {
    "payment_paid_out": ("capture", "payment", 1),
    "payment_failed": ("capture_fail", "payment", -1),
    "payment_charged_back": ("dispute_open", "payment", -1),
    "payment_refunded": ("refund", "refund", -1),
    "refund": ("refund", "refund", -1),
    "refund_funds_returned": ("refund_fail", "refund", 1),
}
FEES = frozenset("gocardless_fee app_fee revenue_share surcharge_fee".split())
_TENTHS = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,4})?", re.ASCII)
UNKNOWN = "unknown"


def lines(facts, payout, amount, found):
    """The settlement lines of ``found`` items, whose facts are added to ``facts``."""
    fees, taxes, others, told, seen = Decimal(0), Decimal(0), [], 0, Counter()
    for item in found:
        kind, exact = text(item, "type") or "", _units(item.get("amount"), item)
        if kind in FEES:
            fees += exact
            taxes += sum((_units(tax.get("amount"), item) for tax in objects(item, "taxes")), Decimal(0))
        elif kind not in TYPES:
            raise UnknownStatus("GoCardless", "type of payout item", storable(kind)[:60], described(payout))
        else:
            if exact % 1:
                raise PayloadError(f"An item of kind {storable(kind)[:40]} is finer than a unit ({exact}).")
            others.append(_other(facts, item, kind, int(exact), amount.currency, seen))
            told += others[-1].net.minor
    rest = amount.minor - told
    if abs(Decimal(rest) - fees) >= 1:
        raise PayloadError(
            f"The items of {described(payout)} add up to {told + fees} minor units, not to {amount.minor}; fetch it again, and "
            "ask GoCardless if they still differ."
        )
    if rest or fees:
        others.append(_fee(facts, amount.currency, rest, taxes))
    return others


def _units(value, item):
    if type(value) is not str or not _TENTHS.fullmatch(value):
        raise PayloadError(f"An item of kind {storable(str(item.get('type')))[:40]} has no amount ({value!r:.40}).")
    return Decimal(value)


def _other(facts, item, category, minor, currency, seen):
    """The line of a payment or refund, and its fact. What a payout lists twice (a chargeback was cancelled, the money paid out
    again) is two lines."""
    kind, link, sign = TYPES[category]
    links = mapping(item, "links")
    payment, source = identifier(links, "payment"), identifier(links, link)
    if source is None or minor * sign < 0:
        kind = UNKNOWN
    else:
        facts.transaction_key = payment
        facts.add(kind, source, Money(abs(minor), currency), payment if link == "payment" and kind != "dispute_open" else source)
        facts.transaction_key = None
    own = f"{category}/{source or payment or ''}"
    seen[own] += 1
    own = own if seen[own] == 1 else f"{own}#{seen[own]}"
    return SettlementLine.without_fee(
        facts.settlement_key, own, kind, Money(minor, currency), facts.at,
        transaction_key=payment, source_id=source, category=category,
    )  # fmt: skip


def _fee(facts, currency, rest, taxes):
    """All fees as one line; ``rest`` is negative when they were charged."""
    key, net = facts.settlement_key, Money(rest, currency)
    tax = Money.rounded(taxes.scaleb(-iso_exponent(currency)).copy_abs(), currency)
    tax = min(tax, abs(net)) if rest < 0 else Money.zero(currency)
    facts.fee(f"{key}/fees", -net, tax, reason="fees of the payout")
    kind = "fee" if rest <= 0 else "fee_refund"
    return SettlementLine(key, "fees", kind, Money.zero(currency), -net - tax, tax, net, facts.at, category="fees")
