"""OFX and QFX, SGML and XML: days as written, signs, ids, one balance and no other, and what is refused."""

from decimal import Decimal

import pytest

from fc import formats
from fc.formats.records import Exchange

from . import samples
from .make import day

BANK = samples.content("ofx-bank.ofx").decode("cp1252")


def transaction(**fields):
    fields = {"TRNTYPE": "CREDIT", "DTPOSTED": "20260105", "TRNAMT": "1.00", "FITID": "F1", "NAME": "X"} | fields
    return f"<STMTTRN>{''.join(f'<{name}>{value}' for name, value in fields.items() if value is not None)}</STMTTRN>"


def file_of(*transactions, ledger="<LEDGERBAL><BALAMT>5.00<DTASOF>20260106</LEDGERBAL>", currency="EUR"):
    return (
        f"OFXHEADER:100\nCHARSET:1252\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>{currency}<BANKACCTFROM><ACCTID>77"
        f"</BANKACCTFROM><BANKTRANLIST>{''.join(transactions)}</BANKTRANLIST>{ledger}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode()


def entries(*transactions, **more):
    (found,) = formats.parse(file_of(*transactions, **more))
    return found.entries


def test_sgml():
    (found,) = samples.read("ofx-bank.ofx")
    assert (found.account, found.account_scheme, found.currency, found.servicer) == ("0004711001", "OTHER", "USD", "121000248")
    # One balance is stated, at the end; nothing is made up for the beginning.
    assert (found.opening, found.closing, found.closing_date) == (None, Decimal("6473.75"), day("2026-01-06"))
    assert (found.proof, found.is_proven, found.closing_kind) == ("one-balance", False, "LEDGERBAL")
    assert (found.from_date, found.to_date) == (day("2026-01-01"), day("2026-01-06"))
    credit, check, fee = found.entries
    # 22:00 in California is the next day in UTC and stays this day; so does midnight in New Zealand.
    assert (credit.amount, credit.booking_date, credit.bank_id) == (Decimal("1500.00"), day("2026-01-05"), "202601050001")
    assert (credit.counterparty_name, credit.text) == ("Ines Okafor & Söhne", "Invoice INV-77")
    assert (check.amount, check.reference, check.bank_code_proprietary) == (Decimal("-25.50"), "1044", "CHECK")
    assert (fee.amount, fee.booking_date, fee.value_date) == (Decimal("-0.75"), day("2026-01-06"), day("2026-01-07"))
    assert (fee.text, fee.line) == ("FEE", 60)


def test_xml_with_a_credit_card_and_a_second_account():
    card, yen = samples.read("ofx-cards.qfx")
    assert (card.account, card.currency, card.closing) == ("4970XXXXXXXX1234", "EUR", Decimal("-310.10"))
    hotel, payment = card.entries
    assert (hotel.amount, hotel.booking_date) == (Decimal("-89.90"), day("2026-01-12"))
    assert (hotel.counterparty_name, hotel.text) == ('Hôtel "Le Quai"', "2 nights <deluxe> & breakfast")
    assert (hotel.original_currency, hotel.original_amount) == ("USD", None)
    assert hotel.exchange == Exchange("USD", "EUR", "USD", Decimal("0.899"))
    assert payment.counterparty_account == "FR7630004000031234567890143"
    assert (yen.currency, yen.closing, yen.proof) == ("JPY", None, "none")
    assert str(yen.entries[0].amount) == "12"


@pytest.mark.parametrize(
    "written",
    ["20260105", "20260105235959", "20260105120000.000", "20260105000000[0:GMT]", "20260105233000[-8:PST]",
     "20260105003000[+5.30:IST]", "202601052330", "2026-01-05", "20260105 ", "20260105T101010"],
)  # fmt: skip
def test_no_time_and_no_zone_moves_the_day(written):
    (entry,) = entries(transaction(DTPOSTED=written))
    assert entry.booking_date == day("2026-01-05")


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("-1234.56", "-1234.56"),
        ("+1234,56", "1234.56"),
        ("1234", "1234.00"),
        ("12.500", "12.50"),
        ("-.5", "-0.50"),
        ("- 7,", "-7.00"),
    ],
)
def test_amounts(written, amount):
    (entry,) = entries(transaction(TRNAMT=written))
    assert str(entry.amount) == amount


def test_amounts_without_signs():
    """All positive, and the type says DEBIT or CREDIT: that is a direction, and a note says where it is from."""
    one, other = entries(transaction(TRNTYPE="DEBIT", TRNAMT="7.00"), transaction(FITID="F2", TRNAMT="8.00"))
    assert (one.amount, one.notes, other.amount, other.notes) == (Decimal("-7.00"), ("sign-from-type",), Decimal("8.00"), ())


def test_a_type_against_the_sign_is_only_noted():
    """The sign of the amount is what the specification says, as soon as there are signs."""
    one, other = entries(transaction(TRNTYPE="DEBIT", TRNAMT="7.00"), transaction(FITID="F2", TRNTYPE="FEE", TRNAMT="-8.00"))
    assert (one.amount, one.notes, other.amount) == (Decimal("7.00"), ("type-against-sign",), Decimal("-8.00"))


def test_a_bank_that_reuses_its_ids():
    found = entries(transaction(TRNAMT="7.00"), transaction(TRNAMT="8.00"), transaction(TRNAMT="8.00"))
    assert [entry.notes for entry in found] == [("bank-id-reused",)] * 3
    assert len({entry.fingerprint for entry in found}) == 3


