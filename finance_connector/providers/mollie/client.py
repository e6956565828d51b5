"""Which calls are made to Mollie's API: the objects that messages name, lists that are polled, the lists of a settlement.

There is no list of events: polled are the newest payments, refunds, chargebacks and settlements, back to where the last poll
ended and a while further, since a payment changes after it was made. Lists give the newest first, 250 a page.
"""

from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

from ...core.errors import PayloadError
from ...core.records import Request
from .. import documents, json_parts
from ..base import Page, checked_url
from ..reading import iso_instant, load, mapping, path_id

API_BASE = "https://api.mollie.com"
PAGE_SIZE = 250
# How long after it was made a payment is asked for again: bank transfers, late failures.
CHANGES = timedelta(days=14)
POLLED = ("payments", "refunds", "chargebacks", "settlements")
# kind -> (path, what is to come with it)
_PATHS = {
    "payment": ("/v2/payments/", {"embed": "captures,refunds,chargebacks"}),
    "settlement": ("/v2/settlements/", {}),
    "event": ("/v2/events/", {"embed": "entity"}),
}


def fetch(call, wanted):
    """The object that a message names, as Mollie sends it."""
    if wanted.kind not in _PATHS:
        raise PayloadError(f"{wanted.kind} {wanted.key!r:.60} is nothing that Mollie can be asked for.")
    path, params = _PATHS[wanted.kind]
    return call("GET", path + path_id(wanted.key, f"{wanted.kind} of Mollie"), dict(params))


def poll(call, cursor, now):
    """Iterate over `providers.base.Page`s. Cursor: ``checked``, when the last poll began (ISO text)."""
    checked = (cursor or {}).get("checked")
    since = datetime.fromisoformat(checked) - CHANGES if checked else None
    state = dict(cursor or {})
    for name in POLLED:
        found = []
        for content in _pages(call, f"/v2/{name}", {"limit": PAGE_SIZE}):
            members = _members(content, name)
            found += members
            if members and since and iso_instant(members[-1][0], "createdAt") < since:
                break
        found.reverse()
        last = name == POLLED[-1]
        if last:
            state["checked"] = now.astimezone(timezone.utc).isoformat()
        requests = tuple(Request(text.encode()) for _value, text in found)
        yield Page(requests, dict(state), covered=(since, now) if last and since else None)


def fetch_settlement(call, external_id):
    """A settlement and all its lists, as `documents`."""
    path = f"/v2/settlements/{path_id(external_id, 'settlement of Mollie')}"
    found = [call("GET", path, {})]
    for name in ("payments", "captures", "refunds", "chargebacks"):
        found += _pages(call, f"{path}/{name}", {"limit": PAGE_SIZE})
    return documents.joined(found)


def _pages(call, path, params):
    """The pages of a list, each as Mollie sends it; the next one is where Mollie says, if that is Mollie."""
    while path:
        content = call("GET", path, params)
        yield content
        links = mapping(load(content, "Mollie"), "_links")
        if "next" not in links:
            raise PayloadError(f"Mollie's list {path} does not say whether it goes on; ask again later.")
        if not (following := mapping(links, "next")):
            return
        parts = urlsplit(checked_url(following.get("href"), {"api.mollie.com"}, "/v2/"))
        path, params = parts.path, dict(parse_qsl(parts.query))


def _members(content, name):
    """The objects of a list answer as (value, its text), in Mollie's order."""
    start = content.find(b"{", content.find(b'"_embedded"'))
    if not load(content, "Mollie").get("_embedded"):
        return []
    found = json_parts.members(content[start:], (name,), f"Mollie's list of {name} cannot be read", "ask again later")
    return found.get(name) or []
