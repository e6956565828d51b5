"""From the sections of a report to settlements, lines and facts, once the footers have proven them."""

from collections import Counter

from ...core.errors import PayloadError
from ...core.money import Money
from ...core.records import Parsed, SettlementInfo, SettlementLine
from . import ledger
from .codes import NOTHING, UNKNOWN


def facts_only(rows):
    """`Parsed` of a transaction report: facts, no settlement. Conversions with one half are not told."""
    counted = [row for row in rows if row is not None and row.kind != NOTHING]
    movements, _unpaired = ledger.facts_of(counted)
    return Parsed(tuple(movements), ledger.payments_of(counted))


def settle(found, name):
    """Iterate over a `Parsed` of each section of a settlement report. Raises PayloadError when a footer contradicts its rows."""
    for section in found:
        settlements, lines = [], []
        rows = [row for row in section.rows if row is not None and row.kind != NOTHING]
        movements, unpaired = ledger.facts_of(rows)
        alone = {id(row) for row in unpaired}
        currencies = sorted({row.gross.currency for row in rows} | set(section.footers))
        for currency in currencies:
            members = [row for row in rows if row.gross.currency == currency]
            info, told = _currency(section, currency, members, alone, name)
            settlements += [*([info] if members else []), *ledger.payouts_of(members)]
            lines += told
        yield Parsed(tuple(movements), ledger.payments_of(rows), tuple(settlements), tuple(lines))


def _currency(section, currency, rows, alone, name):
    """``(settlement, lines)`` of one section and currency."""
    key = f"STL/{section.account}/{section.day}/{currency}"
    if currency not in section.footers:
        raise PayloadError(f"{name}: the section of {section.account} has no footer for {currency}; it was cut or damaged.")
    totals, balances = section.footers[currency]
    _prove(rows, totals, f"{name}, section of {section.account} in {currency}")
    seen, lines = Counter(), []
    for row in sorted(rows, key=lambda row: (row.at, row.id, row.code, row.gross.minor)):
        own = f"{row.id}/{row.code}/{'+' if row.gross.minor > 0 else '-'}"
        seen[own] += 1
        lines.append(_line(key, row, own if seen[own] == 1 else f"{own}#{seen[own]}", id(row) in alone))
    if not rows:
        return None, []
    at = max(row.at for row in rows)
    moved = sum(line.net.minor for line in lines)
    complete = len(balances) >= 2 and balances[0].minor + moved == balances[1].minor
    if complete:
        lines = [_carried(key, "opening", balances[0], at), *lines, _carried(key, "closing", -balances[1], at)]
    info = SettlementInfo(key, Money.zero(currency), at, status="open", automatic=True, method="report", complete=complete)
    return info, lines


def _prove(rows, totals, where):
    """The totals of a footer: gross credits and debits, fee credits and debits."""
    amounts = [(row.gross.minor, row.fee.minor) for row in rows]
    sums = [
        sum(gross for gross, _fee in amounts if gross > 0), -sum(gross for gross, _fee in amounts if gross < 0),
        sum(fee for _gross, fee in amounts if fee > 0), -sum(fee for _gross, fee in amounts if fee < 0),
    ]  # fmt: skip
    for name, told, summed in zip(("gross credits", "gross debits", "fee credits", "fee debits"), totals, sums, strict=True):
        if told.minor != summed:
            raise PayloadError(f"{where}: the footer tells {told} of {name}, the rows add up to {Money(summed, told.currency)}.")


def _line(key, row, own, unpaired):
    kind = UNKNOWN if unpaired else row.kind
    nothing = Money.zero(row.gross.currency)
    return SettlementLine(
        key, own, kind, row.gross, -row.fee, nothing, row.gross + row.fee, row.at,
        transaction_key=row.payment, source_id=row.id, category=row.code,
    )  # fmt: skip


def _carried(key, own, amount, at):
    nothing = Money.zero(amount.currency)
    return SettlementLine(key, own, "transfer", amount, nothing, nothing, amount, at, category=f"{own} balance")
