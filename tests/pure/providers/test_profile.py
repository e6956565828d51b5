"""Profiles: what contradicts itself is refused, signs and units as the administrator says, XLSX, the preview."""

import io
import zipfile
from dataclasses import replace
from datetime import datetime

import pytest
from sheets import xls, xlsx

from fc.core.balances import balance_totals
from fc.core.errors import FinanceError, PayloadError
from fc.core.money import Money
from fc.providers import get
from fc.providers.profile import Profile, ProfileError

from .kits import generic as kit
from .told import amounts

GENERIC = get("generic")


def read(profile, *lines):
    return GENERIC.with_profile(profile).parse_report("".join(f"{line}\n" for line in lines).encode(), "nord.csv")


def test_what_a_file_proves():
    parsed = kit.ADAPTER.parse_report(kit.REPORT)
    (info,) = parsed.settlements
    assert (info.external_id, info.amount) == ("77", Money(97100, "EUR"))
    assert (info.trace, str(info.arrival_date)) == ("NP 77", "2026-03-26"), "a day is the one that is written"
    told = amounts(parsed)
    assert (told["fee", "1/fee"], told["fee_tax", "1/fee"], told["fee_refund", "1/fee/tax"]) == (1500, 300, 300)
    assert told["payout", "77"] == 97100
    totals = balance_totals(parsed.movements)
    assert {key: minor for key, minor in totals.items() if minor} == {("reserve", "EUR"): 600, ("in_transit", "EUR"): 97100}
    assert parsed.lines[0].occurred_at == datetime.fromisoformat("2026-03-24T08:00:00+00:00")


def test_tax_that_comes_back_with_a_fee_is_told_apart():
    parsed = kit.ADAPTER.parse_report(kit.file(kit.row("2", "Refund", "-100,00", "-12,00", "-3,00", "-85,00", payment="P1")))
    told = amounts(parsed)
    assert (told["fee_refund", "2/fee"], told["adjustment", "2/fee/tax"], told["fee", "2/fee/tax"]) == (1500, 300, 300)
    totals = {key: minor for key, minor in balance_totals(parsed.movements).items() if minor}
    assert totals == {("in_transit", "EUR"): -8500}, "collected: 100.00 less the fee and its tax"


def test_without_a_profile_nothing_is_read():
    assert not GENERIC.detect_report(kit.REPORT)
    with pytest.raises(FinanceError, match="profile"):
        GENERIC.parse_report(kit.REPORT)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"columns": {**kit.PROFILE.columns, "colour": "x"}}, "nothing that a column can be"),
        ({"columns": {"id": "Row"}}, "which column is kind, date"),
        ({"kinds": {"Sale": "authorize"}}, "no kind of a settlement line"),
        ({"kinds": {"Sale": "ignore"}}, "what any kind of row is"),
        ({"sign": "guess"}, "no rule for signs"),
        ({"sign": "debit_credit"}, "debit and a credit"),
        ({"columns": {key: name for key, name in kit.PROFILE.columns.items() if key != "currency"}}, "needs a currency"),
        ({"columns": {key: name for key, name in kit.PROFILE.columns.items() if key not in ("gross", "net")}}, "gross or net"),
        ({"thousands": ","}, "decimal sign"),
        ({"delimiter": ""}, "delimiter"),
        ({"time_zone": "Mars/Olympus"}, "time zone"),
        ({"encoding": "klingon"}, "encoding"),
    ],
)
def test_profiles_that_contradict_themselves(change, reason):
    with pytest.raises(ProfileError, match=reason):
        GENERIC.with_profile(replace(kit.PROFILE, **change))


PAIR = Profile(
    name="Pair", columns={"id": "Id", "kind": "Kind", "date": "Date", "debit": "Out", "credit": "In"},
    kinds={"S": "capture", "R": "refund"}, sign="debit_credit", currency="JPY", minor_units=True, date_format="%d.%m.%Y",
)  # fmt: skip
ALONE = Profile(
    name="Alone", columns={"id": "Id", "kind": "Kind", "date": "Date", "net": "Net", "fee": "Fee"},
    kinds={"S": "capture", "R": "refund"}, sign="by_kind", currency="EUR", fees_negative=True,
)  # fmt: skip


def test_signs_by_two_columns_and_by_kind():
    parsed = read(PAIR, "Id,Kind,Date,Out,In", "1,S,24.03.2026,,500", "2,R,24.03.2026,200,")
    assert [line.net for line in parsed.lines] == [Money(500, "JPY"), Money(-200, "JPY")]
    assert parsed.settlements[0].external_id == "nord.csv/JPY"
    parsed = read(ALONE, "Id,Kind,Date,Net,Fee", "1,S,2026-03-24,9.50,-0.50", "2,R,2026-03-24,3.00,")
    assert [(line.gross.minor, line.fee.minor, line.net.minor) for line in parsed.lines] == [(1000, 50, 950), (-300, 0, -300)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (kit.row("1", "Sale", "-1,00", payment="P"), "cannot be"),
        (kit.row("1", "Sale", "1.00,00,0"), "no amount"),
        (kit.row("1", "Sale", "1,005"), "more decimals"),
        (kit.row("1", "Sale", "1,00", "0,10", "", "1,00"), "is not net"),
        (kit.row("", "Sale", "1,00"), "is no id"),
        (kit.row("1", "Sale", "1,00", payout=""), "which settlement"),
        (kit.row("1", "Sale", "1,00", currency="EURO"), "no currency"),
        (kit.row("1", "Sale", "1,00").replace("2026-03-24", "24/3/26"), "no time"),
        (kit.row("1", "Sale", "1,00") + ";more", "cut or damaged"),
    ],
)
def test_rows_that_are_refused_name_their_line(line, reason):
    with pytest.raises(PayloadError, match=f"line 2.*{reason}"):
        kit.ADAPTER.parse_report(kit.file(line))


