"""How the rows of a table are read: CSV as text, XLSX by openpyxl, XLS by xlrd (both come with Odoo).

A cell is a text, a Decimal, or a date. What the file computes is not computed here: a formula is the value that was
stored with it. A workbook is opened only within the limits of archives, and if no part of it declares entities.
"""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from typing import NamedTuple

from . import zip_guard
from .decoding import decode
from .errors import FormatError

MAX_ROWS = 1_000_000
MAX_COLUMNS = 500
# Excel keeps 15 digits of a number; what its binary form has beyond is dust.
_EXCEL_DIGITS = 15
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ADVICE = "Save the table as CSV or XLSX and import it again."


class Row(NamedTuple):
    """A row of a table: line in the file or row of the sheet, from 1, and its cells."""

    line: int
    cells: list


def kind_of(content):
    """ "xlsx", "xls" or "csv" (anything else)."""
    if zip_guard.is_workbook(content):
        return "xlsx"
    return "xls" if content.startswith(_OLE) else "csv"


def rows(content, delimiter=",", encoding="", sheet=""):
    """Every Row of ``content`` (bytes), empty ones included. Raises FormatError for what cannot be read."""
    return _limited(_csv(content, delimiter, encoding)) if kind_of(content) == "csv" else workbook_rows(content, sheet)


def workbook_rows(content, sheet="", cell=None):
    """Every Row of the ``sheet`` (the first, if it is not named) of a workbook. ``cell``: makes a cell of a value, which is None,
    a text, a bool, a number or a date with or without time. Raises FormatError for what cannot be read."""
    found = (_xlsx if kind_of(content) == "xlsx" else _xls)(content, sheet)
    cell = cell or _typed
    return _limited(Row(number, list(map(cell, values))) for number, values in found)


def _limited(found):
    for number, row in enumerate(found, 1):
        # A sheet whose rows were formatted to the right has empty cells up to its last column.
        while len(row.cells) > MAX_COLUMNS and is_empty(row.cells[-1]):
            row.cells.pop()
        if number > MAX_ROWS or len(row.cells) > MAX_COLUMNS:
            limit, name = (MAX_ROWS, "MAX_ROWS") if number > MAX_ROWS else (MAX_COLUMNS, "MAX_COLUMNS")
            raise FormatError(row.line, f"the table is larger than {limit:,} ({name}).", _ADVICE)
        yield row


def _csv(content, delimiter, encoding):
    yield from text_rows(decode(content, encoding or None).text, delimiter)


def text_rows(text, delimiter):
    """Every Row of a CSV text."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield Row(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise FormatError(line, f"the line is not written as CSV: {error}; it may be cut off.", _ADVICE) from None


def _xlsx(content, sheet):
    _refuse_unsafe(content)
    openpyxl = _library("openpyxl")
    book = None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        chosen = _chosen(book.sheetnames, sheet)
        cells_of = book[chosen]
        # What the file says of its own size may be wrong, and would cut rows and columns off.
        cells_of.reset_dimensions()
        yield from enumerate(cells_of.iter_rows(values_only=True), 1)
    except FormatError:
        raise
    # The library fails on damaged files in many ways, and all of them mean the same.
    except Exception as error:
        raise FormatError(None, f"the workbook is damaged: {_short(error)}.", _ADVICE) from None
    finally:
        if book is not None:
            book.close()


def _xls(content, sheet):
    xlrd = _library("xlrd")
    try:
        book = xlrd.open_workbook(file_contents=content, on_demand=True, logfile=io.StringIO())
        chosen = book.sheet_by_name(_chosen(book.sheet_names(), sheet))
        for number in range(chosen.nrows):
            yield number + 1, [_of_xls(cell, book.datemode, xlrd) for cell in chosen.row(number)]
    except FormatError:
        raise
    except Exception as error:
        raise FormatError(None, f"the workbook is damaged: {_short(error)}.", _ADVICE) from None


def _library(name):
    """The module that reads workbooks of a kind; loaded only where there is one."""
    try:
        return import_module(name)
    except ImportError:
        raise FormatError(None, f"the library {name}, which comes with Odoo, is not installed.", _ADVICE) from None


def _short(error):
    return (str(error) or type(error).__name__).replace("\x00", "")[:100].encode("utf-8", "replace").decode()


def _chosen(names, sheet):
    if not names or (sheet and sheet not in names):
        raise FormatError(None, f"the workbook has no sheet {sheet!r}; it has {', '.join(names) or 'none'}.", _ADVICE)
    return sheet or names[0]


def _refuse_unsafe(content):
    """Refuses a workbook that is beyond the limits of archives, or declares entities."""
    for _name, part in zip_guard.parts(content):
        if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
            raise FormatError(None, "a part of the workbook declares a document type; it can be used for attacks.", _ADVICE)


def _typed(value):
    """A value of a workbook as a text, a Decimal or a date."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, (date, str)):
        return value.replace("\x00", "") if isinstance(value, str) else value
    if hasattr(value, "is_integer"):
        return number_of(value)
    return str(value)


def _of_xls(cell, datemode, xlrd):
    """The value of a cell of xlrd, as openpyxl gives it."""
    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, datemode)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return "#ERROR"
    return bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value


def number_of(value):
    """A binary number of a workbook as the decimal number that Excel shows for it."""
    return Decimal(f"{value:.{_EXCEL_DIGITS}g}")


def is_empty(cells):
    """Whether nothing stands in the cells of a row."""
    # The first cell tells it of nearly all.
    if cells and str(cells[0]).strip():
        return False
    return not any(str(cell).strip() for cell in cells)
