"""The project's own statement files of every format, and what any outcome of reading one has to be.

A format is registered here with its samples; the suite of bad input (`test_bad_input`) then tries them all."""

import io
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl

from fc import formats

from . import make

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
# XML and tables: what has no lines of its own.
XML = {
    "camt.053": tuple(f"camt.053.001.{version}.xml" for version in ("02", "04", "06", "08", "10", "13")),
    "camt.052": ("camt.052-report.xml",),
    "camt.054": ("camt.054-notification.xml",),
}
TABLES = {"csv": ("table.csv",), "xlsx": ("table.xlsx",)}
EVERY = [name for kinds in (BY_FORMAT, XML, TABLES) for names in kinds.values() for name in names]
FORMAT_OF = {name: format for kinds in (BY_FORMAT, XML, TABLES) for format, names in kinds.items() for name in names}

PROFILE = formats.Profile(
    columns=(("date", "Date"), ("amount", "Amount"), ("text", "Text"), ("balance", "Balance")),
    date_order="ymd", decimal_sign=".", delimiter=",", currency="EUR", account="DE02120300000000202051",
)  # fmt: skip
_ROWS = (
    ("Date", "Amount", "Text", "Balance"),
    ("2026-01-05", "1250.50", "Invoice 77", "1350.50"),
    ("2026-01-05", "-7.50", "Fee", "1343.00"),
    ("2026-01-06", "-1000.00", "Rent", "343.00"),
    ("2026-01-07", "12.25", "Invoice 78", "355.25"),
)


def _csv():
    return "".join(",".join(row) + "\r\n" for row in _ROWS).encode()


def _xlsx():
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in _ROWS:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def _report():
    return make.announcing("camt.052", *_ENTRIES, summary=_SUMMARY)


def _notification():
    parts = make.detail("100.00") + make.detail("200.00")
    return make.announcing("camt.054", make.entry("300.00", ref="B", details=parts), *_ENTRIES)


_ENTRIES = (make.entry("5.00", ref="A1", text="one"), make.entry("-7.00", ref="A2", text="two"))
_SUMMARY = (
    "<TxsSummry><TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>5.00</Sum></TtlCdtNtries>"
    "<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>7.00</Sum></TtlDbtNtries></TxsSummry>"
)
_MADE = {
    "table.csv": _csv, "table.xlsx": _xlsx, "camt.052-report.xml": _report, "camt.054-notification.xml": _notification,
}  # fmt: skip


@cache
def content(name):
    """The bytes of a sample."""
    return _MADE[name]() if name in _MADE else (FILES / name).read_bytes()


def how(name):
    """The ``format`` that the sample is read with: a table needs its profile, all else is detected."""
    return PROFILE if FORMAT_OF[name] in TABLES else None


def read(name):
    """The statements of a sample."""
    return list(formats.parse(content(name), how(name)))


def outcome(data, format=None):
    """The statements in ``data``, each of which keeps what it promises; or its FormatError."""
    try:
        found = list(formats.parse(data, format))
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
