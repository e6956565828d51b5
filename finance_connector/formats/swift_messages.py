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
# Before a line that may be more than text; all others belong to the line above them.
_CUTS = re.compile(r"\n(?=[:{}\-\x01-\x04\x1a \t])").split
_OWN_HEADERS = frozenset(("940", "942"))
_AT_THE_END = frozenset(("62F", "62M", "34F"))


# What most fields are: an entry and its text; they never begin a message.
_OF_ENTRIES = (":61:", ":86:")


class Field(NamedTuple):
    """A field: its tag without colons, its text (lines with LF between them, without the tag), and the line in the file."""

    tag: str
    text: str
    line: int

    @property
    def value(self):
        """The first line, without white space around it."""
        return self.text.partition("\n")[0].strip()


class Message(NamedTuple):
    """A message: number of its type if the file says it ("940", "" if not), its fields, and whether its end was
    met.

    The fields are plain tuples, to be made a `Field` of: the garbage collector leaves those alone, and large files have many.
    """

    kind: str
    fields: list
    ended: bool


def messages(text):
    """Every Message in ``text`` (its lines end with LF), one at a time. Raises FormatError for an envelope without a message."""
    reader, number = _Reader(), 1
    for block in _CUTS(text):
        if reader.tag and block[:4] in _OF_ENTRIES:
            reader.begin(block[1:3], block[4:], number)
        else:
            yield from reader.block(block, number)
        number += block.count("\n") + 1
    if reader.envelope is not None:
        raise FormatError(reader.envelope, "the file ends with the beginning of a message: it is cut off.")
    yield from reader.closed()


class _Reader:
    """The message that is being read: type, fields, line of an envelope that has no text yet.

    The last field is open: ``tag`` ("" if there is none), ``told`` (pieces of its text) and ``line``. ``seen``: all tags.
    """

    def __init__(self):
        self.kind, self.envelope, self.fields, self.seen = "", None, [], set()
        self.tag, self.told, self.line = "", [], 0

    def begin(self, tag, text, line):
        """A field begins with ``text``."""
        if self.tag:
            told = self.told
            self.fields.append((self.tag, told[0] if len(told) == 1 else "\n".join(told), self.line))
        self.tag, self.told, self.line = tag, [text], line

    def closed(self, ended=False):
        """The Message so far, if there is one: a sequence. The next one begins."""
        self.begin("", "", 0)
        found = (Message(self.kind, self.fields, ended),) if self.fields else ()
        self.kind, self.envelope, self.fields, self.seen = "", None, [], set()
        return found

    def block(self, block, number):
        """The Messages that are closed by a line that may be more than text, or by the lines of text below it."""
        match = _TAG(block)
        if match:
            yield from self._tagged(match, block, number)
            return
        lines = block.split("\n")
        for position, line in enumerate(lines, 1):
            yield from self._other(line, number + position - 1)
            if self.tag:
                self.told += lines[position:]
                return

    def _tagged(self, match, block, number):
        """A block begins a field, and perhaps a message."""
        tag, found = match[1], ()
        if tag in _OWN_HEADERS or (self.tag and tag == "20") or (tag == "25" and tag in self.seen):
            found = self.closed()
        if tag in _OWN_HEADERS:
            self.kind = tag
        else:
            self.envelope = None
            self.begin(tag, block[match.end() :], number)
            self.seen.add(tag)
        return found

    def _other(self, line, number):
        """An envelope, the end of a message, a line of a bank's own between messages, or text after all."""
        told, found = line.strip(_TRANSPORT), ()
        if "{" in told and ("{1:" in told or "{2:" in told or "{4:" in told):
            found = self.closed(told.startswith("-}"))
            self._opened(told, number)
        elif told.startswith("-}") or (told == "-" and self._may_end()):
            found = self.closed(True)
        elif self.tag:
            self.told.append(line)
        elif told in _OWN_HEADERS:
            self.kind = told
        return found

    def _opened(self, told, number):
        """A line opens a message, with or without its first field."""
        found = _KIND(told)
        self.kind = found[1] if found else ""
        rest = _OTHER_BLOCK.sub("", told.removeprefix("-}")).strip(_TRANSPORT).removeprefix("{4:").strip(_TRANSPORT)
        match = _TAG(rest)
        if match:
            self.begin(match[1], rest[match.end() :], number)
            self.seen.add(match[1])
        else:
            # What is left is a block that is not whole, or the text that is expected on the next line.
            self.envelope = number

    def _may_end(self):
        """Whether a lone hyphen ends the message; in a remittance, before any closing balance, it is text."""
        return self.tag != "86" or not self.seen.isdisjoint(_AT_THE_END)
