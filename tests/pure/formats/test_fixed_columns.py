"""CODA, CFONB120 and Norma 43: what stands where, the signs, the totals, and what is refused."""

from decimal import Decimal

import pytest

from fc import formats
from fc.formats.national_accounts import belgian, french, is_iban, spanish

from . import samples
from .make import day

CODA, CFONB, NORMA = (
    samples.content(name).decode("latin-1").split("\r\n")
    for name in ("coda-belgian.cod", "cfonb120-french.txt", "norma43-spanish.n43")
)


def put(lines, number, position, text):
    """The file of ``lines`` with ``text`` at ``position`` (from 1) of line ``number`` (from 1)."""
    line = lines[number - 1]
    changed = line[: position - 1] + text + line[position - 1 + len(text) :]
    return "\r\n".join([*lines[: number - 1], changed, *lines[number:]]).encode("latin-1")


def without(lines, *numbers):
    return "\r\n".join(line for number, line in enumerate(lines, 1) if number not in numbers).encode("latin-1")


def test_coda():
    (found,) = samples.read("coda-belgian.cod")
    assert (found.account, found.account_scheme, found.currency) == ("BE68539007547034", "IBAN", "EUR")
    assert (found.opening, found.closing, found.proof) == (Decimal("1000.00"), Decimal("938.16"), "balances")
    assert (found.opening_date, found.closing_date, found.electronic_number) == (day("2025-12-31"), day("2026-01-06"), 2)
    assert (found.account_owner, found.servicer, found.statement_id) == ("HARBOUR BOOKS SA", "KREDBEBB", "FILEREF001-002")
    credit, salaries, returned = found.entries
    assert (credit.amount, credit.booking_date, credit.bank_id) == (Decimal("250.50"), day("2026-01-05"), "REF0000000000000001")
    assert (credit.structured_reference, credit.end_to_end_id) == ("+++090/9337/55493+++", "ORDER-77")
    assert (credit.counterparty_name, credit.counterparty_account, credit.counterparty_bank) == (
        "INÈS OKAFOR", "BE02063123456740", "GKCCBEBB",
    )  # fmt: skip
    assert credit.information == "FIRST QUAY CREDIT TRANSFER"
    # The details are members of the movement, not money of their own.
    assert (salaries.amount, salaries.details_state) == (Decimal("-300.00"), "proven")
    assert [(detail.amount, detail.remittance) for detail in salaries.details] == [
        (Decimal("-100.00"), ("SALARY A",)), (Decimal("-200.00"), ("SALARY B",)),
    ]  # fmt: skip
    assert (returned.amount, returned.return_reason, returned.is_reversal) == (Decimal("-12.34"), "MS03", True)
    assert returned.text == "RETURN: this purpose text is longer than one rec AND GOES ON HERE"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (put(CODA, 14, 17, "000013"), "states 000013 records, but there are 11"),
        (put(CODA, 14, 23, "000000000312341"), "more decimals"),
        (put(CODA, 14, 23, "000000000312350"), "states 312.35 EUR of debits, but the movements make 312.34"),
        (put(CODA, 14, 38, "000000000250510"), "states 250.51 EUR of credits"),
        (put(CODA, 12, 43, "000000000938170"), "difference 0.01 EUR"),
        (put(CODA, 12, 2, "003"), "the new balance is that of statement 003"),
        (put(CODA, 3, 32, "2"), "the sign is '2'"),
        (put(CODA, 3, 48, "310226"), "there is no day 31.02.26"),
        (put(CODA, 8, 3, "0009"), "the detail belongs to movement 0009"),
        (put(CODA, 1, 128, "1").partition(b"\n")[0], "version '1' of CODA"),
        (put(CODA, 1, 128, "1"), "version '1' of CODA"),
        (without(CODA, 12), "a record '4' stands after '33'"[:16]),
        (without(CODA, 14), "no end (record 9)"),
        (without(CODA, 2), "a record '21' stands after '0'"),
        (put(CODA, 1, 129, "x"), "has 129 characters"),
    ],
)
def test_coda_refused(content, reason):
    assert reason in samples.refusal(content).reason


def test_the_coded_statement_has_a_number_of_its_own():
    """The number at the end of the old balance need not be that on paper, which both balances tell."""
    (found,) = formats.parse(put(CODA, 2, 126, "041"))
    assert (found.electronic_number, found.statement_id) == (41, "FILEREF001-041")


def test_a_copy_is_told():
    (found,) = formats.parse(put(CODA, 1, 17, "D"))
    assert found.is_copy


