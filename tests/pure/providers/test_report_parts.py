"""A report read in parts says what it says as a whole, wherever the parts end and whatever order its rows have."""

import gc
import tracemalloc
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import report_files
from fc.core.errors import PayloadError
from fc.core.money import Money
from fc.core.records import Parsed, joined
from fc.providers import get, parts
from fc.providers.profile import Profile
from fc.providers.repeats import Repeats
from simulator import stripe_objects as stripe

from .kits import adyen, generic, paypal
from .test_report import GOLDEN, HEADER, ROWS, facts
from .test_report_rows import STRIPE, row

# A charge in two rows, a payment with two charges, a dispute that is won and taken up again: each told by rows far apart.
TOLD_TOGETHER = [
    row(balance_transaction_id="txn_1", gross="30.00"),
    *(row(balance_transaction_id=f"txn_x{n}", source_id=f"ch_x{n}", charge_id=f"ch_x{n}", payment_intent_id=f"pi_x{n}",
          created_utc=f"2026-03-24T08:0{n}:30Z") for n in range(5)),
    row(balance_transaction_id="txn_2", gross="-10.00", reporting_category="partial_capture_reversal"),
    row(balance_transaction_id="txn_3", source_id="ch_2", charge_id="ch_2", payment_intent_id="pi_2", description="SO1"),
    row(balance_transaction_id="txn_4", source_id="ch_3", charge_id="ch_3", payment_intent_id="pi_2", description="SO2",
        created_utc="2026-03-24T09:00:00Z"),
    row(balance_transaction_id="txn_5", gross="-30.00", reporting_category="dispute", source_id="dp_1",
        created_utc="2026-03-25T08:00:00Z"),
    row(balance_transaction_id="txn_6", gross="30.00", reporting_category="dispute_reversal", source_id="dp_1",
        created_utc="2026-03-25T09:00:00Z"),
    row(balance_transaction_id="txn_7", gross="-30.00", reporting_category="dispute", source_id="dp_1",
        created_utc="2026-03-25T10:00:00Z"),
    row(balance_transaction_id="txn_8", gross="-20.00", reporting_category="payout", source_id="po_A"),
]  # fmt: skip


def said(parsed):
    """What the parts of ``parsed`` say, whatever their order."""
    payments = {(one.transaction_key, one.occurred_at, one.reference, one.amount) for one in parsed.payments}
    return facts(parsed), set(parsed.movements), set(parsed.lines), set(parsed.settlements), payments


def in_parts(content, size):
    """The parts that the file is read in when one has ``size`` rows."""
    with patch.object(parts, "PART", size):
        return list(STRIPE.report_parts(content, "march.csv"))


@given(st.integers(1, 6), st.integers(0, 10_000))
def test_the_size_of_the_parts_and_the_order_of_the_rows_say_nothing(size, seed):
    rows = TOLD_TOGETHER.copy()
    Random(seed).shuffle(rows)  # noqa: S311
    told = in_parts(stripe.report(rows), size)
    assert said(joined(told)) == said(STRIPE.parse_report(stripe.report(TOLD_TOGETHER)))
    assert sum(bool(part.spread().lines) for part in told) > 1


def test_rows_that_make_one_fact_are_read_together():
    told = facts(joined(in_parts(stripe.report(TOLD_TOGETHER), 1)))
    assert told["capture", "ch_1/2000"] == (2000, "EUR", "ch_1", "pi_1")
    assert ("capture", "ch_1/3000") not in told
    assert {("dispute_open", "dp_1"), ("dispute_won", "dp_1"), ("dispute_open", "dp_1/2")} <= told.keys()


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_the_golden_file_in_parts(size):
    assert said(joined(in_parts(GOLDEN, size))) == said(STRIPE.parse_report(GOLDEN))


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("kit", [adyen, generic, paypal], ids=lambda kit: kit.__name__.rpartition(".")[2])
def test_reports_of_other_providers_in_parts(kit, size):
    for content in kit.KIT.reports:
        with patch.object(parts, "PART", size):
            told = list(kit.ADAPTER.report_parts(content, "report.csv"))
        whole = kit.ADAPTER.parse_report(content, "report.csv")
        assert len(told) > 2
        assert said(joined(told)) == said(whole)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_a_payout_without_a_row_of_its_own_is_what_its_rows_add_up_to(size):
    told = joined(in_parts(stripe.report(TOLD_TOGETHER[:-1]), size))
    ((amount,),) = {(one.amount for one in told.settlements)}
    assert amount == sum((line.net for line in told.lines[1:]), told.lines[0].net) == Money(6000, "EUR")


