"""Whether a call comes from Adyen: every item carries an HMAC over eight of its fields, and every one must be right
(INV-2).

The fields are joined by colons as they are: the escaping that older documents ask for gives other values than Adyen's
own examples. Nothing else in an item is signed, and there is no time, so copies are told apart by their id.
"""

import base64
import binascii
import hashlib
import hmac

from ...core.errors import PayloadError
from ...core.records import Verdict
from .. import hmac_check
from ..reading import mapping
from . import items


def verify(request, secrets):
    """`Verdict` on ``request``; a secret is the hexadecimal key of the webhook. One forged item refuses the whole call:
    Adyen sends it again, and a forger gains nothing by adding to a genuine one."""
    keys = [(index, _key(secret)) for index, secret in hmac_check.usable(secrets)]
    if not keys:
        return Verdict(False, "no_secret")
    try:
        found = items.read(request.body)
    except PayloadError:
        return Verdict(False, "malformed")
    matched = []
    for item in found.items:
        told = _told(item.fields)
        if told is None:
            return Verdict(False, "missing")
        content = ":".join(items.signed(item.fields)).encode("utf-8", "replace")
        index = next((index for index, key in keys if key and hmac_check.same(told, _digest(key, content))), None)
        if index is None:
            return Verdict(False, "mismatch")
        matched.append(index)
    return Verdict(True, "", max(matched))


def _key(secret):
    """The bytes of a key; nothing for one that is not hexadecimal, which then matches nothing."""
    try:
        return binascii.unhexlify(secret.strip())
    except (binascii.Error, ValueError):
        return b""


def _told(fields):
    told = mapping(fields, "additionalData").get("hmacSignature")
    return told if type(told) is str and told else None


def _digest(key, content):
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
