"""What answers mean for the instructions that were sent: facts for those that fit, and what fits none or not quite.

An answer that names an unknown instruction, or another amount than was sent, is never applied; it is told.
"""

from dataclasses import dataclass
from typing import NamedTuple

from ..core.instruction_facts import InstructionFact
from ..core.money import Money
from .answers import BATCH, FILE


@dataclass(frozen=True, slots=True)
class SentInstruction:
    """An instruction as it was sent. ``key``: the caller's; ``names``: what the bank may call it otherwise (trace number);
    ``is_collection``: a direct debit, whose money comes in."""

    key: str
    message_id: str
    batch_id: str
    end_to_end_id: str
    amount: Money
    instruction_id: str = ""
    names: tuple = ()
    is_collection: bool = False


class Mismatch(NamedTuple):
    """``code``: `unknown_file` `unknown_batch` `ambiguous_batch` `unknown_instruction` `ambiguous_instruction` `other_amount`
    `other_currency` `other_totals`; ``text``: what it is about and what to do; ``key``: of the instruction, if it is known."""

    code: str
    text: str
    key: str = ""


class Applied(NamedTuple):
    """``facts``: key of an instruction -> list of `InstructionFact`; ``mismatches``: what was not applied, or is to be looked
    at."""

    facts: dict
    mismatches: tuple


class Index:
    """The instructions of the files that answers may be about."""

    def __init__(self, instructions):
        self.by_file, self.by_batch, self.by_name, self.batch_ids = {}, {}, {}, {}
        for one in instructions:
            self.by_file.setdefault(one.message_id, []).append(one)
            self.by_batch.setdefault((one.message_id, one.batch_id), []).append(one)
            self.batch_ids.setdefault(one.batch_id, {})[one.message_id] = None
            for name in {one.end_to_end_id, one.instruction_id, *one.names} - {""}:
                self.by_name.setdefault(name, []).append(one)

    def find(self, message_id, batch_id, *names):
        """The instructions that ``names`` mean, within the file and batch if these are told; the first name that is known
        decides. One that was written into several files, since its order was taken back between, is one."""
        for name in filter(None, names):
            found = [
                one for one in self.by_name.get(name, ()) if message_id in ("", one.message_id) and batch_id in ("", one.batch_id)
            ]
            if found:
                return list({one.key: one for one in found}.values())
        return []

    def groups(self, names):
        """The instructions of each batch and file that ``names`` mean; a file of one batch is one group."""
        found = [self.by_batch[file, name] for name in names for file in self.batch_ids.get(name, ())]
        found += [self.by_file[name] for name in names if name in self.by_file]
        return list({tuple(one.key for one in group): group for group in found}.values())


def from_report(report, index):
    """The `Applied` of an `answers.StatusReport` to an `Index`.

    A statement about the file or a batch becomes a fact of each of its instructions, marked with that level.
    """
    facts, mismatches = {}, []
    in_file = index.by_file.get(report.message_id)
    if not in_file:
        told = f"The report {report.report_id} answers to the file {report.message_id}"
        text = f"{told}, which was not sent from here; ask who sent it."
        return Applied({}, (Mismatch("unknown_file", text),))
    mismatches += _other_totals(report, in_file)
    for answer in report.answers:
        if answer.level == FILE:
            concerned = in_file
        elif answer.level == BATCH:
            concerned = index.by_batch.get((report.message_id, answer.batch_id), [])
            if not concerned:
                told = f"The report {report.report_id} speaks of the batch {answer.batch_id}"
                mismatches.append(Mismatch("unknown_batch", f"{told}, which the file does not have; ask the bank."))
        else:
            concerned = index.find(report.message_id, answer.batch_id, answer.end_to_end_id, answer.instruction_id)
            mismatch = _instruction_mismatch(report, answer, concerned)
            if mismatch is not None:
                mismatches.append(mismatch)
                continue
        fact = _fact(report, answer)
        for one in concerned:
            facts.setdefault(one.key, []).append(fact)
    return Applied(facts, tuple(mismatches))


def _fact(report, answer):
    """The fact that an answer is; its id is that of the report and the level, so that a copy of the report counts once."""
    return InstructionFact(
        answer.kind,
        f"{report.report_id}/{answer.level}/{answer.status}",
        report.at,
        level=answer.level,
        reasons=tuple(one.code for one in answer.reasons),
        text="; ".join(one.text for one in answer.reasons),
    )


def _instruction_mismatch(report, answer, concerned):
    """Why an answer about one instruction cannot be applied; None if it can."""
    name = answer.end_to_end_id or answer.instruction_id
    if not concerned:
        text = f"The report {report.report_id} tells {answer.status} of {name}, which the file does not have; ask the bank."
        return Mismatch("unknown_instruction", text)
    if len(concerned) > 1:
        told = f"The report {report.report_id} tells {answer.status} of {name}"
        text = f"{told}, of which there are {len(concerned)}; ask the bank."
        return Mismatch("ambiguous_instruction", text)
    if answer.amount is not None and answer.amount != concerned[0].amount:
        told = f"{answer.amount}, and {concerned[0].amount} was sent"
        text = f"The report {report.report_id} tells {answer.status} of {name} over {told}; compare the file with the order."
        return Mismatch("other_amount", text, concerned[0].key)
    return None


def _other_totals(report, in_file):
    """A count or sum of the file that is not ours."""
    total = sum(one.amount.to_decimal() for one in in_file)
    for name, told, ours in (("count", report.count, len(in_file)), ("sum", report.control_sum, total)):
        if told is not None and told != ours:
            text = f"The report {report.report_id} tells a {name} of {told} for the file, ours is {ours}; compare both files."
            yield Mismatch("other_totals", text)


def from_returns(returned, index, source):
    """The `Applied` of `answers.Returned` payments; ``source`` names the kind of message ("pacs.004", "nacha")."""
    facts, mismatches = {}, []
    for one in returned:
        concerned = index.find(one.message_id, "", one.trace, one.end_to_end_id)
        if len(concerned) > 1:
            # Bacs names the instruction of a direct debit, which is used again and again.
            concerned = [sent for sent in concerned if sent.amount == (one.original or one.amount)] or concerned
        name = one.end_to_end_id or one.trace
        if len(concerned) != 1:
            code = "ambiguous_instruction" if concerned else "unknown_instruction"
            text = f"{one.amount} came back for {name}, of which {len(concerned)} were sent from here; find out what it was."
            mismatches.append(Mismatch(code, text))
            continue
        sent = concerned[0]
        if one.original is not None and one.original != sent.amount or one.amount.currency != sent.amount.currency:
            told = f"{one.amount} of {one.original or 'an unknown amount'} came back for {name}"
            mismatches.append(Mismatch("other_amount", f"{told}, and {sent.amount} was sent; ask the bank.", sent.key))
            continue
        fact = InstructionFact(
            "return", one.return_id, one.at, source=source, amount=one.amount, charges=one.charges, reasons=(one.reason.code,),
            text=one.reason.text,
        )  # fmt: skip
        facts.setdefault(sent.key, []).append(fact)
    return Applied(facts, tuple(mismatches))