def test_fees_that_only_the_end_of_a_long_text_tells_apart_are_two_lines():
    rows = [adyen.row("Fee", mod="x" * 250 + end, net="-1.00") for end in "ab"]
    parsed = adyen.ADAPTER.parse_report(adyen.report([*rows, adyen.row("Balancetransfer", net="2.00")]))
    assert len({line.external_id for line in parsed.lines}) == 3


# A batch whose fees nothing tells apart but their time, and an account where a row comes twice.
FEES = [adyen.ROWS[-1], *adyen.ROWS[:-1]]
AGAIN = [*paypal.EURO, *[paypal.row("COST1", "T0107", "DR", "0")] * 2]


@given(st.integers(1, 6), st.integers(0, 10_000))
def test_the_order_of_the_rows_of_other_providers_says_nothing(size, seed):
    for adapter, rows, write in (
        (adyen.ADAPTER, FEES, adyen.report),
        (paypal.ADAPTER, AGAIN, lambda rows: paypal.report(((rows, "EUR"),))),
        (generic.ADAPTER, generic.ROWS, lambda rows: generic.file(*rows)),
    ):
        shuffled = rows.copy()
        Random(seed).shuffle(shuffled)  # noqa: S311
        with patch.object(parts, "PART", size):
            told = joined(adapter.report_parts(write(shuffled), "report.csv"))
        whole = adapter.parse_report(write(rows), "report.csv")
        for name in ("movements", "payments", "settlements", "lines"):
            assert set(getattr(told, name)) == set(getattr(whole, name))


@pytest.mark.parametrize("code", ["stripe", "adyen", "paypal", "generic"])
def test_a_report_is_never_held(code):
    adapter, grown = get(code), []
    if code == "generic":
        adapter = adapter.with_profile(Profile("Payouts", report_files.PROFILE_COLUMNS, report_files.PROFILE_KINDS))
    for size in (1_000, 5_000):
        content = getattr(report_files, code)(size, "x")
        gc.collect()
        tracemalloc.start()
        with patch.object(parts, "PART", 100):
            lines = sum(len(part.captures) for part in adapter.report_parts(content, "report.csv"))
        grown.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert lines == size
    # Of a row, eight bytes are kept that tell it from others, and up to a limit what its words mean. One that is held takes more
    # than a kilobyte.
    assert grown[1] - grown[0] < 4_000 * 300


def test_what_the_payouts_are_comes_with_or_after_the_last_of_their_lines():
    open_payouts = set()
    for part in in_parts(GOLDEN, 1):
        open_payouts |= {line.settlement_key for line in part.spread().lines}
        open_payouts -= {info.external_id for info in part.settlements}
    assert not open_payouts


def test_a_row_that_comes_again_in_a_later_part_is_refused():
    again = HEADER + "".join(ROWS) + ROWS[0]
    with pytest.raises(PayloadError, match=f"line {len(ROWS) + 2}: txn_1 is in it twice"):
        in_parts(again.encode(), 2)


def test_an_empty_file_says_that_it_is():
    (part,) = [part for part in in_parts(HEADER.encode(), 2) if part.ignored]
    assert "no rows" in part.ignored
    assert joined([Parsed(ignored="nothing"), STRIPE.parse_report(GOLDEN)]).ignored == ""


@given(st.lists(st.text(max_size=2)))
def test_what_comes_again_is_found(texts):
    repeats = Repeats()
    for text in texts:
        repeats.add(text)
    twice = {text for text in texts if texts.count(text) > 1}
    assert {text for text in texts if text in repeats} == twice
    assert bool(repeats) == bool(twice)
