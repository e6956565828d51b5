"""A bank feed's or a provider's API on a loopback port: what an ``api`` object answers, over HTTP. It can be told to fail.

``api.answer(method, path, query, body, headers)`` gives (status, JSON-able or bytes); ``headers`` have lower-case names.
"""
from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

HOST = "127.0.0.1"
GOOD, LOSE = "good", "lose"


class FeedServer:
    """The server: ``with FeedServer(api) as server``. What ``api`` holds may change meanwhile; ``calls`` records every call."""

    def __init__(self, api):
        self.api = api
        self.calls: list[tuple] = []
        self._faults: list = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((HOST, 0), _handler_for(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}"

    def fail_next(self, status: int, body: dict | None = None, retry_after: int | None = None) -> None:
        """Answer the next call with an error."""
        self._faults.append((status, json.dumps(body or {}).encode(), retry_after))

    def garble_next(self) -> None:
        """Answer the next call with half an answer that calls itself good."""
        self._faults.append((200, b'{"transactions": [{"entry_ref', None))

    def cut_next(self) -> None:
        """Break the next call off without an answer."""
        self._faults.append(None)

    def lose_next(self, after: int = 0) -> None:
        """Do what the next call asks for, or the one ``after`` so many others, and break it off without an answer."""
        self._faults += [GOOD] * after + [LOSE]

    def calm(self) -> None:
        """Fail no more."""
        self._faults.clear()

    def answer(self, method: str, path: str, query: dict, body: dict, headers: dict):
        """(status, bytes, seconds to wait or None) for one call; None to break it off."""
        with self._lock:
            self.calls.append((method, path, query, body, headers))
            fault = self._faults.pop(0) if self._faults else GOOD
            if fault not in (GOOD, LOSE):
                return fault
            status, told = self.api.answer(method, path, query, body, headers)
            if fault == LOSE:
                return None
            return status, told if isinstance(told, bytes) else json.dumps(told).encode(), None

    def start(self) -> FeedServer:
        threading.Thread(target=self._server.serve_forever, daemon=True, name="feed").start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    __enter__ = start

    def __exit__(self, *_error) -> None:
        self.stop()


def _sent(content: bytes) -> dict:
    """What a call carries: JSON, or a form."""
    return json.loads(content) if content.startswith((b"{", b"[")) else dict(parse_qsl(content.decode()))


def _handler_for(server: FeedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self):
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answered = server.answer(self.command, parts.path, query, _sent(content), headers)
            if answered is None:
                self.close_connection = True
                return
            status, body, retry_after = answered
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if retry_after is not None:
                self.send_header("Retry-After", str(retry_after))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _serve

        def log_message(self, *_arguments):
            """Say nothing: the caller's own log has the calls."""

    return Handler
