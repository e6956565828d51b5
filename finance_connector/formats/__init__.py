"""Bank files: bytes in, proven canonical statements out. Pure; one module is one format.

    formats.detect(content, filename=None) -> str            "camt.053", "zip", ...
    formats.parse(content, format=None) -> Iterator[Statement]

What cannot be trusted raises FormatError with ``line`` and ``reason``; nothing is guessed, and no other
exception is raised for any bytes. If it is raised after statements were given, nothing of the file is to be
used.

A format is a module with ``NAMES`` (what it recognises), ``detect(content) -> name or None`` and
``parse(content, format)``; it is added to `_MODULES`.
"""

from dataclasses import replace

from . import camt, zip_guard
from .errors import FormatError
from .records import Charge, Detail, Entry, Exchange, Statement, StatementHeader, StatementProof

__all__ = [
    "Charge", "Detail", "Entry", "Exchange", "FormatError", "Statement", "StatementHeader", "StatementProof",
    "detect", "parse",
]  # fmt: skip

ARCHIVE = "zip"

_MODULES = (camt,)
_BY_NAME = {name: module for module in _MODULES for name in module.NAMES}


def detect(content, filename=None):
    """The name of the format of ``content`` (bytes): "camt.052", "camt.053", "camt.054" or "zip".

    ``filename`` is only told in the error: what a file is stands in it, not on it. Raises FormatError if it
    is none of these.
    """
    if not content:
        raise FormatError(None, "the file is empty.")
    if zip_guard.is_zip(content):
        return ARCHIVE
    for module in _MODULES:
        name = module.detect(content)
        if name is not None:
            return name
    raise FormatError(
        None,
        f"{filename or 'the file'} is in no format that is read; {', '.join(_BY_NAME)} and zip of them are.",
        advice="Ask the bank for CAMT.053.",
    )


def parse(content, format=None):
    """An iterator of the proven Statements in ``content`` (bytes), in the order of the file.

    ``format``: a name as `detect` gives it; None detects it. The statements of an archive carry the name of
    their ``member``. Raises FormatError at once for an unknown format, and while iterating for what cannot
    be trusted.
    """
    name = detect(content) if format is None else format
    if name == ARCHIVE:
        return _parse_archive(content)
    if name not in _BY_NAME:
        raise FormatError(None, f"there is no format {name!r}; {', '.join(_BY_NAME)} and zip are read.")
    return _BY_NAME[name].parse(content, name)


def _parse_archive(content):
    for member, data in zip_guard.members(content):
        try:
            for statement in parse(data):
                yield replace(statement, member=member)
        except FormatError as error:
            raise error.within(member=member) from None
