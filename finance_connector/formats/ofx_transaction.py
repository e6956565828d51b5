"""What a STMTTRN says: one transaction of an OFX statement.

Source: OFX 2.3 section 11.4.4. The sign is in TRNAMT; the date is the one that is written, whatever time and zone
follow it: a bank's booking day is not moved by converting it.
"""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from .errors import FormatError
from .records import Exchange
from .text_values import PLACEHOLDERS, date_from, scaled

_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:\D.*|\d{4,6}(?:\.\d+)?\s*(?:\[.*)?)?", re.ASCII).fullmatch
_AMOUNT = re.compile(r"([+-]?)\s*(\d{0,18})(?:[.,](\d{0,18}))?", re.ASCII).fullmatch
_DEBITS = frozenset(("DEBIT",))
_CREDITS = frozenset(("CREDIT",))


class Transaction(NamedTuple):
    """A STMTTRN. ``exchange``: the rate beside an amount that the bank converted."""

    kind: str
    amount: Decimal
    posted: date
    available: date | None
    fitid: str
    reference: str
    name: str
    memo: str
    account: str
    bank: str
    original_currency: str
    exchange: Exchange | None
    line: int


def read_date(value, line):
    """The calendar date of an OFX date and time, as written. Raises FormatError if it is none."""
    try:
        found = _date_of(value)
    except FormatError as error:
        error.line = line
        raise
    if found is None:
        raise FormatError(line, f"{value[:40]!r} is no date; OFX writes YYYYMMDD.")
    return found


@lru_cache(maxsize=4096)
def _date_of(value):
    """The date; None for what is written as none. Raises FormatError for a day that there is not."""
    match = _DATE(value.strip())
    return match and date_from(*match.groups(), None)


def read_amount(value, currency, line):
    """The signed amount of an OFX number: comma or point before the decimals, no thousands signs."""
    match = _AMOUNT(value.strip())
    if match is None or not (match[2] or match[3]):
        raise FormatError(line, f"{value[:40]!r} is no amount; OFX writes -1234.56 or -1234,56.")
    amount = scaled(match[2] or "0", match[3] or "", currency, line)
    return -amount if match[1] == "-" else amount


def read_transaction(fields, currency, line):
    """The Transaction of the fields (name -> value) of a STMTTRN. Raises FormatError for what cannot be trusted."""
    if "CORRECTACTION" in fields or "CORRECTFITID" in fields:
        raise FormatError(
            line,
            f"the bank {fields.get('CORRECTACTION', 'corrects').lower()}s transaction {fields.get('CORRECTFITID', '')!r} of an "
            "earlier file.",
            "Correct the bank line of that transaction by hand, and ask the bank for a file without corrections.",
        )
    if "DTPOSTED" not in fields or "TRNAMT" not in fields:
        missing = [name for name in ("DTPOSTED", "TRNAMT") if name not in fields]
        raise FormatError(line, f"the transaction has no {' and no '.join(missing)}.")
    other, exchange = _other_currency(fields, currency, line)
    get = fields.get
    return Transaction(
        get("TRNTYPE", "").upper(),
        read_amount(fields["TRNAMT"], currency, line),
        read_date(fields["DTPOSTED"], line),
        read_date(fields["DTAVAIL"], line) if "DTAVAIL" in fields else None,
        _told(get("FITID", "")),
        _told(get("REFNUM", "")) or _told(get("CHECKNUM", "")),
        " ".join(get("NAME", "").split()),
        " ".join(get("MEMO", "").split()),
        get("ACCTID", ""),
        get("BANKID", ""),
        other,
        exchange,
        line,
    )


def _told(value):
    return value if value and value.upper() not in PLACEHOLDERS else ""


def _other_currency(fields, currency, line):
    """(original currency, rate). In CURRENCY the amount itself is in another currency: then nobody knows what moved."""
    symbol = fields.get("CURSYM", "").upper()
    if not symbol or symbol == currency:
        return "", None
    if "ORIGCURRENCY" not in fields:
        raise FormatError(line, f"the transaction is in {symbol}, the account in {currency}; in that it has no amount.")
    rate = fields.get("CURRATE", "")
    return symbol, Exchange(symbol, currency, symbol, read_amount(rate, "", line) if rate else None)


def signs(transactions):
    """+1 or -1 for each: to be multiplied with its amount.

    Some banks write all amounts without a sign, and the direction in TRNTYPE only. That is read where nothing is
    left open: no amount is negative, and every type is DEBIT or CREDIT, with some DEBIT among them.
    """
    kinds = {one.kind for one in transactions}
    unsigned = kinds <= (_DEBITS | _CREDITS) and kinds & _DEBITS and all(one.amount >= 0 for one in transactions)
    return [-1 if unsigned and one.kind in _DEBITS else 1 for one in transactions]


def against_sign(one):
    """Whether the type says the other direction than the amount."""
    return (one.kind in _DEBITS and one.amount > 0) or (one.kind in _CREDITS and one.amount < 0)
