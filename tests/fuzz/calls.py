"""Decides what is sent to the webhook address: methods, paths, headers, bodies, framings and signatures of every kind."""
from __future__ import annotations

import json
import random
import time
from typing import NamedTuple

from simulator import stripe_objects
from tests.fuzz import corpus, mutate

LARGEST = 1024 * 1024
HOOK = "/finance/webhook/{token}"
_PATHS = (
    HOOK + "x", HOOK + "%00", HOOK + "%ff", HOOK + "/", HOOK + "/x", HOOK + "#x", HOOK + ";x=1",
    HOOK + "?self=1", HOOK + "?token=x", HOOK + "?args=1", HOOK + "?db=x&debug=1", HOOK + "?" + "a=1&" * 2000,
    HOOK + "?a=%00&b=%ff&=&[]=", HOOK + "?session_id=..%2f..",
    "/finance/webhook/", "/finance/webhook//", "/finance/webhook/%00", "/finance/webhook/%ff%fe",
    "/finance/webhook/" + "x" * 5000,
    "/finance/webhook/..%2f..", "/finance/../finance/webhook/{token}", "//finance/webhook/{token}",
    "/en/finance/webhook/{token}",
    "/finance/webhook/%F0%9F%92%B6", "/finance/webhook/' OR 1=1 --".replace(" ", "%20"),
    "http://elsewhere" + HOOK, "/finance/health",
    "/finance/health?self=1", "/finance/health?a=%00", "/finance/health/x",
)  # fmt: skip
_METHODS = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "post", "PROPFIND", "X" * 200)
_HEADERS = (
    ("X-Long", "x" * 70_000), ("X-Long", "x" * 60_000), ("X-Text", "ä\x80\xff"),
    ("X-Null", "a\0b"), ("Cookie", "session_id=" + "x" * 84),
    ("Cookie", "session_id=../../x; a=\0"), ("Cookie", "frontend_lang=\xff; tz=" + "x" * 2000),
    ("X-Odoo-Database", "no_such"),
    ("X-Odoo-Database", "a\0b"), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "gzip"), ("Expect", "200-maybe"),
    ("Accept-Language", "\xff;q=x,,"), ("Accept-Language", "xx_" + "X" * 500),
    ("X-Forwarded-For", "\xff, 1"), ("Range", "bytes=-"),
    ("If-None-Match", "*"), ("If-Modified-Since", "soon"), ("X-HTTP-Method-Override", "GET"),
    ("Authorization", "Basic \xff"),
    ("Authorization", "Bearer x"), ("User-Agent", ""), ("Date", "\xff"), ("Stripe-Signature", "t=1,v1=" + "0" * 64),
    ("Origin", "null"), ("Content-Length", "0"), ("Content-Length", "-1"), ("Content-Length", "x"),
    ("Upgrade", "websocket"), ("", "x"),
)  # fmt: skip
_TYPES = (
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data",
    "multipart/form-data; boundary=x", "text/xml",
    "application/json; charset=utf-7", "application/x-www-form-urlencoded; charset=no-such",
    "application/json-rpc", "\xff/\xff", ";",
)  # fmt: skip
_BODIES = (
    b"", b"{}", b"a=1&b=%00&self=1", b"self=1&token=x",
    b"--x\r\nContent-Disposition: form-data; name=\"self\"\r\n\r\n1\r\n--x--\r\n",
    b"--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"\0\"\r\n\r\n1", b"&" * 3000,
    b"a=1&" * 3000, b"\xff\xfe", b"[" * 9999,
    b'{"id": "evt_1", "type": "\\u0000"}', b'{"id": "evt_1", "type": "x", "data": {"object": {"object": "\\u0000"}}}',
)  # fmt: skip
SIGNINGS = ("genuine", "genuine", "none", "other", "stale", "tampered")
FRAMINGS = ("length", "length", "length", "length", "chunked", "short", "bad_chunk", "endless_chunk")


class Call(NamedTuple):
    """One request: ``path`` with a place for the token, header values as latin-1 text."""

    method: str
    path: str
    headers: tuple
    body: bytes
    framing: str
    signing: str

    @property
    def plain(self) -> bool:
        """Whether nothing but body and signature is unusual, so that one answer only is right."""
        return (self.method, self.path, self.headers) == ("POST", HOOK, ()) and self.framing in ("length", "chunked")

    def saved(self) -> bytes:
        """The call as a file; `loaded` reads it."""
        return json.dumps(self._asdict() | {"body": self.body.decode("latin-1")}, indent=1).encode()

    @classmethod
    def loaded(cls, content: bytes) -> Call:
        told = json.loads(content)
        told |= {"body": told["body"].encode("latin-1"), "headers": tuple(map(tuple, told["headers"]))}
        return cls(**told)

    def rendered(self, token: str, secret: str) -> bytes:
        """The bytes of the request, signed now."""
        lines = [f"{self.method} {self.path.replace('{token}', token)} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
        if self.signing != "none":
            lines.append(f"Stripe-Signature: {self._signature(secret)}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.framing in ("length", "short"):
            lines.append(f"Content-Length: {len(self.body) + (10 if self.framing == 'short' else 0)}")
        else:
            lines.append("Transfer-Encoding: chunked")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace") + self._framed()

    def _signature(self, secret: str) -> str:
        secret = "whsec_of_somebody_else" if self.signing == "other" else secret
        at = int(time.time()) - (3600 if self.signing == "stale" else 0)
        return stripe_objects.sign(self.body + (b" " if self.signing == "tampered" else b""), secret, at)

    def _framed(self) -> bytes:
        if self.framing in ("length", "short"):
            return self.body
        if self.framing == "bad_chunk":
            return b"zz\r\n" + self.body
        half = len(self.body) // 2
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (self.body[:half], self.body[half:]) if part)
        return chunks + (b"" if self.framing == "endless_chunk" else b"0\r\n\r\n")


def call(rng: random.Random, number: int) -> Call:
    """The call that ``rng`` gives; most of them differ from a genuine one in one way only."""
    usual = Call("POST", HOOK, (), _body(rng, number), "length", rng.choice(SIGNINGS))
    for _change in range(rng.choice((0, 1, 1, 1, 2))):
        usual = usual._replace(**rng.choice((_method, _path, _path, _header, _header, _type, _framing, _framing))(rng))
    return usual


def _method(rng: random.Random) -> dict:
    return {"method": rng.choice(_METHODS)}


def _path(rng: random.Random) -> dict:
    return {"path": rng.choice(_PATHS)}


def _header(rng: random.Random) -> dict:
    return {"headers": tuple(rng.choices(_HEADERS, k=rng.choice((1, 1, 2, 20, 150))))}


def _type(rng: random.Random) -> dict:
    return {"headers": (("Content-Type", rng.choice(_TYPES)),)}


def _framing(rng: random.Random) -> dict:
    return {"framing": rng.choice(FRAMINGS)}


def _body(rng: random.Random, number: int) -> bytes:
    """An event of its own or a copy of a late one, damaged or not; nonsense; or one that is too large."""
    choice = rng.random()
    if choice < 0.15:
        return rng.choice(_BODIES)
    event = json.loads(rng.choice(corpus.events()))
    event["id"] = f"evt_fuzz_{number - rng.choice((0, 0, 0, 1, 7))}"
    if choice < 0.18:
        event["padding"] = "x" * (LARGEST + rng.choice((-500_000, 1)))
    content = stripe_objects.encode(event)
    return mutate.damaged(rng, content, list(corpus.events())) if 0.3 < choice < 0.7 else content
