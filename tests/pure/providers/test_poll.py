"""Missed events: order, pages, a cursor that can be committed after every page, gaps (INV-12, INV-13)."""

import json
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from fc.core.errors import PayloadError, ProviderUnavailable
from fc.providers.stripe import client
from fc.providers.stripe.listing import read_list
from simulator import stripe_objects as stripe
from simulator.stripe_api import StripeApi

from .told import STRIPE, T0, moment

DAY = 86400


def events(count, start=T0, step=60):
    return [stripe.event("payout.paid", stripe.payout(f"po_{n}", 1), start + n * step, f"evt_{n:05}") for n in range(count)]


def poll(api, cursor=None, now=None):
    api.now = now or api.now
    return list(STRIPE.poll(api.call, cursor, moment(api.now)))


def ids(pages):
    return [json.loads(request.body)["id"] for page in pages for request in page.requests]


def test_oldest_first_over_all_pages():
    api = StripeApi(events(250), now=T0 + DAY)
    pages = poll(api, {"created": T0})
    assert ids(pages) == [f"evt_{n:05}" for n in range(250)]
    assert [len(page.requests) for page in pages] == [100, 100, 50]
    assert [page.cursor["created"] for page in pages] == [T0 + n * 60 for n in (99, 199, 249)]
    assert ["checked" in page.cursor for page in pages] == [False, False, True]
    assert json.loads(json.dumps(pages[-1].cursor)) == {
        "created": T0 + 249 * 60,
        "id": "evt_00249",
        "checked": T0 + DAY,
    }
    assert pages[-1].covered[1] == moment(T0 + DAY)


def test_a_polled_event_is_read_like_a_delivered_one():
    api = StripeApi(events(1), now=T0 + 60)
    (request,) = poll(api, {"created": T0})[0].requests
    assert STRIPE.envelope(request).external_id == "evt_00000"
    assert STRIPE.parse(request).movements


def test_every_cursor_is_safe_to_stop_at():
    api = StripeApi(events(250, step=7), now=T0 + DAY)
    whole = set(ids(poll(api, {"created": T0})))
    for stop in (1, 2, 3):
        done = poll(api, {"created": T0})[:stop]
        rest = poll(api, done[-1].cursor)
        assert set(ids(done)) | set(ids(rest)) == whole


def test_what_becomes_visible_late_is_still_found():
    api = StripeApi(events(3), now=T0 + 300)
    cursor = poll(api, {"created": T0})[-1].cursor
    api.events.append(stripe.event("payout.paid", stripe.payout("po_x", 1), T0 + 100, "evt_late"))
    assert "evt_late" in ids(poll(api, cursor, now=T0 + 600))


def test_events_of_one_second_are_not_lost_between_pages():
    api = StripeApi(events(150, step=0), now=T0 + 60)
    first, second = poll(api, {"created": T0})
    assert ids([first, second]) == [f"evt_{n:05}" for n in range(150)]
    assert len(set(ids([first])) | set(ids(poll(api, first.cursor)))) == 150


def test_nothing_new_is_said_too():
    api = StripeApi(now=T0)
    (page,) = poll(api)
    assert (page.requests, page.cursor, page.gap) == ((), {"checked": T0}, None)
    (page,) = poll(api, page.cursor, now=T0 + 20 * DAY)
    assert (page.requests, page.gap) == ((), None)
    assert page.cursor == {"checked": T0 + 20 * DAY}


def test_the_first_poll_asks_for_all_that_stripe_keeps():
    api = StripeApi(events(3, start=T0 - 29 * DAY, step=14 * DAY), now=T0)
    assert len(ids(poll(api))) == 3


def test_what_becomes_visible_hours_after_a_poll_that_saw_nothing_newer_is_found():
    """In an account that is silent, the newest event seen may be days old; all behind it is asked for again, in one call."""
    seen = ({"created": T0 - 5 * DAY, "checked": T0 - 3600}, {"checked": T0 - 3600}, {"created": T0 - 400 * DAY, "checked": T0})
    for cursor in seen:
        api = StripeApi(events(1, start=T0 - 5 * DAY), now=T0)
        assert ids(poll(api, cursor)) == ["evt_00000"]
        assert len(api.calls) == 1


