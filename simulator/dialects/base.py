"""What a provider's dialect must be able to say, and how its calls look, right or wrong, whatever the provider."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from simulator.connection import API_KEY, WEBHOOK_SECRET
from simulator.world import expected
from simulator.world.expected import Told
from simulator.world.truth import Payment, Payout
from simulator.world.world import Merchant

# By how many seconds the time in a signature differs from the clock.
_SKEW = {"stale": -5 * 86400, "future": 3600, "behind": -240, "ahead": 240}


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the provider sends it: its id there, when it was made, and the body. ``told_elsewhere``: what it says can
    be learnt without it, by polling or from a report, so that it may never arrive."""

    key: str
    at: datetime
    body: bytes
    told_elsewhere: bool = True


class Dialect:
    """Speaks of one merchant. A dialect is made once a world and asked for everything that it would send."""

    code = ""
    # What the provider signs with; the last one is what an administrator enters last.
    secrets: tuple[str, ...] = (WEBHOOK_SECRET,)
    false_secret = "whsec_somebody_else"
    api_key = API_KEY
    # The status of the answer to a right call.
    taken = 200
    # A signature carries its time, which makes an old one stale.
    is_timed = False
    signature_header = ""
    # The authority that the connection must trust (PEM), for a provider that signs by certificate.
    anchors = b""
    # Nothing for a provider without report files.
    report_name = ""
    # Every report arrives in the end: nothing else tells all of it.
    needs_reports = False

    def __init__(self, merchant: Merchant):
        self.merchant = merchant

    # --- webhooks -------------------------------------------------------------------------------------------------

    def messages(self) -> Iterator[Message]:
        """Every webhook, in the order in which things happened."""
        raise NotImplementedError

    def signed(self, body: bytes, secret: str, at: int) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the call that carries ``body``, signed at ``at`` (seconds since 1970)."""
        raise NotImplementedError

    def call(self, message: Message, how: str, now: int) -> tuple[bytes, dict[str, str]] | None:
        """Body and headers of the call that carries ``message``; ``how`` it is odd or wrong (`simulator.faults`). None when this
        provider's calls cannot be wrong in that way."""
        body, secret = message.body, self.secrets[-1]
        if how in ("stale", "future") and not self.is_timed:
            return None
        if how == "forged":
            secret = self.false_secret
        elif how == "twin":
            body = self.twin(message)
        body, headers = self.signed(body, secret, now + _SKEW.get(how, 0))
        if how == "unsigned":
            return self.unsigned(body, headers)
        return (self.corrupted(body) if how == "corrupt" else body), headers

    def twin(self, message: Message) -> bytes:
        """The same fact under a second id of its message."""
        return message.body.replace(message.key.encode(), f"{message.key}t".encode(), 1)

    def unsigned(self, body: bytes, headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        """The call without its signature."""
        return body, {name: value for name, value in headers.items() if name != self.signature_header}

    def corrupted(self, body: bytes) -> bytes:
        """Another body under the same signature."""
        return body.replace(b'"amount":', b'"amount":9', 1) + b" "

    # --- what can be asked for, and files -------------------------------------------------------------------------

    def api(self):
        """What answers calls to the provider's API (`simulator.dialects.clocked_api.ClockedApi`)."""
        raise NotImplementedError

    def reports(self) -> list[tuple[str, datetime]]:
        """(key, when it can be had) of each report, the earliest first."""
        ready = [payout for payout in self.merchant.payouts if payout.itemized_at and self.report_name]
        return [(payout.key, payout.itemized_at) for payout in sorted(ready, key=lambda payout: payout.itemized_at)]

    def report_of(self, keys: tuple[str, ...]) -> bytes:
        """The file of some reports."""
        return self.report([payout for payout in self.merchant.payouts if payout.key in keys])

    def report(self, payouts: list[Payout]) -> bytes:
        """The settlement report file of some payouts."""
        raise NotImplementedError

    # --- under which names ----------------------------------------------------------------------------------------

    def payment_key(self, payment: Payment) -> str:
        """The provider's id of a payment."""
        return payment.key

    def payout_key(self, payout: Payout) -> str:
        """The provider's id of a payout."""
        return payout.key

    def told_payments(self) -> list[Told]:
        """Every payment as the provider tells of it."""
        return [Told(self.payment_key(payment), end, payment.currency, payment.document)
                for payment, end in expected.outcomes(self.merchant)]
