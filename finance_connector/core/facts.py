"""What counts as one fact: copies are told apart by (kind, external id), running totals become increments
(INV-3, INV-4).

The folds work on plain tuples ("light facts"), because they run for every batch; a `records.Movement` is
turned into one: ``(kind, external_id, minor, currency, occurred_at, group, cumulative, counter_minor,
counter_currency)``; the last two are None unless the kind is `fx`. A caller that reads rows from the database
builds the tuple directly.
"""

# Positions in a light fact.
KIND, EXTERNAL_ID, MINOR, CURRENCY, AT, GROUP, CUMULATIVE, COUNTER_MINOR, COUNTER_CURRENCY = range(9)

# An authorisation replaces the one before it, so its total is never split into increments.
AUTHORIZING = frozenset(("authorize", "authorize_adjust"))


def light(movement):
    """The light fact of a `records.Movement`."""
    amount, counter = movement.amount, movement.counter_amount
    return (
        movement.kind,
        movement.external_id,
        amount.minor,
        amount.currency,
        movement.occurred_at,
        movement.group,
        movement.cumulative,
        counter.minor if counter is not None else None,
        counter.currency if counter is not None else None,
    )


def distinct(movements):
    """The distinct facts among ``movements`` (Movements or light facts): ``(facts, conflicts)``.

    ``facts`` maps (kind, external id) to one light fact; ``conflicts`` maps the same key to the set of
    (minor, currency) that its copies disagree about. Of copies that differ the largest amount is kept, then
    the earliest instant, so that the choice does not depend on the order in which they came.
    """
    facts, conflicts = {}, {}
    for fact in movements:
        if not isinstance(fact, tuple):
            fact = light(fact)
        key = fact[:2]
        known = facts.get(key)
        if known is None:
            facts[key] = fact
        elif known != fact:
            if _money(known) != _money(fact):
                conflicts.setdefault(key, set()).update((_money(known), _money(fact)))
            facts[key] = _preferred(known, fact)
    disputed = {key: _disagreement(versions) for key, versions in conflicts.items()}
    return facts, {key: amounts for key, amounts in disputed.items() if amounts}


def _money(fact):
    return fact[MINOR], fact[CURRENCY], fact[COUNTER_MINOR], fact[COUNTER_CURRENCY]


def _disagreement(versions):
    """The (minor, currency) that copies tell for one thing: for the amount, or else for the counter
    amount."""
    amounts = {version[:2] for version in versions}
    if len(amounts) > 1:
        return amounts
    counters = {version[2:] for version in versions if version[2] is not None}
    return counters if len(counters) > 1 else None


def _preferred(one, other):
    """The copy to keep of two that differ; a total order, hence independent of the order of arrival."""
    amount, other_amount = one[MINOR : CURRENCY + 1], other[MINOR : CURRENCY + 1]
    if amount != other_amount:
        return one if amount > other_amount else other
    if one[AT] != other[AT]:
        return one if one[AT] < other[AT] else other
    return max(one, other, key=_remainder)


def _remainder(fact):
    counter = fact[COUNTER_MINOR]
    return fact[GROUP], fact[CUMULATIVE], counter is not None, counter or 0, fact[COUNTER_CURRENCY] or ""


def levelled(facts):
    """Light facts in which each running total is replaced by its increment; the others are passed through.

    ``facts``: distinct light facts. Within (kind, group, currency) the totals are climbed from the lowest to
    the highest, so their increments add up to the highest; equal totals count once. Authorisations are left
    alone.
    """
    flat, ladders = [], {}
    for fact in facts:
        if fact[CUMULATIVE] and fact[KIND] not in AUTHORIZING:
            ladders.setdefault((fact[KIND], fact[GROUP], fact[CURRENCY]), []).append(fact)
        else:
            flat.append(fact)
    for rungs in ladders.values():
        rungs.sort(key=lambda fact: (fact[MINOR], fact[AT], fact[EXTERNAL_ID]))
        reached = 0
        for fact in rungs:
            step = increment_over(fact[MINOR], reached)
            flat.append((fact[KIND], fact[EXTERNAL_ID], step, *fact[CURRENCY:]))
            reached += step
    return flat


def increment_over(amount, already):
    """What a running total ``amount`` adds when ``already`` is the highest one counted so far: never less
    than nothing.

    Works on minor units or on Money of one currency. Counting totals one by one with it, in any order, counts
    the highest.
    """
    return amount - already if amount > already else amount - amount
