"""CSV, XLSX and XLS by profile: signs, balances that prove, what a file does not decide, and what is refused."""

import io
import json
import re
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import xls, xlsx

from fc import formats
from fc.formats import Profile, Told, table, table_cells
from fc.formats.records import Charge
from fc.formats.told import NOTHING

from .make import day
from .test_zip import archive

SIGNED = Profile(
    columns=(("date", "Date"), ("amount", "Amount"), ("text", "Text"), ("name", "Payee"), ("balance", "Balance")),
    date_order="dmy", decimal_sign=",", delimiter=";", currency="EUR", account="DE02120300000000202051",
)  # fmt: skip
ROWS = [
    ("05.01.2026", "1.250,50", "Invoice; 77", "Ines Okafor", "1.350,50"),
    ("05.01.2026", "-7,50", "Fee", "", "1.343,00"),
    ("05.01.2026", "-7,50", "Fee", "", "1.335,50"),
    ("06.01.2026", "-1.000,00", "Rent", "Harbour", "335,50"),
]


def csv_of(*rows, head="Date;Amount;Text;Payee;Balance", end="\r\n"):
    lines = [head, *(";".join(f'"{cell}"' for cell in row) for row in rows)]
    return ("\r\n".join(lines) + end).encode("cp1252")


def one(content, profile=SIGNED, told=NOTHING):
    (found,) = table.parse(content, profile, told)
    return found


def refusal(content, profile=SIGNED, told=NOTHING):
    with pytest.raises(formats.FormatError) as caught:
        list(table.parse(content, profile, told))
    return caught.value


def test_a_balance_beside_every_row_proves_them():
    found = one(csv_of(*ROWS))
    assert (found.opening, found.closing, found.proof, found.is_proven) == (
        Decimal("100.00"),
        Decimal("335.50"),
        "running-balance",
        True,
    )
    assert (found.account, found.currency, found.format) == ("DE02120300000000202051", "EUR", "csv")
    assert (found.from_date, found.to_date) == (day("2026-01-05"), day("2026-01-06"))
    first, fee, twin, rent = found.entries
    assert (first.amount, first.text, first.counterparty_name, first.line) == (
        Decimal("1250.50"),
        "Invoice; 77",
        "Ines Okafor",
        2,
    )
    assert fee.fingerprint[-2:] == ":1" and twin.fingerprint == f"{fee.fingerprint[:-2]}:2"
    assert rent.amount == Decimal("-1000.00")


def test_the_newest_row_may_come_first():
    upward, downward = one(csv_of(*ROWS)), one(csv_of(*ROWS[::-1]))
    assert [entry.amount for entry in downward.entries] == [entry.amount for entry in upward.entries]
    assert (downward.opening, downward.closing) == (upward.opening, upward.closing)
    same_day = [("05.01.2026", *row[1:]) for row in ROWS]
    assert one(csv_of(*same_day[::-1])).opening == Decimal("100.00")


def test_a_balance_that_does_not_fit_names_its_row():
    rows = [*ROWS[:2], (*ROWS[2][:4], "1.335,51"), ROWS[3]]
    error = refusal(csv_of(*rows))
    assert (error.line, "difference 0.01 EUR" in error.reason) == (4, True)
    # A row that is missing, and one that is there twice.
    assert "difference -7.50 EUR" in refusal(csv_of(ROWS[0], *ROWS[2:])).reason
    assert "difference 7.50 EUR" in refusal(csv_of(*ROWS[:3], *ROWS[2:])).reason


def test_balances_now_and_then():
    rows = [(*ROWS[0][:4], ""), ROWS[1], (*ROWS[2][:4], ""), ROWS[3]]
    assert (one(csv_of(*rows)).opening, one(csv_of(*rows)).proof) == (Decimal("100.00"), "running-balance")


def test_behind_the_last_balance_nothing_is_proven():
    found = one(csv_of(*ROWS[:3], (*ROWS[3][:4], "")))
    assert (found.opening, found.closing, found.proof, found.is_proven) == (Decimal("100.00"), None, "one-balance", False)
    told = Told(closing=Decimal("335.50"))
    assert one(csv_of(*ROWS[:3], (*ROWS[3][:4], "")), SIGNED, told).proof == "balances"


def test_without_balances_nothing_is_made_up_and_what_is_told_is_proven():
    profile = Profile.from_dict({**SIGNED.as_dict(), "columns": [column for column in SIGNED.columns if column[0] != "balance"]})
    found = one(csv_of(*ROWS), profile)
    assert (found.opening, found.closing, found.proof, found.is_proven) == (None, None, "none", False)
    told = Told(opening=Decimal("100.00"), closing=Decimal("335.50"))
    assert (one(csv_of(*ROWS), profile, told).proof, one(csv_of(*ROWS), profile, told).is_proven) == ("balances", True)
    assert "difference" in refusal(csv_of(*ROWS[:3]), profile, told).reason
    assert "335.50 EUR, but 336.00 is told" in refusal(csv_of(*ROWS), SIGNED, Told(closing=Decimal("336.00"))).reason


