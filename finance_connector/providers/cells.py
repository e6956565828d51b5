"""What a cell of a report says. The same words come again and again, so what they mean is kept; errors name the cell."""

from datetime import datetime
from functools import lru_cache

from ..core.errors import PayloadError
from ..core.money import Money
from .reading import ID, currency_code, decimal_money, iso_instant


def currency(value, where):
    """The ISO code ``value`` in upper case. Raises PayloadError when it is none."""
    return _code(value) or currency_code(value, where)


def amount(value, code, where, column):
    """Money of a decimal text in major units of currency ``code``. Raises PayloadError when it is no amount."""
    found = _amount(value, code)
    return decimal_money(value, code, f"{where}, {column}") if found is None else found


@lru_cache(maxsize=256)
def zero(code):
    """No money in currency ``code``."""
    return Money.zero(code)


def identifiers(values, columns, where):
    """The ids ``values``, None for an empty one. Raises PayloadError naming the one of ``columns`` that has no id."""
    # All at once, since hardly ever one is wrong: together they are no longer than one may be, and of what `ID` is of.
    joined = "".join(values)
    if len(joined) > 255 or not joined.isascii() or not joined.isprintable() or " " in joined:
        for value, column in zip(values, columns, strict=True):
            if value and not ID.fullmatch(value):
                raise PayloadError(f"{where}: {value[:40]!r} is no {column}.")
    return [value or None for value in values]


def instant(value, where):
    """The ISO 8601 time ``value`` as an aware UTC datetime; one without offset is UTC. Raises PayloadError when it is none."""
    found = _moment(value)
    if found is None:
        raise PayloadError(f"{where}: {value[:40]!r} is no time.")
    return found


@lru_cache(maxsize=256)
def _code(value):
    try:
        return currency_code(value, "")
    except PayloadError:
        return None


@lru_cache(maxsize=16_384)
def _amount(value, code):
    try:
        return decimal_money(value, code, "")
    except PayloadError:
        return None


@lru_cache(maxsize=4_096)
def _moment(value):
    try:
        if value[16:17] == ":" and len(value) == 19:
            # As most reports write it, which needs no more than this.
            return datetime.fromisoformat(f"{value}+00:00")
        return iso_instant({"time": value}, "time")
    except ValueError:
        return None
