"""Any order and any number of copies of one payment's messages lead to the same state (INV-4)."""

from itertools import permutations

import pytest

from fc.core.balances import balance_totals
from fc.core.lifecycle import fold

from . import lines
from .test_report import GOLDEN
from .told import STRIPE, T0, read, stripe


def told(stories):
    return [fact for parsed in stories for fact in parsed.movements]


def charge(at=T0, **fields):
    return stripe.charge("ch_1", 10000, intent="pi_1", created=T0, **fields)


def intent(status, **fields):
    return stripe.payment_intent("pi_1", 10000, status=status, charge_id="ch_1", created=T0, **fields)


PARTIAL = [
    read("charge.succeeded", charge(captured=0)),
    read("payment_intent.amount_capturable_updated", intent("requires_capture")),
    read("charge.captured", charge(captured=6000), at=T0 + 60),
    read("payment_intent.succeeded", intent("succeeded", amount_received=6000), at=T0 + 60),
    read("charge.updated", charge(captured=6000), at=T0 + 90),
]
STEPS = [
    read("charge.succeeded", charge(captured=0)),
    read("charge.updated", charge(captured=4000), at=T0 + 60),
    read("charge.updated", charge(captured=7500), at=T0 + 120),
    read(
        "payment_intent.amount_capturable_updated",
        intent("requires_capture", amount_capturable=2500, amount_received=7500),
        at=T0 + 120,
    ),
    read("payment_intent.succeeded", intent("succeeded"), at=T0 + 180),
]  # fmt: skip
RAISED = [
    read("charge.succeeded", {**charge(captured=0), "amount": 8000}),
    read("payment_intent.amount_capturable_updated", intent("requires_capture"), at=T0 + 60),
    read("charge.captured", charge(), at=T0 + 120),
]
LATE_FAILURE = [
    read("charge.pending", charge(status="pending")),
    read("charge.succeeded", charge(), at=T0 + 60),
    read("payment_intent.succeeded", intent("succeeded"), at=T0 + 60),
    read("charge.failed", charge(status="failed", failure_balance_transaction="txn_2"), at=T0 + 99),
]
EXPIRED = [
    read("charge.succeeded", charge(captured=0)),
    read("charge.expired", charge(captured=0), at=T0 + 60),
    read("payment_intent.canceled", intent("canceled", cancellation_reason="automatic"), at=T0 + 60),
]
RETRIED = [
    read(
        "charge.failed",
        stripe.charge("ch_0", 10000, intent="pi_1", created=T0 - 60, captured=0, status="failed"),
        at=T0 - 60,
    ),
    read(
        "payment_intent.payment_failed",
        {**intent("requires_payment_method"), "latest_charge": "ch_0"},
        at=T0 - 60,
    ),
    read("charge.succeeded", charge()),
    read("payment_intent.succeeded", intent("succeeded")),
]


@pytest.mark.parametrize(
    ("story", "state", "captured"),
    [
        (PARTIAL, "partially_captured", 6000),
        (STEPS, "captured", 10000),
        (RAISED, "captured", 10000),
        (LATE_FAILURE, "failed", 0),
        (EXPIRED, "expired", 0),
        (RETRIED, "captured", 10000),
    ],
    ids=["partial", "steps", "raised", "late failure", "expired", "retried"],
)
def test_stories_fold_to_one_state_in_any_order(story, state, captured):
    whole = fold(told(story))
    assert (whole.state, whole.captured.minor, whole.contradictions) == (state, captured, ())
    for order in permutations(story):
        assert repr(fold(told([*order, *order]))) == repr(whole)


def test_the_report_alone_tells_what_the_webhooks_would_have():
    """INV-4: a payment whose webhooks were all lost, and one whose webhooks came as well, end alike."""
    webhooks = [
        read("charge.captured", {**lines.CH_2, "created": T0}),
        read(
            "payment_intent.succeeded",
            stripe.payment_intent("pi_2", 8000, charge_id="ch_2", amount_received=5000),
        ),
        read("charge.succeeded", {**lines.CH_4, "created": T0}),
        read("refund.created", lines.RE_1),
        read("refund.failed", {**lines.RE_1, "status": "failed"}),
        read("refund.created", lines.RE_4),
        read("charge.succeeded", {**lines.CH_1, "created": T0}),
        read("charge.dispute.closed", {**lines.DP_1, "status": "won"}),
        read("charge.failed", lines.PY_5),
    ]
    report = STRIPE.parse_report(GOLDEN)
    both = balance_totals(told([*webhooks, report]))
    assert both == balance_totals(told([report, *webhooks]))
    # The one thing the file cannot say: that the bank debit which failed had been captured in an earlier
    # payout.
    without = balance_totals([fact for fact in told([report]) if fact.kind != "capture_fail"])
    assert {key: both[key] for key in without} == without


def test_the_balance_after_a_settlement_is_what_stripe_paid_out():
    report = STRIPE.parse_report(GOLDEN)
    totals = balance_totals(report.movements)
    assert totals["clearing", "USD"] == 0
    assert totals["clearing", "EUR"] == lines.PAID["po_A"] + lines.PAID["po_B"]
    assert totals["clearing", "JPY"] == lines.PAID["po_J"]