TWO = "Date;Out;In\r\n05.01.2026;12,50;\r\n06.01.2026;;7,00\r\n07.01.2026;-3,00;0,00\r\n"
WORDS = "Date;Amount;S/H\r\n05.01.2026;12,50;S\r\n06.01.2026;7,00;H\r\n07.01.2026;3,00;s\r\n"
NEGATED = "Date;Amount\r\n05.01.2026;12,50\r\n06.01.2026;-7,00\r\n07.01.2026;3,00\r\n"


@pytest.mark.parametrize(
    ("content", "rule", "columns"),
    [
        (TWO, {"sign": "two-columns"}, (("date", "Date"), ("debit", "Out"), ("credit", "In"))),
        (WORDS, {"sign": "indicator"}, (("date", "Date"), ("amount", "Amount"), ("indicator", "S/H"))),
        (NEGATED, {"negated": True}, (("date", "Date"), ("amount", "Amount"))),
    ],
)
def test_rules_of_signs(content, rule, columns):
    profile = Profile(columns=columns, date_order="dmy", decimal_sign=",", delimiter=";", currency="EUR", **rule)
    assert [entry.amount for entry in one(content.encode(), profile).entries] == [
        Decimal("-12.50"),
        Decimal("7.00"),
        Decimal("-3.00"),
    ]


def test_fees_pending_rows_and_several_currencies():
    profile = Profile(
        columns=(("date", "Date"), ("amount", "Amount"), ("fee", "Fee"), ("currency", "Cur"), ("status", "State"),
                 ("balance", "Balance")),
        date_order="ymd", decimal_sign=".", booked_words=("COMPLETED",),
    )  # fmt: skip
    content = (
        "Date,Amount,Fee,Cur,State,Balance\n2026-01-05 10:00:01,-10.00,0.50,EUR,COMPLETED,89.50\n2026-01-06,5.00,0,EUR,PENDING,\n"
        "2026-01-06,7,0,JPY,COMPLETED,7\n2026-01-07,1.00,0.00,EUR,COMPLETED,90.50\n"
    )
    euro, yen = table.parse(content.encode(), profile)
    assert [(entry.amount, entry.status) for entry in euro.entries] == [
        (Decimal("-10.50"), "BOOK"), (Decimal("5.00"), "PDNG"), (Decimal("1.00"), "BOOK"),
    ]  # fmt: skip
    assert euro.entries[0].charges == (Charge(Decimal("-0.50"), "EUR", True, "fee"),)
    assert (euro.opening, euro.closing, euro.provisional_count) == (Decimal("100.00"), Decimal("90.50"), 1)
    assert (yen.currency, str(yen.entries[0].amount), yen.proof) == ("JPY", "7", "one-balance")


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (csv_of(*ROWS, ("", "1,00", "", "", "")), 6, "the row has no date"),
        (csv_of(*ROWS, ("06.01.2026", "", "x", "", "")), 6, "the row has no amount"),
        (csv_of(*ROWS, ("06.01.2026", "1,005", "x", "", "")), 6, "more decimals than EUR allows"),
        (csv_of(*ROWS, ("06.01.2026", "#REF!", "x", "", "")), 6, "is no amount"),
        (csv_of(*ROWS, ("31.02.2026", "1,00", "x", "", "")), 6, "is no date (day first)"),
        (csv_of(*ROWS, ("soon", "1,00", "x", "", "")), 6, "is no date"),
        (csv_of(*ROWS, ("06.01.2026", "1,00", "x")), 6, "has 3 columns, the table 5"),
        (csv_of(*ROWS, (*ROWS[0], "more")), 6, "has 6 columns, the table 5"),
        (csv_of(*ROWS) + b'"06.01.2026;1,00', 6, "not written as CSV"),
        (csv_of(*ROWS, head="Day;Amount;Text;Payee;Balance"), None, "missing: Date"),
        (csv_of(), None, "holds no entry"),
        (b"", None, "no row of the table"),
    ],
)
def test_refused(content, line, reason):
    error = refusal(content)
    assert (error.line, reason in error.reason) == (line, True), error.reason


