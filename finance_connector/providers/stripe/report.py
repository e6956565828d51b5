"""The report file `payout_reconciliation.itemized.5`: which file it is, its columns, into `Row`s, part by part.

Columns are found by name, in any order; others are ignored. Amounts are decimals in major units. A file that
was cut anywhere is refused, and so is a row whose net is not gross less fee. Source: docs.stripe.com,
reports, payout reconciliation.

The file is read twice and never held: first to find what its rows tell together (`told_together`), then for good.
"""

import re
from dataclasses import replace
from datetime import datetime, timezone
from functools import lru_cache
from operator import itemgetter

from ...core.errors import PayloadError, storable
from ...core.money import Money
from ...core.records import Parsed, PaymentInfo
from .. import report_text
from ..reading import ID
from ..repeats import Repeats
from . import rows
from .amounts import from_report
from .fees import Fee
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
# What a row is read by, in this order; a column that the file lacks is empty.
_READ = (*REQUIRED, *_CREATED, *_EFFECTIVE, *_OPTIONAL)
_METADATA = re.compile(r"payment_metadata\[(.+)\]")
_MARKS = ("automatic_payout_id", "balance_transaction_id", "reporting_category")
_LAST_FIELD_IS_SAFE = frozenset(("net", "gross", "fee"))
# What tells which rows belong together.
_TOGETHER = ("balance_transaction_id", "reporting_category", "source_id", "payment_intent_id", "charge_id")
_CAPTURED = ("charge", "partial_capture_reversal")
# Rows that are taken up at once. The first are few, so that whoever takes them up begins soon, and each part has at most twice
# those of the one before, so that the next is there when it is wanted.
PART = 10_000
_FIRST = 500


def detect(content):
    """Whether the first line of ``content`` names the columns of this report."""
    header = report_text.first_line(content)
    return all(mark in header for mark in _MARKS)


def parts(content, filename=None):
    """Iterate over the file as `core.records.Parsed`s of some thousand rows; what the payouts are stands in the last one.
    Raises PayloadError naming line and column."""
    report = _Report(content, f"{filename:.120}" if filename else "The report")
    charges, payments = report.told_together()
    payouts, counts, captures, others, together = rows.Payouts(), {}, [], [], []
    row, size = None, min(_FIRST, PART)
    for row in map(report.row, report.lines()):
        if row.category in rows.COUNTED or row.charge_id in charges or row.transaction_key in payments:
            together.append(row)
        elif capture := rows.settled_capture(row):
            payouts.add(row)
            captures.append(capture)
        else:
            others.append(row)
        if len(captures) + len(others) == size:
            yield replace(rows.tell(others, payouts, counts), captures=tuple(captures))
            captures, others, size = [], [], min(2 * size, PART)
    yield replace(rows.tell(others, payouts, counts), captures=tuple(captures))
    yield rows.tell(rows.ordered(together), payouts, counts)
    nothing = "" if row else f"{report.name} has no rows: nothing was settled in its period"
    yield Parsed(settlements=payouts.settlements(), ignored=nothing)


