"""The life of a payment instruction, folded from its facts: the same facts in any order, any number of times, give
one state (INV-4); and when it may be sent, which is never while its last transmission is in doubt (INV-9).

Which state follows is decided by `instruction_table`, what contradicts what by `instruction_contradictions`.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from .instruction_contradictions import find
from .instruction_facts import DUPLICATE_REASONS, distinct
from .instruction_table import BIT, SETTLED, STATES, state_of
from .money import Money

__all__ = ["PROBE_GRACE", "SETTLED", "STATES", "InstructionState", "SendVerdict", "fold", "may_send"]

# How long a bank may take to file what it received: an answer "not known here" counts only when it was given this
# long after the transmission.
PROBE_GRACE = timedelta(minutes=15)

# The bank's words about the way of an instruction; at one instant the later one in this tuple is the newer.
_WAY = ("receive", "hold", "accept")
_OUTCOMES = ("send_done", "send_fail", "timeout")
# Answers that prove that the bank has the instruction.
_PRESENCE = frozenset(("probe_present", "receive", "hold", "accept", "reject", "withdraw", "recall_refuse", "execute", "return"))


class InstructionState(NamedTuple):
    """An instruction as its facts tell it.

    ``executed`` and ``returned``: Money in the currency of what was ordered, ``charges`` what was kept back of the
    return. ``in_doubt_since``: the instant of the oldest transmission without known outcome, or None. ``attempts``:
    number of transmissions begun. ``reasons``: codes of the newest reject or return. ``recalling``: we asked for it
    back and nobody answered yet.
    """

    state: str
    ordered: Money
    executed: Money
    returned: Money
    charges: Money
    attempts: int
    in_doubt_since: datetime | None
    reasons: tuple
    recalling: bool
    contradictions: tuple


class SendVerdict(NamedTuple):
    """Whether an instruction may be transmitted now; ``reason`` says why not, or why, and ``next_step`` what to do:
    `send`, `probe`, `wait`, `approve`, `new_instruction` or `nothing`."""

    ok: bool
    next_step: str
    reason: str


class _Tally:
    """What the facts add up to."""

    def __init__(self, facts, ordered, grace):
        self.ordered, self.grace = ordered, grace
        self.facts, self.conflicts = distinct(facts)
        self.by_kind = {}
        for fact in self.facts:
            self.by_kind.setdefault(fact.kind, []).append(fact)
        self.attempts = self._attempts()
        self.duplicates, self.rejects = self._rejects()
        self.present = any(fact.kind in _PRESENCE and fact not in self.duplicates for fact in self.facts)
        self.doubts = self._doubts()
        self.executed, executed_by = self._money("execute")
        self.returned, self.returned_by = self._money("return")
        self._judge_rejects(executed_by)
        self.charges = max((self._charges(told) for told in self.returned_by.values()), default=0)

    def newest(self, *kinds):
        """The newest fact of ``kinds``; None if there is none."""
        found = [fact for kind in kinds for fact in self.by_kind.get(kind, ())]
        return max(found, key=lambda fact: (fact.at, kinds.index(fact.kind), fact.external_id), default=None)

    def _attempts(self):
        """Transmission -> its facts."""
        attempts = {}
        for fact in self.facts:
            if fact.kind == "send_start" or fact.kind in _OUTCOMES:
                attempts.setdefault(fact.attempt, []).append(fact)
        return attempts

    def _rejects(self):
        """(rejects that only say that the bank has the file from an earlier transmission, other rejects)."""
        duplicates, rejects = [], []
        for fact in self.by_kind.get("reject", ()):
            is_duplicate = len(self.attempts) > 1 and fact.level != "instruction" and set(fact.reasons) & DUPLICATE_REASONS
            (duplicates if is_duplicate else rejects).append(fact)
        return duplicates, rejects

    def _doubts(self):
        """The instants of the transmissions whose outcome nothing has settled.

        Success settles a transmission, and so does any proof that the bank has the file. Failure does unless it was also
        a timeout, or begun again under the same name. "Not known here" settles those that ended the grace before it.
        """
        if self.present or self.duplicates:
            return []
        absent = self.newest("probe_absent")
        doubts = []
        for facts in self.attempts.values():
            last = facts[-1].at
            if not _is_certain(facts) and (absent is None or absent.at < last + self.grace):
                doubts.append(last)
        return doubts

    def _money(self, kind):
        """(the total, source -> its facts): each source is complete in itself, hence the largest counts."""
        by_source = {}
        for fact in self.by_kind.get(kind, ()):
            if fact.amount.currency == self.ordered.currency:
                by_source.setdefault(fact.source, []).append(fact)
        return max((sum(fact.amount.minor for fact in told) for told in by_source.values()), default=0), by_source

    def _judge_rejects(self, executed_by):
        """What a provider moved from its own balance and tells as failed afterwards has come back; what it told as failed and
        moved afterwards it tried again."""
        for source, told in executed_by.items():
            last = max(fact.at for fact in told)
            own = [fact for fact in self.rejects if fact.source == source and fact.level == "instruction"]
            if any(fact.at >= last for fact in own):
                self.returned = max(self.returned, sum(fact.amount.minor for fact in told))
            self.rejects = [fact for fact in self.rejects if fact not in own or fact.at >= last]

    def _charges(self, told):
        return sum(fact.charges.minor for fact in told if fact.charges and fact.charges.currency == self.ordered.currency)


def _is_certain(facts):
    """Whether the facts of one transmission leave no doubt about its outcome."""
    at = {kind: [fact.at for fact in facts if fact.kind == kind] for kind in ("send_start", *_OUTCOMES)}
    if at["send_done"]:
        return True
    return (
        bool(at["send_fail"]) and not at["timeout"] and max(at["send_fail"]) >= max(at["send_start"], default=at["send_fail"][0])
    )


def fold(facts, ordered, grace=PROBE_GRACE):
    """The `InstructionState` of ``facts`` (`InstructionFact`, any order, any number of copies).

    ``ordered``: Money that the instruction is to move. ``grace``: see PROBE_GRACE. Nothing in the facts makes it
    fail: what does not fit together is in ``contradictions``.
    """
    tally = _Tally(facts, ordered, grace)
    money = [Money(minor, ordered.currency) for minor in (tally.executed, tally.returned, tally.charges)]
    last = max((*tally.rejects, *tally.by_kind.get("return", ())), key=lambda fact: (fact.at, fact.external_id), default=None)
    recall, refused = tally.newest("recall"), tally.newest("recall_refuse", "withdraw", "return")
    return InstructionState(
        state_of(_vector(tally)),
        ordered,
        *money,
        len(tally.attempts),
        min(tally.doubts, default=None),
        last.reasons if last else (),
        recall is not None and (refused is None or refused.at < recall.at),
        find(tally),
    )


def _vector(tally):
    """The conditions of `instruction_table` as bits."""
    by_kind, vector = tally.by_kind, 0
    if is_approved(tally):
        vector |= BIT["approved"]
    if "cancel" in by_kind:
        vector |= BIT["cancelled"]
    if tally.present or tally.duplicates or "send_done" in by_kind:
        vector |= BIT["sent"]
    if tally.doubts:
        vector |= BIT["in_doubt"]
    way = _way(tally)
    if way is not None:
        vector |= {"accept": BIT["accepted"], "hold": BIT["held"]}.get(way.kind, 0)
    if "withdraw" in by_kind:
        vector |= BIT["withdrawn"]
    if tally.rejects:
        vector |= BIT["rejected"]
    if "execute" in by_kind:
        vector |= BIT["executed"]
    # Money that came back and went out again is executed.
    if tally.returned and tally.executed - tally.returned < tally.ordered.minor:
        vector |= BIT["returned"]
    return vector


def _way(tally):
    """The newest word of the bank about the way of the instruction; words about the file alone cannot take back one
    about the instruction."""
    words = [fact for kind in _WAY for fact in tally.by_kind.get(kind, ())]
    own = [fact for fact in words if fact.level == "instruction" and fact.kind != "receive"]
    # That a file arrived is told again after it was accepted; it is no news then.
    return max(own or words, key=lambda fact: (fact.kind != "receive", fact.at, _WAY.index(fact.kind)), default=None)


def is_approved(tally):
    """Whether the newest approval is of the content as it stands: an edit at the same instant or later voids it."""
    approval, edit = tally.newest("approve"), tally.newest("edit")
    return approval is not None and (edit is None or edit.at < approval.at)


def may_send(state, now, grace=PROBE_GRACE):
    """Whether the instruction with this `InstructionState` may be transmitted at ``now``: a `SendVerdict` (INV-9).

    A transmission again uses the same file, message id and intent key; another payment of the same bills is a new
    instruction with an intent of its own.
    """
    definite = [one.text for one in state.contradictions if one.definite]
    if definite:
        return SendVerdict(False, "nothing", f"Its facts contradict each other: {definite[0]}")
    if state.state == "unknown":
        wait = state.in_doubt_since + grace
        if now < wait:
            when = f"{wait:%Y-%m-%d %H:%M %Z}"
            return SendVerdict(False, "wait", f"It may have reached the bank, which is asked for it after {when}.")
        return SendVerdict(False, "probe", "It may have reached the bank; ask the bank for it before it is sent again.")
    if state.state == "approved":
        if state.attempts:
            return SendVerdict(True, "send", "The bank does not have it; the same file may be sent again.")
        return SendVerdict(True, "send", "It is approved and was not sent.")
    if state.state == "draft":
        return SendVerdict(False, "approve", "Its content, as it stands, is not approved.")
    if state.state in ("rejected", "returned"):
        return SendVerdict(False, "new_instruction", f"It was {state.state}; correct the cause and make a new instruction.")
    return SendVerdict(False, "nothing", f"It is {state.state}; sending it again would pay twice.")
