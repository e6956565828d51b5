"""Rows of PayPal's ledger and the facts they are, whether a report or transaction search tells them.

* The row's transaction id is the id of a capture, refund or payout, as in webhooks; of everything else ``<id>/<code>``, since
  PayPal uses an id again for another step.
* A chargeback is several rows about one payment, all of the group of that payment: T1110 holds the money, T1111 gives it back,
  T1201 takes it for good, T1202 brings it back.
* A conversion is two rows, one a currency. It is one fact, so both must be there.
"""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from ...core.errors import PayloadError, UnknownStatus, storable
from ...core.money import Money
from ...core.records import Envelope, Parsed, PaymentInfo, SettlementInfo
from ..facts import Facts
from ..reading import decimal_money, identifier, iso_instant, known, mapping, objects, text
from .codes import NOTHING, UNKNOWN, kind_of

STATUSES = {"S": True, "V": True, "F": True, "P": False, "D": False}
_DISPUTES = ("dispute_open", "dispute_won")
_ABOUT_ANOTHER = ("refund", "refund_fail", "payout_fail", *_DISPUTES)


class Row(NamedTuple):
    """One row. ``gross`` and ``fee`` are signed from our side: a fee that was charged is negative. ``kind`` is that of its code
    and sign, `unknown` for one that does not name what it is about. ``key`` is that of the settlement which a report tells.
    ``number`` is 1 unless others have the same id, code and sign. ``where`` names the row in errors."""

    where: str
    kind: str
    id: str
    code: str
    at: datetime
    gross: Money
    fee: Money
    reference: str | None = None
    invoice: str | None = None
    bank_reference: str | None = None
    key: str | None = None
    number: int = 1

    @property
    def payment(self):
        """The capture that it is, or is about. What takes a refund back names that refund, whose payment the subledger knows."""
        return self.id if self.kind == "capture" else self.reference if self.kind in ("refund", *_DISPUTES) else None

    @property
    def own(self):
        return self.id if self.kind in ("capture", "refund", "payout") else f"{self.id}/{self.code}"

    @property
    def line_id(self):
        own = f"{self.id}/{self.code}/{'+' if self.gross.minor > 0 else '-'}"
        return own if self.number == 1 else f"{own}#{self.number}"


def row(where, own, code, at, gross, fee, reference=None, *more):
    """The `Row` of what its cells say."""
    kind = kind_of(code, gross.minor)
    if not reference and kind in _ABOUT_ANOTHER:
        kind = UNKNOWN
    return Row(where, kind, own, code, at, gross, fee, reference, *more)


def facts_of(rows):
    """``(movements, unpaired)``: the facts of ``rows``, and the conversions whose other half is not among them."""
    movements = [fact for row in rows for fact in _facts(row)]
    pairs, unpaired = paired([row for row in rows if row.kind == "fx"])
    for came, left in pairs:
        facts = Facts(min(came.at, left.at))
        facts.add("fx", min(came.id, left.id), came.gross, counter_amount=-left.gross)
        movements += facts.movements
    return movements, unpaired


def payment_of(row):
    """What the row of a capture says of its payment: a webhook that told of it may never have come."""
    return PaymentInfo(row.id, row.at, row.gross, row.invoice, row.id)


def payments_of(rows):
    """The `PaymentInfo`s of the captures among ``rows``."""
    return tuple(payment_of(row) for row in rows if row.kind == "capture")


def payouts_of(rows):
    """The `SettlementInfo`s of the payouts among ``rows``: PayPal lists no lines of one."""
    return tuple(
        SettlementInfo(
            row.id, abs(row.gross), row.at, status="in_transit", automatic=row.code == "T0401", trace=row.bank_reference
        )
        for row in rows
        if row.kind == "payout"
    )


def paired(conversions):
    """``([(came in, left)], rest)``: halves that name each other, or that name the same payment at the same moment."""
    pairs, rest = [], sorted(conversions, key=lambda row: (row.at, row.id, row.gross.minor))
    for own, wanted in ((_names, _is_named), (_cause, _cause)):
        waiting = defaultdict(list)
        for row in rest:
            fitting = waiting[wanted(row)]
            other = next((one for one in fitting if _two_sides(one, row)), None)
            if other is None:
                waiting[own(row)].append(row)
            else:
                fitting.remove(other)
                pairs.append((other, row) if other.gross.minor > 0 else (row, other))
        rest = [row for rows in waiting.values() for row in rows]
    return pairs, rest


