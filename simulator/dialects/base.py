"""What a provider's dialect must be able to say, whatever the provider."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

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

    def deliver(self, url: str, message: Message, secret: str, at: int) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the call that carries ``message``, signed at ``at`` (seconds since 1970)."""

    def report(self, keys: list[str]) -> bytes:
        """The settlement report file of the payouts ``keys``."""
