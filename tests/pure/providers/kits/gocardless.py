"""GoCardless for the conformance suite."""

import hashlib
import hmac
import json

from fc.core.errors import ProviderUnavailable
from fc.core.records import Fetch, Request
from fc.providers import get
from fc.providers.gocardless.events import FETCHED, IGNORED, MANDATES

from .base import NOW, T0, Kit, Story, iso

ADAPTER = get("gocardless")
SECRET = "endpoint secret of the tests"


def encode(document):
    return json.dumps(document, separators=(",", ":")).encode()


def digest(content, secret=SECRET):
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def call(content, secret=SECRET, at=T0):
    return Request(content, (("Webhook-Signature", digest(content, secret)),))


def event(resource_type, action, key, at=0, own=None, **details):
    link = {"payments": "payment", "refunds": "refund", "payouts": "payout", "mandates": "mandate"}.get(resource_type, "other")
    own = own or f"EV{action}{key}{at}"
    return {
        "id": own, "created_at": iso(at), "resource_type": resource_type, "action": action, "links": {link: key},
        "details": {"origin": "bank", "cause": action, "scheme": "bacs", **details}, "metadata": {},
    }  # fmt: skip


def batch(*events):
    return encode({"events": list(events), "meta": {"webhook_id": "WB1"}})


def payment(key, amount=10000, currency="GBP", status="confirmed", **more):
    return {
        "id": key, "amount": amount, "currency": currency, "status": status, "created_at": iso(), "reference": "S00041",
        "metadata": {"order_id": "S00041"}, "links": {"mandate": "MD1", "payout": None}, "amount_refunded": 0, **more,
    }  # fmt: skip


def payout(key="PO1", amount=6489, status="paid", **more):
    return {"id": key, "amount": amount, "currency": "GBP", "status": status, "created_at": iso(90), "arrival_date": "2026-10-01",
            "deducted_fees": 111, "payout_type": "merchant", "reference": "SHOP-ABC123", "links": {}, **more}  # fmt: skip


def told(key, *actions):
    """The events of a payment, a second apart."""
    return [event("payments", action, key, at) for at, action in enumerate(actions)]


# The lives that the API tells: resource, then its events from first to last.
LIVES = {
    "PM1": (payment("PM1"), told("PM1", "created", "submitted", "confirmed")),
    "PMlate": (
        payment("PMlate", status="failed"),
        told("PMlate", "confirmed", "paid_out", "failed", "late_failure_settled"),
    ),
    "PMfail": (
        payment("PMfail", status="confirmed"),
        told("PMfail", "failed", "resubmission_requested", "confirmed"),
    ),
    "PMback": (
        payment("PMback", status="charged_back"),
        told("PMback", "confirmed", "charged_back", "chargeback_settled"),
    ),
    "PMwon": (
        payment("PMwon"),
        told("PMwon", "confirmed", "charged_back", "chargeback_cancelled"),
    ),
    "PMvoid": (payment("PMvoid", status="cancelled"), [event("payments", "cancelled", "PMvoid", 5)]),
    "RF1": (
        {"id": "RF1", "amount": 3000, "currency": "GBP", "status": "paid", "created_at": iso(50), "links": {"payment": "PM1"}},
        [event("refunds", "created", "RF1", 50), event("refunds", "paid", "RF1", 60)],
    ),
    "RFback": (
        {"id": "RFback", "amount": 3000, "currency": "GBP", "created_at": iso(50), "links": {"payment": "PM1"}},
        [event("refunds", "created", "RFback", 50), event("refunds", "funds_returned", "RFback", 60)],
    ),
    "PO1": (payout(), [event("payouts", "paid", "PO1", 99)]),
    "PObounced": (
        payout("PObounced", status="bounced"),
        [event("payouts", "paid", "PObounced", 99), event("payouts", "bounced", "PObounced", 199)],
    ),
}
_UNITS = (("JPY", 5, 5), ("KWD", 5000, 5000), ("ISK", 5, 5), ("UGX", 5, 5), ("HUF", 500, 500), ("TWD", 500, 500), ("CLP", 5, 5))
for _code, _told, _minor in _UNITS:
    LIVES[f"PM{_code}"] = (payment(f"PM{_code}", _told, _code), [event("payments", "confirmed", f"PM{_code}", 5)])
for _status in ("teleported",):
    LIVES["PModd"] = (payment("PModd", status=_status), [])
    LIVES["POodd"] = (payout("POodd", status=_status), [])


def item(kind, amount, payment=None, refund=None, taxes=()):
    links = {name: key for name, key in (("payment", payment), ("refund", refund), ("mandate", "MD1")) if key}
    return {"type": kind, "amount": amount, "links": links, "taxes": [{"amount": tax, "currency": "GBP"} for tax in taxes]}


# Fees in tenths of a penny: -45.5 - 45.4 - 20.1 = -111.0
ITEMS = [
    item("payment_paid_out", "10000.0", "PM1"),
    item("payment_paid_out", "9600.0", "PM2"),
    item("gocardless_fee", "-45.5", "PM1", taxes=("7.6",)),
    item("gocardless_fee", "-45.4", "PM2", taxes=("7.6",)),
    item("app_fee", "-20.1", "PM2"),
    item("payment_failed", "-7000.0", "PMlate"),
    item("payment_charged_back", "-6000.0", "PMback"),
    item("refund", "-3000.0", "PM1", "RF1"),
    item("refund_funds_returned", "3000.0", "PM1", "RFback"),
]