@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_cut_table_is_refused_or_its_rows_are_exact(tenth):
    content = csv_of(*ROWS)
    try:
        found = one(content[: len(content) * tenth // 10])
    except formats.FormatError:
        return
    assert [entry.amount for entry in found.entries] == [entry.amount for entry in one(content).entries][: len(found.entries)]
    assert found.opening is None or found.opening + sum(entry.amount for entry in found.entries) == found.closing


def test_without_a_profile_a_table_is_recognised_and_not_read():
    assert formats.detect(csv_of(*ROWS)) == "csv"
    with pytest.raises(formats.FormatError, match="read with a profile"):
        list(formats.parse(csv_of(*ROWS)))
    assert next(iter(formats.parse(csv_of(*ROWS), SIGNED))).closing == Decimal("335.50")
    for content in (b"Dear customer,\nno statement today.\n", b"a;b\nc;d\n", b"1,2\n3,4\n", b"\x00;\x00"):
        with pytest.raises(formats.FormatError):
            formats.detect(content)


CELLS = [
    ("Account", "DE02 1203 0000 0000 2020 51"),
    (),
    ("Date", "Amount", "Text", "Payee", "Balance"),
    (day("2026-01-05"), 0.1 + 0.2, "dust", "X", 100.3),
    (day("2026-01-06"), -1000, "Rent", None, -899.7),
]
IN_SHEET = Profile(columns=SIGNED.columns, header_row=3, currency="EUR", sheet="Statement", account="DE02120300000000202051")


def test_xlsx():
    content = xlsx(CELLS, "Statement")
    assert formats.detect(content, "x.zip") == "xlsx"
    found = one(content, IN_SHEET)
    # Binary dust behind the fifteenth digit is none of the amount's.
    assert [str(entry.amount) for entry in found.entries] == ["0.30", "-1000.00"]
    assert (found.opening, found.closing, found.entries[0].booking_date) == (
        Decimal("100.00"),
        Decimal("-899.70"),
        day("2026-01-05"),
    )
    assert found.entries[1].line == 5
    # Empty cells that were formatted to the last column of the sheet are no columns.
    wide = [row + (None,) * 600 + ("",) for row in CELLS]
    assert one(xlsx(wide, "Statement"), IN_SHEET) == found
    # A wrong size in the file cuts nothing off.
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = [(name, book.read(name)) for name in book.namelist()]
    wrong = archive(*((name, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B2"', part)) for name, part in parts))
    assert wrong != content and one(wrong, IN_SHEET) == found
    assert "no sheet 'Other'" in refusal(content, Profile(columns=SIGNED.columns, sheet="Other")).reason


def test_xls():
    content = xls(CELLS, "Statement")
    assert formats.detect(content) == "xls"
    found = one(content, IN_SHEET)
    assert [(str(entry.amount), entry.booking_date) for entry in found.entries] == [
        ("0.30", day("2026-01-05")), ("-1000.00", day("2026-01-06")),
    ]  # fmt: skip
    assert "damaged" in refusal(content[:700], IN_SHEET).reason


def test_a_workbook_with_entities_or_too_much_in_it(monkeypatch):
    content = xlsx(CELLS, "Statement")
    evil = archive(("[Content_Types].xml", b"<!DOCTYPE x><Types/>"), ("xl/workbook.xml", b"<x/>"))
    assert "declares a document type" in refusal(evil, IN_SHEET).reason
    bomb = archive(("[Content_Types].xml", b"<Types/>"), ("xl/sheet.xml", b" " * (8 * 1024 * 1024)))
    assert "MAX_RATIO" in refusal(bomb, IN_SHEET).reason
    monkeypatch.setattr(table_cells, "MAX_ROWS", 3)
    assert "MAX_ROWS" in refusal(content, IN_SHEET).reason


def test_a_workbook_in_an_archive_is_a_file_like_any():
    with pytest.raises(formats.FormatError, match="read with a profile") as caught:
        list(formats.parse(archive(("a.xlsx", xlsx(CELLS, "Statement")))))
    assert caught.value.context["member"] == "a.xlsx"


def test_a_profile_survives_json_and_is_checked():
    assert Profile.from_dict(json.loads(json.dumps(SIGNED.as_dict()))) == SIGNED
    for change, reason in (
        ({"columns": (("date", "A"),)}, "names no column for amount"),
        ({"columns": (*SIGNED.columns, ("sum", "X"))}, "there is no column sum"),
        ({"columns": (*SIGNED.columns, ("date", "X"))}, "several columns are called date"),
        ({"sign": "two-columns"}, "names no column for debit, credit"),
        ({"date_order": "dym"}, "no order of dates"),
        ({"delimiter": ""}, "one character"),
        ({"colour": "red"}, "a profile has no colour"),
    ):
        with pytest.raises(formats.FormatError, match=f"(?i){reason}"):
            Profile.from_dict({**SIGNED.as_dict(), **change})


def test_the_preview_lists_all_that_would_be_refused():
    rows = [ROWS[0], ("soon", "1,00", "x", "", ""), ROWS[1], ("06.01.2026", "?", "x", "", "")]
    seen = table.preview(csv_of(*rows), SIGNED)
    assert [line for line, _reason in seen.refused] == [3, 5]
    (statement,) = seen.statements
    assert [entry.amount for entry in statement.entries] == [Decimal("1250.50"), Decimal("-7.50")]
    assert (statement.proof, seen.refusal.line) == (None, 3)
    good = formats.preview(csv_of(*ROWS), SIGNED, limit=2)
    (statement,) = good.statements
    assert (len(statement.entries), statement.count, statement.proof.count, good.refusal, good.refused) == (2, 4, 4, None, ())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 300), st.integers(0, 40))
def test_any_bytes(data, start, length):
    content = csv_of(*ROWS)
    for damaged in (data, content[:start] + data + content[start + length :]):
        try:
            list(table.parse(damaged, SIGNED))
            table.preview(damaged, formats.guess(damaged).profile)
        except formats.FormatError as error:
            assert str(error)
