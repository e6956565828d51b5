"""The life of a payment, refund or payout, from the object and all its events: whichever event was heard, it is told whole.

* ``confirmed`` is the capture: GoCardless has the money, though the bank may still take it back.
* ``failed`` after ``confirmed`` is a late failure and takes the capture back; before it, the collection failed. A payment may
  be collected again: captures and failures are counted apart, the second of a kind is ``<payment>/2``, so that the first capture
  has the name by which the items of a payout know it, however many tries it took.
* ``charged_back`` takes the money, ``chargeback_cancelled`` gives it back, ``chargeback_settled`` ends it.
* The amount is the object's; events carry none.
"""

from dataclasses import replace

from ...core.money import Money, iso_exponent
from ...core.records import Parsed
from .. import documents
from ..facts import Facts
from ..reading import described, first_text, identifier, iso_instant, known, listed, mapping, own_id, text, units_money
from . import collections, payouts
from .collections import numbered

PAYMENTS = frozenset(
    "pending_customer_approval pending_submission submitted confirmed paid_out cancelled customer_approval_denied failed "
    "charged_back".split()
)
REFUNDS = frozenset((None, *"created pending_submission submitted paid cancelled bounced funds_returned failed".split()))
_RECEIVED = ("confirmed", "paid_out")
_ENDED = {"cancelled": "void", "customer_approval_denied": "void"}
_CHARGEBACKS = {"charged_back": "dispute_open", "chargeback_cancelled": "dispute_won", "chargeback_settled": "dispute_lost"}
_REFUND_BACK = ("failed", "funds_returned", "bounced")


def parse(fetch, content):
    """`core.records.Parsed` of what `client.fetch` returned. Raises PayloadError or UnknownStatus."""
    resource, pages = documents.begun_by(content, "GoCardless", fetch.key, f"{fetch.kind}s")
    history = sorted(
        (event for page in pages for event in listed(page, "events")),
        key=lambda event: (iso_instant(event, "created_at"), own_id(event)),
    )
    return READERS[fetch.kind](resource, history)


def amount_of(resource, field="amount"):
    """The amount of an object: minor units of ISO 4217."""
    code = text(resource, "currency") or ""
    return units_money(_integer(resource.get(field)), code, iso_exponent(code.upper()), described(resource))


def _integer(value):
    return int(value) if type(value) is str and value.lstrip("-").isdecimal() and value.isascii() and len(value) < 19 else value


def payment(resource, history):
    """A payment: collected, failed, charged back, again and again."""
    own = own_id(resource)
    status = known(text(resource, "status"), PAYMENTS, "GoCardless", "payment status", resource)
    metadata = mapping(resource, "metadata")
    reference = first_text(metadata, (collections.NAME, "order_id", "reference", "invoice")) or text(resource, "reference")
    facts = Facts(iso_instant(resource, "created_at"), own, identifier(mapping(resource, "links"), "payout"), reference)
    amount, collected, captures, failures = amount_of(resource), False, 0, 0
    for event in history:
        action, at = text(event, "action") or "", iso_instant(event, "created_at")
        reason = first_text(mapping(event, "details"), ("reason_code", "cause")) or ""
        if action in _RECEIVED and not collected:
            collected, captures = True, captures + 1
            facts.add("capture", numbered(own, captures), amount, own, at)
        elif action == "failed" and collected:
            facts.add("capture_fail", numbered(own, captures), amount, own, at, reason=reason)
            collected = False
        elif action == "failed":
            failures += 1
            facts.add("fail", numbered(own, failures), amount, own, at, reason=reason)
        elif action in _ENDED:
            facts.add(_ENDED[action], own, amount, own, at, reason=reason)
        elif action in _CHARGEBACKS:
            number = numbered(own, captures)
            facts.add(_CHARGEBACKS[action], number, amount, number, at, reason=reason)
    parsed = facts.parsed([_info(facts, resource, amount, status)], ignored=f"payment {own} is {status}")
    return replace(parsed, news=collections.news(resource, history, amount))


def _info(facts, resource, amount, status):
    mandate = identifier(mapping(resource, "links"), "mandate")
    return facts.payment(amount, customer_key=mandate, description=text(resource, "description"), status=status)


def refund(resource, history):
    """A refund: it has left when it was made, and may come back."""
    own, links = own_id(resource), mapping(resource, "links")
    # Not every version of the API tells it.
    status = known(text(resource, "status"), REFUNDS, "GoCardless", "refund status", resource)
    facts = Facts(iso_instant(resource, "created_at"), identifier(links, "payment"))
    amount = amount_of(resource)
    facts.add("refund", own, amount, own)
    back = next((event for event in history if text(event, "action") in _REFUND_BACK), None)
    if back is not None or status in _REFUND_BACK or status == "cancelled":
        at = iso_instant(back, "created_at") if back else facts.at
        facts.add("refund_fail", own, amount, own, at, reason=text(mapping(back or {}, "details"), "cause") or status or "")
    return facts.parsed()


def payout(resource, history):
    """A payout: made, arrived, bounced."""
    own, amount, status = own_id(resource), amount_of(resource), payouts.status_of(resource)
    facts = Facts(iso_instant(resource, "created_at"), settlement_key=own)
    facts.add("payout", own, amount, own)
    first = {text(event, "action"): iso_instant(event, "created_at") for event in reversed(history)}
    paid, bounced = first.get("paid"), first.get("bounced")
    if paid or status == "paid":
        facts.add("payout_paid", own, Money.zero(amount.currency), own, paid)
    if bounced or status == "failed":
        facts.add("payout_fail", own, amount, own, bounced)
        status = "failed"
    return Parsed(tuple(facts.movements), settlements=(payouts.info(resource, amount, status, complete=False),))


READERS = {"payment": payment, "refund": refund, "payout": payout}
