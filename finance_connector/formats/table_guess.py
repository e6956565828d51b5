"""A proposal of the profile for a table that nobody has told anything about: what is found, why, and what stays open.

It is a proposal: a person looks at it and at the preview. What the file does not decide is left open in the profile and
told as a question, never chosen silently: a date that is day or month first stays without order.
"""

import re
from dataclasses import replace
from typing import NamedTuple

from . import written_dates
from .errors import FormatError
from .national_accounts import is_iban
from .table_cells import is_empty, kind_of, rows
from .table_detect import SAMPLE_ROWS, delimiter_of, is_amount, is_date, sample
from .table_profile import INDICATOR, SIGNED, TWO_COLUMNS, Profile
from .table_rows import header_names
from .table_words import currency_in, is_whole_name, role_of
from .text_values import written_amount

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?").fullmatch
_CODE = re.compile(r"[A-Z]{3}").fullmatch
_SINGLE_AMOUNT_ROLES = ("amount", "debit", "credit", "balance", "fee")
_ADVICE = "Check that it is the table of an account, with one entry a row, and make its profile by hand."


class Proposal(NamedTuple):
    """``profile``; ``reasons``: (what, why) of each choice; ``questions``: (what, what has to be decided) of what stays
    open: the profile leaves it empty, or the preview shows whether it is right."""

    profile: Profile
    reasons: tuple
    questions: tuple


def guess(content):
    """The Proposal for a table (bytes). Raises FormatError if it has no column of dates or none of amounts."""
    told = _Found(content)
    told.find_header()
    told.find_columns()
    told.find_sign()
    told.find_dates()
    told.find_decimal_sign()
    told.find_currency()
    told.find_account()
    return Proposal(told.profile(), tuple(told.reasons), tuple(told.questions))


