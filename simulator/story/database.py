"""The database of the story's company: its template, and what must be known of a copy."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from simulator import prepared

SHOP = prepared.Prepared(
    "story", "simulator.story.company", (Path(__file__).parent, Path(prepared.__file__).parent / "play" / "books.py"))


@dataclass(frozen=True)
class Notes:
    """What must be known of a copy besides its name."""

    today: date
    documents: dict[str, str]
    key: str


def copy(source: str, target: str) -> Notes:
    """Make the database ``target`` from the template ``source``; return its notes."""
    told = prepared.copy(source, target)
    return Notes(date.fromisoformat(told["today"]), told["documents"], told["key"])
