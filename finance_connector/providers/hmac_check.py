"""Whether one of several secrets made a digest: compared as bytes, in constant time, for whatever a caller can send."""

import hashlib
import hmac

from ..core.records import Verdict


def usable(secrets):
    """The (index, secret) pairs of ``secrets`` that are not blank."""
    return [(index, secret) for index, secret in enumerate(secrets or ()) if secret and secret.strip()]


def sha256_hex(secret, content):
    """The HMAC-SHA256 of ``content`` (bytes) under ``secret`` (text, taken as UTF-8), in lower-case hex."""
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def same(told, computed):
    """Whether two digests are equal; ``told`` may be any text."""
    return hmac.compare_digest(told.encode("utf-8", "replace"), computed.encode())


def judged(told, secrets, content, well_formed):
    """`Verdict` on a body whose HMAC-SHA256 in hex is one of ``told``: the header's values, blank ones left out.

    ``well_formed``: a compiled pattern of one value.
    """
    candidates = usable(secrets)
    if not candidates:
        return Verdict(False, "no_secret")
    if not told:
        return Verdict(False, "missing")
    if not all(well_formed.fullmatch(value) for value in told):
        return Verdict(False, "malformed")
    for index, secret in candidates:
        digest = sha256_hex(secret, content)
        if any(same(value, digest) for value in told):
            return Verdict(True, "", index)
    return Verdict(False, "mismatch")
