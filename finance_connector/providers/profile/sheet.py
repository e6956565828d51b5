"""The rows of a CSV or XLSX file as text, with the header found where the profile says."""

import io
import zipfile
from collections import namedtuple
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from ...core.errors import PayloadError
from .. import report_text
from ..report_text import squeezed
from .definition import FIELDS

XLSX = b"PK\x03\x04"
MOST_ROWS = 1_000_000
_LARGEST = 256 * 1024 * 1024

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
    read = _xlsx(content, profile, name) if content.startswith(XLSX) else _csv(content, profile, name)
    if next(islice(read(), profile.skip_rows, None), None) is None:
        raise PayloadError(f"{name} has no header after {profile.skip_rows} rows; correct the profile, or fetch the file again.")
    return report_text.Table(lambda: islice(read(), profile.skip_rows, None), name)


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


def _xlsx(content, profile, name):
    # Loaded here: only who reads such a file needs it.
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > _LARGEST:
                raise PayloadError(f"{name} unpacks to more than {_LARGEST} bytes; export a shorter period.")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        chosen = book[profile.sheet] if profile.sheet else book.worksheets[0]
        found = list(chosen.iter_rows(values_only=True))
    except PayloadError:
        raise
    except Exception as error:
        raise PayloadError(f"{name} is no readable XLSX file, or lacks the sheet {profile.sheet!r} ({error!s:.80}).") from error
    width = max((index + 1 for row in found[:50] for index, value in enumerate(row) if value is not None), default=0)
    told = [(line, row[:width]) for line, row in enumerate(found, 1) if any(_filled(row))]
    return lambda: ((line, [_text(value) for value in row]) for line, row in told)


def _filled(row):
    return [value is not None and str(value).strip() for value in row]


def _text(value):
    """A cell as text. XLSX stores numbers as binary fractions: the shortest decimal that means the same is what was typed."""
    if value is None:
        return ""
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
