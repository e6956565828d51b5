"""The rows of a CSV or XLSX file as text, with the header found where the profile says."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

from ...core.errors import PayloadError
from .. import report_text
from ..report_text import squeezed

XLSX = b"PK\x03\x04"
MOST_ROWS = 1_000_000
_LARGEST = 256 * 1024 * 1024

__all__ = ["rows", "squeezed", "table"]


def rows(content, profile, name):
    """Iterate over (where, cells) of the file. Raises PayloadError naming the line of what is damaged."""
    header, following = table(content, profile, name)
    report_text.refuse_header(header, name, [squeezed(column) for column in profile.columns.values() if column])
    for line, values in following:
        where = f"{name}, line {line}"
        if len(values) != len(header):
            raise PayloadError(f"{where}: {len(values)} values for {len(header)} columns; the file is cut or damaged.")
        yield where, dict(zip(header, map(str.strip, values), strict=True))


def table(content, profile, name):
    """``(header, rows)``: the squeezed names of the columns, and an iterator of (line, values) after them."""
    lines = _xlsx(content, profile, name) if content.startswith(XLSX) else _csv(content, profile, name)
    for _number in range(profile.skip_rows):
        next(lines, None)
    first = next(lines, None)
    if first is None:
        raise PayloadError(f"{name} has no header after {profile.skip_rows} rows.")
    return [squeezed(column) for column in first[1]], lines


def _csv(content, profile, name):
    if profile.encoding and not content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            content = content.decode(profile.encoding).encode()
        except (UnicodeDecodeError, LookupError) as error:
            raise PayloadError(f"{name} is not {profile.encoding} text ({error!s:.80}); correct the profile.") from error
    content = report_text.whole_text(content, name)
    if not content.endswith((b"\n", b"\r")):
        raise PayloadError(f"{name}: the last line has no end, so the file may be cut; save it again.")
    return report_text.rows(content, name, profile.delimiter)


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
    return iter([(line, [_text(value) for value in row[:width]]) for line, row in enumerate(found, 1) if any(_filled(row))])


def _filled(row):
    return [value is not None and str(value).strip() for value in row]


def _text(value):
    """A cell as text. XLSX stores numbers as binary fractions: the shortest decimal that means the same is what was typed."""
    if value is None:
        return ""
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
