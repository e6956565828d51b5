"""Which calls are made to Stripe's API, and in what order their answers are handed on: missed events, lines
of a payout.

The calls themselves are made by the ``call`` that is given (`providers.base`); all are reads. Sources: List
all events (newest first, kept 30 days, at most 100 a page), List balance transactions.
"""

from datetime import datetime, timedelta, timezone

from ...core.errors import PayloadError
from ...core.records import Request
from .. import documents
from ..base import Page
from .listing import read_list

API_BASE = "https://api.stripe.com"
PAGE_SIZE = 100
# Stripe lists events for 30 days; an hour less, so that the oldest do not vanish while they are read.
KEPT = timedelta(days=30) - timedelta(hours=1)
# Events are asked for again from this much before the newest one seen: they may become visible out of order.
OVERLAP = timedelta(minutes=10)
# How far our clock may be from Stripe's without an event being missed (webhooks allow it five minutes).
CLOCK_DOUBT = timedelta(hours=1)
# How much is read into memory at once. A stretch of time that has more is halved.
MAX_PAGES = 50
_SHORTEST = timedelta(seconds=1)


def events_page(since, until=None, after=None):
    """(method, path, params) of one page of events created from ``since`` to before ``until`` (datetimes),
    older than event id ``after``."""
    params = {"limit": PAGE_SIZE, "created[gte]": _epoch(since)}
    if until is not None:
        params["created[lt]"] = _epoch(until)
    if after is not None:
        params["starting_after"] = after
    return "GET", "/v1/events", params


def balance_transactions_page(payout, after=None):
    """(method, path, params) of one page of the balance transactions of ``payout``, with their sources."""
    params = {"limit": PAGE_SIZE, "payout": payout, "expand[]": "data.source"}
    if after is not None:
        params["starting_after"] = after
    return "GET", "/v1/balance_transactions", params


def poll(call, cursor, now):
    """Iterate over `providers.base.Page`s; see there, and `base.Adapter.poll`.

    Cursor: ``created`` and ``id`` of the newest event committed, and ``checked``, when Stripe last said that
    there was nothing newer (both in seconds since 1970). Stripe lists the newest first, so a stretch of time
    is read to its end and then handed on oldest first; every page is a point at which to commit.
    """
    state = dict(cursor or {})
    since, gap = _start(state, now)
    stretch = now - since
    while True:
        # Only what is surely past is cut off at its end: the last stretch is open, for events made meanwhile.
        until = since + stretch if since + stretch < now - CLOCK_DOUBT else None
        whole = stretch <= _SHORTEST or (until is None and since > now - 2 * CLOCK_DOUBT)
        listed = _events(call, since, until, limit=None if whole else MAX_PAGES)
        if listed is None:
            stretch = max(stretch / 2, _SHORTEST)
            continue
        yield from _pages(listed, state, since, until or now, gap, checked=None if until else now)
        if until is None:
            return
        gap, since = None, until
        stretch *= 2


def _start(state, now):
    """(instant to list from, gap): the gap is what nobody asked for while Stripe still had it.

    However long ago the newest event seen was made, it is listed from there: what comes up late costs no call more.
    """
    oldest = now - KEPT
    if "created" not in state and "checked" not in state:
        return oldest, None
    created = _instant(state.get("created", 0))
    checked = _instant(state.get("checked", 0))
    gap = (max(created, checked - CLOCK_DOUBT), oldest) if max(created, checked) < oldest else None
    return max(created - OVERLAP, oldest), gap


def _events(call, since, until, limit):
    """The events of a stretch as (id, created, bytes), oldest first; None when there are more than ``limit``
    pages.

    Pages are followed by id, so events that arrive meanwhile do not shift them.
    """
    found, after, pages = [], None, 0
    while True:
        items, more = read_list(call(*events_page(since, until, after)))
        found += items
        pages += 1
        if not more:
            found.reverse()
            return sorted(found, key=lambda item: item.created)
        if not items:
            raise PayloadError("Stripe said that there are more events but sent none; poll again later.")
        if pages == limit:
            return None
        after = items[-1].id


def _pages(listed, state, since, until, gap, checked):
    """The pages of one stretch; ``state`` is moved along and a copy of it goes with each page."""
    chunks = [listed[start : start + PAGE_SIZE] for start in range(0, len(listed), PAGE_SIZE)] or [[]]
    for number, chunk in enumerate(chunks, 1):
        if chunk and chunk[-1].created >= state.get("created", 0):
            state.update(created=chunk[-1].created, id=chunk[-1].id)
        done = number == len(chunks)
        if done and checked is not None:
            state["checked"] = _epoch(checked)
        reached = until if done else _instant(chunk[-1].created)
        yield Page(
            tuple(Request(item.body) for item in chunk),
            dict(state),
            covered=(since, reached),
            gap=gap if number == 1 else None,
        )


def fetch_settlement(call, external_id):
    """Every balance transaction of automatic payout ``external_id``: the pages as Stripe sent them, as `documents`."""
    pages, after = [], None
    while True:
        content = call(*balance_transactions_page(external_id, after))
        pages.append(content)
        items, more = read_list(content)
        if not more:
            return documents.joined(pages)
        if not items:
            raise PayloadError(f"Stripe said that {external_id} has more lines but sent none; fetch them again later.")
        after = items[-1].id


def _epoch(moment):
    return int(moment.timestamp())


def _instant(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc)
