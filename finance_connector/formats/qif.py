"""QIF: what Quicken and old online banking write. No currency, no balances, no ids, and dates whose order is open.

Source: Quicken Interchange Format, as Intuit last published it. Nothing that the file does not say is made up
(decision 0011): the statement has no balances and no currency, and says that it is not proven, unless a person tells the
balances from another paper of the bank (`Told`): then opening + entries = closing has to hold as anywhere. A record
"Opening Balance" whose category is the account itself is the opening balance, not a transaction.

Every record ends with ^; a file that ends inside a record is cut off. One that is cut between two records cannot be told
from a whole one: that is why it is not proven.
"""

import re
from typing import NamedTuple

from . import written_dates
from .assembly import OpenStatement, collected, within
from .decoding import decode, head_of, lines_of
from .errors import FormatError
from .fingerprint import RepeatCounter
from .national_accounts import is_iban
from .proof import ZERO
from .records import BALANCES, DETAILS_PROVEN, MIXED_ENCODING, NO_DETAILS, ONE_BALANCE, UNPROVEN, Detail, StatementHeader
from .text_values import written_amount
from .told import NOTHING

NAMES = ("qif",)

_BEGINS = re.compile(r"!(?:Type|Account|Option|Clear)\b", re.IGNORECASE).match
_ACCOUNTS = frozenset(("bank", "cash", "ccard", "oth a", "oth l"))
# Lists of Quicken itself, which are no transactions.
_LISTS = frozenset(("cat", "class", "memorized", "prices", "security", "budget", "tag", "template", "invoice", "tax"))
_FIELDS = frozenset("DTUCNPMALSE$%F")


class Record(NamedTuple):
    """A transaction: code -> value (the last one of A, the only one of others), splits as [category, memo, amount]."""

    fields: dict
    splits: list
    line: int


def detect(content):
    """ "qif", or None if ``content`` is something else."""
    return "qif" if _BEGINS(head_of(content)) else None


def parse(content, format="qif", told=NOTHING):
    """Every Statement in a QIF file (bytes). ``told``: see `Told`. Raises FormatError."""
    yield from collected(stream(content, format, told))


def stream(content, format="qif", told=NOTHING):
    """The events of the file: for every account its StatementHeader, its Entries, its StatementProof.

    Raises FormatError, also if the dates or amounts can be read in two ways and ``told`` does not say in which.
    """
    decoded = decode(content)
    notes = (MIXED_ENCODING,) if decoded.mixed else ()
    accounts = _accounts(lines_of(decoded.text))
    if not accounts:
        raise FormatError(None, "the file holds no transactions of an account (!Type:Bank, CCard, Cash).")
    if len(accounts) > 1 and (told.account or told.opening is not None or told.closing is not None):
        raise FormatError(None, f"the file has {len(accounts)} accounts; account and balances can be told of one only.")
    written = {record.fields["D"]: record.line for _name, _line, found in reversed(accounts) for record in reversed(found)}
    order = written_dates.order_of(written, told.date_order) if written else ""
    repeats = RepeatCounter()
    for name, line, found in accounts:
        yield from _events(name, line, found, order, told, notes, repeats)


def _accounts(lines):
    """(name of the account or "", line, its Records) for every section of transactions."""
    reader = _Reader()
    for number, line in enumerate(lines, 1):
        line = line.strip("\x1a ")
        if line[:1] == "!":
            if reader.current:
                raise FormatError(number, "a section begins before the record above it is ended with ^.")
            reader.begin(line, number)
        elif line and reader.kind is not None and reader.kind not in _LISTS:
            reader.add(line, number)
    if reader.current:
        raise FormatError(reader.record_line, "the last record has no end (^): the file is cut off.")
    return reader.sections


class _Reader:
    """The section and the record that is being read."""

    def __init__(self):
        self.sections, self.kind, self.name = [], None, ""
        self.current, self.splits, self.record_line = {}, [], None

    def begin(self, line, number):
        """A line with ! begins a section, or is a switch of Quicken's."""
        key, _colon, value = line[1:].partition(":")
        if key.lower() == "account":
            self.kind = "account"
        elif key.lower() == "type":
            self.kind = value.strip().lower()
            _refuse_unknown(self.kind, number)
            if self.kind in _ACCOUNTS:
                self.sections.append((self.name, number, []))

    def add(self, line, number):
        """A line of a record, or its end."""
        if line[0] != "^":
            self.record_line = self.record_line or number
            _add(self.current, self.splits, line, self.kind, number)
            return
        if self.kind == "account":
            self.name = self.current.get("N", "")
        elif self.current:
            self.sections[-1][2].append(_record(self.current, self.splits, self.record_line))
        self.current, self.splits, self.record_line = {}, [], None


