"""What charges, PaymentIntents and Checkout Sessions say: authorised, captured, ended, failed.

A PaymentIntent and its charge tell the same story, so both are turned into the same facts, keyed by the
charge:

* `authorize` and `capture` are running totals, ``<charge>/<amount>``. Stripe raises both step by step
  (incremental authorisation, multicapture), so any order and any subset of the events leads to the highest
  total. The events of one authorisation or of one capture are one fact.
* `void`, `expire` and `fail` are ``<charge>``, or the PaymentIntent (for a failed attempt with its time) when
  no charge was made. Their amount is what was not captured.
* A charge that failed after money had come (bank debits) is a `capture` and a `capture_fail`, whichever
  events came before.

The instant is that of the event. A charge that was released tells no authorisation, so that none is ever
later than its end; a total that is told again keeps its first instant.
"""

from ...core.errors import PayloadError, UnknownStatus
from ...core.records import PaymentInfo
from .amounts import money
from .facts import Facts
from .payload import described, identifier, made_at, mapping, objects, own_id, text
from .reference import merchant_reference

CHARGE_STATUSES = frozenset(("succeeded", "pending", "failed"))
INTENT_STATUSES = frozenset(
    "requires_payment_method requires_confirmation requires_action processing requires_capture canceled succeeded".split()
)
# cancellation_reason -> what it was; None is a cancellation for no given reason.
CANCELLATIONS = {
    None: "void", "abandoned": "void", "duplicate": "void", "failed_invoice": "void", "fraudulent": "void",
    "requested_by_customer": "void", "void_invoice": "void", "automatic": "expire", "expired": "expire",
}  # fmt: skip
SESSION_STATUSES = frozenset((None, "open", "complete", "expired"))
SESSION_PAYMENT_STATUSES = frozenset((None, "paid", "unpaid", "no_payment_required"))


def known(value, values, field, resource):
    """``value`` if it is one of ``values``; otherwise UnknownStatus."""
    if (value is not None and type(value) is not str) or value not in values:
        raise UnknownStatus("Stripe", field, value, described(resource))
    return value


def charge(event):
    """`charge.*` events about the charge itself."""
    resource = event.resource
    key = identifier(resource, "payment_intent") or own_id(resource)
    facts = Facts(event.created, key, reference=merchant_reference(resource))
    charge_facts(facts, resource, expired=event.type == "charge.expired")
    return facts.parsed([charge_info(event.created, resource)])


def charge_facts(facts, resource, expired=False):
    """Add what a charge object says to ``facts``."""
    group = own_id(resource)
    status = known(resource.get("status"), CHARGE_STATUSES, "charge status", resource)
    amount, captured = money(resource, "amount"), captured_so_far(resource)
    if status == "failed":
        _failed_charge(facts, resource, group, captured, amount)
    elif status == "succeeded":
        released = resource.get("refunded") is True and not captured
        if expired or not released:
            facts.total("authorize", group, amount)
        if captured:
            facts.total("capture", group, captured)
        if expired:
            facts.add("expire", group, amount - captured, group)


def captured_so_far(resource):
    """The total captured of a charge (Money). Without `amount_captured` (objects of 2020 and older) a charge
    is captured as a whole or not at all, unless something was refunded: then PayloadError, since the part is
    not known."""
    if "amount_captured" in resource or resource.get("amount_refunded"):
        return money(resource, "amount_captured")
    amount = money(resource, "amount")
    return amount if resource.get("captured") is True else amount - amount


def _failed_charge(facts, resource, group, captured, amount):
    reason = text(resource, "failure_code") or ""
    balanced = [identifier(resource, field) for field in ("balance_transaction", "failure_balance_transaction")]
    amount = captured or amount
    if captured or any(balanced):
        facts.total("capture", group, amount, made_at(resource, facts.at))
        facts.add("capture_fail", group, amount, group, reason=reason)
    else:
        facts.add("fail", group, amount, group, reason=reason)


def charge_info(at, resource):
    """`PaymentInfo` of a charge object."""
    intent = identifier(resource, "payment_intent")
    billing = mapping(resource, "billing_details")
    return PaymentInfo(
        intent or own_id(resource),
        at,
        amount=money(resource, "amount"),
        reference=merchant_reference(resource),
        provider_reference=intent or own_id(resource),
        customer_name=text(billing, "name"),
        customer_email=text(billing, "email") or text(resource, "receipt_email"),
        customer_key=identifier(resource, "customer"),
        description=text(resource, "description"),
        status="" if intent else text(resource, "status") or "",
    )


