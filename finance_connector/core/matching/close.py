"""What weaker signs say together, of items that have the amount: an invoice number that is cut off or has a slip, an account
that the partner has paid from, a name. Only lines whose text names no open item come here.
"""

from typing import NamedTuple

from .names import likeness, name_tokens
from .records import Candidate
from .references import tokens

AMOUNT, TAIL, SLIP, DIGIT, ACCOUNT, SAME_NAME, LIKE_NAME, PARTNER, DAY = 40, 40, 40, 20, 40, 40, 30, 40, 5
HIGHEST = 99
# Characters that are taken for each other by readers, human ones too.
_CONFUSED = str.maketrans("OQDILSZBG", "000115286")
_NEAR_DAYS = 45


class Pair(NamedTuple):
    """A line's candidate, how much speaks for it (the sum of weights, which may be above 100), and what."""

    weight: int
    candidate: Candidate
    factors: tuple

    @property
    def score(self):
        """0 to HIGHEST: less than what a text says by a reference."""
        return min(HIGHEST, self.weight)

    @property
    def tells_number(self):
        """Whether the text tells the number of the item, although not quite."""
        return self.factors[0]["code"] in ("tail", "slip")


def pairs(pool, line):
    """The `Pair`s of ``line``, the best first; None if too many items have its amount."""
    candidates = pool.of_amount(line)
    if candidates is None:
        return None
    text = [*tokens(line.reference), *tokens(line.text)]
    name = name_tokens(line.counterparty_name) if line.counterparty_name else []
    found = [_pair(pool, line, text, name, candidate) for candidate in candidates]
    return sorted((pair for pair in found if pair), key=lambda pair: (-pair.weight, pair.candidate.id))


def _pair(pool, line, text, name, candidate):
    factors = [
        *_by_number(text, candidate, pool.policy.min_reference_length),
        *_by_account(line, candidate),
        *_by_name(name, candidate, pool.policy.min_likeness),
    ]
    if not factors:
        return None
    if candidate.date and abs((line.date - candidate.date).days) <= _NEAR_DAYS:
        factors.append((DAY, "day", "It is due about this day."))
    weight = AMOUNT + sum(weight for weight, _code, _text in factors)
    return Pair(weight, candidate, tuple({"code": code, "text": text} for _weight, code, text in factors))


def _by_number(text, candidate, least):
    """The number of the item without what stands before it, or with one character that is not right."""
    for reference in candidate.references:
        parts = tokens(reference)
        tail = "".join(parts[_first_number(parts):])
        if len(tail) >= least and tail != "".join(parts) and _has(text, tail, str.__eq__):
            yield TAIL, "tail", f"The text has {tail}, the number of {reference} without what stands before it."
            return
        joined = "".join(parts)
        if len(joined) <= least or not any(map(str.isdigit, joined)):
            continue
        if _has(text, joined, _misread):
            yield SLIP, "slip", f"The text has {reference}, with a character that was misread."
            return
        if _has(text, joined, _one_other):
            # The next invoice differs by a digit too, so this is not enough alone.
            yield DIGIT, "digit", f"The text has a number that differs from {reference} in one character."
            return


def _first_number(parts):
    """The place of the first token that begins with a digit."""
    return next((place for place, part in enumerate(parts) if part[0].isdigit()), len(parts))


def _has(text, wanted, equal):
    """Whether neighbouring tokens of ``text`` spell what is ``equal`` to ``wanted``."""
    for start in range(len(text)):
        joined = ""
        for part in text[start:]:
            joined += part
            if len(joined) > len(wanted):
                break
            if len(joined) == len(wanted) and equal(joined, wanted):
                return True
    return False


def _misread(found, wanted):
    """Whether the two differ only in one letter and one digit that are taken for each other."""
    return _one_other(found, wanted) and found.translate(_CONFUSED) == wanted.translate(_CONFUSED)


def _one_other(found, wanted):
    return sum(one != other for one, other in zip(found, wanted, strict=True)) == 1


def _by_account(line, candidate):
    if line.partner_id is not None and line.partner_id == candidate.partner_id:
        yield PARTNER, "partner", "It is of the partner."
    elif line.counterparty_account and line.counterparty_account in candidate.accounts:
        yield ACCOUNT, "account", f"The partner has paid from {line.counterparty_account} before."


def _by_name(name, candidate, least):
    if not name or not candidate.name:
        return
    alike = likeness(name, name_tokens(candidate.name))
    if alike >= least:
        weight = SAME_NAME if alike == 100 else LIKE_NAME * alike // 100
        yield weight, "name", f"The bank tells the name of {candidate.name}."
