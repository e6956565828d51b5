"""Which facts of one payment instruction cannot all be true as they stand, and whether a fact still to come may
explain them. No fact is dropped: the caller opens an exception with code, text and amount."""

from .contradictions import Contradiction
from .money import Money

# code -> (definite, text). {amount} is the amount at stake.
TEXTS = {
    "sent_without_approval": (
        True,
        "It was sent although its content was not approved; recall it at the bank and find out who sent it.",
    ),
    "other_content_sent": (
        True,
        "What was sent is not what was approved ({detail}); recall it at the bank and compare the file with the order.",
    ),
    "sent_after_cancel": (True, "It was sent although it had been cancelled; recall it at the bank."),
    "answer_without_sending": (
        False,
        "The bank answered ({detail}) to something of which no transmission is recorded; "
        "the record may follow, else find out who sent it.",
    ),
    "rejected_and_executed": (
        False,
        "The bank rejected it and moved {amount} all the same; the money may come back, else ask the bank. Do not pay it again.",
    ),
    "withdrawn_and_executed": (
        False,
        "The bank confirmed the recall and moved {amount} all the same; the money may come back, else ask the bank.",
    ),
    "executed_above_order": (
        True,
        "The bank moved {detail}, which is {amount} more than ordered; ask the bank whether it was paid twice.",
    ),
    "executed_below_order": (
        False,
        "The bank moved {detail}, which is {amount} less than ordered; the rest may follow, or charges were taken off.",
    ),
    "return_without_execution": (
        False,
        "{amount} came back, but no execution is known; its statement may not have been imported yet.",
    ),
    "returned_above_execution": (True, "{amount} more came back than left ({detail}); ask the bank what the rest is."),
    "returned_below_execution": (
        False,
        "Of {detail} all but {amount} came back, and no charges explain the rest; it may follow, else ask the bank.",
    ),
    "other_currency": (
        True,
        "{detail} is not in the currency of the instruction and is left out of its amounts; compare it with the statement.",
    ),
    "conflicting_amounts": (True, "The same fact was told with two amounts: {detail}. The largest is counted; ask the bank."),
    "absent_and_present": (
        True,
        "The bank said that it did not know it, and after it was sent again that it had it already; ask which one it executes.",
    ),
    "absent_after_sending": (
        False,
        "The bank took it and does not know it; its answer may follow, else ask the bank. It is not sent again by itself.",
    ),
}
_ANSWERING = ("probe_present", "receive", "hold", "accept", "reject", "execute")


def find(tally):
    """The contradictions in a tally of `instruction.fold`: a tuple of `Contradiction`, sorted by code and text."""
    found = []
    _about_money(found, tally)
    _about_sending(found, tally)
    _about_answers(found, tally)
    return tuple(sorted(found, key=lambda one: (one.code, one.text)))


def _add(found, code, amount=None, detail=""):
    definite, text = TEXTS[code]
    found.append(Contradiction(code, text.format(amount=amount, detail=detail), definite, amount))


def _about_sending(found, tally):
    starts = [facts[0] for facts in tally.attempts.values()]
    approvals = [_approval_at(tally, start.at) for start in starts]
    if None in approvals:
        _add(found, "sent_without_approval", tally.ordered)
    other = {
        start.content
        for start, approval in zip(starts, approvals, strict=True)
        if approval is not None and "" not in (start.content, approval.content) and start.content != approval.content
    }
    if other:
        _add(found, "other_content_sent", tally.ordered, f"{', '.join(sorted(other))} was sent")
    cancel = tally.newest("cancel")
    if cancel is not None and any(start.at >= cancel.at for start in starts):
        _add(found, "sent_after_cancel", tally.ordered)


def _approval_at(tally, at):
    """The approval that held at ``at``; None if there was none, or an edit after it."""
    before = [fact for fact in tally.facts if fact.kind in ("approve", "edit") and fact.at <= at]
    # An edit at the same instant as the approval voids it.
    newest = max(before, key=lambda fact: (fact.at, fact.kind == "edit", fact.external_id), default=None)
    return newest if newest is not None and newest.kind == "approve" else None


def _about_answers(found, tally):
    answers = [fact for kind in _ANSWERING for fact in tally.by_kind.get(kind, ())]
    if answers and not tally.attempts:
        _add(found, "answer_without_sending", tally.ordered, answers[0].kind)
    absent = tally.newest("probe_absent")
    resent = absent is not None and any(facts[-1].at >= absent.at for facts in tally.attempts.values())
    if resent and tally.duplicates:
        _add(found, "absent_and_present", tally.ordered)
    done = tally.newest("send_done")
    if absent is not None and done is not None and absent.at >= done.at + tally.grace and not answers:
        _add(found, "absent_after_sending", tally.ordered)


def _about_money(found, tally):
    currency, ordered, executed = tally.ordered.currency, tally.ordered.minor, tally.executed
    standing = executed - tally.returned
    for (kind, external_id, _source), amounts in tally.conflicts.items():
        told = " and ".join(sorted(str(amount) for amount in amounts))
        _add(found, "conflicting_amounts", None, f"{kind} {external_id} as {told}")
    for kind in ("execute", "return"):
        for fact in tally.by_kind.get(kind, ()):
            if fact.amount.currency != currency:
                _add(found, "other_currency", fact.amount, f"{kind} of {fact.amount}")
    if executed:
        for code, facts in (("rejected_and_executed", tally.rejects), ("withdrawn_and_executed", tally.by_kind.get("withdraw"))):
            if facts and tally.returned + tally.charges < executed:
                _add(found, code, Money(executed - tally.returned, currency))
    if standing > ordered:
        _add(found, "executed_above_order", Money(standing - ordered, currency), str(Money(standing, currency)))
    elif 0 < executed < ordered:
        _add(found, "executed_below_order", Money(ordered - executed, currency), str(Money(executed, currency)))
    _about_returns(found, tally)


def _about_returns(found, tally):
    currency, executed, returned, charges = tally.ordered.currency, tally.executed, tally.returned, tally.charges
    if not returned or executed - returned == tally.ordered.minor:
        return
    detail = str(Money(executed, currency))
    if not executed:
        _add(found, "return_without_execution", Money(returned, currency))
    elif returned > executed:
        _add(found, "returned_above_execution", Money(returned - executed, currency), detail)
    elif returned + charges < executed:
        _add(found, "returned_below_execution", Money(executed - returned - charges, currency), detail)
