"""A bank feed's or a provider's API on a loopback port: what an ``api`` object answers, over HTTP. It can be told to fail.

``api.answer(method, path, query, body, headers)`` gives (status, JSON-able or bytes); ``headers`` have lower-case names.
"""
from __future__ import annotations

import json
from urllib.parse import parse_qsl

from .loopback import Loopback

GOOD, LOSE = "good", "lose"


class FeedServer(Loopback):
    """The server: ``with FeedServer(api) as server``. What ``api`` holds may change meanwhile; ``calls`` records every call."""

    def __init__(self, api):
        super().__init__()
        self.api = api
        self.calls: list[tuple] = []

    def fail_next(self, status: int, body: dict | None = None, retry_after: int | None = None) -> None:
        """Answer the next call with an error."""
        self.faults.append((status, json.dumps(body or {}).encode(), retry_after))

    def garble_next(self) -> None:
        """Answer the next call with half an answer that calls itself good."""
        self.faults.append((200, b'{"transactions": [{"entry_ref', None))

    def cut_next(self) -> None:
        """Break the next call off without an answer."""
        self.faults.append(None)

    def lose_next(self, after: int = 0) -> None:
        """Do what the next call asks for, or the one ``after`` so many others, and break it off without an answer."""
        self.faults += [GOOD] * after + [LOSE]

    def calm(self) -> None:
        """Fail no more."""
        self.faults.clear()

    def respond(self, method: str, path: str, query: dict, content: bytes, headers: dict):
        body = _sent(content)
        with self.lock:
            self.calls.append((method, path, query, body, headers))
            fault = self.faults.pop(0) if self.faults else GOOD
            if fault not in (GOOD, LOSE):
                return fault
            status, told = self.api.answer(method, path, query, body, headers)
            if fault == LOSE:
                return None
            return status, told if isinstance(told, bytes) else json.dumps(told).encode(), None


def _sent(content: bytes) -> dict:
    """What a call carries: JSON, or a form."""
    return json.loads(content) if content.startswith((b"{", b"[")) else dict(parse_qsl(content.decode()))
