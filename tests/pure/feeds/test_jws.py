"""Tokens: what we sign others can verify, and only what the key signed holds."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fc.core.errors import FinanceError
from fc.feeds import jws

# RFC 7515, appendix A.3: the example of ES256.
RFC_KEY = {
    "kty": "EC", "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}  # fmt: skip
RFC_TOKEN = (
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_the_example_of_the_standard_holds():
    header, claims, signed, signature = jws.parts(RFC_TOKEN)
    assert (header, claims["iss"]) == ({"alg": "ES256"}, "joe")
    assert jws.es256_holds(signed, signature, RFC_KEY)


@pytest.mark.parametrize("place", range(0, 64, 9))
def test_no_changed_bit_of_a_signature_holds(place):
    _header, _claims, signed, signature = jws.parts(RFC_TOKEN)
    changed = bytearray(signature)
    changed[place] ^= 1
    assert not jws.es256_holds(signed, bytes(changed), RFC_KEY)
    assert not jws.es256_holds(signed + b"x", signature, RFC_KEY)


@pytest.mark.parametrize(
    "key",
    [{}, {**RFC_KEY, "crv": "P-384"}, {**RFC_KEY, "x": RFC_KEY["y"]}, {**RFC_KEY, "x": None}, {**RFC_KEY, "x": "!!"},
     {**RFC_KEY, "kty": "RSA"}, None],
)  # fmt: skip
def test_no_other_key_holds(key):
    _header, _claims, signed, signature = jws.parts(RFC_TOKEN)
    assert not jws.es256_holds(signed, signature, key)


@pytest.mark.parametrize("length", [0, 63, 65, 71, 128])
def test_a_signature_of_another_length_does_not_hold(length):
    _header, _claims, signed, _signature = jws.parts(RFC_TOKEN)
    assert not jws.es256_holds(signed, b"\x01" * length, RFC_KEY)


@pytest.mark.parametrize("token", ["", "a", "a.b", "a.b.c", "e30.e30", "bnVsbA.e30.AA", "é.e30.AA", "e30.e30.A!"])
def test_what_is_no_token_is_none(token):
    assert jws.parts(token) is None


def test_what_we_sign_is_a_token_of_rs256():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    token = jws.sign_rs256(pem(key), {"alg": "RS256", "kid": "app"}, {"iss": "me", "exp": 5})
    header, claims, signature = token.split(".")
    assert json.loads(decoded(header)) == {"alg": "RS256", "kid": "app"}
    assert json.loads(decoded(claims)) == {"iss": "me", "exp": 5}
    key.public_key().verify(decoded(signature), f"{header}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize("text", ["", "no key", pem(ec.generate_private_key(ec.SECP256R1()))])
def test_a_wrong_private_key_is_said(text):
    with pytest.raises(FinanceError, match="private key"):
        jws.sign_rs256(text, {}, {})
