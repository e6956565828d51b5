"""From balance transactions to settlements: lines, and the facts that the lines prove.

The API and the report file are both read into `Row`s, so both lead to the same lines and facts; and the facts
have the same ids as those of the webhooks, so that a payment whose webhooks were all lost is still found,
once.
"""

from dataclasses import dataclass
from datetime import date, datetime

from ...core.errors import PayloadError, UnknownStatus
from ...core.money import Money
from ...core.records import Parsed, PaymentInfo, SettlementInfo, SettlementLine
from . import captures
from .categories import UNKNOWN, line_kind
from .disputes import numbered
from .facts import Facts
from .fees import Fee, dispute_fees, plain_fees

_DISPUTES = ("dispute_open", "dispute_won")
_FEE_KINDS = ("fee", "fee_refund")
# Kinds whose fact is told in the currency the customer paid in.
_PRESENTED = ("capture", "capture_fail", "refund", "refund_fail", *_DISPUTES)


@dataclass(frozen=True, slots=True)
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
    rows = sorted(rows, key=lambda row: (row.created, row.transaction_id))
    _refuse_repeated(rows)
    kinds = {row.transaction_id: line_kind(row.category, row.gross) for row in rows}
    movements, undecided = captures.captures([row for row in rows if kinds[row.transaction_id] == "capture"])
    kinds.update(dict.fromkeys(undecided, UNKNOWN))
    lines, payouts, counts = [], {}, {}
    for row in rows:
        kind = kinds[row.transaction_id]
        facts = Facts(row.created, row.transaction_key, row.settlement_key)
        if not _identified(row, kind):
            kind = UNKNOWN
        _add_facts(facts, row, kind, counts)
        movements += facts.movements
        if row.settlement_key is None:
            if kind == UNKNOWN:
                raise UnknownStatus("Stripe", "reporting_category", row.category, row.where)
            continue
        payouts.setdefault(row.settlement_key, []).append(row)
        line = _line(row, kind)
        if line:
            lines.append(line)
    settlements = [_settlement(key, members) for key, members in payouts.items()]
    return Parsed(tuple(movements), _payments(rows), tuple(settlements), tuple(lines))


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
    gross = row.gross
    if row.own_payout:
        if row.net == row.gross:
            return None
        gross, kind = Money.zero(gross.currency), "fee"
    return SettlementLine(
        row.settlement_key,
        row.transaction_id,
        kind,
        gross,
        row.fee.fee,
        row.fee.tax + row.fee.withheld,
        gross + row.net - row.gross,
        row.created,
        transaction_key=row.transaction_key,
        source_id=row.source_id,
        category=row.category,
        description=row.description,
        original=row.original,
    )


def _settlement(key, rows):
    """`SettlementInfo` of one payout: what its own row says was paid out, else what its lines add up to."""
    currency = rows[0].gross.currency
    total, told = Money.zero(currency), None
    for row in rows:
        if row.gross.currency != currency:
            raise PayloadError(f"{row.where}: payout {key} has rows in {currency} and {row.gross.currency}.")
        if row.own_payout:
            told = -row.gross
            total += row.net - row.gross
        else:
            total += row.net
    effective = next((row.effective for row in rows if row.effective), None)
    return SettlementInfo(
        key,
        total if told is None else told,
        max(row.created for row in rows),
        arrival_date=effective,
        automatic=True,
        complete=True,
    )


def _payments(rows):
    """What the rows tell about payments, once a payment: the earliest row that names it."""
    infos = {}
    for row in rows:
        if row.info and row.info.transaction_key not in infos:
            infos[row.info.transaction_key] = row.info
    return tuple(infos.values())
