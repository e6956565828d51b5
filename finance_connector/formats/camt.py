"""CAMT.053 bank statements, all versions 01 to 14: detected, read as a stream, proven, and turned into
canonical records.

camt.052 and camt.054 are recognised and refused here: their entries are provisional, or details of a
statement.

`stream` is the base: it never holds more than one entry, so memory does not grow with the file. `parse`
collects what it gives. Both say nothing final before the end: a file whose last statement fails is refused
as a whole, so an importer stages the entries and commits after the last event.
"""

from .assembly import collected
from .camt_reader import StatementReader
from .camt_versions import MESSAGE_TAGS, NOT_BOOKABLE, STATEMENT, detect
from .errors import FormatError
from .xml_guard import elements

NAMES = ("camt.052", "camt.053", "camt.054")

_TAGS = (*MESSAGE_TAGS, "{*}GrpHdr", "{*}Stmt", "{*}Ntry")


def parse(content, format=STATEMENT):
    """Every Statement in a camt.053 file, each with its entries, proven. ``content``: bytes or a binary file.

    Raises FormatError, also after statements were given: then nothing of the file is to be used.
    """
    if format in NOT_BOOKABLE:
        raise FormatError(None, *NOT_BOOKABLE[format])
    yield from collected(stream(content, format))


def stream(content, format=STATEMENT):
    """The events of a camt.053 file: for every statement a StatementHeader, its booked Entries, a
    StatementProof.

    ``content``: bytes or a binary file. Raises FormatError where the file cannot be trusted, at the latest
    in place of the proof of the statement concerned; what was given before is then void.
    """
    if isinstance(content, bytes):
        # Tells what else the file is before it is read to its end in search of statements.
        message = detect(content)
        if message in NOT_BOOKABLE:
            raise FormatError(None, *NOT_BOOKABLE[message])
    reader = StatementReader()
    for element in elements(content, "end", _TAGS):
        yield from reader.end(element)
    reader.finish()
