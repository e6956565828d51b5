"""A NACHA file read strictly: the order of its records, every count, entry hash and total proven.

Used to prove what was written, and for what banks send: returns and notifications of change.
"""

from dataclasses import dataclass

from ..core.money import Money
from ..formats.errors import FormatError
from .nacha_layout import (
    ADDENDA,
    BATCH_CONTROL,
    BATCH_HEADER,
    BLOCKING,
    CHANGE,
    CHANGE_ADDENDA,
    CREDIT_CODES,
    ENTRY,
    FILE_CONTROL,
    FILE_HEADER,
    FILLER,
    HASH_DIGITS,
    RECORD_LENGTH,
    RETURN,
    RETURN_ADDENDA,
    entry_hash,
    values_of,
)

__all__ = ["Entry", "FormatError", "ReadBatch", "ReadFile", "read"]
MAX_BYTES = 128 * 1024 * 1024
_ADVICE = "Nothing of the file was used; fetch it again from the bank."
_ADDENDA_LAYOUTS = {CHANGE_ADDENDA: CHANGE, RETURN_ADDENDA: RETURN}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry detail record. ``direction``: `credit` or `debit`; ``addenda``: their columns by name; ``line``: where."""

    line: int
    code: int
    direction: str
    routing: str
    account: str
    amount: Money
    identification: str
    name: str
    trace: str
    addenda: tuple


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """``header``: its columns by name."""

    header: dict
    entries: tuple


@dataclass(frozen=True, slots=True)
class ReadFile:
    """``header``: the columns of the file header by name."""

    header: dict
    batches: tuple


def read(content):
    """The `ReadFile` in ``content`` (bytes). Raises FormatError with the line for anything that does not add up."""
    lines = _lines(content)
    position = _Position(lines)
    header = position.take("1", FILE_HEADER, "file header")
    batches, controls = [], []
    while position.peek() == "5":
        batch, control = _batch(position)
        batches.append(batch)
        controls.append(control)
    line = position.number
    control = position.take("9", FILE_CONTROL, "file control")
    _compare(line, control, "batches", len(batches))
    _compare(line, control, "blocks", -(-line // BLOCKING))
    for name in ("count", "debits", "credits"):
        _compare(line, control, name, sum(one[name] for one in controls))
    _compare(line, control, "hash", sum(one["hash"] for one in controls) % 10**HASH_DIGITS)
    for number, text in enumerate(lines[line:], line + 1):
        if text != FILLER:
            raise FormatError(number, "something stands behind the file control; only lines of nines may.", _ADVICE)
    if len(lines) % BLOCKING:
        raise FormatError(len(lines), f"the file has {len(lines)} records, which fill no whole blocks of {BLOCKING}.", _ADVICE)
    return ReadFile(header, tuple(batches))


def _lines(content):
    """The records of the file, which may stand on lines of their own or not."""
    if len(content) > MAX_BYTES:
        raise FormatError(None, f"the file is larger than {MAX_BYTES:,} bytes (MAX_BYTES).", _ADVICE)
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FormatError(line, "there is a character that NACHA files do not have.", _ADVICE) from None
    if "\n" in text or len(text) <= RECORD_LENGTH:
        lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    else:
        text = text.rstrip("\r")
        lines = [text[at : at + RECORD_LENGTH] for at in range(0, len(text), RECORD_LENGTH)]
    for number, line in enumerate(lines, 1):
        if len(line) != RECORD_LENGTH:
            raise FormatError(number, f"the record has {len(line)} characters; NACHA records have {RECORD_LENGTH}.", _ADVICE)
        if not line.isprintable():
            raise FormatError(number, "there is a character that NACHA files do not have.", _ADVICE)
    return lines


class _Position:
    """Where the reader is."""

    def __init__(self, lines):
        self.lines, self.at = lines, 0

    @property
    def number(self):
        """The line that is next, from 1."""
        return self.at + 1

    def peek(self):
        """The record type of the next line; "" at the end."""
        return self.lines[self.at][0] if self.at < len(self.lines) else ""

    def take(self, record, layout, what):
        """The columns of the next record, which must be of type ``record``; numeric ones are integers."""
        if self.peek() != record:
            found = f"a record {self.peek()!r}" if self.peek() else "the end of the file"
            raise FormatError(self.number, f"here is {found}, where a {what} ({record}) is expected.", _ADVICE)
        values = values_of(layout, self.lines[self.at])
        for field in layout:
            if field.numeric:
                text = values[field.name]
                if not text.isdigit():
                    raise FormatError(self.number, f"{field.name} of the {what} is {text!r}, not a number.", _ADVICE)
                values[field.name] = int(text)
        self.at += 1
        return values


def _batch(position):
    """(ReadBatch, its proven control)."""
    header = position.take("5", BATCH_HEADER, "batch header")
    entries = []
    while position.peek() == "6":
        entries.append(_entry(position))
    line = position.number
    control = position.take("8", BATCH_CONTROL, "batch control")
    _compare(line, control, "count", sum(1 + len(entry.addenda) for entry in entries))
    _compare(line, control, "hash", entry_hash(entry.routing for entry in entries))
    for name in ("debit", "credit"):
        _compare(line, control, f"{name}s", sum(entry.amount.minor for entry in entries if entry.direction == name))
    for name in ("service_class", "company_id", "odfi", "batch"):
        _compare(line, control, name, header[name])
    return ReadBatch(header, tuple(entries)), control


def _entry(position):
    line = position.number
    values = position.take("6", ENTRY, "entry")
    if not values["routing"].isdigit() or len(values["routing"]) != 9:
        raise FormatError(line, f"the routing number {values['routing']!r} of the entry is none.", _ADVICE)
    addenda = []
    while position.peek() == "7":
        kind = position.lines[position.at][1:3]
        addenda.append(position.take("7", _ADDENDA_LAYOUTS.get(kind, ADDENDA), "addenda"))
    if bool(addenda) != (values["addenda"] == "1"):
        raise FormatError(line, f"the entry tells of addenda by {values['addenda']!r} and has {len(addenda)}.", _ADVICE)
    direction = "credit" if values["code"] in CREDIT_CODES else "debit"
    return Entry(
        line, values["code"], direction, values["routing"], values["account"], Money(values["amount"], "USD"),
        values["identification"], values["name"], f"{values['trace']:015d}", tuple(addenda),
    )  # fmt: skip


def _compare(line, control, name, found):
    if control[name] != found:
        raise FormatError(line, f"the control tells {name} {control[name]}, in the file it is {found}.", _ADVICE)
