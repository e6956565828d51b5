"""The lines of a settlement: its payments, refunds and chargebacks one by one, and its costs a month and a method at a time.

Only here Mollie tells the VAT on its fees, and what the rolling reserve keeps. A cost without a price of its own (method
`refund`, `chargeback`, `rollingreserve`) is recognised by its method. Lines that do not add up to the settlement are refused.
"""

import json

from ...core.errors import PayloadError
from ...core.money import Money
from ...core.records import Parsed, SettlementLine
from .. import documents
from ..facts import Facts
from ..reading import described, iso_instant, mapping, objects, own_id, storable, text
from . import resources
from .amounts import money, optional

# list of the API -> (what it holds, kind of the line, sign)
LISTS = {
    "payments": ("capture", 1), "refunds": ("refund", -1), "chargebacks": ("dispute_open", -1), "captures": ("capture", 1),
}  # fmt: skip
RESERVE = "rollingreserve"


def parse(content, external_id):
    """`core.records.Parsed` of what `client.fetch_settlement` returned: the settlement, then each page of its lists."""
    head, pages = documents.begun_by(content, "Mollie", external_id)
    amount = money(head, "amount")
    at = iso_instant(head, "settledAt" if head.get("settledAt") else "createdAt")
    facts, lines, seen = Facts(at, settlement_key=external_id), [], set()
    for page in pages:
        for name in LISTS:
            for item in objects(mapping(page, "_embedded"), name):
                if own_id(item) in seen:
                    raise PayloadError(f"{described(item)} is listed twice in settlement {external_id}; fetch it again.")
                seen.add(own_id(item))
                lines.append(_line(external_id, name, item))
                facts.movements += resources.read(item).movements
    lines += _costs(facts, head, external_id, at, amount.currency)
    total = sum(line.net.minor for line in lines)
    if total != amount.minor:
        raise PayloadError(
            f"The lines of settlement {external_id} add up to {Money(total, amount.currency)}, not to {amount}; fetch it again, "
            "and ask Mollie if they still differ."
        )
    told = resources.settlement(head)
    status = told.settlements[0].status if told.settlements else "open"
    settlement = resources.info(head, external_id, amount, at, status, complete=True)
    return Parsed((*told.movements, *facts.movements), (), (settlement,), tuple(lines))


def _line(key, name, item):
    kind, sign = LISTS[name]
    amount = money(item, "amount")
    settled = optional(item, "settlementAmount") or amount
    gross = abs(settled) if sign > 0 else -abs(settled)
    if settled.minor > 0 and (back := _came_back(name, item)):
        kind, gross = back, settled
    own = own_id(item)
    return SettlementLine.without_fee(
        key, own, kind, gross, iso_instant(item, "createdAt"),
        transaction_key=own if name == "payments" else text(item, "paymentId"),
        source_id=own, category=name, description=text(item, "description") or "",
        original=None if amount.currency == gross.currency else amount if sign > 0 else -amount,
    )  # fmt: skip


def _came_back(name, item):
    """The kind of what has come back since; it is listed with the sign of what it did to this settlement."""
    if name == "chargebacks" and item.get("reversedAt"):
        return "dispute_won"
    return "refund_fail" if name == "refunds" and text(item, "status") == "failed" else None


def _costs(facts, head, key, at, currency):
    """The lines, and the facts, of the costs of every month of the settlement."""
    lines = []
    for year, months in sorted(mapping(head, "periods").items()):
        if type(months) is not dict:
            raise PayloadError(f"Settlement {key} has a period {year!r:.20} without months; fetch it again.")
        for month, period in sorted(months.items()):
            costs = objects(period, "costs") if type(period) is dict else []
            for number, cost in enumerate(sorted(costs, key=lambda one: json.dumps(one, sort_keys=True)), 1):
                own = storable(f"{key}/{year}-{month}/{text(cost, 'method') or 'fee'}/{number}")[:200]
                lines.append(_cost(facts, cost, key, own, at, currency))
    return lines


def _cost(facts, cost, key, own, at, currency):
    net, gross = money(cost, "amountNet"), money(cost, "amountGross")
    tax = optional(cost, "amountVat") or Money.zero(net.currency)
    if gross != net + tax or gross.currency != currency:
        raise PayloadError(f"A cost of settlement {key} does not add up: {net} and VAT {tax} are not {gross} in {currency}.")
    method, description = text(cost, "method") or "", text(cost, "description") or ""
    if method == RESERVE:
        kind = "reserve_hold" if gross.minor > 0 else "reserve_release"
        facts.add(kind, own, abs(gross), reason=description)
        return SettlementLine.without_fee(key, own, kind, -gross, at, category=method, description=description)
    facts.fee(own, gross, tax, reason=description)
    kind = "fee" if gross.minor >= 0 else "fee_refund"
    return SettlementLine(key, own, kind, Money.zero(currency), net, tax, -gross, at, category=method, description=description)
