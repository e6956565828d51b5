"""The provider's API of a world: it knows what has happened until ``now``, and answers badly when it is told to."""
from __future__ import annotations

import json
from datetime import datetime

from simulator.dialects.base import Dialect
from simulator.dialects.stripe import StripeDialect
from simulator.feed_server import FeedServer
from simulator.stripe_api import StripeApi
from simulator.stripe_server import StripeServer
from simulator.world.world import Merchant


class WorldApi(StripeApi):
    """The lists of one merchant, as far as the world has come."""

    def __init__(self, merchant: Merchant, dialect: StripeDialect, messages: list):
        self._all = [(message.at, json.loads(message.body)) for message in messages]
        self._merchant, self._dialect = merchant, dialect
        self.hidden = 0
        super().__init__()

    def set_now(self, now: datetime) -> None:
        """Everything until ``now`` can be asked for; ``hidden`` of the newest events come up while pages are read."""
        self.now = int(now.timestamp())
        known = [event for at, event in self._all if at <= now]
        self.events, self._coming = known[:len(known) - self.hidden], known[len(known) - self.hidden:]
        self.hidden = 0
        self.lines = {
            payout.key: self._dialect.balance_transactions(payout) for payout in self._merchant.payouts
            if payout.itemized_at and payout.itemized_at <= now}

    def call(self, method, path, params):
        answer = super().call(method, path, params)
        self.events += self._coming
        self._coming = []
        return answer


def server_of(dialect: Dialect, messages: list):
    """A server of the API of a dialect's provider, not started yet."""
    if isinstance(dialect, StripeDialect):
        return WorldServer(WorldApi(dialect.merchant, dialect, messages), dialect.api_key)
    return FeedServer(dialect.api())


class WorldServer(StripeServer):
    """Serves a world's API on the world's clock."""

    def set_now(self) -> None:
        """The world's clock is moved by the player, not by the wall."""
