"""The webhook door over real HTTP: who is let in, what is kept, what is answered."""

import json
import time
from unittest.mock import patch

import psycopg2
from odoo import http
from odoo.addons.finance_connector.controllers import door
from odoo.addons.finance_connector.controllers.webhook import WebhookController
from odoo.addons.finance_connector.models.message import FinanceMessage
from odoo.addons.finance_connector.providers.stripe import StripeAdapter
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import WEBHOOK_SECRET, FinanceCase
from .stripe_event import event_body, signature


@tagged("post_install", "-at_install", "finance_connector")
class TestWebhook(FinanceCase, HttpCase):
    def post(self, body=None, header=None, token=None, content_type="application/json", **extra):
        body = event_body() if body is None else body
        header = signature(body, WEBHOOK_SECRET) if header is None else header
        headers = {"Content-Type": content_type, **extra}
        if header:
            headers["Stripe-Signature"] = header
        return self.url_open(f"/finance/webhook/{token or self.provider.webhook_token}", data=body, headers=headers)

    def messages(self):
        return self.env["finance.message"].search([("provider_id", "=", self.provider.id)])

    def rejections(self):
        return self.env["finance.message.rejection"].search([], order="id desc")

    def test_a_signed_event_is_stored_as_it_came(self):
        body = b'  {"id":"evt_1",\r\n "object":"event", "type":"ping.pong","created":1772445600,"data":{"object":{}}}\n '
        answer = self.post(body)
        self.assertEqual(answer.status_code, 200, answer.text)
        message = self.messages()
        self.assertEqual((message._raw(), message.external_id, message.source), (body, "evt_1", "webhook"))
        self.assertEqual(message.state, "received")
        self.assertNotIn("Set-Cookie", answer.headers)

    def test_inv_3_a_duplicate_is_answered_alike_and_stored_once(self):
        answers = [self.post() for _copy in range(3)]
        self.assertEqual([answer.status_code for answer in answers], [200, 200, 200])
        self.assertEqual(len({answer.text for answer in answers}), 1)
        self.assertEqual(len(self.messages()), 1)

    def test_inv_2_only_a_fresh_genuine_signature_is_let_in(self):
        body, now = event_body(), int(time.time())
        for reason, header in {
            "missing": "",
            "mismatch": signature(body, "whsec_other"),
            "stale": signature(body, WEBHOOK_SECRET, now - 3600),
            "future": signature(body, WEBHOOK_SECRET, now + 3600),
            "malformed": "t=abc,v1=zzz",
        }.items():
            with self.subTest(reason):
                answer = self.post(body, header)
                self.assertEqual(answer.status_code, 401, answer.text)
                self.assertEqual(self.rejections()[:1].reason, reason)
        self.assertFalse(self.messages())

    def test_inv_2_no_secret_means_refused(self):
        self.provider.secret_ids.action_revoke()
        self.assertEqual(self.post().status_code, 401)
        self.assertEqual(self.rejections()[:1].reason, "no_secret")

    def test_old_and_new_secret_both_work_during_a_rotation(self):
        self.provider.set_secret("webhook_secret", "whsec_new")
        for number, secret in enumerate((WEBHOOK_SECRET, "whsec_new")):
            body = event_body(f"evt_{number}")
            self.assertEqual(self.post(body, signature(body, secret)).status_code, 200)
        self.assertEqual(len(self.messages()), 2)

    def test_an_unknown_or_paused_address_is_404(self):
        self.assertEqual(self.post(token="nobody").status_code, 404)
        self.provider.action_pause()
        self.assertEqual(self.post().status_code, 404)
        self.assertFalse(self.messages())

    def test_a_body_beyond_the_limit_is_413(self):
        body = event_body(padding="x" * 2 * 1024 * 1024)
        # Its trace is written by a transaction of its own, which only a real server keeps: see tests/system.
        self.assertEqual(self.post(body).status_code, 413)
        self.assertFalse(self.messages())

    def test_signed_nonsense_is_400_with_a_trace(self):
        for body in (b"nonsense", b"[]", b"{}", b'{"id": 5}'):
            with self.subTest(body):
                self.assertEqual(self.post(body).status_code, 400)
                self.assertEqual(self.rejections()[:1].reason, "malformed")
        self.assertFalse(self.messages())

    def test_a_form_body_is_verified_on_its_raw_bytes(self):
        body = event_body("evt_form")
        answer = self.post(body, content_type="application/x-www-form-urlencoded")
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(self.messages()._raw(), body)

    def test_get_is_refused_without_a_word_about_the_connection(self):
        self.assertEqual(self.url_open(f"/finance/webhook/{self.provider.webhook_token}").status_code, 405)
        self.assertEqual(self.url_open("/finance/webhook/nobody").status_code, 404)

    def test_the_trace_of_refused_calls_is_bounded_and_keeps_no_body(self):
        with patch("odoo.addons.finance_connector.models.message_rejection.CAPACITY", 5):
            for number in range(12):
                self.post(event_body(f"evt_{number}", padding="card 4242"), "")
        rejections = self.rejections()
        self.assertLessEqual(len(rejections), 5)
        self.assertNotIn("4242", json.dumps(rejections.read(), default=str))

    @mute_logger("odoo.http", "odoo.sql_db")
    def test_inv_1_what_cannot_be_stored_is_503(self):
        with patch.object(FinanceMessage, "_store", side_effect=psycopg2.OperationalError("server closed")):
            answer = self.post()
        self.assertEqual(answer.status_code, 503)
        self.assertFalse(self.messages())

    def test_without_a_database_the_address_answers_503(self):
        routes = http.root.nodb_routing_map.bind("localhost")
        rule, arguments = routes.match("/finance/webhook/abc", method="POST", return_rule=True)
        self.assertEqual(arguments, {"token": "abc"})
        self.assertEqual(rule.endpoint.routing["auth"], "none")

    def test_health(self):
        answer = self.url_open("/finance/health")
        self.assertEqual((answer.status_code, answer.json()["status"]), (200, "ok"))


@tagged("post_install", "-at_install", "finance_connector")
class TestWebhookAtOnce(TestWebhook):
    """The same, where the first cursor of a request may write, as on every server without a replica to read from."""

    _registry_readonly_enabled = False

    def test_the_usual_call_needs_no_route_and_every_other_takes_it(self):
        with patch.object(WebhookController, "webhook", side_effect=AssertionError("the route was taken")) as route:
            self.assertEqual(self.post().status_code, 200)
            route.assert_not_called()
        with patch.object(door, "take", side_effect=door.Refused(401, "mismatch")) as take:
            self.assertEqual(self.post().status_code, 401)
            self.assertEqual(take.call_count, 2)
        self.assertEqual(len(self.messages()), 1)

    @mute_logger("odoo.http")
    def test_what_breaks_after_the_message_was_stored_takes_it_back(self):
        def acknowledge(_adapter):
            self.assertTrue(self.messages())
            raise RuntimeError("broken")

        with patch.object(StripeAdapter, "acknowledge", acknowledge):
            self.assertEqual(self.post().status_code, 500)
        self.assertFalse(self.messages())
        self.assertEqual(self.post().status_code, 200)
