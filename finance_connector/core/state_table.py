"""How a table of states is read: the first row that fits names the state, and every combination of conditions has one.

Conditions are yes/no answers, the bits of a vector. A row holds when all of its ``needs`` and none of its ``lacks`` do; the
last row of a table asks for nothing.
"""

from functools import lru_cache
from typing import NamedTuple


class Row(NamedTuple):
    """One row: ``state`` holds when all of ``needs`` and none of ``lacks`` do; ``why`` says it in words."""

    state: str
    needs: tuple
    lacks: tuple
    why: str


def bits(conditions):
    """Condition -> its bit in a vector, in the order of ``conditions``."""
    return {name: 1 << position for position, name in enumerate(conditions)}


def machine(table, bit):
    """The function vector -> state of ``table``, whose rows name conditions of ``bit`` (see `bits`).

    Raises AssertionError for a table whose last row asks for something.
    """
    compiled = tuple((_mask(row.needs, bit), _mask(row.lacks, bit), row.state) for row in table)
    assert compiled[-1][:2] == (0, 0), "the last row of a table of states holds for every vector"

    @lru_cache(maxsize=1 << len(bit))
    def state_of(vector):
        """The state of the first row that fits."""
        return next(state for needs, lacks, state in compiled if vector & needs == needs and not vector & lacks)

    return state_of


def _mask(names, bit):
    return sum(bit[name] for name in names)
