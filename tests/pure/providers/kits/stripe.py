"""Stripe for the conformance suite: the objects are those of the simulated world."""

from fc.core.records import Request
from fc.providers import get
from fc.providers.stripe.payments import CHARGE_STATUSES, INTENT_STATUSES
from fc.providers.stripe.payouts import PAYOUT_STATUSES
from fc.providers.stripe.refunds import REFUND_STATUSES
from simulator import stripe_objects as stripe
from simulator.stripe_api import StripeApi

from .. import lines
from ..told import FILES
from .base import NOW, T0, Kit, Story

SECRET = "whsec_of_the_tests"
ADAPTER = get("stripe")


def event(event_type, resource, at=T0, own=None):
    return stripe.encode(stripe.event(event_type, resource, at, own or f"evt_{event_type}_{at}"))


def call(body, secret=SECRET, at=T0):
    return Request(body, (("Stripe-Signature", stripe.sign(body, secret, at)),))


def charge(amount=10000, currency="eur", **fields):
    return stripe.charge("ch_1", amount, currency, intent="pi_1", created=T0, **fields)


def _official():
    body = b"""{
  "id": "evt_test_webhook",
  "object": "event",
  "data": { "object": { "id": "rdr_123", "object": "terminal.reader" } }
}"""
    header = "t=1700000000,v1=3bfab77baf5f7b6991a46c9b53b6547d7afc56148b10468fcad9f35c1992ffbd"
    return [(Request(body, (("Stripe-Signature", header),)), "whsec_test_secret", 1_700_000_000, None)]


def _known():
    for status in sorted(CHARGE_STATUSES):
        yield "charge", status, event("charge.updated", charge(status=status))
    for status in sorted(INTENT_STATUSES):
        intent = stripe.payment_intent("pi_1", 10000, status=status, charge_id="ch_1", created=T0)
        yield "payment_intent", status, event("payment_intent.created", intent)
    for status in sorted(REFUND_STATUSES):
        yield "refund", status, event("refund.updated", {**stripe.refund("re_1", 100, "ch_1", intent="pi_1"), "status": status})
    for status in sorted(PAYOUT_STATUSES):
        yield "payout", status, event("payout.updated", stripe.payout("po_1", 100, status=status))


_LIFE = [
    event("charge.succeeded", charge(captured=0)),
    event("charge.captured", charge(captured=6000), T0 + 60),
    event("refund.created", stripe.refund("re_1", 1000, "ch_1", intent="pi_1"), T0 + 90),
]
_API = StripeApi(lines={key: lines.listed(key) for key in lines.PAID})
KIT = Kit(
    ADAPTER,
    SECRET,
    call,
    vectors=_official(),
    timed=300,
    bodies={"charge": _LIFE[0], "payout": event("payout.paid", stripe.payout("po_1", 100, status="paid")), "refund": _LIFE[2]},
    stories={
        "auth 100, partial capture 60, refund 10": Story(_LIFE, "partially_refunded", 6000),
        "late failure": Story(
            [
                event("charge.succeeded", charge()),
                event("charge.failed", charge(status="failed", failure_balance_transaction="txn_2"), T0 + 99),
            ],
            "failed",
            0,
        ),
    },
    known=list(_known()),
    unknown=[event("charge.updated", charge(status="teleported")), event("payout.paid", stripe.payout("po_1", 1, status="odd"))],
    units=[
        (code, event("charge.succeeded", charge(told, code.lower())), minor)
        for code, told, minor in (
            ("JPY", 500, 500), ("KWD", 5120, 5120), ("ISK", 500, 5), ("UGX", 500, 5), ("HUF", 500, 500), ("TWD", 500, 500),
            ("CLP", 500, 500),
        )
    ],
    reports=[(FILES / "payout_reconciliation.csv").read_bytes()],
    exercised={
        "webhook": lambda: ADAPTER.verify(call(_LIFE[0]), [SECRET], NOW).ok and ADAPTER.parse(Request(_LIFE[0])).movements,
        "poll": lambda: list(ADAPTER.poll(_API.call, None, NOW)),
        "report_file": lambda: ADAPTER.parse_report((FILES / "payout_reconciliation.csv").read_bytes()).lines,
        "balance_transactions": lambda: ADAPTER.parse_settlement(ADAPTER.fetch_settlement(_API.call, "po_A"), "po_A").lines,
    },
)  # fmt: skip
