"""The settlement details report: which file it is, its columns, into `Row`s.

Columns are found by name, in any order; others are ignored. Amounts are decimals in major units. A row's fee stands either in
Commission, or in Markup, Scheme Fees and Interchange. Source: docs.adyen.com, settlement details report, and rows as they are
seen in use. The sum of a batch is nothing, its payout included, so a file that was cut anywhere is refused.
"""

from datetime import datetime, timedelta, timezone

from ...core.errors import PayloadError, UnknownStatus, storable
from ...core.money import Money
from .. import report_text
from ..reading import ID, currency_code, decimal_minor
from . import rows

REQUIRED = (
    "merchant account", "psp reference", "merchant reference", "creation date", "timezone", "type", "modification reference",
    "gross currency", "gross debit (gc)", "gross credit (gc)", "net currency", "net debit (nc)", "net credit (nc)",
    "commission (nc)", "markup (nc)", "scheme fees (nc)", "interchange (nc)", "batch number",
)  # fmt: skip
_MARKS = ("psp reference", "net debit (nc)", "batch number")
_FEES = ("commission (nc)", "markup (nc)", "scheme fees (nc)", "interchange (nc)", "payment fees (nc)", "dcc markup (nc)")
# Hours from UTC of the abbreviations that mean one zone only; what may mean several (IST, CST) is refused.
_ZONES = {
    "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "EST": -5, "EDT": -4,
    "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "BRT": -3, "SGT": 8, "HKT": 8, "JST": 9, "AEST": 10, "AEDT": 11, "NZST": 12,
    "NZDT": 13,
}  # fmt: skip


def detect(content):
    """Whether the first line of ``content`` names the columns of this report."""
    header = report_text.squeezed(report_text.first_line(content))
    return all(mark in header for mark in _MARKS)


def parts(content, filename=None):
    """Iterate over the file as `core.records.Parsed`s of some thousand rows, the settlements in the last. Raises
    PayloadError naming line and column."""
    name = f"The report {filename:.120}" if filename else "The report"
    content = report_text.whole_text(content, name)
    found = [_row(cells, where) for where, cells in report_text.table(content, name, REQUIRED)]
    yield from rows.parts(found, name)


def _row(cells, where):
    code = currency_code(cells["net currency"], where)
    net = _signed(cells, "net", "nc", code, where)
    fee = sum(decimal_minor(cells[column], code, where) for column in _FEES if cells.get(column))
    merchant, batch = cells["merchant account"], cells["batch number"]
    if not merchant or not batch.isdecimal():
        raise PayloadError(f"{where}: no merchant account or no batch number.")
    return rows.Row(
        where,
        merchant,
        int(batch),
        cells["type"],
        _instant(cells, where),
        net,
        Money(fee, code),
        _gross(cells, where),
        _identifier(cells, "psp reference", where),
        storable(cells["modification reference"]),
        storable(cells["merchant reference"]),
        _identifier(cells, "dispute reference", where),
    )


def _signed(cells, word, unit, code, where):
    """Credit less debit of a pair of columns."""
    credit, debit = cells[f"{word} credit ({unit})"], cells[f"{word} debit ({unit})"]
    total = decimal_minor(credit, code, where) if credit else 0
    return Money(total - decimal_minor(debit, code, where) if debit else total, code)


def _gross(cells, where):
    """The gross in the currency the customer paid in; None on rows that are about no payment."""
    if not cells["gross currency"]:
        return None
    return _signed(cells, "gross", "gc", currency_code(cells["gross currency"], where), where)


def _identifier(cells, column, where):
    value = cells.get(column, "")
    if value and not ID.fullmatch(value):
        raise PayloadError(f"{where}: {value[:40]!r} is no {column}.")
    return value or None


def _instant(cells, where):
    zone = cells["timezone"].upper()
    if zone not in _ZONES:
        raise UnknownStatus("Adyen", "TimeZone", storable(zone)[:20], where)
    try:
        moment = datetime.fromisoformat(cells["creation date"])
        return (moment.replace(tzinfo=None) - timedelta(hours=_ZONES[zone])).replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError) as error:
        raise PayloadError(f"{where}: {cells['creation date'][:40]!r} is no time.") from error