def test_a_gap_is_said_once():
    api = StripeApi(events(3), now=T0 + 45 * DAY)
    pages = poll(api, {"created": T0, "checked": T0 + 60})
    since, until = pages[0].gap
    assert since == moment(T0)
    assert until == moment(api.now) - client.KEPT
    assert all(page.gap is None for page in pages[1:])
    assert poll(api, pages[-1].cursor)[0].gap is None
    assert poll(api, {"created": T0 + 16 * DAY})[0].gap is None


def test_a_quiet_absence_is_one_call_and_a_busy_one_is_cut_into_stretches(monkeypatch):
    api = StripeApi(events(50, step=7200), now=T0 + 8 * DAY)
    poll(api, {"created": T0})
    assert len(api.calls) == 1
    monkeypatch.setattr(client, "MAX_PAGES", 2)
    api = StripeApi(events(500, step=1200), now=T0 + 8 * DAY)
    pages = poll(api, {"created": T0})
    assert ids(pages) == [f"evt_{n:05}" for n in range(500)]
    assert all(one.covered[1] <= other.covered[1] for one, other in pairwise(pages))
    assert all(one.covered[0] <= one.covered[1] for one in pages)


@pytest.mark.parametrize("start", [T0, T0 + 8 * DAY - 1800])
def test_busy_stretches_are_halved_so_that_memory_stays_bounded(monkeypatch, start):
    monkeypatch.setattr(client, "MAX_PAGES", 2)
    api = StripeApi(events(1200, start=start, step=1), now=T0 + 8 * DAY)
    pages = poll(api, {"created": T0})
    assert ids(pages) == [f"evt_{n:05}" for n in range(1200)]
    assert pages[-1].cursor["checked"] == api.now
    read = Counter((p["created[gte]"], p["created[lt]"]) for _path, p in api.calls if "created[lt]" in p)
    assert read
    assert max(read.values(), default=0) <= 2


def test_more_events_in_one_second_than_a_stretch_may_have(monkeypatch):
    monkeypatch.setattr(client, "MAX_PAGES", 2)
    api = StripeApi(events(500, step=0), now=T0 + 8 * DAY)
    assert len(set(ids(poll(api, {"created": T0})))) == 500


def test_events_that_arrive_while_paging_shift_nothing():
    api = StripeApi(events(250), now=T0 + DAY)

    def call(method, path, params):
        answer = api.call(method, path, params)
        number = len(api.events)
        api.events.append(stripe.event("payout.paid", stripe.payout("po_n", 1), T0 + DAY, f"evt_{number:05}"))
        return answer

    found = [json.loads(r.body)["id"] for p in STRIPE.poll(call, {"created": T0}, moment(T0 + DAY)) for r in p.requests]
    assert found == [f"evt_{n:05}" for n in range(250)]


def test_a_call_that_fails_goes_through():
    def call(method, path, params):
        raise ProviderUnavailable("down")

    with pytest.raises(ProviderUnavailable):
        list(STRIPE.poll(call, None, moment(T0)))


def test_pages_that_never_end_are_refused():
    answer = b'{"data": [], "has_more": true}'
    with pytest.raises(PayloadError, match="sent none"):
        list(STRIPE.poll(lambda *_call: answer, None, moment(T0)))
    with pytest.raises(PayloadError, match="sent none"):
        STRIPE.fetch_settlement(lambda *_call: answer, "po_1")


def test_events_keep_the_bytes_that_stripe_sent():
    body = '{"id": "evt_1",\n "created": 5, "rate": 1.10, "name": "Grüße }],"}'
    items, more = read_list(f'{{"has_more" : false , "url": null, "data" :[ {body} , {body}\n]\n}}'.encode())
    assert [item.body.decode() for item in items] == [body, body]
    assert (items[0].id, items[0].created, more) == ("evt_1", 5, False)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"{}", b"\xff", b'{"data": []}', b'{"data": [], "has_more": 1}', b'{"data" [',
     b'{"data": 7, "has_more": false}', b'{"data": [7], "has_more": false}', b"[" * 9999, b'{7: 1}',
     b'{{}: 1}', b'{[]: 1}', b'{null: 1}',
     b'{"data": [{"id": "e"}], "has_more": false}', b'{"data": [{"id": "e", "created": 1}',
     b'{"data": [,], "has_more": false}'],
)  # fmt: skip
def test_an_answer_that_is_no_list(content):
    with pytest.raises(PayloadError):
        read_list(content)


def test_limits_have_the_values_that_stripe_gives():
    assert client.PAGE_SIZE == 100
    assert timedelta(days=30) > client.KEPT
