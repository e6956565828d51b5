"""What payouts say: made, arrived, bounced.

`payout`, `payout_paid` and `payout_fail` are all ``<payout>``. A payout takes its money from the balance when
it is made; that it arrived (`payout_paid`, amount zero) moves nothing, and may be followed by a failure
within five business days, which brings the money back (`payout_fail`). A payout that is made again has a new
id. Amounts are signed: a negative payout was collected from our bank account, and its failure is negative
too.
"""

from dataclasses import replace

from ...core.money import Money
from ...core.records import SettlementInfo
from ..reading import first_text
from . import ordered
from .amounts import money
from .facts import Facts
from .payload import identifier, instant, made_at, mapping, own_id, text
from .payments import known

# status -> status of the settlement
PAYOUT_STATUSES = {
    "pending": "open", "in_transit": "in_transit", "paid": "paid", "failed": "failed", "canceled": "failed",
}  # fmt: skip


def payout(event):
    """`payout.*` events."""
    resource = event.resource
    payout_id = own_id(resource)
    status = known(resource.get("status"), PAYOUT_STATUSES, "payout status", resource)
    amount = money(resource, "amount")
    facts = Facts(event.created, settlement_key=payout_id)
    links = {name: identifier(resource, name) for name in ("original_payout", "reversed_by")}
    data = {name: value for name, value in links.items() if value}
    facts.add("payout", payout_id, amount, payout_id, made_at(resource, event.created), data=data)
    if status == "paid":
        facts.add("payout_paid", payout_id, Money.zero(amount.currency), payout_id)
    elif status in ("failed", "canceled"):
        reason = text(resource, "failure_code") or status
        facts.add("payout_fail", payout_id, amount, payout_id, status=status, reason=reason)
    parsed = facts.parsed(settlements=[_info(event, payout_id, amount, PAYOUT_STATUSES[status])])
    return replace(parsed, news=ordered.payout_news(resource, event.created))


def _info(event, payout_id, amount, status):
    resource = event.resource
    automatic = resource.get("automatic")
    automatic = automatic if type(automatic) is bool else None
    return SettlementInfo(
        payout_id,
        amount,
        event.created,
        status=status,
        arrival_date=instant(resource, "arrival_date").date() if resource.get("arrival_date") is not None else None,
        automatic=automatic,
        method=text(resource, "method") or "",
        trace=text(mapping(resource, "trace_id"), "value"),
        descriptor=text(resource, "statement_descriptor"),
        failure=first_text(resource, ("failure_message", "failure_code")),
        itemizable=automatic and resource.get("reconciliation_status") == "completed",
    )
