"""Which message a camt file is, by namespace and element names, and which versions are read.

Source: ISO 20022 schemas camt.052/053/054.001.01 to .14. The versions differ in a few shapes only, and no
shape means two things, so the reader takes whichever it meets; files that mix them are met in practice. The
differences it reads:

| what | 01, 02 | 03 to 06 | 07 and later |
|---|---|---|---|
| status of an entry | `Sts` = code | `Sts` = code | `Sts/Cd` or `Sts/Prtry` |
| party | `Dbtr/Nm` | `Dbtr/Nm` | `Dbtr/Pty/Nm` or `Dbtr/Agt` |
| bank | `BIC` | `BICFI` | `BICFI` |
| amount of a detail | `AmtDtls/TxAmt` | `Amt`, `CdtDbtInd` | the same, optional from 10 |
| charges | `Chrgs` repeated, with `Amt` | `Chrgs/Rcrd` repeated | the same |
| totals | `TtlNetNtryAmt` | `TtlNetNtry/Amt` from 04 | the same |
| batch | 01: `Btch` in `Ntry`; 02: `NtryDtls/Btch` | `NtryDtls/Btch` | the same |
"""

import re

from .errors import FormatError
from .xml_guard import elements

STATEMENT = "camt.053"

# Element below Document -> message. Version 01 carried its version in the element name.
MESSAGE_NAMES = {
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrStmt": STATEMENT,
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}
MESSAGE_NAMES |= {f"{name}V01": message for name, message in MESSAGE_NAMES.items()}
MESSAGE_TAGS = tuple(f"{{*}}{name}" for name in MESSAGE_NAMES)

# Message -> element of one statement, report or notification in it.
PARTS = {"camt.052": "Rpt", STATEMENT: "Stmt", "camt.054": "Ntfctn"}

VERSIONS = frozenset(f"{number:02d}" for number in range(1, 15))

# Envelopes (business application header, SOAP) come before the message; a file that has more than this is
# none.
MAX_PREAMBLE_ELEMENTS = 1000

NOT_BOOKABLE = {
    "camt.052": (
        "this is an intraday account report (camt.052): its entries are provisional and come again in the "
        "statement, so they are not booked.",
        "Import the statement of the day (camt.053) instead.",
    ),
    "camt.054": (
        "this is a debit and credit notification (camt.054): it details entries of a statement and proves no "
        "balance, so it is not booked.",
        "Import the statement of the day (camt.053) instead.",
    ),
}


def refused(message, wanted):
    """(reason, advice) why ``message`` is not read where ``wanted`` is."""
    if wanted == STATEMENT and message in NOT_BOOKABLE:
        return NOT_BOOKABLE[message]
    return f"this is a {message} message, not {wanted}.", "Import the file without naming its format."


_MESSAGE_IN_NAMESPACE = re.compile(r"\b([a-z]{4}\.\d{3})\.\d{3}\.(\d{2})\b")


def split_tag(tag):
    """(namespace, local name) of a tag as lxml writes it."""
    if tag[:1] == "{":
        namespace, _brace, name = tag[1:].partition("}")
        return namespace, name
    return "", tag


def identify(element):
    """(message, version) of the element below Document: ("camt.053", "08"); version "" where there is no
    namespace.

    Raises FormatError if name, parent and namespace contradict each other, or for a version that is not
    known.
    """
    namespace, name = split_tag(element.tag)
    message = MESSAGE_NAMES.get(name)
    parent = element.getparent()
    above = split_tag(parent.tag) if parent is not None else ("", "")
    if message and above[1] == "Document" and above[0] != namespace:
        raise FormatError(
            element.sourceline, f"Document is in the namespace {above[0]!r}, {name} in another one, {namespace!r}."
        )
    if message is None or above[1] != "Document":
        raise FormatError(element.sourceline, f"{name} stands in {above[1] or 'no element'}, not in Document.")
    if not namespace:
        return message, ""
    match = _MESSAGE_IN_NAMESPACE.search(namespace)
    if match is None or match[1] != message:
        raise FormatError(element.sourceline, f"{name} is in the namespace {namespace!r}, which is not that of {message}.")
    if match[2] not in VERSIONS:
        raise FormatError(
            element.sourceline,
            f"version {match[2]} of {message} is not known; 01 to 14 are.",
            advice="Update the connector, or ask the bank for version 08.",
        )
    return message, match[2]


def detect(content):
    """The camt message in ``content`` (bytes): "camt.052", "camt.053" or "camt.054"; None if it is not XML
    at all.

    Raises FormatError for XML that is not camt or not well-formed up to the message.
    """
    if not looks_like_xml(content):
        return None
    root = None
    for number, element in enumerate(elements(content, "start")):
        root = element if root is None else root
        namespace, name = split_tag(element.tag)
        if name in MESSAGE_NAMES:
            return identify(element)[0]
        if number >= MAX_PREAMBLE_ELEMENTS:
            break
        foreign = _MESSAGE_IN_NAMESPACE.search(namespace)
        if name == "Document" and foreign and not foreign[1].startswith("camt.05"):
            raise FormatError(element.sourceline, f"this is a {foreign[1]} message, not an account statement.")
    found = split_tag(root.tag)[1]
    raise FormatError(
        root.sourceline,
        f"the root element is {found!r} and holds no account statement; camt.053 has Document/BkToCstmrStmt.",
    )


def looks_like_xml(content):
    """Whether ``content`` starts as XML does, in any encoding that has a name."""
    head = bytes(content[:256]).replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"<")