def test_files_that_are_refused():
    with pytest.raises(PayloadError, match="twice"):
        kit.ADAPTER.parse_report(kit.file(kit.ROWS[0], kit.ROWS[0]))
    with pytest.raises(PayloadError, match="add up to"):
        kit.ADAPTER.parse_report(kit.file(*kit.ROWS[1:]))
    with pytest.raises(PayloadError, match="several currencies"):
        kit.ADAPTER.parse_report(kit.file(kit.row("1", "Sale", "1,00"), kit.row("2", "Sale", "1,00", currency="USD")))
    with pytest.raises(PayloadError, match="lacks the columns"):
        kit.ADAPTER.parse_report(kit.file(header="Row;What"))


def test_xlsx_gives_what_csv_gives():
    """Numbers of a workbook are binary fractions: 0.1 + 0.2 must not cost a cent."""
    profile = replace(ALONE, skip_rows=1, sheet="Data")
    rows = [["Export of March"], ["Id", "Kind", "Date", "Net", "Fee"], [1, "S", datetime(2026, 3, 24), 9.5, -0.5],
            [2, "S", datetime(2026, 3, 24), 0.29, None], [None] * 5, [3, "R", datetime(2026, 3, 24), 3, None]]  # fmt: skip
    parsed = GENERIC.with_profile(profile).parse_report(xlsx(rows), "x.xlsx")
    assert [(line.external_id, line.net.minor) for line in parsed.lines] == [("1", 950), ("2", 29), ("3", -300)]
    assert GENERIC.with_profile(profile).detect_report(xlsx(rows))
    with pytest.raises(PayloadError, match="has no sheet 'Other'"):
        GENERIC.with_profile(replace(profile, sheet="Other")).parse_report(xlsx(rows))
    with pytest.raises(PayloadError, match="damaged"):
        GENERIC.with_profile(profile).parse_report(xlsx(rows)[:900])


@pytest.mark.parametrize("made", [xlsx, xls])
def test_numbers_and_times_of_a_workbook_are_those_that_it_shows(made):
    """0.1 + 0.2 is stored as 0.30000000000000004, and a day has its time."""
    rows = [["Id", "Kind", "Date", "Net", "Fee"], ["a", "S", datetime(2026, 3, 24, 10, 30), 0.1 + 0.2, None]]
    (line,) = GENERIC.with_profile(ALONE).parse_report(made(rows), "x").lines
    assert (line.net.minor, line.occurred_at.time().isoformat()) == (30, "10:30:00")


def test_a_workbook_whose_rows_go_on_behind_the_header_is_refused():
    """What stands there may be the amount that a shifted row has."""
    rows = [["Id", "Kind", "Date", "Net", "Fee"], *([n, "S", datetime(2026, 3, 24), 1, None] for n in range(60))]
    rows.append([61, "S", datetime(2026, 3, 24), 1, None, 99])
    with pytest.raises(PayloadError, match="line 62: 6 values for 5 columns"):
        GENERIC.with_profile(ALONE).parse_report(xlsx(rows))


def test_a_workbook_with_entities_is_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as evil:
        evil.writestr("[Content_Types].xml", "<!DOCTYPE x><Types/>")
        evil.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(PayloadError, match="declares a document type"):
        GENERIC.with_profile(ALONE).parse_report(content.getvalue())


def test_the_preview_tells_problems_row_by_row_and_raises_none():
    shown = kit.ADAPTER.preview(kit.file(kit.ROWS[0], kit.row("2", "Teleport", "1,00"), kit.ROWS[8]), "s.csv")
    (_w1, _c1, line, why), (_w2, _c2, none, unknown), (_w3, _c3, _ignored, skipped) = shown.rows
    assert (line.net, why, none) == (Money(108500, "EUR"), "", None)
    assert "Teleport" in unknown
    assert "ignored" in skipped
    assert "Teleport" in shown.problem
    assert kit.ADAPTER.preview(kit.REPORT, "s.csv", 3).problem == ""
    shown = kit.ADAPTER.preview(kit.file(kit.ROWS[0], kit.ROWS[1], kit.row("2", "Teleport", "1,00")), "s.csv", 1)
    assert [(row[0].rpartition(" ")[2], bool(row[3])) for row in shown.rows] == [("2", False), ("4", True)], "later refusals too"
    assert "lacks the columns" in kit.ADAPTER.preview(b"a;b\n", "s.csv").problem


def test_encoding_and_delimiter_are_the_profiles():
    profile = replace(kit.PROFILE, encoding="cp1252", delimiter="\t")
    content = kit.REPORT.decode().replace(";", "\t").replace("NP 77", "Größe").encode("cp1252")
    assert GENERIC.with_profile(profile).parse_report(content).settlements[0].trace == "Größe"


def test_columns_without_a_name_are_nobodys():
    header, lines = f"{kit.HEADER};;", [f"{line};x;y" for line in kit.ROWS]
    told = kit.ADAPTER.parse_report(kit.file(*lines, header=header))
    whole = kit.ADAPTER.parse_report(kit.REPORT)
    assert (told.lines, told.movements) == (whole.lines, whole.movements)
    # The profile says no column of the source of a row.
    assert all(line.source_id == line.external_id for line in told.lines)


def test_a_header_that_is_not_behind_the_rows_that_are_skipped_is_said():
    with pytest.raises(PayloadError, match="no header after 99 rows; correct the profile"):
        GENERIC.with_profile(replace(kit.PROFILE, skip_rows=99)).parse_report(kit.REPORT)
