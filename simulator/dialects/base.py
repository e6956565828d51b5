"""What a provider's dialect must be able to say, whatever the provider."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from simulator.world.truth import Payout
from simulator.world.world import Merchant


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the provider sends it: its id there, when it was made, and the body."""

    key: str
    at: datetime
    body: bytes


class Dialect(Protocol):
    """Speaks of one merchant. A dialect is made once a world and asked for everything that it would send."""

    code: str

    def __init__(self, merchant: Merchant): ...

    def messages(self) -> Iterator[Message]:
        """Every webhook, in the order in which things happened."""

    def sign(self, body: bytes, secret: str, at: int) -> dict[str, str]:
        """The headers of the call that carries ``body``, signed at ``at`` (seconds since 1970)."""

    def report(self, payouts: list[Payout]) -> bytes:
        """The settlement report file of some payouts."""
