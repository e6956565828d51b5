"""How a file of records of one width falls apart: which lines are records, and what no record of the format is."""

from operator import itemgetter

from .decoding import lines_of
from .errors import FormatError

ADVICE = "Nothing of the file was taken over; fetch it again from the bank."
# The end of a file as old systems mark it, and the blanks that others cut off.
_PADDING = " \x1a"


def records(text, width, kinds, name):
    """(record, line) of every record, padded to ``width``; empty lines are left out.

    A file whose records are not divided by line ends is cut after every ``width`` characters. Raises FormatError for a
    longer line, and for one that begins with none of ``kinds`` (of one length).
    """
    lines = lines_of(text)
    whole = lines[0].rstrip(_PADDING)
    if len(whole) > width and not any(line.rstrip(_PADDING) for line in lines[1:3]):
        lines = [whole[at : at + width] for at in range(0, len(whole), width)]
    size, known, unpadded = len(kinds[0]), frozenset(kinds), "\x1a" not in text
    for number, line in enumerate(lines, 1):
        if unpadded and len(line) == width and line[:size] in known:
            # Nearly all of them.
            yield line, number
            continue
        bare = line.rstrip(_PADDING)
        if not bare:
            continue
        if len(bare) > width:
            raise FormatError(number, f"the record has {len(bare)} characters; {name} has {width}.", ADVICE)
        if bare[:size] not in known:
            raise FormatError(number, f"the record begins with {bare[:size]!r}, none of {', '.join(kinds)}.", ADVICE)
        yield bare.ljust(width), number


def columns(*places):
    """A function that cuts the fields at ``places`` (first and last position, counted from 1) out of a record: a tuple."""
    return itemgetter(*(slice(first - 1, last) for first, last in places))
