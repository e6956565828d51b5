"""The project's own statement files of every format, and what any outcome of reading one has to be."""

from decimal import Decimal
from pathlib import Path

from fc import formats

FILES = Path(__file__).parent / "files"
# Name of the format -> its files.
BY_FORMAT = {
    "mt940": ("mt940-german.sta", "mt940-dutch.940", "mt940-swiss.sta"),
    "mt942": ("mt942-interim.942",),
    "bai2": ("bai2-previous-day.bai",),
    "ofx": ("ofx-bank.ofx", "ofx-cards.qfx"),
    "qif": ("qif-bank.qif",),
    "coda": ("coda-belgian.cod",),
    "cfonb120": ("cfonb120-french.txt",),
    "norma43": ("norma43-spanish.n43",),
}
NAMES = [name for names in BY_FORMAT.values() for name in names]
FORMAT_OF = {name: format for format, names in BY_FORMAT.items() for name in names}


def content(name):
    """The bytes of a sample."""
    return (FILES / name).read_bytes()


def read(name):
    """The statements of a sample."""
    return list(formats.parse(content(name)))


def outcome(data):
    """The statements in ``data``, each of which keeps what it promises; or its FormatError."""
    try:
        found = list(formats.parse(data))
    except formats.FormatError as error:
        assert error.reason
        assert str(error)
        return error
    for statement in found:
        total = sum((entry.amount for entry in statement.entries if entry.status == "BOOK"), Decimal())
        if statement.is_proven:
            assert statement.opening + total == statement.closing
        else:
            assert statement.provisional or None in (statement.opening, statement.closing)
        assert not statement.provisional or all(entry.status != "BOOK" for entry in statement.entries)
    return found


def refusal(data, format=None):
    """The FormatError of ``data``."""
    try:
        found = list(formats.parse(data, format))
    except formats.FormatError as error:
        return error
    raise AssertionError(f"not refused: {found}")


def told(statement):
    """A statement by what must not differ between two readings of it."""
    return (
        statement.account, statement.currency, statement.opening, statement.closing, statement.proof,
        tuple((entry.amount, entry.booking_date, entry.fingerprint) for entry in statement.entries),
    )  # fmt: skip
