"""PayPal's dialect: webhooks signed by a certificate that they name, the rows of transaction search and of settlement reports.

The authority that issued the certificate is the simulator's own (`anchors`); a connection must be told to trust it.
"""
from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta, timezone
from functools import cached_property, lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from simulator.world.expected import Told
from simulator.world.outcome import outcome
from simulator.world.truth import Act, Payment, Payout

from . import paypal_rows
from .base import Dialect, Message
from .clocked_api import ClockedApi
from .stripe_lines import major
from .stripe_payments import compact

_HOST = "https://api.sandbox.paypal.com"
_CERTIFICATE = "/v1/notifications/certs/CERT-of-the-world"
_VALID = datetime(2020, 1, 1), datetime(2045, 1, 1)
_TOKEN = "A21AA-made-up"
_VERDICTS = {
    "inquiry_closed": "CANCELED_BY_BUYER", "dispute_won": "RESOLVED_SELLER_FAVOUR", "dispute_lost": "RESOLVED_BUYER_FAVOUR",
}  # fmt: skip


@lru_cache(maxsize=1)
def authority() -> tuple[rsa.RSAPrivateKey, bytes, bytes]:
    """The key that signs, the chain of its certificate, and the anchor; made once in a process."""
    root_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _number in range(2))
    root = _certificate("Authority of the simulated world", root_key, None, root_key)
    signer = _certificate("messageverificationcerts.sandbox.paypal.com", key, root, root_key)
    chain, anchor = (one.public_bytes(serialization.Encoding.PEM) for one in (signer, root))
    return key, chain, anchor


def _certificate(name: str, key, issuer, issuer_key) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(_VALID[0]).not_valid_after(_VALID[1])
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )  # fmt: skip


