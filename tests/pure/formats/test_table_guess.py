"""The proposal for an unknown table: what is found is found for a reason, what is open is asked."""

from decimal import Decimal

import pytest

from fc import formats
from fc.formats import Told, guess, table

from .make import day

# The lines are those of a bank, however long.
# ruff: noqa: E501

SPARKASSE = """"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";"BIC (SWIFT-Code)";"Betrag";"Waehrung"
"DE02120300000000202051";"05.01.26";"05.01.26";"GUTSCHRIFT";"Rechnung; 77";"Inès Okafor";"DE89370400440532013000";"COBADEFFXXX";"1.250,50";"EUR"
"DE02120300000000202051";"06.01.26";"06.01.26";"ENTGELT";"Konto";"";"";"";"-12,35";"EUR"
"""
ING = """"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";"Mededelingen";"Saldo na mutatie"
"20260106";"Bank";"NL69INGB0123456789";"";"DV";"Af";"1,00";"Diversen";"Kosten";"99,00"
"20260105";"I. Okafor";"NL69INGB0123456789";"NL91ABNA0417164300";"OV";"Bij";"50,00";"Overschrijving";"INV 77";"100,00"
"""
BRITISH = """Account: 12-34-56 12345678

Date,Description,Paid out,Paid in,Balance
05/01/2026,CARD PAYMENT,12.50,,"1,087.50"
06/01/2026,TRANSFER,,"1,000.00","2,087.50"
"""
FRENCH = """Compte;FR14 2004 1010 0505 0001 3M02 606
Date;Libellé;Débit euros;Crédit euros
13/01/2026;VIR INÈS;;1 250,50
14/01/2026;FRAIS;-7,50;
Total;;-7,50;1 250,50
"""
REVOLUT = """Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance
TRANSFER,Current,2026-01-05 10:00:00,2026-01-05 10:00:01,To X,-10.00,0.50,EUR,COMPLETED,89.50
TOPUP,Current,2026-01-06 10:00:00,2026-01-06 10:00:01,From Y,100.00,0.00,EUR,COMPLETED,189.50
"""
# As a provider of payments writes it in Spanish: other columns begin like those that are meant.
SPANISH = """Fecha,Hora,Importe de envío,Descripción,Divisa,Bruto,Comisión,Saldo,Id. de transacción,Nombre del banco,Cuenta bancaria,Nombre
13/1/2026,11:05:56,"0,00",Cobro,EUR,"49,37","-1,78","147,59",T1,,,Inés Okafor
14/1/2026,12:05:56,"0,00",Cobro,EUR,"10,00","-1,00","156,59",T2,,,Inés Okafor
"""
# Whole exports as two German banks write them: a column of returned direct debits, and the account of the other side.
RETURNS = """"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Lastschrift Ursprungsbetrag";"Betrag";"Waehrung"
"DE02120300000000202051";"26.01.26";"26.01.26";"GUTSCHR";"RG 7";"";"1100,00";"EUR"
"""
OTHER_SIDE = """"Konto:";"DE02 1203 0000 0000 2020 51"

"Buchungsdatum";"Verwendungszweck";"IBAN";"Betrag (€)"
"05.01.26";"Einkauf";"DE89370400440532013000";"-5,50"
"26.01.26";"RG 7";"DE75512108001245126199";"1.100,00"
"""
BARE = "2026-01-13|Rent|-1000.00\n2026-01-14|Sale|12.50\n"


def proposed(text, encoding="utf-8"):
    content = text.encode(encoding)
    assert formats.detect(content) == "csv"
    return content, guess(content)


def test_german():
    content, found = proposed(SPARKASSE, "cp1252")
    assert (found.profile.delimiter, found.profile.date_order, found.profile.decimal_sign, found.profile.sign) == (
        ";",
        "dmy",
        ",",
        "signed",
    )
    assert found.questions == ()
    assert {what for what, _why in found.reasons} >= {
        "delimiter",
        "header_row",
        "date",
        "amount",
        "date_order",
        "decimal_sign",
        "sign",
    }
    (statement,) = table.parse(content, found.profile)
    first = statement.entries[0]
    assert (first.amount, first.booking_date, first.text, first.counterparty_name) == (
        Decimal("1250.50"), day("2026-01-05"), "Rechnung; 77", "Inès Okafor",
    )  # fmt: skip
    assert (statement.account, statement.currency, first.counterparty_account) == (
        "DE02120300000000202051",
        "EUR",
        "DE89370400440532013000",
    )


def test_dutch_with_words_for_directions_and_the_newest_first():
    content, found = proposed(ING)
    assert (found.profile.sign, found.profile.currency, found.profile.date_order) == ("indicator", "EUR", "ymd")
    (statement,) = table.parse(content, found.profile)
    assert (statement.opening, statement.closing, statement.proof) == (Decimal("50.00"), Decimal("99.00"), "running-balance")


