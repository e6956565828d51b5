"""Single rows of a report: every category, every sign, fees, conversions, and what is left to a person."""

import pytest

from fc.core.errors import UnknownStatus
from fc.core.money import Money
from fc.providers.stripe import categories
from simulator import stripe_objects as stripe

from .told import STRIPE, facts


def eur(minor):
    return Money(minor, "EUR")


def row(**changes):
    """A file with one row: a capture, or what ``changes`` make of it."""
    values = {
        "automatic_payout_id": "po_A",
        "balance_transaction_id": "txn_1",
        "created_utc": "2026-03-24T08:00:00Z",
        "currency": "eur",
        "gross": "10.00",
        "fee": "0.00",
        "reporting_category": "charge",
        "source_id": "ch_1",
        "charge_id": "ch_1",
        "payment_intent_id": "pi_1",
    }
    gross = changes.get("gross", "10.00")
    return {**values, "net": gross, **changes}


def parse(*rows):
    return STRIPE.parse_report(stripe.report(rows))


SIGNS = {"-10.00": 0, "10.00": 1}


@pytest.mark.parametrize("gross", SIGNS)
@pytest.mark.parametrize("category", categories.CATEGORIES)
def test_every_category_is_a_line_of_its_kind(category, gross):
    parsed = parse(row(reporting_category=category, gross=gross, source_id="src_1"))
    kind = categories.CATEGORIES[category][SIGNS[gross]]
    (line,) = parsed.lines
    assert (line.kind, line.net, line.category) == (kind, Money.from_decimal(gross, "EUR"), category)
    told = [fact.kind for fact in parsed.movements]
    if kind == categories.UNKNOWN or (kind == "capture" and gross < "0"):
        assert not told
    else:
        assert told == [kind]
        assert parsed.movements[0].settlement_key == ("src_1" if kind in ("payout", "payout_fail") else "po_A")


@pytest.mark.parametrize(
    ("category", "gross"),
    [("refund", "10.00"), ("dispute", "10.00"), ("charge_failure", "10.00"), ("refund_failure", "-10.00"),
     ("dispute_reversal", "-10.00")],
)  # fmt: skip
def test_a_sign_that_cannot_be_is_for_a_person(category, gross):
    parsed = parse(row(reporting_category=category, gross=gross, source_id="src_1"))
    assert [line.kind for line in parsed.lines] == ["unknown"]
    assert not parsed.movements


def test_a_category_never_seen_is_a_line_for_a_person_and_no_fact():
    parsed = parse(row(reporting_category="teleport", fee="1.00", net="9.00"))
    assert [(line.kind, line.category) for line in parsed.lines] == [("unknown", "teleport")]
    assert not parsed.movements
    assert parsed.settlements[0].amount == eur(900)
    with pytest.raises(UnknownStatus, match="reporting_category 'teleport'"):
        parse(row(reporting_category="teleport", automatic_payout_id=""))


@pytest.mark.parametrize("category", ["refund", "dispute", "charge_failure"])
def test_a_row_that_does_not_say_what_it_is_about_is_for_a_person(category):
    parsed = parse(row(reporting_category=category, gross="-10.00", source_id="", charge_id=""))
    assert [line.kind for line in parsed.lines] == ["unknown"]
    assert not parsed.movements


def test_rows_outside_of_any_payout_are_facts_without_a_line():
    parsed = parse(row(automatic_payout_id=""))
    assert [fact.kind for fact in parsed.movements] == ["capture"]
    assert not parsed.lines
    assert not parsed.settlements


def test_fees_both_ways():
    told = parse(row(reporting_category="fee", gross="0.50", source_id="", charge_id="", payment_intent_id=""))
    assert list(facts(told)) == [("fee_refund", "txn_1")]
    told = parse(row(fee="-0.10", net="10.10"))
    assert list(facts(told)) == [("capture", "ch_1/1000"), ("fee_refund", "txn_1")]
    told = parse(row(reporting_category="fee", gross="-1.00", fee="0.20", net="-1.20"))
    assert facts(told)[("fee", "txn_1")][0] == 120


def test_the_own_row_of_a_payout_is_its_amount_and_no_line():
    own = row(
        balance_transaction_id="txn_9",
        reporting_category="payout",
        source_id="po_A",
        gross="-9.00",
        net="-9.00",
    )
    parsed = parse(row(), own)
    assert [line.external_id for line in parsed.lines] == ["txn_1"]
    assert parsed.settlements[0].amount == eur(900)
    assert facts(parsed)[("payout", "po_A")][0] == 900
    dear = {**own, "fee": "1.00", "net": "-10.00"}
    parsed = parse(row(), dear)
    assert [(line.kind, line.gross, line.net) for line in parsed.lines] == [
        ("capture", eur(1000), eur(1000)),
        ("fee", eur(0), eur(-100)),
    ]
    assert facts(parsed)[("fee", "txn_9")][0] == 100
    assert parsed.settlements[0].amount == sum((line.net for line in parsed.lines), eur(0))


def test_a_negative_payout():
    parsed = parse(row(reporting_category="refund", gross="-10.00", source_id="re_1"))
    assert parsed.settlements[0].amount == eur(-1000)


def test_a_partial_capture_without_the_customers_currency_is_for_a_person():
    whole = row(customer_facing_amount="12.00", customer_facing_currency="usd")
    rest = row(
        balance_transaction_id="txn_2",
        reporting_category="partial_capture_reversal",
        gross="-4.00",
        net="-4.00",
    )
    parsed = parse(whole, rest)
    assert [line.kind for line in parsed.lines] == ["unknown", "unknown"]
    assert not parsed.movements
    known = {**rest, "customer_facing_amount": "4.80", "customer_facing_currency": "usd"}
    told = parse(whole, known)
    assert facts(told)[("capture", "ch_1/720")][:2] == (720, "USD")
    assert [f.counter_amount.minor for f in told.movements if f.kind == "fx"] == [1200, -480]


def test_a_second_withdrawal_of_a_dispute_is_numbered():
    def dispute(number, category, gross, day):
        return row(
            balance_transaction_id=f"txn_{number}",
            reporting_category=category,
            gross=gross,
            source_id="dp_1",
            created_utc=f"2026-03-{day} 00:00:00",
        )

    first = dispute(1, "dispute", "-10.00", "01")
    back = dispute(2, "dispute_reversal", "10.00", "02")
    again = dispute(3, "dispute", "-10.00", "03")
    opened = ("dispute_open", "dp_1")
    assert set(facts(parse(again, first, back))) == {
        opened,
        ("dispute_won", "dp_1"),
        ("dispute_open", "dp_1/2"),
    }
    assert set(facts(parse(back, again))) == {("dispute_won", "dp_1"), ("dispute_open", "dp_1/2")}
    assert set(facts(parse(first))) == {opened}
