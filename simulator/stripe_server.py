"""Stripe's API on a loopback port: the lists of `stripe_api.StripeApi` over HTTP, with a key.

It can be told to fail, so that a caller's patience can be tried.
"""
from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from simulator.stripe_api import StripeApi

HOST = "127.0.0.1"
# Stands for no answer at all.
CUT = 0


class ApiError(Exception):
    """An answer in Stripe's error shape."""

    def __init__(self, status: int, message: str, kind: str = "invalid_request_error",
                 retry_after: int | None = None):
        self.status, self.message, self.kind, self.retry_after = status, message, kind, retry_after
        super().__init__(message)


class StripeServer:
    """The server: ``with StripeServer(api, key) as server``. What ``api`` holds may grow meanwhile."""

    def __init__(self, api: StripeApi, key: str, port: int = 0):
        self.api, self.key = api, key
        self._failures: list[ApiError] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((HOST, port), _handler_for(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}"

    def fail_next(self, status: int = 500, message: str = "told to fail",
                  retry_after: int | None = None) -> None:
        """Answer the next call with an error."""
        self._failures.append(ApiError(status, message, "api_error", retry_after))

    def cut_next(self) -> None:
        """Break the next call off without an answer."""
        self._failures.append(ApiError(CUT, "told to break off"))

    def calm(self) -> None:
        """Fail no more."""
        self._failures.clear()

    def set_now(self) -> None:
        """Move the clock of what is served before each answer: here it is the machine's."""
        self.api.now = int(time.time())

    def start(self) -> StripeServer:
        threading.Thread(target=self._server.serve_forever, daemon=True, name="stripe").start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    __enter__ = start

    def __exit__(self, *_error) -> None:
        self.stop()

    def answer(self, path: str, query: dict, authorization: str) -> bytes:
        """The body for a GET. Raises ApiError."""
        with self._lock:
            if self._failures:
                raise self._failures.pop(0)
            if authorization != f"Bearer {self.key}":
                raise ApiError(401, "Invalid API Key provided.")
            self.set_now()
            try:
                return self.api.call("GET", path, query)
            except LookupError:
                raise ApiError(404, f"Unrecognized request URL (GET: {path}).") from None
            except ValueError as error:
                raise ApiError(400, str(error)) from None


def _handler_for(server: StripeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            headers = {"Content-Type": "application/json"}
            try:
                status, body = 200, server.answer(parts.path, query, self.headers.get("Authorization", ""))
            except ApiError as error:
                status = error.status
                if status == CUT:
                    self.close_connection = True
                    return
                body = json.dumps({"error": {"type": error.kind, "message": error.message}}).encode()
                if error.retry_after is not None:
                    headers["Retry-After"] = str(error.retry_after)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            """Say nothing: the caller's own log has the calls."""

    return Handler
