"""A file read by a profile: its rows into lines, settlements and the facts that they prove.

Nothing is guessed: a value that the profile does not name is refused, with its line; a row whose net is not gross less fee and
tax is refused; a payout row must be what the other rows of its settlement add up to.
"""

from dataclasses import dataclass

from ...core.errors import FinanceError, PayloadError, UnknownStatus, storable
from ...core.money import Money
from ...core.records import Parsed, PaymentInfo, SettlementInfo, SettlementLine
from ..facts import Facts
from . import sheet, values

_OF_PAYMENT = ("capture", "capture_fail", "refund", "refund_fail", "dispute_open", "dispute_won", "dispute_lost")


@dataclass(frozen=True, slots=True)
class Preview:
    """What the rows would become: ``rows`` are (where, cells, line or None, why not); ``problem`` is what stands against
    the file as a whole, "" when it would be taken."""

    rows: tuple
    problem: str


def fits(content, profile):
    """Whether the file has all columns that the profile names."""
    try:
        header, _rows = sheet.table(content, profile, "the report")
    except FinanceError:
        return False
    return all(sheet.squeezed(column) in header for column in profile.columns.values() if column)


def parse(content, profile, filename=None):
    """`core.records.Parsed` of the file. Raises PayloadError or UnknownStatus naming the line."""
    name = f"The report {filename:.120}" if filename else "The report"
    found = [read for where, cells in sheet.rows(content, profile, name) if (read := _read(cells, profile, where, filename))]
    if not found:
        return Parsed(ignored=f"{name} has no rows that are booked")
    _refuse_repeated(found)
    movements, settlements, lines, infos = [], [], [], {}
    by_key = {}
    for row in found:
        by_key.setdefault(row.line.settlement_key, []).append(row)
        movements += _facts(row)
        if row.line.kind != "payout":
            lines.append(row.line)
        key = row.line.transaction_key
        if key and row.line.kind == "capture" and key not in infos:
            text = row.line.description or None
            infos[key] = PaymentInfo(key, row.line.occurred_at, row.line.gross, row.reference, key, description=text)
    for key, members in by_key.items():
        settlements.append(_settlement(key, members, name))
        payout = settlements[-1]
        if not any(row.line.kind == "payout" for row in members) and payout.amount:
            facts = Facts(payout.occurred_at, settlement_key=key)
            facts.add("payout", key, payout.amount, key)
            movements += facts.movements
    return Parsed(tuple(movements), tuple(infos.values()), tuple(settlements), tuple(lines))


def preview(content, profile, filename, limit):
    """`Preview` of a sample file: its first ``limit`` rows, and as many later ones that are refused. Problems are told, not
    raised."""
    told = []
    try:
        for number, (where, cells) in enumerate(sheet.rows(content, profile, "The sample")):
            if len(told) == 2 * limit:
                break
            try:
                row = _read(cells, profile, where, filename)
                if number < limit:
                    told.append((where, cells, row and row.line, "" if row else "its kind is ignored"))
            except FinanceError as error:
                told.append((where, cells, None, str(error)))
        parse(content, profile, filename)
    except FinanceError as error:
        return Preview(tuple(told), str(error))
    return Preview(tuple(told), "")


@dataclass(frozen=True, slots=True)
class _Row:
    """A line, with what a line does not hold."""

    where: str
    line: SettlementLine
    reference: str | None
    payout_date: object
    trace: str | None


def _read(cells, profile, where, filename):
    """One row; None when its kind is ignored."""

    def cell(name):
        return cells.get(sheet.squeezed(profile.columns.get(name) or ""), "")

    value = cell("kind")
    if value not in profile.kinds:
        raise UnknownStatus(f"Profile {profile.name}", "kind of row", storable(value)[:60], where)
    kind = profile.kinds[value]
    if kind == "ignore":
        return None
    currency = values.currency(cell("currency") or profile.currency, where)
    gross, fee, tax, net = values.amounts(cell, profile, kind, currency, where)
    if not profile.fits(kind, gross.minor):
        raise PayloadError(f"{where}: {value!r} is {kind} in the profile, which cannot be {gross}; correct its kinds or signs.")
    at = values.instant(cell("date"), profile, where)
    own = values.identifier(cell("id"), where, "id", required=True)
    payment = values.identifier(cell("payment"), where, "payment")
    key = values.settlement_key(cell("settlement"), profile, filename, currency, where)
    source = values.identifier(cell("source"), where, "source") or own
    line = SettlementLine(
        key, own, kind, gross, fee, tax, net, at, (payment or source) if kind in _OF_PAYMENT else None, source,
        category=storable(value)[:100], description=storable(cell("description"))[:500],
    )  # fmt: skip
    day = values.day(cell("payout_date"), profile, where) if cell("payout_date") else None
    return _Row(where, line, storable(cell("reference")).strip() or None, day, storable(cell("trace")).strip() or None)


def _refuse_repeated(found):
    seen = set()
    for row in found:
        key = row.line.settlement_key, row.line.external_id
        if key in seen:
            raise PayloadError(f"{row.where}: {row.line.external_id} is in the report twice and would be counted twice.")
        seen.add(key)


def _facts(row):
    """The facts of one row. A fee is told whole, and its tax taken off it (decision 0005)."""
    line = row.line
    facts = Facts(line.occurred_at, line.transaction_key, line.settlement_key, row.reference)
    kind, own = line.kind, line.source_id
    if kind == "payout":
        facts.add("payout", line.settlement_key, -line.gross, line.settlement_key)
    elif kind in ("adjustment", "transfer"):
        facts.add(kind, own, line.gross)
    elif line.gross.minor:
        facts.add(kind, own, abs(line.gross), own if line.transaction_key else "")
    charged = line.fee + line.tax
    if charged.minor:
        facts.add("fee" if charged.minor > 0 else "fee_refund", f"{line.external_id}/fee", abs(charged), own)
    if line.tax.minor > 0:
        facts.add("fee_tax", f"{line.external_id}/fee", line.tax, own)
        facts.add("fee_refund", f"{line.external_id}/fee/tax", line.tax, own, reason="booked apart: tax on the fee")
    return facts.movements


def _settlement(key, members, name):
    """`SettlementInfo` of one payout; its own row, if there is one, must be what the others add up to."""
    currency = members[0].line.net.currency
    if any(row.line.net.currency != currency for row in members):
        raise PayloadError(f"{name}: settlement {key} has rows in several currencies; its column must tell them apart.")
    total = sum(row.line.net.minor for row in members if row.line.kind != "payout")
    payouts = [row for row in members if row.line.kind == "payout"]
    paid = -sum(row.line.net.minor for row in payouts)
    if payouts and paid != total:
        raise PayloadError(
            f"{name}: settlement {key} pays out {Money(paid, currency)}, its rows add up to {Money(total, currency)}; it is cut, "
            "or a kind has the wrong sign in the profile."
        )
    return SettlementInfo(
        key,
        Money(total, currency),
        max(row.line.occurred_at for row in members),
        status="in_transit",
        arrival_date=next((row.payout_date for row in members if row.payout_date), None),
        trace=next((row.trace for row in members if row.trace), None),
        complete=True,
    )
