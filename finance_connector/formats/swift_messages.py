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


# What most fields are: an entry and its text; they never begin a message.
_OF_ENTRIES = (":61:", ":86:")


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
    reader = _Reader()
    for number, line in enumerate(lines, 1):
        first = line[:1]
        if first not in _SPECIAL and reader.fields:
            # Most lines are text of a remittance.
            reader.fields[-1][1].append(line)
        elif line[:4] in _OF_ENTRIES and reader.fields:
            reader.fields.append(Field(line[1:3], [line[4:]], number))
        elif first == ":" and (match := _TAG(line)):
            yield from reader.tag(match, line, number)
        else:
            yield from reader.other(line, number)
    if reader.envelope is not None:
        raise FormatError(reader.envelope, "the file ends with the beginning of a message: it is cut off.")
    yield from reader.closed()


class _Reader:
    """The message that is being read: type, fields, line of an envelope that has no text yet."""

    def __init__(self):
        self.kind, self.fields, self.envelope = "", [], None

    def closed(self, ended=False):
        """The Message so far, if there is one: a sequence. The next one begins."""
        found = (Message(self.kind, self.fields, ended),) if self.fields else ()
        self.kind, self.fields, self.envelope = "", [], None
        return found

    def tag(self, match, line, number):
        """A line begins a field, and perhaps a message."""
        tag, found = match[1], ()
        if self.fields and (tag == "20" or (tag == "25" and any(field.tag == "25" for field in self.fields))):
            found = self.closed()
        if tag in _OWN_HEADERS:
            self.kind = tag
        else:
            self.envelope = None
            self.fields.append(Field(tag, [line[match.end() :]], number))
        return found

    def other(self, line, number):
        """An envelope, the end of a message, a line of a bank's own between messages, or text after all."""
        told, found = line.strip(_TRANSPORT), ()
        if "{" in told and ("{1:" in told or "{2:" in told or "{4:" in told):
            found = self.closed(told.startswith("-}"))
            self.kind, self.fields, self.envelope = _opened(told, number)
        elif told.startswith("-}") or (told == "-" and _may_end(self.fields)):
            found = self.closed(True)
        elif self.fields:
            self.fields[-1].lines.append(line)
        elif told in _OWN_HEADERS:
            self.kind = told
        return found


def _opened(told, number):
    """(type, fields, line of the envelope) of a line that opens a message, with or without its first field."""
    found = _KIND(told)
    kind = found[1] if found else ""
    rest = _OTHER_BLOCK.sub("", told.removeprefix("-}")).strip(_TRANSPORT).removeprefix("{4:").strip(_TRANSPORT)
    match = _TAG(rest)
    if match:
        return kind, [Field(match[1], [rest[match.end() :]], number)], None
    # What is left is a block that is not whole, or the text that is expected on the next line.
    return kind, [], number


def _may_end(fields):
    """Whether a lone hyphen ends the message; in a remittance, before any closing balance, it is text."""
    return not fields or fields[-1].tag != "86" or any(field.tag[:2] in ("62", "34") for field in fields)
