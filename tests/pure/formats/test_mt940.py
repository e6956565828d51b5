"""MT940 and MT942: the dialects field by field, pages, reversals, and what is refused."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from fc import formats
from fc.formats.records import Charge

from . import samples
from .make import day

HEAD = ":20:X\r\n:25:NL69INGB0123456789\r\n:28C:7\r\n"


def statement(*lines, opening="C260101EUR100,00", closing="C260131EUR100,00", head=HEAD, end="-\r\n"):
    """A statement of lines with CR LF."""
    return f"{head}:60F:{opening}\r\n{''.join(f'{line}{chr(13)}{chr(10)}' for line in lines)}:62F:{closing}\r\n{end}".encode()


def entries(*lines, **more):
    (found,) = formats.parse(statement(*lines, **more))
    return found.entries


def test_german_pages_are_one_statement():
    bound, empty = samples.read("mt940-german.sta")
    assert (bound.account, bound.account_scheme, bound.currency) == ("50010517/0123456789", "OTHER", "EUR")
    assert bound.other_accounts == ("DE41500105170123456789",)
    assert (bound.opening, bound.closing, bound.proof) == (Decimal("1000.00"), Decimal("253.15"), "balances")
    assert (bound.opening_kind, bound.closing_kind) == ("60F", "62F")
    assert (bound.opening_date, bound.closing_date) == (day("2025-12-30"), day("2026-01-05"))
    assert (bound.statement_id, bound.electronic_number, bound.page_number, bound.last_page) == ("STARTUMSE", 142, 1, True)
    assert [entry.number for entry in bound.entries] == [1, 2, 3, 4, 5]
    assert (empty.electronic_number, empty.entries) == (1, ())


def test_german_entries():
    transfer, returned, cancelled, refunded, batch = samples.read("mt940-german.sta")[0].entries
    # The entry date has no year: it is the one next to the value date.
    assert (transfer.amount, transfer.booking_date, transfer.value_date) == (
        Decimal("250.50"), day("2026-01-02"), day("2025-12-31"),
    )  # fmt: skip
    assert transfer.text == "Zu Rechnung Nr 2025-0815 Müller & Söhne, vielen Dank"
    assert (transfer.reference, transfer.end_to_end_id, transfer.bank_id) == ("RG-2025-0815", "RG-2025-0815", "B4A02ZE1A0000001")
    assert (transfer.counterparty_name, transfer.counterparty_account, transfer.counterparty_bank) == (
        "Ines Okafor und Partner", "DE02120300000000202051", "BYLADEM1001",
    )  # fmt: skip
    assert transfer.details[0].references == {"EndToEndId": "RG-2025-0815", "InstrId": "Q7"}
    assert (transfer.information, transfer.bank_code_proprietary) == ("GUTSCHR. UEBERWEISUNG", "NTRF+166")
    assert (transfer.status, transfer.is_reversal, transfer.details_state) == ("BOOK", False, "proven")

    assert (returned.amount, returned.is_reversal, returned.text) == (Decimal("-12.35"), True, "MANGELNDE DECKUNG")
    assert returned.charges == (Charge(Decimal("-0.50"), "EUR"),)
    assert returned.details[0].references["MndtId"] == "M-4711"

    # RC takes a credit back, RD a debit.
    assert (cancelled.amount, cancelled.is_reversal, cancelled.text) == (
        Decimal("-5.00"),
        True,
        "Die Gutschrift vom 30.12. storniert",
    )
    # RD with the letter R of EUR behind it, which is no part of the mark.
    assert (refunded.amount, refunded.is_reversal, refunded.text) == (Decimal("20.00"), True, "Kartenentgelt zurück")
    assert (refunded.booking_date, refunded.date_source) == (day("2026-01-02"), "value")
    assert (batch.amount, batch.bank_id, batch.reference) == (Decimal("-1000.00"), "9876", "PAYRUN-7")


def test_dutch():
    (found,) = samples.read("mt940-dutch.940")
    assert (found.account, found.account_scheme, found.electronic_number) == ("NL69INGB0123456789", "IBAN", 5)
    credit, debit, returned = found.entries
    assert (credit.counterparty_account, credit.counterparty_name) == ("NL32INGB0000012345", "ING BANK N.V. INZAKE WEB")
    assert (credit.text, credit.end_to_end_id) == ("EV10001REP1000000T1000", "EV12341REP1231456T1234")
    assert (debit.counterparty_name, debit.counterparty_account) == ("Waterbedrijf Oost", "NL91ABNA0417164300")
    assert debit.details[0].references == {
        "EndToEndId": "K-99813", "MndtId": "M-2201", "CdtrId": "NL93ZZZ332952490000",
    }  # fmt: skip
    assert debit.information == "SEPA Incasso algemeen doorlopend"
    assert (returned.return_reason, returned.is_reversal) == ("MS03", True)
    assert (returned.structured_reference, returned.reference) == ("RF18539007547034", "RF18539007547034")


def test_swiss():
    (found,) = samples.read("mt940-swiss.sta")
    assert (found.opening, found.closing, found.currency) == (Decimal("-10.00"), Decimal("64.70"), "CHF")
    credit, fee = found.entries
    assert credit.counterparty_name == "URS BRANDT HAUPTSTRASSE 1 8000 ZUERICH"
    assert credit.text.endswith("8000 ZUERICH MITTEILUNGEN: RECHNUNG 4711")
    # NONREF is no id.
    assert (credit.bank_id, credit.information) == ("", "20260105009202198765432000000012")
    assert fee.amount == Decimal("-5.00")


def test_an_interim_report_announces_and_proves_no_balance():
    (found,) = samples.read("mt942-interim.942")
    assert (found.format, found.provisional, found.proof, found.is_proven) == ("mt942", True, "totals", False)
    assert (found.opening, found.closing, found.currency) == (None, None, "EUR")
    assert found.created_at == datetime(2026, 1, 5, 14, 30, tzinfo=timezone(timedelta(hours=1)))
    booked, expected = found.entries
    assert (booked.amount, booked.status, booked.notes) == (Decimal("100.00"), "PDNG", ("announced-as-booked",))
    assert (expected.amount, expected.status, expected.notes) == (Decimal("-40.00"), "PDNG", ())


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b":90C:1EUR100,00", b":90C:2EUR100,00", "states 2 entries of 100.00 EUR (:90C:), but lists 1"),
        (b":90D:1EUR40,00", b":90D:1EUR41,00", "states 1 entries of 41.00 EUR (:90D:)"),
        (b":90D:1EUR40,00", b":90D:1USD40,00", "no number and sum of entries in EUR"),
        (b":34F:EUR0,00\r\n:13D:2601051430+0100\r\n", b"", None),
    ],
)
def test_totals_of_an_interim_report(old, new, reason):
    found = samples.outcome(samples.content("mt942-interim.942").replace(old, new))
    assert isinstance(found, list) if reason is None else reason in found.reason


def test_expected_entries_of_a_statement_are_not_booked():
    (found,) = formats.parse(statement(":61:260105EC40,00NTRFNONREF", ":61:260105C1,00NTRFNONREF", closing="C260131EUR101,00"))
    assert [entry.status for entry in found.entries] == ["PDNG", "BOOK"]
    assert found.provisional_count == 1


@pytest.mark.parametrize(
    ("line", "amount", "booked", "valued"),
    [
        (":61:2512310102C1,NTRFNONREF", "1.00", "2026-01-02", "2025-12-31"),
        (":61:2601021231C1,00NTRFNONREF", "1.00", "2025-12-31", "2026-01-02"),
        (":61:240229C0001,NTRFNONREF", "1.00", "2024-02-29", "2024-02-29"),
        (":61:991231C1,0 NTRFNONREF", "1.00", "1999-12-31", "1999-12-31"),
        (":61:2601050105CR1,00N654NONREF//", "1.00", "2026-01-05", "2026-01-05"),
        (":61:2601050105C1.00NOV NONREF", "1.00", "2026-01-05", "2026-01-05"),
        (":61:260105 C1N192", "1.00", "2026-01-05", "2026-01-05"),
        (":61:260105C1,00", "1.00", "2026-01-05", "2026-01-05"),
        (":61:2601050105CF1,00S   X", "1.00", "2026-01-05", "2026-01-05"),
        (":61:2601050105C1,00MSC0NONREF//1", "1.00", "2026-01-05", "2026-01-05"),
    ],
)
def test_spellings_of_a_line(line, amount, booked, valued):
    (entry,) = entries(line, closing="C260131EUR101,00")
    assert (str(entry.amount), entry.booking_date, entry.value_date) == (amount, day(booked), day(valued))


def test_a_closing_balance_without_its_currency_has_that_of_the_opening_one():
    (found,) = formats.parse(statement(closing="C260131100,00"))
    assert (found.currency, found.closing) == ("EUR", Decimal("100.00"))
    assert "is no currency code" in samples.refusal(statement(opening="C260101100,00")).reason


def test_months_of_thirty_days():
    (entry,) = entries(":61:2602300302C1,00NINTNONREF", closing="C260331EUR101,00")
    assert (entry.value_date, entry.booking_date, entry.notes) == (day("2026-02-28"), day("2026-03-02"), ("day-beyond-month",))


@pytest.mark.parametrize(
    ("currency", "written", "amount"), [("KWD", "5,125", "5.125"), ("JPY", "1234,", "1234"), ("JPY", "1234", "1234")]
)
def test_decimals_are_those_of_the_currency(currency, written, amount):
    (entry,) = entries(f":61:260105C{written}NTRFNONREF", opening=f"C260101{currency}0,", closing=f"C260131{currency}{written}")
    assert str(entry.amount) == amount


@pytest.mark.parametrize(
    ("lines", "more", "reason"),
    [
        ([":61:260105C1,00NTRFNONREF"], {}, "difference -1.00 EUR"),
        ([":61:260105X1,00NTRFNONREF"], {}, ":61: is no line of a statement"),
        ([":61:260105C1,005NTRFNONREF"], {}, "more decimals than EUR allows"),
        ([":61:261301C1,00NTRF"], {}, "no such day: value date 261301 (YYMMDD), entry date none"),
        ([":61:2601050230C1,00NTRFNONREF"], {}, "entry date 0230 (MMDD)"),
        ([":61:260105C1.000,00NTRFNONREF"], {}, ":61: is no line"),
        ([], {"closing": "C260131USD100,00"}, "opens in EUR and closes in USD"),
        ([], {"closing": "C260131EUR"}, ":62F: is no balance"),
        ([], {"closing": "C260131EUR100,00\r\n:61:260105C0,00NTRF"}, "stands after the closing balance"),
        ([], {"closing": "C260131EUR100,00\r\n:62F:C260131EUR100,00"}, "two fields :62F:"),
        ([], {"head": ":20:X\r\n:28C:7\r\n"}, "names no account"),
    ],
)
def test_refused(lines, more, reason):
    assert reason in samples.refusal(statement(*lines, **more)).reason


def test_the_error_says_where():
    error = samples.refusal(statement(":61:260105C1,00NTRFNONREF", ":61:260105C1;00NTRFNONREF"))
    assert (error.line, error.context) == (6, {"account": "NL69INGB0123456789", "statement": "X", "entry": 2})


def test_a_statement_without_its_end_mark_and_one_without_its_closing_balance():
    whole = statement(":61:260105C0,00NTRFNONREF")
    assert len(samples.outcome(whole.removesuffix(b"-\r\n") + whole)) == 2
    cut = whole[: whole.index(b":62F:")]
    assert "no closing balance (:62F:)" in samples.refusal(cut).reason
    assert "no closing balance (:62F:)" in samples.refusal(whole + cut).reason


def test_a_page_that_is_missing_is_named_and_a_page_alone_stands_by_itself():
    def page(number, opens, closes, marks=("M", "M")):
        return (
            f":20:X\n:25:NL69INGB0123456789\n:28C:7/{number}\n:60{marks[0]}:C260101EUR{opens},\n"
            f":61:260105C10,NTRFNONREF\n:62{marks[1]}:C260131EUR{closes},\n-\n"
        ).encode()

    first, second, third = page(1, 0, 10, "FM"), page(2, 10, 20), page(3, 20, 30, "MF")
    (bound,) = formats.parse(first + second + third)
    assert (bound.opening, bound.closing, len(bound.entries)) == (0, 30, 3)
    # The three look alike, and are three.
    assert len({entry.fingerprint for entry in bound.entries}) == 3
    assert "the next page in the file is 3" in samples.refusal(first + third).reason
    (alone,) = formats.parse(second)
    assert (alone.opening_kind, alone.closing_kind, alone.last_page, alone.is_proven) == ("60M", "62M", False, True)


def test_text_that_looks_like_a_field_or_an_end_stays_text():
    (entry,) = entries(
        ":61:260105C1,00NTRFNONREF", ":86:Lunch", ":12:30 at the quay", "-", "and more", closing="C260131EUR101,00"
    )
    assert entry.text == "Lunch :12:30 at the quay - and more"


@pytest.mark.parametrize(
    ("lines", "text", "name", "account", "code"),
    [
        (("000>10123>20ALGEMENE BIJDRAGEN VOOR KOS", ">21TEN VAN>310390123456>32Bank"), "ALGEMENE BIJDRAGEN VOOR KOSTEN VAN",
         "Bank", "0390123456", "000"),
        # What the bank ended stands apart; the rest of a line that was cut does not.
        (("177?00X?20SVWZ+Apple Pay?21DATUM 19.02.2026, 13.24 UHR?221.TA?23N 4711?32Ines Okafor?33Berlin",),
         "Apple Pay DATUM 19.02.2026, 13.24 UHR1.TAN 4711", "Ines Okafor Berlin", "", "177"),
        (("166?00X?20EREF+E-1?21SVWZ+RECHNUNG 4711?22KUNDE 77?32Ines Okafor and Partners of?33fice",), "RECHNUNG 4711 KUNDE 77",
         "Ines Okafor and Partners office", "", "166"),
        (("020~00VE02", "~20TYTUL ", "~21LINIA 2", "~31PL27114020040000300201355387", "~32NAZWA"), "TYTUL LINIA 2", "NAZWA",
         "PL27114020040000300201355387", "020"),
        (("?20platba?21 VS:12345?32Novak",), "platba VS:12345", "Novak", "", ""),
        (("EREF+R-1 SVWZ+Thanks 1+1=2 BIC+X",), "Thanks 1+1=2", "", "", ""),
        (("/CTC/506/INCOMING WIRE/BO/HARBOUR/BI/X",), "/CTC/506/INCOMING WIRE/BO/HARBOUR/BI/X", "", "", ""),
        (("/TRTP/ACCEPTGIRO/NAME/J. Jansen/REMI/ISSUER: CUR     REF: 1",), "ISSUER: CUR REF: 1", "J. Jansen", "", ""),
        (("/BENM//NAME/CONTRA ACCOUN", "T HOLDER/REMI//ISDT/2026-01-02",), "", "CONTRA ACCOUNT HOLDER", "", ""),
        (("VIREMENT DONNEUR D'ORDRE: ANNE BLANC COMMUNICATIONS: FACTURE 7",), None, "ANNE BLANC", "", ""),
        (("short line", "and another"), "short line and another", "", "", ""),
        (("x" * 65, "y"), "x" * 65 + "y", "", "", ""),
    ],
)  # fmt: skip
def test_dialects_of_the_text(lines, text, name, account, code):
    first, *more = lines
    (entry,) = entries(":61:260105C1,00NTRFNONREF", f":86:{first}", *more, closing="C260131EUR101,00")
    assert entry.text == (" ".join(lines) if text is None else text)
    assert (entry.counterparty_name, entry.counterparty_account) == (name, account)
    assert entry.bank_code_proprietary == (f"NTRF+{code}" if code else "NTRF")


@pytest.mark.parametrize(
    ("written", "account", "scheme", "other"),
    [
        ("NL69INGB0123456789EUR", "NL69INGB0123456789", "IBAN", ()),
        ("NL69 INGB 0123 4567 89 EUR", "NL69INGB0123456789", "IBAN", ()),
        ("/PL27114020040000300201355387", "PL27114020040000300201355387", "IBAN", ()),
        ("1290.37.715 EUR", "1290.37.715", "OTHER", ()),
        ("50010517/0648489890", "50010517/0648489890", "OTHER", ("DE12500105170648489890",)),
        ("TRIODOSBANK/0390123456", "TRIODOSBANK/0390123456", "OTHER", ()),
    ],
)
def test_accounts(written, account, scheme, other):
    (found,) = formats.parse(statement(head=f":20:X\r\n:25:{written}\r\n:28C:7\r\n"))
    assert (found.account, found.account_scheme, found.other_accounts) == (account, scheme, other)


def test_wrapping_does_not_change_what_an_entry_is():
    text = "166?00GUTSCHRIFT?20SVWZ+Rechnung 4711 vom 3. Januar?32Ines Okafor"
    (one,) = entries(":61:260105C1,00NTRFNONREF", f":86:{text}", closing="C260131EUR101,00")
    (other,) = entries(":61:260105C1,00NTRFNONREF", f":86:{text[:30]}", text[30:], closing="C260131EUR101,00")
    assert (one.fingerprint, one.text) == (other.fingerprint, other.text)


def test_two_encodings_in_one_file():
    one = statement(":61:260105C0,00NTRF", ":86:Zoë Müller").decode()
    (first, second) = formats.parse(one.encode("utf-8") + one.encode("cp1252"))
    assert first.entries[0].text == second.entries[0].text == "Zoë Müller"
    assert first.notes == ("mixed-encoding",)


def test_an_envelope_without_its_message_is_a_cut_file():
    whole = statement()
    for envelope in (b"{1:F01INGBNL2ABXXX0000000000}", b"{1:F01INGBNL2ABXXX0000000000}{2:I940INGBNL2AXXXN}{4:\r\n"):
        assert "ends with the beginning of a message" in samples.refusal(whole + envelope).reason


def test_a_header_of_the_banks_own_begins_the_next_message():
    one = statement(":61:2601150115C1,00NTRFNONREF//A", closing="C260131EUR101,00", end="")
    two = statement(opening="C260131EUR101,00", closing="C260131EUR101,00", end="")
    assert len(list(formats.parse(b":940:\r\n" + one + b":940:\r\n" + two))) == 2
    with pytest.raises(formats.FormatError, match="no closing balance"):
        list(formats.parse(one.replace(b":62F:", b":940:\r\n:62F:")))


def test_lines_that_begin_like_something_else_are_text():
    told = ("Invoice", "- first", ":12:30 UHR", " {x}", "-", "end")
    (entry,) = entries(":61:2601150115C1,00NTRFNONREF//A", f":86:{told[0]}", *told[1:], closing="C260131EUR101,00")
    assert entry.text == "Invoice - first :12:30 UHR {x} - end"
