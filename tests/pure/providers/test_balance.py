"""The lines of a payout from the API: pages, sources, taxes, and what cannot be read."""

import pytest

from fc.core.errors import PayloadError
from fc.core.money import Money
from simulator import stripe_objects as stripe
from simulator.stripe_api import StripeApi

from . import lines
from .told import STRIPE, T0, amounts, facts


def parse(*items, payout_id="po_A"):
    api = StripeApi(lines={payout_id: list(items)})
    return STRIPE.parse_settlement(STRIPE.fetch_settlement(api.call, payout_id), payout_id)


def transaction(own_id, amount, source, category, **fields):
    return stripe.balance_transaction(own_id, amount, source, category, created=T0, **fields)


def test_all_pages_are_fetched_and_kept_as_they_came():
    many = [
        transaction(f"txn_{number}", 100, stripe.charge(f"ch_{number}", 100, intent=f"pi_{number}"), "charge", fee=3)
        for number in range(250)
    ]
    api = StripeApi(lines={"po_A": many})
    content = STRIPE.fetch_settlement(api.call, "po_A")
    assert [params.get("starting_after") for _path, params in api.calls] == [None, "txn_99", "txn_199"]
    assert all(params["payout"] == "po_A" and params["expand[]"] == "data.source" for _path, params in api.calls)
    parsed = STRIPE.parse_settlement(content, "po_A")
    assert len(parsed.lines) == 250
    assert parsed.settlements[0].amount == Money(250 * 97, "EUR")
    for part in (content[: len(content) // 2], content.partition(b"\n{")[0], b"", b"  "):
        with pytest.raises(PayloadError):
            STRIPE.parse_settlement(part, "po_A")


def test_tax_in_a_fee_is_told_apart():
    charge = stripe.charge("ch_1", 10000, intent="pi_1")
    parsed = parse(transaction("txn_1", 10000, charge, "charge", fee=357, tax=57))
    assert amounts(parsed) == {
        ("capture", "ch_1/10000"): 10000,
        ("fee", "txn_1"): 357,
        ("fee_tax", "txn_1"): 57,
        ("fee_refund", "txn_1/tax"): 57,
    }
    (line,) = parsed.lines
    assert (line.fee.minor, line.tax.minor, line.net.minor) == (300, 57, 9643)


def test_inv_4_a_report_that_knows_no_tax_tells_the_same_fee():
    """Found by the simulated world (currencies, seed 75858777); see decision 0005."""
    charge = stripe.charge("ch_1", 10000, intent="pi_1")
    from_api = amounts(parse(transaction("txn_1", 10000, charge, "charge", fee=357, tax=57)))
    row = {"automatic_payout_id": "po_A", "balance_transaction_id": "txn_1", "created_utc": "2026-03-24 13:00:00",
           "currency": "eur", "gross": "100.00", "fee": "3.57", "net": "96.43", "reporting_category": "charge",
           "source_id": "ch_1", "payment_intent_id": "pi_1", "charge_id": "ch_1"}  # fmt: skip
    from_report = amounts(STRIPE.parse_report(stripe.report([row])))
    assert from_report.items() <= from_api.items()
    assert from_report["fee", "txn_1"] == 357


def test_tax_that_is_withheld_or_given_back_says_so():
    def details(fee_type, amount):
        return {
            "fee": amount,
            "fee_details": [{"amount": amount, "currency": "eur", "type": fee_type}],
            "net": 100 - amount,
        }

    charge = stripe.charge("ch_1", 100, intent="pi_1")
    withheld = parse(transaction("txn_1", 100, charge, "charge", **details("withheld_tax", 7)))
    assert amounts(withheld) == {
        ("capture", "ch_1/100"): 100,
        ("fee", "txn_1"): 7,
        ("adjustment", "txn_1/withheld"): -7,
        ("fee_refund", "txn_1/withheld"): 7,
    }
    assert withheld.lines[0].tax.minor == 7
    assert amounts(parse(transaction("txn_1", 100, charge, "charge", **details("tax", -7)))) == {
        ("capture", "ch_1/100"): 100,
        ("fee_refund", "txn_1"): 7,
        ("adjustment", "txn_1/tax"): 7,
        ("fee", "txn_1/tax"): 7,
    }


def test_the_fee_of_a_dispute_is_the_fact_that_its_events_tell():
    (first,) = stripe.dispute_transactions("dp_1", 4000, created=T0)
    event = stripe.dispute("dp_1", 4000, "ch_1", intent="pi_1", balance_transactions=[first])
    told = STRIPE.parse(_request("charge.dispute.funds_withdrawn", event))
    parsed = parse({**first, "source": stripe.dispute("dp_1", 4000, "ch_1", intent="pi_1")})
    assert facts(parsed) == facts(told)


def _request(event_type, resource):
    from fc.core.records import Request

    return Request(stripe.encode(stripe.event(event_type, resource, T0, "evt_1")))


def test_captures_in_steps_are_totals_that_the_charge_tells():
    charge = stripe.charge("ch_1", 10000, intent="pi_1", captured=7500)
    second_payout = parse(transaction("txn_2", 3500, charge, "charge"))
    assert amounts(second_payout) == {("capture", "ch_1/7500"): 7500}


def test_a_partial_capture_in_another_currency():
    charge = stripe.charge("ch_1", 12000, "usd", intent="pi_1", captured=7200)
    parsed = parse(
        transaction("txn_1", 11000, charge, "charge"),
        transaction("txn_2", -4400, charge, "partial_capture_reversal"),
    )
    assert facts(parsed)[("capture", "ch_1/7200")][:2] == (7200, "USD")
    told = {fact.external_id: fact.counter_amount for fact in parsed.movements if fact.kind == "fx"}
    assert told == {"txn_1": Money(12000, "USD"), "txn_2": Money(-4800, "USD")}


def test_facts_of_the_account_belong_to_no_payment():
    fee = {"id": "fee_1", "object": "application_fee", "charge": "ch_9"}
    parsed = parse(transaction("txn_1", 500, fee, "platform_earning"), transaction("txn_2", -20, "acct_1", "fee"))
    assert {fact.transaction_key for fact in parsed.movements} == {None}
    assert amounts(parsed) == {("adjustment", "txn_1"): 500, ("fee", "txn_2"): 20}


def test_a_payout_that_bounced_comes_back_in_a_later_one():
    bounced = stripe.payout("po_0", 900)
    parsed = parse(transaction("txn_1", 900, bounced, "payout_reversal"), lines.own_row("po_A", 900))
    told = {fact.kind: fact for fact in parsed.movements}
    assert (told["payout_fail"].external_id, told["payout_fail"].settlement_key) == ("po_0", "po_0")
    assert told["payout"].external_id == "po_A"
    assert [(line.kind, line.settlement_key, line.source_id) for line in parsed.lines] == [("payout_fail", "po_A", "po_0")]


def test_a_difference_between_payout_and_lines_is_not_smoothed():
    parsed = parse(*lines.listed("po_A", own=False), lines.own_row("po_A", 14700))
    assert parsed.settlements[0].amount.minor == 14700
    assert sum(line.net.minor for line in parsed.lines) == 14695


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"source": "ch_1"}, "without its source"),
        ({"source": None}, "without its source"),
        ({"net": 1}, "does not add up"),
        ({"net": None}, "no integer in net"),
        ({"id": None}, "without id|no id|without an id"),
        ({"created": "x"}, "created"),
        ({"fee_details": [7]}, "fee_details"),
        ({"source": {"object": "charge", "id": "ch_1", "currency": "eur"}}, None),
    ],
)
def test_what_cannot_be_read(change, says):
    good = transaction("txn_1", 10000, stripe.charge("ch_1", 10000, intent="pi_1"), "charge")
    if says is None:
        with pytest.raises(PayloadError):
            parse({**good, **change})
    else:
        with pytest.raises(PayloadError, match=says):
            parse({**good, **change})


def test_an_empty_payout():
    parsed = parse()
    assert not (parsed.movements or parsed.lines or parsed.settlements)
