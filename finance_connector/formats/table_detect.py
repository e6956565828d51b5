"""Whether text is a table of bank entries, and which character divides its columns."""

from contextlib import suppress

from . import written_dates
from .decoding import beginning_of, decode
from .errors import FormatError
from .table_cells import MAX_COLUMNS, is_empty, text_rows
from .text_values import written_amount

DELIMITERS = (";", ",", "\t", "|")
# So much of a file is looked at.
SAMPLE_BYTES = 64 * 1024
SAMPLE_ROWS = 200


def sample(content, encoding=""):
    """(text, encoding) of the beginning of a text file, whole lines. Raises FormatError if it is no text."""
    decoded = decode(beginning_of(content, SAMPLE_BYTES), encoding or None)
    text = decoded.text
    if len(content) > SAMPLE_BYTES:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    return text, decoded.encoding


def delimiter_of(text):
    """(delimiter, rows of the sample) by which most rows have one and the same number of columns; (None, []) if none.

    Of several, the one with most columns.
    """
    best = (0, 0, None, [])
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        found = _rows(text, delimiter)
        widths = [len(row.cells) for row in found if not is_empty(row.cells)]
        width = max(set(widths), key=widths.count, default=0) if widths else 0
        alike = widths.count(width)
        if 2 <= width <= MAX_COLUMNS and alike >= 2 and (score := (alike * 3 >= len(widths), alike * (width - 1))) > best[:2]:
            best = (*score, delimiter, found)
    return best[2], best[3]


def _rows(text, delimiter):
    found = []
    # What is not written as CSV is told when the table is read.
    with suppress(FormatError):
        for row in text_rows(text, delimiter):
            found.append(row)
            if len(found) == SAMPLE_ROWS:
                break
    return found


def is_date(cell):
    """Whether a cell is a date in any order."""
    return (
        not isinstance(cell, str)
        and hasattr(cell, "isoformat")
        or (isinstance(cell, str) and bool(written_dates.possible_orders([cell])))
    )


def is_amount(cell):
    """Whether a cell is an amount, read in whatever way."""
    if not isinstance(cell, str):
        return not hasattr(cell, "isoformat")
    text = cell.strip().strip("€$£ ")
    if not any(character.isdigit() for character in text):
        return False
    for sign in (".", ","):
        try:
            written_amount(text, "", None, sign)
        except FormatError:
            continue
        return True
    return False


def looks_like_a_table(content):
    """Whether ``content`` (bytes) is text in columns, with a date and an amount in some row."""
    try:
        text, _encoding = sample(content)
    except FormatError:
        return False
    _delimiter, found = delimiter_of(text)
    return any(any(map(is_date, row.cells)) and sum(map(is_amount, row.cells)) > 0 for row in found)
