"""PayPal's settlement report (STL) and transaction report (TRR): row types, columns by name, footers that prove them.

Every row begins with its type: RH and FH head the file, SH a section (an account), CH names the columns, SB is a row, SF, SC,
RF, RC and FF close sections, report and file. Amounts are integers without sign, always in hundredths: 100 yen and 100 dollars
are both 10000; CR is money to us. A section is a settlement of amount nothing, whose lines begin with the opening and end with
the closing balance; its payouts are settlements of their own. TRR tells facts only. Sources: PayPal's specification of the
files, and real ones.
"""

import re
from datetime import datetime, timezone
from functools import lru_cache
from operator import itemgetter

from ...core.errors import FinanceError, PayloadError, storable
from ...core.money import Money
from .. import cells, report_text
from ..reading import currency_code, iso_instant
from ..repeats import Repeats
from . import ledger, sections
from .codes import NOTHING
from .ledger import STATUSES

REQUIRED = (
    "transaction id", "paypal reference id", "transaction event code", "transaction initiation date",
    "transaction debit or credit", "gross transaction amount", "gross transaction currency", "fee debit or credit",
    "fee amount", "fee currency",
)  # fmt: skip
_STATUS = "transactional status"
# What a row is read by, in this order; a column that the section lacks is empty.
_READ = (
    "transaction id", "transaction event code", "paypal reference id", "transaction initiation date",
    "transaction debit or credit", "gross transaction amount", "gross transaction currency", "fee debit or credit",
    "fee amount", "fee currency", "invoice id", "custom field", "bank reference id", _STATUS,
)  # fmt: skip
_SIDES = {"CR": 1, "DR": -1, "": 1}
_UNITS = re.compile(r"[0-9]{1,18}", re.ASCII)
# Amounts are in hundredths whatever the currency.
EXPONENT = 2


def detect(content):
    """Whether the file begins as PayPal's reports do."""
    line = report_text.first_line(content).lstrip("\ufeff").strip()
    return line.replace('"', "").startswith("RH,") and "," in line


def parts(content, filename=None):
    """Iterate over the file as `core.records.Parsed`s of some thousand rows, the settlements in the last. Raises PayloadError
    naming the line."""
    reader = _Reader(content, f"The report {filename:.120}" if filename else "The report")
    repeats = reader.repeats()

    def is_repeated(row):
        return repeats and reader.own(row.id, row.code) in repeats

    yield from sections.parts(reader.rows(), reader.sections, is_repeated, reader.name)


