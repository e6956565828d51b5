"""Plaid's webhooks: only a fresh one, signed by Plaid's key over this very body, is genuine (INV-2)."""

import base64
import json
from datetime import timedelta

import pytest

from fc.core.errors import PayloadError, ProviderUnavailable
from fc.core.records import Request
from simulator.plaid_api import KEY, PlaidApi

from .asked import NOW, plaid

API = PlaidApi()
ADAPTER, CALL, _SETTINGS = plaid(API)


def request(code="SYNC_UPDATES_AVAILABLE", body=None, **values):
    told, headers = API.webhook(code, at=values.pop("at", NOW), **values)
    return Request(told if body is None else body, tuple(headers.items()))


def verdict(one, key=None):
    return ADAPTER.verify(one, API.jwk() if key is None else key, NOW)


def test_a_genuine_call():
    one = request()
    assert ADAPTER.key_id(one) == KEY
    assert verdict(one).ok
    assert (ADAPTER.news(one).event_type, ADAPTER.news(one).pull) == ("TRANSACTIONS.SYNC_UPDATES_AVAILABLE", True)


@pytest.mark.parametrize("code", ["ERROR", "PENDING_EXPIRATION", "PENDING_DISCONNECT", "LOGIN_REPAIRED",
                                  "USER_PERMISSION_REVOKED"])  # fmt: skip
def test_news_of_the_consent(code):
    told = ADAPTER.news(request(code, kind="ITEM"))
    assert (told.consent, told.pull) == (True, False)


def test_another_body_another_time_another_key():
    assert verdict(request(body=b'{"webhook_code": "ERROR"}')).reason == "mismatch"
    assert verdict(request(at=NOW - timedelta(seconds=301))).reason == "stale"
    assert verdict(request(at=NOW + timedelta(seconds=301))).reason == "future"
    assert verdict(request(), PlaidApi().jwk()).reason == "mismatch"
    assert verdict(request(), {**API.jwk(), "expired_at": 1}).reason == "no_secret"
    assert verdict(request(), {}).reason == "no_secret"
    assert verdict(request(kid="key-2"), API.jwk()).reason == "no_secret"


@pytest.mark.parametrize("alg", ["none", "HS256", "RS256"])
def test_no_other_algorithm_is_taken(alg):
    one = request(alg=alg)
    assert ADAPTER.key_id(one) is None
    assert verdict(one).reason == "malformed"


def test_tokens_that_are_none():
    assert verdict(Request(b"{}", ())).reason == "missing"
    assert verdict(Request(b"{}", (("Plaid-Verification", "x.y.z"),))).reason == "malformed"
    twice = request()
    assert verdict(Request(twice.body, twice.headers + twice.headers)).reason == "missing"


def test_claims_that_are_changed_do_not_hold():
    one = request()
    header, claims, signature = dict(one.headers)["Plaid-Verification"].split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    forged = base64.urlsafe_b64encode(json.dumps(said | {"iat": said["iat"] + 1}).encode()).rstrip(b"=").decode()
    assert verdict(Request(one.body, (("plaid-verification", f"{header}.{forged}.{signature}"),))).reason == "mismatch"


def test_the_key_comes_from_plaid_by_its_id():
    key = ADAPTER.fetch_key(CALL, KEY)
    assert verdict(request(), key).ok
    with pytest.raises(ProviderUnavailable):
        ADAPTER.fetch_key(CALL, "key-of-nobody")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 9999])
def test_a_signed_body_that_is_no_message_is_said(body):
    with pytest.raises(PayloadError):
        ADAPTER.news(Request(body))
