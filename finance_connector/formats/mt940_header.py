"""What an MT940 or MT942 says beside its entries: whose account, which balances, numbers and sums, in which order."""

import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import NamedTuple

from .errors import FormatError
from .national_accounts import account_of
from .records import BALANCES, TOTALS, UNPROVEN, StatementHeader
from .swift_messages import Field
from .text_values import currency_code, date_from, decimal_amount

_BALANCE = re.compile(r"(R?[CD]) ?(\d{6}|\d{8}) ?([A-Z]{3})? ?(\d+(?:[,.]\d*)?)", re.ASCII).fullmatch
_SUM = re.compile(r"(\d+) ?([A-Z]{3}) ?(\d+(?:[,.]\d*)?)", re.ASCII).fullmatch
_LIMIT = re.compile(r"([A-Z]{3})[CD]? ?(\d+(?:[,.]\d*)?)?", re.ASCII).match
_NUMBER = re.compile(r"0*(\d{0,9})(?:/0*(\d{0,9}))?", re.ASCII).match
_MADE = re.compile(r"(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:([+-])(\d{2})(\d{2}))?", re.ASCII).fullmatch

# Fields that a message has once.
_SINGLE = frozenset(("20", "25", "28C", "60", "62"))
_UNPROVABLE = "Ask the bank for the whole statement, with opening and closing balance."


class Sums(NamedTuple):
    """How many entries of one side an MT942 states, and their sum; both None if it does not."""

    count: int | None = None
    total: Decimal | None = None


class Page(NamedTuple):
    """A message: its header, its entries as (line, text of field 61, text of field 86 or ""), the stated sums (MT942)."""

    header: StatementHeader
    entries: list
    debits: Sums
    credits: Sums
    begins: bool
    ends: bool


def read_page(message, format, notes=()):
    """The Page of a `swift_messages.Message`. Raises FormatError for one that is not whole.

    ``format``: "mt940" or "mt942", of the file; the message knows better if it says its own.
    """
    provisional = (f"mt{message.kind}" if message.kind in ("940", "942") else format) == "mt942"
    fields, entries = _sorted(message.fields)
    number, scheme, in_account, other = account_of(_value(fields, "25"))
    line = Field(*message.fields[0]).line
    if not number:
        raise FormatError(line, "the statement names no account (:25:).")
    opening = _balance(fields.get("60"))
    # Some write the currency with the opening balance alone.
    closing = _balance(fields.get("62"), opening[2] if opening else "")
    if not provisional:
        _refuse_unproven(opening, closing, line)
    currency = opening[2] if opening else _currency_of_report(fields, in_account, line)
    sums = [_sums(fields.get(tag), currency) for tag in ("90D", "90C")]
    if provisional:
        if not (message.ended or any(one.count is not None for one in sums)):
            raise FormatError(line, "the report has no end and no totals: it may be cut off.", _UNPROVABLE)
        opening = closing = None
    proof = BALANCES if not provisional else TOTALS if all(one.count is not None for one in sums) else UNPROVEN
    told = {"account": number, "account_scheme": scheme, "other_accounts": other, "currency": currency, "proof": proof}
    header = _header(fields, opening, closing, line=line, notes=notes, provisional=provisional, **told)
    begins, ends = (fields[tag].tag.endswith("F") if tag in fields else True for tag in ("60", "62"))
    return Page(header, entries, *sums, begins, ends)


def _header(fields, opening, closing, **told):
    """The StatementHeader of a message; ``told``: what is known of it already."""
    sequence = _NUMBER(_value(fields, "28C"))
    return StatementHeader(
        opening=opening and opening[0],
        closing=closing and closing[0],
        statement_id=_value(fields, "20"),
        opening_date=opening and opening[1],
        closing_date=closing and closing[1],
        opening_kind=fields["60"].tag if opening else "",
        closing_kind=fields["62"].tag if closing else "",
        electronic_number=int(sequence[1] or 0) or None,
        created_at=_made_at(fields.get("13")),
        page_number=int(sequence[2] or 0) or None,
        last_page=fields["62"].tag == "62F" if closing else None,
        format="mt942" if told["provisional"] else "mt940",
        **told,
    )


