"""Which calls are made to GoCardless' API: the life of what an event names, missed events, the items of a payout.

Sources: `gocardless_pro` (List events, List payout items). Events are kept for 18 months; lists give the newest first, at
most 500 a page. The items of a payout older than six months are gone (410).
"""

from datetime import datetime, timedelta, timezone

from ...core.authorization import bearer
from ...core.errors import PayloadError, ProviderUnavailable
from ...core.records import Request
from .. import documents
from ..base import Page
from ..reading import load, mapping, path_id
from . import events

API_BASE = "https://api.gocardless.com"
PAGE_SIZE = 500
KEPT = timedelta(days=540)
# Events are asked for again from this much before the last poll: they may become visible out of order.
OVERLAP = timedelta(hours=1)


def headers(api_key):
    """The HTTP headers of a call."""
    return {**bearer(api_key), "GoCardless-Version": "2015-07-06"}


def fetch(call, wanted):
    """The object that an event names, and then all events about it, as `documents`."""
    if wanted.kind not in ("payment", "refund", "payout"):
        raise PayloadError(f"{wanted.kind} {wanted.key!r:.60} is nothing that GoCardless can be asked for.")
    found = [call("GET", f"/{wanted.kind}s/{path_id(wanted.key, f'{wanted.kind} of GoCardless')}", {})]
    found += _pages(call, "/events", {wanted.kind: wanted.key, "resource_type": f"{wanted.kind}s"})
    return documents.joined(found)


def fetch_settlement(call, external_id):
    """A payout, and then the pages of its items, as `documents`; without items when they are gone."""
    found = [call("GET", f"/payouts/{path_id(external_id, 'payout of GoCardless')}", {})]
    try:
        found += _pages(call, "/payout_items", {"payout": external_id, "include_2020_tax_cutover": "true"})
    except ProviderUnavailable as error:
        if error.status != 410:
            raise
    return documents.joined(found)


def poll(call, cursor, now):
    """Iterate over `providers.base.Page`s of missed events. Cursor: ``checked``, when the last poll began (ISO text)."""
    checked = (cursor or {}).get("checked")
    oldest = now - KEPT
    seen = datetime.fromisoformat(checked) if checked else None
    since = max(seen - OVERLAP, oldest) if seen else oldest
    gap = (seen, oldest) if seen and seen < oldest else None
    found = []
    for content in _pages(call, "/events", {"created_at[gte]": since.astimezone(timezone.utc).isoformat()}):
        found += [text for _value, text in events.listed(content)]
    found.reverse()
    state = {"checked": now.astimezone(timezone.utc).isoformat()}
    chunks = [found[start : start + PAGE_SIZE] for start in range(0, len(found), PAGE_SIZE)] or [[]]
    for number, chunk in enumerate(chunks, 1):
        done = number == len(chunks)
        requests = tuple(Request(text.encode()) for text in chunk)
        yield Page(requests, state if done else dict(cursor or {}), (since, now) if done else None, gap if number == 1 else None)


def _pages(call, path, params):
    """The pages of a list, each as GoCardless sends it."""
    after = None
    while True:
        content = call("GET", path, {**params, "limit": PAGE_SIZE, **({"after": after} if after else {})})
        yield content
        cursors = mapping(mapping(load(content, "GoCardless"), "meta"), "cursors")
        if "after" not in cursors:
            raise PayloadError(f"GoCardless' list {path} does not say whether it goes on; ask again later.")
        after = cursors["after"]
        if not after:
            return
