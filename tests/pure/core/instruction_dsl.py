"""Short ways to write the facts of an instruction in tests."""

from datetime import datetime, timedelta, timezone

from fc.core.instruction_facts import MONEY, InstructionFact
from fc.core.money import Money

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
ORDERED = Money(10000, "EUR")


def at(minutes):
    return MORNING + timedelta(minutes=minutes)


def told(kind, minutes=0, external_id="", minor=10000, currency="EUR", **values):
    """One fact ``minutes`` after nine; facts about money are about ``minor`` units."""
    if kind in MONEY:
        values.setdefault("source", "camt.053")
        values.setdefault("amount", Money(minor, currency))
    return InstructionFact(kind, external_id or f"{kind}/{minutes}", at(minutes), **values)


def sent(attempt="1", minutes=10, outcome="send_done"):
    """Approval, and one transmission with its outcome."""
    begun = [told("approve"), told("send_start", minutes, f"s{attempt}", attempt=attempt)]
    return [*begun, told(outcome, minutes + 1, f"o{attempt}", attempt=attempt)] if outcome else begun