def test_a_day_that_may_be_a_month_is_asked_and_refused_until_told():
    content, found = proposed(BRITISH)
    assert (found.profile.sign, found.profile.header_row, found.profile.date_order) == ("two-columns", 3, "")
    assert {what for what, _question in found.questions} == {"date_order", "currency", "account"}
    assert "can be read day first or month first" in dict(found.questions)["date_order"]
    with pytest.raises(formats.FormatError, match="can be read day first or month first"):
        list(table.parse(content, found.profile))
    (statement,) = table.parse(content, found.profile, Told(date_order="dmy", currency="GBP"))
    assert [entry.booking_date for entry in statement.entries] == [day("2026-01-05"), day("2026-01-06")]
    assert (statement.opening, statement.closing) == (Decimal("1100.00"), Decimal("2087.50"))


def test_french_with_an_account_above_and_a_sum_below():
    content, found = proposed(FRENCH, "cp1252")
    assert (found.profile.header_row, found.profile.footer_rows, found.profile.account) == (2, 1, "FR1420041010050500013M02606")
    (statement,) = table.parse(content, found.profile, Told(currency="EUR"))
    assert [entry.amount for entry in statement.entries] == [Decimal("1250.50"), Decimal("-7.50")]


def test_a_column_that_only_begins_like_another_is_not_that():
    content, found = proposed(SPANISH)
    assert found.profile.columns == (
        ("date", "Fecha"),
        ("text", "Descripción"),
        ("currency", "Divisa"),
        ("amount", "Bruto"),
        ("fee", "Comisión"),
        ("balance", "Saldo"),
        ("bank_id", "Id. de transacción"),
        ("name", "Nombre"),
    )
    (statement,) = table.parse(content, found.profile)
    assert [entry.amount for entry in statement.entries] == [Decimal("47.59"), Decimal("9.00")]
    assert statement.proof == "running-balance"


def test_a_time_of_day_is_no_text():
    _content, found = proposed("Date;Clock;Amount;What\n2026-01-13;11:05;1.00;Rent\n2026-01-14;9:30:01;2.00;Sale\n")
    assert ("text", "What") in found.profile.columns


def test_a_status_is_asked_about():
    content, found = proposed(REVOLUT)
    assert dict(found.questions)["status"] == "which of these are booked: COMPLETED"
    (statement,) = table.parse(content, found.profile)
    assert (statement.opening, statement.closing) == (Decimal("100.00"), Decimal("189.50"))
    assert statement.entries[0].amount == Decimal("-10.50")


def test_without_a_header():
    content, found = proposed(BARE)
    assert (found.profile.header_row, found.profile.delimiter, found.profile.columns) == (
        0,
        "|",
        (("date", "1"), ("amount", "3"), ("text", "2")),
    )
    (statement,) = table.parse(content, found.profile)
    assert [entry.text for entry in statement.entries] == ["Rent", "Sale"]


def test_amounts_without_any_sign_are_asked_about():
    _content, found = proposed("Date,Description,Amount\n13/01/2026,Rent,1000.00\n14/01/2026,Sale,12.50\n")
    assert "no amount of 'Amount' is negative" in dict(found.questions)["sign"]


def test_thousands_or_decimals_is_asked_about():
    _content, found = proposed("Date;Amount\n13/01/2026;1,234\n14/01/2026;2,345\n")
    assert "with a point and with a comma" in dict(found.questions)["decimal_sign"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hello\nworld\n", "no character divides"),
        ("Date;Amount\n", "no entries below the names of columns"),
        ("a;b\nc;d\n", "no column of dates"),
        ("Date;Text\n13/01/2026;x\n14/01/2026;y\n", "none of amounts"),
    ],
)
def test_no_table_of_entries(text, reason):
    with pytest.raises(formats.FormatError, match=f"(?i){reason}"):
        guess(text.encode())


def test_dates_that_are_the_same_in_two_orders_do_not_decide_it():
    """A profile is kept for other files: with the year first 27.01.26 would be a day of 2027."""
    assert guess(RETURNS.encode()).profile.date_order == "dmy"
    found = guess(b"Date,Description,Amount\n05/05/2026,Rent,-5.00\n")
    assert found.profile.date_order == ""
    assert "the same in several orders" in dict(found.questions)["date_order"]
    assert guess(b"Date,Description,Amount\n05-May-2026,Rent,-5.00\n").profile.date_order


def test_a_column_of_debits_beside_the_amount_is_none_of_the_profile():
    assert {"debit", "credit"}.isdisjoint(dict(guess(RETURNS.encode()).profile.columns))


def test_an_account_that_is_not_the_same_in_every_row_is_that_of_the_other_side():
    profile = guess(OTHER_SIDE.encode()).profile
    assert (("counterparty_account", "IBAN") in profile.columns, profile.account) == (True, "DE02120300000000202051")
    gaps = "Date,Payee,Account number,Amount (EUR)\n2026-01-15,A,DE89370400440532013000,1.00\n2026-01-16,B,,-2.50\n"
    assert ("counterparty_account", "Account number") in guess(gaps.encode()).profile.columns
    own = gaps.replace(",,", ",DE89370400440532013000,")
    assert ("account", "Account number") in guess(own.encode()).profile.columns
