"""What an import of a file would do, without doing it: what is in it, what proves it, and what would refuse it."""

from typing import NamedTuple

from .errors import FormatError
from .records import Entry, StatementHeader

LIMIT = 20


class Seen(NamedTuple):
    """A statement: the file of an archive it is in ("" if none), its header, its first entries, how many it has, and
    its proof (None if the file is refused before it ends)."""

    member: str
    header: StatementHeader
    entries: tuple
    count: int
    proof: object


class Preview(NamedTuple):
    """``statements``: tuple of Seen; ``refusal``: the FormatError for which nothing of the file would be imported, None
    if it would be; ``refused``: (line, reason) of each place that is to blame: of a table every row, else the first."""

    statements: tuple
    refused: tuple
    refusal: FormatError | None


def preview_of(events, limit=LIMIT, problems=()):
    """The Preview of (member, event) pairs; ``problems``: the FormatErrors that are known already."""
    statements, header, entries, count, member = [], None, [], 0, ""
    refusals = list(problems)
    try:
        for member, event in events:
            if isinstance(event, StatementHeader):
                header, entries, count = event, [], 0
            elif isinstance(event, Entry):
                count += 1
                if count <= limit:
                    entries.append(event)
            else:
                statements.append(Seen(member, header, tuple(entries), count, None if refusals else event))
                header = None
    except FormatError as error:
        refusals.append(error)
    if header is not None:
        statements.append(Seen(member, header, tuple(entries), count, None))
    refused = tuple((error.line, error.reason) for error in refusals[:limit])
    return Preview(tuple(statements), refused, refusals[0] if refusals else None)
