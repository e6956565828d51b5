"""A stand-in for the two lists of Stripe's API that the connector reads: events, and the lines of a payout.

`StripeApi.call` is what an adapter is given as ``call``. It keeps Stripe's rules: newest first, pages of at
most 100 that are continued by id, events no older than 30 days.
"""

from simulator.stripe_objects import encode

_KEPT_SECONDS = 30 * 86400


class StripeApi:
    """``events`` and ``lines`` (payout id -> balance transactions) may be appended to at any time; ``now`` is
    its clock in seconds since 1970. ``calls`` records (path, params) of every call."""

    def __init__(self, events=(), lines=None, now=0):
        self.events = list(events)
        self.lines = dict(lines or {})
        self.now = now
        self.calls = []

    def call(self, method, path, params):
        """The body of the answer. Raises LookupError for what this stand-in does not have."""
        self.calls.append((path, dict(params)))
        if method == "GET" and path == "/v1/events":
            return encode(self._page(path, self._listed(params), params))
        if method == "GET" and path == "/v1/balance_transactions":
            return encode(self._page(path, self.lines.get(params.get("payout"), []), params))
        raise LookupError(f"{method} {path}")

    def _listed(self, params):
        since = max(int(params.get("created[gte]", 0)), self.now - _KEPT_SECONDS)
        until = int(params.get("created[lt]", self.now + _KEPT_SECONDS))
        found = [event for event in self.events if since <= event["created"] < until]
        return sorted(found, key=lambda event: (event["created"], event["id"]), reverse=True)

    def _page(self, path, items, params):
        start = 0
        if "starting_after" in params:
            start = [item["id"] for item in items].index(params["starting_after"]) + 1
        size = min(int(params.get("limit", 10)), 100)
        return {
            "object": "list",
            "data": items[start : start + size],
            "has_more": start + size < len(items),
            "url": path,
        }
