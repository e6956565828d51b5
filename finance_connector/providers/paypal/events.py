"""What PayPal's webhooks say, and the rows of transaction search, which come by polling.

* A payment is known by its capture (or sale): later rows name nothing else. An authorisation is known by its own id, and ends
  with its final capture.
* A refund is ``<refund>`` of the capture that its link ``up`` names.
* A dispute moves no money by its events: the hold, the chargeback and their reversals are rows, which the ledger tells. Its
  verdict against us is `dispute_lost`.
"""

from ...core.errors import PayloadError, UnknownStatus
from ...core.money import Money
from ...core.records import Envelope, Movement, Parsed
from ..facts import Facts
from ..reading import (
    decimal_money,
    described,
    first_text,
    identifier,
    iso_instant,
    known,
    load,
    mapping,
    objects,
    own_id,
    storable,
    text,
)  # fmt: skip
from . import ledger, payout_items

CAPTURES = frozenset("COMPLETED PENDING DECLINED DENIED FAILED PARTIALLY_REFUNDED REFUNDED REVERSED".split())
REFUNDS = {"COMPLETED": "refund", "PENDING": "refund", "FAILED": "refund_fail", "CANCELLED": "refund_fail"}
OUTCOMES = {
    "RESOLVED_BUYER_FAVOUR": "dispute_lost", "RESOLVED_SELLER_FAVOUR": "", "RESOLVED_WITH_PAYOUT": "", "CANCELED_BY_BUYER": "",
    "ACCEPTED": "dispute_lost", "DENIED": "", "NONE": "", None: "",
}  # fmt: skip
IGNORED_FAMILIES = {
    "CHECKOUT": "the payment of an order is told by its capture",
    "PAYMENT.PAYOUTSBATCH": "what was sent to others is told by its items and its rows",
    **dict.fromkeys(
        "BILLING INVOICING VAULT CATALOG IDENTITY MERCHANT PAYMENT.ORDER PAYMENT.PAYMENT PAYMENT-NETWORKS".split(),
        "it moves no money of its own",
    ),
}


def envelope(body):
    """`core.records.Envelope` of a webhook or of a polled row."""
    document = load(body, "PayPal")
    if ledger.is_polled(document):
        return ledger.envelope(document)
    own, kind = own_id(document), text(document, "event_type")
    if not kind:
        raise PayloadError(f"{described(document)} has no event_type; it is no webhook of PayPal.")
    resource = mapping(document, "resource")
    lane = _up(resource) or (identifier(resource, "id") if resource.get("id") else None) or own
    return Envelope(own, kind, lane, iso_instant(document, "create_time"))


def parse(body):
    """`core.records.Parsed` of a webhook or of a polled row. Raises PayloadError or UnknownStatus."""
    document = load(body, "PayPal")
    if ledger.is_polled(document):
        return ledger.parse(document)
    own_id(document)
    kind, resource = text(document, "event_type") or "", mapping(document, "resource")
    family, _dot, _action = kind.rpartition(".")
    reader = READERS.get(family)
    if reader is None:
        why = next((why for name, why in IGNORED_FAMILIES.items() if kind.startswith(f"{name}.")), None)
        return Parsed(ignored=f"{kind}: {why}" if why else f"{kind} is not an event type that this version knows")
    if not resource:
        raise PayloadError(f"{described(document)} has no resource; send it again from PayPal's dashboard.")
    return reader(kind, resource, iso_instant(document, "create_time"))


def _amount(resource, field="amount"):
    """An amount of the current API, or of the one before it."""
    amount = mapping(resource, field)
    value, code = amount.get("value", amount.get("total")), amount.get("currency_code", amount.get("currency"))
    return decimal_money(value, code, f"{described(resource)}, {field}")


def _up(resource):
    """The id at the end of the link ``up``: what a refund gives back, what a capture is of."""
    for link in objects(resource, "links"):
        if link.get("rel") == "up" and type(link.get("href")) is str:
            return storable(link["href"].rpartition("/")[2])[:100] or None
    return None


def _at(resource, default, field="create_time"):
    return iso_instant(resource, field) if resource.get(field) else default


def authorization(kind, resource, at):
    """PAYMENT.AUTHORIZATION.*"""
    own, amount = own_id(resource), _amount(resource)
    facts = Facts(at, own, reference=_reference(resource))
    if kind.endswith(".VOIDED"):
        facts.add("void", own, amount, own)
    elif kind.endswith(".CREATED"):
        facts.add("authorize", own, amount, own, _at(resource, at))
    else:
        raise UnknownStatus("PayPal", "event_type", kind, described(resource))
    return facts.parsed([_info(facts, resource, amount)])