def page(name, found, after=None):
    return encode({name: found, "meta": {"cursors": {"before": None, "after": after}, "limit": 500}})


def api(method, path, params, headers=None):
    assert method == "GET"
    if path == "/events":
        key = params.get("payment") or params.get("refund") or params.get("payout")
        found = LIVES[key][1] if key else [one for _resource, told in LIVES.values() for one in told]
        newest_first = sorted(found, key=lambda one: one["created_at"], reverse=True)
        middle = len(newest_first) // 2
        return page("events", newest_first[middle:]) if "after" in params else page("events", newest_first[:middle], "EVnext")
    if path == "/payout_items":
        if params["payout"] == "POold":
            raise ProviderUnavailable("gone", status=410)
        return page("payout_items", ITEMS[5:]) if "after" in params else page("payout_items", ITEMS[:5], "PInext")
    kind, key = path.strip("/").split("/")
    return encode({kind: payout("POold") if key == "POold" else LIVES[key][0]})


def _known():
    for kind, (_wanted, _link, actions) in FETCHED.items():
        for action in actions:
            yield kind, action, encode(event(kind, action, {"payments": "PM1", "refunds": "RF1", "payouts": "PO1"}[kind]))
    for action in MANDATES:
        yield "mandates", action, encode(event("mandates", action, "MD1"))
    for kind in IGNORED:
        yield kind, "created", encode(event(kind, "created", "X1"))


# The example of the official library: two events, one after the other.
def _official():
    events = [
        {"id": own, "created_at": at, "resource_type": kind, "action": "created", "links": {kind[:-1]: link},
         "details": {"origin": "api", "cause": f"{kind[:-1]}_created",
                     "description": f"{kind[:-1].capitalize()} created via the API."},
         "metadata": {}}
        for own, at, kind, link in (
            ("EV00BD05S5VM2T", "2018-07-05T09:13:51.404Z", "subscriptions", "SB0003JJQ2MR06"),
            ("EV00BD05TB8K63", "2018-07-05T09:13:56.893Z", "mandates", "MD000AMA19XGEC"),
        )
    ]  # fmt: skip
    header = "2693754819d3e32d7e8fcb13c729631f316c6de8dc1cf634d6527f1c07276e7e"
    request = Request(encode({"events": events}), (("Webhook-Signature", header),))
    return [(request, "ED7D658C-D8EB-4941-948B-3973214F2D49", NOW, None)]


BODIES = {
    "several": batch(event("payments", "confirmed", "PM1", 2), event("mandates", "active", "MD1", 1)),
    "one": encode(event("refunds", "paid", "RF1", 60)),
    "payout": encode(event("payouts", "paid", "PO1", 99)),
}
_PM1 = [encode(one) for one in LIVES["PM1"][1]]
KIT = Kit(
    ADAPTER,
    SECRET,
    call,
    vectors=_official(),
    api=api,
    bodies=BODIES,
    stories={
        "collected": Story(_PM1, "captured", 10000),
        "failed weeks after it was paid out": Story([encode(one) for one in LIVES["PMlate"][1]], "failed", 0),
        "failed, then collected again": Story([encode(one) for one in LIVES["PMfail"][1]], "captured", 10000),
        "charged back": Story([encode(one) for one in LIVES["PMback"][1]], "charged_back"),
        "chargeback cancelled": Story([encode(one) for one in LIVES["PMwon"][1]], "captured"),
        "cancelled": Story([encode(one) for one in LIVES["PMvoid"][1]], "voided"),
        "refunded": Story([*_PM1, *(encode(one) for one in LIVES["RF1"][1])], "partially_refunded"),
        "refund came back": Story([*_PM1, *(encode(one) for one in LIVES["RFback"][1])], "captured"),
    },
    known=list(_known()),
    unknown=[
        encode(event("payments", "teleported", "PM1")),
        encode(event("mandates", "teleported", "MD1")),
        encode(event("payments", "confirmed", "PModd")),
        encode(event("payouts", "paid", "POodd")),
    ],
    units=[(code, encode(event("payments", "confirmed", f"PM{code}", 5)), minor) for code, _told, minor in _UNITS],
    exercised={
        "webhook": lambda: ADAPTER.verify(call(BODIES["several"]), [SECRET], NOW).ok,
        "batch": lambda: len(ADAPTER.messages(Request(BODIES["several"]))) == 3,
        "fetch": lambda: ADAPTER.parse_fetched(Fetch("payment", "PM1"), ADAPTER.fetch(api, Fetch("payment", "PM1"))).movements,
        "poll": lambda: [request for one in ADAPTER.poll(api, None, NOW) for request in one.requests],
        "balance_transactions": lambda: ADAPTER.parse_settlement(ADAPTER.fetch_settlement(api, "PO1"), "PO1").lines,
    },
)
