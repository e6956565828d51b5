"""Which of many texts come more than once, found in eight bytes a text: a report is read twice rather than held."""

from array import array
from itertools import pairwise


class Repeats:
    """Add all texts, then ask: ``text in repeats`` is true for each that came more than once, and hardly ever for another."""

    __slots__ = ("_all", "_twice")

    def __init__(self):
        self._all, self._twice = array("q"), None

    def add(self, text):
        """Count ``text`` once more."""
        self._all.append(hash(text))

    def __bool__(self):
        """Whether any of them may have come more than once."""
        return bool(self._found())

    def __contains__(self, text):
        return hash(text) in self._found()

    def _found(self):
        if self._twice is None:
            ordered = array("q", sorted(self._all))
            self._twice = {one for one, other in pairwise(ordered) if one == other}
            self._all = array("q")
        return self._twice
