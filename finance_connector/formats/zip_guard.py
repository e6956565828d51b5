"""How zip archives and gzip files of bank files are opened: in memory, member by member, also one in the other,
within limits, without any path being used (INV-14)."""

import io
import zipfile
import zlib
from contextlib import suppress

from .errors import FormatError
from .xml_guard import MAX_XML_BYTES

MAX_MEMBERS = 1000
MAX_MEMBER_BYTES = MAX_XML_BYTES
MAX_TOTAL_BYTES = 2 * MAX_XML_BYTES
# Statements compress by 10 to 40; one that repeats itself a lot by 100. What is beyond is made to fill the
# memory.
MAX_RATIO = 200
# An archive of archives is what banks make of a month; deeper than this is none of them.
MAX_DEPTH = 3
# Below this size the ratio says nothing: a small file of spaces does no harm.
RATIO_FREE_BYTES = 1024 * 1024

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_GZIP = b"\x1f\x8b\x08"
# Part of every Office workbook, which is a zip archive too (ECMA-376, Open Packaging Conventions).
_WORKBOOK = b"[Content_Types].xml"
_ADVICE = "Nothing of the archive was taken over; unpack it and import the files one by one."


def is_zip(content):
    """Whether ``content`` begins as a zip archive does, and is no workbook."""
    return bytes(content[:4]) in _SIGNATURES and not is_workbook(content)


def is_workbook(content):
    """Whether ``content`` is a zip archive with the parts of an Office workbook (XLSX)."""
    if bytes(content[:4]) not in _SIGNATURES or _WORKBOOK not in bytes(content):
        return False
    # A workbook stored in an archive of files has this part too, but not at its top.
    with suppress(Exception), zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        return _WORKBOOK.decode() in names and any(name.startswith("xl/") for name in names)
    return False


def is_gzip(content):
    """Whether ``content`` begins as a gzip file does."""
    return bytes(content[:3]) == _GZIP


def members(content):
    """(name, content) of every file in the archive, in its order, those of archives in it as "outer/inner";
    folders and what macOS adds (``__MACOSX``) are left out. A gzip file is an archive of one file without a name.

    Raises FormatError for a damaged, encrypted, too deep or oversized archive, and for names that leave its
    folder.
    """
    yield from _Opener().members(content, "", 1)


def parts(content):
    """(name, content) of every part of a workbook, which is not opened further. Raises FormatError as `members`."""
    yield from _Opener(into_archives=False).members(content, "", 1)


class _Opener:
    """Opens one archive with all that is inside it, and counts against the limits."""

    def __init__(self, into_archives=True):
        self.files = self.total = 0
        self.into_archives = into_archives

    def members(self, content, above, depth):
        """(name, content) of what is in ``content``, which was called ``above``."""
        if depth > MAX_DEPTH:
            raise _beyond("there are archives inside archives", "MAX_DEPTH", MAX_DEPTH, above)
        if is_gzip(content):
            yield from self._opened(above, _ungzipped(content, above, MAX_TOTAL_BYTES - self.total), depth)
            return
        try:
            archive = zipfile.ZipFile(io.BytesIO(content))
        # The archive's own tables are untrusted: zipfile fails on them in many ways, and all of them mean the
        # same.
        except Exception as error:
            raise FormatError(None, f"the archive is damaged: {error}.", advice=_ADVICE, **_named(above)) from None
        with archive:
            files = [info for info in archive.infolist() if not _is_ignored(info)]
            if not files:
                raise FormatError(None, "the archive holds no file.", advice=_ADVICE, **_named(above))
            self.files += len(files)
            if self.files > MAX_MEMBERS:
                raise _beyond(f"it holds {self.files:,} files", "MAX_MEMBERS", MAX_MEMBERS, above)
            for info in files:
                _refuse_unsafe(info)
                data = _read(archive, info, MAX_TOTAL_BYTES - self.total)
                yield from self._opened(f"{above}/{info.filename}" if above else info.filename, data, depth)

    def _opened(self, name, data, depth):
        """``data`` itself, or what is in it."""
        self.total += len(data)
        if self.into_archives and (is_zip(data) or is_gzip(data)):
            yield from self.members(data, name, depth + 1)
        else:
            yield name, data


def _named(member):
    return {"member": member} if member else {}


def _is_ignored(info):
    return info.filename.endswith("/") or info.filename.startswith("__MACOSX/")


def _refuse_unsafe(info):
    """Refuses what is never in a bank's archive: names that lead elsewhere, passwords, exotic compression."""
    name = info.filename
    reason = None
    if not name:
        reason = "a file in the archive has no name."
    elif name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name or "\x00" in name:
        reason = f"the name {name!r} leads out of the archive."
    elif info.flag_bits & 0x1:
        reason = "the archive is encrypted."
    elif info.compress_type not in _METHODS:
        reason = f"the compression method {info.compress_type} is not read; deflate is."
    if reason:
        raise FormatError(None, reason, advice=_ADVICE, member=name)


def _read(archive, info, remaining):
    """The content of a member, read up to the limits whatever size its header claims."""
    limit = min(MAX_MEMBER_BYTES, remaining, max(RATIO_FREE_BYTES, info.compress_size * MAX_RATIO))
    try:
        with archive.open(info) as stream:
            data = stream.read(limit + 1)
    # Damaged data surfaces as zlib, struct, OS and other errors; all of them mean the same.
    except Exception as error:
        raise FormatError(None, f"the archive is damaged: {error}.", advice=_ADVICE, member=info.filename) from None
    if len(data) <= limit:
        return data
    raise _too_large(limit, remaining, info.filename)


def _ungzipped(content, name, remaining):
    """What is in a gzip file, all its parts one after another, read up to the limits."""
    limit = min(MAX_MEMBER_BYTES, remaining, max(RATIO_FREE_BYTES, len(content) * MAX_RATIO))
    pieces, size, rest = [], 0, bytes(content)
    try:
        while rest:
            reader = zlib.decompressobj(wbits=31)
            pieces.append(reader.decompress(rest, limit - size + 1))
            size += len(pieces[-1])
            if size > limit:
                raise _too_large(limit, remaining, name)
            if not reader.eof:
                raise FormatError(None, "the gzip file is cut off.", advice=_ADVICE, **_named(name))
            # What follows is another part, or what tapes and tar pad with.
            rest = reader.unused_data.lstrip(b"\x00")
    except zlib.error as error:
        raise FormatError(None, f"the gzip file is damaged: {error}.", advice=_ADVICE, **_named(name)) from None
    return b"".join(pieces)


def _too_large(limit, remaining, name):
    if limit == MAX_MEMBER_BYTES:
        return _beyond("a file is too large", "MAX_MEMBER_BYTES", MAX_MEMBER_BYTES, name)
    if limit == remaining:
        return _beyond("its files are too large together", "MAX_TOTAL_BYTES", MAX_TOTAL_BYTES, name)
    return _beyond("a file is packed too densely, as a zip bomb is", "MAX_RATIO", MAX_RATIO, name)


def _beyond(what, name, limit, member):
    return FormatError(None, f"the archive is refused: {what} (limit {limit:,}, {name}).", advice=_ADVICE, **_named(member))
