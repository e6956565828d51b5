"""Which characters the bytes of a text file stand for, where the bank says so and where it does not.

In this order: a byte order mark; zero bytes where UTF-16 has them; UTF-8, which other encodings are practically
never valid as; and line by line UTF-8 or else Windows-1252, for files that were put together from two sources.
Nothing is replaced: every byte becomes the character that it stands for.
"""

import codecs
from contextlib import suppress
from typing import NamedTuple

from .errors import FormatError
from .xml_guard import MAX_XML_BYTES

# 200,000 lines of the wordiest text format have about 60 MB.
MAX_TEXT_BYTES = MAX_XML_BYTES

# UTF-32 first: its mark begins as that of UTF-16 does.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Where Windows-1252 differs from ISO 8859-1.
_WINDOWS = {byte: told for byte in range(0x80, 0xA0) if (told := bytes((byte,)).decode("cp1252", "ignore"))}
_ADVICE = "Save the file as UTF-8, or fetch it again from the bank."


class Decoded(NamedTuple):
    """The text, the encoding it was in, and whether some lines were in another one (Windows-1252)."""

    text: str
    encoding: str
    mixed: bool = False


def decode(content, declared=None):
    """The Decoded text of ``content`` (bytes), without a byte order mark, line ends as in the file.

    ``declared``: the encoding that the file names itself; a byte order mark is stronger. Raises FormatError for
    bytes that are no text in it, and for zero bytes.
    """
    if len(content) > MAX_TEXT_BYTES:
        raise FormatError(None, f"the file is larger than {MAX_TEXT_BYTES:,} bytes (MAX_TEXT_BYTES).", _ADVICE)
    encoding, skipped = _marked(content)
    found = _strictly(content[skipped:], encoding or declared) if encoding or declared else _as_found(content)
    if "\x00" in found.text:
        line = found.text.count("\n", 0, found.text.index("\x00")) + 1
        raise FormatError(line, "the file has zero bytes: it is no text, or in an encoding that is not told.", _ADVICE)
    return found


def lines_of(text):
    """The lines of ``text``, ended by CR LF, LF or CR; no other character ends a line."""
    return with_line_feeds(text).split("\n")


def with_line_feeds(text):
    """``text`` with every line ended by LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def head_of(content, size=4096):
    """The beginning of ``content`` as text to recognise a format by; never fails."""
    encoding, skipped = _marked(content[: size + 4])
    return content[skipped : skipped + size].decode(encoding or "latin-1", "ignore").lstrip()


def beginning_of(content, size):
    """The first ``size`` bytes of ``content`` or somewhat less: whole lines, and whole characters."""
    if len(content) <= size:
        return content
    # A multiple of four is whole characters of UTF-16 and 32; in the others no other character has a line feed in it.
    begun = content[: size - size % 4]
    wide = (_marked(content)[0] or "").startswith(("utf-16", "utf-32"))
    return begun if wide else begun[: begun.rfind(b"\n") + 1] or begun


def _marked(content):
    """(encoding, length of the mark); (None, 0) if nothing tells."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, len(mark)
    start = bytes(content[:4])
    if len(start) == 4 and 0 in start and start.count(0) == 2:
        return ("utf-16-le" if start[1] == 0 else "utf-16-be"), 0
    return None, 0


def _strictly(content, encoding):
    try:
        return Decoded(content.decode(encoding), encoding)
    except (UnicodeDecodeError, LookupError) as error:
        reason = f"the file is no text in {encoding}: {getattr(error, 'reason', 'the encoding is not known')}."
        raise FormatError(_line_of(content, error), reason, _ADVICE) from None


def _line_of(content, error):
    return content.count(b"\n", 0, error.start) + 1 if isinstance(error, UnicodeDecodeError) else None


def _as_found(content):
    with suppress(UnicodeDecodeError):
        return Decoded(content.decode("utf-8"), "utf-8")
    lines, other = [], 0
    for line in content.split(b"\n"):
        try:
            lines.append(line.decode("utf-8"))
            # Of ASCII nobody can tell which of the two it is.
            other += not line.isascii()
        except UnicodeDecodeError:
            lines.append(_windows(line))
    return Decoded("\n".join(lines), "windows-1252", mixed=other > 0)


def _windows(line):
    """``line`` in Windows-1252; the five bytes that it leaves open are what they are in ISO 8859-1."""
    return line.decode("latin-1").translate(_WINDOWS)