def intent(event):
    """`payment_intent.*` events."""
    resource = event.resource
    status = known(resource.get("status"), INTENT_STATUSES, "payment_intent status", resource)
    facts = Facts(event.created, own_id(resource), reference=merchant_reference(resource))
    latest = _latest_charge(resource)
    if event.type == "payment_intent.payment_failed":
        _failed_intent(facts, event)
    elif status == "canceled":
        _canceled_intent(facts, resource, latest)
    elif status in ("succeeded", "requires_capture"):
        _holding_intent(facts, resource, status, latest)
    return facts.parsed([_intent_info(event)])


def _latest_charge(resource):
    """The newest charge, as id or object: `latest_charge`, or the list that Stripe sent before API
    2022-11-15."""
    latest = resource.get("latest_charge")
    if latest is None:
        listed = objects(resource, "charges")
        latest = listed[0] if listed else None
    return latest


def _charge_id(latest):
    return identifier({"object": "payment_intent", "latest_charge": latest}, "latest_charge")


def _holding_intent(facts, resource, status, latest):
    """A PaymentIntent whose money is reserved or received."""
    if type(latest) is dict and "captured" in latest:
        charge_facts(facts, latest)
        return
    received, group = money(resource, "amount_received"), _charge_id(latest)
    if group is None:
        if received or status == "requires_capture":
            raise PayloadError(
                f"{described(resource)} holds money but names no charge: its facts could be counted twice. "
                "Its charge events carry the same facts. If they are here, nothing is missing; if not, set "
                "the webhook endpoint to API version 2022-11-15 or newer and send the charge events again."
            )
        return
    whole = money(resource, "amount") if status == "succeeded" else money(resource, "amount_capturable") + received
    if whole:
        facts.total("authorize", group, whole)
    if received:
        facts.total("capture", group, received)


def _canceled_intent(facts, resource, latest):
    kind = CANCELLATIONS[
        known(resource.get("cancellation_reason"), CANCELLATIONS, "payment_intent cancellation_reason", resource)
    ]
    received, group = money(resource, "amount_received"), _charge_id(latest)
    if received and group:
        facts.total("capture", group, received)
    released = money(resource, "amount") - received
    reason = text(resource, "cancellation_reason") or ""
    facts.add(kind, group or own_id(resource), released, group or "", reason=reason)


def _failed_intent(facts, event):
    """The failed attempt made a charge only if the error names it; `latest_charge` may be that of an earlier
    one."""
    resource = event.resource
    error = mapping(resource, "last_payment_error")
    attempt = identifier(error, "charge") if error else _charge_id(_latest_charge(resource))
    attempt = attempt or attempt_id(event, own_id(resource))
    reason = text(error, "decline_code") or text(error, "code") or ""
    facts.add("fail", attempt, money(resource, "amount"), attempt, reason=reason)


def attempt_id(event, key):
    """The id of a failed attempt of payment ``key`` that made no charge: it is told apart by its second."""
    return f"{key}/{int(event.created.timestamp())}"


def _intent_info(event):
    resource = event.resource
    latest = _latest_charge(resource)
    billing = mapping(latest, "billing_details") if type(latest) is dict else {}
    return PaymentInfo(
        own_id(resource),
        event.created,
        amount=money(resource, "amount"),
        reference=merchant_reference(resource),
        provider_reference=own_id(resource),
        customer_name=text(billing, "name"),
        customer_email=text(resource, "receipt_email") or text(billing, "email"),
        customer_key=identifier(resource, "customer"),
        description=text(resource, "description"),
        status=resource["status"],
    )


def session(event):
    """`checkout.session.*` events: they name the order and the customer, and end payments that never came."""
    resource = event.resource
    key = identifier(resource, "payment_intent")
    known(resource.get("status"), SESSION_STATUSES, "checkout.session status", resource)
    known(resource.get("payment_status"), SESSION_PAYMENT_STATUSES, "checkout.session payment_status", resource)
    facts = Facts(event.created, key, reference=merchant_reference(resource))
    if key is None or resource.get("amount_total") is None:
        return facts.parsed(ignored=f"{event.type}: the session names no payment")
    amount = money(resource, "amount_total")
    if event.type == "checkout.session.expired":
        facts.add("expire", key, amount)
    elif event.type == "checkout.session.async_payment_failed":
        attempt = attempt_id(event, key)
        facts.add("fail", attempt, amount, attempt)
    customer = mapping(resource, "customer_details")
    info = PaymentInfo(
        key,
        event.created,
        amount=amount,
        reference=merchant_reference(resource),
        provider_reference=key,
        customer_name=text(customer, "name"),
        customer_email=text(customer, "email") or text(resource, "customer_email"),
        customer_key=identifier(resource, "customer"),
    )
    return facts.parsed([info])