def test_cfonb120():
    (found,) = samples.read("cfonb120-french.txt")
    assert (found.account, found.currency, found.servicer) == ("300040003100012345678", "EUR", "30004")
    assert is_iban(found.other_accounts[0]) and found.other_accounts[0][4:25] == found.account
    assert (found.opening, found.closing, found.proof) == (Decimal("1000.00"), Decimal("1218.15"), "balances")
    credit, fee, rejected = found.entries
    assert (credit.amount, credit.reference, credit.counterparty_name) == (Decimal("250.50"), "E2E-ORDER-77", "INES OKAFOR")
    assert credit.text == "VIR SEPA RECU INES OKAFOR FACTURE INV-77 DÉCEMBRE"
    assert (fee.amount, fee.booking_date, fee.value_date) == (Decimal("-12.35"), day("2026-01-06"), day("2026-01-07"))
    assert (rejected.amount, rejected.return_reason, rejected.is_reversal) == (Decimal("-20.00"), "02", True)


@pytest.mark.parametrize(
    ("last", "amount"),
    [("{", "0.10"), ("A", "0.11"), ("I", "0.19"), ("}", "-0.10"), ("J", "-0.11"), ("R", "-0.19")],
)
def test_the_last_character_is_a_digit_and_the_sign(last, amount):
    """One fee of 0.1x, from 0.00 to itself."""
    lines = [CFONB[0], CFONB[5], CFONB[7]]
    for number, field in enumerate(("0000000000000{", f"0000000000001{last}", f"0000000000001{last}")):
        lines[number] = lines[number][:90] + field + lines[number][104:]
    (found,) = formats.parse("\n".join(lines).encode())
    assert [str(entry.amount) for entry in found.entries] == [amount]


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\r\n\x1a"])
def test_a_french_file_without_line_ends(end):
    found = list(formats.parse(("".join(line.ljust(120) for line in CFONB if line) + end).encode("latin-1")))
    assert [samples.told(one) for one in found] == [samples.told(one) for one in samples.read("cfonb120-french.txt")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (put(CFONB, 8, 104, "F"), "difference"),
        (put(CFONB, 2, 104, "7"), "does not end with a sign"),
        (put(CFONB, 2, 22, "99999999999"), "about another account"),
        (put(CFONB, 2, 17, "USD"), "the movement is in USD"),
        (put(CFONB, 2, 35, "320126"), "there is no day 32.01.26"),
        (without(CFONB, 8), "no new balance (record 07)"),
        (without(CFONB, 2, 6, 7), "stands before the first movement"),
        (put(CFONB, 2, 1, "09"), "begins with '09'"),
    ],
)
def test_cfonb120_refused(content, reason):
    assert reason in samples.refusal(content).reason


def test_norma43():
    (found,) = samples.read("norma43-spanish.n43")
    assert (found.account, found.currency, found.account_owner) == ("210000010123456789", "EUR", "HARBOUR BOOKS SL")
    assert (found.opening, found.closing) == (Decimal("1000.00"), Decimal("-49.50"))
    assert (found.from_date, found.to_date) == (day("2026-01-01"), day("2026-01-06"))
    credit, debit = found.entries
    assert (credit.amount, credit.reference, credit.entry_reference) == (Decimal("250.50"), "000000000077", "1044")
    assert credit.text == "TRANSFERENCIA DE INÉS OKAFOR FACTURA INV-77 GRACIAS"
    assert (credit.original_amount, credit.original_currency) == (Decimal("270.00"), "USD")
    assert (debit.amount, debit.bank_code_proprietary, debit.reference) == (Decimal("-1300.00"), "17+000", "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (put(NORMA, 7, 26, "00000000130001"), "states 1300.01 EUR of debits, but its movements make 1300.00"),
        (put(NORMA, 7, 21, "00002"), "states 00002 debits, but lists 1"),
        (put(NORMA, 7, 45, "00000000025051"), "states 250.51 EUR of credits"),
        (put(NORMA, 7, 60, "00000000004951"), "difference -0.01 EUR"),
        (put(NORMA, 7, 59, "2"), "difference 99.00 EUR"),
        (put(NORMA, 7, 3, "9999"), "are those of another account"),
        (put(NORMA, 7, 74, "840"), "opens in EUR and closes in USD"),
        (put(NORMA, 8, 21, "000008"), "states 000008 records, but there are 7"),
        (put(put(NORMA, 1, 3, "A").decode("latin-1").split("\r\n"), 7, 3, "A"), "in no format"),
        (put(NORMA, 1, 48, "999"), "no currency with the number '999'"),
        (put(NORMA, 2, 28, "3"), "the sign is '3'"),
        (without(NORMA, 8), "no end (record 88)"),
        (without(NORMA, 7), "no totals (record 33)"),
        (without(NORMA, 2), "stands before the first movement"),
    ],
)
def test_norma43_refused(content, reason):
    assert reason in samples.refusal(content).reason


def test_national_numbers_to_ibans():
    """Numbers that the banks' associations publish as examples."""
    assert french("20041", "01005", "0500013M026") == "FR1420041010050500013M02606"
    assert spanish("2100", "0418", "0200051332") == ("21000418450200051332", "ES9121000418450200051332")
    assert belgian("539007547034") == "BE68539007547034"
    assert belgian("539007547035") == ""
