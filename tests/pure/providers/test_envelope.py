"""What the inbox learns of a signed message, and what it refuses."""

import json

import pytest

from fc.core.errors import PayloadError
from fc.core.records import Request
from simulator import stripe_objects as stripe

from .told import STRIPE, T0, moment


def envelope(document):
    return STRIPE.envelope(Request(document if isinstance(document, bytes) else stripe.encode(document)))


@pytest.mark.parametrize(
    ("resource", "lane"),
    [
        (stripe.payment_intent("pi_1", 100), "pi_1"),
        (stripe.charge("ch_1", 100, intent="pi_1"), "pi_1"),
        (stripe.charge("ch_1", 100, intent={"id": "pi_1", "object": "payment_intent"}), "pi_1"),
        (stripe.charge("ch_1", 100), "ch_1"),
        (stripe.refund("re_1", 100, "ch_1", intent="pi_1"), "pi_1"),
        (stripe.refund("re_1", 100, "ch_1"), "ch_1"),
        (stripe.dispute("dp_1", 100, {"id": "ch_1"}), "ch_1"),
        (stripe.review("prv_1", "ch_1", intent="pi_1"), "pi_1"),
        (stripe.payout("po_1", 100), "po_1"),
        (stripe.checkout_session("cs_1", 100, intent="pi_1"), "pi_1"),
        ({"object": "balance"}, "evt_1"),
        ({"object": "charge", "id": "ch_1", "payment_intent": ["pi_1"]}, "ch_1"),
    ],
)
def test_lane(resource, lane):
    found = envelope(stripe.event("some.type", resource, T0, "evt_1"))
    assert (found.external_id, found.event_type, found.lane_key) == ("evt_1", "some.type", lane)
    assert (found.occurred_at, found.live) == (moment(T0), False)


def test_live_and_unsaid():
    event = stripe.event("a.b", stripe.payout("po_1", 1), T0, "evt_1")
    assert envelope({**event, "livemode": True}).live is True
    assert envelope({**event, "livemode": None}).live is None


def test_thin_events_have_an_envelope():
    found = envelope(stripe.thin_event("v1.billing.meter.error", "2026-03-01T10:00:00.000Z", "evt_2"))
    assert (found.external_id, found.lane_key, found.occurred_at.isoformat()) == (
        "evt_2",
        "evt_2",
        "2026-03-01T10:00:00+00:00",
    )
    assert envelope(stripe.thin_event("v1.x", None, "evt_2")).occurred_at is None


GOOD = stripe.event("a.b", stripe.payout("po_1", 1), T0, "evt_1")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"\xff\xff", "not JSON"),
        (b"{", "not JSON"),
        (b"id=evt_1&type=x", "not JSON"),
        (b'{"id": NaN}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"9" * 5000, "not"),
        (b"[]", "not an object"),
        (b"null", "not an object"),
        (b'"evt_1"', "not an object"),
        ({**GOOD, "id": None}, "no id"),
        ({**GOOD, "id": ""}, "no usable id"),
        ({**GOOD, "id": "evt 1"}, "no usable id"),
        ({**GOOD, "id": "evt\x001"}, "no usable id"),
        ({**GOOD, "id": "e" * 256}, "no usable id"),
        ({**GOOD, "id": 7}, "no usable id"),
        ({**GOOD, "type": None}, "no id or no type"),
        ({**GOOD, "data": None}, "data.object"),
        ({**GOOD, "data": {"object": "po_1"}}, "data.object"),
        ({**GOOD, "created": None}, "created"),
        ({**GOOD, "created": "yesterday"}, "created"),
        ({**GOOD, "created": True}, "created"),
        ({**GOOD, "created": 1.5}, "created"),
        ({**GOOD, "created": -1}, "impossible time"),
        ({**GOOD, "created": 10**30}, "impossible time"),
    ],
)
def test_signed_nonsense_is_refused(body, says):
    with pytest.raises(PayloadError, match=says):
        envelope(body)


@pytest.mark.parametrize("unstorable", ["\0", "a\0b", "\ud800"])
def test_the_text_of_a_refusal_can_be_stored(unstorable):
    for document in ({**GOOD, "object": unstorable, "id": 7}, {**GOOD, "id": unstorable}):
        with pytest.raises(PayloadError) as caught:
            envelope(json.dumps(document).encode())
        told = str(caught.value)
        assert "\0" not in told
        assert told.encode().decode() == told
