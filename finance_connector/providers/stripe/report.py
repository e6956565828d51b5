"""The report file `payout_reconciliation.itemized.5`: which file it is, its columns, into `Row`s, part by part.

Columns are found by name, in any order; others are ignored. Amounts are decimals in major units. A file that
was cut anywhere is refused, and so is a row whose net is not gross less fee. Source: docs.stripe.com,
reports, payout reconciliation.

The file is read twice and never held: first to find what its rows tell together (`told_together`), then for good.
"""

import re

from ...core.errors import PayloadError, storable
from ...core.records import Parsed, PaymentInfo
from .. import cells, report_text
from ..parts import apart, in_parts
from ..reading import one_word
from ..repeats import Repeats
from . import rows
from .fees import Fee
from .reference import from_metadata

REQUIRED = (
    "automatic_payout_id", "balance_transaction_id", "currency", "gross", "fee", "net", "reporting_category",
    "source_id", "payment_intent_id",
)  # fmt: skip
# One of each pair must be there; the first is preferred. Without "utc" Stripe writes the time zone that was
# asked for, which is UTC unless someone changed it.
_CREATED = ("created_utc", "created")
_EFFECTIVE = ("automatic_payout_effective_at", "automatic_payout_effective_at_utc")
_IDS = (
    "automatic_payout_id", "balance_transaction_id", "source_id", "payment_intent_id", "charge_id", "customer_id",
)  # fmt: skip
# What a row is read by, in this order, and then by its metadata.
_READ = (
    "currency", "gross", "fee", "net", "reporting_category", *_CREATED, *_EFFECTIVE, "description", "customer_facing_amount",
    "customer_facing_currency", "customer_name", "customer_email", *_IDS,
)  # fmt: skip
_METADATA = re.compile(r"payment_metadata\[(.+)\]")
_MARKS = ("automatic_payout_id", "balance_transaction_id", "reporting_category")
_LAST_FIELD_IS_SAFE = frozenset(("net", "gross", "fee"))
# What tells which rows belong together.
_TOGETHER = ("balance_transaction_id", "reporting_category", "source_id", "charge_id")
_CAPTURED = ("charge", "partial_capture_reversal")


def detect(content):
    """Whether the first line of ``content`` names the columns of this report."""
    header = report_text.first_line(content)
    return all(mark in header for mark in _MARKS)


def parts(content, filename=None):
    """Iterate over the file as `core.records.Parsed`s of some thousand rows; what the payouts are stands in the last one.
    Raises PayloadError naming line and column."""
    report = _Report(content, f"{filename:.120}" if filename else "The report")
    charges = report.told_together()
    payouts, counts, together = rows.Payouts(), {}, []

    def told(others):
        return rows.tell(others, counts)

    def is_together(row):
        return row.category in rows.COUNTED or charges and row.charge_id in charges

    alone = apart(payouts.counted(report.rows()), is_together, together.append)
    yield from in_parts(alone, rows.settled_capture, told)
    yield told(rows.ordered(together))
    nothing = "" if report.count else f"{report.name} has no rows: nothing was settled in its period"
    yield Parsed(settlements=payouts.settlements(), ignored=nothing)


