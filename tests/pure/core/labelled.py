"""A labelled set for the matching: the bank lines of worlds with all that is open, and what each line truly pays.

Beside what a world has of itself (references with a misread character, lumps, batches, parts, payers who name nothing, payers
with two invoices of an amount, payments that are taken back, payouts), every third invoice gets a decoy, open too: of the same
amount with the next number, or with a number that the right one begins or is begun by. Some invoices that a line names are in
another currency than the account, at the same figure.
"""
from __future__ import annotations

from dataclasses import dataclass
from random import Random

from fc.core.matching import MATCHED, Candidate, Line, Part, match
from fc.core.money import Money
from simulator.world import World
from simulator.world.expected import outcomes
from simulator.world.profile import MerchantProfile, Profile

PROFILE = Profile("labelled", 45, (
    MerchantProfile("Many Customers", payments=40, transfers=160, misread_share=0.15, lump_share=0.15, partial_share=0.06,
                    equal_share=0.06, twin_share=0.08, transfer_return_share=0.06, batch_share=0.2),
))
_DECOY_SHARE, _FOREIGN_SHARE = 0.33, 0.04
_FOREIGN = "USD"


@dataclass
class Score:
    """What became of the lines: how many were ``applied``; ``one_answer``: lines that have one right answer, and of these
    ``found``; ``planted``: lines that a person must see, and of these ``refused``; ``wrong`` says what was misapplied."""

    lines: int = 0
    applied: int = 0
    one_answer: int = 0
    found: int = 0
    planted: int = 0
    refused: int = 0
    wrong: tuple = ()

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def score(seed: int) -> Score:
    """Match the world of ``seed`` and judge every line."""
    lines, candidates, truth, planted = problem(seed)
    total = Score(lines=len(lines), one_answer=sum(map(bool, truth.values())), planted=len(planted))
    for result in match(lines, candidates).by_line.values():
        applied = result.state == MATCHED
        right = applied and set(result.candidate_ids) == truth[result.line_id]
        total += Score(
            applied=applied,
            found=right,
            refused=not applied and result.line_id in planted,
            wrong=((seed, result, truth[result.line_id]),) if applied and not right else (),
        )
    return total


def problem(seed: int) -> tuple[list[Line], list[Candidate], dict, set]:
    """(lines, candidates, line id -> ids of what it pays (none: nothing that a machine may apply), ids of the lines with a
    planted doubt)."""
    (merchant,) = World(seed, PROFILE).merchants
    rng = Random(f"labelled/{seed}")  # noqa: S311 (makes worlds, no secrets)
    entries = [entry for statement in merchant.statements for entry in statement.entries]
    named = [entry.explains.partition(":")[2] for entry in entries
             if entry.explains.startswith("document:") and entry.explains.partition(":")[2] in entry.text]  # fmt: skip
    foreign = {reference for reference in named if rng.random() < _FOREIGN_SHARE}
    invoices = _invoices(merchant, foreign)
    candidates = [*invoices, *_decoys(invoices, rng), *_payouts(merchant), *_reversals(entries)]
    truth, planted = {}, set()
    for entry in entries:
        told = [name.partition(":")[::2] for name in entry.explains.split()]
        surprise = any(key in foreign for _kind, key in told)
        truth[entry.bank_id] = set() if surprise else {_candidate_id(kind, key) for kind, key in told}
        if surprise or entry.doubt:
            planted.add(entry.bank_id)
    return [_line(entry, merchant) for entry in entries], candidates, truth, planted


def _candidate_id(kind: str, key: str) -> str:
    return {"document": "i:", "payout": "s:", "return": "r:"}[kind] + key


def _line(entry, merchant) -> Line:
    """The line as the models read it: the payer is the customer whose account or whose name it is."""
    payer = next((one for one in merchant.customers if entry.iban == one.iban or entry.name == one.name), None)
    return Line(
        entry.bank_id, Money(entry.amount, entry.currency), entry.booked, text=entry.text, reference=entry.end_to_end,
        partner_id=payer.number if payer else None, counterparty_account=entry.iban, counterparty_name=entry.name,
        parts=tuple(Part(Money(amount, entry.currency), reference) for amount, reference in entry.parts),
    )  # fmt: skip


def _invoices(merchant, foreign: set) -> list[Candidate]:
    """What is open: every invoice that no card has paid; those of ``foreign`` in another currency."""
    by_card = {payment.document.reference for payment, _end in outcomes(merchant) if payment.document}
    return [
        Candidate(
            f"i:{one.reference}", "invoice", Money(one.total, _FOREIGN if one.reference in foreign else one.currency),
            (one.reference,), one.customer.number, one.day, name=one.customer.name, accounts=(one.customer.iban,), ledger=1,
        )
        for one in merchant.documents if one.reference not in by_card and not one.is_checkout
    ]  # fmt: skip


def _decoys(invoices: list[Candidate], rng: Random):
    """Open invoices of other customers that are easily taken for one of ``invoices``."""
    taken = {reference for one in invoices for reference in one.references}
    for one in invoices:
        (reference,) = one.references
        near = rng.choice((f"{reference}1", reference[:-1], f"{reference[:-1]}{(int(reference[-1]) + 1) % 10}"))
        if rng.random() < _DECOY_SHARE and near not in taken:
            taken.add(near)
            yield one._replace(id=f"i:{near}", references=(near,), partner_id=-len(taken), name=f"Somebody Else {len(taken)}",
                               accounts=())  # fmt: skip


def _payouts(merchant):
    for payout in merchant.payouts:
        if not payout.failed_at:
            yield Candidate(f"s:{payout.key}", "settlement", Money(payout.amount, merchant.profile.currency),
                            (payout.key, payout.trace), date=payout.arrives)  # fmt: skip


def _reversals(entries):
    by_id = {entry.bank_id: entry for entry in entries}
    for entry in entries:
        if entry.is_return:
            first = by_id[entry.explains.partition(":")[2]]
            yield Candidate(f"r:{first.bank_id}", "reversal", Money(-first.amount, first.currency), (first.bank_id,),
                            date=first.booked)  # fmt: skip
