"""How a BAI2 file falls apart into records: continuations joined, several records on one line, wrapped lines.

Source: BAI Cash Management Balance Reporting Specifications, version 2. A record ends with a slash or with its line;
88 continues the record before it; text (the last field of 16, and its continuations) may contain commas and slashes.
Banks also put several records on one line, pad lines, and wrap them in the middle of a field.
"""

import re
from typing import NamedTuple

from .errors import FormatError

_BEGINS = re.compile(r"(01|02|03|16|49|88|98|99)(?=,)").match
# The end of a record, and the next one on the same line.
_NEXT = re.compile(r"/\s+(?=(?:01|02|03|16|49|88|98|99),)")
_CONTINUATION = "88"


class Record(NamedTuple):
    """A record with its continuations: code, the pieces (each without its code, end and padding), line of the first."""

    code: str
    pieces: list
    line: int

    @property
    def size(self):
        """How many physical records it counts as in the control totals."""
        return len(self.pieces)

    @property
    def fields(self):
        """The fields of a record without text."""
        return [field.strip() for piece in self.pieces for field in piece.split("/")[0].split(",")]

    def field(self, number):
        """Field ``number``, counted from 1 as in the specification (the code is the first); "" if there is none."""
        fields = self.fields
        return fields[number - 2] if number - 2 < len(fields) else ""


def records(lines):
    """Every Record in ``lines``. Raises FormatError for text before the first one."""
    current = None
    for number, line in enumerate(lines, 1):
        line = line.strip(" \t\x1a")
        if not line:
            continue
        parts = _NEXT.split(line) if "/ " in line or "/\t" in line else (line,)
        for part in parts:
            begins = _BEGINS(part)
            if begins is None:
                if current is None:
                    raise FormatError(number, f"a BAI2 record is expected, but the line is {part[:40]!r}.")
                # Wrapped in the middle of a record.
                current.pieces[-1] += part
            elif begins[1] == _CONTINUATION:
                if current is None:
                    raise FormatError(number, "a continuation (88) stands before the first record.")
                current.pieces.append(part[3:])
            else:
                if current is not None:
                    yield current
                current = Record(begins[1], [part[3:]], number)
    if current is not None:
        yield current


def with_text(record, needed):
    """(fields, text) of a record whose field after ``needed(fields)`` others is text to the end.

    ``needed``: how many fields come before the text, from those that are known (more may be in continuations).
    """
    pieces = record.pieces
    fields = _bare(pieces[0]).split(",")
    used, count = 1, needed(fields)
    while len(fields) <= count and used < len(pieces):
        fields += _bare(pieces[used]).split(",")
        used, count = used + 1, needed(fields)
    texts = [",".join(fields[count:])]
    if used < len(pieces):
        texts += [_bare(piece) for piece in pieces[used:]]
    return fields[:count], " ".join(" ".join(texts).split())


def _bare(piece):
    """``piece`` without the slash at its end."""
    return piece.rstrip().removesuffix("/")
