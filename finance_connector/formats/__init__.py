"""Bank files: bytes in, proven canonical statements out. Pure; one module is one format.

    formats.detect(content, filename=None) -> str            "camt.053", "zip", ...
    formats.parse(content, format=None) -> Iterator[Statement]
    formats.preview(content, format=None) -> Preview
    formats.guess(content) -> Proposal                        of the profile of a table
    formats.stream(content, format=None, told=NOTHING, table_of=None)
        -> Iterator[(member, StatementHeader | Entry | StatementProof)]
    formats.members(content) -> Iterator[(member, content)]      of an archive

What cannot be trusted raises FormatError with ``line`` and ``reason``; nothing is guessed, and no other
exception is raised for any bytes. If it is raised after statements were given, nothing of the file is to be
used.

A format is a module with ``NAMES`` (what it recognises), ``detect(content) -> name or None``,
``parse(content, format)`` and ``stream(content, format)``; it is added to `_MODULES`.
"""

from dataclasses import replace
from itertools import repeat

from . import bai2, camt, cfonb120, coda, decoding, mt940, norma43, ofx, qif, table, zip_guard
from .errors import FormatError
from .table_guess import Proposal, guess
from .table_profile import Profile
from .table import NAMES as TABLES
from .table import fits
from .told import NOTHING, Told
from .told_balances import with_balances
from .preview import LIMIT, Preview, preview_of
from .assembly import proven_with
from .records import Charge, Detail, Entry, Exchange, Statement, StatementHeader, StatementProof

__all__ = [
    "CONTAINERS",
    "TABLES",
    "Charge",
    "Detail",
    "Entry",
    "Exchange",
    "FormatError",
    "Preview",
    "Profile",
    "Proposal",
    "Statement",
    "StatementHeader",
    "StatementProof",
    "Told",
    "detect",
    "fits",
    "guess",
    "members",
    "parse",
    "preview",
    "proven_with",
    "stream",
]  # fmt: skip

ARCHIVE, PACKED = "zip", "gz"
CONTAINERS = (ARCHIVE, PACKED)
members = zip_guard.members

# In this order they are asked: OFX and camt may both be XML, and camt says why other XML is refused.
_MODULES = (ofx, camt, mt940, bai2, qif, coda, cfonb120, norma43, table)
_BY_NAME = {name: module for module in _MODULES for name in module.NAMES}
# What these do not say themselves a person is asked for.
_ASKING = (qif, table)


def detect(content, filename=None):
    """The name of the format of ``content`` (bytes): one of a module of `_MODULES`, "zip" or "gz".

    ``filename`` is only told in the error: what a file is stands in it, not on it. Raises FormatError if it
    is none of these.
    """
    if not content:
        raise FormatError(None, "the file is empty.")
    if zip_guard.is_zip(content):
        return ARCHIVE
    if zip_guard.is_gzip(content):
        return PACKED
    for module in _MODULES:
        name = module.detect(content)
        if name is not None:
            return name
    raise FormatError(
        None,
        f"{filename or 'the file'} is in no format that is read; {', '.join((*_BY_NAME, *CONTAINERS))} are.",
        advice="Ask the bank for CAMT.053.",
    )


def parse(content, format=None):
    """An iterator of the Statements in ``content`` (bytes), in the order of the file.

    ``format``: a name as `detect` gives it, or for a table (CSV, XLS, XLSX) its `Profile`; None detects it. The
    statements of an archive carry the name of their ``member``. What vouches for a statement is its ``proof``,
    whether it is only announced its ``provisional``. Raises FormatError at once for an unknown format, and while
    iterating for what cannot be trusted.
    """
    name, module = _module(content, format)
    return _parse_archive(content) if module is None else module.parse(content, name)


def stream(content, format=None, told=NOTHING, table_of=None):
    """(member, event) of everything in ``content`` (bytes): for each statement its StatementHeader, its Entries, its
    StatementProof; the way for large files, since not more than a statement is held.

    ``member``: the file in an archive, else "". ``told``: what a person says of it (`Told`); account, currency and order of
    the dates are taken for tables and QIF, balances for any format. ``table_of(member, content)``: asked what a table in an
    archive is read with, it gives (`Profile`, `Told`); without it, such an archive is refused. Raises as `parse` does; what was
    given before is then void.
    """
    return with_balances(_stream(content, format, told, table_of), told)


def _stream(content, format, told, table_of):
    name, module = _module(content, format)
    if module is None:
        return _archive(content, told, table_of)
    asks = (told.without_balances(),) if module in _ASKING else ()
    return zip(repeat(""), module.stream(content, name, *asks), strict=False)


def _archive(content, told, table_of):
    for member, data in members(content):
        try:
            name, its = detect(data), told
            if name in TABLES and table_of:
                name, its = table_of(member, data)
            for _member, event in _stream(data, name, its, None):
                yield member, event
        except FormatError as error:
            raise error.within(member=member) from None


def preview(content, format=None, told=NOTHING, limit=LIMIT):
    """The Preview of an import of ``content`` (bytes): what is in it, what proves it, what refuses it. Never raises
    FormatError.

    ``format``: as in `parse`; ``told``: for tables and QIF, see `Told`; ``limit``: entries shown of a statement.
    """
    if isinstance(format, Profile):
        return table.preview(content, format, told, limit)
    try:
        if (format or detect(content)) == "qif":
            return preview_of((("", event) for event in qif.stream(content, told=told)), limit)
        return preview_of(stream(content, format), limit)
    except FormatError as error:
        return preview_of((), limit, [error])


def _module(content, format):
    """(name of the format, its module; None for what holds other files)."""
    if isinstance(format, Profile):
        return format, table
    name = detect(content) if format is None else format
    if name in CONTAINERS:
        return name, None
    if name not in _BY_NAME:
        raise FormatError(None, f"there is no format {name!r}; {', '.join((*_BY_NAME, *CONTAINERS))} are read.")
    return name, _BY_NAME[name]


def _parse_archive(content):
    for member, data in members(content):
        try:
            for statement in parse(data):
                yield replace(statement, member=member)
        except FormatError as error:
            raise error.within(member=member) from None
