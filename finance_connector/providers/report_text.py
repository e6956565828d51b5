"""A report file as text and rows: its encoding, its header whatever the order of its columns, and that it is whole."""

import codecs
import csv
import gzip
import io
from operator import itemgetter

from ..core.errors import PayloadError

_LARGEST = 512 * 1024 * 1024
_GZIP = b"\x1f\x8b"


def decode(content, errors="strict"):
    """The text of a file: UTF-8, or UTF-16 with a byte order mark. PayloadError when it is neither."""
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return content.decode(encoding, errors)
    except UnicodeDecodeError as error:
        raise PayloadError(f"The report is not {encoding.upper()} text ({error.reason}); save it as UTF-8.") from error


def whole_text(content, name):
    """The UTF-8 bytes of a report file, unpacked when it is gzip. Raises PayloadError for an empty, damaged or binary one."""
    if content.startswith(_GZIP):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
                content = packed.read(_LARGEST + 1)
        except (OSError, EOFError) as error:
            raise PayloadError(f"{name} cannot be unpacked ({error}); download it again.") from error
        if len(content) > _LARGEST:
            raise PayloadError(f"{name} unpacks to more than {_LARGEST} bytes; ask for a shorter period.")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = decode(content).encode()
    if not content or content.isspace() or content.removeprefix(codecs.BOM_UTF8).isspace() or content == codecs.BOM_UTF8:
        raise PayloadError(f"{name} is empty; download the report again.")
    if b"\0" in content:
        raise PayloadError(f"{name} has NUL characters in it, so it is damaged or no text; download it again.")
    return content


def first_line(content):
    """The first line of a file, or nothing when it is no text; for recognising it."""
    try:
        return decode(content[:16384], "ignore").partition("\n")[0]
    except PayloadError:
        return ""


def squeezed(column):
    """A column's name without the accidents of its spelling: case, runs of spaces."""
    return " ".join(column.split()).lower()


def rows(content, name, delimiter=","):
    """Iterate over (line number, values) of a CSV file that `whole_text` has passed; it is decoded as it is read. Raises
    PayloadError naming the line where it is damaged."""
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline=""), strict=True, delimiter=delimiter)
    try:
        for values in reader:
            if values and (values[0].strip() or any(map(str.strip, values))):
                yield reader.line_num, values
    except csv.Error as error:
        raise PayloadError(f"{name}, line {reader.line_num}: {error}; the file is damaged.") from error
    except UnicodeDecodeError as error:
        raise PayloadError(f"The report is not UTF-8 text ({error.reason}); save it as UTF-8.") from error


class Table:
    """A report file whose first row names its columns, in any order: read as often as it is asked for, and never held. ``read()``
    iterates over (line number, values), the header first."""

    def __init__(self, read, name):
        self.name, self._read, self._begun = name, read, read()
        _line, header = next(self._begun, (0, None))
        if header is None:
            raise PayloadError(f"{name} has no header; the file is damaged.")
        self.header = [squeezed(column) for column in header]

    @classmethod
    def of_csv(cls, content, name):
        """The table of a CSV file that `whole_text` has passed."""
        return cls(lambda: rows(content, name), name)

    def rows(self):
        """Iterate over (line number, values) of the rows below the header."""
        # The first one goes on behind the header: to open a workbook again costs seconds.
        found, self._begun = self._begun, None
        if found is None:
            found = self._read()
            next(found)
        return found

    def lines(self, columns):
        """Iterate over (line number, values of ``columns`` in their order); a column that the file lacks, or that has no name, is
        empty. Raises PayloadError when one is there twice, or a row has another number of values than the header."""
        twice = [column for column in columns if column and self.header.count(column) > 1]
        if twice:
            raise PayloadError(f"{self.name} has the column {twice[0]} twice.")
        width, positions = len(self.header), {column: position for position, column in enumerate(self.header) if column}
        pick = itemgetter(*(positions.get(column, width) for column in columns))
        for line, values in self.rows():
            if len(values) != width:
                where = f"{self.name}, line {line}"
                raise PayloadError(f"{where}: {len(values)} values for {width} columns; the file is cut or damaged.")
            values.append("")
            yield line, pick(values)


def refuse_header(header, name, required):
    """Raise PayloadError for a header that lacks a ``required`` column or has one of them twice."""
    missing = [column for column in required if column not in header]
    if missing:
        raise PayloadError(f"{name} lacks the columns {', '.join(missing)}. Download the report with these columns.")
    twice = [column for column in required if header.count(column) > 1]
    if twice:
        raise PayloadError(f"{name} has the column {twice[0]} twice.")
