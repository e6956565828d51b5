"""BAI2 balance reports: every account of every group is a statement, checked against all that the file states of it.

Source: BAI Cash Management Balance Reporting Specifications, version 2. Checked are the control totals and the numbers
of records, accounts and groups (49, 98, 99), the totals of credits and debits (100, 400), and opening ledger (010) +
transactions = closing ledger (015). Where the ledger balances are not both reported, the available ones (040, 045) take
their place if the transactions lie between them, with a note; else the statement says that no balances prove it.

Groups that are interim (as-of-date modifier 1 and 3) are provisional. Groups that delete or are tests are refused.
"""

import re
from datetime import datetime, timedelta

from . import bai2_amounts as amounts
from .assembly import OpenStatement, collected, within
from .bai2_proof import check_totals, proof_of
from .bai2_records import records, with_text
from .decoding import decode, head_of, lines_of
from .errors import FormatError
from .fingerprint import RepeatCounter
from .national_accounts import account_of
from .proof import ZERO
from .records import (
    ANNOUNCED_AS_BOOKED,
    BOOKED,
    CORRECTION,
    MIXED_ENCODING,
    PENDING,
    StatementHeader,
)
from .text_values import currency_code, date_from

NAMES = ("bai2",)

_BEGINS = re.compile(r"01,[^,\n]*,[^,\n]*,\d{6}").match
_STATUS_REFUSED = {"2": "deletes what was reported before", "4": "is a test"}
_ADVICE = "Nothing of the file was taken over; fetch the file again, or ask the bank to send it whole."


def detect(content):
    """ "bai2", or None if ``content`` is something else."""
    return "bai2" if _BEGINS(head_of(content)) else None


def parse(content, format="bai2"):
    """Every Statement in a BAI2 file (bytes). Raises FormatError."""
    yield from collected(stream(content, format))


def stream(content, format="bai2"):
    """The events of the file: for every account of every group its StatementHeader, its Entries, its StatementProof.

    Raises FormatError, also after events were given (the totals of the file are at its end): then they are void.
    """
    decoded = decode(content)
    reader = _Reader((MIXED_ENCODING,) if decoded.mixed else ())
    for record in records(lines_of(decoded.text)):
        try:
            yield from reader.take(record)
        except FormatError as error:
            raise within(error, reader.open.header) if reader.open else error from None
    reader.finish()


class _Level:
    """A file, a group or an account that is being counted: its sum, the sum with availabilities, records, parts."""

    def __init__(self, line):
        self.line = line
        self.total = self.with_available = self.records = self.parts = 0


