"""Which of many texts come more than once, found in eight bytes a text: a report is read twice rather than held."""

from array import array
from itertools import pairwise

# They are sorted heap by heap, so that what sorting takes is never taken for all at once.
_HEAPS = 64


class Repeats:
    """Add all texts, then ask: ``text in repeats`` is true for each that came more than once, and hardly ever for another."""

    __slots__ = ("_heaps", "_twice")

    def __init__(self):
        self._heaps, self._twice = [array("q") for _ in range(_HEAPS)], None

    def add(self, text):
        """Count ``text`` once more."""
        key = hash(text)
        self._heaps[key % _HEAPS].append(key)

    def __bool__(self):
        """Whether any of them may have come more than once."""
        return bool(self._found())

    def __contains__(self, text):
        return hash(text) in self._found()

    def _found(self):
        if self._twice is None:
            self._twice = {one for heap in self._heaps for one, other in pairwise(sorted(heap)) if one == other}
            self._heaps = ()
        return self._twice
