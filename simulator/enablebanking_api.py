"""A stand-in for Enable Banking: sessions that expire, accounts with entries by day, pages, windows and the calls of a day.

It keeps the documented rules: a token signed by the application's key, errors as {"error": code, "message": text}, four calls a
day and account without the owner (a call with `Psu-Ip-Address` is the owner's), pages continued by a key.
"""

import base64
import json
from datetime import date, datetime, timedelta, timezone

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

APPLICATION = "11111111-2222-3333-4444-555555555555"
SESSION = "sess-1"


def entry(on, amount, words, reference=None, status="BOOK", currency="EUR", name="Ada Customer", iban="DE75512108001245126199",
          balance=None, **more):  # fmt: skip
    """A transaction as the API tells it; ``amount`` is a signed text."""
    went_out = amount.startswith("-")
    side = "creditor" if went_out else "debtor"
    told = {
        "transaction_amount": {"amount": amount.lstrip("-"), "currency": currency},
        "credit_debit_indicator": "DBIT" if went_out else "CRDT",
        "status": status,
        "entry_reference": reference,
        "booking_date": str(on) if on else None,
        "value_date": str(on) if on else None,
        side: {"name": name},
        f"{side}_account": {"iban": iban},
        "remittance_information": [words],
        "bank_transaction_code": {"code": "PMNT", "sub_code": "RCDT", "description": None},
    }
    if balance is not None:
        told["balance_after_transaction"] = {"amount": balance, "currency": currency}
    return told | more


class EnableBankingApi:
    """``entries``: account uid -> transactions in the order in which they are listed; they may change at any time.
    ``window_days``: how far back the bank gives; ``calls_a_day``: None for no limit; ``page``: entries a page."""

    def __init__(self, iban, currency="EUR", today=None, uid="uid-1", key="hash-1"):
        self.iban, self.currency, self.uid, self.key = iban, currency, uid, key
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.entries = {uid: []}
        self.page, self.window_days, self.calls_a_day = 100, 730, 4
        self.today = today or date.today()
        self.sessions = {SESSION: "AUTHORIZED"}
        self.valid_until = datetime.now(timezone.utc) + timedelta(days=180)
        self.unattended = 0

    @property
    def private_pem(self):
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def answer(self, method, path, query, body, headers):
        """(status, JSON-able); see `feed_server`."""
        if not self._signed(headers.get("authorization", "")):
            return _error(401, "UNAUTHORIZED_ACCESS")
        parts = path.strip("/").split("/")
        if (method, path) == ("POST", "/auth"):
            self.state = body["state"]
            return 200, {"url": "https://bank.example/allow", "authorization_id": "auth-1", "psu_id_hash": "h"}
        if (method, path) == ("POST", "/sessions"):
            return self._open(body)
        if method == "GET" and parts[0] == "sessions":
            status = self.sessions.get(parts[1])
            told = {"status": status, "accounts": [self.uid], "access": self._access()}
            return (200, told) if status else _error(404, "SESSION_DOES_NOT_EXIST")
        if method == "GET" and parts[0] == "accounts" and parts[2:] == ["transactions"]:
            return self._transactions(parts[1], query, headers)
        return _error(404, "NOT_FOUND")

    def _open(self, body):
        if body.get("code") != "good-code":
            return _error(422, "WRONG_AUTHORIZATION_CODE")
        name = f"sess-{len(self.sessions) + 1}"
        self.sessions[name] = "AUTHORIZED"
        account = {
            "uid": self.uid, "identification_hash": self.key, "currency": self.currency, "cash_account_type": "CACC",
            "account_id": {"iban": self.iban}, "name": "Main account",
        }  # fmt: skip
        return 200, {"session_id": name, "accounts": [account], "access": self._access()}

    def _transactions(self, uid, query, headers):
        usable = [name for name, status in self.sessions.items() if status == "AUTHORIZED"]
        if not usable:
            return _error(401, "EXPIRED_SESSION")
        if uid not in self.entries:
            return _error(404, "ACCOUNT_DOES_NOT_EXIST")
        first, last = (date.fromisoformat(query[name]) for name in ("date_from", "date_to"))
        start = int(query.get("continuation_key", "page-0").removeprefix("page-"))
        if not start and "psu-ip-address" not in headers:
            self.unattended += 1
            if self.calls_a_day is not None and self.unattended > self.calls_a_day:
                return _error(429, "ASPSP_RATE_LIMIT_EXCEEDED")
        if first < self.today - timedelta(days=self.window_days):
            return _error(422, "WRONG_TRANSACTIONS_PERIOD")
        found = [one for one in self.entries[uid] if _within(one, first, last)]
        more = start + self.page < len(found)
        key = f"page-{start + self.page}" if more else None
        return 200, {"transactions": found[start : start + self.page], "continuation_key": key}

    def _access(self):
        return {"valid_until": self.valid_until.isoformat()}

    def _signed(self, authorization):
        try:
            header, claims, signature = authorization.removeprefix("Bearer ").split(".")
            told, said = (json.loads(_decode(part)) for part in (header, claims))
            self.private.public_key().verify(
                _decode(signature), f"{header}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except (ValueError, InvalidSignature):
            return False
        life = said["exp"] - said["iat"]
        return (
            told == {"typ": "JWT", "alg": "RS256", "kid": APPLICATION}
            and (said["iss"], said["aud"]) == ("enablebanking.com", "api.enablebanking.com")
            and 0 < life <= 86400
        )


def _within(told, first, last):
    return not told["booking_date"] or str(first) <= told["booking_date"] <= str(last)


def _error(status, code):
    return status, {"code": status, "error": code, "message": code.replace("_", " ").lower()}


def _decode(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
