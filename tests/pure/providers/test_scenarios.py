"""Scenarios of real payments as each provider tells them: its messages and files, in any order, to the fold."""

from datetime import timedelta

import pytest

from fc.core.balances import balance_totals
from fc.core.errors import FinanceError
from fc.core.lifecycle import fold, fold_settlement
from fc.core.money import Money
from fc.core.records import Request

from .kits import adyen, gocardless, mollie, paypal
from .kits.base import understood


def told(kit, *bodies):
    """The state after all messages, and after them backwards and twice."""
    facts = [understood(kit.KIT, body).movements for body in bodies]
    state = fold([fact for one in facts for fact in one])
    assert repr(fold([fact for one in [*reversed(facts), *facts] for fact in one])) == repr(state)
    return state


def test_scenario_01_the_rest_of_an_authorisation_expires_at_adyen():
    state = told(
        adyen,
        adyen.body("AUTHORISATION"),
        adyen.body("CAPTURE", "CAP1", 6000, original="PSP1", at=10),
        adyen.body("EXPIRE", "EXP1", 4000, original="PSP1", at=20),
    )
    assert (state.state, state.captured.minor, state.contradictions) == ("partially_captured", 6000, ())


def test_scenario_02_several_captures_at_paypal_are_payments_of_their_own():
    related = {"supplementary_data": {"related_ids": {"authorization_id": "AUTH1"}}}
    parts = [("C1", "40.00", False), ("C2", "35.00", False), ("C3", "25.00", True)]
    bodies = [
        paypal.event("PAYMENT.CAPTURE.COMPLETED", paypal.capture(own, value, final_capture=last, **related))
        for own, value, last in parts
    ]
    facts = [fact for body in bodies for fact in understood(paypal.KIT, body).movements]
    captured = {fact.transaction_key: fact.amount.minor for fact in facts if fact.kind == "capture"}
    assert captured == {"C1": 4000, "C2": 3500, "C3": 2500}
    held = understood(paypal.KIT, paypal.event("PAYMENT.AUTHORIZATION.CREATED", paypal.authorization())).movements
    assert fold([*held, *(fact for fact in facts if fact.transaction_key == "AUTH1")]).state == "voided"


def test_scenario_05_a_direct_debit_fails_after_it_was_paid_out():
    state = told(gocardless, *(gocardless.encode(one) for one in gocardless.LIVES["PMlate"][1]))
    assert (state.state, state.captured.minor, state.contradictions) == ("failed", 0, ())


@pytest.mark.parametrize("missing", range(3))
def test_scenario_06_what_comes_first_does_not_matter_nor_what_never_comes(missing):
    """A direct debit's life is told whole by any of its events."""
    events = [gocardless.encode(one) for one in gocardless.LIVES["PM1"][1]]
    assert told(gocardless, events[missing]).captured.minor == 10000


def test_scenario_07_one_fact_under_two_dates_at_adyen_is_one_message():
    bodies = [adyen.body("CAPTURE", "CAP1", 6000, original="PSP1", at=at) for at in (0, 3600)]
    ids = {adyen.ADAPTER.envelope(Request(body)).external_id for body in bodies}
    assert len(ids) == 1
    assert told(adyen, *bodies).captured.minor == 6000


def test_scenario_09_test_data_says_so_where_the_provider_does():
    live = adyen.ADAPTER.parse(Request(adyen.envelope(adyen.item("AUTHORISATION"), live="false"))).live
    assert (live, mollie.ADAPTER.parse(Request(mollie.encode(mollie.payment(mode="test")))).live) == (False, False)


def test_scenario_10_a_review_is_opened_and_closed_by_its_verdict():
    state = told(adyen, adyen.body("AUTHORISATION"), adyen.body("MANUAL_REVIEW_ACCEPT", "REV1", original="PSP1", at=9))
    assert (state.state, state.under_review) == ("authorized", False)


@pytest.mark.parametrize(
    ("kit", "bodies"),
    [
        (adyen, [adyen.body("CAPTURE", "C", original="P"), adyen.body("REFUNDED_REVERSED", "R", 3000, original="P", at=9)]),
        (mollie, [mollie.encode(mollie.payment()), mollie.encode(mollie.refund("failed"))]),
        (gocardless, [*(gocardless.encode(one) for key in ("PM1", "RFback") for one in gocardless.LIVES[key][1])]),
        (
            paypal,
            [
                paypal.event("PAYMENT.CAPTURE.COMPLETED", paypal.capture(fee=None)),
                paypal.event("PAYMENT.REFUND.FAILED", paypal.refund("FAILED")),
            ],
        ),
    ],
    ids=["adyen", "mollie", "gocardless", "paypal"],
)
def test_scenario_11_a_refund_that_comes_back(kit, bodies):
    state = told(kit, *bodies)
    assert (state.state, state.refunded.minor, state.contradictions) == ("captured", 0, ())


