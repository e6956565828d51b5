"""How much of each fact is still to be booked, given what is booked already: running totals add what they have over
the highest one, copies that disagree are booked as the one that counts (INV-3, INV-4)."""

from .errors import FinanceError
from .facts import AUTHORIZING, CUMULATIVE, CURRENCY, EXTERNAL_ID, GROUP, KIND, MINOR, distinct, increment_over

_NOT_SPLIT = AUTHORIZING | {"fx"}


class PostingConflict(FinanceError):
    """What is booked already contradicts what is to be booked, in a way that only a person can settle."""


def amounts_to_post(claimed, booked):
    """Minor units to book now, by id: ``{id: minor}`` for every one of ``claimed``.

    ``claimed``: tuples (id, payment, light fact) that are not booked yet; ``payment`` is any key of the payment.
    ``booked``: tuples (payment, light fact, booked minor units) of all booked facts that have the same (kind,
    external id) as a claimed one, or are running totals of the same payment and kind. In whatever portions facts
    are claimed, the sum that gets booked is the same. Raises PostingConflict.
    """
    amounts = {identity: 0 for identity, _payment, _fact in claimed}
    copies, done, reached = {}, {}, {}
    for payment, fact, minor in booked:
        done.setdefault(fact[:2], []).append((fact, minor))
        if _is_running(fact):
            ladder = _ladder(payment, fact)
            reached[ladder] = reached.get(ladder, 0) + minor
    for identity, payment, fact in claimed:
        copies.setdefault(fact[:2], []).append((identity, payment, fact))
    running = []
    for key, group in copies.items():
        before = done.get(key, ())
        identity, payment, fact = _preferred(group, before)
        if fact is None:
            continue
        if _is_running(fact):
            running.append((identity, payment, fact))
        else:
            amounts[identity] = fact[MINOR] - _booked_of(fact, before)
    running.sort(key=lambda item: (item[2][MINOR], item[2][EXTERNAL_ID]))
    for identity, payment, fact in running:
        ladder = _ladder(payment, fact)
        step = increment_over(fact[MINOR], reached.get(ladder, 0))
        amounts[identity] = step
        reached[ladder] = reached.get(ladder, 0) + step
    return amounts


def _is_running(fact):
    return fact[CUMULATIVE] and fact[KIND] not in AUTHORIZING


def _ladder(payment, fact):
    return payment, fact[KIND], fact[GROUP], fact[CURRENCY]


def _preferred(group, before):
    """The copy that counts as (id, payment, fact); the fact is None if that copy is booked already."""
    if len(group) == 1 and not before:
        return group[0]
    facts, _conflicts = distinct([fact for _id, _payment, fact in group] + [fact for fact, _minor in before])
    (counts,) = facts.values()
    for identity, payment, fact in group:
        if fact == counts:
            return identity, payment, fact
    return None, None, None


def _booked_of(fact, before):
    """Minor units of the other copies of ``fact`` that are in the books."""
    total = 0
    for copy, minor in before:
        if not minor:
            continue
        if copy[CURRENCY] != fact[CURRENCY] or fact[KIND] in _NOT_SPLIT:
            raise PostingConflict(
                f"{fact[KIND]} {fact[EXTERNAL_ID]} is booked already as the provider told it before, and now counts "
                f"with another currency or conversion. Reverse that entry by hand, or correct it with the provider."
            )
        total += minor
    return total
