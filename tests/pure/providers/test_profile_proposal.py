"""What a settlement sample proposes of its profile, and what it leaves open."""

import pytest

from fc.core.errors import FinanceError
from fc.providers.profile.proposal import propose

SAMPLE = (
    "Row;What;Payout No;Gross;Fee;Net;Cur;Booked;Payment;Bank text\n"
    "1;Sale;77;1.100,00;15,00;1.085,00;EUR;24.03.2026 10:00;P1;NP 77\n"
    "2;Refund;77;-100,00;;-100,00;EUR;24.03.2026 11:00;P1;NP 77\n"
    "3;Note;77;0,00;;0,00;EUR;24.03.2026 11:00;;NP 77\n"
    "4;Payout;77;-985,00;;-985,00;EUR;25.03.2026 06:00;;NP 77\n"
)


def test_a_sample_proposes_columns_kinds_and_how_things_are_written():
    found = propose(SAMPLE.encode())
    assert found.columns == {
        "id": "row", "kind": "what", "settlement": "payout no", "gross": "gross", "fee": "fee", "net": "net", "currency": "cur",
        "date": "booked", "payment": "payment", "trace": "bank text",
    }  # fmt: skip
    assert found.kinds == {"Sale": "capture", "Refund": "refund", "Payout": "payout"}, "a note is for a person to decide"
    assert (found.delimiter, found.decimal, found.thousands, found.sign) == (";", ",", ".", "signed")
    assert found.date_format == "%d.%m.%Y %H:%M"
    found.check()


def test_dates_that_can_be_read_in_two_ways_stay_open():
    sample = "Id,Type,Amount,Currency,Date\n1,Sale,10.00,EUR,03/04/2026\n"
    assert propose(sample.encode()).date_format == ""
    assert propose(sample.replace("03/04", "23/04").encode()).date_format == "%d/%m/%Y"


@pytest.mark.parametrize(
    ("told", "kind"),
    [("Chargeback fee", "dispute_fee"), ("chargeback_reversed", "dispute_won"), ("Refund failed", "refund_fail"),
     ("Reserve released", "reserve_release"), ("Monthly fee", "fee"), ("Payout returned", "payout_fail"), ("???", None)],
)  # fmt: skip
def test_the_more_special_kind_comes_first(told, kind):
    found = propose(f"Id,Type,Amount,Currency,Date\n1,{told},10.00,EUR,2026-04-03\n".encode())
    assert found.kinds.get(told) == kind


def test_amounts_without_signs_have_their_direction_by_kind_or_column():
    head = "Id,Type,{},Currency,Date\n1,Sale,{},EUR,2026-04-03\n"
    assert propose(head.format("Amount", "10.00").encode()).sign == "by_kind"
    assert propose(head.format("Debit,Credit", ",10.00").encode()).sign == "debit_credit"


@pytest.mark.parametrize("content", [b"", b"Alpha,Beta\n1,2\n", b"\xff\xfe\x00"])
def test_what_tells_nothing_is_said(content):
    with pytest.raises(FinanceError):
        propose(content)