class _Reader:
    """Turns records into events; one instance a file."""

    def __init__(self, notes):
        self.notes = notes
        self.repeats = RepeatCounter()
        self.file = self.group = self.account = self.open = None
        self.message_id, self.created_at = "", None
        self.number = self.statements = 0

    def take(self, record):
        """The events that follow from a record, a sequence."""
        expected = "01" if self.file is None else "02 99" if self.group is None else "03 98" if self.account is None else "16 49"
        if record.code not in expected.split():
            raise FormatError(
                record.line, f"a record {record.code} stands where {' or '.join(expected.split())} is expected.", _ADVICE
            )
        if record.code == "49":
            return self._take_49(record)
        getattr(self, f"_take_{record.code}")(record)
        self._counted(record)
        return ()

    def _counted(self, record):
        for level in (self.file, self.group, self.account):
            if level is not None:
                level.records += record.size
        if record.code in ("49", "98", "99"):
            self._close(record)

    def finish(self):
        """The file is at its end. Raises FormatError if its last record is missing or it holds nothing."""
        if self.file is not None:
            raise FormatError(None, "the file has no end (record 99): it is cut off.", _ADVICE)
        if not self.statements:
            raise FormatError(None, "the file holds no account (record 03).")

    def _take_01(self, record):
        self.file = _Level(record.line)
        if record.field(9) not in ("2", ""):
            raise FormatError(
                record.line, f"version {record.field(9)[:10]!r} of BAI is not read; 2 is.", "Ask the bank for BAI2."
            )
        self.message_id = "-".join(part for part in (record.field(2), record.field(4), record.field(6)) if part)
        self.created_at = _moment(record.field(4), record.field(5), record.line)

    def _take_02(self, record):
        self.group = _Level(record.line)
        status, modifier = record.field(4), record.field(8)
        if status in _STATUS_REFUSED:
            raise FormatError(record.line, f"the group {_STATUS_REFUSED[status]} (group status {status}).", _ADVICE)
        day = record.field(5)
        self.as_of = date_from(day[:-4], day[-4:-2], day[-2:], record.line)
        # The specification's default.
        self.currency = currency_code(record.field(7) or "USD", record.line)
        self.provisional = modifier in ("1", "3")
        self.group_notes = (*self.notes, CORRECTION) if status == "3" else self.notes

    def _take_03(self, record):
        self.account = _Level(record.line)
        number, currency, self.items = amounts.items(record)
        if not number:
            raise FormatError(record.line, "the account (record 03) has no number.")
        for item in self.items:
            self._count(item.minor or 0, item.available)
        self.statement_of = record, number, currency_code(currency or self.currency, record.line)
        self.waiting = []

    def _take_16(self, record):
        line = record.line
        fields, text = with_text(record, lambda known: _head_size(known, line))
        value = amounts.minor(fields[1], line) if len(fields) > 1 else None
        self.waiting.append((line, fields, value, text))
        self._count(value or 0, amounts.available(fields, 2, line) if len(fields) > 2 else 0)

    def _count(self, value, available):
        self.account.total += value
        self.account.with_available += value + available

    def _take_49(self, record):
        """The account is whole: its events, one at a time."""
        record_03, number, currency = self.statement_of
        self.statements += 1
        rows = [row for waiting in self.waiting if (row := _row(*waiting, currency, self.as_of)) is not None]
        header = self._header(record_03.line, number, currency, rows)
        statement = self.open = OpenStatement(header, self.repeats)
        yield header
        for row in rows:
            yield _entry(statement, row)
        check_totals(self.items, statement, currency)
        yield statement.prove()
        self._counted(record)

    def _take_98(self, record):
        """Nothing but what it states, which `_close` compares."""

    _take_99 = _take_98

    def _header(self, line, number, currency, rows):
        told, scheme, _currency, other = account_of(number)
        total = sum((row["amount"] for row in rows), ZERO)
        items = [item for item in self.items if not (self.provisional and item.code in amounts.BALANCES)]
        proof, balances, notes = proof_of(items, currency, total, line)
        opening, closing = (balances.get(kind) for kind in ("opening", "closing"))
        return StatementHeader(
            account=told,
            currency=currency,
            opening=opening,
            closing=closing,
            statement_id=f"{self.message_id}-{self.statements}",
            account_scheme=scheme,
            opening_date=self.as_of if opening is not None else None,
            closing_date=self.as_of,
            opening_kind=balances.get("opening_kind", ""),
            closing_kind=balances.get("closing_kind", ""),
            created_at=self.created_at,
            from_date=self.as_of,
            to_date=self.as_of,
            message_id=self.message_id,
            version="2",
            format="bai2",
            line=line,
            notes=(*self.group_notes, *notes),
            proof=proof,
            provisional=self.provisional,
            other_accounts=other,
        )

    def _close(self, record):
        """The account, group or file of a trailer ends: what it states is compared, and counted one level up."""
        name, above = {"49": ("account", "group"), "98": ("group", "file"), "99": ("file", None)}[record.code]
        level = getattr(self, name)
        # Left empty it is zero, which holds for an account without balances and transactions.
        told = amounts.minor(record.field(2), record.line)
        stated = told or 0
        if stated not in (level.total, level.with_available):
            shown = "empty" if told is None else told
            raise FormatError(
                record.line,
                f"the control total of the {name} is {shown} (record {record.code}), but its records add up to {level.total}.",
                _ADVICE,
            )
        counts = [(record.field(3), level.records, "records")]
        if name != "account":
            counts = [(record.field(3), level.parts, f"{'accounts' if name == 'group' else 'groups'}")]
            counts.append((record.field(4), level.records, "records"))
        for told, found, what in counts:
            if not (told.isascii() and told.isdigit() and len(told) < 10 and int(told) == found):
                raise FormatError(
                    record.line, f"the {name} states {told[:20] or 'no number of'} {what}, but has {found}.", _ADVICE
                )
        if above:
            upper = getattr(self, above)
            upper.total += stated
            upper.with_available += stated
            upper.parts += 1
        setattr(self, name, None)
        self.open = None


def _head_size(fields, line):
    """How many fields of a record 16 come before its text: type, amount, availability, two references."""
    return 2 + amounts.funds_fields(fields, 2, line) + 2


def _row(line, fields, value, text, currency, as_of):
    """What a record 16 says, for `_entry`; None for one that only tells something."""
    code = fields[0].strip()
    if code == amounts.INFORMATION and not value:
        return None
    if value is None:
        raise FormatError(line, f"the transaction of type {code[:10]!r} has no amount.")
    bank, customer = (
        [*(field.strip() for field in fields[-2:]), "", ""][:2] if len(fields) >= _head_size(fields, line) else ("", "")
    )
    return {
        "line": line,
        "amount": amounts.decimal(value * amounts.direction_of(code, line), currency, line),
        "value_date": amounts.value_date(fields, 2, as_of, line),
        "booking_date": as_of,
        "code": code,
        "bank": "" if bank.strip("0") == "" else bank,
        "customer": "" if customer.strip("0") == "" else customer,
        "text": text,
    }


def _entry(statement, row):
    provisional = statement.header.provisional
    return statement.entry(
        row["line"],
        row["amount"],
        row["booking_date"],
        row["value_date"],
        (row["code"], row["customer"], row["text"]),
        row["bank"],
        row["customer"],
        row["text"],
        bank_code_proprietary=row["code"],
        status=PENDING if provisional else BOOKED,
        notes=(ANNOUNCED_AS_BOOKED,) if provisional else (),
    )


def _moment(day, clock, line):
    """The datetime of YYMMDD and HHMM; 2400 and 9999 are the end of the day. None if it is not told."""
    if not day:
        return None
    found = datetime.combine(date_from(day[:-4], day[-4:-2], day[-2:], line), datetime.min.time())
    if len(clock) == 4 and clock.isascii() and clock.isdigit():
        ends = clock in ("2400", "9999")
        minutes = 24 * 60 if ends else int(clock[:2]) * 60 + int(clock[2:])
        if minutes <= 24 * 60 and found.year < 9999:
            found += timedelta(minutes=minutes)
    return found
