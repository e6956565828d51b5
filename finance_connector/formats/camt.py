"""CAMT.053 bank statements, all versions 01 to 14: detected, read as a stream, proven, and turned into
canonical records.

camt.052 and camt.054 are recognised and refused here: their entries are provisional, or details of a
statement.

`stream` is the base: it never holds more than one entry, so memory does not grow with the file. `parse`
collects what it gives. Both say nothing final before the end: a file whose last statement fails is refused
as a whole, so an importer stages the entries and commits after the last event.
"""

from dataclasses import fields as fields_of

from .camt_reader import StatementReader
from .camt_versions import MESSAGE_TAGS, NOT_BOOKABLE, STATEMENT, detect
from .errors import FormatError
from .records import Entry, Statement, StatementHeader
from .xml_guard import elements

NAMES = ("camt.052", "camt.053", "camt.054")

_TAGS = (*MESSAGE_TAGS, "{*}GrpHdr", "{*}Stmt", "{*}Ntry")
_HEADER_FIELDS = tuple(field.name for field in fields_of(StatementHeader))


def parse(content, format=STATEMENT):
    """Every Statement in a camt.053 file, each with its entries, proven. ``content``: bytes or a binary file.

    Raises FormatError, also after statements were given: then nothing of the file is to be used.
    """
    if format in NOT_BOOKABLE:
        raise FormatError(None, *NOT_BOOKABLE[format])
    header, entries = None, []
    for event in stream(content):
        if type(event) is Entry:
            entries.append(event)
        elif type(event) is StatementHeader:
            header, entries = event, []
        else:
            yield _statement(header, entries, event)


def _statement(header, entries, proof):
    """The Statement of a header, its entries and their proof."""
    known = {name: getattr(header, name) for name in _HEADER_FIELDS}
    known |= {
        "closing": proof.closing,
        "closing_date": proof.closing_date,
        "closing_kind": proof.closing_kind,
    }
    return Statement(**known, entries=tuple(entries), provisional_count=proof.provisional_count)


def stream(content):
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