class _Found:
    """What is known of the table so far."""

    def __init__(self, content):
        self.reasons, self.questions, self.told = [], [], {}
        self.kind = kind_of(content)
        if self.kind == "csv":
            text, encoding = sample(content)
            delimiter, self.rows = delimiter_of(text)
            if delimiter is None and len(text.strip().splitlines()) < 2:
                raise FormatError(None, "the file has one line at most: no entries below the names of columns.", _ADVICE)
            if delimiter is None:
                raise FormatError(None, "no character divides the lines of the file into columns.", _ADVICE)
            self._because("encoding", "", f"read as {encoding}")
            self._because("delimiter", delimiter, f"{delimiter!r} divides most lines into the same number of columns")
        else:
            self.rows = [row for _number, row in zip(range(SAMPLE_ROWS), rows(content), strict=False)]

    def _because(self, what, value, why):
        self.told[what] = value
        self.reasons.append((what, why))

    def find_header(self):
        """The first row of which most names are those of known columns; else the first body row tells that there is
        none."""
        scored = [
            (sum(role_of(name) is not None for name in header_names(row.cells) if name), number)
            for number, row in enumerate(self.rows)
        ]
        best = max((score for score, _number in scored), default=0)
        if best >= 2:
            number = next(number for score, number in scored if score == best)
            self._because("header_row", number + 1, f"{best} names of columns in row {number + 1} are known")
            self.names = header_names(self.rows[number].cells)
            self.body = [row for row in self.rows[number + 1 :] if not is_empty(row.cells)]
        else:
            self._because("header_row", 0, "no row has the names of known columns")
            width = max((len(row.cells) for row in self.rows), default=0)
            self.names = [str(number + 1) for number in range(width)]
            self.body = [row for row in self.rows if not is_empty(row.cells)]
        dated = [any(map(is_date, row.cells)) for row in self.body]
        footer = next((number for number, has in enumerate(reversed(dated)) if has), 0)
        if footer and len(self.rows) < SAMPLE_ROWS:
            self.body = self.body[:-footer]
            self._because("footer_rows", footer, f"the last {footer} rows have no date")

    def cells(self, name):
        """The cells of a column that are not empty."""
        place = self.names.index(name)
        return [row.cells[place] for row in self.body if place < len(row.cells) and str(row.cells[place]).strip()]

    def find_columns(self):
        """Role of each column: by its name, if what stands in it fits; what has no name by what stands in it."""
        self.columns, taken = [], set()
        # One that is called so stands before one that only begins so.
        for name in sorted(self.names, key=lambda name: not is_whole_name(name)):
            role = self._role(name) if self.told["header_row"] else None
            if not name or role is None or (role in taken and role != "text") or not self._fits(role, name):
                continue
            taken.add(role)
            self.columns.append((role, name))
            self.reasons.append((role, f"the column {name!r} is called so"))
        self.columns.sort(key=lambda column: self.names.index(column[1]))
        for role, test in (("date", is_date), ("amount", is_amount)):
            if role not in taken and not (role == "amount" and taken & {"debit", "credit"}):
                self._by_content(role, test, taken)
        if "text" not in taken:
            self._by_content("text", _is_text, taken)
        if "date" not in taken or not taken & {"amount", "debit", "credit"}:
            raise FormatError(None, "the table has no column of dates, or none of amounts.", _ADVICE)

    def _role(self, name):
        """What a column is by its name. One called as an account is that of the other side unless every row has it, and the same
        where it says no more than IBAN."""
        role = role_of(name)
        cells = self.cells(name) if role == "account" else ()
        other = cells and (len(cells) < len(self.body) or name.strip().upper() == "IBAN" and len(set(cells)) > 1)
        return "counterparty_account" if other else role

    def _fits(self, role, name):
        cells = self.cells(name)
        if role in ("date", "value_date"):
            return bool(cells) and all(map(is_date, cells))
        if role in _SINGLE_AMOUNT_ROLES:
            return all(map(is_amount, cells))
        if role == "account":
            return bool(cells)
        return role != "currency" or all(_CODE(str(cell).strip()) for cell in cells)

    def _by_content(self, role, test, taken):
        used = {name for _role, name in self.columns}
        fitting = [
            name for name in self.names if name and name not in used and (cells := self.cells(name)) and all(map(test, cells))
        ]
        if fitting:
            taken.add(role)
            self.columns.append((role, fitting[0]))
            self.reasons.append((role, f"everything in the column {fitting[0]!r} looks like it"))
            if len(fitting) > 1:
                self.questions.append((role, f"the column may also be {', '.join(fitting[1:])}"))

    def _name(self, role):
        return next((name for known, name in self.columns if known == role), None)

    def find_sign(self):
        """Two columns, a column that tells the direction, or signs."""
        if self._name("debit") and self._name("credit"):
            self.columns = [(role, name) for role, name in self.columns if role != "amount"]
            self._because("sign", TWO_COLUMNS, "money out and money in have a column each")
            return
        name = self._name("indicator")
        words = {str(cell).strip().casefold() for cell in self.cells(name)} if name else set()
        known = Profile(columns=(("date", "1"), ("amount", "2")))
        if words and words <= {*known.debit_words, *known.credit_words}:
            self._because("sign", INDICATOR, f"the column {name!r} has only words for directions: {', '.join(sorted(words))}")
            return
        single = self._name("amount") or self._name("debit") or self._name("credit")
        self.columns = [
            ("amount" if column == single else role, column)
            for role, column in self.columns
            if column == single or role not in ("indicator", "debit", "credit")
        ]
        self._because("sign", SIGNED, f"the amounts of {single!r} carry their sign")
        if not any(
            str(cell).strip().startswith(("-", "\u2212", "(")) or str(cell).strip().endswith("-") for cell in self.cells(single)
        ):
            self.questions.append(
                ("sign", f"no amount of {single!r} is negative: all is money in, or the direction is told elsewhere")
            )

    def find_dates(self):
        """The order of day and month, if the dates decide it."""
        written = [
            cell
            for role in ("date", "value_date")
            if self._name(role)
            for cell in self.cells(self._name(role))
            if isinstance(cell, str)
        ]
        if not written:
            self._because("date_order", "", "the dates are dates of the workbook")
            return
        orders = written_dates.possible_orders(written)
        if len(orders) > 1 and "dmy" in orders and all("." in cell for cell in written):
            self._because("date_order", "dmy", "the dates are written with points, which is done with the day first only")
            return
        try:
            order, open_ = written_dates.order_of(dict.fromkeys(written), ""), ""
            if len(orders) > 1 and all(part.isdigit() for cell in written for part in written_dates.parts_of(cell)):
                open_ = "these dates are the same in several orders of day, month and year, those of another file may not be"
        except FormatError as error:
            open_ = error.reason
        if open_:
            self.told["date_order"] = ""
            self.questions.append(("date_order", open_))
        else:
            self._because("date_order", order, "every date can be read so, and in no other way with another result")

    def find_decimal_sign(self):
        """The decimal sign, if the amounts decide it."""
        cells = [
            cell
            for role in _SINGLE_AMOUNT_ROLES
            if self._name(role)
            for cell in self.cells(self._name(role))
            if isinstance(cell, str)
        ]
        readings = {sign: [_amount(cell, sign) for cell in cells] for sign in (".", ",")}
        possible = [sign for sign, found in readings.items() if None not in found]
        if len(possible) == 2 and readings["."] == readings[","]:
            self._because("decimal_sign", "", "no amount has decimals")
        elif len(possible) == 1:
            self._because(
                "decimal_sign",
                possible[0],
                f"every amount can be read with {possible[0]!r} before the decimals, and not otherwise",
            )
        else:
            self.told["decimal_sign"] = ""
            both = "the amounts can be read with a point and with a comma before the decimals"
            self.questions.append(("decimal_sign", both if possible else "the amounts agree in no decimal sign"))

    def find_currency(self):
        """From the name of a column, if none has it."""
        if self._name("currency"):
            return
        found = {code for role, name in self.columns if role in _SINGLE_AMOUNT_ROLES and (code := currency_in(name))}
        if len(found) == 1:
            code = found.pop()
            self._because("currency", code, f"the name of a column says {code}")
        else:
            self.questions.append(("currency", "the table does not say it; the journal's is taken"))

    def find_account(self):
        """From what stands above the header."""
        if self._name("account"):
            return
        above = self.rows[: max(self.told["header_row"] - 1, 0)]
        found = {
            number
            for row in above
            for cell in row.cells
            for match in _IBAN.findall(str(cell))
            if is_iban(number := match.replace(" ", ""))
        }
        if len(found) == 1:
            number = found.pop()
            self._because("account", number, "it stands above the table")
        else:
            self.questions.append(("account", "the table does not say whose it is; the journal's is taken"))

    def profile(self):
        """The Profile of what was found."""
        columns = [column for column in self.columns if column[0] != "status"]
        if len(columns) != len(self.columns):
            values = sorted({str(cell).strip() for cell in self.cells(self._name("status"))})
            self.questions.append(("status", f"which of these are booked: {', '.join(values[:10])}"))
        known = {what: value for what, value in self.told.items() if what != "encoding"}
        return replace(Profile(columns=tuple(columns), sign=known.pop("sign")), **known)


def _is_text(cell):
    return isinstance(cell, str) and not (is_date(cell) or is_amount(cell) or _TIME(cell.strip()))


def _amount(cell, sign):
    try:
        return written_amount(cell.strip().strip("€$£ "), "", None, sign)
    except FormatError:
        return None