class PayPalDialect(Dialect):
    """Speaks of one merchant as PayPal does."""

    code = "paypal"
    secrets = ("1JE4291016473214C",)
    false_secret = "9ZZ9999999999999Z"
    api_key = "client id of the world:its secret"
    is_timed = True
    signature_header = "PAYPAL-TRANSMISSION-SIG"
    report_name = "STL-{}.CSV"
    needs_reports = True

    def api(self) -> PayPalApi:
        return PayPalApi(self)

    @property
    def anchors(self) -> bytes:
        """The certificate of the authority that a connection must trust."""
        return authority()[2]

    @cached_property
    def rows(self) -> list[paypal_rows.Row]:
        return paypal_rows.rows_of(self.merchant)

    # --- webhooks -------------------------------------------------------------------------------------------------

    def messages(self) -> Iterator[Message]:
        """Every event, in the order in which things happened."""
        for number, (payment, act) in enumerate(self.merchant.acts):
            kind, resource, told_elsewhere = self._event(payment, act)
            if kind:
                own, at = f"WH-{self.merchant.prefix.upper()}{number:06d}", _iso(act.at)
                document = {"id": own, "event_version": "1.0", "event_type": kind, "create_time": at, "resource": resource}
                yield Message(own, act.at, compact(document), told_elsewhere)

    def _event(self, payment: Payment, act: Act) -> tuple[str, dict, bool]:
        """(event type, resource, whether a row tells it too); no type for what is not told apart."""
        if act.kind in ("authorize", "void"):
            kind = "" if self._is_sale(payment) else f"PAYMENT.AUTHORIZATION.{'CREATED' if act.kind == 'authorize' else 'VOIDED'}"
            return kind, self._authorization(payment), False
        if act.kind == "fail":
            return "PAYMENT.CAPTURE.DECLINED", {**self._capture(payment, act), "status": "DECLINED"}, False
        if act.kind == "capture":
            return "PAYMENT.CAPTURE.COMPLETED", self._capture(payment, act), self._is_sale(payment)
        if act.kind == "refund":
            return "PAYMENT.CAPTURE.REFUNDED", self._refund(payment, act), True
        if act.kind == "refund_fail":
            return "PAYMENT.REFUND.FAILED", {**self._refund(payment, act), "status": "FAILED"}, True
        action = "RESOLVED" if act.kind in _VERDICTS else "CREATED" if act.number == 1 else "UPDATED"
        # The rows tell what a dispute moves, and never how it stands.
        return f"CUSTOMER.DISPUTE.{action}", self._dispute(payment, act, action), False

    def _is_sale(self, payment: Payment) -> bool:
        """Whether it is captured in the moment in which it is authorised: then it has no authorisation at PayPal."""
        at = [act.at for act in payment.acts if act.kind == "authorize"]
        return any(act.kind == "capture" and act.at in at for act in payment.acts)

    def _authorization(self, payment: Payment) -> dict:
        return {"id": self.payment_key(payment), "status": "CREATED", "amount": _amount(payment.amount, payment.currency),
                "create_time": _iso(payment.begun), "invoice_id": payment.reference}

    def _capture(self, payment: Payment, act: Act) -> dict:
        own = paypal_rows.capture_key(payment, act)
        told = {"id": own, "status": "COMPLETED", "amount": _amount(act.amount, payment.currency), "create_time": _iso(act.at),
                "invoice_id": payment.reference}
        fee = next((-row.fee for row in self.rows if row.id == own and row.fee), 0)
        if fee:
            told["seller_receivable_breakdown"] = {
                "gross_amount": told["amount"], "paypal_fee": _amount(fee, payment.currency)}
        if not self._is_sale(payment):
            last = [one for one in payment.acts if one.kind == "capture"][-1:]
            told |= {"final_capture": last == [act],
                     "supplementary_data": {"related_ids": {"authorization_id": self.payment_key(payment)}}}
        return told

    def _refund(self, payment: Payment, act: Act) -> dict:
        link = {"rel": "up", "method": "GET", "href": f"{_HOST}/v2/payments/captures/{paypal_rows.capture_key(payment)}"}
        return {"id": paypal_rows.refund_key(act), "status": "COMPLETED", "amount": _amount(act.amount, payment.currency),
                "create_time": _iso(act.at), "invoice_id": payment.reference, "links": [link]}

    def _dispute(self, payment: Payment, act: Act, status: str) -> dict:
        told = {
            "dispute_id": act.ref.replace("du_", "PP-D-").upper(), "status": "OPEN" if status != "RESOLVED" else status,
            "disputed_transactions": [{"seller_transaction_id": paypal_rows.capture_key(payment)}],
            "dispute_amount": _amount(act.amount, payment.currency), "reason": "UNAUTHORISED",
        }  # fmt: skip
        return {**told, "dispute_outcome": {"outcome_code": _VERDICTS[act.kind]}} if act.kind in _VERDICTS else told

    def signed(self, body: bytes, secret: str, at: int) -> tuple[bytes, dict[str, str]]:
        own, sent = f"{zlib.crc32(body):08x}-{at}", _iso(datetime.fromtimestamp(at, timezone.utc))
        content = f"{own}|{sent}|{secret}|{zlib.crc32(body) & 0xFFFFFFFF}".encode()
        signature = base64.b64encode(authority()[0].sign(content, padding.PKCS1v15(), hashes.SHA256())).decode()
        return body, {
            "Content-Type": "application/json", "PAYPAL-TRANSMISSION-ID": own, "PAYPAL-TRANSMISSION-TIME": sent,
            "PAYPAL-TRANSMISSION-SIG": signature, "PAYPAL-CERT-URL": f"{_HOST}{_CERTIFICATE}",
            "PAYPAL-AUTH-ALGO": "SHA256withRSA",
        }  # fmt: skip

    # --- reports --------------------------------------------------------------------------------------------------

    def reports(self) -> list[tuple[str, datetime]]:
        """A report of each day on which something moved, four hours after it."""
        days = sorted({row.at.date() for row in self.rows})
        return [(f"{day:%Y%m%d}", datetime.combine(day + timedelta(days=1), time(4), timezone.utc)) for day in days]

    def report_of(self, keys: tuple[str, ...]) -> bytes:
        return paypal_rows.report(self.rows, [datetime.strptime(key, "%Y%m%d").date() for key in keys])

    # --- under which names ----------------------------------------------------------------------------------------

    def payment_key(self, payment: Payment) -> str:
        """The authorisation's id; a capture has its own."""
        return payment.key.replace("pi_", "AUTH").upper()

    def payout_key(self, payout: Payout) -> str:
        return paypal_rows.payout_key(payout)

    def told_payments(self) -> list[Told]:
        """An authorisation, and each of its captures, are payments of their own. What follows a capture is of the last one."""
        return [told for payment in self.merchant.payments if payment.acts for told in self._told(payment)]

    def _told(self, payment: Payment) -> Iterator[Told]:
        captures = [act for act in payment.acts if act.kind in ("capture", "fail")]
        if not self._is_sale(payment) and any(act.kind == "authorize" for act in payment.acts):
            acts = [act for act in payment.acts if act.kind in ("authorize", "void")]
            # Its last capture ends it.
            ended = [Act(act.at, "void", 0, act.ref) for act in captures[-1:]]
            yield self._one(payment, self.payment_key(payment), acts + ended)
        for act in captures:
            begun = [Act(act.at, "authorize", act.amount, act.ref)] if act.kind == "capture" else []
            later = [one for one in payment.acts if one.at >= act.at and one.kind not in ("authorize", "capture", "void", "fail")]
            after = later if act is captures[-1] else []
            yield self._one(payment, paypal_rows.capture_key(payment, act), [*begun, act, *after])

    def _one(self, payment: Payment, key: str, acts: list[Act]) -> Told:
        alone = replace(payment, key=key, acts=acts)
        return Told(key, outcome(alone), payment.currency, payment.document)


class PayPalApi(ClockedApi):
    """A token, the rows of a period, and the certificate."""

    def is_known(self, headers: dict, path: str) -> bool:
        basic = base64.b64encode(self.dialect.api_key.encode()).decode()
        wanted = f"Basic {basic}" if path == "/v1/oauth2/token" else f"Bearer {_TOKEN}"
        return path == _CERTIFICATE or headers.get("authorization") == wanted

    def route(self, method: str, path: str, query: dict, body: dict) -> object:
        if path == _CERTIFICATE:
            return authority()[1]
        if (method, path) == ("POST", "/v1/oauth2/token"):
            return {"access_token": _TOKEN, "token_type": "Bearer"}
        if path != "/v1/reporting/transactions":
            raise LookupError(path)
        since, until = (datetime.fromisoformat(query[name].replace("Z", "+00:00")) for name in ("start_date", "end_date"))
        inside = [row for row in self.dialect.rows if since <= row.at <= min(until, self.listed)]
        page = int(query.get("page", 1))
        members = inside[(page - 1) * self.page : page * self.page]
        return {"transaction_details": [paypal_rows.found(row) for row in members], "page": page, "total_items": len(inside),
                "total_pages": -(-len(inside) // self.page)}


def _iso(at: datetime) -> str:
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _amount(minor: int, currency: str) -> dict:
    return {"value": major(minor, currency), "currency_code": currency}