def _refuse_unknown(kind, line):
    if kind == "invst":
        raise FormatError(line, "the file is about investments (!Type:Invst), which is no bank account.")
    if kind not in _ACCOUNTS and kind not in _LISTS:
        raise FormatError(line, f"the section !Type:{kind[:20]} is not known.")


def _add(current, splits, line, kind, number):
    """A line of a record: its code and what follows."""
    code, value = line[0].upper(), line[1:].strip()
    if kind == "account":
        current.setdefault(code, value)
        return
    if code not in _FIELDS:
        raise FormatError(number, f"the record has a field {code!r}, which QIF does not know.")
    if code in "SE$":
        if code == "S":
            splits.append([value, "", ""])
        elif splits:
            splits[-1]["E$".index(code) + 1] = value
    elif code == "A":
        current["A"] = value
    elif code in current and code in "DTU":
        raise FormatError(number, f"the record has two fields {code}: a ^ may be missing between them.")
    else:
        current[code] = value


def _record(fields, splits, line):
    for code, what in (("D", "date (D)"), ("T", "amount (T)")):
        if code not in fields and not (code == "T" and "U" in fields):
            raise FormatError(line, f"the record has no {what}.")
    if "T" in fields and "U" in fields and fields["T"] != fields["U"]:
        raise FormatError(line, f"the record has two amounts: {fields['T'][:20]} (T) and {fields['U'][:20]} (U).")
    return Record(fields, splits, line)


def _events(name, line, found, order, told, notes, repeats):
    """The events of one section."""
    number = told.account or name
    rows = [_row(record, order, told) for record in found]
    opening = told.opening
    if rows and opening is None and _is_opening(found[0], name):
        opening, rows = rows[0][1], rows[1:]
    known = (opening is not None) + (told.closing is not None)
    days = [day for _record, _amount, day in rows]
    header = StatementHeader(
        account=number,
        currency=told.currency,
        opening=opening,
        closing=told.closing,
        statement_id="",
        account_scheme="IBAN" if is_iban(number) else "OTHER",
        from_date=min(days, default=None),
        to_date=max(days, default=None),
        format="qif",
        line=line,
        notes=notes,
        proof=(UNPROVEN, ONE_BALANCE, BALANCES)[known],
    )
    statement = OpenStatement(header, repeats)
    yield header
    for record, amount, day in rows:
        try:
            entry = _entry(statement, record, amount, day, told)
        except FormatError as error:
            raise within(error, header, statement.number + 1) from None
        yield entry
    yield statement.prove()


def _row(record, order, told):
    """(record, amount, date)"""
    amount = written_amount(record.fields.get("T", record.fields.get("U")), told.currency, record.line, told.decimal_sign)
    return record, amount, written_dates.read(record.fields["D"], order, record.line)


def _is_opening(record, name):
    """Whether Quicken wrote the opening balance as the first transaction: to the account itself."""
    fields = record.fields
    category = fields.get("L", "")
    return fields.get("P", "").lower() == "opening balance" and category.startswith("[") and (not name or category == f"[{name}]")


def _entry(statement, record, amount, day, told):
    fields = record.fields
    details = _details(record, amount, told)
    memo, payee, number = fields.get("M", ""), fields.get("P", ""), fields.get("N", "")
    return statement.entry(
        record.line,
        amount,
        day,
        None,
        (number, payee, memo),
        "",
        number,
        memo or payee,
        counterparty_name=payee,
        details=details,
        details_state=DETAILS_PROVEN if details else NO_DETAILS,
        information=fields.get("L", ""),
    )


def _details(record, amount, told):
    """The splits as details. Raises FormatError if they do not add up to the amount."""
    found = tuple(
        Detail(
            written_amount(text, told.currency, record.line, told.decimal_sign),
            {},
            information=category,
            remittance=(memo,) if memo else (),
        )
        for category, memo, text in record.splits
        if text
    )
    total = sum((detail.amount for detail in found), ZERO)
    if found and total != amount:
        raise FormatError(record.line, f"the parts add up to {total}, but the amount is {amount}: difference {amount - total}.")
    return found
