"""Transfers and payouts that we ordered: what their objects say of the payment that their metadata names, whether an event
carries the object or the API answers with it.

A transfer moves money at once and may be reversed, also in parts; a payout says how far it is. The money of a transfer is the
`transfer` of its balance transaction, as settlement lines tell it; that of a payout is the `payout` of its own id.
"""

from ...core.records import Parsed, PaymentNews
from .amounts import money
from .facts import Facts
from .payload import identifier, made_at, mapping, objects, own_id, text

# Written by the payment channel into what it orders.
NAME = "end_to_end_id"
_FAILED = ("failed", "canceled")


def name_of(resource):
    """The end-to-end id of the payment that ``resource`` is; None for what no payment order made."""
    return text(mapping(resource, "metadata"), NAME)


def transfer(event):
    """`transfer.*` events."""
    resource = event.resource
    if name_of(resource) is None:
        return Parsed(ignored=f"{event.type}: no payment order names it, so it is told by its settlement line")
    facts, amount = Facts(made_at(resource, event.created)), money(resource, "amount")
    for part, sign in ((resource, -1), *((one, 1) for one in objects(resource, "reversals"))):
        known = identifier(part, "balance_transaction")
        if known:
            moved = money(part, "amount", amount.currency)
            facts.add("transfer", known, moved if sign > 0 else -moved, own_id(part), made_at(part, event.created))
    return Parsed(tuple(facts.movements), news=transfer_news(resource, event.created))


def transfer_news(resource, at):
    """The `PaymentNews` of a transfer. ``at``: when it was told."""
    name, amount = name_of(resource) or "", money(resource, "amount")
    told = [PaymentNews(name, "execute", own_id(resource), made_at(resource, at), amount, movement=_movement(resource))]
    for one in objects(resource, "reversals"):
        back = money(one, "amount", amount.currency)
        told.append(PaymentNews(name, "return", own_id(one), made_at(one, at), back, movement=_movement(one)))
    return tuple(told)


def _movement(resource):
    known = identifier(resource, "balance_transaction")
    return f"transfer/{known}" if known else ""


def payout_news(resource, at):
    """The `PaymentNews` of a payout; none of one that no payment order names."""
    name, own, status = name_of(resource), own_id(resource), resource.get("status")
    if name is None:
        return ()
    movement, reason = f"payout/{own}", text(resource, "failure_code")
    if status == "paid":
        return (PaymentNews(name, "execute", own, at, money(resource, "amount"), movement=movement),)
    if status in _FAILED:
        why = text(resource, "failure_message") or status
        return (PaymentNews(name, "reject", own, at, reasons=(reason,) if reason else (), text=why, movement=movement),)
    return (PaymentNews(name, "accept", own, at),)
