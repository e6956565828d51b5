"""Which calls are made to PayPal's API: a token (for client id and secret), and the rows of transaction search, window by window.

Source: PayPal's OpenAPI of transaction search: at most 31 days, 500 rows a page and 10,000 a query; rows appear within three
hours and are kept for three years.
"""

from datetime import datetime, timedelta, timezone

from ...core.authorization import bearer
from ...core.errors import PayloadError
from ...core.records import Request
from .. import json_parts
from ..base import Page
from ..reading import load, mapping
from . import ledger

API_BASE = "https://api-m.paypal.com"
PAGE_SIZE, MOST_ROWS = 500, 10_000
WINDOW = timedelta(days=31) - timedelta(seconds=1)
KEPT = timedelta(days=3 * 365)
LAG = timedelta(hours=3)
# Rows are asked for again from this much before the last window's end: a status may have changed.
OVERLAP = timedelta(days=3)
_SHORTEST = timedelta(minutes=1)


def _token(call):
    content = call("POST", "/v1/oauth2/token", {"grant_type": "client_credentials"})
    token = load(content, "PayPal").get("access_token")
    if type(token) is not str or not token.isprintable() or not token:
        raise PayloadError("PayPal gave no access token; check client id and secret.")
    return bearer(token)


def poll(call, cursor, now):
    """Iterate over `providers.base.Page`s, one a window. Cursor: ``until``, to where all rows are known (ISO text)."""
    known = (cursor or {}).get("until")
    seen = datetime.fromisoformat(known) if known else None
    oldest, end = now - KEPT, (now - LAG).astimezone(timezone.utc)
    since = max(seen - OVERLAP, oldest) if seen else oldest
    gap = (seen, oldest) if seen and seen < oldest else None
    bearer, window = _token(call), WINDOW
    while True:
        until = max(min(since + window, end), since + _SHORTEST)
        found = _window(call, bearer, since, until)
        if found is None:
            window = max(window / 2, _SHORTEST)
            continue
        done = max(seen, until) if seen else until
        yield Page(tuple(_requests(found)), {"until": done.isoformat()}, (since, until), gap)
        gap, since, window = None, until, WINDOW
        if until >= end:
            return


def _window(call, bearer, since, until):
    """The rows of a window as (value, text), in order of time; None when there are more than PayPal lists."""
    found, page, pages = [], 1, 1
    while page <= pages:
        params = {
            "start_date": _iso(since), "end_date": _iso(until), "fields": "all", "balance_affecting_records_only": "Y",
            "page_size": PAGE_SIZE, "page": page,
        }  # fmt: skip
        content = call("GET", "/v1/reporting/transactions", params, headers=bearer)
        refused = "PayPal's list of transactions cannot be read"
        members = json_parts.members(content, ("transaction_details",), refused, "ask again later")
        try:
            pages, total = int(members.get("total_pages") or 0), int(members.get("total_items") or 0)
        except (ValueError, TypeError) as error:
            raise PayloadError(f"{refused} ({error!s:.120}); ask again later.") from error
        if total > MOST_ROWS and until - since > _SHORTEST:
            return None
        found += members.get("transaction_details") or []
        page += 1
    return found


def _requests(found):
    """A message a row, with the bytes that PayPal sent; the two rows of a conversion are one message."""
    rows = {}
    for value, text in found:
        row = ledger.read(mapping(value if type(value) is dict else {}, "transaction_info"))
        rows.setdefault(row, text)
    conversions, _rest = ledger.paired([row for row in rows if row.kind == "fx"])
    partner = {one: other for pair in conversions for one, other in (pair, pair[::-1])}
    told = set()
    for row in sorted(rows, key=lambda row: (row.at, row.id, row.code)):
        if row in told:
            continue
        other = partner.get(row)
        told.update((row, other))
        body = rows[row] if other is None else f'{{"transaction_details":[{rows[row]},{rows[other]}]}}'
        yield Request(body.encode())


def _iso(moment):
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
