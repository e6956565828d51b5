"""Settled captures as the text of one COPY: nothing here needs the database, so that a thread can write it while PostgreSQL
takes up the part before."""

import io
from functools import lru_cache
from typing import NamedTuple

from ..core.money import Money
from .row_source import as_text
from .subledger_known import stamp_of

COLUMNS = (
    ("settlement", "varchar"), ("line_id", "varchar"), ("capture_id", "varchar"), ("fee_id", "varchar"), ("group_key", "varchar"),
    ("gross", "numeric"), ("fee", "numeric"), ("currency_id", "int"), ("currency", "varchar"), ("cumulative", "bool"),
    ("source_key", "varchar"), ("category", "varchar"), ("line_description", "varchar"), ("payment", "varchar"),
    ("stamp", "varchar"), ("tells_amount", "bool"), ("reference", "varchar"), ("customer_name", "varchar"),
    ("customer_email", "varchar"), ("customer_key", "varchar"), ("description", "varchar"),
)  # fmt: skip


class CaptureRows(NamedTuple):
    """The rows of one part: ``text`` (a file to be copied) in the order of COLUMNS, the ``settlements`` that they name (id ->
    currency code), and how many they are."""

    text: io.StringIO
    settlements: dict
    count: int


def capture_rows(captures, currencies):
    """The `CaptureRows` of `core.settled_capture.SettledCapture`s; ``currencies``: ISO code -> id, which refuses what it has
    not."""
    settlements, rows = {}, []
    for key, line_id, capture_id, fee_id, group, gross, fee, info, cumulative, source_id, category, line_description in captures:
        payment, at, amount, reference, _own, name, email, customer, description, _status = info
        code = gross.currency
        settlements[key] = code
        rows.append((
            key, line_id, capture_id, fee_id, group, _amount(gross.minor, code), _amount(fee.minor, code), currencies[code], code,
            cumulative, source_id, category, line_description, payment, stamp_of(at), amount is not None, reference, name, email,
            customer, description,
        ))  # fmt: skip
    return CaptureRows(as_text(rows), settlements, len(rows))


@lru_cache(maxsize=16_384)
def _amount(minor, currency):
    return str(Money(minor, currency).to_decimal())