class _Report:
    """One file: which cell of a line stands for what, and its rows, as often as they are asked for."""

    def __init__(self, content, name):
        content = report_text.whole_text(content, name)
        self.name, self.count, self.table = name, 0, report_text.Table.of_csv(content, name)
        header = self.table.header
        _refuse_missing(header, name)
        found = [(column, match[1]) for column in header if (match := _METADATA.fullmatch(column))]
        self.columns, self.metadata = (*_READ, *(column for column, _key in found)), [key for _column, key in found]
        self.may_be_cut = not content.endswith((b"\n", b"\r")) and _cut_matters(header[-1], self.columns)

    def told_together(self):
        """The charges of which several rows tell, so that these make one fact together, as `Repeats`. Raises PayloadError when a
        balance transaction is in the file twice."""
        charges, own = Repeats(), Repeats()
        for _line, (key, category, source, charge) in self.table.lines(_TOGETHER):
            own.add(key.strip())
            if category.strip() in _CAPTURED:
                charges.add(charge.strip() or source.strip())
        if own:
            self._refuse_repeated(own)
        return charges

    def _refuse_repeated(self, repeats):
        seen = set()
        for line, (own, *_others) in self.table.lines(_TOGETHER):
            own = own.strip()
            if own in seen:
                raise PayloadError(f"{self.name}, line {line}: {own:.255} is in it twice and would be counted twice.")
            if own in repeats:
                seen.add(own)

    def rows(self):
        """Iterate over the `Row`s; ``count`` is how many there were."""
        line = 1
        for line, values in self.table.lines(self.columns):
            self.count += 1
            yield self._row(f"{self.name}, line {line}", values)
        if self.may_be_cut and self.count:
            raise PayloadError(f"{self.name}, line {line}: the last line has no end, so the file may be cut.")

    def _row(self, where, values):
        (
            code, gross, fee, net, category, created, created_there, effective, effective_utc, description, shown, shown_code,
            customer_name, customer_email, *values,
        ) = map(str.strip, values)  # fmt: skip
        currency = cells.currency(code, where)
        gross = cells.amount(gross, currency, where, "gross")
        fee, net = cells.amount(fee, currency, where, "fee"), cells.amount(net, currency, where, "net")
        if net.minor != gross.minor - fee.minor:
            raise PayloadError(f"{where}: gross {gross} less fee {fee} is not net {net}; the file is damaged.")
        payout, own, source, payment, charge, customer = cells.identifiers(values[: len(_IDS)], _IDS, where)
        if own is None:
            raise PayloadError(f"{where}: no balance_transaction_id.")
        if charge is None and category in _CAPTURED:
            charge = source
        key, at = payment or charge, _instant(created or created_there, where)
        if at is None:
            raise PayloadError(f"{where}: no time in {_CREATED[0]}.")
        original = _original(shown, shown_code, gross, where)
        description, info = storable(description).strip(), None
        if key and category == "charge":
            reference = self._reference(values[len(_IDS) :]) or one_word(description)
            info = PaymentInfo(
                key, at, original or gross, reference, key, storable(customer_name) or None, storable(customer_email) or None,
                customer, description or None,
            )  # fmt: skip
        effective, nothing = _instant(effective or effective_utc, where), cells.zero(currency)
        return rows.Row(
            where, payout, own, category, at, gross, Fee(fee, nothing, nothing), net, source, key, charge, original, None,
            effective and effective.date(), info, description,
        )  # fmt: skip

    def _reference(self, values):
        return from_metadata(dict(zip(self.metadata, values, strict=True))) if self.metadata else None


def _refuse_missing(header, name):
    """Raise PayloadError naming the columns without which nothing can be said."""
    missing = [column for column in REQUIRED if column not in header]
    if not any(column in header for column in _CREATED):
        missing.append(_CREATED[0])
    if missing:
        raise PayloadError(
            f"{name} lacks the columns {', '.join(missing)}. Download payout_reconciliation.itemized.5 with these columns."
        )


def _cut_matters(last, columns):
    """Whether a value of the ``last`` column that lost its end could go unnoticed: amounts are proven by their sum, other
    columns unread."""
    return last in columns and last not in _LAST_FIELD_IS_SAFE


def _instant(value, where):
    """The time ``value``; None when there is none."""
    return cells.instant(value, where) if value else None


def _original(amount, code, gross, where):
    """The gross in the currency the customer paid in, with the sign of the gross; None when it is the same
    currency, or the report does not say."""
    if not amount or not code or code.upper() == gross.currency:
        return None
    original = abs(cells.amount(amount, cells.currency(code, where), where, "customer_facing_amount"))
    return -original if gross.minor < 0 else original
