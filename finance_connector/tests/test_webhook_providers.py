"""What providers do that Stripe does not: several messages in one call, calls that only name something, other answers."""

import base64
import hashlib
import hmac
import json
import zlib
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from odoo.addons.finance_connector.core.errors import ProviderUnavailable
from odoo.addons.finance_connector.models import provider_call
from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import FinanceCase

KEY = "0A1B2C3D4E5F60718293A4B5C6D7E8F90A1B2C3D4E5F60718293A4B5C6D7E8F9"


@tagged("post_install", "-at_install", "finance_connector")
class TestWebhookProviders(FinanceCase, HttpCase):
    def connect(self, code, secret, api_key="api key of the tests"):
        provider = self.env["finance.provider"].create(
            {"name": code, "code": code, "company_id": self.company.id, "grace_minutes": 0, "environment": "live"}
        )
        provider.set_secret("webhook_secret", secret)
        if api_key:
            provider.set_secret("api_key", api_key)
        self.approve_connection(provider)
        provider.action_activate()
        return provider

    def post(self, provider, body, **headers):
        return self.url_open(f"/finance/webhook/{provider.webhook_token}", data=body, headers=headers)

    def messages(self, provider):
        return self.env["finance.message"].search([("provider_id", "=", provider.id)], order="id")

    def work(self, provider, answers):
        """Work the inbox while the provider's API gives ``answers``: (method, path) -> bytes or error."""

        def send(name, method, url, params, headers):
            answer = answers[method, url.partition("://")[2].partition("/")[2]]
            if isinstance(answer, Exception):
                raise answer
            return answer

        with patch.object(provider_call, "_send", send):
            for shard in range(2):
                while self.env["finance.inbox"]._process_batch(shard, 2):
                    pass

    def adyen(self, *items):
        listed = []
        for item in items:
            fields = {"originalReference": "", "merchantAccountCode": "Shop", "merchantReference": "S1", "success": "true"}
            fields |= item
            parts = [fields[name] for name in ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")]
            parts += [fields["amount"]["value"], fields["amount"]["currency"], fields["eventCode"], fields["success"]]
            digest = hmac.new(bytes.fromhex(KEY), ":".join(map(str, parts)).encode(), hashlib.sha256).digest()
            fields |= {"eventDate": "2026-03-02T10:00:00+01:00"}
            fields["additionalData"] = {"hmacSignature": base64.b64encode(digest).decode()}
            listed.append({"NotificationRequestItem": fields})
        return json.dumps({"live": "true", "notificationItems": listed}).encode()

    def test_items_of_one_call_are_messages_of_their_own(self):
        provider = self.connect("adyen", KEY)
        held = {"pspReference": "P1", "eventCode": "AUTHORISATION", "amount": {"value": 10000, "currency": "EUR"}}
        taken = {**held, "pspReference": "C1", "originalReference": "P1", "eventCode": "CAPTURE"}
        odd = {**held, "pspReference": "X1", "eventCode": "TELEPORTATION"}
        body = self.adyen(held, taken, odd)
        answers = [self.post(provider, body) for _copy in range(2)]
        self.assertEqual([(one.status_code, one.text) for one in answers], [(200, "[accepted]")] * 2)
        whole, *parts = self.messages(provider)
        self.assertEqual((whole._raw(), len(parts)), (body, 3))
        with mute_logger("odoo.addons.finance_connector.models.inbox"):
            self.work(provider, {})
        self.messages(provider).invalidate_recordset()
        self.assertEqual([one.state for one in self.messages(provider)], ["ignored", "done", "done", "dead"])
        payment = self.env["finance.transaction"].search([("provider_id", "=", provider.id)])
        self.assertEqual((payment.provider_reference, payment.state, payment.amount_captured), ("P1", "captured", 100))

    def test_a_call_that_only_names_a_payment_is_asked_for_and_asked_again(self):
        provider = self.connect("mollie", "classic:word")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answers = [self.post(provider, b"id=tr_1aaaa", **form) for _change in range(2)]
        self.assertEqual([one.status_code for one in answers], [200, 200])
        self.assertEqual(len(self.messages(provider)), 2, "equal hints tell of two changes")
        place = "GET", "v2/payments/tr_1aaaa"
        self.work(provider, {place: ProviderUnavailable("away", status=503)})
        self.assertEqual(set(self.messages(provider).mapped("state")), {"failed"})
        payment = {"resource": "payment", "id": "tr_1aaaa", "mode": "live", "status": "paid", "createdAt": "2026-03-02T10:00:00Z",
                   "paidAt": "2026-03-02T10:01:00Z", "amount": {"value": "100.00", "currency": "EUR"}}  # fmt: skip
        self.messages(provider).action_replay()
        self.work(provider, {place: json.dumps(payment).encode()})
        kept = self.messages(provider)
        self.assertEqual(kept.mapped("event_type"), ["hint", "hint", "fetched.payment"])
        self.assertEqual(set(kept.mapped("state")), {"done"})
        paid = self.env["finance.transaction"].search([("provider_id", "=", provider.id)])
        self.assertEqual((paid.provider_reference, paid.state, paid.amount_captured), ("tr_1aaaa", "captured", 100))

    def test_gocardless_hears_204_and_a_forgery_401(self):
        provider = self.connect("gocardless", "endpoint secret")
        body = b'{"events":[{"id":"EV1","created_at":"2026-03-02T10:00:00Z","resource_type":"mandates","action":"created",' \
            b'"links":{"mandate":"MD1"}}]}'  # fmt: skip
        digest = hmac.new(b"endpoint secret", body, hashlib.sha256).hexdigest()
        self.assertEqual(self.post(provider, body, **{"Webhook-Signature": digest}).status_code, 204)
        self.assertEqual(self.post(provider, body, **{"Webhook-Signature": "0" * 64}).status_code, 401)
        self.work(provider, {})
        kinds = self.env["finance.movement"].search([("provider_id", "=", provider.id)]).mapped("kind")
        self.assertEqual(kinds, ["mandate_create"])

    def test_a_certificate_that_cannot_be_had_now_makes_the_provider_send_again(self):
        provider = self.connect("paypal", "WEBHOOK-ID")
        headers = {
            "PAYPAL-TRANSMISSION-ID": "1", "PAYPAL-TRANSMISSION-TIME": "2026-03-02T10:00:00Z", "PAYPAL-TRANSMISSION-SIG": "AAAA",
            "PAYPAL-CERT-URL": "https://api.paypal.com/v1/notifications/certs/CERT-1", "PAYPAL-AUTH-ALGO": "SHA256withRSA",
        }  # fmt: skip
        with patch.object(provider_call, "_send", side_effect=ProviderUnavailable("away")):
            self.assertEqual(self.post(provider, b"{}", **headers).status_code, 503)
        with patch.object(provider_call, "_send", return_value=b"<html>Try again later</html>"):
            self.assertEqual(self.post(provider, b"{}", **headers).status_code, 503)
        forged = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        with patch.object(provider_call, "_send", return_value=forged):
            self.assertEqual(self.post(provider, b"{}", **headers).status_code, 401)
        with patch.object(provider_call, "_send") as send:
            headers["PAYPAL-CERT-URL"] = "https://evil.tld/v1/notifications/certs/CERT-1"
            self.assertEqual(self.post(provider, b"{}", **headers).status_code, 401)
            send.assert_not_called()

    def test_a_test_connection_trusts_an_authority_of_its_own_and_asks_its_stand_in_alone(self):
        provider = self.connect("paypal", "WEBHOOK-ID")
        with self.assertRaisesRegex(ValidationError, "public authorities alone"), self.env.cr.savepoint():
            provider.certificate_anchors = "-----BEGIN CERTIFICATE-----"
        provider.environment = "test"
        with self.assertRaisesRegex(ValidationError, "no certificates"), self.env.cr.savepoint():
            provider.certificate_anchors = "my own authority"
        key, anchor = self._authority()
        body, sent = b'{"id":"WH-1","event_type":"CHECKOUT.ORDER.APPROVED","create_time":"2026-03-02T10:00:00Z","resource":{}}', \
            datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")  # fmt: skip
        signature = key.sign(f"1|{sent}|WEBHOOK-ID|{zlib.crc32(body)}".encode(), padding.PKCS1v15(), hashes.SHA256())
        headers = {
            "PAYPAL-TRANSMISSION-ID": "1", "PAYPAL-TRANSMISSION-TIME": sent, "PAYPAL-AUTH-ALGO": "SHA256withRSA",
            "PAYPAL-TRANSMISSION-SIG": base64.b64encode(signature).decode(),
            "PAYPAL-CERT-URL": "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-own",
        }  # fmt: skip
        with patch.object(provider_call, "_send", return_value=anchor) as send:
            self.assertEqual(self.post(provider, body, **headers).status_code, 401, "nobody else trusts this authority")
            provider.write({"certificate_anchors": anchor.decode(), "api_base": "http://127.0.0.1:9/"})
            self.assertEqual(self.post(provider, body, **headers).status_code, 200)
        self.assertEqual(send.call_args.args[2], "http://127.0.0.1:9/v1/notifications/certs/CERT-own")

    def _authority(self):
        """(key, certificate in PEM) of an authority that signs its own calls, in the name of a host of PayPal's."""
        key, now = rsa.generate_private_key(public_exponent=65537, key_size=2048), datetime(2026, 1, 1)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "certs.paypal.com")])
        made = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
            .not_valid_before(now).not_valid_after(now + timedelta(days=9999))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
        )  # fmt: skip
        return key, made.public_bytes(serialization.Encoding.PEM)

    def test_a_report_that_lies_at_another_host_is_asked_for_at_the_stand_in(self):
        provider = self.connect("adyen", KEY)
        provider.write({"environment": "test", "api_base": "http://127.0.0.1:9"})
        with patch.object(provider_call, "_send", return_value=b"Type") as send:
            provider._caller("report")("GET", "https://ca-test.adyen.com/reports/download/MerchantAccount/Shop/a.csv", {})
        self.assertEqual(send.call_args.args[2], "http://127.0.0.1:9/reports/download/MerchantAccount/Shop/a.csv")

    def test_what_only_names_things_needs_an_api_key(self):
        with self.assertRaisesRegex(UserError, "API key"):
            self.connect("mollie", "secret", api_key="")

    def test_the_screen_asks_for_what_the_adapter_needs_and_says_what_is_not_verified(self):
        files = self.env["finance.provider"].create({"name": "Files", "code": "generic", "company_id": self.company.id})
        self.assertFalse({"API key", "Webhook signing secret"} & {item["label"] for item in files.checklist})
        files.action_activate()
        mollie = self.env["finance.provider"].create({"name": "M", "code": "mollie", "company_id": self.company.id})
        states = {item["label"]: item["state"] for item in mollie.checklist}
        self.assertEqual((states["API key"], states["Webhook signing secret"]), ("missing", "missing"))
        self.assertIn("A classic call is not signed", mollie.unverified)
        self.assertFalse(self.provider.unverified)
