"""What the matching says of a bank line, as the rows that it becomes."""

from typing import NamedTuple

from ..core.matching import AMBIGUOUS, MATCHED, PROPOSED, Line, LineMatch

# Joins the keys of items that one line pays together.
JOIN = "+"


class Answer(NamedTuple):
    """The ``result`` for ``line``, and the ``keys`` of its candidates that nobody has ruled out."""

    line: Line
    result: LineMatch
    keys: tuple

    @classmethod
    def of(cls, line, result):
        """The answer before anything was ruled out. Of an unmatched line the candidates are only named."""
        answers = result.state in (MATCHED, PROPOSED, AMBIGUOUS)
        return cls(line, result, tuple(result.candidate_ids) if answers else ())

    def without(self, ruled_out):
        """The answer without the candidates, or the group of them, that a person has ruled out for the line."""
        if self.result.state == AMBIGUOUS:
            return self._replace(keys=tuple(key for key in self.keys if key not in ruled_out))
        return self._replace(keys=()) if JOIN.join(self.keys) in ruled_out else self

    @property
    def rows(self):
        """The keys of its matches: one for each contender, or one for all items that it pays together."""
        if self.result.state == AMBIGUOUS or not self.keys:
            return self.keys
        return (JOIN.join(self.keys),)

    @property
    def is_certain(self):
        """Whether a machine may apply it."""
        return self.result.state == MATCHED and bool(self.keys)

    @property
    def is_doubt(self):
        """Whether a person has to choose."""
        return self.result.state in (MATCHED, AMBIGUOUS) and bool(self.keys)

    @property
    def names_another_amount(self):
        """Whether the text names something that the line does not pay exactly."""
        return not self.keys and bool(self.result.candidate_ids)

    def other_lines(self, kind):
        """The ids of the bank lines that answer it: ``l:`` by a transfer, ``r:`` because it takes them back."""
        return [int(key.partition(":")[2]) for key in self.keys if key.startswith(kind)]

    @property
    def bundle(self):
        """The name that matches share which are applied together; nothing for a line that stands alone."""
        others = [*self.result.with_lines, *self.other_lines("l:"), *self.other_lines("r:")]
        if self.result.state == AMBIGUOUS or not others:
            return False
        kind = self.keys[0].partition(":")[0] if self.keys else ""
        return f"{kind}:" + ",".join(map(str, sorted((self.line.id, *others))))

    @property
    def expected(self):
        """How many answers its bundle has: a line that is taken back has none of its own."""
        return 1 + len(self.result.with_lines) + len(self.other_lines("l:"))
