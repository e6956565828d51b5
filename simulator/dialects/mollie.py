"""Mollie's dialect: classic calls, which only name a payment, beside signed events, which carry what they are about or not;
lists of the newest objects; settlements with their lists and their costs.

Of the payments of a merchant every second one is told of by classic calls, the others by events.
"""
from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

from simulator.world.truth import Act, Payment, Payout

from .base import Dialect, Message
from .clocked_api import ClockedApi
from .mollie_objects import MollieObjects
from .stripe_payments import compact

_TYPES = {
    "authorize": "payment.authorized", "capture": "payment.paid", "void": "payment.canceled", "expire": "payment.expired",
    "fail": "payment.failed", "refund": "refund.created", "refund_fail": "refund.failed", "dispute": "chargeback.received",
    "dispute_won": "chargeback.reversed",
}  # fmt: skip
HOST = "https://api.mollie.com"


class MollieDialect(Dialect):
    """Speaks of one merchant as Mollie does."""

    code = "mollie"
    secrets = ("classic:a word of the merchant", "mollie signing secret, made up")
    signature_header = "X-Mollie-Signature"

    def api(self) -> MollieApi:
        return MollieApi(self)

    @cached_property
    def objects(self) -> MollieObjects:
        return MollieObjects(self.merchant)

    def payment_key(self, payment: Payment) -> str:
        return self.objects.key(payment)

    def payout_key(self, payout: Payout) -> str:
        return self.objects.settlement_key(payout)

    # --- calls ----------------------------------------------------------------------------------------------------

    def messages(self) -> Iterator[Message]:
        """Every call, in the order in which things happened."""
        told = [*self._acts(), *self._settlements()]
        return iter(sorted(told, key=lambda message: message.at))

    def _acts(self) -> Iterator[Message]:
        for number, payment in enumerate(self.merchant.payments):
            for index, act in enumerate(payment.acts):
                # The authorisation of a sale is not told apart.
                if any(other.at == act.at and other.kind == "capture" and other is not act for other in payment.acts):
                    continue
                if number % 2:
                    yield self._hint(self.payment_key(payment), act.at)
                else:
                    event = self.event(payment, index)
                    body = event if index % 2 else {name: value for name, value in event.items() if name != "_embedded"}
                    yield Message(event["id"], act.at, compact(body))

    def _settlements(self) -> Iterator[Message]:
        for payout in self.merchant.payouts:
            for at in filter(None, (payout.itemized_at, payout.paid_at, payout.failed_at)):
                yield self._hint(self.payout_key(payout), at)

    def _hint(self, key: str, at: datetime) -> Message:
        return Message(f"hint/{key}", at, f"id={key}".encode())

    def event(self, payment: Payment, index: int) -> dict:
        """The event of an act, with what it is about as it was then."""
        act = payment.acts[index]
        entity = self._entity(payment, act)
        return {
            "resource": "event", "id": f"event_{payment.key[3:]}n{index}", "type": _TYPES[act.kind], "entityId": entity["id"],
            "createdAt": act.at.isoformat(), "_embedded": {"entity": entity},
        }  # fmt: skip

    def _entity(self, payment: Payment, act: Act) -> dict:
        if act.kind.startswith("refund"):
            return self.objects.refund(payment, act, act.at)
        if act.kind.startswith("dispute"):
            return self.objects.chargeback(payment, act, act.at)
        return self.objects.payment(payment, act.at)

    def signed(self, body: bytes, secret: str, at: int) -> tuple[bytes, dict[str, str]]:
        if body.startswith(b"id="):
            return body, {"Content-Type": "application/x-www-form-urlencoded"}
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return body, {"Content-Type": "application/json", self.signature_header: f"sha256={digest}"}

    def call(self, message: Message, how: str, now: int) -> tuple[bytes, dict[str, str]] | None:
        if message.body.startswith(b"id=") and how in ("forged", "unsigned"):
            return None
        return super().call(message, how, now)

    def twin(self, message: Message) -> bytes:
        """A classic call has no id; an event gets another."""
        return message.body if message.body.startswith(b"id=") else super().twin(message)


class MollieApi(ClockedApi):
    """The objects by id, their lists with the newest first, and the lists of a settlement."""

    def route(self, method: str, path: str, query: dict, body: dict) -> dict:
        parts = path.strip("/").split("/")[1:]
        if len(parts) == 1:
            return self._page(path, parts[0], self._listed(parts[0]), query)
        if parts[0] == "settlements":
            payout = self._payout(parts[1])
            found = self.dialect.objects.lines(payout, self.now)
            if len(parts) == 2:
                return self.dialect.objects.settlement(payout, self.now)
            return self._page(path, parts[2], found[parts[2]], query)
        if parts[0] == "events":
            own, _n, index = parts[1].removeprefix("event_").rstrip("t").rpartition("n")
            return {**self.dialect.event(self._payment(own), int(index)), "id": parts[1]}
        return self.dialect.objects.payment(self._payment(parts[1].removeprefix("tr_")), self.now, embedded=True)

    def _payment(self, own: str) -> Payment:
        return self._one([one for one in self.merchant.payments if one.key[3:] == own and one.begun <= self.now])

    def _payout(self, key: str) -> Payout:
        return self._one([one for one in self.merchant.payouts if self.dialect.payout_key(one) == key and one.at <= self.now])

    def _one(self, found: list):
        if not found:
            raise LookupError("there is none")
        return found[0]

    def _listed(self, name: str) -> list[dict]:
        objects, found = self.dialect.objects, []
        acts = [(payment, act) for payment, act in self.merchant.acts if act.at <= self.listed]
        if name == "payments":
            begun = [payment for payment in self.merchant.payments if payment.begun <= self.listed]
            found = [objects.payment(payment, self.now) for payment in begun]
        elif name == "refunds":
            found = [objects.refund(payment, act, self.now) for payment, act in acts if act.kind == "refund"]
        elif name == "chargebacks":
            found = [objects.chargeback(payment, act, self.now) for payment, act in acts if act.kind == "dispute"]
        elif name == "settlements":
            found = [objects.settlement(payout, self.now) for payout in self.merchant.payouts if payout.at <= self.listed]
        return sorted(found, key=lambda one: (one["createdAt"], one["id"]), reverse=True)

    def _page(self, path: str, name: str, found: list[dict], query: dict) -> dict:
        start = next((place for place, one in enumerate(found) if one["id"] == query.get("from")), 0)
        following = found[start + self.page : start + self.page + 1]
        href = f"{HOST}{path}?from={following[0]['id']}&limit={self.page}" if following else None
        members = found[start : start + self.page]
        return {"count": len(members), "_embedded": {name: members}, "_links": {"next": {"href": href} if href else None}}
