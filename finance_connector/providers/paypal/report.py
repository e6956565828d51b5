"""PayPal's settlement report (STL) and transaction report (TRR): row types, columns by name, footers that prove them.

Every row begins with its type: RH and FH head the file, SH a section (an account), CH names the columns, SB is a row, SF, SC,
RF, RC and FF close sections, report and file. Amounts are integers without sign, always in hundredths: 100 yen and 100 dollars
are both 10000; CR is money to us. A section is a settlement of amount nothing, whose lines begin with the opening and end with
the closing balance; its payouts are settlements of their own. TRR tells facts only. Sources: PayPal's specification of the
files, and real ones.
"""

import re
from dataclasses import dataclass, field
from datetime import timezone

from ...core.errors import PayloadError, storable
from ...core.money import Money
from ...core.records import Parsed
from .. import report_text
from ..reading import ID, currency_code, iso_instant, units_money
from . import sections
from .ledger import STATUSES, Row

REQUIRED = (
    "transaction id", "paypal reference id", "transaction event code", "transaction initiation date",
    "transaction debit or credit", "gross transaction amount", "gross transaction currency", "fee debit or credit",
    "fee amount", "fee currency",
)  # fmt: skip
_STATUS = "transactional status"
_SIDES = {"CR": 1, "DR": -1, "": 1}
_UNITS = re.compile(r"[0-9]{1,18}", re.ASCII)
# Amounts are in hundredths whatever the currency.
EXPONENT = 2


@dataclass
class Section:
    """One section while it is read: the account, its day, its rows, its footers by currency."""

    account: str
    day: str
    rows: list = field(default_factory=list)
    footers: dict = field(default_factory=dict)


def detect(content):
    """Whether the file begins as PayPal's reports do."""
    line = report_text.first_line(content).lstrip("\ufeff").strip()
    return line.replace('"', "").startswith("RH,") and "," in line


def parts(content, filename=None):
    """Iterate over the file as a `core.records.Parsed` of each section. Raises PayloadError naming the line."""
    name = f"The report {filename:.120}" if filename else "The report"
    reader = _Reader(name)
    for line, values in report_text.rows(report_text.whole_text(content, name), name):
        reader.take(values, f"{name}, line {line}")
    reader.finish()
    found = [row for section in reader.sections for row in section.rows]
    if not found and not any(section.footers for section in reader.sections):
        yield Parsed(ignored=f"{name} has no rows: nothing has moved")
    elif reader.has_status:
        yield sections.facts_only(found)
    else:
        yield from sections.settle(reader.sections, name)


class _Reader:
    """Takes the file row by row."""

    def __init__(self, name):
        self.name, self.sections, self.header, self.closed, self.counts = name, [], None, False, 0

    @property
    def has_status(self):
        return self.header is not None and _STATUS in self.header

    def take(self, values, where):
        kind = values[0].strip().lstrip("\ufeff").upper()
        if self.closed:
            raise PayloadError(f"{where}: there is more after the end of the report.")
        if kind == "SH":
            self._section(values, where)
        elif kind == "CH":
            self.header = [report_text.squeezed(column) for column in values]
            report_text.refuse_header(self.header, self.name, REQUIRED)
        elif kind == "SB":
            self._row(values, where)
        elif kind == "SF":
            self._footer(values, where)
        elif kind == "SC":
            self._count(values, where, len(self.sections[-1].rows) if self.sections else 0)
        elif kind == "RC":
            self._count(values, where, self.counts)
        elif kind == "FF":
            self.closed = True
        elif kind not in ("RH", "FH", "RF"):
            raise PayloadError(f"{where}: {kind[:20]!r} is no type of row of PayPal's reports.")

    def finish(self):
        if not self.closed:
            raise PayloadError(f"{self.name} has no end (FF), so it was cut; download it again.")

    def _section(self, values, where):
        if len(values) < 4:
            raise PayloadError(f"{where}: the section does not say its period and account.")
        day = re.sub(r"[^0-9]", "", values[1])[:8]
        self.sections.append(Section(storable(values[3].strip())[:60], day))
        self.header = None

    def _row(self, values, where):
        if self.header is None or not self.sections:
            raise PayloadError(f"{where}: a row before its section and its columns.")
        if len(values) != len(self.header):
            raise PayloadError(f"{where}: {len(values)} values for {len(self.header)} columns; the file is cut or damaged.")
        cells = dict(zip(self.header, (value.strip() for value in values), strict=True))
        self.counts += 1
        status = cells.get(_STATUS, "S") or "S"
        if status not in STATUSES:
            raise PayloadError(f"{where}: {status[:10]!r} is no status of a transaction.")
        row = row_of(cells, where)
        self.sections[-1].rows.append(row if STATUSES[status] else None)

    def _footer(self, values, where):
        if not self.sections or len(values) < 6:
            raise PayloadError(f"{where}: a footer without its section or its totals.")
        code = currency_code(values[1].strip(), where)
        totals = [units(value, code, where) for value in values[2:6]]
        pairs = [(values[at].strip(), values[at + 1].strip()) for at in range(6, len(values) - 1, 2)]
        balances = [signed(side, value, code, where) for side, value in pairs if side in ("CR", "DR")]
        self.sections[-1].footers[code] = (totals, balances)

    def _count(self, values, where, counted):
        if len(values) < 2 or not values[1].strip().isdecimal() or int(values[1]) != counted:
            raise PayloadError(f"{where}: the report counts {values[1:2]} rows, {counted} are there; it was cut or damaged.")


def row_of(cells, where):
    """The `Row` of one SB row."""
    gross = signed(
        cells["transaction debit or credit"], cells["gross transaction amount"], cells["gross transaction currency"], where
    )
    fee = Money.zero(gross.currency)
    if cells["fee amount"] and int(units(cells["fee amount"], gross.currency, where).minor):
        fee = signed(cells["fee debit or credit"], cells["fee amount"], cells["fee currency"], where)
    if fee.currency != gross.currency:
        raise PayloadError(f"{where}: the fee is in {fee.currency}, the row in {gross.currency}; book it by hand.")
    own, reference = cells["transaction id"], cells["paypal reference id"]
    for value in (own, reference or own, cells["transaction event code"]):
        if not ID.fullmatch(value):
            raise PayloadError(f"{where}: {value[:40]!r} is no id of PayPal.")
    return Row(
        where,
        own,
        cells["transaction event code"],
        _instant(cells, where),
        gross,
        fee,
        reference or None,
        storable(cells.get("invoice id", "") or cells.get("custom field", "")) or None,
        storable(cells.get("bank reference id", "")) or None,
    )


def _instant(cells, where):
    value = cells["transaction initiation date"].replace("/", "-")
    try:
        return iso_instant({"time": re.sub(r" (?=[+-])", "", value)}, "time").astimezone(timezone.utc)
    except PayloadError as error:
        raise PayloadError(f"{where}: {value[:40]!r} is no time.") from error


def signed(side, value, currency, where):
    """An amount with its side: CR is positive."""
    if side not in _SIDES:
        raise PayloadError(f"{where}: {side[:10]!r} is neither CR nor DR.")
    amount = units(value, currency, where)
    return amount if _SIDES[side] > 0 else -amount


def units(value, currency, where):
    """An unsigned amount in hundredths as Money."""
    value = value.strip() or "0"
    if not _UNITS.fullmatch(value):
        raise PayloadError(f"{where}: {value[:30]!r} is no amount in hundredths.")
    return units_money(int(value), currency, EXPONENT, where)