def _two_sides(one, other):
    return one.gross.currency != other.gross.currency and (one.gross.minor > 0) != (other.gross.minor > 0)


def _names(row):
    return row.id, row.reference


def _is_named(row):
    return row.reference, row.id


def _cause(row):
    return row.reference, row.at


def _facts(row):
    """The facts of one row, but its conversion, which takes two."""
    kind, amount = row.kind, abs(row.gross)
    key = row.reference if kind == "refund_fail" else row.payment
    facts = Facts(row.at, row.payment, row.id if kind == "payout" else None, row.invoice)
    if kind in ("capture", "refund"):
        facts.add(kind, row.id, amount, row.id)
    elif kind == "refund_fail":
        facts.add("refund_fail", row.reference, amount, row.reference)
    elif kind in _DISPUTES:
        facts.add(kind, row.own, amount, row.reference, reason=row.code)
    elif kind == "payout":
        facts.add("payout", row.id, amount, row.id)
    elif kind == "payout_fail":
        facts.settlement_key = row.reference
        facts.add("payout_fail", row.reference, amount, row.reference, reason=row.code)
    elif kind in ("transfer", "adjustment"):
        facts.add(kind, row.own, row.gross, reason=row.code)
    elif kind not in (UNKNOWN, NOTHING, "fx"):
        facts.add(kind, row.own, amount, row.reference or "", reason=row.code)
    if row.fee.minor and kind not in (UNKNOWN, NOTHING):
        facts.add("fee" if row.fee.minor < 0 else "fee_refund", row.own, abs(row.fee), key or "")
    return facts.movements


# --- rows of transaction search ---------------------------------------------------------------------------------------


def is_polled(document):
    """Whether a message is a row of transaction search, or the two rows of a conversion."""
    return "transaction_info" in document or "transaction_details" in document


def _details(document):
    return objects(document, "transaction_details") if "transaction_details" in document else [document]


def envelope(document):
    """`core.records.Envelope` of polled rows: an id alone is not unique at PayPal."""
    infos = [mapping(detail, "transaction_info") for detail in _details(document)]
    if not infos:
        raise PayloadError("A message of transaction search has no rows.")
    parts = []
    for info in infos:
        told = read(info)
        side = "+" if told.gross.minor > 0 else "-"
        parts.append(f"{told.id}/{told.code}/{told.at:%Y%m%dT%H%M%S}/{side}/{text(info, 'transaction_status') or ''}")
    first = read(infos[0])
    return Envelope("txn/" + "+".join(parts)[:240], f"transaction.{first.code}", first.reference or first.id, first.at)


def parse(document):
    """`core.records.Parsed` of polled rows. Raises PayloadError, or UnknownStatus for a code or status never seen."""
    found = []
    for detail in _details(document):
        info = mapping(detail, "transaction_info")
        told = read(info)
        counted = STATUSES[known(text(info, "transaction_status"), STATUSES, "PayPal", "transaction_status", {"id": told.id})]
        if kind_of(told.code, told.gross.minor) == UNKNOWN:
            raise UnknownStatus("PayPal", "transaction_event_code", told.code, told.where)
        if counted and told.kind != NOTHING:
            found.append(told)
    if not found:
        return Parsed(ignored="transaction search: it does not move the balance (yet)")
    movements, unpaired = facts_of(found)
    if unpaired:
        raise PayloadError(f"{unpaired[0].where}: the other half of the conversion is missing; import the report of that day.")
    return Parsed(tuple(movements), payments_of(found), payouts_of(found))


def read(info):
    """The `Row` of a transaction_info object."""
    own, code = identifier(info, "transaction_id"), identifier(info, "transaction_event_code")
    if own is None or code is None:
        raise PayloadError("A row of transaction search has no id or no event code.")
    where = f"transaction {own} ({code})"
    gross = _money(info, "transaction_amount", where)
    fee = _money(info, "fee_amount", where) if info.get("fee_amount") else Money.zero(gross.currency)
    return row(
        where,
        own,
        code,
        iso_instant(info, "transaction_initiation_date"),
        gross,
        fee,
        identifier(info, "paypal_reference_id"),
        text(info, "invoice_id") or text(info, "custom_field"),
        text(info, "bank_reference_id"),
    )


def _money(info, field, where):
    amount = mapping(info, field)
    return decimal_money(amount.get("value"), amount.get("currency_code"), storable(f"{where}, {field}"))
