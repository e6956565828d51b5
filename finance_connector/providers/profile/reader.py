"""A file read by a profile: its rows into lines, settlements and the facts that they prove.

Nothing is guessed: a value that the profile does not name is refused, with its line; a row whose net is not gross less fee and
tax is refused; a payout row must be what the other rows of its settlement add up to.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from ...core.errors import FinanceError, PayloadError, UnknownStatus, storable
from ...core.money import Money
from ...core.records import Parsed, PaymentInfo, SettlementInfo, SettlementLine
from ...core.settled_capture import SettledCapture
from ..facts import Facts
from ..parts import in_parts
from ..repeats import Repeats
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
        header = sheet.table(content, profile, "the report").header
    except FinanceError:
        return False
    return all(sheet.squeezed(column) in header for column in profile.columns.values() if column)


def parts(content, profile, filename=None):
    """Iterate over the file as `core.records.Parsed`s of some thousand rows, the settlements in the last. Raises PayloadError
    or UnknownStatus naming the line."""
    name = f"The report {filename:.120}" if filename else "The report"
    settlements, own = {}, Repeats()
    yield from in_parts(_counted(_rows(content, profile, name, filename), settlements, own, name), _settled_capture, _told)
    if own:
        _refuse_repeated(_rows(content, profile, name, filename))
    yield _settled(settlements.values(), name)


def _rows(content, profile, name, filename):
    """The `_Row`s that are booked."""
    found = sheet.rows(content, profile, name)
    return (read for where, cells in found if (read := _read(cells, profile, where, filename)))


def _counted(rows, settlements, own, name):
    """The ``rows``, each counted to its settlement, and to the ids that must not come again."""
    for row in rows:
        own.add(_own(row))
        key = row.line.settlement_key
        if key not in settlements:
            settlements[key] = _Settlement(key, row.line.net.currency, row.line.occurred_at)
        settlements[key].add(row, name)
        yield row


def _settled_capture(row):
    """The `SettledCapture` that a ``row`` is; None when it says anything else."""
    line = row.line
    if line.kind != "capture" or line.gross.minor <= 0 or line.fee.minor < 0 or line.tax.minor:
        return None
    own = line.source_id
    return SettledCapture(
        line.settlement_key, line.external_id, own, f"{line.external_id}/fee", own, line.gross, line.fee, _payment(row), False,
        own, line.category, line.description,
    )  # fmt: skip


def _told(rows):
    """`Parsed` of some rows, without their settlements."""
    payments = [_payment(row) for row in rows if row.line.kind == "capture"]
    movements = [fact for row in rows for fact in _facts(row)]
    return Parsed(tuple(movements), tuple(payments), (), tuple(row.line for row in rows if row.line.kind != "payout"))


def _payment(row):
    """What is said of a payment that was captured."""
    line = row.line
    return PaymentInfo(
        line.transaction_key, line.occurred_at, line.gross, row.reference, line.transaction_key,
        description=line.description or None,
    )  # fmt: skip


def _settled(settlements, name):
    """`Parsed` of the settlements, and of the payouts that have no row of their own."""
    if not settlements:
        return Parsed(ignored=f"{name} has no rows that are booked")
    infos, movements = [one.info(name) for one in settlements], []
    for one, info in zip(settlements, infos, strict=True):
        if not one.has_payout and info.amount:
            facts = Facts(info.occurred_at, settlement_key=one.key)
            facts.add("payout", one.key, info.amount, one.key)
            movements += facts.movements
    return Parsed(tuple(movements), (), tuple(infos))


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
        for _part in parts(content, profile, filename):
            pass
    except FinanceError as error:
        return Preview(tuple(told), str(error))
    return Preview(tuple(told), "")


class _Row(NamedTuple):
    """A line, with what a line does not hold."""

    where: str
    line: SettlementLine
    reference: str | None
    payout_date: date | None
    trace: str | None


def _read(cells, profile, where, filename):
    """One row; None when its kind is ignored."""
    kind = profile.kinds.get(cells.kind)
    if kind is None:
        raise UnknownStatus(f"Profile {profile.name}", "kind of row", storable(cells.kind)[:60], where)
    if kind == "ignore":
        return None
    currency = values.currency(cells.currency or profile.currency, where)
    gross, fee, tax, net = values.amounts(cells, profile, kind, currency, where)
    if not profile.fits(kind, gross.minor):
        raise PayloadError(
            f"{where}: {cells.kind!r} is {kind} in the profile, which cannot be {gross}; correct its kinds or signs."
        )
    at = values.instant(cells.date, profile, where)
    own = values.identifier(cells.id, where, "id", required=True)
    source = values.identifier(cells.source, where, "source") or own
    payment = (values.identifier(cells.payment, where, "payment") or source) if kind in _OF_PAYMENT else None
    key = values.settlement_key(cells.settlement, profile, filename, currency, where)
    line = SettlementLine(
        key, own, kind, gross, fee, tax, net, at, payment, source, storable(cells.kind)[:100], storable(cells.description)[:500]
    )
    day = values.day(cells.payout_date, profile, where) if cells.payout_date else None
    return _Row(where, line, storable(cells.reference).strip() or None, day, storable(cells.trace).strip() or None)


def _own(row):
    return f"{row.line.settlement_key}\n{row.line.external_id}"


def _refuse_repeated(rows):
    seen = set()
    for row in rows:
        if _own(row) in seen:
            raise PayloadError(f"{row.where}: {row.line.external_id} is in the report twice and would be counted twice.")
        seen.add(_own(row))


def _facts(row):
    """The facts of one row."""
    line = row.line
    facts = Facts(line.occurred_at, line.transaction_key, line.settlement_key, row.reference)
    kind, own = line.kind, line.source_id
    if kind == "payout":
        facts.add("payout", line.settlement_key, -line.gross, line.settlement_key)
    elif kind in ("adjustment", "transfer"):
        facts.add(kind, own, line.gross)
    elif line.gross.minor:
        facts.add(kind, own, abs(line.gross), own if line.transaction_key else "")
    facts.fee(f"{line.external_id}/fee", line.fee + line.tax, line.tax, own)
    return facts.movements


@dataclass(slots=True)
class _Settlement:
    """One settlement, counted row by row: ``total`` without its payouts, ``paid`` by them."""

    key: str
    currency: str
    newest: datetime
    total: int = 0
    paid: int = 0
    has_payout: bool = False
    payout_date: date | None = None
    trace: str | None = None

    def add(self, row, name):
        """Count one row. Raises PayloadError for one in another currency."""
        line = row.line
        if line.net.currency != self.currency:
            raise PayloadError(
                f"{name}: settlement {self.key} has rows in several currencies; its column must tell them apart."
            )
        if line.kind == "payout":
            self.has_payout, self.paid = True, self.paid - line.net.minor
        else:
            self.total += line.net.minor
        self.newest = max(self.newest, line.occurred_at)
        self.payout_date, self.trace = self.payout_date or row.payout_date, self.trace or row.trace

    def info(self, name):
        """Its `SettlementInfo`; its own row, if there is one, must be what the others add up to."""
        if self.has_payout and self.paid != self.total:
            raise PayloadError(
                f"{name}: settlement {self.key} pays out {Money(self.paid, self.currency)}, its rows add up to "
                f"{Money(self.total, self.currency)}; it is cut, or a kind has the wrong sign in the profile."
            )
        return SettlementInfo(
            self.key,
            Money(self.total, self.currency),
            self.newest,
            status="in_transit",
            arrival_date=self.payout_date,
            trace=self.trace,
            complete=True,
        )