def test_scenario_14_paypal_holds_releases_charges_back_and_reverses():
    rows = [("HOLD", "T1110", "-100.00"), ("HOLD", "T1111", "100.00"), ("CB", "T1201", "-100.00"), ("BACK", "T1202", "100.00")]
    bodies = [paypal.encode(paypal.found(own, code, value, reference="CAP1")) for own, code, value in rows]
    fee = [paypal.encode(paypal.found("F1", "T0106", "-16.00", reference="CB")),
           paypal.encode(paypal.found("F2", "T1108", "16.00", reference="F1"))]  # fmt: skip
    state = told(paypal, paypal.encode(paypal.SEARCH[0]), *bodies)
    assert (state.state, state.disputed.minor, state.contradictions) == ("captured", 0, ())
    facts = [fact for body in [paypal.encode(paypal.SEARCH[0]), *bodies, *fee] for fact in understood(paypal.KIT, body).movements]
    assert {key: minor for key, minor in balance_totals(facts).items() if minor} == {("clearing", "EUR"): 9680}


def test_scenario_17_a_batch_below_nothing_has_no_payout_and_the_next_one_takes_it_up():
    parsed = adyen.ADAPTER.parse_report(adyen.REPORT)
    amounts = {info.external_id: info.amount.minor for info in parsed.settlements}
    assert amounts == {"ShopEU/6/EUR": 0, "ShopEU/7/EUR": 10764}
    assert [line.net.minor for line in parsed.lines if line.kind == "transfer"] == [300, -300]


@pytest.mark.parametrize("order", [1, -1])
def test_scenario_18_a_payout_that_was_paid_bounces(order):
    bodies = [gocardless.encode(one) for one in gocardless.LIVES["PObounced"][1]][::order]
    found = [understood(gocardless.KIT, body) for body in bodies]
    facts = [one for parsed in found for one in (*parsed.movements, *parsed.settlements)]
    assert fold_settlement(facts).state == "failed"


def test_scenario_20_a_rolling_reserve_is_held_and_released():
    parsed = mollie.ADAPTER.parse_settlement(mollie.ADAPTER.fetch_settlement(mollie.api, "stl_1aaaa"), "stl_1aaaa")
    kinds = {fact.kind: fact.amount for fact in parsed.movements if fact.kind.startswith("reserve")}
    assert kinds == {"reserve_hold": Money(400, "EUR"), "reserve_release": Money(100, "EUR")}


def test_scenario_21_fees_without_a_payment_and_in_tenths_of_a_penny():
    lines = {line.external_id: line for line in adyen.ADAPTER.parse_report(adyen.REPORT).lines}
    fees = [line for key, line in lines.items() if key.startswith("Fee/")]
    assert [line.net.minor for line in fees] == [-120, -120], "two equal costs are two costs"
    payout = gocardless.ADAPTER.parse_settlement(gocardless.ADAPTER.fetch_settlement(gocardless.api, "PO1"), "PO1")
    assert payout.lines[-1].net == Money(-111, "GBP")


def test_scenario_22_vat_on_fees_is_told_apart():
    parsed = mollie.ADAPTER.parse_settlement(mollie.ADAPTER.fetch_settlement(mollie.api, "stl_1aaaa"), "stl_1aaaa")
    totals = {}
    for fact in parsed.movements:
        totals[fact.kind] = totals.get(fact.kind, 0) + fact.amount.minor
    assert totals["fee_tax"] == 49
    assert totals["fee"] - totals["fee_refund"] == 254 + 30 - 49 - 1


def test_scenario_23_a_conversion_at_paypal_is_two_rows_and_one_fact():
    parsed = paypal.ADAPTER.parse_report(paypal.report())
    (fact,) = [fact for fact in parsed.movements if fact.kind == "fx"]
    assert (fact.amount, fact.counter_amount) == (Money(4600, "EUR"), Money(5000, "USD"))


@pytest.mark.parametrize("kit", [adyen, paypal], ids=["adyen", "paypal"])
def test_scenario_26_a_report_under_another_name_tells_the_same(kit):
    one, other = (kit.ADAPTER.parse_report(kit.KIT.reports[0], name) for name in ("a.csv", "b.csv"))
    assert (one.movements, one.settlements, one.lines) == (other.movements, other.settlements, other.lines)
    with pytest.raises(FinanceError, match="empty"):
        kit.ADAPTER.parse_report(b"", "c.csv")


def test_scenario_27_time_zones_of_reports_and_days_of_payouts():
    line = paypal.ADAPTER.parse_report(paypal.report()).lines[1]
    assert line.occurred_at.isoformat() == "2026-01-06T08:00:30+00:00"


def test_scenario_36_a_list_that_is_gone_and_a_poll_that_came_too_late():
    (page, *_more) = gocardless.ADAPTER.poll(gocardless.api, {"checked": "2020-01-01T00:00:00+00:00"}, gocardless.NOW)
    assert page.gap
    (first, *_more) = paypal.ADAPTER.poll(paypal.api, {"until": "2020-01-01T00:00:00+00:00"}, paypal.NOW)
    assert first.gap[1] == paypal.NOW - timedelta(days=3 * 365)
