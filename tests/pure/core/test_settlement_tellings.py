"""A line of a payout is told by whoever is heard first, and completed by the others (INV-4)."""
from datetime import datetime, timezone
from itertools import permutations

from fc.core.money import Money
from fc.core.records import SettlementLine
from fc.core.settlement_tellings import lines_once, together


def euros(minor):
    return Money(minor, "EUR")


FULL = SettlementLine(
    "po_1", "txn_1", "capture", euros(10000), euros(100), euros(19), euros(9881), datetime(2026, 11, 1, tzinfo=timezone.utc),
    "pi_1", "ch_1", "charge", "Order 7", Money(11000, "USD"))
REPORT = FULL._replace(fee=euros(119), tax=euros(0), description="")
API = FULL._replace(original=None, category="")
VAGUE = FULL._replace(kind="unknown", transaction_key=None, source_id=None, fee=euros(119), tax=euros(0))


def test_every_order_of_tellings_ends_with_all_that_is_known():
    for one, two, three in permutations((REPORT, API, VAGUE)):
        assert together(together(one, two), three) == FULL


def test_what_is_told_stays():
    other = FULL._replace(description="Something else", source_id="ch_9", tax=euros(20), fee=euros(99))
    assert together(FULL, other) == FULL


def test_nothing_is_taken_from_a_line_of_another_amount():
    other = FULL._replace(gross=euros(10001), net=euros(9882))
    assert together(REPORT, other) == REPORT
    assert together(REPORT, FULL._replace(fee=euros(101))) == REPORT


def test_a_line_told_by_two_messages_is_one_line_of_the_first():
    other = FULL._replace(external_id="txn_2")
    assert lines_once([(7, REPORT), (8, other), (9, API)]) == [(7, FULL), (8, other)]
