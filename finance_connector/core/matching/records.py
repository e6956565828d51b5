"""What matching is about: bank lines, open items, the policy, and what becomes of a line. Plain values; amounts are Money,
signed as the bank account sees them (money in is positive).

What there are millions of are named tuples, because making a frozen dataclass takes five times as long; use their ``_replace``
for a changed copy."""

from dataclasses import dataclass, field
from datetime import date as Date
from typing import NamedTuple

from ..money import Money

MATCHED, PROPOSED, AMBIGUOUS, UNMATCHED = "matched", "proposed", "ambiguous", "unmatched"
# What an open item may be: a payout, an invoice or bill, a payment that was sent, a journal item of another kind, the line of
# another own account that shows the same transfer, an earlier line that is taken back.
CANDIDATE_KINDS = ("settlement", "invoice", "instruction", "item", "transfer", "reversal")
# Of these kinds several may be paid by one line, and one by several.
DIVISIBLE = frozenset(("invoice", "item"))


class Part(NamedTuple):
    """A member of a batch that the bank booked as one line."""

    amount: Money
    text: str = ""
    reference: str = ""


class Line(NamedTuple):
    """A bank line. ``partner_id`` if the bank or a rule named the partner; ``parts``: the members, if it is a batch whose
    members the bank tells; ``payer``: a sentence that says how the partner was found; ``charges``: what the bank says that it has
    taken off the amount already (signed: what it took is negative)."""

    id: object
    amount: Money
    date: Date
    text: str = ""
    reference: str = ""
    partner_id: object = None
    counterparty_account: str | None = None
    counterparty_name: str = ""
    parts: tuple = ()
    payer: str = ""
    charges: Money | None = None


class Candidate(NamedTuple):
    """An open item: ``kind`` of CANDIDATE_KINDS, ``residual`` what its bank line will bring (signed).

    ``references``: all that a bank text may name it by (number, payment reference, payout id, trace, descriptor); ``date``:
    for a payout or a transfer the day it is expected at the bank, for an invoice the day it is due; ``name`` and ``accounts``:
    the partner's name, and the accounts it is known to pay from; ``discount``: what may be taken off by ``discount_until``;
    ``lag``: (fewest, most) days that payouts like it came after their day so far; ``ledger``: the account it is open on, since
    one bank line can only be booked on one.
    """

    id: object
    kind: str
    residual: Money
    references: tuple = ()
    partner_id: object = None
    date: Date | None = None
    name: str = ""
    accounts: tuple = ()
    discount: Money | None = None
    discount_until: Date | None = None
    lag: tuple | None = None
    ledger: object = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits of matching. References below ``min_reference_length`` letters and digits never count; a payout is looked for
    from ``days_before`` its expected day to ``days_after`` it; of more than ``max_alternatives`` equally good candidates only
    so many are listed (and the result says how many there are); more than ``max_considered`` of one amount under one
    reference, partner or window are ambiguous without being compared.

    A machine applies only what has ``min_score``, is ``margin`` better than the next best, both for the line and for the item,
    and is not above ``max_amount`` (minor units, by currency). Names are alike from ``min_likeness`` of 100 on. Of at most
    ``max_group`` items it is searched which of them make an amount, up to ``max_states`` sums. ``tolerance`` (minor units) and
    ``tolerance_basis_points``: a difference up to both is proposed as a tolerated one.
    """

    min_reference_length: int = 5
    days_before: int = 3
    days_after: int = 5
    max_alternatives: int = 20
    max_considered: int = 200
    min_score: int = 75
    margin: int = 15
    max_amount: dict = field(default_factory=dict)
    min_likeness: int = 80
    max_group: int = 32
    max_states: int = 200_000
    tolerance: int = 0
    tolerance_basis_points: int = 0


class LineMatch(NamedTuple):
    """What is known about one line. ``candidate_ids``: the match (several: the line pays all of them); or the contenders of an
    ambiguous line; or, for an unmatched one, what it names although the amount differs. ``score`` 0 to 100, of which
    ``runner_up_score`` is what the next best has. ``reasons``: dicts of code and text, the factors first that speak for it.

    ``difference``: what the line brings more than the items ask for, where that is not nothing (`proposed` only);
    ``with_lines``: the other lines that pay the same item together with this one.
    """

    line_id: object
    state: str
    candidate_ids: tuple = ()
    score: int = 0
    runner_up_score: int = 0
    reasons: tuple = ()
    difference: Money | None = None
    with_lines: tuple = ()

    @property
    def gap(self):
        """How much better it is than the next best."""
        return self.score - self.runner_up_score


@dataclass(frozen=True, slots=True)
class Matches:
    """The results by line id, every line of the input included."""

    by_line: dict = field(default_factory=dict)

    def in_state(self, state):
        """The results in ``state`` (`matched`, `proposed`, `ambiguous`, `unmatched`), in the order of line ids."""
        return [result for result in self.by_line.values() if result.state == state]
