"""The settlement details report: which file it is, its columns, into `Row`s.

Columns are found by name, in any order; others are ignored. Amounts are decimals in major units. A row's fee stands either in
Commission, or in Markup, Scheme Fees and Interchange. Source: docs.adyen.com, settlement details report, and rows as they are
seen in use. The sum of a batch is nothing, its payout included, so a file that was cut anywhere is refused.

The file is read twice and never held: first to find rows that nothing tells apart, then for good.
"""

from datetime import timedelta

from ...core.errors import PayloadError, UnknownStatus, storable
from ...core.money import Money
from .. import cells, report_text
from ..repeats import Repeats
from . import rows

REQUIRED = (
    "merchant account", "psp reference", "merchant reference", "creation date", "timezone", "type", "modification reference",
    "gross currency", "gross debit (gc)", "gross credit (gc)", "net currency", "net debit (nc)", "net credit (nc)",
    "commission (nc)", "markup (nc)", "scheme fees (nc)", "interchange (nc)", "batch number",
)  # fmt: skip
_MARKS = ("psp reference", "net debit (nc)", "batch number")
_FEES = ("commission (nc)", "markup (nc)", "scheme fees (nc)", "interchange (nc)", "payment fees (nc)", "dcc markup (nc)")
# What a row is read by, in this order.
_READ = (
    "type", "creation date", "timezone", "modification reference", "merchant reference", "gross currency", "gross debit (gc)",
    "gross credit (gc)", "net currency", "net debit (nc)", "net credit (nc)", "merchant account", "batch number",
    "psp reference", "dispute reference", *_FEES,
)  # fmt: skip
# What tells a row from all others of its batch, as a rule.
_OWN = ("merchant account", "batch number", "net currency", "type", "psp reference", "modification reference")
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
    table = report_text.Table.of_csv(content, name)
    report_text.refuse_header(table.header, name, REQUIRED)
    repeats = Repeats()
    for _line, own in table.lines(_OWN):
        repeats.add(_own(*map(str.strip, own)))
    found = (_row(f"{name}, line {line}", values) for line, values in table.lines(_READ))
    yield from rows.parts(found, repeats, name)


def _own(merchant, batch, code, kind, psp, modification):
    """What tells a row from all others of its batch, no longer than the id of its line."""
    return f"{merchant}/{batch.lstrip('0')}/{code.upper()}/" + f"{kind}/{psp}/{modification}"[: rows.LINE_ID]


def _row(where, values):
    (
        kind, created, zone, modification, reference, gross_code, gross_debit, gross_credit, code, debit, credit, merchant, batch,
        psp, dispute, *fees,
    ) = map(str.strip, values)  # fmt: skip
    if not merchant or not batch.isdecimal():
        raise PayloadError(f"{where}: no merchant account or no batch number.")
    currency = cells.currency(code, where)
    gross = _signed(gross_credit, gross_debit, cells.currency(gross_code, where), where, "gross") if gross_code else None
    fee = sum(cells.amount(value, currency, where, column).minor for value, column in zip(fees, _FEES, strict=True) if value)
    psp_reference, dispute = cells.identifiers((psp, dispute), ("psp reference", "dispute reference"), where)
    own = _own(merchant, batch, code, kind, psp, modification)
    return rows.row(
        where, merchant, int(batch), own, kind, _instant(created, zone, where), _signed(credit, debit, currency, where, "net"),
        Money(fee, currency), gross, psp_reference, storable(modification), storable(reference), dispute,
    )  # fmt: skip


def _signed(credit, debit, code, where, column):
    """Credit less debit of a pair of columns."""
    total = cells.amount(credit, code, where, column) if credit else cells.zero(code)
    return total - cells.amount(debit, code, where, column) if debit else total


def _instant(created, zone, where):
    hours = _ZONES.get(zone.upper())
    if hours is None:
        raise UnknownStatus("Adyen", "TimeZone", storable(zone.upper())[:20], where)
    try:
        moment = cells.instant(created, where)
        return moment - timedelta(hours=hours) if hours else moment
    except OverflowError as error:
        raise PayloadError(f"{where}: {created[:40]!r} is no time.") from error
