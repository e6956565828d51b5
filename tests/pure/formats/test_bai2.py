"""BAI2: every account a statement, every control total and count compared, nothing taken that does not add up."""

from datetime import datetime
from decimal import Decimal

import pytest

from fc import formats

from . import samples
from .make import day

GOOD = samples.content("bai2-previous-day.bai").decode()


def file_of(*lines, group="02,A,B,1,260105,2400,,2", account="03,77,,010,0,,,015,{closing},,", closing=0, currency=""):
    """A file of one account with record 16 ``lines``, and trailers that fit it."""
    head = account.format(closing=closing, currency=currency)
    records = [head, *lines]
    numbers = [int(field) for field in head.split(",")[4::4] if field] + [int(line.split(",")[2]) for line in lines]
    total, count = sum(numbers), len(records) + 1
    return "\n".join([
        "01,B,A,260106,0600,1,,,2/", f"{group}/", *(f"{record}/" for record in records), f"49,{total},{count}/",
        f"98,{total},1,{count + 2}/", f"99,{total},1,{count + 4}/",
    ]).encode()  # fmt: skip


def test_accounts():
    first, second, yen = samples.read("bai2-previous-day.bai")
    assert (first.account, first.currency, first.proof) == ("4711001", "USD", "balances")
    assert (first.opening, first.closing) == (Decimal("5000.00"), Decimal("6525.00"))
    assert (first.opening_kind, first.closing_kind) == ("010", "015")
    assert (first.closing_date, first.created_at) == (day("2026-01-05"), datetime(2026, 1, 6, 6, 0))
    assert first.statement_id == "FIRSTQUAY-260106-17-1"
    # Only the closing balance is reported: it is stated, and no opening balance is made up.
    assert (second.opening, second.closing, second.proof, second.is_proven) == (None, Decimal("99.00"), "one-balance", False)
    assert second.currency == "USD"
    assert (yen.currency, yen.opening, yen.closing) == ("JPY", 100000, 98766)
    assert str(yen.entries[0].amount) == "-1234"
    # 890 only tells something.
    assert len(yen.entries) == 1


def test_transactions():
    wire, ach, check, fee = samples.read("bai2-previous-day.bai")[0].entries
    assert (wire.amount, wire.bank_id, wire.reference) == (Decimal("1500.00"), "FED123", "INV-77")
    # Commas and slashes in a text are text, and 88 goes on with it.
    assert wire.text == "ORIG BANK: FIRST QUAY/ BENEF, HARBOUR BOOKS INC"
    assert (wire.booking_date, wire.value_date, wire.bank_code_proprietary) == (day("2026-01-05"), day("2026-01-05"), "195")
    # S has three amounts, D as many pairs as it says.
    assert (ach.amount, ach.text, ach.bank_id) == (Decimal("100.00"), "ACH CREDIT /BATCH 7", "")
    assert (check.amount, check.reference, check.text) == (Decimal("-25.00"), "1044", "CHECK PAID")
    assert (fee.amount, fee.bank_id, fee.text) == (Decimal("-50.00"), "FEE9", "SERVICE FEE")


def test_a_report_of_the_running_day_is_provisional():
    (found,) = formats.parse(file_of("16,142,100,0,R1,,X", group="02,A,B,1,260105,1200,,3", closing=100))
    assert (found.provisional, found.opening, found.closing, found.proof) == (True, None, None, "none")
    assert [entry.status for entry in found.entries] == ["PDNG"]


def test_a_correction_is_noted_and_a_deletion_refused():
    (found,) = formats.parse(file_of(group="02,A,B,3,260105,1200,,2"))
    assert found.notes == ("correction",)
    assert "deletes what was reported before" in samples.refusal(file_of(group="02,A,B,2,260105,1200,,2")).reason
    assert "is a test" in samples.refusal(file_of(group="02,A,B,4,260105,1200,,2")).reason


