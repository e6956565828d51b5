"""What the entries of account statements and notifications mean for the instructions that were sent: executed, or come
back (camt.053, camt.054 and every other format that names the payments).

An entry that names nothing of ours is none of these, and nothing is guessed from amounts alone: that is for matching. One
that names a batch as a whole counts only if it has exactly the sum of the batch.
"""

from datetime import datetime, time, timezone

from ..core.instruction_facts import InstructionFact
from ..core.money import Money
from ..formats.records import ANNOUNCED_AS_BOOKED, BOOKED
from .answer_facts import Applied, Mismatch

# References of a detail that mean one instruction, the surest first, and those that mean the file and the batch.
_INSTRUCTION, _FILE, _BATCH = ("EndToEndId", "InstrId", "UETR", "TxId"), "MsgId", "PmtInfId"


def from_entries(entries, index, source, zone=timezone.utc):
    """The `Applied` of ``entries`` (`formats.records.Entry`) to an `answer_facts.Index`.

    ``source``: the kind of message, "camt.053" or "camt.054", so that one debit told by both is one. ``zone``: of the
    account, for the days of the entries. Entries that the bank does not call booked move nothing.
    """
    facts, mismatches = {}, []
    for entry in entries:
        if entry.status != BOOKED and ANNOUNCED_AS_BOOKED not in entry.notes:
            continue
        at = datetime.combine(entry.booking_date, time.min, zone)
        named = False
        for number, detail in enumerate(entry.details, 1):
            concerned = _named(detail.references, index)
            if not concerned:
                continue
            named = True
            outcome = _outcome(entry, detail, concerned, source, at, number)
            if isinstance(outcome, Mismatch):
                mismatches.append(outcome)
            else:
                facts.setdefault(concerned[0].key, []).append(outcome)
        if not named:
            _whole_batch(entry, index, source, at, facts, mismatches)
    return Applied(facts, tuple(mismatches))


def _named(references, index):
    """The instructions that the references of a detail mean."""
    names = [references.get(name, "") for name in _INSTRUCTION]
    message_id, batch_id = references.get(_FILE, ""), references.get(_BATCH, "")
    # Some banks write an id of their own where that of our file belongs.
    if message_id not in index.by_file:
        message_id = ""
    if batch_id not in index.batch_ids:
        batch_id = ""
    return index.find(message_id, batch_id, *names)


def _outcome(entry, detail, concerned, source, at, number):
    """The fact that a detail is for the one instruction it names, or the Mismatch."""
    sent = concerned[0]
    name = detail.references.get("EndToEndId") or sent.end_to_end_id
    where = f"The entry {entry.bank_id or entry.number} of {entry.booking_date}"
    if len(concerned) > 1:
        text = f"{where} names {name}, of which {len(concerned)} were sent from here; find out which one it is."
        return Mismatch("ambiguous_instruction", text)
    amount = _amount(entry, detail, sent.amount.currency)
    if amount is None or not amount.minor:
        text = f"{where} names {name} and tells no amount in {sent.amount.currency}; compare it with the statement."
        return Mismatch("other_currency", text, sent.key)
    came_in = amount.minor > 0
    kind = "execute" if came_in == sent.is_collection else "return"
    charges = _charges(detail, sent.amount.currency) if kind == "return" else None
    reason = detail.return_reason or entry.return_reason
    return InstructionFact(
        kind,
        f"{entry.bank_id or entry.fingerprint}/{number}",
        at,
        source=source,
        amount=abs(amount),
        charges=charges,
        reasons=(reason,) if reason and kind == "return" else (),
        text=detail.return_text,
    )


def _amount(entry, detail, currency):
    """The signed Money of a detail in ``currency``: in that of the account, or as it was ordered. None if it is in neither.

    A single detail without an amount has that of its entry.
    """
    amount = entry.amount if detail.amount is None and len(entry.details) == 1 else detail.amount
    for value, told in ((amount, entry.currency), (detail.original_amount, detail.original_currency)):
        if value is not None and told == currency:
            return Money.from_decimal(value, currency)
    return None


def _charges(detail, currency):
    """What was kept back of a return: the charges that its amount is less by. None if none are told."""
    kept = [Money.from_decimal(abs(one.amount), currency) for one in detail.charges if one.included and one.currency == currency]
    return sum(kept[1:], kept[0]) if kept else None


def _whole_batch(entry, index, source, at, facts, mismatches):
    """The facts of an entry that names a batch or file of ours, and no single instruction."""
    names = {entry.batch_id, entry.reference} - {""}
    names |= {detail.references[name] for detail in entry.details for name in (_BATCH, _FILE) if name in detail.references}
    named = index.groups(names)
    if not named:
        return
    fitting = [batch for batch in named if _is_whole(entry, batch)]
    if len(fitting) != 1:
        told = f"The entry {entry.bank_id or entry.number} of {entry.booking_date} over {entry.amount} {entry.currency}"
        what = f"names {', '.join(sorted(names))}, and {len(fitting)} of {len(named)} batches sent from here have this sum"
        code = "ambiguous_batch" if fitting else "other_totals"
        mismatches.append(Mismatch(code, f"{told} {what}; ask the bank which payments it moved."))
        return
    for one in fitting[0]:
        identifier = f"{entry.bank_id or entry.fingerprint}/{one.end_to_end_id}"
        fact = InstructionFact("execute", identifier, at, source=source, amount=one.amount)
        facts.setdefault(one.key, []).append(fact)


def _is_whole(entry, batch):
    """Whether the entry has the sum, direction, currency and, if it tells it, the number of ``batch``."""
    total = sum(one.amount.to_decimal() for one in batch)
    same_currency = all(one.amount.currency == entry.currency for one in batch)
    same_count = entry.batch_count in (None, len(batch))
    return same_currency and same_count and entry.amount == (total if batch[0].is_collection else -total)
