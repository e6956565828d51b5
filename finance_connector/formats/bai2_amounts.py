"""What the numbers of a BAI2 file mean: amounts without a decimal point, availability, balances, type codes.

Source: BAI specification version 2, appendix A (type codes) and B (funds types). An amount has the implied decimals of
its currency; balances carry their sign, amounts of transactions none: the type code tells the direction.
"""

import re
from typing import NamedTuple

from ..core.money import iso_exponent
from .errors import FormatError
from .text_values import MAX_DIGITS, date_from, minor_amount

OPENING, CLOSING = "010", "015"
OPENING_AVAILABLE, CLOSING_AVAILABLE = "040", "045"
BALANCES = frozenset((OPENING, CLOSING, OPENING_AVAILABLE, CLOSING_AVAILABLE))
TOTAL_CREDITS, TOTAL_DEBITS = "100", "400"
_TYPE_CODE = re.compile(r"\d{3}", re.ASCII).fullmatch
# A transaction that only tells something.
INFORMATION = "890"

# First and last type code of transactions -> their sign.
_DIRECTIONS = ((100, 399, 1), (400, 699, -1), (720, 759, 1), (760, 799, -1), (920, 959, 1), (960, 999, -1))


class Item(NamedTuple):
    """A status or summary of an account (03): type code, amount as the control total counts it (minor units), count
    ("" if not told), what of it is available."""

    code: str
    minor: int | None
    count: str
    available: int


def direction_of(code, line):
    """+1 for a credit, -1 for a debit. Raises FormatError for a type code of which that is not known."""
    number = int(code) if len(code) == 3 and code.isdigit() and code.isascii() else 0
    for first, last, sign in _DIRECTIONS:
        if first <= number <= last:
            return sign
    raise FormatError(line, f"the type code {code[:10]!r} is neither that of a credit nor that of a debit.")


def minor(text, line):
    """The integer in ``text``, with its sign; None for ""."""
    text = text.strip()
    digits = text.lstrip("+-")
    if not text:
        return None
    if not (digits.isascii() and digits.isdigit()) or len(digits) > MAX_DIGITS or len(text) - len(digits) > 1:
        raise FormatError(line, f"{text[:40]!r} is no amount; BAI2 amounts are whole numbers of the smallest unit.")
    return -int(digits) if text[0] == "-" else int(digits)


def decimal(value, currency, line):
    """Minor units as a Decimal of ``currency``."""
    amount = minor_amount(str(abs(value)), iso_exponent(currency), currency, line)
    return -amount if value < 0 else amount


def funds_fields(fields, at, line):
    """How many fields the availability that begins at ``fields[at]`` (the funds type) has, the funds type included."""
    kind = fields[at].strip().upper() if at < len(fields) else ""
    if kind in ("", "Z", "0", "1", "2"):
        return 1
    if kind == "S":
        return 4
    if kind == "V":
        return 3
    if kind == "D":
        count = fields[at + 1].strip() if at + 1 < len(fields) else ""
        if count == "":
            return 2
        if not (count.isascii() and count.isdigit() and len(count) < 4):
            raise FormatError(line, f"the funds type D has {count[:10]!r} amounts, which is no number.")
        return 2 + 2 * int(count)
    raise FormatError(line, f"the funds type {kind[:10]!r} is none of 0, 1, 2, S, V, D, Z.")


def available(fields, at, line):
    """The sum of what a funds type S or D makes available, in minor units; some banks count it into the control
    totals."""
    kind = fields[at].strip().upper()
    amounts = fields[at + 1 : at + 4] if kind == "S" else fields[at + 3 : at + funds_fields(fields, at, line) : 2]
    return sum(minor(amount, line) or 0 for amount in amounts) if kind in ("S", "D") else 0


def value_date(fields, at, as_of, line):
    """The value date that a funds type tells: V names it, 0 is the day of the report; None otherwise."""
    kind = fields[at].strip().upper() if at < len(fields) else ""
    if kind == "V" and at + 1 < len(fields) and (text := fields[at + 1].strip()):
        return date_from(text[:-4], text[-4:-2], text[-2:], line)
    return as_of if kind == "0" else None


def items(record):
    """(account, currency or "", its Items) of a record 03."""
    fields, line = record.fields, record.line
    found, at = [], 2
    while at < len(fields):
        if not fields[at]:
            # Defaulted, as at the end of a record, or one comma more than the specification has, before a continuation.
            at += 1
            continue
        code, amount, count = [*fields[at : at + 3], "", ""][:3]
        if not _TYPE_CODE(code):
            raise FormatError(line, f"the account states something of {code[:10]!r}, which is no type code (three digits).")
        size = funds_fields(fields, at + 3, line)
        found.append(Item(code, minor(amount, line), count, available(fields, at + 3, line) if size > 1 else 0))
        at += 3 + size
    return fields[0], fields[1] if len(fields) > 1 else "", found


def totals_of(found, code):
    """(sum in minor units, number of items or None) that the account states under ``code``; None if it does not."""
    for item in found:
        if item.code == code and item.minor is not None:
            return item.minor, int(item.count) if item.count.isascii() and item.count.isdigit() and len(item.count) < 10 else None
    return None
