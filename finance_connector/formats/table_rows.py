"""What a row of a table says, as its profile reads it: one entry, or the reason why it is none."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from . import written_dates
from .errors import FormatError
from .table_cells import is_empty, kind_of, rows
from .table_profile import INDICATOR, TWO_COLUMNS
from .text_values import PLACEHOLDERS, currency_code, scaled, usual_amount, written_amount

# A header is looked for in so many rows; banks put the account, the period and balances above it.
MAX_PREAMBLE = 100
_ADVICE = "Correct the profile of the table, or the file."


# The roles of the texts of a row, in the order of the fields of TableRow.
_TOLD = ("name", "counterparty_account", "counterparty_bank", "reference", "end_to_end_id", "bank_id", "kind")


class TableRow(NamedTuple):
    """An entry of a table; ``amount`` signed, the ``fee`` already taken off; ``balance`` None if none is stated."""

    line: int
    day: date
    value_day: date | None
    amount: Decimal
    balance: Decimal | None
    currency: str
    account: str
    text: str
    name: str
    account_of_other: str
    bank_of_other: str
    reference: str
    end_to_end_id: str
    bank_id: str
    kind: str
    fee: Decimal
    booked: bool


def read(content, profile, told):
    """A TableRow for every row of ``content``, or the FormatError that it is.

    Raises FormatError if the table is not that of the profile at all: no header with its columns, dates in no order.
    """
    # Plain tuples, for the garbage collector leaves them alone: of a large file it would else look at every row over and over.
    table = [(row.line, tuple(row.cells)) for row in rows(content, profile.delimiter, profile.encoding, profile.sheet)]
    places, width, first = _places(table, profile)
    body = [row for row in table[first:] if not is_empty(row[1])]
    if profile.footer_rows:
        body = body[: -profile.footer_rows]
    reader = _Reader(profile, told, places, width, body)
    # Workbooks leave out the empty cells at the end of a row; in a CSV they are what tells a whole row.
    reader.padded = kind_of(content) != "csv"
    for line, cells in body:
        try:
            yield reader.entry(line, cells)
        except FormatError as error:
            error.line = error.line or line
            yield error


def header_names(cells):
    """The names of the columns of a header row; the second column of a name is "name#2"."""
    found, times = [], Counter()
    for cell in cells:
        name = " ".join(str(cell).replace("\ufeff", "").split())
        times[name.casefold()] += 1
        found.append(f"{name}#{times[name.casefold()]}" if name and times[name.casefold()] > 1 else name)
    return found


def _places(table, profile):
    """(name of a column, casefolded -> its place, width, first row of the body). Raises FormatError if one is missing."""
    wanted = {name.casefold() for _role, name in profile.columns}
    if not profile.header_row:
        width = max((len(cells) for _line, cells in table), default=0)
        places = {str(number + 1): number for number in range(width)}
        if missing := sorted(wanted - set(places)):
            raise FormatError(None, f"the table has {width} columns, and none with the number {', '.join(missing)}.", _ADVICE)
        return places, width, 0
    best = set()
    # The row that the profile names, then any other: banks change what stands above the table.
    for number in dict.fromkeys((profile.header_row - 1, *range(min(len(table), MAX_PREAMBLE)))):
        if number >= len(table):
            continue
        names = [name.casefold() for name in header_names(table[number][1])]
        if wanted <= set(names):
            while names and not names[-1]:
                names.pop()
            return {name: place for place, name in enumerate(names) if name}, len(names), number + 1
        best = max(best, wanted & set(names), key=len)
    missing = ", ".join(name for _role, name in profile.columns if name.casefold() not in best)
    raise FormatError(None, f"no row of the table has the columns of the profile; missing: {missing}.", _ADVICE)


class _Reader:
    """Reads rows by a profile; the order of the dates is that of all of them."""

    def __init__(self, profile, told, places, width, body):
        self.profile, self.told, self.width, self.padded = profile, told, width, False
        self.place = {role: places[name.casefold()] for role, name in profile.columns if role != "text"}
        self.texts = [places[name.casefold()] for name in profile.texts()]
        self.told_at = [self.place.get(role) for role in _TOLD]
        self.debit = {word.casefold() for word in profile.debit_words}
        self.credit = {word.casefold() for word in profile.credit_words}
        self.booked = {word.casefold() for word in profile.booked_words}
        self.decimal_sign = profile.decimal_sign or told.decimal_sign
        self.order = profile.date_order or told.date_order or self._order(body)

    def _order(self, body):
        """The order of the dates, where nobody told it."""
        written = {
            cell: line
            for line, cells in body
            for role in ("date", "value_date")
            if role in self.place and self.place[role] < len(cells)
            and isinstance(cell := cells[self.place[role]], str) and written_dates.parts_of(cell)
        }  # fmt: skip
        return written_dates.order_of(written, "") if written else ""

    def entry(self, line, cells):
        """The TableRow of a row. Raises FormatError if it is none."""
        if self.padded:
            cells = [*cells, *[""] * (self.width - len(cells))]
        if len(cells) < self.width:
            raise FormatError(line, f"the row has {len(cells)} columns, the table {self.width}: it may be cut off.", _ADVICE)
        if len(cells) > self.width and any(str(cell).strip() for cell in cells[self.width :]):
            raise FormatError(
                line, f"the row has {len(cells)} columns, the table {self.width}: a text may hold the delimiter.", _ADVICE
            )
        currency = self._currency(cells, line)
        fee = self._amount(cells, "fee", currency, line) or Decimal(0)
        amount = self._signed(cells, currency, line) - abs(fee)
        account = "".join(self._text(cells, "account").split()) if "account" in self.place else ""
        return TableRow(
            line,
            self._day(cells, "date", line, needed=True),
            self._day(cells, "value_date", line),
            amount,
            self._amount(cells, "balance", currency, line),
            currency,
            account or self.profile.account or self.told.account,
            " ".join([" ".join(str(cells[number]).split()) for number in self.texts]).strip(),
            *["" if number is None else _told(cells[number]) for number in self.told_at],
            abs(fee),
            not self.booked or self._text(cells, "status").casefold() in self.booked,
        )

    def _text(self, cells, role):
        return _told(cells[self.place[role]])

    def _currency(self, cells, line):
        found = self._text(cells, "currency").upper() if "currency" in self.place else ""
        found = found or self.profile.currency or self.told.currency
        return currency_code(found, line) if found else ""

    def _day(self, cells, role, line, needed=False):
        cell = cells[self.place[role]] if role in self.place else ""
        if isinstance(cell, date):
            return cell
        if str(cell).strip():
            return written_dates.read(str(cell), self.order, line)
        if needed:
            raise FormatError(
                line, "the row has no date; sums and remarks below the table are told to the profile as footer rows.", _ADVICE
            )
        return None

    def _amount(self, cells, role, currency, line):
        """The signed amount of a column; None if it is empty or the table has none."""
        cell = cells[self.place[role]] if role in self.place else ""
        if isinstance(cell, str):
            amount = usual_amount(cell, currency, line, self.decimal_sign)
            if amount is not None or not cell:
                return amount
        if isinstance(cell, date):
            raise FormatError(line, f"the column {role} has a date, {cell.isoformat()}, where an amount is expected.", _ADVICE)
        if isinstance(cell, Decimal):
            whole, _point, fraction = f"{abs(cell):f}".partition(".")
            amount = scaled(whole, fraction, currency, line)
            return -amount if cell < 0 else amount
        text = _bare(cell, currency)
        return written_amount(text, currency, line, self.decimal_sign) if text else None

    def _signed(self, cells, currency, line):
        profile = self.profile
        if profile.sign == TWO_COLUMNS:
            out, into = self._amount(cells, "debit", currency, line), self._amount(cells, "credit", currency, line)
            if out and into:
                raise FormatError(line, f"the row has money out, {out}, and money in, {into}.", _ADVICE)
            if out is None and into is None:
                raise FormatError(line, "the row has no amount.", _ADVICE)
            return abs(into) if into else -abs(out) if out else Decimal(0)
        amount = self._amount(cells, "amount", currency, line)
        if amount is None:
            raise FormatError(line, "the row has no amount.", _ADVICE)
        if profile.sign == INDICATOR:
            word = self._text(cells, "indicator").casefold() or str(cells[self.place["indicator"]]).strip().casefold()
            if word not in self.debit | self.credit:
                raise FormatError(line, f"the direction is {word[:20]!r}, none of the words of the profile.", _ADVICE)
            return amount if word in self.credit else -amount
        return -amount if profile.negated else amount


def _told(cell):
    """The text of a cell with single spaces; "" for what means nothing."""
    text = " ".join(str(cell).split())
    return "" if text.upper() in PLACEHOLDERS else text


def _bare(cell, currency):
    """The text of an amount without the currency's name or sign."""
    text = str(cell).strip()
    if not text or text.isascii() and text[0] in "-+.,0123456789" and text[-1].isdigit():
        return text
    for sign in (currency, "€", "$", "£", "CHF", "EUR", "USD"):
        if sign and sign in text:
            text = text.replace(sign, "", 1).strip()
    return text
