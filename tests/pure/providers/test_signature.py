"""Who may speak: signatures, rotation, and the time on both sides of now (INV-2)."""

import json
from datetime import datetime, timezone

import pytest

from fc.core.records import Request, Verdict
from simulator.stripe_objects import sign

from .told import STRIPE, T0, corpus, moment

SECRET = "whsec_of_the_tests"
BODY = '{"id": "evt_1", "text": "Grüße"}'.encode()


def call(header, body=BODY, name="Stripe-Signature"):
    headers = [(name, value) for value in ([header] if isinstance(header, str) else header)]
    return Request(body, (("Content-Type", "application/json"), *headers))


def verdict(header, secrets=(SECRET,), now=T0, body=BODY):
    return STRIPE.verify(call(header, body), list(secrets), moment(now))


def test_the_vector_of_the_official_library():
    body = b"""{
  "id": "evt_test_webhook",
  "object": "event",
  "data": { "object": { "id": "rdr_123", "object": "terminal.reader" } }
}"""
    header = "t=1700000000,v1=3bfab77baf5f7b6991a46c9b53b6547d7afc56148b10468fcad9f35c1992ffbd"
    request = call(header, body)
    assert STRIPE.verify(request, ["whsec_test_secret"], moment(1_700_000_000)) == Verdict(True, "", 0)
    assert STRIPE.verify(request, ["whsec_test_secret"], 1_700_000_000).ok
    assert STRIPE.verify(request, ["whsec_test_secret"], datetime(2023, 11, 14, 22, 13, 20)).ok


def test_the_vectors_of_the_corpus():
    vectors = [v for v in json.loads(corpus("webhook-vectors.json").read_text()) if v["provider"] == "stripe"]
    assert vectors
    for vector in vectors:
        header = vector["headers"]["Stripe-Signature"]
        now = int(header.partition("t=")[2].partition(",")[0])
        request = Request(vector["body"].encode(), tuple(vector["headers"].items()))
        assert STRIPE.verify(request, [vector["secret"]], moment(now)).ok
        assert not STRIPE.verify(Request(request.body + b" ", request.headers), [vector["secret"]], moment(now)).ok


def test_the_right_secret_is_named_during_rotation():
    header = sign(BODY, SECRET, T0)
    assert verdict(header, ["whsec_new", SECRET]) == Verdict(True, "", 1)
    assert verdict(header, [SECRET, "whsec_new"]) == Verdict(True, "", 0)
    assert verdict(header, ["", "  ", SECRET]) == Verdict(True, "", 2)
    assert verdict(header, ["whsec_new"]) == Verdict(False, "mismatch")


def test_one_of_two_v1_is_enough():
    assert verdict(sign(BODY, "whsec_old", T0, SECRET)).ok
    assert verdict(sign(BODY, SECRET, T0, "whsec_old")).ok


@pytest.mark.parametrize(
    ("age", "reason"),
    [
        (0, ""),
        (300, ""),
        (301, "stale"),
        (10**7, "stale"),
        (-300, ""),
        (-301, "future"),
        (-(10**9), "future"),
    ],
)
def test_time_counts_on_both_sides(age, reason):
    result = verdict(sign(BODY, SECRET, T0 - age))
    assert (result.ok, result.reason) == (not reason, reason)


def test_milliseconds_are_the_future():
    assert verdict(sign(BODY, SECRET, T0 * 1000)).reason == "malformed"
    assert verdict(sign(BODY, SECRET, T0 * 100)).reason == "future"


@pytest.mark.parametrize("secrets", [[], None, [""], ["   "]])
def test_no_secret_means_refused(secrets):
    assert STRIPE.verify(call(sign(BODY, "", T0)), secrets, moment(T0)) == Verdict(False, "no_secret")


def test_a_missing_header():
    assert STRIPE.verify(Request(BODY), [SECRET], moment(T0)) == Verdict(False, "missing")
    assert verdict("") == Verdict(False, "missing")


def test_header_names_have_no_case():
    assert STRIPE.verify(call(sign(BODY, SECRET, T0), name="STRIPE-SIGNATURE"), [SECRET], moment(T0)).ok


GOOD = sign(BODY, SECRET, T0).partition("v1=")[2]


@pytest.mark.parametrize(
    "header",
    [
        "nonsense",
        "t=,v1=",
        f"v1={GOOD}",
        f"t={T0}",
        f"t={T0},v0={GOOD}",
        f"t={T0},v1={GOOD[:-1]}",
        f"t={T0},v1={GOOD.upper()}x",
        f"t={T0}.0,v1={GOOD}",
        f"t=+{T0},v1={GOOD}",
        f"t=-{T0},v1={GOOD}",
        f"t=１{str(T0)[1:]},v1={GOOD}",
        f"t={T0},t={T0 + 1},v1={GOOD}",
        f"t={T0},v1=ÿé{GOOD[2:]}",
        "t=\x00,v1=\udcff",
        [f"t={T0},v1={GOOD}", f"t={T0},v1={GOOD}"],
    ],
)
def test_malformed_headers(header):
    assert verdict(header) == Verdict(False, "malformed")


@pytest.mark.parametrize("body", [BODY + b"\n", BODY.replace(b'": "', b'":"'), b"\xef\xbb\xbf" + BODY, b""])
def test_any_change_of_the_body_counts(body):
    assert verdict(sign(BODY, SECRET, T0), body=body) == Verdict(False, "mismatch")


def test_a_body_that_is_not_text():
    body = b"\xff\xfe\x00{"
    assert verdict(sign(body, SECRET, T0), body=body) == Verdict(False, "malformed")


def test_the_clock_of_the_machine_does_not_count():
    old = int(datetime(2001, 1, 1, tzinfo=timezone.utc).timestamp())
    assert verdict(sign(BODY, SECRET, old), now=old).ok
