"""Mollie for the conformance suite."""

import hashlib
import hmac
import json

from fc.core.records import Fetch, Request
from fc.providers import get
from fc.providers.mollie.resources import BALANCE_TYPES, CAPTURES, PAYMENTS, REFUNDS, SETTLEMENTS

from .base import NOW, T0, Kit, Story, iso

ADAPTER = get("mollie")
SECRET = "signing secret of the tests"


def amount(value, currency="EUR"):
    return {"value": value, "currency": currency}


def encode(document):
    return json.dumps(document).encode()


def digest(content, secret=SECRET):
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def call(content, secret=SECRET, at=T0):
    return Request(content, (("X-Mollie-Signature", f"sha256={digest(content, secret)}"),))


def payment(status="paid", value="100.00", currency="EUR", own="tr_1aaaa", **more):
    moments = {"paid": "paidAt", "failed": "failedAt", "canceled": "canceledAt", "expired": "expiredAt",
               "authorized": "authorizedAt"}  # fmt: skip
    fields = {
        "resource": "payment", "id": own, "mode": "live", "status": status, "amount": amount(value, currency),
        "createdAt": iso(), "description": "S00041", "metadata": {"order_id": "S00041"}, "profileId": "pfl_1",
    }  # fmt: skip
    if status in moments:
        fields[moments[status]] = iso(10)
    return {**fields, **more}


def refund(status="refunded", value="30.00", own="re_1aaaa", **more):
    return {"resource": "refund", "id": own, "mode": "live", "status": status, "amount": amount(value), "paymentId": "tr_1aaaa",
            "createdAt": iso(20), **more}  # fmt: skip


def chargeback(value="100.00", own="chb_1aaaa", **more):
    return {"resource": "chargeback", "id": own, "amount": amount(value), "paymentId": "tr_1aaaa", "createdAt": iso(30),
            "reversedAt": None, **more}  # fmt: skip


def event(kind, entity, own=None, embedded=True):
    own = own or "event_" + hashlib.sha256(encode([kind, entity])).hexdigest()[:10]
    fields = {"resource": "event", "id": own, "type": kind, "entityId": entity["id"], "createdAt": iso(40)}
    return encode({**fields, "_embedded": {"entity": entity}} if embedded else fields)


# A month in one settlement: two payments (one in dollars), a refund, a chargeback, costs with VAT, the rolling reserve.
DOLLAR = payment(value="50.00", currency="USD", own="tr_2aaaa", settlementAmount=amount("46.00"), settlementId="stl_1aaaa")
COSTS = [
    {"description": "Credit cards", "method": "creditcard", "count": 2, "amountNet": amount("2.10"), "amountVat": amount("0.44"),
     "amountGross": amount("2.54")},
    {"description": "Refunds", "method": "refund", "count": 1, "amountNet": amount("0.25"), "amountVat": amount("0.05"),
     "amountGross": amount("0.30")},
    {"description": "Rounding", "method": None, "count": 1, "amountNet": amount("-0.01"), "amountVat": None,
     "amountGross": amount("-0.01")},
    {"description": "Rolling reserve", "method": "rollingreserve", "count": 1, "amountNet": amount("4.00"), "amountVat": None,
     "amountGross": amount("4.00")},
    {"description": "Rolling reserve released", "method": "rollingreserve", "count": 1, "amountNet": amount("-1.00"),
     "amountVat": None, "amountGross": amount("-1.00")},
]  # fmt: skip
SETTLEMENT = {
    "resource": "settlement", "id": "stl_1aaaa", "reference": "07049691.2406.01", "createdAt": iso(), "settledAt": iso(50),
    "status": "paidout", "amount": amount("10.17"), "balanceId": "bal_1", "periods": {"2026": {"09": {"costs": COSTS}}},
}  # fmt: skip
LISTS = {"payments": [payment(), DOLLAR], "captures": [], "refunds": [refund()], "chargebacks": [chargeback()]}
OBJECTS = {"tr_1aaaa": payment(_embedded={"refunds": [refund()], "chargebacks": []}), "stl_1aaaa": SETTLEMENT}
EVENTS = {"event_thin": json.loads(event("refund.refunded", refund(), "event_thin"))}


def listed(name, found, following=None):
    links = {"next": {"href": following} if following else None}
    return encode({"count": len(found), "_embedded": {name: found}, "_links": links})


