"""Which open items a bank line pays: unique evidence or nothing (INV-8). Pure, deterministic, blind to the order of input.

Evidence is settled from the strongest on, and what it settles leaves the field:

- 100: the text names the item by a reference that no other open item has
-  95: by a reference that others have too, and only this one has the amount
-  93: the text names several items, which make the amount together; or several lines name the same
       item or items and make them together
-  92: the line of another own account shows the same transfer
-  90: a payout by its descriptor (a reference without digits, such as a company name), amount and date window, or by the
       days that payouts like it took so far; or a batch whose members each name their item
-  80: an invoice, or another open item such as a payment that was registered, by amount and partner
-  75: a payout by amount and date window
-  up to 99: what has the amount, by the sum of weaker signs (`close`)
-  78: items of the partner that make the amount, if only these do

At each step a line must have exactly one answer and what it pays exactly one line; otherwise all of them are ambiguous, and
what they contend for is withheld from weaker evidence. A line that names an item by reference is never given to another one
because of its amount. What fits but for a difference is proposed to a person, never applied.
"""

from ..collection import no_collection
from .explain import Nearest, nearest
from .pool import Pool
from .records import (
    AMBIGUOUS,
    MATCHED,
    PROPOSED,
    UNMATCHED,
    Candidate,
    Line,
    LineMatch,
    Matches,
    Part,
    Policy,
)
from .steps import Run

__all__ = [
    "AMBIGUOUS", "MATCHED", "PROPOSED", "UNMATCHED", "Candidate", "Line", "LineMatch", "Matches", "Nearest", "Part", "Policy",
    "match", "nearest",
]  # fmt: skip


@no_collection()
def match(lines, candidates, policy=None):
    """Match bank ``lines`` (Line) with open ``candidates`` (Candidate) under ``policy``: `Matches`.

    The ids of lines, and those of all candidates together, are unique, hashable and sortable among themselves (FinanceError
    for a repeated one). Nothing is applied; an item is matched with at most one line, or with lines that make it together.
    """
    pool = Pool(lines, candidates, policy or Policy())
    return Matches(Run(pool).results())
