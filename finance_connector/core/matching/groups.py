"""Answers of more than one item or line: items that a text names, members of a batch, all of a partner's items that make the
amount, lines that make one item together. Exact, and only if there is one way (INV-8).
"""

from collections import defaultdict
from typing import NamedTuple

from .grouping import LIMIT, ONLY, SEVERAL, only_sum
from .records import DIVISIBLE

NAMED, BATCH, TOGETHER, OF_PARTNER = 93, 90, 93, 78
_LEDGERS = "several_ledgers", "The items are open on different accounts, so that a person has to split the line."


class Answer(NamedTuple):
    """``lines`` pay ``candidates``, unless there is a ``doubt``, (code, text); then ``candidates`` are all that contend."""

    lines: tuple
    candidates: tuple
    score: int
    reason: dict
    doubt: tuple = ()


def named(pool, line):
    """The items that the text of ``line`` names, if they make its amount, all of them or only some."""
    items = [one for one in pool.named(line) if one.kind in DIVISIBLE and one.id not in pool.taken
             and one.residual.currency == line.amount.currency]  # fmt: skip
    if len(items) < 2:
        return None
    names = pool.quoted(line)
    text = f"The text names {names}, which make the amount together."
    if sum(one.residual.minor for one in items) == line.amount.minor:
        reason = {"code": "named_together", "text": text}
        return Answer((line,), tuple(items), NAMED, reason, () if _one_ledger(items) else _LEDGERS)
    return _subset(pool, line, items, NAMED, "named_some", f"Of what the text names ({names}), some make the amount.")


def of_partner(pool, line):
    """The items of the partner of ``line`` that make its amount."""
    if line.partner_id is None or pool.names[line.id]:
        return None
    items = pool.of_partner(line)
    if not 2 <= len(items) <= pool.policy.max_group:
        return None
    return _subset(pool, line, items, OF_PARTNER, "partner_sum", "Open items of the partner make the amount together.")


def _one_ledger(items):
    """Whether one booking can pay all ``items``."""
    return len({item.ledger for item in items}) == 1


def _subset(pool, line, items, score, code, text):
    found = only_sum([one.residual.minor for one in items], line.amount.minor, pool.policy.max_states)
    reason = {"code": code, "text": text}
    if found.verdict == ONLY:
        chosen = tuple(items[place] for place in found.chosen)
        return Answer((line,), chosen, score, reason, () if _one_ledger(chosen) else _LEDGERS)
    if found.verdict == SEVERAL:
        either = sorted({*found.chosen, *found.other})
        doubt = "several_groups", "There is more than one way in which open items make the amount."
        return Answer((line,), tuple(items[place] for place in either), score, reason, doubt)
    if found.verdict == LIMIT:
        doubt = "search_limit", f"{len(items)} open items are too many to find out which of them make the amount."
        return Answer((line,), tuple(items[: pool.policy.max_alternatives]), score, reason, doubt)
    return None


def of_batch(pool, line):
    """The items that the members of a batch pay, if every member names one, or is the only one of its amount."""
    if len(line.parts) < 2 or sum(part.amount.minor for part in line.parts) != line.amount.minor:
        return None
    found = []
    for part in line.parts:
        item = _of_part(pool, part)
        if item is None or item in found:
            return None
        found.append(item)
    text = f"The bank tells {len(line.parts)} members of the batch; each names its item."
    return Answer((line,), tuple(found), BATCH, {"code": "batch", "text": text}, () if _one_ledger(found) else _LEDGERS)


def _of_part(pool, part):
    options = [one for one in pool.named_by(part.reference, part.text)
               if one.residual == part.amount and one.kind in DIVISIBLE and one.id not in pool.taken]  # fmt: skip
    return options[0] if len(options) == 1 else None


def together(pool, lines):
    """Items that several of ``lines`` name and make together: each of these lines names just these items."""
    naming = defaultdict(list)
    for line in lines:
        items = [one for one in pool.named(line) if one.id not in pool.taken]
        if items and all(one.kind in DIVISIBLE and one.residual.currency == line.amount.currency for one in items):
            naming[tuple(one.id for one in items)].append((items, line))
    for key in sorted(naming):
        items, parts = naming[key][0][0], tuple(line for _items, line in naming[key])
        total = sum(line.amount.minor for line in parts)
        if not 2 <= len(parts) <= pool.policy.max_group or total != sum(one.residual.minor for one in items):
            continue
        their = "its" if len(items) == 1 else "their"
        text = f"{len(parts)} bank lines name {pool.quoted(parts[0])} and make {their} amount together."
        reason = {"code": "lines_together", "text": text}
        yield Answer(parts, tuple(items), TOGETHER, reason, () if _one_ledger(items) else _LEDGERS)
