"""A stand-in for Plaid: one connection (Item) with an account, its changes behind a cursor, and signed webhooks.

It keeps the documented rules: credentials in the body, errors as {"error_type", "error_code"}, at most 500 changes a page, a
refusal of the next page when something changed while pages were read, positive amounts for money that went out.
"""

import base64
import hashlib
import json
from datetime import datetime, timedelta, timezone

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

CLIENT, SECRET, TOKEN = "client-1", "plaid-secret", "access-sandbox-1"
ACCOUNT, ITEM, KEY = "acc-1", "item-1", "key-1"


def transaction(own_id, on, amount, name, pending=False, was=None, currency="USD", **more):
    """A transaction as the API tells it; ``amount`` is a number, positive for money that went out."""
    return {
        "transaction_id": own_id, "account_id": ACCOUNT, "amount": amount, "iso_currency_code": currency,
        "unofficial_currency_code": None, "date": str(on), "name": name, "merchant_name": None, "pending": pending,
        "pending_transaction_id": was, "payment_meta": {}, "original_description": name, "transaction_code": None,
    } | more  # fmt: skip


class PlaidApi:
    """``changes``: (kind, what) in order, kind being `added`, `modified` or `removed`; it may grow at any time."""

    def __init__(self, currency="USD", consent_days=90):
        self.currency = currency
        self.changes = []
        self.page = 500
        self.status = "HISTORICAL_UPDATE_COMPLETE"
        self.item_error = None
        self.updated = datetime.now(timezone.utc)
        self.consent_until = datetime.now(timezone.utc) + timedelta(days=consent_days)
        self.mutate_at = []
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.keys_asked = []
        self.owner_finished = True

    def add(self, *told):
        self.changes += [("added", one) for one in told]

    def modify(self, *told):
        self.changes += [("modified", one) for one in told]

    def remove(self, *ids):
        self.changes += [("removed", {"transaction_id": one, "account_id": ACCOUNT}) for one in ids]

    def answer(self, _method, path, _query, body, _headers):
        """(status, JSON-able); see `feed_server`."""
        if (body.get("client_id"), body.get("secret")) != (CLIENT, SECRET):
            return _error("INVALID_INPUT", "INVALID_API_KEYS")
        if "access_token" in body and body["access_token"] != TOKEN:
            return _error("INVALID_INPUT", "INVALID_ACCESS_TOKEN")
        answers = {
            "/transactions/sync": self._sync,
            "/item/get": self._item,
            "/accounts/get": self._accounts,
            "/link/token/create": self._link,
            "/link/token/get": self._linked,
            "/item/public_token/exchange": lambda _body: (200, {"access_token": TOKEN, "item_id": ITEM}),
            "/webhook_verification_key/get": self._key,
        }
        return answers[path](body) if path in answers else _error("INVALID_REQUEST", "NOT_FOUND", 404)

    def _sync(self, body):
        start = int(body.get("cursor") or 0)
        if self.mutate_at and start == self.mutate_at[0]:
            self.mutate_at.pop(0)
            return _error("TRANSACTIONS_ERROR", "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION")
        size = min(int(body.get("count", 100)), self.page)
        page = self.changes[start : start + size]
        told = {kind: [what for one, what in page if one == kind] for kind in ("added", "modified", "removed")}
        reached = start + len(page)
        return 200, told | {
            "accounts": [self._account()], "next_cursor": str(reached), "has_more": reached < len(self.changes),
            "transactions_update_status": self.status, "request_id": "r",
        }  # fmt: skip

    def _item(self, _body):
        error = self.item_error and {"error_type": "ITEM_ERROR", "error_code": self.item_error}
        updated = self.updated and self.updated.isoformat()
        return 200, {
            "item": {"item_id": ITEM, "error": error, "consent_expiration_time": self.consent_until.isoformat()},
            "status": {"transactions": {"last_successful_update": updated, "last_failed_update": None}},
        }

    def _accounts(self, body):
        if self.item_error:
            return _error("ITEM_ERROR", self.item_error)
        return 200, {"accounts": [self._account()], "item": self._item(body)[1]["item"]}

    def _account(self):
        balances = {"current": 100, "available": 90, "iso_currency_code": self.currency, "unofficial_currency_code": None}
        return {"account_id": ACCOUNT, "name": "Checking", "mask": "0000", "balances": balances, "type": "depository"}

    def _link(self, body):
        self.asked_link = body
        return 200, {"link_token": "link-1", "hosted_link_url": "https://secure.plaid.example/hl/1", "expiration": "x"}

    def _linked(self, _body):
        added = [{"public_token": "public-1"}] if self.owner_finished else []
        return 200, {"link_token": "link-1", "link_sessions": [{"results": {"item_add_results": added}}]}

    def _key(self, body):
        self.keys_asked.append(body["key_id"])
        if body["key_id"] != KEY:
            return _error("INVALID_INPUT", "INVALID_WEBHOOK_VERIFICATION_KEY_ID")
        return 200, {"key": self.jwk()}

    def jwk(self):
        """The public key under which webhooks are signed."""
        numbers = self.key.public_key().public_numbers()
        x, y = (_encode(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
        return {"alg": "ES256", "crv": "P-256", "kid": KEY, "kty": "EC", "use": "sig", "x": x, "y": y, "expired_at": None}

    def webhook(self, code, kind="TRANSACTIONS", at=None, alg="ES256", kid=KEY):
        """(body, headers) of a signed webhook."""
        body = json.dumps({"webhook_type": kind, "webhook_code": code, "item_id": ITEM, "environment": "sandbox"}).encode()
        issued = int((at or datetime.now(timezone.utc)).timestamp())
        header = {"alg": alg, "kid": kid, "typ": "JWT"}
        claims = {"iat": issued, "request_body_sha256": hashlib.sha256(body).hexdigest()}
        signed = ".".join(_encode(json.dumps(part).encode()) for part in (header, claims))
        r, s = decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        token = f"{signed}.{_encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
        return body, {"Plaid-Verification": token, "Content-Type": "application/json"}


def _error(kind, code, status=400):
    return status, {"error_type": kind, "error_code": code, "error_message": code.lower(), "display_message": None}


def _encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
