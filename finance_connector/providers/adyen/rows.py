"""From rows of the settlement details report to payouts, lines and the facts that they prove.

A batch is a settlement, ``<merchant account>/<batch>/<currency>``. What a batch carries over to the next (Balancetransfer)
stays in the same balance: it is a line and no fact. A batch that ends below nothing has no payout.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from ...core.errors import PayloadError, storable
from ...core.money import Money
from ...core.records import Parsed, PaymentInfo, SettlementInfo, SettlementLine
from ...core.settled_capture import SettledCapture
from ..facts import Facts
from ..parts import apart, in_parts, numbered

UNKNOWN = "unknown"
# Characters of the id of a line that are of the row; a number may follow.
LINE_ID = 200
# Type -> (kind when the net is negative or nothing, kind when it is positive)
TYPES = {
    "Settled": ("capture", "capture"),
    "CaptureFailed": ("capture_fail", UNKNOWN),
    "Refunded": ("refund", UNKNOWN),
    "RefundedReversed": (UNKNOWN, "refund_fail"),
    "Chargeback": ("dispute_open", UNKNOWN),
    "SecondChargeback": ("dispute_open", UNKNOWN),
    "ChargebackReversed": (UNKNOWN, "dispute_won"),
    **dict.fromkeys("Fee MiscCosts PaymentCost SettleCost AuthorisationSchemeFee".split(), ("fee", "fee_refund")),
    **dict.fromkeys(
        "SettledExternally RefundedExternally ChargebackExternally ChargebackReversedExternally "
        "ChargebackReversedExternallyWithInfo".split(),
        ("fee", "fee_refund"),
    ),
    "ReserveAdjustment": ("reserve_hold", "reserve_release"),
    **dict.fromkeys("InvoiceDeduction DepositCorrection ManualCorrected".split(), ("adjustment", "adjustment")),
    **dict.fromkeys("MerchantPayin InternalCompanyPayout PaidOut PaidOutReversed".split(), ("transfer", "transfer")),
    "MerchantPayout": ("payout", UNKNOWN),
    "BankInstructionReturned": (UNKNOWN, "payout_fail"),
    # Two sides of one amount: out of one batch, into the next.
    "Balancetransfer": ("carry", "carry"),
}
_OF_PAYMENT = ("capture", "capture_fail", "refund", "refund_fail", "dispute_open", "dispute_won")
_BATCH = re.compile(r"batch (\d{1,9})\b", re.ASCII | re.IGNORECASE)


class Row(NamedTuple):
    """One row. ``net`` and ``fee`` are in the currency of the batch, whose key is ``key``; ``presented`` is the gross in the
    currency the customer paid in, signed, None on rows about no payment. ``own`` tells it from all others, as a rule; ``number``
    is 1 unless other rows have the same. ``where`` names the row in errors."""

    where: str
    merchant: str
    key: str
    own: str
    type: str
    kind: str
    created: datetime
    net: Money
    fee: Money
    presented: Money | None
    psp_reference: str | None
    modification: str
    merchant_reference: str
    dispute: str | None
    number: int = 1

    @property
    def gross(self):
        return self.net + self.fee

    @property
    def source(self):
        return self.modification or self.psp_reference

    @property
    def line_id(self):
        own = storable(f"{self.type}/{self.psp_reference or ''}/{self.modification}")[:LINE_ID]
        return own if self.number == 1 else f"{own}#{self.number}"


def row(where, merchant, batch, own, type_, created, net, fee, presented, psp_reference, *more):
    """The `Row` of what its cells say."""
    kinds = TYPES.get(type_)
    kind = kinds[net.minor > 0] if kinds else UNKNOWN
    nameless = kind in _OF_PAYMENT and (psp_reference is None or presented is None)
    if nameless or net.minor + fee.minor and type_.endswith(("Externally", "WithInfo")):
        kind = UNKNOWN
    key = _key(merchant, batch, net.currency)
    return Row(where, merchant, key, own, type_, kind, created, net, fee, presented, psp_reference, *more)


@lru_cache(maxsize=1_024)
def _key(merchant, batch, currency):
    return storable(f"{merchant}/{batch}/{currency}")


def parts(found, repeats, name):
    """Iterate over what all ``found`` rows say, as `core.records.Parsed`s of some thousand; those whose ``own`` is in ``repeats``
    are told in their order. Raises PayloadError, at the end, when a batch does not add up to nothing."""
    batches, together = {}, []
    alone = apart(_counted(found, batches), lambda row: repeats and row.own in repeats, together.append)
    yield from in_parts(alone, settled_capture, _told)
    yield _told(numbered(together, _order))
    ignored = "" if batches else f"{name} has no rows: nothing was settled"
    yield Parsed(settlements=tuple(batch.settlement(name) for batch in batches.values()), ignored=ignored)


def _counted(found, batches):
    """The rows ``found``, each counted to its batch."""
    for row in found:
        if row.key not in batches:
            batches[row.key] = _Batch(row.key, row.net.currency, row.created)
        batches[row.key].add(row)
        yield row


def settled_capture(row):
    """The `SettledCapture` that a ``row`` is; None when it says anything else."""
    net, fee, presented = row.net, row.fee, row.presented
    if (
        row.kind != "capture"
        or fee.minor < 0
        or presented.minor <= 0
        or presented.minor != net.minor + fee.minor
        or presented.currency != net.currency
    ):
        return None
    psp, source = row.psp_reference, row.source
    return SettledCapture(
        row.key, row.line_id, source, f"{row.type}/{source}", psp, presented, fee, _payment(row), False, source, row.type,
        row.modification,
    )  # fmt: skip


def _told(found):
    """`Parsed` of some rows, without their settlements."""
    movements, payments, lines = [], [], []
    for row in found:
        movements += _facts(row)
        if row.kind == "capture":
            payments.append(_payment(row))
        if row.type != "MerchantPayout":
            lines.append(_line(row))
    return Parsed(tuple(movements), tuple(payments), (), tuple(lines))


def _payment(row):
    """What is said of a payment that was captured: nobody may have told of it before."""
    return PaymentInfo(row.psp_reference, row.created, None, row.merchant_reference or None, row.psp_reference)


def _order(row):
    return row.key, row.created, row.type, row.psp_reference or "", row.modification, row.net.minor


def _facts(row):
    """The facts of one row."""
    kind, own = row.kind, row.line_id
    facts = Facts(row.created, row.psp_reference if kind in _OF_PAYMENT else None, row.key, row.merchant_reference or None)
    if kind in _OF_PAYMENT:
        _payment_facts(facts, row, kind, row.source)
    elif kind in ("fee", "fee_refund"):
        facts.add("fee" if row.net.minor < 0 else "fee_refund", f"{row.key}/{own}", abs(row.net), reason=row.type)
    elif kind in ("adjustment", "transfer"):
        facts.add(kind, f"{row.key}/{own}", row.net, reason=row.type)
    elif kind in ("reserve_hold", "reserve_release"):
        facts.add(kind, f"{row.key}/{own}", abs(row.net), reason=row.type)
    elif kind == "payout":
        facts.add("payout", row.key, -row.net, row.key)
    elif kind == "payout_fail" and _BATCH.search(row.modification):
        bounced = f"{row.merchant}/{int(_BATCH.search(row.modification)[1])}/{row.net.currency}"
        facts.settlement_key = bounced
        facts.add("payout_fail", bounced, row.net, bounced, reason=row.type)
    return facts.movements


def _payment_facts(facts, row, kind, source):
    amount, group = abs(row.presented), source
    if kind in ("capture", "capture_fail"):
        facts.add(kind, source, amount, row.psp_reference)
    elif kind in ("dispute_open", "dispute_won"):
        group = row.dispute or source
        number = f"{group}/2" if row.type == "SecondChargeback" else group
        facts.add(kind, number, amount, group)
    else:
        facts.add(kind, source, amount, source)
    own = f"{row.type}/{source}"
    if row.fee.minor:
        facts.add("fee" if row.fee.minor > 0 else "fee_refund", own, abs(row.fee), row.psp_reference)
    if row.presented.currency != row.net.currency:
        facts.add("fx", own, row.gross, row.psp_reference, counter_amount=row.presented)


def _line(row):
    kind = row.kind
    key = row.psp_reference if kind in _OF_PAYMENT else None
    if kind == "carry":
        kind = "transfer"
    elif kind == "payout_fail" and not _BATCH.search(row.modification):
        kind = UNKNOWN
    nothing = Money.zero(row.net.currency)
    other = row.presented is not None and row.presented.currency != row.net.currency
    return SettlementLine(
        row.key,
        row.line_id,
        kind,
        row.gross,
        row.fee,
        nothing,
        row.net,
        row.created,
        transaction_key=key,
        source_id=row.source,
        category=storable(row.type),
        description=row.modification,
        original=row.presented if other else None,
    )


@dataclass(slots=True)
class _Batch:
    """One batch, counted row by row: its ``total``, and what its payouts, of which ``payout`` is the first, have ``paid``."""

    key: str
    currency: str
    newest: datetime
    total: int = 0
    paid: int = 0
    payout: Row | None = None

    def add(self, row):
        """Count one row."""
        self.total += row.net.minor
        if row.created > self.newest:
            self.newest = row.created
        if row.type == "MerchantPayout":
            self.paid -= row.net.minor
            self.payout = min(self.payout or row, row, key=_order)

    def settlement(self, name):
        """Its `SettlementInfo`. Raises PayloadError when it does not add up to nothing."""
        if self.total:
            left = Money(self.total, self.currency)
            raise PayloadError(
                f"{name}: batch {self.key} adds up to {left}, not to nothing; it is cut or damaged. Download it again."
            )
        return SettlementInfo(
            self.key,
            Money(self.paid, self.currency),
            self.newest,
            status="in_transit" if self.payout else "open",
            automatic=True,
            trace=self.payout.modification or None if self.payout else None,
            complete=True,
        )
