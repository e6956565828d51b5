"""Which open items together make an amount: found exactly, and with proof whether there is another way (INV-8).

Amounts are integer minor units of one currency, of either sign. The answer is about subsets, so two items of one amount that
could stand for each other are two answers: {60, 50, 50} makes 100 as 50 + 50 only; {50, 50, 50} makes it in three ways.
"""

from collections.abc import Sequence
from dataclasses import dataclass

ONLY, SEVERAL, NONE, LIMIT = "only", "several", "none", "limit"


@dataclass(frozen=True, slots=True)
class Grouping:
    """``verdict``: `only` (``chosen`` is the one subset there is), `several` (``other`` is a second one), `none`, or `limit`:
    the search was given up, so nothing is known. Both are ascending places in the input."""

    verdict: str
    chosen: tuple = ()
    other: tuple = ()


def only_sum(amounts: Sequence[int], target: int, max_states: int = 200_000) -> Grouping:
    """How a non-empty subset of ``amounts`` makes ``target``. Never guesses: what would take more than ``max_states`` sums to
    find out has the verdict `limit`."""
    reached = _reachable(amounts, target, max_states)
    if reached is not None:
        ways = _ways_back(amounts, target, reached)
    elif 2 << (len(amounts) + 1) // 2 <= max_states:
        ways = _ways_of_halves(amounts, target)
    else:
        return Grouping(LIMIT)
    first = next(ways, None)
    if first is None:
        return Grouping(NONE)
    second = next(ways, None)
    return Grouping(SEVERAL, first, second) if second else Grouping(ONLY, first)


def _reachable(amounts, target, max_states):
    """For each place the sums that the items before it can make and from which the rest could still lead to the target; None
    beyond ``max_states`` of them. Few if many items have the same amount, or all are small."""
    # What the items from a place on can add at least and at most.
    least, most = [0], [0]
    for amount in reversed(amounts):
        least.append(least[-1] + min(amount, 0))
        most.append(most[-1] + max(amount, 0))
    least.reverse()
    most.reverse()
    reached, states = [{0}], 1
    for place, amount in enumerate(amounts, 1):
        low, high = target - most[place], target - least[place]
        sums = reached[-1]
        following = {total for total in sums if low <= total <= high}
        following.update(total + amount for total in sums if low <= total + amount <= high)
        states += len(following)
        if states > max_states:
            return None
        reached.append(following)
    return reached


def _ways_back(amounts, target, reached):
    """Every non-empty subset that makes ``target``, one after the other; no step leads into a dead end."""
    if target not in reached[-1]:
        return
    waiting = [(len(amounts), target, ())]
    while waiting:
        place, total, chosen = waiting.pop()
        if not place:
            if chosen:
                yield chosen
            continue
        amount = amounts[place - 1]
        if total in reached[place - 1]:
            waiting.append((place - 1, total, chosen))
        if total - amount in reached[place - 1]:
            waiting.append((place - 1, total - amount, (place - 1, *chosen)))


def _ways_of_halves(amounts, target):
    """The same from the subsets of each half: what one of the first half leaves, one of the second has to make."""
    middle = len(amounts) // 2
    seconds = {}
    for total, chosen in _subsets(amounts, range(middle, len(amounts))):
        seconds.setdefault(total, []).append(chosen)
    for total, chosen in _subsets(amounts, range(middle)):
        for rest in seconds.get(target - total, ()):
            if chosen or rest:
                yield _places(chosen | rest)


def _subsets(amounts, places):
    """(sum, places as bits) of every subset of the items at ``places``."""
    found = [(0, 0)]
    for place in places:
        found += [(total + amounts[place], chosen | 1 << place) for total, chosen in found]
    return found


def _places(bits):
    return tuple(place for place in range(bits.bit_length()) if bits >> place & 1)
