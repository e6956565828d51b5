"""From balance transactions to settlements: lines, and the facts that the lines prove.

The API and the report file are both read into `Row`s, so both lead to the same lines and facts; and the facts
have the same ids as those of the webhooks, so that a payment whose webhooks were all lost is still found,
once.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from ...core.errors import PayloadError, UnknownStatus
from ...core.money import Money
from ...core.records import Parsed, PaymentInfo, SettlementInfo, SettlementLine
from ...core.settled_capture import SettledCapture
from . import captures
from .categories import UNKNOWN, line_kind
from .disputes import numbered
from .facts import Facts
from .fees import Fee, dispute_fees, plain_fees

_DISPUTES = ("dispute_open", "dispute_won")
_FEE_KINDS = ("fee", "fee_refund")
# Categories whose facts are numbered over all rows: in the order in which they were made.
COUNTED = ("dispute", "dispute_reversal")
# Kinds whose fact is told in the currency the customer paid in.
_PRESENTED = ("capture", "capture_fail", "refund", "refund_fail", *_DISPUTES)


@dataclass(slots=True)
class Row:
    """One balance transaction. ``gross``, ``net`` and the parts of ``fee`` are in the currency of the
    balance, signed: ``net = gross - fee - tax - withheld``.

    ``original`` is the gross in the currency the customer paid in, if that is another one. ``captured`` is
    the total captured of the charge, when the source says it. ``where`` names the row in errors.
    """

    where: str
    settlement_key: str | None
    transaction_id: str
    category: str
    created: datetime
    gross: Money
    fee: Fee
    net: Money
    source_id: str | None = None
    transaction_key: str | None = None
    charge_id: str | None = None
    original: Money | None = None
    captured: Money | None = None
    effective: date | None = None
    info: PaymentInfo | None = None
    description: str = ""

    @property
    def presented(self):
        """The gross in the currency the customer paid in."""
        return self.gross if self.original is None else self.original

    @property
    def own_payout(self):
        """Whether this is the payout's own row, the other side of all its lines."""
        return self.category == "payout" and self.source_id in (None, self.settlement_key)


def settle(rows):
    """`core.records.Parsed` of ``rows``, all rows of the payouts they name.

    Raises PayloadError for a row told twice or in another currency than its payout, and UnknownStatus for an
    unknown category outside of any payout (inside one it is a line of kind `unknown`).
    """
    rows, payouts = ordered(rows), Payouts()
    _refuse_repeated(rows)
    return replace(tell(payouts.counted(rows), {}), settlements=payouts.settlements())


def ordered(rows):
    """``rows`` in the order in which they were made."""
    return sorted(rows, key=lambda row: (row.created, row.transaction_id))


def tell(rows, counts):
    """`core.records.Parsed` of some ``rows``, without settlements. All rows of a charge (captures) must be among them; rows of
    disputes must come in their order, ``counts`` has those that came before."""
    rows = tuple(rows)
    kinds = [line_kind(row.category, row.gross) for row in rows]
    captured = [row for row, kind in zip(rows, kinds, strict=True) if kind == "capture"]
    movements, undecided = captures.captures(captured)
    lines = []
    for row, kind in zip(rows, kinds, strict=True):
        if not _identified(row, kind) or row.transaction_id in undecided:
            kind = UNKNOWN
        facts = Facts(row.created, row.transaction_key, row.settlement_key)
        _add_facts(facts, row, kind, counts)
        movements += facts.movements
        if row.settlement_key is None:
            if kind == UNKNOWN:
                raise UnknownStatus("Stripe", "reporting_category", row.category, row.where)
            continue
        line = _line(row, kind)
        if line:
            lines.append(line)
    return Parsed(tuple(movements), _payments(rows), (), tuple(lines))


def settled_capture(row):
    """The `SettledCapture` that a ``row`` is, of whose charge no other row tells; None when it says anything else."""
    fee = row.fee
    if (
        row.category != "charge"
        or row.gross.minor <= 0
        or row.original is not None
        or not (row.settlement_key and row.charge_id and row.info)
        or fee.fee.minor < 0
        or fee.tax.minor
        or fee.withheld.minor
    ):
        return None
    own, charge = row.transaction_id, row.charge_id
    return SettledCapture(
        row.settlement_key, own, f"{charge}/{row.gross.minor}", own, charge, row.gross, fee.fee, row.info, True, row.source_id,
        row.category, row.description,
    )  # fmt: skip


def _refuse_repeated(rows):
    seen = set()
    for row in rows:
        if row.transaction_id in seen:
            raise PayloadError(f"{row.where}: {row.transaction_id} is in it twice and would be counted twice.")
        seen.add(row.transaction_id)


def _identified(row, kind):
    """Whether the row names what its fact is about, without which the fact would have no id of its own."""
    if kind == "capture_fail":
        return row.charge_id is not None
    if kind in ("refund", "refund_fail", "payout_fail", *_DISPUTES):
        return row.source_id is not None
    return kind != "payout" or (row.source_id or row.settlement_key) is not None


