"""The names of what is to be paid, minted from the intent and not from the attempt (INV-3): whoever prepares or sends
the same payment again, after a crash or a timeout, arrives at the same names, and the bank sees that it is the same.
"""

import base64
import hashlib
from json.encoder import encode_basestring as _quoted
from typing import NamedTuple

from .money import Money

_PREFIX = b"finance-payment-intent/1\n"
# ISO 20022: at most 35 characters; letters and digits are in the set of every scheme.
_ID_CHARACTERS = 24
_ID_BYTES = _ID_CHARACTERS * 5 // 8


class Intent(NamedTuple):
    """What a payment is for. ``scope``: database and company. ``items``: pairs of document and minor units paid of it;
    a free payment has one item with an id of its own. ``replaces``: the key of the rejected or returned instruction
    that this one takes the place of; without it, paying the same again is the same intent."""

    scope: str
    payee: str
    amount: Money
    items: tuple
    replaces: str = ""


def intent_key(intent):
    """The key of an `Intent`: 64 hex digits; the order of ``items`` does not matter.

    The account of the payee and the date are no part of it: a payment corrected before sending is still the same one.
    """
    items = ",".join(f"[{_quoted(document)},{minor}]" for document, minor in sorted(intent.items))
    # As `canonical_json` writes it; spelled out, since the payments of an order are thousands.
    content = (
        f'{{"amount":{{"currency":"{intent.amount.currency}","minor":{intent.amount.minor}}},"items":[{items}],'
        f'"payee":{_quoted(intent.payee)},"replaces":{_quoted(intent.replaces)},"scope":{_quoted(intent.scope)}}}'
    )
    return hashlib.sha256(_PREFIX + content.encode()).hexdigest()


def end_to_end_id(key):
    """The end-to-end id of the instruction with this intent key: 24 letters and digits, in every scheme's set."""
    return _short(b"end-to-end/", key)


def message_id(keys, content_hash):
    """The id of the file that carries the instructions with these intent keys, with this content.

    Banks refuse a message id that they have seen; the same file always has the same, and another content another.
    """
    return _short(b"message/", "\n".join((*sorted(keys), content_hash)))


def uetr(key):
    """The unique end-to-end transaction reference of an intent key: a UUID of the form of version 4, as ISO asks."""
    digits = hashlib.sha256(_PREFIX + b"uetr/" + key.encode()).hexdigest()
    # RFC 9562: the version stands at the thirteenth digit, the variant in the first two bits of the seventeenth.
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def _short(purpose, text):
    digest = hashlib.sha256(_PREFIX + purpose + text.encode()).digest()
    return base64.b32encode(digest[:_ID_BYTES]).decode()
