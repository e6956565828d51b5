"""How the text formats write amounts and dates, and what is refused: nothing is rounded, guessed or defaulted
(INV-5).

Amounts come out with the decimals of their currency ("7" is 7.00 EUR, "8.850" is 8.85 EUR); digits that the
currency does not have are refused.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from ..core.money import iso_exponent
from .errors import FormatError

# As in camt: 18 digits, a sign and a point. Sums of such amounts stay exact.
MAX_DIGITS = 18
# Two digits of a year: 80 to 99 are 1980 to 1999 (as in SWIFT), the others 2000 to 2079.
PIVOT_YEAR = 80

# What banks write where they have nothing to say; text formats have more spellings than camt.
PLACEHOLDERS = frozenset(
    ("", "NOTPROVIDED", "NOT PROVIDED", "NOTAVAILABLE", "NONREF", "NOREF", "NONE", "N/A", "/", "KREF+", "EREF")
)

_CURRENCY = re.compile(r"[A-Z]{3}").fullmatch
# How most amounts are written.
_QUICK = re.compile(r"(-?)(\d{1,15})([.,])(\d{1,4})", re.ASCII).fullmatch
_PLAIN = re.compile(r"(\d+)(?:[.,](\d*))?", re.ASCII).fullmatch
_GROUPED = re.compile(r"(\d{1,3}([.,' \u00a0\u202f\u2019])\d{3}(?:\2\d{3})*)(?:([.,])(\d*))?", re.ASCII).fullmatch


def currency_code(text, line):
    """``text`` as an ISO 4217 code. Raises FormatError if it is none."""
    if not _CURRENCY(text):
        raise FormatError(line, f"{text[:20]!r} is no currency code.")
    return text


def decimal_amount(text, currency, line):
    """The amount in ``text``, unsigned, with one decimal sign (comma or point) and no thousands signs."""
    match = _PLAIN(text)
    if match is None:
        raise FormatError(line, f"{text[:40]!r} is no amount.")
    return digits_amount(*match.groups(""), currency, line)


def digits_amount(whole, fraction, currency, line):
    """The amount of the digits before and after its decimal sign, unsigned."""
    if len(whole) + len(fraction) > MAX_DIGITS + 1:
        raise FormatError(line, f"{whole[:40]}.{fraction[:40]} is no amount: it has more than {MAX_DIGITS} digits.")
    return scaled(whole, fraction, currency, line)


def scaled(whole, fraction, currency, line):
    """``whole``.``fraction`` (digits) with the decimals of ``currency``; "" (unknown) keeps those it has."""
    exponent = iso_exponent(currency) if currency else len(fraction)
    if len(fraction) == exponent:
        return Decimal(f"{whole}.{fraction}" if fraction else whole)
    if fraction[exponent:].strip("0"):
        raise FormatError(line, f"the amount {whole}.{fraction} has more decimals than {currency} allows ({exponent}).")
    return Decimal(f"{whole}{fraction[:exponent].ljust(exponent, '0')}E-{exponent}")


def minor_amount(digits, decimals, currency, line):
    """The amount of ``digits`` that count 10**-``decimals`` of the currency, unsigned."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) > MAX_DIGITS:
        raise FormatError(line, f"{digits[:40]!r} is no amount.")
    padded = digits.zfill(decimals + 1)
    cut = len(padded) - decimals
    return scaled(padded[:cut], padded[cut:], currency, line)


def written_amount(text, currency, line, decimal_sign=""):
    """The signed amount in ``text`` as people and spreadsheets write it: "-1,234.50", "1.234,50-", "(12.00)", "+7".

    ``decimal_sign``: "." or ","; "" where only the text can tell. Raises FormatError for what has two readings,
    such as "1,234".
    """
    amount = usual_amount(text, currency, line, decimal_sign)
    if amount is not None:
        return amount
    told = text.strip()
    negative = told.startswith(("-", "\u2212", "(")) or told.endswith("-")
    bare = told.strip("+-\u2212() \u00a0")
    plain, grouped = _PLAIN(bare), _GROUPED(bare)
    if len(bare) > 2 * MAX_DIGITS or not (plain or grouped):
        raise FormatError(line, f"{text[:40]!r} is no amount.")
    whole, fraction = _parts(bare, plain, grouped, decimal_sign, line)
    if len(whole) > MAX_DIGITS:
        raise FormatError(line, f"{text[:40]!r} is no amount.")
    amount = scaled(whole, fraction, currency, line)
    return -amount if negative else amount


def usual_amount(text, currency, line, decimal_sign):
    """The signed amount in ``text`` if it is written as most are, with ``decimal_sign`` and nothing around; else None."""
    quick = _QUICK(text)
    if quick is None or quick[3] != decimal_sign:
        return None
    sign, whole, _sign, fraction = quick.groups()
    amount = scaled(whole, fraction, currency, line)
    return -amount if sign else amount


def _parts(bare, plain, grouped, decimal_sign, line):
    """(digits before, digits after the decimal sign) of an amount. Raises FormatError if that cannot be told."""
    readings = set()
    if plain:
        sign = bare[len(plain[1]) : len(plain[1]) + 1]
        if not (sign and decimal_sign and sign != decimal_sign):
            readings.add((plain[1], plain[2] or ""))
    fits = grouped and grouped[2] not in (decimal_sign, grouped[3])
    if fits and not (grouped[3] and decimal_sign and grouped[3] != decimal_sign):
        readings.add((re.sub(r"\D", "", grouped[1]), grouped[4] or ""))
    if len(readings) != 1:
        told = "the decimal sign is not told: it may be thousands" if readings else f"the decimal sign is {decimal_sign!r}"
        raise FormatError(line, f"the amount {bare[:40]!r} cannot be read for certain; {told}.")
    return readings.pop()


@lru_cache(maxsize=4096)
def _day(year, month, day):
    try:
        return date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def iso(day):
    """``day`` as text, "" for None; days repeat, hence the cache."""
    return day.isoformat() if day is not None else ""


def full_year(two_digits):
    """The year that two digits stand for, as text of four."""
    return f"{'19' if int(two_digits) >= PIVOT_YEAR else '20'}{two_digits}"


@lru_cache(maxsize=4096)
def _completed(year, month, day):
    """The date of digits, a year of two digits completed; None if there is no such day. Days repeat, hence the cache."""
    if not ((year + month + day).isdigit() and (year + month + day).isascii()):
        return None
    return _day(full_year(year) if len(year) == 2 else year, month, day)


def date_from(year, month, day, line):
    """The date of digits; a year of two digits is completed. Raises FormatError if there is no such day."""
    found = _completed(year, month, day)
    if found is None:
        raise FormatError(line, f"there is no day {day}.{month}.{year}." if day.strip() else "a date is missing.")
    return found


def near_year(month, day, other):
    """The date of a month and day (digits) that is nearest to the date ``other``; None if there is no such day."""
    found = [_day(str(year), month, day) for year in (other.year - 1, other.year, other.year + 1) if 0 < year < 10000]
    return min((one for one in found if one), key=lambda one: abs(one - other), default=None)


def last_day(year, month):
    """The last day of a month (integers), for banks whose months have thirty days."""
    return (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
