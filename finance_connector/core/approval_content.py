"""What an approval of a payment order binds to: one canonical form of its content, and the hash of it (INV-10).

The hashed bytes are ``finance-payment-approval/1`` and the canonical JSON of `hashing.canonical_json`, each on its own
line, in UTF-8; the hash is written ``v1:`` and the SHA-256 in lower-case hex. The JSON is an object with ``account``
(ours), ``company``, ``kind`` (`transfer` or `collection`) and ``lines``. Each line has ``account`` ``agent``
``amount`` ``date`` ``end_to_end_id`` ``payee`` ``payee_key`` ``references``; lines are sorted by their own canonical
JSON, references within a line too, so that the order in which they are shown does not matter and how often they occur
does. Accounts are written without spaces in upper case; texts in Unicode form NFC; nothing else is normalised, for
whatever can reach the bank has to void the approval when it changes.
"""

import hashlib
import unicodedata
from datetime import date
from json.encoder import encode_basestring as _quoted
from typing import NamedTuple

from .errors import FinanceError
from .hashing import canonical_json
from .money import Money

VERSION = "v1"
_PREFIX = b"finance-payment-approval/1\n"
TRANSFER, COLLECTION = "transfer", "collection"


class Line(NamedTuple):
    """One instruction as it is approved. ``payee``: the name that the bank gets, ``payee_key`` which partner it is;
    ``account`` and ``agent`` (BIC or clearing member): where the money goes; ``references``: all that is sent with it."""

    payee_key: str
    payee: str
    account: str
    agent: str
    amount: Money
    date: date
    references: tuple = ()
    end_to_end_id: str = ""


class Order(NamedTuple):
    """What is approved as one: ``account`` is ours, ``kind`` TRANSFER or COLLECTION."""

    company: str
    account: str
    lines: tuple
    kind: str = TRANSFER


def canonical(order):
    """The canonical bytes of an `Order`. Raises FinanceError for one without lines, and for amounts not above zero."""
    if not order.lines:
        raise FinanceError("The payment order has no line; there is nothing to approve.")
    for line in order.lines:
        if line.amount.minor <= 0:
            raise FinanceError(f"The line for {line.payee} is over {line.amount}; only amounts above zero can be paid.")
    lines = sorted(_line(line).encode() for line in order.lines)
    # Each line is written once; "lines" is the last of the keys in their order.
    head = canonical_json({"account": _account(order.account), "company": order.company, "kind": order.kind})
    return b'%s,"lines":[%s]}' % (head[:-1], b",".join(lines))


def content_hash(order):
    """The hash of an `Order` that approvals are bound to. Raises as `canonical` does."""
    return f"{VERSION}:{hashlib.sha256(_PREFIX + canonical(order)).hexdigest()}"


def _line(line):
    """As `canonical_json` writes an object with these keys; spelled out, since an order has thousands of lines."""
    references = ",".join(_quoted(told) for told in sorted(map(_text, line.references)))
    return (
        f'{{"account":{_quoted(_account(line.account))},"agent":{_quoted(_account(line.agent))},'
        f'"amount":{{"currency":"{line.amount.currency}","minor":{line.amount.minor}}},"date":"{line.date.isoformat()}",'
        f'"end_to_end_id":{_quoted(line.end_to_end_id)},"payee":{_quoted(_text(line.payee))},'
        f'"payee_key":{_quoted(line.payee_key)},"references":[{references}]}}'
    )


def _text(told):
    return told if told.isascii() else unicodedata.normalize("NFC", told)


def _account(number):
    return "".join(number.split()).upper()
