"""How an archive of bank files is opened: in memory, member by member, within limits, without any path
being used (INV-14)."""

import io
import zipfile

from .errors import FormatError
from .xml_guard import MAX_XML_BYTES

MAX_MEMBERS = 1000
MAX_MEMBER_BYTES = MAX_XML_BYTES
MAX_TOTAL_BYTES = 2 * MAX_XML_BYTES
# Statements compress by 10 to 40; one that repeats itself a lot by 100. What is beyond is made to fill the
# memory.
MAX_RATIO = 200
# Below this size the ratio says nothing: a small file of spaces does no harm.
RATIO_FREE_BYTES = 1024 * 1024

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ADVICE = "Nothing of the archive was taken over; unpack it and import the files one by one."


def is_zip(content):
    """Whether ``content`` begins as a zip archive does."""
    return bytes(content[:4]) in _SIGNATURES


def members(content):
    """(name, content) of every file in the archive, in its order; folders and what macOS adds
    (``__MACOSX``) are left out.

    Raises FormatError for a damaged, encrypted, nested or oversized archive, and for names that leave its
    folder.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    # The archive's own tables are untrusted: zipfile fails on them in many ways, and all of them mean the
    # same.
    except Exception as error:
        raise FormatError(None, f"the archive is damaged: {error}.", advice=_ADVICE) from None
    with archive:
        files = [info for info in archive.infolist() if not _is_ignored(info)]
        if not files:
            raise FormatError(None, "the archive holds no file.", advice=_ADVICE)
        if len(files) > MAX_MEMBERS:
            raise _beyond(f"it holds {len(files):,} files", "MAX_MEMBERS", MAX_MEMBERS)
        total = 0
        for info in files:
            _refuse_unsafe(info)
            data = _read(archive, info, MAX_TOTAL_BYTES - total)
            total += len(data)
            if is_zip(data):
                raise FormatError(None, "an archive inside an archive is not opened.", advice=_ADVICE, member=info.filename)
            yield info.filename, data


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
    if limit == MAX_MEMBER_BYTES:
        error = _beyond("a file is too large", "MAX_MEMBER_BYTES", MAX_MEMBER_BYTES)
    elif limit == remaining:
        error = _beyond("its files are too large together", "MAX_TOTAL_BYTES", MAX_TOTAL_BYTES)
    else:
        error = _beyond("a file is packed too densely, as a zip bomb is", "MAX_RATIO", MAX_RATIO)
    raise error.within(member=info.filename)


def _beyond(what, name, limit):
    return FormatError(None, f"the archive is refused: {what} (limit {limit:,}, {name}).", advice=_ADVICE)
