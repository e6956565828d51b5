"""How untrusted XML is read: strictly, as a stream, without DTD, entities, network or recovery (INV-14).

The tree never grows beyond what the caller keeps: it gets the elements it asked for and frees them with
`release`.
"""

from contextlib import suppress
from itertools import chain

from lxml import etree

from .errors import FormatError

# A camt file of 100,000 entries has about 150 MB; what is larger is not a statement.
MAX_XML_BYTES = 256 * 1024 * 1024
CHUNK_BYTES = 64 * 1024

_DOCTYPE_REASON = "the file declares a document type (DOCTYPE); bank files have none, and it can be used for attacks."
_DOCTYPE_ADVICE = "The file was refused unread; ask who made it."


def elements(source, kind, tags=None):
    """Every element of ``tags`` (lxml patterns such as "{*}Ntry"; None: all) and the root, as the file is read.

    ``source``: bytes, or a binary file. ``kind``: "start" (children not yet read) or "end" (complete).
    Raises FormatError for anything that is not one well-formed document without DOCTYPE within MAX_XML_BYTES;
    whether it is complete is only known when the last "end" was given.
    """
    pieces = _pieces(source)
    root, begun = _root_tag(pieces)
    parser = _parser(kind, tags if tags is None or root is None else (*tags, root))
    queue = parser.read_events()
    seen = ended = False
    for piece in chain(begun, pieces):
        _guarded(parser.feed, piece)
        for _kind, element in queue:
            if not seen:
                seen = True
                _refuse_declared_type(element)
            ended = ended or element.getparent() is None
            yield element
    # Some versions of the parser say nothing about bytes that are no text in their encoding: they read on no
    # further, and what was read looks complete. Then there is no root, or its end never came.
    complete = _guarded(parser.close) is not None
    for _kind, element in queue:
        ended = ended or element.getparent() is None
        yield element
    if not complete or not ended:
        raise FormatError(None, "the file is not well-formed XML: it has no end, or bytes that are no text in its encoding.")


def _root_tag(pieces):
    """The tag of the root (None: the parser proper will say why), and the pieces that had to be read to find it."""
    probe, begun = _parser("start", None), []
    for piece in pieces:
        begun.append(piece)
        # What a piece begins with may name the root although the rest is damaged.
        with suppress(etree.LxmlError, etree.XMLSyntaxError, LookupError, ValueError, AssertionError):
            probe.feed(piece)
        for _kind, element in probe.read_events():
            return element.tag, begun
    return None, begun


def _parser(kind, tags):
    return etree.XMLPullParser(
        events=(kind,),
        tag=tags,
        recover=False,
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def release(element):
    """Frees ``element`` and everything before it below the same parent; called once the caller is done with
    it."""
    element.clear()
    parent = element.getparent()
    before = element.getprevious()
    while before is not None:
        parent.remove(before)
        before = element.getprevious()


def _pieces(source):
    """The bytes of ``source`` in chunks; refuses empty, oversized and DOCTYPE files on the way."""
    total = 0
    for piece in _from_bytes(source) if isinstance(source, (bytes, bytearray, memoryview)) else _from_file(source):
        if not total:
            _refuse_doctype(piece)
        total += len(piece)
        if total > MAX_XML_BYTES:
            raise FormatError(
                None,
                f"the XML is larger than {MAX_XML_BYTES:,} bytes (MAX_XML_BYTES).",
                advice="Ask the bank for one file a day, or raise the limit.",
            )
        yield piece
    if not total:
        raise FormatError(None, "the file is empty.")


def _from_bytes(content):
    view = memoryview(content)
    for start in range(0, len(view), CHUNK_BYTES):
        yield bytes(view[start : start + CHUNK_BYTES])


def _from_file(stream):
    while piece := stream.read(CHUNK_BYTES):
        yield piece


def _guarded(call, *arguments):
    """Runs one step of the parser; what it complains about becomes a FormatError with the line."""
    try:
        return call(*arguments)
    except etree.XMLSyntaxError as error:
        line = error.lineno or None
        raise FormatError(line, f"the file is not well-formed XML: {_message(error)}.") from None
    except (etree.LxmlError, LookupError, ValueError, AssertionError) as error:
        raise FormatError(None, f"the file cannot be read as XML: {_message(error)}.") from None


def _message(error):
    """The parser's complaint without the position that it appends."""
    if getattr(error, "code", None) == etree.ErrorTypes.ERR_DOCUMENT_END:
        # The parser speaks of extra content, also where a file is cut short.
        return "it is cut short, or something stands behind its end"
    text = str(getattr(error, "msg", None) or error or "it ends before its first element")
    return text.split(", line ")[0].strip().rstrip(".")


def _refuse_doctype(head):
    """Refuses a DOCTYPE in the first bytes before the parser sees them (an entity bomb is one)."""
    text = _decoded(head)
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\r\n\ufeff":
            at += 1
        if text.startswith("<!DOCTYPE", at):
            raise FormatError(text.count("\n", 0, at) + 1, _DOCTYPE_REASON, advice=_DOCTYPE_ADVICE)
        closing = "?>" if text.startswith("<?", at) else "-->" if text.startswith("<!--", at) else None
        end = text.find(closing, at) if closing else -1
        if end < 0:
            return
        at = end + len(closing)


def _decoded(head):
    """The prolog as text, enough to find a DOCTYPE in it; the parser decides about the real encoding."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "replace")
    if head[:1] == b"\x00":
        return head.decode("utf-16-be", "replace")
    if head[1:2] == b"\x00":
        return head.decode("utf-16-le", "replace")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _refuse_declared_type(element):
    """The parser's own word, in case the DOCTYPE stood where `_refuse_doctype` does not look."""
    if element.getroottree().docinfo.doctype:
        raise FormatError(None, _DOCTYPE_REASON, advice=_DOCTYPE_ADVICE)
