"""How an OFX file falls apart: its header with the encoding, its aggregates (tags with tags in them), its values.

Source: OFX 1.0.2 to 1.6 (SGML: values are not closed) and 2.0 to 2.3 (XML). Both are read by the same rule: a tag that
is followed by text is a value, its end tag is optional; any other tag is an aggregate, which has to be closed. Banks mix
the two, so the header does not decide.
"""

import re

from .decoding import decode
from .errors import FormatError

_TAG = re.compile(r"<(/?)([A-Za-z0-9_.]+)\s*(/?)>([^<]*)")
# The rest of a transaction, up to its end, if no other aggregate of the statement is torn up in it.
_BLOCK = re.compile(r"([^<]*(?:<(?!/?(?:STMTTRN|BANKTRANLIST|STMTRS|CCSTMTRS|OFX)\s*>)[^<]*)*)</STMTTRN\s*>", re.IGNORECASE).match
_END = re.compile(r"</([A-Za-z0-9_.]+)").findall
_VALUE = re.compile(r"<([A-Za-z0-9_.]+)\s*>([^<]*)").findall
_CHARSET = re.compile(r"^\s*(ENCODING|CHARSET)\s*:\s*([A-Za-z0-9_-]+)", re.MULTILINE)
_XML_ENCODING = re.compile(r"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ENTITY = re.compile(r"&(#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,6});?")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "nbsp": " ", "quot": '"', "apos": "'"}
_ADVICE = "Nothing of the file was taken over; fetch it again from the bank."

TRANSACTION = "STMTTRN"
_DEEPEST = 40


def text_of(content):
    """(text after the header, whether its lines were in two encodings) of an OFX file (bytes)."""
    head = content[:2048].decode("latin-1")
    start = head.upper().find("<OFX>")
    declared = _encoding(head if start < 0 else head[:start])
    decoded = decode(content, declared)
    text = decoded.text
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise FormatError(None, "the file declares a document type (DOCTYPE); bank files have none.", _ADVICE)
    if "<!--" in text:
        text = _COMMENT.sub(_same_lines, text)
    if "<![CDATA[" in text:
        text = _CDATA.sub(lambda match: match[1].replace("&", "&amp;").replace("<", "&lt;"), text)
    return text, decoded.mixed


def _encoding(head):
    """The encoding that the header names, or None: then the bytes tell.

    USASCII with CHARSET 1252 is what nearly all banks write, whatever they send; UTF-8 is tried first, as always.
    """
    xml = _XML_ENCODING.search(head)
    if xml:
        return None if xml[1].upper() in ("UTF-8", "US-ASCII", "USASCII", "WINDOWS-1252", "ISO-8859-1") else xml[1]
    told = {name: value.upper() for name, value in _CHARSET.findall(head)}
    charset = told.get("CHARSET", "")
    if told.get("ENCODING") in ("UTF-8", "UNICODE") or charset in ("", "NONE", "1252", "ISO-8859-1", "UTF-8", "8859-1"):
        return None
    return f"cp{charset}" if charset.isdigit() else charset


def _same_lines(match):
    return "\n" * match[0].count("\n")


def tags(text):
    """(name, value, line) of every tag in ``text``: value None begins an aggregate, "/" before the name ends one.

    A transaction (STMTTRN) is given whole: its value is a dict, name -> first value. Raises FormatError for
    aggregates that are not closed, not opened, or closed in another order.
    """
    open_tags, line, reached, position, last = [], 1, 0, 0, ""
    # A tag without text that is never closed is a value that the bank left empty.
    ended = {name.upper() for name in _END(text)}
    search, count = _TAG.search, text.count
    while (match := search(text, position)) is not None:
        closing, name, empty, value = match.groups()
        start, position = match.span()
        line += count("\n", reached, start)
        reached, name = start, name.upper()
        if name == TRANSACTION and not closing and (block := _BLOCK(text, position)):
            position = block.end()
            yield name, _fields(block[1]), line
        elif closing:
            if name in open_tags:
                _refuse_order(open_tags.pop(), name, line)
                yield f"/{name}", None, line
            elif name != last and name not in _VALUES:
                raise FormatError(line, f"</{name}> ends what never began.", _ADVICE)
        elif value.strip():
            last = name
            yield name, unescaped(value.strip()), line
        elif empty or name in _VALUES or (name not in ended and name not in _AGGREGATES) or _ends_at_once(text, match, name):
            last = name
        else:
            _refuse_deep(open_tags, line)
            open_tags.append(name)
            yield name, None, line
    if open_tags:
        raise FormatError(line, f"the file has no </{open_tags[0]}>: it is cut off.", _ADVICE)


def _fields(block):
    """Name -> first value of the values in a transaction."""
    fields, is_escaped = {}, "&" in block
    for name, value in _VALUE(block):
        value = value.strip()
        name = name.upper()
        if not value:
            if name in ("CURRENCY", "ORIGCURRENCY"):
                fields[name] = ""
        elif name not in fields:
            fields[name] = unescaped(value) if is_escaped else value
    return fields


def _refuse_order(innermost, name, line):
    if innermost != name:
        raise FormatError(line, f"</{name}> ends before the {innermost} in it does.", _ADVICE)


def _refuse_deep(open_tags, line):
    if len(open_tags) >= _DEEPEST:
        raise FormatError(line, f"the file has more than {_DEEPEST} tags in one another.", _ADVICE)


# These are aggregates also where their end is missing: then the file is damaged.
_AGGREGATES = frozenset(
    "OFX STMTRS CCSTMTRS STMTTRNRS CCSTMTTRNRS BANKMSGSRSV1 CREDITCARDMSGSRSV1 BANKTRANLIST STMTTRN STMTTRNP LEDGERBAL "
    "AVAILBAL BANKACCTFROM CCACCTFROM STATUS".split()
)
# Values that banks leave empty without an end tag, although they close them elsewhere.
_VALUES = frozenset(
    "NAME MEMO CHECKNUM REFNUM FITID SIC PAYEEID EXTDNAME LANGUAGE ORG FID INTU.BID INTU.ORG INTU.USERID MESSAGE DTSERVER "
    "TRNUID BRANCHID ACCTKEY DTUSER DTAVAIL SRVRTID CORRECTFITID CORRECTACTION ADDR1 ADDR2 ADDR3 CITY STATE POSTALCODE COUNTRY "
    "PHONE CLTCOOKIE MKTGINFO SESSCOOKIE USERKEY TSKEYEXPIRE".split()
)


def _ends_at_once(text, match, name):
    """Whether the end tag follows immediately: an empty value."""
    end = match.end()
    return text[end : end + len(name) + 3].upper() == f"</{name}>"


def unescaped(value):
    """``value`` with its entities read; one that is not known stays as it is."""
    return _ENTITY.sub(_entity, value) if "&" in value else value


def _entity(match):
    name = match[1]
    if name[0] != "#":
        return _ENTITIES.get(name.lower(), match[0])
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    # Zero and surrogates are no characters.
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else match[0]
