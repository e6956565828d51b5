"""Dates as people and spreadsheets write them, and in which order: told, or else found from all dates of the file.

31.12.2025 can only be read in one way, 05.01.2026 in two. An order is taken only if every date of the file can be read
in it and in no other with another result; else the person is asked.
"""

import re
from functools import lru_cache

from .errors import FormatError
from .text_values import date_from
from .told import DAY_FIRST, MONTH_FIRST, YEAR_FIRST

_NUMBERS = re.compile(
    r"\s*(\d{1,4})\s*[-/. ]\s*(\d{1,2}|[A-Za-z]{3,9})\.?\s*[-/. ',]\s*'?\s*(\d{1,4})(?:[ T,].*)?", re.ASCII
).fullmatch
_COMPACT = re.compile(r"(\d{8})(?:\d{4,6}|[ T].*)?", re.ASCII).fullmatch
# The languages in which statements write months out; those that agree in a spelling agree in the month.
_MONTH_NAMES = (
    "jan janv janvier january januar januari ene enero gen gennaio",
    "feb february februar februari fev fevr fevrier febrero febbraio",
    "mar mars march marzo maerz marz mrz maart mrt",
    "apr april avr avril abr abril aprile",
    "may mai mei mayo mag maggio",
    "jun june juni juin junio giu giugno",
    "jul july juli juil juillet julio lug luglio",
    "aug august augustus aout ago agosto",
    "sep sept september septembre septiembre set settembre",
    "oct october oktober okt octobre octubre ott ottobre",
    "nov november novembre noviembre",
    "dec december dezember dez decembre dic diciembre dicembre",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_NAMES = {DAY_FIRST: "day first", MONTH_FIRST: "month first", YEAR_FIRST: "year first"}


def parts_of(text):
    """The three parts of a date as written, a month in letters as its number; None if it is no date."""
    match = _NUMBERS(text)
    if match:
        first, second, third = match.groups()
        if second.isalpha():
            number = _MONTHS.get(second.lower())
            return (first, f"!{number}", third) if number else None
        return first, second, third
    match = _COMPACT(text)
    return (match[1][:4], match[1][4:6], match[1][6:]) if match else None


def possible_orders(texts):
    """The orders in which every one of ``texts`` is a date, a set; those that no date tells apart are all in it."""
    orders = {DAY_FIRST, MONTH_FIRST, YEAR_FIRST}
    for text in set(texts):
        orders &= {order for order in orders if _arranged(text, order) is not None}
        if not orders:
            break
    return orders


def order_of(lines, told):
    """The order of the dates that ``lines`` has, text -> line in the file (or None): as ``told``, or the only possible one.

    Raises FormatError if none is, or if two are and make a difference.
    """
    texts = set(lines)
    orders = possible_orders(texts)
    if told:
        if told not in orders:
            text = next(text for text in lines if told not in possible_orders([text]))
            raise FormatError(lines[text], f"{text.strip()[:40]!r} is no date ({_NAMES.get(told, told)}).")
        return told
    readings = {tuple(_arranged(text, order) for text in sorted(texts)): order for order in sorted(orders)}
    if not readings:
        text = next((text for text in lines if not possible_orders([text])), None)
        if text is not None:
            raise FormatError(lines[text], f"{text.strip()[:40]!r} is no date, in whatever order of day, month and year.")
        raise FormatError(None, "the dates of the file are in no order of day, month and year that fits all of them.")
    if len(readings) > 1:
        example = next(text for text in sorted(texts) if len({_arranged(text, order) for order in orders}) > 1)
        names = " or ".join(_NAMES[order] for order in sorted(readings.values()))
        raise FormatError(
            lines[example], f"the date {example.strip()[:20]!r} can be read {names}, and no other date of the file tells which.",
            "Say the order of day and month, and import the file again.",
        )  # fmt: skip
    return next(iter(readings.values()))


def read(text, order, line):
    """The date ``text`` in ``order``. Raises FormatError if it is none."""
    found = _read(text, order)
    if found is None:
        raise FormatError(line, f"{text.strip()[:40]!r} is no date ({_NAMES.get(order, 'in no order that is told')}).")
    return found


@lru_cache(maxsize=4096)
def _read(text, order):
    arranged = _arranged(text, order) if order else None
    return arranged and date_from(*arranged, None)


@lru_cache(maxsize=4096)
def _arranged(text, order):
    """(year, month, day) digits of ``text`` if it is a date in ``order``, else None."""
    parts = parts_of(text)
    if parts is None:
        return None
    first, second, third = parts
    year, month, day = {
        DAY_FIRST: (third, second, first), MONTH_FIRST: (third, first, second), YEAR_FIRST: (first, second, third),
    }[order]  # fmt: skip
    if "!" in first + third or day.startswith("!"):
        return None
    month = month.removeprefix("!").zfill(2)
    day = day.zfill(2)
    if len(year) not in (1, 2, 4) or len(day) != 2 or len(month) != 2:
        return None
    year = year.zfill(2)
    try:
        date_from(year, month, day, None)
    except FormatError:
        return None
    return year, month, day