class _Report:
    """One file: which cell of a line stands for what, and its lines, as often as they are asked for."""

    def __init__(self, content, name):
        self.name, self.content = name, report_text.whole_text(content, name)
        _line, header = next(report_text.rows(self.content, name), (0, None))
        if header is None:
            raise PayloadError(f"{name} has no header; the file is damaged.")
        self.header = [report_text.squeezed(column) for column in header]
        columns = _columns(self.header, name)
        self.metadata = [_METADATA.fullmatch(column)[1] for column in columns if column.startswith("payment_m")]
        named = {column: columns.get(column, len(header)) for column in _READ}
        self.pick = itemgetter(*named.values(), *(at for column, at in columns.items() if column.startswith("payment_m")))
        self.pick_together = itemgetter(*map(named.get, _TOGETHER))
        self.may_be_cut = not self.content.endswith((b"\n", b"\r")) and _cut_matters(self.header, columns)

    def lines(self, pick=None):
        """Iterate over (line, cells in the order of _READ, then metadata; or those that ``pick`` takes of all)."""
        pick = pick or self.pick
        width, line, found = len(self.header), 1, report_text.rows(self.content, self.name)
        next(found)
        for line, values in found:
            if len(values) != width:
                where = f"{self.name}, line {line}"
                raise PayloadError(f"{where}: {len(values)} values for {width} columns; the file is cut or damaged.")
            values.append("")
            yield line, pick(values)
        if self.may_be_cut and line > 1:
            raise PayloadError(f"{self.name}, line {line}: the last line has no end, so the file may be cut.")

    def told_together(self):
        """(charges, payments) of which several rows tell, so that these make one fact together, as `Repeats`. Raises
        PayloadError when a balance transaction is in the file twice."""
        charges, payments, own = Repeats(), Repeats(), Repeats()
        for _line, (key, category, source, payment, charge) in self.lines(self.pick_together):
            own.add(key.strip())
            category = category.strip()
            if category in _CAPTURED:
                charge = charge.strip() or source.strip()
                charges.add(charge)
                if category == "charge":
                    payments.add(payment.strip() or charge)
        if own:
            self._refuse_repeated(own)
        return charges, payments

    def _refuse_repeated(self, repeats):
        seen = set()
        for line, (own, *_others) in self.lines(self.pick_together):
            own = own.strip()
            if own in seen:
                raise PayloadError(f"{self.name}, line {line}: {own:.255} is in it twice and would be counted twice.")
            if own in repeats:
                seen.add(own)

    def row(self, line):
        """The `Row` of one of `lines`."""
        number, cells = line
        where = f"{self.name}, line {number}"
        (
            payout, own, code, gross, fee, net, category, source, payment, created, created_there, effective, effective_utc,
            charge, description, shown, shown_code, customer, customer_name, customer_email, *metadata,
        ) = map(str.strip, cells)  # fmt: skip
        currency = _currency(code, where)
        gross = _money(gross, currency, where, "gross")
        fee, net = _money(fee, currency, where, "fee"), _money(net, currency, where, "net")
        if net.minor != gross.minor - fee.minor:
            raise PayloadError(f"{where}: gross {gross} less fee {fee} is not net {net}; the file is damaged.")
        if not ID.fullmatch(own):
            raise PayloadError(f"{where}: {own[:40]!r} is no balance_transaction_id.")
        source, charge = _identifier(source, "source_id", where), _identifier(charge, "charge_id", where)
        if charge is None and category in _CAPTURED:
            charge = source
        key = _identifier(payment, "payment_intent_id", where) or charge
        at = _instant(created or created_there, where)
        if at is None:
            raise PayloadError(f"{where}: no time in {_CREATED[0]}.")
        original = _original(shown, shown_code, gross, where)
        description = storable(description).strip()
        info = None
        if key and category == "charge":
            reference = self._reference(metadata) or one_word(description)
            info = PaymentInfo(
                key, at, original or gross, reference, key, storable(customer_name) or None, storable(customer_email) or None,
                _identifier(customer, "customer_id", where), description or None,
            )  # fmt: skip
        effective = _instant(effective or effective_utc, where)
        nothing = _zero(currency)
        return rows.Row(
            where, _identifier(payout, "automatic_payout_id", where), own, category, at, gross, Fee(fee, nothing, nothing),
            net, source, key, charge, original, None, effective and effective.date(), info, description,
        )  # fmt: skip

    def _reference(self, values):
        return from_metadata(dict(zip(self.metadata, values, strict=True))) if self.metadata else None


def _columns(header, name):
    """Column name -> position, of the columns that are read, and of the payment metadata that may hold a
    reference."""
    wanted = set(_READ)
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


def _money(value, currency, where, column):
    """An amount; the same ones come again and again, so what one is is kept."""
    found = _amount(value, currency)
    return from_report(value, currency, f"{where}, {column}") if found is None else found


@lru_cache(maxsize=16_384)
def _amount(value, currency):
    try:
        return from_report(value, currency, "")
    except PayloadError:
        return None


@lru_cache(maxsize=256)
def _zero(currency):
    return Money.zero(currency)


def _currency(value, where):
    if len(value) == 3 and value.isascii() and value.isalpha():
        return value.upper()
    raise PayloadError(f"{where}: {value[:20]!r} is no currency code.")


def _identifier(value, column, where):
    if not value:
        return None
    if not ID.fullmatch(value):
        raise PayloadError(f"{where}: {value[:40]!r} is no {column}.")
    return value


def _instant(value, where):
    """The time ``value`` as an aware UTC datetime; None when there is none."""
    if not value:
        return None
    found = _moment(value)
    if found is None:
        raise PayloadError(f"{where}: {value[:40]!r} is no time.")
    return found


@lru_cache(maxsize=4_096)
def _moment(value):
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError):
        return None


def _original(amount, code, gross, where):
    """The gross in the currency the customer paid in, with the sign of the gross; None when it is the same
    currency, or the report does not say."""
    if not amount or not code or code.upper() == gross.currency:
        return None
    original = abs(_money(amount, _currency(code, where), where, "customer_facing_amount"))
    return -original if gross.minor < 0 else original
