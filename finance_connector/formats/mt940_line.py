"""What :61: says: one entry of an MT940 or MT942, in one line and what follows it.

Source: SWIFT User Handbook, MT940 field 61: value date (YYMMDD), entry date (MMDD), mark, third letter of the
currency (funds code), amount, type of transaction (a letter and three), reference of the account owner, "//" and
reference of the bank, on the next line supplementary details.

The marks: C and D; RC takes a credit back and is money out, RD takes a debit back and is money in; EC and ED (MT942)
are expected and not booked.
"""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from .errors import FormatError
from .records import BOOKED, BOOKING, DAY_BEYOND_MONTH, PENDING, VALUE, Charge
from .text_values import PLACEHOLDERS, decimal_amount, digits_amount, full_year, last_day, near_year

_LINE = re.compile(
    r"(\d{6})(\d{4})? ?(RC|RD|EC|ED|C|D)[A-Z]? ?(\d+)(?:[,.](\d*))? ?(?:([A-Z][A-Z0-9 ]{3})(.*))?", re.ASCII | re.DOTALL
).fullmatch
_SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1, "EC": 1, "ED": -1}
_ORIGINAL = re.compile(r"/OCMT/([A-Z]{3})(\d+(?:[,.]\d*)?)").search
_CHARGES = re.compile(r"/CHGS\d?/([A-Z]{3})(\d+(?:[,.]\d*)?)").finditer
# Returned item (SWIFT list of transaction types).
_RETURNED = "RTI"


class Line(NamedTuple):
    """A :61: as it is: signed amount, dates, type, the two references ("" for placeholders), what follows."""

    amount: Decimal
    booking_date: date
    value_date: date
    date_source: str
    is_reversal: bool
    status: str
    kind: str
    owner_reference: str
    bank_reference: str
    supplement: str
    notes: tuple


def read_line(text, currency, line):
    """The Line of the ``text`` of a field 61. Raises FormatError if it is none."""
    first, _feed, more = text.partition("\n")
    match = _LINE(first.strip())
    if match is None:
        raise FormatError(line, f":61: is no line of a statement: {first.strip()[:60]!r}.")
    value, entry, mark, whole, fraction, kind, rest = match.groups("")
    booking_date, value_date, source, notes = _dates(value, entry) or _no_day(value, entry, line)
    amount = digits_amount(whole, fraction, currency, line)
    owner, _slashes, bank = rest.partition("//")
    owner, bank = owner.strip(), bank.strip()
    return Line(
        amount if _SIGNS[mark] > 0 else -amount,
        booking_date,
        value_date,
        source,
        mark == "RC" or mark == "RD" or kind[1:] == _RETURNED,
        PENDING if mark[0] == "E" else BOOKED,
        kind.strip(),
        "" if owner.upper() in PLACEHOLDERS else owner,
        "" if bank.upper() in PLACEHOLDERS else bank,
        " ".join(line.strip() for line in more.split("\n") if line.strip()) if more else "",
        notes,
    )


@lru_cache(maxsize=4096)
def _dates(value, entry):
    """(booking date, value date, where the first is from, notes) of YYMMDD and MMDD or ""; None if there is no such day.

    Months of thirty days have a 30 February: the last day of the month, with a note.
    """
    year, month, day = int(full_year(value[:2])), int(value[2:4]), int(value[4:])
    notes = ()
    if month == 2 and 28 < day < 31 and day > last_day(year, 2).day:
        day, notes = last_day(year, 2).day, (DAY_BEYOND_MONTH,)
    try:
        value_date = date(year, month, day)
    except ValueError:
        return None
    if not entry:
        return value_date, value_date, VALUE, notes
    # The entry date has no year: it is never more than a few days from the value date.
    booking_date = near_year(entry[:2], entry[2:], value_date)
    return booking_date and (booking_date, value_date, BOOKING, notes)


def _no_day(value, entry, line):
    raise FormatError(line, f"there is no such day: value date {value} (YYMMDD), entry date {entry or 'none'} (MMDD).")


def original_of(supplement, currency, negative, line):
    """(signed amount, currency) of the original amount that the supplement names (/OCMT/); (None, "") if it names
    none, or one in the account's ``currency``."""
    match = _ORIGINAL(supplement)
    if match is None or match[1] == currency:
        return None, ""
    amount = decimal_amount(match[2], match[1], line)
    return -amount if negative else amount, match[1]


def charges_of(supplement, line):
    """The charges that the supplement names (/CHGS/); the format does not say whether the amount contains them."""
    return tuple(
        Charge(-amount, found[1]) for found in _CHARGES(supplement) if (amount := decimal_amount(found[2], found[1], line))
    )