def _add_facts(facts, row, kind, counts):
    """The facts of one row but its capture, which is counted over all rows of its charge."""
    amount, source = abs(row.presented), row.source_id
    if kind in _DISPUTES:
        number = _numbered(counts, source, kind)
        facts.add(kind, number, amount, source)
        dispute_fees(facts, kind, row.transaction_id, row.fee, row.created, source)
    elif kind in ("refund", "refund_fail"):
        facts.add(kind, source, amount, source)
    elif kind == "capture_fail":
        facts.add(kind, row.charge_id, amount, row.charge_id)
    elif kind != UNKNOWN:
        _add_balance_facts(facts, row, kind)
    if kind not in _DISPUTES and kind not in _FEE_KINDS and kind != UNKNOWN:
        plain_fees(facts, row.transaction_id, row.fee, group=row.charge_id or "")
    if kind in _PRESENTED and row.original is not None:
        facts.add("fx", row.transaction_id, row.gross, row.charge_id or "", counter_amount=row.original)


def _numbered(counts, dispute_id, kind):
    """The number of this withdrawal or reinstatement of a dispute among the rows.

    A withdrawal after a reinstatement is the next one even if the rows do not have the first. A withdrawal
    whose earlier history is in another settlement altogether counts as the first; the dispute's own events
    number it.
    """
    count = counts.setdefault(dispute_id, dict.fromkeys(_DISPUTES, 0))
    count[kind] = max(count[kind], count["dispute_won"] if kind == "dispute_open" else 0) + 1
    return numbered(dispute_id, count[kind])


def _add_balance_facts(facts, row, kind):
    """Facts about the balance, in its own currency."""
    own, gross = row.transaction_id, row.gross
    if kind in _FEE_KINDS and row.net:
        facts.add("fee" if row.net.minor < 0 else "fee_refund", own, abs(row.net))
    elif kind == "fee_tax":
        facts.add(kind, own, -gross)
    elif kind in ("reserve_hold", "reserve_release"):
        facts.add(kind, own, abs(gross))
    elif kind in ("transfer", "adjustment"):
        facts.add(kind, own, gross, reason=row.category)
    elif kind in ("payout", "payout_fail"):
        payout = row.source_id or row.settlement_key
        facts.settlement_key = payout
        facts.add(kind, payout, -gross if kind == "payout" else gross, payout)
        facts.settlement_key = row.settlement_key


def _line(row, kind):
    """The settlement line of a row; None for the payout's own row, unless the payout itself had a fee."""
    gross, net, tax = row.gross, row.net, row.fee.tax
    if row.own_payout:
        if net == gross:
            return None
        gross, net, kind = Money.zero(gross.currency), net - gross, "fee"
    if row.fee.withheld.minor:
        tax += row.fee.withheld
    return SettlementLine(
        row.settlement_key,
        row.transaction_id,
        kind,
        gross,
        row.fee.fee,
        tax,
        net,
        row.created,
        transaction_key=row.transaction_key,
        source_id=row.source_id,
        category=row.category,
        description=row.description,
        original=row.original,
    )


@dataclass(slots=True)
class _Payout:
    """What the rows of one payout add up to so far; ``told``: (created, amount) of its own row."""

    currency: str
    total: int
    newest: datetime
    effective: date | None
    told: tuple | None = None


class Payouts:
    """The payouts that rows name, counted row by row in any order."""

    def __init__(self):
        self._payouts = {}

    def counted(self, rows):
        """Iterate over ``rows``, and count those of payouts. Raises PayloadError for one in another currency than its payout."""
        for row in rows:
            if row.settlement_key is not None:
                self._add(row)
            yield row

    def _add(self, row):
        key, gross = row.settlement_key, row.gross
        payout = self._payouts.get(key)
        if payout is None:
            payout = self._payouts[key] = _Payout(gross.currency, 0, row.created, row.effective)
        if gross.currency != payout.currency:
            raise PayloadError(f"{row.where}: payout {key} has rows in {payout.currency} and {gross.currency}.")
        payout.total += row.net.minor
        if row.created > payout.newest:
            payout.newest = row.created
        if row.effective and (payout.effective is None or row.effective < payout.effective):
            payout.effective = row.effective
        if row.own_payout:
            payout.total -= gross.minor
            payout.told = max(payout.told or (), (row.created, row.transaction_id, -gross.minor))

    def settlements(self):
        """A `SettlementInfo` of each: what its own row says was paid out, else what its lines add up to."""
        return tuple(
            SettlementInfo(
                key,
                Money(payout.told[-1] if payout.told else payout.total, payout.currency),
                payout.newest,
                arrival_date=payout.effective,
                automatic=True,
                complete=True,
            )
            for key, payout in self._payouts.items()
        )


def _payments(rows):
    """What the rows tell about payments, once a payment: the earliest row that names it."""
    infos = {}
    for row in rows:
        if row.info and row.info.transaction_key not in infos:
            infos[row.info.transaction_key] = row.info
    return tuple(infos.values())
