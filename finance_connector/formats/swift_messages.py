"""How a file of SWIFT messages falls apart: messages, their fields, and whether the end of each is there.

Source: SWIFT User Handbook, FIN message structure. Banks add lines of their own between messages, leave out the
blocks ({1:} to {5:}), the end (-} or -), or both; a message then ends where the next one begins.
"""

import re
from typing import NamedTuple

from .errors import FormatError

# Other tags than these are text that happens to look like one: ":12:30 UHR" in a remittance.
_TAG = re.compile(r":(20|21|25P?|28C?|34F|13D?|60[FM]|61|86|62[FM]|64|65|90[CD]|NS|940|942):").match
_KIND = re.compile(r"\{2:[IO](\d{3})").search
# Blocks 1 to 3 and 5, which say who sent what to whom; block 4 has the statement.
_OTHER_BLOCK = re.compile(r"\{[1235S]:(?:[^{}]|\{[^{}]*\})*\}")
_TRANSPORT = "\x01\x02\x03\x04\x1a \t"
# What a line begins with that is more than text.
_SPECIAL = frozenset(":-{}\x01\x02\x03\x04\x1a \t")
_OWN_HEADERS = frozenset(("940", "942"))


class Field(NamedTuple):
    """A field: its tag without colons, its lines (the first without the tag), and the line in the file."""

    tag: str
    lines: list
    line: int

    @property
    def value(self):
        """The first line, without white space around it."""
        return self.lines[0].strip()


class Message(NamedTuple):
    """A message: number of its type if the file says it ("940", "" if not), its fields, and whether its end was
    met."""

    kind: str
    fields: list
    ended: bool


def messages(lines):
    """Every Message in ``lines``, one at a time. Raises FormatError for an envelope without a message."""
    kind, fields, number = "", [], 0
    envelope = None
    for number, line in enumerate(lines, 1):
        first = line[:1]
        if first not in _SPECIAL and fields:
            # Most lines are text of a remittance.
            fields[-1][1].append(line)
            continue
        if first == ":" and (match := _TAG(line)):
            tag = match[1]
            if fields and (tag == "20" or (tag == "25" and _has(fields, "25"))):
                yield Message(kind, fields, False)
                kind, fields = "", []
            if tag in _OWN_HEADERS:
                kind = tag
                continue
            envelope = None
            fields.append(Field(tag, [line[match.end() :]], number))
            continue
        told = line.strip(_TRANSPORT)
        if "{" in told and ("{1:" in told or "{2:" in told or "{4:" in told):
            if fields:
                yield Message(kind, fields, told.startswith("-}"))
                kind, fields = "", []
            kind, fields, envelope = _opened(told, kind, number)
        elif told.startswith("-}") or (told == "-" and _may_end(fields)):
            if fields:
                yield Message(kind, fields, True)
            kind, fields, envelope = "", [], None
        elif fields:
            fields[-1].lines.append(line)
        elif told in _OWN_HEADERS:
            kind = told
    if envelope is not None:
        raise FormatError(envelope, "the file ends with the beginning of a message: it is cut off.")
    if fields:
        yield Message(kind, fields, False)


def _opened(told, kind, number):
    """(type, fields, line of the envelope) of a line that opens a message, with or without its first field."""
    found = _KIND(told)
    kind = found[1] if found else kind
    rest = _OTHER_BLOCK.sub("", told.removeprefix("-}")).strip(_TRANSPORT).removeprefix("{4:").strip(_TRANSPORT)
    match = _TAG(rest)
    if match:
        return kind, [Field(match[1], [rest[match.end() :]], number)], None
    # What is left is a block that is not whole, or the text that is expected on the next line.
    return kind, [], number


def _has(fields, tag):
    return any(field.tag == tag for field in fields)


def _may_end(fields):
    """Whether a lone hyphen ends the message; in a remittance, before any closing balance, it is text."""
    return not fields or fields[-1].tag != "86" or any(field.tag[:2] in ("62", "34") for field in fields)
