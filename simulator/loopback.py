"""A server on a loopback port that stands in for somebody's API: how it is started and stopped, and how it answers."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

HOST = "127.0.0.1"


class Loopback:
    """``with Loopback() as server``: each call goes to `respond`, in a thread of its own. ``faults`` are answers to come."""

    def __init__(self, port: int = 0):
        self.faults: list = []
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer((HOST, port), _handler_for(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}"

    def calm(self) -> None:
        """Fail no more."""
        self.faults.clear()

    def respond(self, method: str, path: str, query: dict, content: bytes, headers: dict):
        """(status, bytes, seconds to wait or None) for one call; None to break it off. Header names are in lower case."""
        raise NotImplementedError

    def start(self):
        threading.Thread(target=self._server.serve_forever, daemon=True, name=type(self).__name__).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_error) -> None:
        self.stop()


def _handler_for(server: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self):
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answered = server.respond(self.command, parts.path, query, content, headers)
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
