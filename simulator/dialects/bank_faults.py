"""What a bank's files look like when something went wrong on the way, and what a receiver must do with each.

Pure, and drawn from the generator that is handed in. None of it changes what is true of the account (INV-4).
"""
from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from simulator.world.truth import Statement

MOST_REPEATED = 3
# The earliest instant that a zip can tell: the same files make the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def truncated(content: bytes, rng: Random) -> bytes:
    """``content`` cut short, at the earliest after nothing and at the latest before its last character that counts.

    A receiver must refuse it as a whole and say why, also the statements that are complete in it; when the whole file
    comes later, it must be taken as if the first had never come.
    """
    return content[:rng.randrange(len(content.rstrip()))]


def overlapping(statements: Sequence[Statement], position: int, rng: Random) -> list[Statement]:
    """The statement at ``position`` behind one to three of those before it (fewer where the account is too young).

    A receiver must book the entries that it has not yet, each once, whichever of the repeated days it knows.
    """
    return list(statements[max(0, position - rng.randint(1, MOST_REPEATED)):position + 1])


def renumbered(statement: Statement, rng: Random) -> Statement:
    """The same day with another id of the bank for each entry, as some banks have it in a file that is made anew.

    A receiver that knows the day must book nothing: what an entry says tells that it is the same one, its id does not.
    Two equal payments of a day stay two.
    """
    numbers = rng.sample(range(10**12), len(statement.entries))
    entries = [replace(entry, bank_id=f"R{number:012d}")
               for entry, number in zip(statement.entries, numbers, strict=True)]
    return replace(statement, entries=entries)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive of ``files``, by name, as the bank's portal hands out several days.

    A receiver must take the files in it as if they had come one by one; if one is refused, all are.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
