"""What the doors of simulated banks share: an answer, and no noise."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler


class Door(BaseHTTPRequestHandler):
    """A handler that says nothing on the console."""

    def body(self) -> bytes:
        """What the caller sent."""
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, status: int, body: bytes) -> None:
        """Answer with ``status`` and ``body``, and nothing else."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments) -> None:
        pass
