"""Which open item a bank line pays: unique evidence or nothing (INV-8). Pure, deterministic, blind to the
order of input.

Only equal amounts match here. The strongest evidence is settled first, and what it settles leaves the field:

- 100: the text names the item by a reference that no other open item has
-  95: by a reference that others have too, and only this one has the amount
-  90: a payout by its descriptor (a reference without digits, such as a company name), amount and date window
-  80: an invoice by amount and partner
-  75: a payout by amount and date window

At each step a line must have exactly one candidate and that candidate exactly one line; otherwise all of them
are ambiguous, and what they contend for is withheld from weaker evidence. A line that names an item by
reference is never given to another one because of its amount.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date as Date
from typing import NamedTuple

from .evidence import Pool
from .money import Money

MATCHED, AMBIGUOUS, UNMATCHED = "matched", "ambiguous", "unmatched"


@dataclass(frozen=True, slots=True)
class Line:
    """A bank line: ``amount`` signed (money in is positive), ``partner_id`` if the bank or a rule named the
    partner."""

    id: object
    amount: Money
    date: Date
    text: str = ""
    reference: str = ""
    partner_id: object = None
    counterparty_account: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open item: ``kind`` is `settlement` or `invoice`, ``residual`` what its bank line will bring
    (signed).

    ``references``: all that a bank text may name it by (number, payment reference, payout id, trace,
    descriptor); ``date``: for a payout the day it is expected at the bank.
    """

    id: object
    kind: str
    residual: Money
    references: tuple = ()
    partner_id: object = None
    date: Date | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits of matching. References below ``min_reference_length`` letters and digits never count; a
    payout is looked for from ``days_before`` its expected day to ``days_after`` it; of more than
    ``max_alternatives`` equally good candidates only so many are listed (and the result says how many there
    are); more than ``max_considered`` of one amount under one reference, partner or window are ambiguous
    without being compared.
    """

    min_reference_length: int = 5
    days_before: int = 3
    days_after: int = 5
    max_alternatives: int = 20
    max_considered: int = 200


@dataclass(frozen=True, slots=True)
class LineMatch:
    """What is known about one line. ``candidate_ids``: the match; or the contenders of an ambiguous line; or,
    for an unmatched one, what it names although the amount differs. ``score`` 0 to 100; ``reasons``: dicts of
    code and text.
    """

    line_id: object
    state: str
    candidate_ids: tuple = ()
    score: int = 0
    runner_up_score: int = 0
    reasons: tuple = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """The results by line id, every line of the input included."""

    by_line: dict = field(default_factory=dict)

    def in_state(self, state):
        """The results in ``state`` (`matched`, `ambiguous`, `unmatched`), in the order of line ids."""
        return [result for result in self.by_line.values() if result.state == state]


def match(lines, candidates, policy=None):
    """Match bank ``lines`` (Line) with open ``candidates`` (Candidate) under ``policy``: `Matches`.

    The ids of lines, and those of all candidates together, are unique, hashable and sortable among themselves
    (FinanceError for a repeated one). Nothing is applied; a candidate is matched with at most one line.
    """
    pool = Pool(lines, candidates, policy or Policy())
    run = _Run(pool)
    for step in _STEPS:
        run.settle(step)
    return Matches({line.id: run.decided.get(line.id) or run.left_over(line) for line in pool.lines})


class _Step(NamedTuple):
    """One kind of evidence: its ``code``, its ``score``, how its `Options` are found, and what it is in
    words."""

    code: str
    score: int
    options: Callable
    text: str


_STEPS = (
    _Step("reference", 100, Pool.by_own_reference, "The text names {names}, which no other open item has."),
    _Step(
        "shared_reference",
        95,
        Pool.by_shared_reference,
        "The text names {names}; other open items have it too, at other amounts or with another bank line.",
    ),
    _Step(
        "descriptor",
        90,
        Pool.by_descriptor,
        "The text shows {descriptors}, the descriptor of a payout expected about this date.",
    ),
    _Step("partner_amount", 80, Pool.by_partner, "The partner has an open invoice of this amount."),
    _Step("payout_window", 75, Pool.by_window, "A payout of this amount is expected about this date."),
)
_EQUAL_AMOUNT = {"code": "amount", "text": "The amount is equal."}
_NO_CANDIDATE = {"code": "no_candidate", "text": "No open item fits by reference, partner or expected date."}


class _Run:
    """The progress of one matching: what is decided, and what is withheld because it is contended for."""

    def __init__(self, pool):
        self.pool, self.decided = pool, {}
        self._withheld, self._withheld_buckets = set(), set()

    def settle(self, step):
        """Decide all lines for which the evidence of ``step`` speaks.

        Lines that are ambiguous already contend too, for one of their candidates may be theirs.
        """
        claims, waiting = Counter(), []
        for line in self.pool.lines:
            earlier = self.decided.get(line.id)
            if earlier is not None and earlier.state == MATCHED:
                continue
            options = step.options(self.pool, line)
            if not options.candidates:
                continue
            if options.wide:
                self._withheld_buckets.add(options.bucket)
            else:
                claims.update(candidate.id for candidate in options.candidates)
            if earlier is None:
                waiting.append((line, options))
        doubts = [self._doubt(step, options, claims) for _line, options in waiting]
        for (line, options), doubt in zip(waiting, doubts, strict=True):
            self.decided[line.id] = self._ambiguous(step, line, options, doubt) if doubt else self._matched(step, line, options)
        for (line, options), doubt in zip(waiting, doubts, strict=True):
            if not doubt:
                self.pool.taken[options.candidates[0].id] = line.id
            elif not options.wide:
                self._withheld.update(candidate.id for candidate in options.candidates)

    def _doubt(self, step, options, claims):
        """Why these options cannot be applied, as (code, text); None if they can."""
        if options.conflict and step.options is Pool.by_shared_reference:
            return "names_several", "The text names several open items, and none of them alone fits."
        if options.conflict:
            return "names_other", "The text names an open item, but the amount is that of another one."
        if options.total > 1:
            return "several_candidates", f"{options.total} open items are equally good."
        candidate = options.candidates[0]
        if claims[candidate.id] > 1:
            return "several_lines", f"{claims[candidate.id]} bank lines are equally good for this item."
        if candidate.id in self._withheld or not self._withheld_buckets.isdisjoint(self.pool.buckets_of(candidate)):
            return "withheld", "Another bank line that is ambiguous may pay this item."
        return None

    def _matched(self, step, line, options):
        chosen = options.candidates[0]
        reasons = self._evidence(step, line), _EQUAL_AMOUNT
        return LineMatch(line.id, MATCHED, (chosen.id,), step.score, self._runner_up(line, chosen), reasons)

    def _evidence(self, step, line):
        names = self._quoted(self.pool.names, line)
        descriptors = self._quoted(self.pool.descriptors, line)
        return {"code": step.code, "text": step.text.format(names=names, descriptors=descriptors)}

    def _quoted(self, found, line):
        return ", ".join(sorted(self.pool.spelling[joined] for joined in found[line.id]))

    def _runner_up(self, line, chosen):
        """The score of the best other open item for ``line``."""
        for step in _STEPS[1:]:
            if any(candidate is not chosen for candidate in step.options(self.pool, line).candidates):
                return step.score
        return 0

    def _ambiguous(self, step, line, options, doubt):
        code, text = doubt
        limit, total = self.pool.policy.max_alternatives, options.total
        listed = sorted(candidate.id for candidate in options.candidates)[:limit]
        if total > limit:
            text += f" The first {limit} of {total} are listed."
        reasons = {"code": code, "text": text}, self._evidence(step, line)
        return LineMatch(line.id, AMBIGUOUS, tuple(listed), step.score, step.score if total > 1 else 0, reasons)

    def left_over(self, line):
        """The result of a line that nothing speaks for at its amount."""
        named = self.pool.named(line)
        if not named:
            return LineMatch(line.id, UNMATCHED, reasons=(_NO_CANDIDATE,))
        names = self._quoted(self.pool.names, line)
        if all(candidate.id in self.pool.taken for candidate in named):
            reason = {"code": "already_matched", "text": f"The text names {names}, which another line pays."}
        else:
            told = ", ".join(sorted({str(candidate.residual) for candidate in named}))
            reason = {
                "code": "amount_differs",
                "text": f"The text names {names}, but open is {told}, not {line.amount}.",
            }
        limit = self.pool.policy.max_alternatives
        return LineMatch(line.id, UNMATCHED, tuple(candidate.id for candidate in named)[:limit], reasons=(reason,))