def test_available_balances_prove_only_if_the_transactions_lie_between_them():
    account = "03,77,,040,0,,,045,{closing},,"
    (found,) = formats.parse(file_of("16,142,100,0,R1,,X", account=account, closing=100))
    assert (found.proof, found.opening_kind, found.notes) == ("balances", "040", ("available-balances",))
    (found,) = formats.parse(file_of("16,142,100,0,R1,,X", account=account, closing=70))
    assert (found.proof, found.opening, found.closing) == ("none", None, None)


def test_totals_without_balances():
    (found,) = formats.parse(file_of("16,142,100,0,R1,,X", account="03,77,,100,100,1,,400,0,0,"))
    assert (found.proof, found.is_proven) == ("totals", False)
    wrong = file_of("16,142,100,0,R1,,X", account="03,77,,100,90,1,,400,0,0,")
    assert "states 0.90 USD of credits (100), but its transactions make 1.00" in samples.refusal(wrong).reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("49,1487500,9/", "49,1487501,9/", "the control total of the account is 1487501 (record 49)"),
        ("49,1487500,9/", "49,1487500,8/", "the account states 8 records, but has 9"),
        ("49,1487500,9/", "49,,9/", "the control total of the account is empty"),
        ("98,1507300,2,14/", "98,1507300,3,14/", "the group states 3 accounts, but has 2"),
        ("98,1507300,2,14/", "98,1507300,2,x/", "the group states x records, but has 14"),
        ("99,1707300,2,22/", "99,1707300,1,22/", "the file states 1 groups, but has 2"),
        ("99,1707300,2,22/", "", "the file has no end (record 99)"),
        ("16,475,2500", "16,675,2500", None),
        ("16,475,2500", "16,890,2500", "the type code '890' is neither"),
        ("16,475,2500", "16,142,2500", "states 1600.00 USD of credits (100)"),
        ("16,475,2500", "16,475,25.00", "is no amount"),
        ("16,475,2500,,,", "16,475,2500,Q,,", "the funds type 'Q'"),
        ("02,HARBOUR", "16,HARBOUR", "a record 16 stands where 02 or 99 is expected"),
        ("80,,2/", "80,,3/", "version '3' of BAI"),
        ("015,652500", "015,652501", "difference 0.01 USD"),
        (",260105,2400,", ",261305,2400,", "there is no day 05.13.26"),
    ],
)
def test_refused(old, new, reason):
    assert old in GOOD
    found = samples.outcome(GOOD.replace(old, new, 1).encode())
    if reason is None:
        assert isinstance(found, list)
    else:
        assert reason in found.reason


def test_one_comma_too_many_before_a_continuation():
    account = ["03,77,USD,010,0,,,015,100,,,/", "88,040,0,,,045,100,,,/", "88,400,000,0,,100,100,1,/"]
    records = ["01,B,A,260106,0600,1,,,2/", "02,A,B,1,260105,2400,,2/", *account, "16,142,100,0,R1,,X", "49,400,5/"]
    content = "\n".join([*records, "98,400,1,7/", "99,400,1,9/"])
    (found,) = formats.parse(content.encode())
    assert (found.opening, found.closing, found.proof) == (Decimal("0.00"), Decimal("1.00"), "balances")
    wrong = content.replace(",400,000,0,,100,", ",400,000,0,,1x,")
    assert "'1x', which is no type code" in samples.refusal(wrong.encode()).reason


def test_an_account_of_nothing_may_leave_its_control_total_empty():
    content = b"01,B,A,260106,0600,1,,,2/\n02,A,B,1,260105,2359,,2/\n03,77,/\n49,,2/\n98,0,1,4/\n99,0,1,6/"
    (found,) = formats.parse(content)
    assert (found.account, found.entries, found.proof) == ("77", (), "none")


def test_balances_that_do_not_tie():
    error = samples.refusal(file_of("16,142,100,0,R1,,X", closing=101))
    assert "difference 0.01 USD" in error.reason
    assert (error.line, error.context["account"]) == (3, "77")


def test_several_records_on_one_line_and_lines_wrapped_in_a_field():
    packed = GOOD.replace("/\r\n", "/  ").replace("USD,010,500000", "USD,010,50\r\n0000")
    assert [samples.told(one) for one in samples.outcome(packed.encode())] == [
        samples.told(one) for one in samples.read("bai2-previous-day.bai")
    ]
