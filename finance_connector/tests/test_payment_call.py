"""Calls on the way of payments over a real connection: what never left, what may have arrived, and what is noted of each."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from odoo.addons.finance_connector.core.errors import ProviderUnavailable

from .payment_common import PaymentCase


class Answers(BaseHTTPRequestHandler):
    """Answers with the status that is the path; 0 hangs up without a word."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        status = int(self.path.strip("/"))
        if status:
            self.send_response(status)
            self.send_header("Retry-After", "7")
            self.send_header("Location", "/200")
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"said")

    do_GET = do_POST

    def log_message(self, *_arguments):
        return


class TestCall(PaymentCase):
    @classmethod
    def _request_handler(cls, session, prepared, /, **arguments):
        # Odoo's own handler compares the timeout with a number; ours has one for connecting and one for reading.
        return super()._request_handler(session, prepared, **arguments | {"timeout": 30})

    def setUp(self):
        super().setUp()
        self.server = HTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.way = self.channel("http", url="http://127.0.0.1/")

    def call(self, status, method="POST", port=None):
        """What a call gives, or (outcome, status, retry after) of its failure."""
        url = f"http://127.0.0.1:{port or self.server.server_address[1]}/{status}"
        with self.enter_registry_test_mode():
            call = self.way._caller(self.env["finance.request"])
            try:
                return call(method, url, data=b"file")
            except ProviderUnavailable as error:
                return error.outcome, error.status, error.retry_after

    def noted(self):
        return self.env["finance.request"].search([("channel_id", "=", self.way.id)], limit=1)

    def test_an_answer_is_an_answer(self):
        self.assertEqual(self.call(200), b"said")
        self.assertEqual((self.noted().outcome, self.noted().method), ("done", "POST"))

    def test_what_may_have_arrived_is_unknown(self):
        self.assertEqual(self.call(0)[0], "unknown")
        self.assertEqual(self.call(503), ("unknown", 503, 7))
        self.assertEqual(self.noted().outcome, "unknown")

    def test_a_question_without_answer_has_done_nothing(self):
        self.assertEqual([self.call(status, "GET")[0] for status in (0, 503)], ["failed", "failed"])

    def test_what_is_refused_has_failed_and_a_redirect_is_no_success(self):
        self.assertEqual([self.call(status) for status in (422, 429, 302)], [("failed", status, 7) for status in (422, 429, 302)])

    def test_what_never_left_has_failed(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            self.assertEqual(self.call(200, port=closed.getsockname()[1]), ("failed", 0, None))
