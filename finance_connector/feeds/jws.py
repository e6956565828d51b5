"""Signed tokens (JWS, RFC 7515): RS256 to say who we are, ES256 to know who calls. Compact form only, no other algorithm."""

import base64
import binascii
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ..core.errors import FinanceError

_ES256_BYTES = 64


def sign_rs256(private_key, header, claims):
    """A token over ``claims`` (JSON-able), signed with ``private_key`` (PEM text). Raises FinanceError for a key that is none."""
    try:
        key = load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise FinanceError("The private key cannot be read: give it as PEM text, without a password.") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise FinanceError("The private key is not an RSA key; RS256 needs one.")
    signed = b".".join(_encode(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return (signed + b"." + _encode(signature)).decode()


def parts(token):
    """(header, claims, signed bytes, signature) of a compact ``token``, nothing of it believed yet; None if it is none."""
    try:
        header, claims, signature = token.encode("ascii").split(b".")
        told = json.loads(_decode(header)), json.loads(_decode(claims))
        raw = _decode(signature)
    except (ValueError, binascii.Error, RecursionError):
        return None
    if type(told[0]) is not dict or type(told[1]) is not dict:
        return None
    return *told, header + b"." + claims, raw


def es256_holds(signed, signature, jwk):
    """Whether ``signature`` (r and s, 32 bytes each) over ``signed`` is by the P-256 key ``jwk`` (a dict, RFC 7517)."""
    if len(signature) != _ES256_BYTES:
        return False
    try:
        if jwk["kty"] != "EC" or jwk["crv"] != "P-256":
            return False
        x, y = (int.from_bytes(_decode(jwk[name].encode("ascii")), "big") for name in ("x", "y"))
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except (KeyError, TypeError, AttributeError, ValueError, binascii.Error):
        return False
    half = _ES256_BYTES // 2
    r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    try:
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _decode(data):
    # The padding is left out in tokens; `validate` because Python else skips what is no base64.
    return base64.b64decode(data.translate(_URL_SAFE) + b"=" * (-len(data) % 4), validate=True)


_URL_SAFE = bytes.maketrans(b"-_", b"+/")
