"""The records of a NACHA file: 94 characters each, laid out in columns (NACHA operating rules, appendix three)."""

from typing import NamedTuple

RECORD_LENGTH, BLOCKING = 94, 10
# Debits and credits, credits only, debits only.
MIXED, CREDITS, DEBITS = "200", "220", "225"
HASH_DIGITS = 10
# Kind of account, and whether money goes to it: transaction code; one more than it announces it without money (prenote).
TRANSACTION_CODES = {
    ("checking", "credit"): 22, ("checking", "debit"): 27, ("savings", "credit"): 32, ("savings", "debit"): 37,
}  # fmt: skip
# Returns and notifications of change are told by the bank with these.
RETURN_CODES = {21: "credit", 26: "debit", 31: "credit", 36: "debit"}
CREDIT_CODES = frozenset((21, 22, 23, 24, 31, 32, 33, 34))
PAYMENT_ADDENDA, CHANGE_ADDENDA, RETURN_ADDENDA = "05", "98", "99"


class Field(NamedTuple):
    """Columns ``start`` to before ``end`` (from 0) of a record; ``numeric`` ones are filled with zeros from the left."""

    name: str
    start: int
    end: int
    numeric: bool


def _layout(text):
    """Fields from "name:width" (text) and "name:width#" (numeric), one after the other."""
    fields, at = [], 0
    for part in text.split():
        name, _colon, width = part.partition(":")
        end = at + int(width.rstrip("#"))
        fields.append(Field(name, at, end, width.endswith("#")))
        at = end
    assert at == RECORD_LENGTH, text
    return tuple(fields)


FILE_HEADER = _layout(
    "record:1 priority:2 destination:10 origin:10 date:6 time:4 modifier:1 record_size:3 blocking:2 format:1 "
    "destination_name:23 origin_name:23 reference:8"
)
BATCH_HEADER = _layout(
    "record:1 service_class:3 company_name:16 discretionary:20 company_id:10 entry_class:3 description:10 descriptive_date:6 "
    "effective_date:6 settlement:3 originator_status:1 odfi:8 batch:7#"
)
ENTRY = _layout("record:1 code:2# routing:9 account:17 amount:10# identification:15 name:22 discretionary:2 addenda:1 trace:15#")
# In entries of class CTX the name holds the number of addenda and the receiving company.
CTX_NAME_WIDTH = 16
ADDENDA = _layout("record:1 type:2 text:80 sequence:4# entry:7#")
RETURN = _layout("record:1 type:2 reason:3 original_trace:15 date_of_death:6 original_rdfi:8 information:44 trace:15")
CHANGE = _layout("record:1 type:2 reason:3 original_trace:15 reserved:6 original_rdfi:8 corrected:29 reserved2:15 trace:15")
BATCH_CONTROL = _layout(
    "record:1 service_class:3 count:6# hash:10# debits:12# credits:12# company_id:10 authentication:19 reserved:6 odfi:8 batch:7#"
)
FILE_CONTROL = _layout("record:1 batches:6# blocks:6# count:8# hash:10# debits:12# credits:12# reserved:39")
FILLER = "9" * RECORD_LENGTH


def record(layout, values):
    """The line of ``values`` (name -> text or int). Raises ValueError for a value that is wider than its columns."""
    line = []
    for field in layout:
        width, text = field.end - field.start, str(values.get(field.name, ""))
        if len(text) > width:
            raise ValueError(f"{field.name} {text} has {len(text)} characters, its columns {width}")
        line.append(text.rjust(width, "0") if field.numeric else text.ljust(width))
    return "".join(line)


def values_of(layout, line):
    """name -> text of the columns of ``line``, without the spaces that fill them."""
    return {field.name: line[field.start : field.end].strip() for field in layout}


def entry_hash(routings):
    """The sum of the first eight digits of all receiving banks, its last ten digits."""
    return sum(int(routing[:8]) for routing in routings) % 10**HASH_DIGITS