def test_values_that_are_left_empty():
    content = file_of(transaction(MEMO="", CHECKNUM=""), ledger="<LEDGERBAL><BALAMT><DTASOF>20260106</LEDGERBAL><MKTGINFO>")
    (found,) = formats.parse(content.replace(b"</BANKACCTFROM>", b"<ACCTTYPE></BANKACCTFROM>"))
    assert (found.account, found.closing, found.entries[0].text) == ("77", None, "X")


def test_two_files_of_the_same_days_have_the_same_ids():
    one, other = (
        entries(transaction(), transaction(FITID="F2", TRNAMT="2"), ledger=ledger) for ledger in ("", "<LEDGERBAL></LEDGERBAL>")
    )
    assert [entry.fingerprint for entry in one] == [entry.fingerprint for entry in other]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (file_of(transaction(), transaction()), "transaction 'F1' stands twice"),
        (file_of(transaction(TRNAMT="1,234.56")), "is no amount"),
        (file_of(transaction(TRNAMT="1.005")), "more decimals than EUR allows"),
        (file_of(transaction(TRNAMT="1.50"), currency="JPY"), "more decimals than JPY allows"),
        (file_of(transaction(TRNAMT=None)), "has no TRNAMT"),
        (file_of(transaction(DTPOSTED=None)), "has no DTPOSTED"),
        (file_of(transaction(DTPOSTED="05/01/2026")), "is no date"),
        (file_of(transaction(DTPOSTED="20260230")), "there is no day"),
        (file_of(transaction(CORRECTFITID="F0", CORRECTACTION="DELETE")), "the bank deletes transaction 'F0'"),
        (file_of(transaction(CURRENCY="", CURSYM="USD", CURRATE="0.9")), "the transaction is in USD, the account in EUR"),
        (file_of(transaction(), currency="Euro"), "is no currency code"),
        (file_of(transaction()).replace(b"<CURDEF>EUR", b""), "the statement names no currency (CURDEF)"),
        (file_of(transaction()).replace(b"<CURDEF>EUR", b"<CURDEF></CURDEF>"), "the statement names no currency (CURDEF)"),
        (file_of(transaction()).replace(b"STMTRS>", b"INVSTMTRS>"), "is that of a securities account (INVSTMTRS)"),
        (file_of().replace(b"STMTRS>", b"INVSTMTRS>"), "but one of a securities account (INVSTMTRS)"),
        (file_of(transaction()).replace(b"<ACCTID>77", b""), "names no account"),
        (file_of(transaction()).replace(b"</STMTTRN>", b""), "not whole"),
        (file_of(transaction()).replace(b"<STMTTRN>", b""), "stands in the list of transactions"),
        (file_of(transaction()).replace(b"</BANKTRANLIST>", b""), "ends before the BANKTRANLIST"),
        (file_of(transaction()).removesuffix(b"</OFX>"), "it is cut off"),
        (b"<!-- a comment -->\n<OFX><INVSTMTRS></INVSTMTRS></OFX>", "but one of a securities account (INVSTMTRS)"),
        (b"OFXHEADER:100\n\n<OFX></OFX>", "holds no bank or credit card statement"),
        (
            b"OFXHEADER:100\n\n<OFX><SONRS><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Signon invalid</STATUS></SONRS></OFX>",
            "the bank answers with error 15500: Signon invalid",
        ),
        (b"<?xml version='1.0'?><!DOCTYPE x><OFX></OFX>", "declares a document type"),
        (file_of(transaction()).replace(b"CHARSET:1252", b"CHARSET:9999"), "the encoding is not known"),
    ],
)
def test_refused(content, reason):
    assert reason in samples.refusal(content).reason


def test_the_error_says_where():
    error = samples.refusal(BANK.replace("-25,5", "-25;5").encode("cp1252"))
    assert (error.line, error.context["account"], error.context["statement"][:11]) == (52, "0004711001", "0004711001-")


@pytest.mark.parametrize("name", ["USASCII", "US-ASCII", "utf-8", "ISO-8859-1"])
def test_encodings_that_xml_names(name):
    content = file_of(transaction(NAME="Ines")).replace(b"OFXHEADER:100\nCHARSET:1252\n\n", b"")
    (found,) = formats.parse(f'<?xml version="1.0" encoding="{name}"?><?OFX OFXHEADER="200" VERSION="211"?>'.encode() + content)
    assert [entry.counterparty_name for entry in found.entries] == ["Ines"]


def test_two_charsets_in_one_file():
    content = file_of(transaction(NAME="Zoë"), transaction(FITID="F2", TRNAMT="2", NAME="Zoë"), ledger="\n").replace(
        b"</STMTTRN>", b"</STMTTRN>\n"
    )
    first, _line, second = content.decode().partition("</STMTTRN>\n")
    (found,) = formats.parse(first.encode("cp1252") + b"</STMTTRN>\n" + second.encode())
    assert [entry.counterparty_name for entry in found.entries] == ["Zoë", "Zoë"]
    assert found.notes == ("mixed-encoding",)


def test_statements_without_balances_do_not_follow_each_other():
    """Two lists of one account may repeat each other: what stands in both is counted alike in both."""
    content = file_of(transaction(), ledger="")
    statement = content[content.index(b"<STMTRS>") : content.index(b"</STMTRS>") + 9]
    first, second = formats.parse(content.replace(statement, statement * 2))
    assert first.entries[0].fingerprint == second.entries[0].fingerprint
