"""Whether a call comes from PayPal, decided offline (INV-2): RSA over transmission id, time, webhook id and the CRC-32 of the
raw body, with the certificate that the call names.

The webhook id is not in the call: it is the secret. The address of the certificate is, so it is only gone to at hosts of
PayPal's own for the environment. `SHA1withRSA`, which old libraries take, is refused.
"""

import base64
import binascii
import re
import zlib
from datetime import datetime, timedelta, timezone

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ...core.errors import PayloadError
from ...core.records import Verdict
from .. import certificates, hmac_check
from ..base import checked_url
from ..reading import iso_instant

HOSTS = {
    "live": frozenset({"api.paypal.com", "api-m.paypal.com"}),
    "test": frozenset({"api.sandbox.paypal.com", "api-m.sandbox.paypal.com"}),
}
_PATH = "/v1/notifications/certs/"
_HEADERS = (
    "PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-TIME", "PAYPAL-TRANSMISSION-SIG", "PAYPAL-CERT-URL", "PAYPAL-AUTH-ALGO",
)  # fmt: skip
# In whose name the certificate must be.
_DOMAIN = ".paypal.com"
_ALGORITHM = "SHA256withRSA"
_WORD = re.compile(r"[!-{}~]{1,128}", re.ASCII)
# PayPal sends a call again for three days.
OLDEST, NEWEST = timedelta(days=4), timedelta(minutes=5)


def certificate_url(request, environment):
    """The address of the certificate, if it lies where PayPal's certificates of the environment lie; otherwise None."""
    told = request.header_values("PAYPAL-CERT-URL")
    try:
        return checked_url(told[0], HOSTS[environment], _PATH) if len(told) == 1 else None
    except (PayloadError, KeyError):
        return None


def verify(request, secrets, now, trust=None):
    """`Verdict` on ``request``; see `base.Adapter.verify`. The time is judged after the signature."""
    usable = hmac_check.usable(secrets)
    if not usable:
        return Verdict(False, "no_secret")
    values = [request.header_values(name) for name in _HEADERS]
    if not all(values):
        return Verdict(False, "missing")
    if any(len(value) != 1 for value in values):
        return Verdict(False, "malformed")
    own, sent, told, _url, algorithm = (value[0] for value in values)
    moment, signature = _moment(sent), _bytes(told)
    if algorithm != _ALGORITHM or moment is None or signature is None or not _WORD.fullmatch(own):
        return Verdict(False, "malformed")
    now = _aware(now)
    if not any(certificate_url(request, environment) for environment in HOSTS) or trust is None:
        return Verdict(False, "certificate")
    signer = certificates.trusted_signer(trust, _DOMAIN, now)
    if signer is None or not isinstance(signer.public_key(), rsa.RSAPublicKey):
        return Verdict(False, "certificate")
    for index, webhook_id in usable:
        content = f"{own}|{sent}|{webhook_id.strip()}|{zlib.crc32(request.body) & 0xFFFFFFFF}".encode()
        if _signed(signer.public_key(), signature, content):
            return _timely(moment, now, index)
    return Verdict(False, "mismatch")


def _timely(moment, now, index):
    if now - moment > OLDEST:
        return Verdict(False, "stale", index)
    return Verdict(False, "future", index) if moment - now > NEWEST else Verdict(True, "", index)


def _signed(key, signature, content):
    try:
        key.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _moment(text):
    try:
        return iso_instant({"time": text}, "time") if _WORD.fullmatch(text) else None
    except PayloadError:
        return None


def _bytes(text):
    try:
        return base64.b64decode(text, validate=True) or None
    except (binascii.Error, ValueError):
        return None


def _aware(now):
    if isinstance(now, datetime):
        return now if now.tzinfo else now.replace(tzinfo=timezone.utc)
    return datetime.fromtimestamp(now, timezone.utc)
