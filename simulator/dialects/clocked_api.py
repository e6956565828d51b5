"""A provider's API on the world's clock: it knows what has happened until now, and what came up a moment ago only while its
pages are read, when it is told so."""
from __future__ import annotations

from datetime import datetime, timedelta

# How long it may take until something new is listed.
LATE = timedelta(minutes=10)


class ClockedApi:
    """Answers for `simulator.feed_server.FeedServer`. ``hidden``: what is new comes up after the next call."""

    # Fewer a page than a caller may ask for, so that small worlds have pages too.
    page = 40

    def __init__(self, dialect):
        self.dialect, self.merchant = dialect, dialect.merchant
        self.now, self.hidden = self.merchant.start, 0

    def set_now(self, now: datetime) -> None:
        """Everything until ``now`` can be asked for; the clock never goes back."""
        self.now = max(self.now, now)

    @property
    def listed(self) -> datetime:
        """Until when lists show what has happened."""
        return self.now - LATE if self.hidden else self.now

    def answer(self, method: str, path: str, query: dict, body: dict, headers: dict) -> tuple[int, object]:
        """(status, JSON-able or bytes)."""
        if not self.is_known(headers, path):
            return 401, {"error": "unauthorized"}
        try:
            told = self.route(method, path, query, body)
        except LookupError:
            return 404, {"error": f"there is no {path}"}
        self.hidden = 0
        return 200, told

    def is_known(self, headers: dict, path: str) -> bool:
        """Whether the call carries the merchant's key."""
        return headers.get("authorization") == f"Bearer {self.dialect.api_key}"

    def route(self, method: str, path: str, query: dict, body: dict) -> object:
        """The answer of a call that is known. Raises LookupError for what is not there."""
        raise NotImplementedError
