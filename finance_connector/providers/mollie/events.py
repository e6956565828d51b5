"""Mollie's messages: classic calls, which name an object; events, which name one and may carry it; objects that were polled.

A classic call says nothing but that something of an object has changed, and the next change is told by the same words: equal
calls are no copies, so its envelope is ``repeatable``.
"""

import hashlib

from ...core.errors import PayloadError
from ...core.records import Envelope, Fetch, Parsed
from ..reading import described, identifier, iso_instant, load, mapping, own_id, text
from . import resources
from .signature import HINT

# Prefix of an id in a classic call -> what must be asked for. Refunds and chargebacks are called by their payment's id.
FETCHED = {"tr": "payment", "stl": "settlement"}
# Families of event types that carry nothing to book, and why.
IGNORED_FAMILIES = {
    "payment-link": "its payment is told by events of its own",
    "sales-invoice": "it is a document, not money",
    "business-account-transfer": "it is about a bank account at Mollie, not about payments",
    "payout": "a payout is told by its settlement",
    "profile": "it moves no money",
}
FAMILIES = frozenset(("payment", "refund", "chargeback", "capture", "balance-transaction"))


def envelope(body):
    """`core.records.Envelope` of a message."""
    hint = HINT.fullmatch(body)
    if hint:
        own = hint[1].decode()
        return Envelope(f"hint/{own}", "hint", own, repeatable=True)
    document = load(body, "Mollie")
    own, kind = own_id(document), text(document, "type")
    if document.get("resource") == "event":
        if not kind:
            raise PayloadError(f"{described(document)} has no type; it is no event of Mollie.")
        return Envelope(own, kind, identifier(document, "entityId") or own, iso_instant(document, "createdAt"))
    resource = text(document, "resource")
    if not resource:
        raise PayloadError(f"{described(document)} is neither an event nor an object of Mollie.")
    digest = hashlib.sha256(body).hexdigest()[:16]
    return Envelope(f"{resource}/{own}/{digest}", f"polled.{resource}", identifier(document, "paymentId") or own)


def parse(body):
    """`core.records.Parsed` of a message. Raises PayloadError or UnknownStatus."""
    hint = HINT.fullmatch(body)
    if hint:
        return _hinted(hint[1].decode())
    return _read(load(body, "Mollie"))


def _read(document):
    """`core.records.Parsed` of an event, or of an object."""
    if document.get("resource") != "event":
        return resources.read(document)
    kind, entity = text(document, "type") or "", mapping(mapping(document, "_embedded"), "entity")
    family = kind.partition(".")[0]
    if family in IGNORED_FAMILIES:
        return Parsed(ignored=f"{kind}: {IGNORED_FAMILIES[family]}")
    if family not in FAMILIES:
        return Parsed(ignored=f"{kind} is not an event type that this version knows; nothing of it is booked")
    if entity:
        return resources.read(entity)
    return Parsed(fetches=(Fetch("event", own_id(document)),))


def fetched(content):
    """`core.records.Parsed` of an answer: an object, or the event with the object that it is about."""
    document = load(content, "Mollie")
    parsed = _read(document)
    if parsed.fetches:
        raise PayloadError(f"{described(document)} came without the object that it is about; give the key access to it.")
    return parsed


def _hinted(key):
    """What is to be fetched because of a call that only names ``key``."""
    wanted = FETCHED.get(key.partition("_")[0])
    if wanted is None:
        return Parsed(ignored=f"{key} names nothing that is booked")
    return Parsed(fetches=(Fetch(wanted, key),))
