"""The facts of a payment instruction: what we did, what the bank said, what the account statement shows.

Each has an id, so that a copy counts once (INV-3). The bank's answers are told per level (file, batch,
instruction); the one that speaks of the instruction itself is worth more than one that speaks of its file.
"""

from dataclasses import dataclass
from datetime import datetime

from .errors import FinanceError
from .money import Money

# What we did. `edit` makes an approval void; `send_start` is stored before the call is made.
OURS = ("approve", "edit", "file", "send_start", "send_done", "send_fail", "timeout", "cancel", "recall")
# The bank's answers to the transmission and to our questions.
ANSWERS = ("probe_present", "probe_absent", "receive", "hold", "accept", "reject", "withdraw", "recall_refuse")
# What account statements and return messages show; these carry money.
MONEY = ("execute", "return")
KINDS = OURS + ANSWERS + MONEY

LEVELS = ("", "file", "batch", "instruction")
# Reasons that say: we have this file already (ISO 20022 external codes).
DUPLICATE_REASONS = frozenset(("AM05", "DUPL", "DU01", "DU02", "DU03", "DU04", "DU05"))


@dataclass(frozen=True, slots=True)
class InstructionFact:
    """One immutable fact. ``at``: when it happened, timezone-aware.

    ``external_id``: unique per kind (answers: message id and level; money: the bank's entry reference).
    ``attempt``: which transmission a fact of ours belongs to. ``content``: the hash that was approved, written or
    sent. ``level``: for answers, what they speak of. ``source``: for money, the kind of message that told it
    ("camt.054", "camt.053", "pacs.004"), or the provider whose balance it was, also for its answers: the same debit told by
    two of them is one debit. ``charges``: what was kept back of a return. ``reasons``: the codes of the bank.
    ``movement``: the money as the subledger of the provider knows it, see `records.PaymentNews`.
    """

    kind: str
    external_id: str
    at: datetime
    attempt: str = ""
    content: str = ""
    level: str = ""
    source: str = ""
    amount: Money | None = None
    charges: Money | None = None
    reasons: tuple = ()
    text: str = ""
    movement: str = ""

    def __post_init__(self):
        if self.kind not in KINDS:
            raise FinanceError(f"An instruction has no fact {self.kind!r}; there are {', '.join(KINDS)}.")
        if self.level not in LEVELS:
            raise FinanceError(f"The fact {self.kind} {self.external_id} speaks of {self.level!r}; levels are {LEVELS[1:]}.")
        if self.kind in MONEY and not (self.amount is not None and self.amount.minor > 0):
            raise FinanceError(f"The fact {self.kind} {self.external_id} needs a positive amount, got {self.amount}.")
        if self.at.utcoffset() is None:
            raise FinanceError(f"The fact {self.kind} {self.external_id} has an instant without time zone.")

    @property
    def preference(self):
        """A total order over copies that differ: the largest amount, then the earliest; independent of arrival."""
        amount = (self.amount.minor, self.amount.currency) if self.amount else (0, "")
        charges = (self.charges.minor, self.charges.currency) if self.charges else (0, "")
        words = self.attempt, self.content, self.level, self.source
        return amount, -self.at.timestamp(), *words, charges, self.reasons, self.text, self.movement


def distinct(facts):
    """``(facts, conflicts)``: one InstructionFact per kind, external id and source, sorted by instant; and for those
    whose copies disagree about money the set of amounts told."""
    kept, conflicts = {}, {}
    for fact in facts:
        key = fact.kind, fact.external_id, fact.source
        known = kept.get(key)
        if known is not None and known.amount != fact.amount:
            conflicts.setdefault(key, set()).update((known.amount, fact.amount))
        if known is None or fact.preference > known.preference:
            kept[key] = fact
    ordered = sorted(kept.values(), key=lambda fact: (fact.at, fact.kind, fact.external_id, fact.source))
    return ordered, conflicts