def _reference(resource):
    return first_text(resource, ("invoice_id", "invoice_number", "custom_id", "custom"))


def _info(facts, resource, amount):
    return facts.payment(amount, status=first_text(resource, ("status", "state")) or "")


def capture(kind, resource, at):
    """PAYMENT.CAPTURE.* and PAYMENT.SALE.*"""
    if kind.endswith((".REFUNDED", ".REVERSED")):
        return refunded(kind, resource, at)
    own, amount = own_id(resource), _amount(resource)
    status = (first_text(resource, ("status", "state")) or "").upper()
    known(status, CAPTURES, "PayPal", "capture status", resource)
    facts = Facts(at, own, reference=_reference(resource))
    if status in ("DECLINED", "DENIED", "FAILED"):
        facts.add("fail", own, amount, own, reason=text(mapping(resource, "status_details"), "reason") or "")
    elif status != "PENDING":
        facts.add("capture", own, amount, own, _at(resource, at))
        _fee(facts, resource, own)
        _final(facts, resource)
    return facts.parsed([_info(facts, resource, amount)])


def _fee(facts, resource, own):
    breakdown = mapping(resource, "seller_receivable_breakdown")
    holder, field = (breakdown, "paypal_fee") if breakdown else (resource, "transaction_fee")
    if mapping(holder, field):
        fee = _amount({**holder, "id": own}, field)
        if fee.minor:
            facts.add("fee", own, fee, own, _at(resource, facts.at))


def _final(facts, resource):
    """The authorisation that a final capture ends: a payment of its own, which has no more to wait for."""
    related = mapping(mapping(resource, "supplementary_data"), "related_ids")
    key = identifier(related, "authorization_id")
    if resource.get("final_capture") is True and key:
        nothing = Money.zero(_amount(resource).currency)
        reason = f"captured as {facts.transaction_key}"
        facts.movements.append(Movement("void", key, nothing, facts.at, transaction_key=key, group=key, reason=reason))


def refunded(kind, resource, at):
    """PAYMENT.CAPTURE.REFUNDED and .REVERSED, PAYMENT.REFUND.*: all carry the refund."""
    own, amount = own_id(resource), _amount(resource)
    key = first_text(resource, ("sale_id", "capture_id")) or _up(resource)
    facts = Facts(at, key, reference=_reference(resource))
    if key is None:
        raise PayloadError(f"{described(resource)} does not say which capture it gives back.")
    if kind.endswith(".REVERSED"):
        facts.add("dispute_update", f"{own}/REVERSED", Money.zero(amount.currency), key, status="REVERSED")
        return facts.parsed()
    status = (first_text(resource, ("status", "state")) or "COMPLETED").upper()
    back = REFUNDS[known(status, REFUNDS, "PayPal", "refund status", resource)]
    facts.add("refund", own, abs(amount), own, _at(resource, at))
    if back == "refund_fail":
        facts.add("refund_fail", own, abs(amount), own, reason=status)
    return facts.parsed()


def dispute(kind, resource, at):
    """CUSTOMER.DISPUTE.*"""
    own = identifier(resource, "dispute_id")
    sellers = [identifier(item, "seller_transaction_id") for item in objects(resource, "disputed_transactions")]
    if own is None or not sellers or sellers[0] is None:
        raise PayloadError("A dispute of PayPal does not say what it is about; look at it in the Resolution Center.")
    amount = _amount({**resource, "id": own}, "dispute_amount")
    outcome = text(mapping(resource, "dispute_outcome"), "outcome_code")
    verdict = OUTCOMES[known(outcome, OUTCOMES, "PayPal", "dispute outcome", resource)]
    facts, reason = Facts(at, sellers[0]), text(resource, "reason") or ""
    status = text(resource, "status") or kind.rpartition(".")[2]
    if verdict:
        facts.add(verdict, own, amount, sellers[0], reason=reason)
    else:
        nothing = Money.zero(amount.currency)
        facts.add("dispute_update", f"{own}/{outcome or status}", nothing, sellers[0], status=outcome or status, reason=reason)
    return facts.parsed()


READERS = {
    "PAYMENT.AUTHORIZATION": authorization, "PAYMENT.CAPTURE": capture, "PAYMENT.SALE": capture, "PAYMENT.REFUND": refunded,
    "CUSTOMER.DISPUTE": dispute, "RISK.DISPUTE": dispute, "PAYMENT.PAYOUTS-ITEM": payout_items.item,
}  # fmt: skip