def _sorted(told):
    """(tag -> Field, entries) of the fields of a message. Raises FormatError for a second one, or one out of order."""
    fields, entries, texts = {}, [], None
    for one in told:
        tag, text, line = one
        if tag == "86":
            # Behind the closing balance it is about the whole statement.
            if texts is not None:
                texts.append(text)
                entries[-1] = (*entries[-1][:2], text)
        elif tag == "61":
            if "62" in fields:
                raise FormatError(line, "an entry (:61:) stands after the closing balance (:62F:).")
            _join(entries, texts)
            texts = []
            entries.append((line, text, ""))
        else:
            _join(entries, texts)
            texts = None
            _keep(fields, entries, Field(*one))
    _join(entries, texts)
    return fields, entries


def _join(entries, texts):
    """Gives the last entry all ``texts`` of it, where they are more than the one that it has."""
    if texts and len(texts) > 1:
        entries[-1] = (*entries[-1][:2], "\n".join(texts))


def _keep(fields, entries, field):
    tag = field.tag
    key = {"25P": "25", "28": "28C", "13D": "13"}.get(tag, tag[:2] if tag[:2] in ("60", "62") else tag)
    if key in fields and key in _SINGLE:
        raise FormatError(field.line, f"the statement has two fields :{tag}:.")
    if key == "60" and entries:
        raise FormatError(field.line, "the opening balance (:60F:) stands after an entry.")
    fields.setdefault(key, field)


def _value(fields, key):
    return fields[key].value if key in fields else ""


def _balance(field: Field | None, otherwise=""):
    """(signed amount, date, currency) of a field 60 or 62; None for None. ``otherwise``: the currency where it names none."""
    if field is None:
        return None
    match = _BALANCE(field.value)
    if match is None:
        raise FormatError(field.line, f":{field.tag}: is no balance: {field.value[:40]!r}.")
    mark, day, currency, amount = match.groups()
    currency = currency_code(currency or otherwise, field.line)
    value = decimal_amount(amount, currency, field.line)
    found = date_from(day[:-4], day[-4:-2], day[-2:], field.line)
    return (value if mark in ("C", "RD") else -value), found, currency


def _currency_of_report(fields, in_account, line):
    """The currency of an MT942: that of its floor limit, of its totals, or behind the account."""
    for key in ("34F", "90D", "90C"):
        found = re.search(r"[A-Z]{3}", _value(fields, key))
        if found:
            return found[0]
    if in_account:
        return in_account
    raise FormatError(line, "the report has no balance, no floor limit and no totals: its currency is not told.", _UNPROVABLE)


def _sums(field, currency):
    if field is None:
        return Sums()
    match = _SUM(field.value)
    if match is None or match[2] != currency or len(match[1]) > 9:
        raise FormatError(field.line, f":{field.tag}: is no number and sum of entries in {currency}: {field.value[:40]!r}.")
    return Sums(int(match[1]), decimal_amount(match[3], currency, field.line))


def _refuse_unproven(opening, closing, line):
    missing = [
        tag for tag, balance in (("opening balance (:60F:)", opening), ("closing balance (:62F:)", closing)) if not balance
    ]
    if missing:
        raise FormatError(line, f"the statement has no {' and no '.join(missing)}: it is cut off, or no statement.", _UNPROVABLE)
    if opening[2] != closing[2]:
        raise FormatError(line, f"the statement opens in {opening[2]} and closes in {closing[2]}.")


def _made_at(field):
    """The moment of :13D: (YYMMDDHHMM and the time zone), None if it is not told or no moment."""
    match = _MADE(field.value) if field else None
    if match is None:
        return None
    year, month, day, hour, minute, sign, zone_hours, zone_minutes = match.groups()
    try:
        found = datetime.combine(date_from(year, month, day, field.line), datetime.min.time())
        found = found.replace(hour=int(hour), minute=int(minute))
        if sign:
            shift = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
            found = found.replace(tzinfo=timezone(shift if sign == "+" else -shift))
    except (FormatError, ValueError):
        return None
    return found