def api(method, path, params, headers=None):
    parts = path.split("/")[2:]
    if parts[0] == "events":
        return encode(EVENTS[parts[1]])
    if len(parts) == 3:
        return listed(parts[2], LISTS[parts[2]])
    if len(parts) == 2:
        return encode(OBJECTS[parts[1]])
    found = {**LISTS, "settlements": [SETTLEMENT]}[parts[0]]
    if parts[0] == "payments" and "from" not in params:
        return listed(parts[0], found[:1], "https://api.mollie.com/v2/payments?from=tr_2aaaa&limit=250")
    return listed(parts[0], found[1:] if "from" in params else found)


def _known():
    for status in PAYMENTS:
        yield "payment status", status, encode(payment(status))
    for status in REFUNDS:
        yield "refund status", status, encode(refund(status))
    for status in CAPTURES:
        yield "capture status", status, encode({"resource": "capture", "id": "cpt_1", "status": status, "paymentId": "tr_1"})
    for status in SETTLEMENTS:
        yield "settlement status", status, encode({**SETTLEMENT, "status": status})
    for kind in BALANCE_TYPES:
        yield "balance transaction", kind, encode({"resource": "balance-transaction", "id": "baltr_1", "type": kind})


# The synthetic vector that the reference gives, and the same with the prefix left out, as some documents do.
_BODY = b'{"id":"evt_1","type":"payment.captured","amount":1050}'
_DIGEST = "ef35b6f8579de6e60e2f5bbfb75d1f3093baccfaa990138321de4caad1fd81b5"
BODIES = {
    "event": event("payment.paid", payment()),
    "thin event": event("refund.refunded", refund(), "event_thin", embedded=False),
    "hint": b"id=tr_1aaaa",
    "polled": encode(refund()),
    "payout": event("payout.completed", {"id": "po_1", "resource": "payout"}),
}
_HELD = payment("authorized")
KIT = Kit(
    ADAPTER,
    SECRET,
    call,
    vectors=[
        (Request(_BODY, (("X-Mollie-Signature", "sha256=" + _DIGEST),)), "whsec_mollie", NOW, None),
        (Request(_BODY, (("X-Mollie-Signature", _DIGEST),)), "whsec_mollie", NOW, None),
    ],
    api=api,
    bodies=BODIES,
    stories={
        "authorised, captured in steps, refunded": Story(
            [
                event("payment.authorized", _HELD),
                event("capture.succeeded", {"resource": "capture", "id": "cpt_1", "status": "succeeded", "paymentId": "tr_1"}),
                encode({**_HELD, "status": "authorized", "amountCaptured": amount("40.00")}),
                encode(payment(authorizedAt=iso(10), paidAt=iso(15), amountCaptured=amount("100.00"))),
                event("refund.processing", refund("processing")),
                event("refund.refunded", refund()),
            ],
            "partially_refunded",
            10000,
        ),
        "refund failed": Story([b"id=tr_1aaaa", event("refund.failed", refund("failed"))], "captured", 10000),
        "chargeback, then reversed": Story(
            [
                event("payment.paid", payment()),
                event("chargeback.received", chargeback()),
                event("chargeback.reversed", chargeback(reversedAt=iso(60))),
            ],
            "captured",
        ),
        "chargeback": Story([event("payment.paid", payment()), encode(chargeback())], "disputed"),
        "expired": Story([event("payment.expired", payment("expired"))], "expired"),
    },
    known=list(_known()),
    unknown=[
        encode(payment("teleported")),
        encode(refund("odd")),
        encode({"resource": "balance-transaction", "id": "baltr_1", "type": "teleport"}),
    ],
    units=[
        (code, encode(payment(value=told, currency=code)), minor)
        for code, told, minor in (
            ("JPY", "5", 5), ("KWD", "5.000", 5000), ("ISK", "5", 5), ("UGX", "5", 5), ("HUF", "5.00", 500), ("TWD", "5.00", 500),
            ("CLP", "5", 5),
        )
    ],
    exercised={
        "webhook": lambda: ADAPTER.verify(call(BODIES["event"]), [SECRET], NOW).ok,
        "fetch": lambda: ADAPTER.parse_fetched(
            Fetch("payment", "tr_1aaaa"), ADAPTER.fetch(api, Fetch("payment", "tr_1aaaa"))
        ).movements,
        "poll": lambda: [request for page in ADAPTER.poll(api, None, NOW) for request in page.requests],
        "balance_transactions": lambda: ADAPTER.parse_settlement(ADAPTER.fetch_settlement(api, "stl_1aaaa"), "stl_1aaaa").lines,
    },
)  # fmt: skip
