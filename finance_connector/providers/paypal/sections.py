"""From the rows of a report to settlements, lines and facts; the footers of its sections prove them."""

from dataclasses import dataclass, field
from datetime import datetime

from ...core.errors import PayloadError
from ...core.money import Money
from ...core.records import Parsed, SettlementInfo, SettlementLine
from ...core.settled_capture import SettledCapture
from ..parts import apart, in_parts, numbered
from . import ledger
from .codes import UNKNOWN


@dataclass
class Sums:
    """What the rows of one section and currency add up to: gross ``credits`` and ``debits``, and those of fees."""

    newest: datetime
    credits: int = 0
    debits: int = 0
    fee_credits: int = 0
    fee_debits: int = 0

    def add(self, row):
        """Count one row."""
        gross, fee = row.gross.minor, row.fee.minor
        if gross > 0:
            self.credits += gross
        else:
            self.debits -= gross
        if fee > 0:
            self.fee_credits += fee
        else:
            self.fee_debits -= fee
        if row.at > self.newest:
            self.newest = row.at

    @property
    def moved(self):
        return self.credits - self.debits + self.fee_credits - self.fee_debits


@dataclass
class Section:
    """One section while it is read: the account and its day; how many rows it has, and by currency their `Sums` and the footers;
    the rows that are told ``together``, at its end. One that has ``facts_only`` settles nothing."""

    account: str
    day: str
    facts_only: bool = False
    count: int = 0
    sums: dict = field(default_factory=dict)
    footers: dict = field(default_factory=dict)
    together: list = field(default_factory=list)

    def add(self, row):
        """Count one row."""
        code = row.gross.currency
        if code not in self.sums:
            self.sums[code] = Sums(row.at)
        self.sums[code].add(row)

    def key(self, currency):
        """The key of the settlement that its rows in ``currency`` are."""
        return None if self.facts_only else f"STL/{self.account}/{self.day}/{currency}"


def parts(rows, sections, is_repeated, name):
    """Iterate over the `core.records.Parsed`s of ``rows``, each of which belongs to the last of ``sections`` when it comes.
    Those that ``is_repeated`` are numbered, and conversions paired, within their section. Raises PayloadError, at the end, when a
    footer contradicts its rows."""

    def keep(row):
        sections[-1].together.append(row)

    alone = apart(rows, lambda row: row.kind == "fx" or is_repeated(row), keep)
    yield from in_parts(alone, settled_capture, _told)
    for section in sections:
        if section.together:
            yield _told_together(section.together)
    yield _settled(sections, name)


def settled_capture(row):
    """The `SettledCapture` that a ``row`` is; None when it says anything else."""
    if row.kind != "capture" or row.key is None or row.fee.minor > 0:
        return None
    own = row.id
    return SettledCapture(
        row.key, row.line_id, own, own, own, row.gross, -row.fee, ledger.payment_of(row), False, own, row.code
    )


def _told(rows):
    """`Parsed` of some rows that are told by themselves."""
    return _said(rows, ledger.facts_of(rows)[0], rows)


def _told_together(rows):
    """`Parsed` of the rows of a section that are not. A conversion whose other half is missing is for a person."""
    movements, unpaired = ledger.facts_of(rows)
    alone = set(unpaired)
    settled = [row._replace(kind=UNKNOWN) if row in alone else row for row in rows]
    return _said(rows, movements, numbered(settled, lambda row: (row.at, row.id, row.code, row.gross.minor)))


def _said(rows, movements, settled):
    settled = [row for row in settled if row.key]
    payouts = ledger.payouts_of(settled)
    return Parsed(tuple(movements), ledger.payments_of(rows), payouts, tuple(map(_line, settled)))


def _settled(sections, name):
    """`Parsed` of the settlements that the sections are."""
    infos, lines = [], []
    for section in sections:
        for currency in () if section.facts_only else sorted({*section.sums, *section.footers}):
            told = _currency(section, currency, name)
            infos += told[:1]
            lines += told[1:]
    nothing = not any(section.sums or section.footers for section in sections)
    return Parsed((), (), tuple(infos), tuple(lines), f"{name} has no rows: nothing has moved" if nothing else "")


def _currency(section, currency, name):
    """The settlement of one section and currency, and the lines of the balances before and after it; nothing without rows."""
    key = section.key(currency)
    if currency not in section.footers:
        raise PayloadError(f"{name}: the section of {section.account} has no footer for {currency}; it was cut or damaged.")
    totals, balances = section.footers[currency]
    sums = section.sums.get(currency)
    _prove(sums, totals, f"{name}, section of {section.account} in {currency}")
    if sums is None:
        return []
    at, lines = sums.newest, []
    complete = len(balances) >= 2 and balances[0].minor + sums.moved == balances[1].minor
    if complete:
        lines = [_carried(key, "opening", balances[0], at), _carried(key, "closing", -balances[1], at)]
    info = SettlementInfo(key, Money.zero(currency), at, status="open", automatic=True, method="report", complete=complete)
    return [info, *lines]


def _prove(sums, totals, where):
    """The totals of a footer: gross credits and debits, fee credits and debits."""
    counted = (sums.credits, sums.debits, sums.fee_credits, sums.fee_debits) if sums else (0, 0, 0, 0)
    for name, told, summed in zip(("gross credits", "gross debits", "fee credits", "fee debits"), totals, counted, strict=True):
        if told.minor != summed:
            raise PayloadError(f"{where}: the footer tells {told} of {name}, the rows add up to {Money(summed, told.currency)}.")


def _line(row):
    nothing = Money.zero(row.gross.currency)
    return SettlementLine(
        row.key, row.line_id, row.kind, row.gross, -row.fee, nothing, row.gross + row.fee, row.at,
        transaction_key=row.payment, source_id=row.id, category=row.code,
    )  # fmt: skip


def _carried(key, own, amount, at):
    return SettlementLine.without_fee(key, own, "transfer", amount, at, category=f"{own} balance")
