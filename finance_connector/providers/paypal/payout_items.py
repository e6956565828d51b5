"""Items of payouts that we ordered: what their objects say of the payment that they name, whether a webhook carries the item or
the API lists it.

The money, and PayPal's fee for it, are rows of the ledger, which name the item's transaction; so an item is no movement itself.
"""

from ...core.errors import UnknownStatus
from ...core.records import Parsed, PaymentNews
from ..reading import decimal_money, described, iso_instant, mapping, text

# The code of the rows of such payments.
_ROW = "T0001"
# What PayPal says of an item -> the fact that it is. Money that came back is told by the same words before and after it had
# arrived.
STATUSES = {
    "SUCCESS": "execute", "FAILED": "reject", "BLOCKED": "reject", "DENIED": "reject", "CANCELED": "reject", "RETURNED": "reject",
    "REFUNDED": "reject", "REVERSED": "reject", "UNCLAIMED": "hold", "ONHOLD": "hold", "PENDING": "accept", "NEW": "accept",
}  # fmt: skip


def item(kind, resource, at):
    """PAYMENT.PAYOUTS-ITEM.*"""
    told = news(resource, iso_instant(resource, "time_processed") if resource.get("time_processed") else at)
    if told is None:
        status = text(resource, "transaction_status") or ""
        raise UnknownStatus("PayPal", "transaction_status of a payout item", status, f"{kind}: {described(resource)}")
    if not told.end_to_end_id:
        return Parsed(ignored=f"{kind}: it names no payment; its rows tell what left")
    return Parsed(news=(told,))


def news(resource, at):
    """The `PaymentNews` of an item; None for a status that is not known. ``at``: when it was told."""
    status, name = text(resource, "transaction_status") or "", text(resource, "payout_item_id") or ""
    kind, paid = STATUSES.get(status), mapping(resource, "payout_item")
    if kind is None:
        return None
    why, transaction = mapping(resource, "errors"), text(resource, "transaction_id")
    code = text(why, "name")
    amount = mapping(paid, "amount")
    return PaymentNews(
        text(paid, "sender_item_id") or "",
        kind,
        f"{name}/{status}",
        at,
        decimal_money(amount.get("value"), amount.get("currency"), described(paid)) if kind == "execute" else None,
        (code,) if code else (),
        text(why, "message") or status,
        f"transfer/{transaction}/{_ROW}" if transaction else "",
    )
