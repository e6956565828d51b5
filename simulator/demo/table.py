"""Prints the demo's table: a column for each company, a row for each figure."""
from __future__ import annotations

from dataclasses import dataclass

from .figures import Figures

_ON_THE_BOOKS = "general ledger / subledger"


@dataclass(frozen=True)
class Column:
    """What the table says of one company. ``proof``: whether the clearing account ties, and both figures."""

    name: str
    found: Figures
    delivered: int
    copies: int
    entries: int
    proof: tuple[bool, str, str]


def render(columns: list[Column]) -> str:
    """The table as text."""
    return lay_out([("", *(column.name for column in columns)), *_rows(columns)])


def lay_out(rows: list[tuple]) -> str:
    """Rows of texts as a table: the first column to the left, the others to the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join("  " + "  ".join(
        [f"{row[0]:<{widths[0]}}", *(f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))]).rstrip()
        for row in rows)


def _rows(columns: list[Column]):
    found = [column.found for column in columns]
    yield "webhooks delivered", *(str(column.delivered) for column in columns)
    yield "  duplicates, stored once", *(str(column.copies) for column in columns)
    yield "messages received", *(str(sum(one.messages.values())) for one in found)
    for kind in found[0].messages:
        yield f"  {kind}", *(str(one.messages[kind]) for one in found)
    yield "  never delivered, polled", *(str(one.found_by_polling) for one in found)
    yield "transactions", *(str(sum(one.states.values())) for one in found)
    yield from _counted([one.states for one in found])
    for name in found[0].amounts:
        yield name, *(euros(one.amounts[name]) for one in found)
    yield "payouts", *(str(sum(count for state, count in one.payouts.items() if state != "paid out")) for one in found)
    yield from _counted([{state: count for state, count in one.payouts.items() if state != "paid out"} for one in found])
    yield "  paid out", *(euros(one.payouts["paid out"]) for one in found)
    yield "entries posted", *(str(column.entries) for column in columns)
    yield "clearing account tied", *("yes" if column.proof[0] else "NO" for column in columns)
    yield f"  {_ON_THE_BOOKS}", *(f"{column.proof[1] or '0'} / {column.proof[2] or '0'}" for column in columns)
    yield "in transit", *(euros(one.balances["in transit"]) for one in found)
    yield "held for disputes", *(euros(one.balances["disputes"]) for one in found)
    yield "bank lines reconciled", *("{} of {}".format(*one.bank_lines) for one in found)
    yield "invoices still open", *(str(len(one.open_invoices)) for one in found)
    yield "orders released by checkout", *(str(len(one.orders)) for one in found)
    yield "exceptions open", *(str(sum(one.exceptions.values())) for one in found)
    for kind in sorted({kind for one in found for kind in one.exceptions}):
        yield f"  {kind.replace('_', ' ')}", *(_exceptions(one, kind) for one in found)


def _exceptions(found: Figures, kind: str) -> str:
    count = found.exceptions.get(kind, 0)
    return f"{count}, {euros(found.at_risk[kind])} at risk" if count else "-"


def _counted(columns: list[dict[str, int]]):
    for name in sorted({name for column in columns for name in column}):
        yield f"  {name.replace('_', ' ')}", *(str(column.get(name, "-")) for column in columns)


def euros(cents: int) -> str:
    """``1234`` as ``12.34``."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"
