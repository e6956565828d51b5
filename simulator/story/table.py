"""Prints the demo's table: what Odoo holds beside what the story says it must hold."""
from __future__ import annotations

from .payout_lines import euros
from .truth import EXPECTED_EXCEPTIONS, Figures

_EXPLAINED = {"dispute": "expected: it waits for the merchant's answer"}


def differences(found: Figures, wanted: Figures) -> list[str]:
    """One line for each figure that is not what the story says; empty when everything ties."""
    return [
        f"{name}: {getattr(found, name)!r} is in Odoo, the story says {getattr(wanted, name)!r}"
        for name in Figures.__dataclass_fields__ if getattr(found, name) != getattr(wanted, name)]


def tied(found: Figures) -> bool:
    """Whether the books tie: ledger and subledger agree, nothing is on its way or unposted, the payout adds up."""
    return found.ledger == found.subledger and not found.in_transit and not found.unposted and not found.payout[2]


def lines(found: Figures, sent: int, copies: int, entries: int) -> list[tuple[str, str, str]]:
    """The rows of the table: what, how much, a remark."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in found.messages.items())
    total, reconciled = found.bank_lines
    state, paid_out, _difference = found.payout
    rows = [
        ("webhooks delivered", str(sent), ""),
        ("messages received", str(sum(found.messages.values())), kinds),
        ("  found by polling only", str(found.found_by_polling), "never delivered by webhook"),
        ("duplicates", str(copies), "answered 2xx, stored once"),
        ("transactions", str(sum(found.states.values())), ""),
    ]
    rows += [(f"  {name.replace('_', ' ')}", str(count), "") for name, count in sorted(found.states.items())]
    rows += [(name, euros(amount), "") for name, amount in found.amounts.items()]
    rows += [
        ("payout", euros(paid_out), state),
        ("entries posted", str(entries), "journal entries of the provider"),
        ("clearing account tied", "yes" if found.ledger == found.subledger else "NO",
         f"general ledger {euros(found.ledger)}, subledger {euros(found.subledger)}"),
        ("in transit", euros(found.in_transit), ""),
        ("bank lines reconciled", f"{reconciled} of {total}", ""),
        ("documents paid", str(len(found.paid_documents)), ""),
        ("orders released", str(len(found.orders)), "by Odoo's own checkout"),
        ("exceptions open", str(sum(found.exceptions.values())), ""),
    ]
    for kind, count in sorted(found.exceptions.items()):
        expected = EXPECTED_EXCEPTIONS.get(kind) == count
        rows.append((f"  {kind}", str(count), _EXPLAINED[kind] if expected else "not expected"))
    return rows


def render(rows: list[tuple[str, str, str]]) -> str:
    """The table as text."""
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(f"  {what:<{widths[0]}}  {much:>{widths[1]}}  {remark}".rstrip() for what, much, remark in rows)
