"""CAMT bank statements, all versions 01 to 14: detected, read as a stream, proven, and turned into canonical
records.

Only camt.053 is booked. Intraday reports (camt.052) and notifications (camt.054) announce what a statement
confirms or drops (`announce`): they come out provisional, and only where they are asked for by name.

`stream` is the base: it never holds more than one entry, so memory does not grow with the file. `parse`
collects what it gives. Both say nothing final before the end: a file whose last statement fails is refused
as a whole, so an importer stages the entries and commits after the last event.
"""

from .assembly import collected
from .camt_reader import StatementReader
from .camt_versions import MESSAGE_TAGS, PARTS, STATEMENT, detect, refused
from .errors import FormatError
from .xml_guard import elements

NAMES = ("camt.052", "camt.053", "camt.054")


def parse(content, format=STATEMENT):
    """Every Statement in a camt file, each with its entries. ``content``: bytes or a binary file.

    ``format``: the message that is read. Those of camt.052 and camt.054 are provisional. Raises FormatError, also
    after statements were given: then nothing of the file is to be used.
    """
    yield from collected(stream(content, format))


def stream(content, format=STATEMENT):
    """The events of a camt file: for every statement a StatementHeader, its Entries, a StatementProof.

    ``content``: bytes or a binary file. ``format``: the message that is read; only camt.053 is ever booked. Raises
    FormatError where the file cannot be trusted, at the latest in place of the proof of the statement concerned;
    what was given before is then void.
    """
    if isinstance(content, bytes):
        # Tells what else the file is before it is read to its end in search of statements.
        message = detect(content)
        if message not in (None, format):
            raise FormatError(None, *refused(message, format))
    reader = StatementReader(format)
    for element in elements(content, "end", (*MESSAGE_TAGS, "{*}GrpHdr", f"{{*}}{PARTS[format]}", "{*}Ntry")):
        yield from reader.end(element)
    reader.finish()
