"""From rows of the settlement details report to payouts, lines and the facts that they prove.

A batch is a settlement, ``<merchant account>/<batch>/<currency>``. What a batch carries over to the next (Balancetransfer)
stays in the same balance: it is a line and no fact. A batch that ends below nothing has no payout.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from ...core.errors import PayloadError, storable
from ...core.money import Money
from ...core.records import Parsed, PaymentInfo, SettlementInfo, SettlementLine
from ..facts import Facts

UNKNOWN = "unknown"
# Rows that are taken up at once.
PART = 5_000
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


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``net`` and ``fee`` are in the currency of the batch; ``presented`` is the gross in the currency the customer
    paid in, signed, None on rows about no payment. ``where`` names the row in errors."""

    where: str
    merchant: str
    batch: int
    type: str
    created: datetime
    net: Money
    fee: Money
    presented: Money | None
    psp_reference: str | None
    modification: str
    merchant_reference: str
    dispute: str | None

    @property
    def key(self):
        return storable(f"{self.merchant}/{self.batch}/{self.net.currency}")

    @property
    def gross(self):
        return self.net + self.fee

    @property
    def kind(self):
        kinds = TYPES.get(self.type)
        kind = kinds[self.net.minor > 0] if kinds else UNKNOWN
        if kind in _OF_PAYMENT and (self.psp_reference is None or self.presented is None):
            return UNKNOWN
        if self.type.endswith(("Externally", "WithInfo")) and self.gross.minor:
            return UNKNOWN
        return kind


def parts(found, name):
    """Iterate over what all ``found`` rows say, as `core.records.Parsed`s of some thousand. Raises PayloadError, before the
    first, when a batch does not add up to nothing."""
    if not found:
        yield Parsed(ignored=f"{name} has no rows: nothing was settled")
        return
    found, batches, seen = sorted(found, key=_order), {}, Counter()
    for row in found:
        batches.setdefault(row.key, []).append(row)
    settlements = tuple(_settlement(key, members, name) for key, members in batches.items())
    for start in range(0, len(found), PART):
        members, movements, lines = found[start : start + PART], [], []
        for row in members:
            own = storable(f"{row.type}/{row.psp_reference or ''}/{row.modification}")[:200]
            seen[row.key, own] += 1
            if seen[row.key, own] > 1:
                own = f"{own}#{seen[row.key, own]}"
            kind = row.kind
            movements += _facts(row, own, kind)
            if row.type != "MerchantPayout":
                lines.append(_line(row, own, kind))
        yield Parsed(tuple(movements), tuple(_payments(members)), (), tuple(lines))
    yield Parsed(settlements=settlements)


def _payments(found):
    """The payments that were captured, once each: nobody may have told of them before."""
    references = {row.psp_reference: row for row in found if row.kind == "capture" and row.merchant_reference}
    for key, row in references.items():
        yield PaymentInfo(key, row.created, reference=row.merchant_reference, provider_reference=key)


def _order(row):
    return row.key, row.created, row.type, row.psp_reference or "", row.modification, row.net.minor


def _facts(row, own, kind):
    """The facts of one row."""
    facts = Facts(row.created, row.psp_reference if kind in _OF_PAYMENT else None, row.key, row.merchant_reference or None)
    source = row.modification or row.psp_reference
    if kind in _OF_PAYMENT:
        _payment_facts(facts, row, kind, source)
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


def _line(row, own, kind):
    key = row.psp_reference if kind in _OF_PAYMENT else None
    if kind == "carry":
        kind = "transfer"
    elif kind == "payout_fail" and not _BATCH.search(row.modification):
        kind = UNKNOWN
    nothing = Money.zero(row.net.currency)
    other = row.presented is not None and row.presented.currency != row.net.currency
    return SettlementLine(
        row.key,
        own,
        kind,
        row.gross,
        row.fee,
        nothing,
        row.net,
        row.created,
        transaction_key=key,
        source_id=row.modification or row.psp_reference,
        category=storable(row.type),
        description=row.modification,
        original=row.presented if other else None,
    )


def _settlement(key, members, name):
    total = sum(row.net.minor for row in members)
    if total:
        left = Money(total, members[0].net.currency)
        raise PayloadError(f"{name}: batch {key} adds up to {left}, not to nothing; it is cut or damaged. Download it again.")
    payouts = [row for row in members if row.type == "MerchantPayout"]
    paid = sum(-row.net.minor for row in payouts)
    return SettlementInfo(
        key,
        Money(paid, members[0].net.currency),
        max(row.created for row in members),
        status="in_transit" if payouts else "open",
        automatic=True,
        trace=payouts[0].modification or None if payouts else None,
        complete=True,
    )
