"""The report file `payout_reconciliation.itemized.5`: which file it is, its text, its columns, into `Row`s.

Columns are found by name, in any order; others are ignored. Amounts are decimals in major units. A file that
was cut anywhere is refused, and so is a row whose net is not gross less fee. Source: docs.stripe.com,
reports, payout reconciliation.
"""

import csv
import io
import re
from datetime import datetime, timezone

from ...core.errors import PayloadError
from ...core.money import Money
from ...core.records import Parsed, PaymentInfo
from ..report_text import decode
from . import rows
from .amounts import from_report
from .fees import Fee
from .payload import text
from .reference import from_metadata, one_word

REQUIRED = (
    "automatic_payout_id", "balance_transaction_id", "currency", "gross", "fee", "net", "reporting_category",
    "source_id", "payment_intent_id",
)  # fmt: skip
# One of each pair must be there; the first is preferred. Without "utc" Stripe writes the time zone that was
# asked for, which is UTC unless someone changed it.
_CREATED = ("created_utc", "created")
_EFFECTIVE = ("automatic_payout_effective_at", "automatic_payout_effective_at_utc")
_OPTIONAL = (
    "charge_id", "description", "customer_facing_amount", "customer_facing_currency", "customer_id",
    "customer_name", "customer_email",
)  # fmt: skip
_METADATA = re.compile(r"payment_metadata\[(.+)\]")
_MARKS = ("automatic_payout_id", "balance_transaction_id", "reporting_category")
_ID = re.compile(r"[!-~]{1,255}", re.ASCII)
_LAST_FIELD_IS_SAFE = frozenset(("net", "gross", "fee"))


def detect(content):
    """Whether the first line of ``content`` names the columns of this report."""
    try:
        header = decode(content[:16384], "ignore").partition("\n")[0]
    except PayloadError:
        return False
    return all(mark in header for mark in _MARKS)


def parse(content, filename=None):
    """`core.records.Parsed` of the file. Raises PayloadError naming line and column."""
    name = f"{filename:.120}" if filename else "The report"
    decoded = decode(content)
    if not decoded.strip():
        raise PayloadError(f"{name} is empty; download the report again.")
    if "\0" in decoded:
        raise PayloadError(f"{name} has NUL characters in it, so it is damaged or no text; download it again.")
    reader = csv.reader(io.StringIO(decoded, newline=""), strict=True)
    found = []
    try:
        header = [" ".join(column.split()).strip().lower() for column in next(reader)]
        columns = _columns(header, name)
        for values in reader:
            if values:
                found.append(_row(values, header, columns, f"{name}, line {reader.line_num}"))
    except (csv.Error, StopIteration) as error:
        raise PayloadError(f"{name}, line {reader.line_num}: {error or 'no header'}; the file is damaged.") from error
    if not decoded.endswith(("\n", "\r")) and found and _cut_matters(header, columns):
        raise PayloadError(f"{name}, line {reader.line_num}: the last line has no end, so the file may be cut.")
    if not found:
        return Parsed(ignored=f"{name} has no rows: nothing was settled in its period")
    return rows.settle(found)


def _columns(header, name):
    """Column name -> position, of the columns that are read, and of the payment metadata that may hold a
    reference."""
    wanted = {*REQUIRED, *_CREATED, *_EFFECTIVE, *_OPTIONAL}
    positions = {}
    for position, column in enumerate(header):
        if column in wanted or _METADATA.fullmatch(column):
            if column in positions:
                raise PayloadError(f"{name} has the column {column} twice.")
            positions[column] = position
    missing = [column for column in REQUIRED if column not in positions]
    if not any(column in positions for column in _CREATED):
        missing.append(_CREATED[0])
    if missing:
        raise PayloadError(
            f"{name} lacks the columns {', '.join(missing)}. Download payout_reconciliation.itemized.5 with these columns."
        )
    return positions


def _cut_matters(header, columns):
    """Whether a value that lost its end could go unnoticed: amounts are proven by their sum, other columns
    unread."""
    return header[-1] in columns and header[-1] not in _LAST_FIELD_IS_SAFE


def _row(values, header, columns, where):
    if len(values) != len(header):
        raise PayloadError(f"{where}: {len(values)} values for {len(header)} columns; the file is cut or damaged.")
    cells = {column: values[position].strip() for column, position in columns.items()}
    currency = _currency(cells["currency"], where)
    gross, fee, net = (from_report(cells[column], currency, f"{where}, {column}") for column in ("gross", "fee", "net"))
    if net != gross - fee:
        raise PayloadError(f"{where}: gross {gross} less fee {fee} is not net {net}; the file is damaged.")
    category = cells["reporting_category"]
    source, charge = _identifier(cells, "source_id", where), _identifier(cells, "charge_id", where)
    if category in ("charge", "partial_capture_reversal") and charge is None:
        charge = source
    key = _identifier(cells, "payment_intent_id", where) or charge
    created = _instant(cells, _CREATED, where)
    effective = _instant(cells, _EFFECTIVE, where)
    nothing = Money.zero(currency)
    return rows.Row(
        where,
        _identifier(cells, "automatic_payout_id", where),
        _identifier(cells, "balance_transaction_id", where, required=True),
        category,
        created,
        gross,
        Fee(fee, nothing, nothing),
        net,
        source_id=source,
        transaction_key=key,
        charge_id=charge,
        original=_original(cells, gross, where),
        effective=effective and effective.date(),
        info=_info(cells, key, created, gross, where) if key and category == "charge" else None,
        description=text(cells, "description") or "",
    )


def _currency(value, where):
    if len(value) == 3 and value.isascii() and value.isalpha():
        return value.upper()
    raise PayloadError(f"{where}: {value[:20]!r} is no currency code.")


def _identifier(cells, column, where, required=False):
    value = cells.get(column, "")
    if not value and not required:
        return None
    if not _ID.fullmatch(value):
        raise PayloadError(f"{where}: {value[:40]!r} is no {column}.")
    return value


def _instant(cells, names, where):
    """The first of the columns ``names`` that has a value, as an aware UTC datetime; None when none has."""
    value = next((cells[name] for name in names if cells.get(name)), "")
    if not value:
        if names is _CREATED:
            raise PayloadError(f"{where}: no time in {names[0]}.")
        return None
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError) as error:
        raise PayloadError(f"{where}: {value[:40]!r} is no time.") from error


def _original(cells, gross, where):
    """The gross in the currency the customer paid in, with the sign of the gross; None when it is the same
    currency, or the report does not say."""
    amount, code = cells.get("customer_facing_amount"), cells.get("customer_facing_currency")
    if not amount or not code or code.upper() == gross.currency:
        return None
    original = abs(from_report(amount, _currency(code, where), f"{where}, customer_facing_amount"))
    return -original if gross.minor < 0 else original


def _info(cells, key, created, gross, where):
    metadata = {_METADATA.fullmatch(name)[1]: value for name, value in cells.items() if name.startswith("payment_m")}
    description = text(cells, "description")
    return PaymentInfo(
        key,
        created,
        amount=_original(cells, gross, where) or gross,
        reference=from_metadata(metadata) or one_word(description),
        provider_reference=key,
        customer_name=text(cells, "customer_name"),
        customer_email=text(cells, "customer_email"),
        customer_key=_identifier(cells, "customer_id", where),
        description=description,
    )
