"""GoCardless' events: cut out of the call that carried them, each a message of its own; what each leads to.

A call carries up to 250 events. One that cannot be read leaves the others as they are.
"""

import hashlib

from ...core.errors import PayloadError, UnknownStatus
from ...core.money import NO_CURRENCY, Money
from ...core.records import Envelope, Fetch, Message, Parsed
from .. import json_parts
from ..facts import Facts
from ..reading import described, first_text, identifier, iso_instant, load, mapping, own_id, text

BATCH, UNREADABLE = "batch", "unreadable"
# resource type -> (what is fetched, name of its link, the actions that are known)
FETCHED = {
    "payments": (
        "payment", "payment",
        "created customer_approval_granted customer_approval_denied submitted confirmed paid_out failed cancelled charged_back "
        "chargeback_cancelled chargeback_settled late_failure_settled surcharge_fee_credited surcharge_fee_debited "
        "resubmission_requested".split(),
    ),
    "refunds": ("refund", "refund", "created paid refund_settled failed funds_returned bounced submitted".split()),
    "payouts": ("payout", "payout", "paid bounced fx_rate_confirmed tax_exchange_rates_confirmed".split()),
}  # fmt: skip
# action of a mandate -> the fact it is; None is no news.
MANDATES = {
    "created": "mandate_create", "active": "mandate_activate", "reinstated": "mandate_activate", "cancelled": "mandate_end",
    "failed": "mandate_end", "expired": "mandate_end", "consumed": "mandate_end", "replaced": "mandate_end",
    "blocked": "mandate_end", "submitted": None, "resubmission_requested": None, "transferred": None,
    "customer_approval_granted": None, "customer_approval_skipped": None, "suspended_by_payer": "mandate_end",
}  # fmt: skip
# Types of resources that carry nothing to book.
IGNORED = frozenset(
    "subscriptions instalment_schedules billing_requests creditors customers exports scheme_identifiers outbound_payments "
    "payment_account_transactions organisations payer_authorisations transferred_mandates bank_authorisations".split()
)


def messages(body):
    """The `Message`s of a call, or of one polled event. Raises PayloadError when the body is neither."""
    members = json_parts.members(body, ("events",), "The body is not JSON", "GoCardless sends nothing else")
    listed = members.get("events")
    if listed is None and members.get("resource_type"):
        return (_message(members, body),)
    if type(listed) is not list or not listed:
        raise PayloadError("The body has no events; it is no webhook of GoCardless.")
    digest = hashlib.sha256(body).hexdigest()
    return (
        Message(Envelope(f"{BATCH}/{digest}", BATCH, digest), body),
        *(_message(value, span.encode()) for value, span in listed),
    )


def _message(event, body):
    """One event as a message; what cannot be read is kept under the hash of its bytes, for `parse` to refuse."""
    try:
        own, kind, action = own_id(event), text(event, "resource_type"), text(event, "action")
        if not kind or not action:
            raise PayloadError(f"{described(event)} has no resource_type or no action.")
        links = mapping(event, "links")
        lane = next((identifier(links, name) for name in ("payment", "refund", "payout", "mandate") if links.get(name)), own)
        return Message(Envelope(own, f"{kind}.{action}", lane, iso_instant(event, "created_at")), body)
    except (PayloadError, AttributeError):
        digest = hashlib.sha256(body).hexdigest()
        return Message(Envelope(f"{UNREADABLE}/{digest}", UNREADABLE, digest), body)


def parse(body):
    """`core.records.Parsed` of one event, or of the call that carried several. Raises PayloadError or UnknownStatus."""
    document = load(body, "GoCardless")
    if type(document.get("events")) is list:
        return Parsed(ignored=f"a call of {len(document['events'])} events, each of which is a message of its own")
    kind, action = text(document, "resource_type") or "", text(document, "action") or ""
    if not own_id(document) or not kind or not action:
        raise PayloadError(f"{described(document)} is no event of GoCardless: it lacks its type or its action.")
    if kind == "mandates":
        return _mandate(document, action)
    if kind in FETCHED:
        wanted, link, known = FETCHED[kind]
        if action not in known:
            raise UnknownStatus("GoCardless", f"action of {kind}", action, described(document))
        key = identifier(mapping(document, "links"), link)
        if key is None:
            raise PayloadError(f"{described(document)} does not say which {wanted} it is about.")
        return Parsed(fetches=(Fetch(wanted, key),))
    if kind in IGNORED:
        return Parsed(ignored=f"{kind}.{action} carries no money event that is mapped")
    return Parsed(ignored=f"{kind}.{action} is not a type of event that this version knows; nothing of it is booked")


def _mandate(document, action):
    if action not in MANDATES:
        raise UnknownStatus("GoCardless", "action of mandates", action, described(document))
    kind, mandate = MANDATES[action], identifier(mapping(document, "links"), "mandate")
    if kind is None or mandate is None:
        return Parsed(ignored=f"mandates.{action} changes nothing of what may be collected")
    details = mapping(document, "details")
    facts = Facts(iso_instant(document, "created_at"))
    reason = first_text(details, ("reason_code", "cause")) or ""
    own = mandate if kind == "mandate_create" else f"{mandate}/{own_id(document)}"
    facts.add(kind, own, Money.zero(NO_CURRENCY), mandate, status=action, reason=reason)
    return facts.parsed()


def listed(content):
    """The events of a page of the list as (value, its text). Raises PayloadError when it is none."""
    found = json_parts.members(content, ("events",), "GoCardless' list of events cannot be read", "ask again later").get("events")
    if type(found) is not list:
        raise PayloadError("GoCardless' list of events has none; ask again later.")
    return found
