"""How camt writes amounts, dates, codes and numbers, and what is refused: nothing is rounded, shifted or
defaulted (INV-5).

Every reader takes the element, so that an error can name the line.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from ..core.money import iso_exponent
from .errors import FormatError

# The schemas allow 18 digits; with the sign and the point that is this many characters. Sums of it stay
# exact.
MAX_DECIMAL_CHARS = 20
_DECIMAL = re.compile(r"\+?(\d*)(?:\.(\d*))?", re.ASCII).fullmatch
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:Z|[+-]\d\d:\d\d)?", re.ASCII).fullmatch
_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?", re.ASCII).fullmatch
_CURRENCY = re.compile(r"[A-Z]{3}").fullmatch

# What banks write where they have nothing to say.
PLACEHOLDERS = frozenset(("", "NOTPROVIDED", "NOT PROVIDED", "NOTAVAILABLE", "NONREF", "NOREF", "NONE", "N/A", "/"))


class Names(dict):
    """Tag as lxml writes it -> local name; "" for elements of any other namespace, which are never read."""

    def __init__(self, namespace):
        super().__init__()
        self.prefix = f"{{{namespace}}}" if namespace else ""

    def __missing__(self, tag):
        if self.prefix:
            name = tag[len(self.prefix) :] if tag.startswith(self.prefix) else ""
        else:
            name = "" if tag.startswith("{") else tag
        if len(self) < 1000:
            self[tag] = name
        return name


def text_of(element):
    """The text of ``element`` without the white space around it; "" for None or an empty one."""
    return (element.text or "").strip() if element is not None else ""


def leaf_texts(element):
    """All texts inside ``element`` in document order, for codes that are nested one in the other."""
    found = []
    for child in element[:]:
        text = (child.text or "").strip()
        if text:
            found.append(text)
        if len(child):
            found += leaf_texts(child)
    return found


def children(element, names):
    """Local name -> child of ``element`` (the last one of a name)."""
    return {names[child.tag]: child for child in element[:]}


def code_of(element):
    """The value of a simple code, or of a choice `Cd` or `Prtry` (which may hold `Cd` or `Id` in turn); ""
    if none."""
    if element is None:
        return ""
    text = (element.text or "").strip()
    if not text and len(element):
        text = (element[0].text or "").strip() or " ".join(leaf_texts(element)[:1])
    return text


def currency_of(element):
    """The currency of an amount. Raises FormatError if it is missing or no ISO 4217 code."""
    code = element.get("Ccy")
    if code is None or not _CURRENCY(code):
        raise FormatError(element.sourceline, f"the amount {text_of(element)!r} has no valid currency (Ccy={code!r}).")
    return code


def decimal_of(element):
    """The non-negative decimal in ``element``, exact. Raises FormatError for anything else."""
    text = text_of(element)
    match = _DECIMAL(text)
    if match is None or not (match[1] or match[2]) or len(text) > MAX_DECIMAL_CHARS:
        raise FormatError(element.sourceline, _why_not_decimal(text))
    return Decimal(text)


def amount_of(element, exponent):
    """The amount in ``element`` with exactly ``exponent`` decimals: "8.850" is 8.85, "7" is 7.00.

    Raises FormatError if it is no amount, negative, or finer than the currency allows.
    """
    text = element.text or ""
    # Nearly all amounts are written with the decimals of their currency: no need to take them apart.
    plain = text[~exponent:-exponent] == "." and len(text) <= MAX_DECIMAL_CHARS
    if plain and text.isascii() and text.replace(".", "", 1).isdigit():
        return Decimal(text)
    text = text.strip()
    match = _DECIMAL(text)
    if match is None or not (match[1] or match[2]) or len(text) > MAX_DECIMAL_CHARS:
        raise FormatError(element.sourceline, _why_not_decimal(text))
    whole, fraction = match.groups("")
    return _rescaled(element, whole, fraction, exponent)


def _rescaled(element, whole, fraction, exponent):
    """``whole``.``fraction`` with the decimals of the currency, if no digit is lost."""
    if fraction[exponent:].strip("0"):
        raise FormatError(
            element.sourceline,
            f"the amount {text_of(element)} has more decimals than {element.get('Ccy')} allows ({exponent}).",
        )
    digits = (whole or "0") + fraction[:exponent].ljust(exponent, "0")
    return Decimal(f"{digits}E-{exponent}")


def _why_not_decimal(text):
    if text.startswith("-"):
        return f"the amount {text} is negative; camt amounts carry no sign, CdtDbtInd tells the direction."
    return f"{text[:40]!r} is no amount."


def exponent_of(currency):
    """Number of decimals of ``currency``."""
    return iso_exponent(currency)


def direction_of(element):
    """+1 for CRDT, -1 for DBIT. Raises FormatError for anything else."""
    text = text_of(element)
    if text == "CRDT":
        return 1
    if text == "DBIT":
        return -1
    raise FormatError(element.sourceline, f"the direction (CdtDbtInd) is {text!r}, neither CRDT nor DBIT.")


def flag_of(element):
    """True or False of an xs:boolean (true, false, 1, 0); None for None. Raises FormatError for anything
    else."""
    if element is None:
        return None
    text = text_of(element)
    if text in ("true", "1"):
        return True
    if text in ("false", "0"):
        return False
    raise FormatError(element.sourceline, f"{text!r} is neither true nor false.")


def count_of(element):
    """A number of things; None for None. Raises FormatError if it is no whole number."""
    if element is None:
        return None
    text = text_of(element)
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DECIMAL_CHARS):
        raise FormatError(element.sourceline, f"{text[:40]!r} is no whole number.")
    return int(text)


def date_of(element):
    """The calendar date of a choice `Dt` or `DtTm`, as written: a time zone does not shift it. None for
    None."""
    if element is None:
        return None
    inner = element[0] if len(element) else element
    found = _date(text_of(inner))
    if found is None:
        raise FormatError(inner.sourceline, f"{text_of(inner)[:40]!r} is no date.")
    return found


@lru_cache(maxsize=4096)
def _date(text):
    match = _DATE(text)
    if match is None:
        timed = _date_time(text)
        return timed and date.fromisoformat(text[:10])
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def instant_of(element):
    """The date and time of ``element``, aware if it names a zone; None for None."""
    if element is None:
        return None
    found = _date_time(text_of(element))
    if found is None:
        raise FormatError(element.sourceline, f"{text_of(element)[:40]!r} is no date with time.")
    return found


def _date_time(text):
    """datetime of an xs:dateTime (24:00:00 is the midnight that ends the day), or None."""
    match = _DATE_TIME(text)
    if match is None:
        return None
    day, hour, minute, second, fraction, zone = match.groups("")
    ends_day = hour == "24" and not (minute + second + fraction).strip("0")
    clock = "00:00:00" if ends_day else f"{hour}:{minute}:{second or '00'}"
    try:
        found = datetime.fromisoformat(f"{day}T{clock}.{fraction[:6].ljust(6, '0')}{zone.replace('Z', '+00:00')}")
        return found + timedelta(days=1) if ends_day else found
    except (ValueError, OverflowError):
        return None