class _Reader:
    """One file, which is read twice and never held: first to find rows that nothing tells apart, then for good."""

    def __init__(self, content, name):
        self.name, self.content = name, report_text.whole_text(content, name)
        self._begin()

    def _begin(self):
        self.sections, self.header, self.pick, self.closed, self.count = [], None, None, False, 0

    def own(self, row_id, code):
        """What tells a row of the section that is read from all others of the file, as a rule."""
        return f"{len(self.sections)}/{row_id}/{code}"

    def repeats(self):
        """The `own` ids of more than one row, as `Repeats`."""
        repeats = Repeats()
        for _where, cells_of_row in self._cells():
            own, code = map(str.strip, cells_of_row[:2])
            repeats.add(self.own(own, code))
        self._begin()
        return repeats

    def rows(self):
        """Iterate over the `ledger.Row`s that move the balance; each belongs to the last of ``sections`` when it comes."""
        for where, values in self._cells():
            section = self.sections[-1]
            row, counts = _row(where, values, section)
            if counts and row.kind != NOTHING:
                section.add(row)
                yield row

    def _cells(self):
        """Iterate over (where, values of _READ) of the rows of sections; all other lines are taken in."""
        for line, values in report_text.rows(self.content, self.name):
            kind, where = values[0], f"{self.name}, line {line}"
            if kind != "SB":
                kind = kind.strip().lstrip("\ufeff").upper()
            if self.closed:
                raise PayloadError(f"{where}: there is more after the end of the report.")
            if kind != "SB":
                self._take(kind, values, where)
                continue
            if self.pick is None or not self.sections:
                raise PayloadError(f"{where}: a row before its section and its columns.")
            if len(values) != len(self.header):
                raise PayloadError(
                    f"{where}: {len(values)} values for {len(self.header)} columns; the file is cut or damaged."
                )
            self.count += 1
            self.sections[-1].count += 1
            values.append("")
            yield where, self.pick(values)
        if not self.closed:
            raise PayloadError(f"{self.name} has no end (FF), so it was cut; download it again.")

    def _take(self, kind, values, where):
        """Take in a line that is no row."""
        if kind == "SH":
            self._section(values, where)
        elif kind == "CH":
            self._columns(values)
        elif kind == "SF":
            self._footer(values, where)
        elif kind == "SC":
            self._counted(values, where, self.sections[-1].count if self.sections else 0)
        elif kind == "RC":
            self._counted(values, where, self.count)
        elif kind == "FF":
            self.closed = True
        elif kind not in ("RH", "FH", "RF"):
            raise PayloadError(f"{where}: {kind[:20]!r} is no type of row of PayPal's reports.")

    def _section(self, values, where):
        if len(values) < 4:
            raise PayloadError(f"{where}: the section does not say its period and account.")
        day = re.sub(r"[^0-9]", "", values[1])[:8]
        self.sections.append(sections.Section(storable(values[3].strip())[:60], day))
        self.pick = None

    def _columns(self, values):
        self.header = [report_text.squeezed(column) for column in values]
        report_text.refuse_header(self.header, self.name, REQUIRED)
        positions = {column: position for position, column in enumerate(self.header)}
        self.pick = itemgetter(*(positions.get(column, len(self.header)) for column in _READ))
        if self.sections:
            self.sections[-1].facts_only = _STATUS in positions

    def _footer(self, values, where):
        if not self.sections or len(values) < 6:
            raise PayloadError(f"{where}: a footer without its section or its totals.")
        code = currency_code(values[1].strip(), where)
        totals = [signed("", value, code, where) for value in values[2:6]]
        pairs = [(values[at].strip(), values[at + 1]) for at in range(6, len(values) - 1, 2)]
        balances = [signed(side, value, code, where) for side, value in pairs if side in ("CR", "DR")]
        self.sections[-1].footers[code] = (totals, balances)

    def _counted(self, values, where, counted):
        if len(values) < 2 or not values[1].strip().isdecimal() or int(values[1]) != counted:
            raise PayloadError(f"{where}: the report counts {values[1:2]} rows, {counted} are there; it was cut or damaged.")


def _row(where, values, section):
    """The `ledger.Row` of one SB row, and whether its status is one that moves the balance."""
    (
        own, code, reference, at, side, gross, gross_code, fee_side, fee, fee_code, invoice, custom, bank_reference, status,
    ) = map(str.strip, values)  # fmt: skip
    if status and status not in STATUSES:
        raise PayloadError(f"{where}: {status[:10]!r} is no status of a transaction.")
    currency = cells.currency(gross_code, where)
    charged = cells.zero(currency)
    if fee.strip("0"):
        if cells.currency(fee_code, where) != currency:
            raise PayloadError(f"{where}: the fee is in {fee_code}, the row in {currency}; book it by hand.")
        charged = signed(fee_side, fee, currency, where)
    own, code, reference = cells.identifiers((own, code, reference), _READ[:3], where)
    if own is None or code is None:
        raise PayloadError(f"{where}: no transaction id or no event code.")
    row = ledger.row(
        where, own, code, _instant(at, where), signed(side, gross, currency, where), charged, reference,
        storable(invoice or custom) or None, storable(bank_reference) or None, section.key(currency),
    )  # fmt: skip
    return row, STATUSES[status or "S"]


def _instant(value, where):
    try:
        return _moment(value)
    except (PayloadError, ValueError) as error:
        raise PayloadError(f"{where}: {value[:40]!r} is no time.") from error


@lru_cache(maxsize=4_096)
def _moment(value):
    value = value.replace("/", "-")
    if len(value) == 25 and value[19] == " ":
        return datetime.fromisoformat(f"{value[:19]}{value[20:23]}:{value[23:]}").astimezone(timezone.utc)
    return iso_instant({"time": re.sub(r" (?=[+-])", "", value)}, "time")


def signed(side, value, currency, where):
    """An amount in hundredths with its side: CR is positive, and so is one without a side."""
    try:
        return _signed(side, value.strip() or "0", currency)
    except FinanceError as error:
        raise PayloadError(f"{where}: {error}") from error


@lru_cache(maxsize=16_384)
def _signed(side, value, currency):
    if side not in _SIDES:
        raise PayloadError(f"{side[:10]!r} is neither CR nor DR.")
    if not _UNITS.fullmatch(value):
        raise PayloadError(f"{value[:30]!r} is no amount in hundredths.")
    return Money.from_units(_SIDES[side] * int(value), currency, EXPONENT)
