"""The double-payment radar: whether something was paid already, or is about to be, under another document.

Found by payee, account, amount and reference within a window of days. It also looks at payments whose reconciliation was
undone, since the money is gone all the same. A finding is a question to a person; nothing is blocked or dropped by it.
"""

import re
import unicodedata
from bisect import bisect_left
from datetime import date, timedelta
from typing import NamedTuple

from .money import Money

WINDOW = timedelta(days=90)
# Sure enough to hold a payment back until somebody looked; to look at; to know.
HOLD, LOOK, NOTE = "hold", "look", "note"
_LEVELS = (HOLD, LOOK, NOTE)
_PARTS = re.compile(r"[A-Z]+|[0-9]+").findall


class Payment(NamedTuple):
    """Something to be paid, or paid. ``key``: of the document; ``day``: of the payment; ``state``: of a paid one, in words
    (`executed`, `in order SO1`, `executed, reconciliation undone`)."""

    key: str
    payee: str
    account: str
    amount: Money
    reference: str
    day: date
    state: str = ""


class Suspicion(NamedTuple):
    """``candidate`` may be ``earlier``. ``level``: HOLD, LOOK or NOTE; ``text``: why, in words."""

    level: str
    candidate: Payment
    earlier: Payment
    text: str


def suspicions(candidates, history, window=WINDOW):
    """All `Suspicion` s, the gravest first; ``candidates`` are compared with ``history`` and among themselves.

    The same document, or the same amount, payee (or account) and reference: HOLD. Without the reference: LOOK. The same
    reference and payee with another amount: NOTE. Payments further apart than ``window`` are not compared.
    """
    candidates = sorted(candidates, key=lambda one: (one.key, one.day, one.reference))
    everything = [*candidates, *history]
    alike = {}
    for number, one in enumerate(everything):
        told = reference_key(one.reference)
        for party in _parties(one):
            alike.setdefault((one.amount.minor, one.amount.currency, party), []).append(number)
            if told:
                alike.setdefault((told, party), []).append(number)
    found = {}
    # Most are alike to nothing but themselves.
    for numbers in filter(lambda numbers: len(numbers) > 1, alike.values()):
        for place, number in enumerate(numbers[: bisect_left(numbers, len(candidates))], 1):
            candidate = everything[number]
            for other in numbers[place:]:
                if (number, other) not in found and abs(everything[other].day - candidate.day) <= window:
                    found[number, other] = _suspicion(candidate, everything[other])
    return sorted(found.values(), key=lambda one: (_LEVELS.index(one.level), one.candidate.key, one.earlier.key))


def reference_key(text):
    """What is compared of a reference: letters and digits without accents, zeros before numbers taken off.

    "" where too little is left to mean anything.
    """
    plain = text.upper()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    parts = [part.lstrip("0") or "0" if part.isdigit() else part for part in _PARTS(plain)]
    joined = "".join(parts)
    return joined if len(joined) >= 3 else ""


def _parties(one):
    """By what a payee is recognised: the partner, and the account (two partners may be one)."""
    return [name for name in (f"payee {one.payee}", f"account {one.account}" if one.account else "") if name]


def _suspicion(candidate, other):
    if candidate.key == other.key:
        told = f"{other.day} ({other.state})" if other.state else str(other.day)
        return Suspicion(HOLD, candidate, other, f"{candidate.key} itself was paid on {told}; find out what became of that.")
    same_amount = candidate.amount == other.amount
    key = reference_key(candidate.reference)
    same_reference = bool(key) and key == reference_key(other.reference)
    what = f"{other.key} of {other.day} over {other.amount}{f' ({other.state})' if other.state else ''}"
    if same_amount and same_reference:
        text = f"{candidate.key} has payee, amount and reference of {what}; compare the documents."
        return Suspicion(HOLD, candidate, other, text)
    if same_amount:
        return Suspicion(LOOK, candidate, other, f"{candidate.key} has payee and amount of {what}; compare the documents.")
    text = f"{candidate.key} over {candidate.amount} has payee and reference of {what}; one may correct the other."
    return Suspicion(NOTE, candidate, other, text)
