"""Delivers webhooks as Stripe does: the body as it is, signed with the endpoint's secret, by HTTP POST."""
from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from simulator import stripe_objects

TIMEOUT_SECONDS = 60


def deliver(url: str, body: bytes, secret: str, at: int | None = None) -> int:
    """POST ``body`` with a signature made ``at`` (seconds since 1970, default now); return the HTTP status."""
    header = stripe_objects.sign(body, secret, int(time.time()) if at is None else at)
    return post(url, body, {"Stripe-Signature": header, "Content-Type": "application/json; charset=utf-8"})[0]


def deliver_all(posts: list[tuple[str, bytes]], secret: str, at_once: int = 4) -> list[int]:
    """Deliver (address, body) pairs, a few at the same time; return the HTTP statuses in their order."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda one: deliver(*one, secret), posts))


def post(url: str, body: bytes | Iterator[bytes], headers: dict[str, str], method: str = "POST") -> tuple[int, bytes]:
    """Send one request on a connection of its own; return status and body. An iterator is sent in chunks.

    Raises OSError when nobody answers.
    """
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, parts.path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as error:
        raise ConnectionError(f"{url} broke off: {type(error).__name__} {error}") from error
    finally:
        connection.close()
