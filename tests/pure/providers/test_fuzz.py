"""Whatever is signed, the adapter answers with a result or a typed error that says why."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fc.core.errors import FinanceError, PayloadError
from fc.core.records import Envelope, Parsed, Request, Verdict
from fc.providers.stripe.listing import read_list
from simulator import stripe_objects as stripe

from . import lines
from .test_report import GOLDEN
from .told import STRIPE, T0, moment

ERROR = {"charge": "ch_1"}
TAKEN = stripe.dispute_transactions("dp_1", 100, turns=3)
EVENTS = [
    ("charge.captured", stripe.charge("ch_1", 100, intent="pi_1")),
    ("charge.failed", stripe.charge("ch_1", 100, status="failed")),
    ("charge.refunded", stripe.charge("ch_1", 100, refunds={"data": [stripe.refund("re_1", 1, "ch_1")]})),
    ("payment_intent.succeeded", stripe.payment_intent("pi_1", 100, charge_id="ch_1")),
    ("payment_intent.canceled", stripe.payment_intent("pi_1", 100, status="canceled", charge_id="ch_1")),
    ("payment_intent.payment_failed", stripe.payment_intent("pi_1", 1, last_payment_error=ERROR)),
    ("checkout.session.expired", stripe.checkout_session("cs_1", 100, intent="pi_1")),
    ("refund.failed", stripe.refund("re_1", 100, "ch_1", status="failed")),
    ("charge.dispute.closed", stripe.dispute("dp_1", 100, "ch_1", status="lost", balance_transactions=TAKEN)),
    ("payout.failed", stripe.payout("po_1", 100, status="failed")),
    ("review.closed", stripe.review("prv_1", "ch_1", closed="approved")),
    ("radar.early_fraud_warning.updated", stripe.early_fraud_warning("issfr_1", "ch_1")),
]  # fmt: skip

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8),
    st.sampled_from(["succeeded", "canceled", "pending", "paid", "lost", "won", "eur", "jpy", "isk", "ch_1"]),
    st.sampled_from([-1, 0, 10**40]),
)  # fmt: skip
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "data", "type"]), inner),
    max_leaves=5,
)


def places(document, path=()):
    """Every place in ``document``, as the keys that lead there."""
    members = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in members:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, key))


def changed(document, path, value):
    document = copy.deepcopy(document)
    target = document
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return document


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_changed_event_is_read_or_refused(data):
    event_type, resource = data.draw(st.sampled_from(EVENTS))
    event = stripe.event(event_type, resource, T0, "evt_1")
    for _change in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(sorted(places(event), key=str)))
        event = changed(event, path, data.draw(json_values))
    request = Request(_encode(event))
    try:
        assert isinstance(STRIPE.envelope(request), Envelope)
    except PayloadError:
        with pytest.raises(PayloadError):
            STRIPE.parse(request)
        return
    try:
        assert isinstance(STRIPE.parse(request), Parsed)
    except FinanceError as error:
        str(error).encode()


def _encode(document):
    import json

    return json.dumps(document).encode()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_changed_lines_are_read_or_refused(data):
    document = {"object": "list", "data": lines.listed("po_A"), "has_more": False}
    path = data.draw(st.sampled_from(sorted(places(document), key=str)))
    document = changed(document, path, data.draw(json_values))
    try:
        assert isinstance(STRIPE.parse_settlement(_encode(document), "po_A"), Parsed)
    except FinanceError as error:
        str(error).encode()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_any_bytes(content):
    request = Request(content)
    for read in (
        lambda: STRIPE.envelope(request),
        lambda: STRIPE.parse(request),
        lambda: STRIPE.parse_settlement(content, "po_1"),
        lambda: STRIPE.parse_report(content, "x.csv"),
        lambda: read_list(content),
    ):
        try:
            read()
        except PayloadError as error:
            str(error).encode()
    assert STRIPE.detect_report(content) in (True, False)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOLDEN) - 1), st.integers(0, 255))
def test_a_changed_byte_of_a_report(position, byte):
    content = GOLDEN[:position] + bytes([byte]) + GOLDEN[position + 1 :]
    try:
        assert isinstance(STRIPE.parse_report(content), Parsed)
    except FinanceError as error:
        str(error).encode()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.binary(max_size=30), st.lists(st.sampled_from(["whsec_1", "", " "]), max_size=2))
def test_any_header(header, body, secrets):
    request = Request(body, (("Stripe-Signature", header),))
    verdict = STRIPE.verify(request, secrets, moment(T0))
    assert isinstance(verdict, Verdict)
    assert not verdict.ok
    assert verdict.reason in ("missing", "malformed", "mismatch", "stale", "future", "no_secret")
