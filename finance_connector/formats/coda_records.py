"""Where what stands in the records of a CODA file: 128 characters each.

Source: Febelfin, "Coded statement of account (CODA)", version 2.6. Positions are those of the specification, counted
from 1; amounts have three decimals, dates are DDMMYY.
"""

from decimal import Decimal
from typing import NamedTuple

from .errors import FormatError
from .fixed_columns import columns
from .text_values import PLACEHOLDERS, date_from, minor_amount

WIDTH = 128
_SIGNS = {"0": 1, "1": -1}


class Balance(NamedTuple):
    """An old (1) or new (8) balance: statement number, account as written, signed amount as text of digits, day."""

    number: str
    account: str
    sign: int
    digits: str
    day: object


class Movement(NamedTuple):
    """A movement: records 2.1, 2.2 and 2.3 with the information (3.x) that belongs to it. ``detail``: it is a part of
    the one before it with the same sequence number, and not booked by itself."""

    sequence: str
    detail: bool
    bank_reference: str
    amount: Decimal
    value_date: object
    entry_date: object
    code: str
    structured: bool
    communication: str
    customer_reference: str
    bank: str
    return_reason: str
    purpose: str
    account: str
    name: str
    information: tuple
    line: int


def cut(line, first, last):
    """Positions ``first`` to ``last`` of a record, without white space around."""
    return line[first - 1 : last].strip()


def day_of(text, number):
    """The date of DDMMYY; None for blanks and zeros."""
    if not text.strip("0 "):
        return None
    return date_from(text[4:], text[2:4], text[:2], number)


def sign_of(text, number):
    """+1 for credit, -1 for debit. Raises FormatError for anything else."""
    if text not in _SIGNS:
        raise FormatError(number, f"the sign is {text!r}, neither 0 (credit) nor 1 (debit).")
    return _SIGNS[text]


def amount_of(digits, sign, currency, number):
    """A signed amount of 15 digits, three of them decimals."""
    return sign * minor_amount(digits, 3, currency, number)


def account_and_currency(line):
    """(account, currency) of a record 1; how they are written is told by position 2."""
    kind, field = line[1], line[5:42]
    if kind == "0":
        return field[:12].strip(), field[13:16].strip()
    return field[:34].strip(), field[34:37].strip()


# Sequence, detail, bank reference, sign, amount, value date, code, type of the communication, its text, entry date.
_MOVEMENT = columns((3, 6), (7, 10), (11, 31), (32, 32), (33, 47), (48, 53), (54, 61), (62, 62), (63, 115), (116, 121))
# The communication goes on, reference of the customer, bank, reason of a return, purpose.
_SECOND = columns((11, 63), (64, 98), (99, 109), (114, 117), (118, 121))
# Account and name of the other side, the end of the communication.
_THIRD = columns((11, 44), (48, 82), (83, 125))


def movement(records, currency, number):
    """The Movement of ``records``: a 2.1, in line ``number``, and what belongs to it."""
    second = third = ""
    information = []
    for record in records[1:]:
        kind = record[:2]
        if kind == "22":
            second = record
        elif kind == "23":
            third = record
        elif text := _information(record):
            information.append(text)
    sequence, detail, bank_reference, sign, digits, value, code, kind, told, entry = _MOVEMENT(records[0])
    more, reference, bank, reason, purpose = _SECOND(second)
    account, name, end = _THIRD(third)
    structured, communication = kind == "1", f"{told}{more}{end}"
    return Movement(
        sequence.strip(),
        detail.strip() not in ("0000", ""),
        bank_reference.strip(),
        amount_of(digits, sign_of(sign, number), currency, number),
        day_of(value, number),
        day_of(entry, number),
        code.strip(),
        structured,
        communication.strip() if structured else " ".join(communication.split()),
        _reference(reference.strip()),
        bank.strip(),
        reason.strip(),
        purpose.strip(),
        account.strip().replace(" ", ""),
        name.strip(),
        tuple(information),
        number,
    )


def _reference(text):
    return "" if text.upper() in PLACEHOLDERS else text


def _information(line):
    first, last = {"31": (41, 113), "32": (11, 115), "33": (11, 100)}[line[:2]]
    return " ".join(cut(line, first, last).split())


def structured_of(communication):
    """(structured reference, references, text) of a structured communication, by its type (first three digits).

    101 and 102 are the Belgian payment reference of 12 digits; 127 is a direct debit with its mandate.
    """
    kind, rest = communication[:3], communication[3:]
    if kind in ("101", "102") and rest[:12].isdigit():
        digits = rest[:12]
        return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++", {}, rest[12:].strip()
    if kind == "127":
        references = {"CdtrId": rest[9:44].strip(), "MndtId": rest[44:79].strip()}
        return "", {name: value for name, value in references.items() if value}, " ".join(rest[79:141].split())
    return "", {}, " ".join(communication.split())
