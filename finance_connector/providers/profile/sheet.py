"""The rows of a CSV, XLSX or XLS file as text, with the header found where the profile says."""

from collections import namedtuple
from datetime import date, datetime
from itertools import islice

from ...core.errors import PayloadError
from ...formats import table_cells
from ...formats.errors import FormatError
from .. import report_text
from ..report_text import squeezed
from .definition import FIELDS

__all__ = ["rows", "squeezed", "table"]


# The cells of a row, by what their columns are.
Cells = namedtuple("Cells", FIELDS)


def rows(content, profile, name):
    """Iterate over (where, `Cells`) of the file. Raises PayloadError naming the line of what is damaged."""
    found = table(content, profile, name)
    columns = [squeezed(profile.columns.get(field) or "") for field in FIELDS]
    report_text.refuse_header(found.header, name, [column for column in columns if column])
    for line, values in found.lines(columns):
        yield f"{name}, line {line}", Cells._make(map(str.strip, values))


def table(content, profile, name):
    """The `report_text.Table` of the file, its header where the profile says."""
    read = (_csv if table_cells.kind_of(content) == "csv" else _workbook)(content, profile, name)

    def below():
        found = islice(read(), profile.skip_rows, None)
        header = next(found, None)
        if header is None:
            rows = profile.skip_rows
            raise PayloadError(f"{name} has no header after {rows} rows; correct the profile, or fetch the file again.")
        yield header
        yield from found

    return report_text.Table(below, name)


def _csv(content, profile, name):
    if profile.encoding and not content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            content = content.decode(profile.encoding).encode()
        except (UnicodeDecodeError, LookupError) as error:
            raise PayloadError(f"{name} is not {profile.encoding} text ({error!s:.80}); correct the profile.") from error
    content = report_text.whole_text(content, name)
    if not content.endswith((b"\n", b"\r")):
        raise PayloadError(f"{name}: the last line has no end, so the file may be cut; save it again.")
    return lambda: report_text.rows(content, name, profile.delimiter)


def _workbook(content, profile, name):
    """Reads the rows with something in them; those below the header have a cell for each of its columns."""

    def read():
        width = 0
        try:
            found = table_cells.workbook_rows(content, profile.sheet, _text)
            filled = (row for row in found if not table_cells.is_empty(row.cells))
            for place, (line, cells) in enumerate(filled):
                while not cells[-1].strip():
                    cells.pop()
                width = len(cells) if place == profile.skip_rows else width
                yield line, cells + [""] * (width - len(cells))
        except FormatError as error:
            raise PayloadError(f"{name}: {error}") from error

    return read


def _text(value):
    """A cell as text, as it would stand in a CSV file."""
    if value is None or isinstance(value, str):
        return (value or "").replace("\x00", "")
    if isinstance(value, float):
        return format(table_cells.number_of(value), "f")
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
