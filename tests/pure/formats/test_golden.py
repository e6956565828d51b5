"""What the project's own files of each version say, field by field."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from fc import formats
from fc.formats.records import Charge, Exchange

from .make import day

FILES = Path(__file__).parent / "files"


def read(version):
    return list(formats.parse((FILES / f"camt.053.001.{version}.xml").read_bytes()))


def test_every_file_is_detected():
    found = {path.name: formats.detect(path.read_bytes()) for path in FILES.glob("*.xml")}
    assert len(found) == 6
    assert set(found.values()) == {"camt.053"}


def test_02_statement():
    (statement,) = read("02")
    assert (statement.account, statement.account_scheme, statement.currency) == (
        "DE75512108001245126199", "IBAN", "EUR",
    )  # fmt: skip
    assert (statement.opening, statement.opening_kind) == (Decimal("1000.00"), "PRCD")
    assert (statement.closing, statement.closing_kind) == (Decimal("-26.50"), "CLBD")
    assert (statement.opening_date, statement.closing_date) == (day("2025-03-13"), day("2025-03-14"))
    assert (statement.statement_id, statement.message_id) == ("HB-ST-0051", "HB-2025-03-14-1")
    assert (statement.electronic_number, statement.legal_number) == (51, 51)
    assert (statement.account_owner, statement.servicer) == ("Harbour Books GmbH", "SOGEDEFFXXX")
    assert statement.created_at == datetime(2025, 3, 14, 19, 30, tzinfo=timezone(timedelta(hours=1)))
    # 24:00 belongs to the day that it ends, and no time zone moves the date.
    assert (statement.from_date, statement.to_date) == (day("2025-03-14"), day("2025-03-14"))
    assert (statement.version, statement.format, statement.is_copy, statement.notes) == (
        "02",
        "camt.053",
        False,
        (),
    )


def test_02_entries():
    transfer, foreign, fee = read("02")[0].entries
    assert transfer.amount == Decimal("500.00")
    assert (transfer.bank_id, transfer.entry_reference, transfer.number) == ("HB2503140001", "1", 1)
    assert transfer.text == "Invoice INV/2025/0042 thank you"
    assert transfer.information == "CREDIT TRANSFER"
    assert (transfer.reference, transfer.end_to_end_id) == ("ORDER-7781", "ORDER-7781")
    assert (transfer.counterparty_name, transfer.counterparty_account, transfer.counterparty_bank) == (
        "Ines Okafor", "DE02120300000000202051", "BYLADEM1001",
    )  # fmt: skip
    assert (transfer.bank_code, transfer.bank_code_proprietary) == ("PMNT/RCDT/ESCT", "NTRF+166+00931")
    assert (transfer.status, transfer.is_reversal, transfer.details_state) == ("BOOK", False, "proven")
    assert transfer.details[0].remittance == ("Invoice INV/2025/0042", "thank you")
    assert transfer.line == 51

    assert (foreign.amount, foreign.value_date) == (Decimal("-1526.00"), day("2025-03-15"))
    assert foreign.details_state == "proven"
    assert foreign.details[0].amount == Decimal("-1500.00")
    assert foreign.charges == (Charge(Decimal("-26.00"), "EUR", None, "SHA"),)
    assert (foreign.original_amount, foreign.original_currency) == (Decimal("-1620.00"), "USD")
    assert foreign.exchange == Exchange("EUR", "USD", "EUR", Decimal("1.08"))
    assert (foreign.end_to_end_id, foreign.reference) == ("", "PAY-88")
    assert (foreign.counterparty_name, foreign.counterparty_account) == ("Paper Mill Inc.", "000123456789")

    assert (fee.text, fee.details, fee.details_state, fee.bank_id) == ("ACCOUNT FEE", (), "none", "")


def test_04_prefix_latin1_return_pending_and_zero():
    (statement,) = read("04")
    assert statement.currency == "CHF"
    assert statement.is_copy
    assert statement.copy_indicator == "DUPL"
    assert statement.provisional_count == 1
    batch, returned, interest = statement.entries
    # The booking time is 23:40 in Zurich, which is 21:40 UTC: the date is the one that is written.
    assert (batch.amount, batch.booking_date) == (Decimal("120.05"), day("2025-06-02"))
    assert [detail.amount for detail in batch.details] == [Decimal("100.00"), Decimal("20.05")]
    assert batch.details[0].counterparty_name == "Zoë Müller"
    assert batch.details[1].structured == ("210000000003139471430009022",)
    assert (batch.batch_count, batch.details_state) == (2, "proven")
    assert (batch.text, batch.reference, batch.counterparty_name) == ("COLLECTIVE CREDIT", "", "")
    assert (returned.amount, returned.is_reversal, returned.return_reason) == (
        Decimal("-70.00"),
        True,
        "AM04",
    )
    assert (returned.counterparty_name, returned.counterparty_account) == (
        "Urs Brandt",
        "CH5604835012345678009",
    )
    assert returned.details[0].references == {"EndToEndId": "DD-2025-05-77", "MndtId": "M-77"}
    assert (returned.text, returned.notes) == ("insufficient funds", ("detail-sign-ignored",))
    assert returned.details[0].amount == Decimal("-70.00")
    assert (interest.amount, interest.text) == (Decimal("0.00"), "INTEREST & FEES: none")
    assert (interest.booking_date, interest.date_source) == (day("2025-06-01"), "value")


def test_06_foreign_currency_with_charges_in_a_currency_without_decimals():
    (statement,) = read("06")
    assert (statement.account, statement.account_scheme) == ("4711JPY", "OTHER")
    (entry,) = statement.entries
    assert entry.amount == 159000
    assert str(entry.amount) == "159000"
    assert entry.details_state == "proven"
    assert entry.charges == (Charge(Decimal("-1000"), "JPY", True, ""),)
    assert (entry.original_amount, entry.original_currency) == (Decimal("1000.00"), "EUR")
    assert entry.exchange.rate == 160
    # NONREF is no id; the detail has one.
    assert entry.bank_id == "N-0001"
    assert entry.details[0].documents == ("EXP-2025-9",)
    assert entry.text == "export order 9"


def test_08_choices_and_two_identical_payments():
    (statement,) = read("08")
    assert statement.opening == Decimal("-300.00")
    assert (statement.page_number, statement.last_page) == (1, True)
    payout, first, second, run = statement.entries
    assert (payout.counterparty_name, payout.counterparty_bank) == ("Card Processing Europe", "AIBKIE2D")
    assert payout.details[0].references["UETR"] == "8a562c67-ca16-48ba-b074-65581be6f001"
    assert first.amount == second.amount == Decimal("250.00")
    assert first.fingerprint.split(":")[0] == second.fingerprint.split(":")[0]
    assert (first.fingerprint[-2:], second.fingerprint[-2:]) == (":1", ":2")
    # The only detail, without an amount of its own, is the entry.
    assert (first.details[0].amount, first.details_state) == (Decimal("250.00"), "unproven")
    assert (run.batch_id, run.batch_count, run.details, run.details_state) == ("RUN-11-1", 12, (), "none")
    assert run.reference == "RUN-11-1"


def test_10_pages_are_one_statement():
    paged, quiet = read("10")
    assert (paged.opening, paged.closing) == (Decimal("10.00"), Decimal("20.00"))
    assert [entry.fingerprint[-2:] for entry in paged.entries] == [":1", ":2"]
    assert [entry.number for entry in paged.entries] == [1, 2]
    assert (paged.closing_date, paged.entries[0].value_date) == (day("2025-09-30"), None)
    assert (quiet.currency, quiet.opening, quiet.entries) == ("KWD", Decimal("1.125"), ())


def test_13_several_days_partial_batch_and_amount_in_another_currency():
    (statement,) = read("13")
    assert (statement.account, statement.account_scheme) == ("wallet@example.com", "OTHER")
    assert (statement.opening, statement.closing) == (Decimal("100.00"), Decimal("65.00"))
    assert (statement.opening_date, statement.closing_date) == (day("2026-02-26"), day("2026-02-27"))
    batch, dollars = statement.entries
    assert (batch.details_state, batch.batch_count, len(batch.details)) == ("partial", 3, 1)
    assert batch.details[0].counterparty_name == "Bank of the Quay"
    assert (dollars.details_state, dollars.details[0].amount) == ("unproven", None)
    assert (dollars.original_amount, dollars.original_currency) == (Decimal("-27.00"), "USD")
    assert statement.provisional_count == 1


@pytest.mark.parametrize("version", ["02", "04", "06", "08", "10", "13"])
def test_the_sum_of_entries_is_the_change_of_balance(version):
    for statement in read(version):
        assert statement.opening + sum(entry.amount for entry in statement.entries) == statement.closing
