"""Settled captures as the text of one COPY: nothing here needs the database, so that a thread can write it while PostgreSQL
takes up the part before."""

import io
from functools import lru_cache
from typing import NamedTuple

from ..core.money import Money
from .row_source import as_text
from .subledger_known import stamp_of

COLUMNS = (
    ("payment", "varchar"), ("settlement", "varchar"), ("external_id", "varchar"), ("captured", "varchar"),
    ("fact_id", "varchar"), ("gross", "numeric"), ("fee", "numeric"), ("currency_id", "int"), ("currency", "varchar"),
    ("stamp", "varchar"), ("source_key", "varchar"), ("category", "varchar"), ("reference", "varchar"),
    ("description", "varchar"), ("customer_name", "varchar"), ("customer_email", "varchar"), ("customer_key", "varchar"),
)  # fmt: skip


class CaptureRows(NamedTuple):
    """The rows of one part: ``text`` (a file to be copied) in the order of COLUMNS, the ``settlements`` that they name (id ->
    currency code), and how many they are."""

    text: io.StringIO
    settlements: dict
    count: int


def capture_rows(captures, currencies):
    """The `CaptureRows` of `core.records.SettledCapture`s; ``currencies``: ISO code -> id, which refuses what it has not."""
    settlements, rows = {}, []
    for capture in captures:
        info, gross, code = capture.info, capture.gross.minor, capture.gross.currency
        settlements[capture.settlement_key] = code
        rows.append(
            (
                info.transaction_key,
                capture.settlement_key,
                capture.external_id,
                capture.group,
                f"{capture.group}/{gross}",
                _amount(gross, code),
                _amount(capture.fee.minor, code),
                currencies[code],
                code,
                stamp_of(info.occurred_at),
                capture.source_id,
                capture.category,
                info.reference,
                info.description,
                info.customer_name,
                info.customer_email,
                info.customer_key,
            )
        )
    return CaptureRows(as_text(rows), settlements, len(rows))


@lru_cache(maxsize=16_384)
def _amount(minor, currency):
    return str(Money(minor, currency).to_decimal())

