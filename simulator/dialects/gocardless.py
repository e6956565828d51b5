"""GoCardless' dialect: calls of one or several events without amounts, payments and refunds to be asked for with all their
events, payouts with items in tenths of a penny.

It tells of a payout when the bank has it, or has sent it back. Money of a chargeback that was cancelled is paid out once more.
"""
from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from simulator.world.truth import Act, BalanceLine, Payment, Payout

from .base import Dialect, Message
from .clocked_api import ClockedApi
from .stripe_payments import compact

_ACTIONS = {
    "capture": "confirmed", "fail": "failed", "capture_fail": "failed", "refund": "created", "refund_fail": "funds_returned",
    "dispute": "charged_back", "dispute_won": "chargeback_cancelled", "dispute_lost": "chargeback_settled",
}  # fmt: skip
_ITEMS = {
    "charge": "payment_paid_out", "charge_failure": "payment_failed", "dispute": "payment_charged_back",
    "dispute_reversal": "payment_paid_out", "refund": "refund", "refund_failure": "refund_funds_returned",
}  # fmt: skip
_MOST_TOGETHER, _NEAR = 4, timedelta(hours=2)
# What a fee may be off by: it is charged in tenths, and a payout is whole.
_TENTHS = Decimal("0.4")


def told_at(payout: Payout) -> datetime:
    """When a payout is told of for the first time."""
    return payout.paid_at or payout.failed_at


class GoCardlessDialect(Dialect):
    """Speaks of one merchant as GoCardless does."""

    code = "gocardless"
    taken = 204
    signature_header = "Webhook-Signature"

    def api(self) -> GoCardlessApi:
        return GoCardlessApi(self)

    def payment_key(self, payment: Payment) -> str:
        return payment.key.replace("pi_", "PM").upper()

    def payout_key(self, payout: Payout) -> str:
        return payout.key.replace("po_", "PO").upper()

    def refund_key(self, act: Act) -> str:
        return act.ref.replace("re_", "RF").upper()

    def mandate_key(self, payment: Payment) -> str:
        return f"MD{self.merchant.prefix}{payment.customer.number:04d}".upper()

    # --- events ---------------------------------------------------------------------------------------------------

    @cached_property
    def events(self) -> list[dict]:
        """Every event, the earliest first."""
        told = sorted([*self._mandates(), *self._payments(), *self._payouts()], key=lambda one: (one[0], one[1]))
        return [{
            "id": f"EV{self.merchant.prefix}{number:06d}".upper(), "created_at": at.isoformat(), "resource_type": kind,
            "action": action, "links": links, "details": {"origin": "bank", "cause": reason or action, "description": action},
        } for number, (at, kind, action, links, reason) in enumerate(told)]  # fmt: skip

    def _mandates(self) -> Iterator[tuple]:
        begun: dict[str, datetime] = {}
        for payment in self.merchant.payments:
            begun.setdefault(self.mandate_key(payment), payment.begun)
        for mandate, at in begun.items():
            yield at, "mandates", "created", {"mandate": mandate}, ""
            yield at, "mandates", "active", {"mandate": mandate}, ""

    def _payments(self) -> Iterator[tuple]:
        for payment, act in self.merchant.acts:
            links = {"payment": self.payment_key(payment)}
            if act.kind.startswith("refund"):
                yield act.at, "refunds", _ACTIONS[act.kind], {"refund": self.refund_key(act)}, act.reason
            elif act.kind in _ACTIONS:
                yield act.at, "payments", _ACTIONS[act.kind], links, act.reason
        for payment in self.merchant.payments:
            yield payment.begun, "payments", "created", {"payment": self.payment_key(payment)}, ""

    def _payouts(self) -> Iterator[tuple]:
        for payout in self.merchant.payouts:
            for at, action in ((payout.paid_at, "paid"), (payout.failed_at, "bounced")):
                if at:
                    yield at, "payouts", action, {"payout": self.payout_key(payout)}, ""
            for line in payout.lines:
                failed = line.payment and any(act.kind == "capture_fail" and act.at < payout.at for act in line.payment.acts)
                if line.category == "charge" and not failed:
                    yield payout.at, "payments", "paid_out", {"payment": self.payment_key(line.payment)}, ""

    def messages(self) -> Iterator[Message]:
        """Every call, in the order in which things happened; events that are near to one another come together."""
        together: list[dict] = []
        for event in self.events:
            first = together[0] if together else event
            near = datetime.fromisoformat(event["created_at"]) - datetime.fromisoformat(first["created_at"]) < _NEAR
            if together and (len(together) == _MOST_TOGETHER or not near):
                yield self._message(together)
                together = []
            together.append(event)
        if together:
            yield self._message(together)

    def _message(self, events: list[dict]) -> Message:
        at = datetime.fromisoformat(events[-1]["created_at"])
        return Message(events[0]["id"], at, compact({"events": events, "meta": {"webhook_id": f"WB{events[0]['id']}"}}))

    def signed(self, body: bytes, secret: str, at: int) -> tuple[bytes, dict[str, str]]:
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return body, {"Content-Type": "application/json", self.signature_header: digest}

    # --- objects --------------------------------------------------------------------------------------------------

    @cached_property
    def _paid_by(self) -> dict[int, Payout]:
        return {id(line.act): payout for payout in self.merchant.payouts for line in payout.lines if line.act}

    def payment(self, payment: Payment, now: datetime) -> dict:
        """A payment as it is at an instant."""
        known = [act for act in payment.acts if act.at <= now]
        last = next((_ACTIONS[act.kind] for act in reversed(known) if act.kind in ("capture", "fail", "capture_fail")), None)
        payout = next((self._paid_by.get(id(act)) for act in known if act.kind == "capture"), None)
        links = {"mandate": self.mandate_key(payment)}
        if payout and told_at(payout) <= now:
            links["payout"] = self.payout_key(payout)
        return {
            "id": self.payment_key(payment), "created_at": payment.begun.isoformat(), "amount": payment.amount,
            "currency": payment.currency, "status": last or "submitted", "reference": None, "links": links,
            "metadata": {"order_id": payment.reference}, "description": "Dues",
        }  # fmt: skip

    def refund(self, payment: Payment, act: Act, now: datetime) -> dict:
        """A refund as it is at an instant."""
        back = any(one.ref == act.ref and one.kind == "refund_fail" and one.at <= now for one in payment.acts)
        return {
            "id": self.refund_key(act), "created_at": act.at.isoformat(), "amount": act.amount, "currency": payment.currency,
            "status": "funds_returned" if back else "paid", "links": {"payment": self.payment_key(payment)},
        }  # fmt: skip

    def payout(self, payout: Payout, now: datetime) -> dict:
        """A payout as it is at an instant."""
        bounced = payout.failed_at and payout.failed_at <= now
        return {
            "id": self.payout_key(payout), "created_at": payout.at.isoformat(), "amount": payout.amount,
            "currency": payout.currency, "status": "bounced" if bounced else "paid", "arrival_date": payout.arrives.isoformat(),
            "reference": payout.trace, "payout_type": "merchant",
        }  # fmt: skip

    def items(self, payout: Payout) -> list[dict]:
        """The items of a payout, the fees last."""
        found = [self._item(line) for line in payout.lines if line.category in _ITEMS]
        off = _TENTHS
        for line in payout.lines:
            cost = line.fee + line.tax - (line.gross if line.category == "fee" else 0)
            if cost:
                kind = "app_fee" if line.category == "fee" else "gocardless_fee"
                links = {"payment": self.payment_key(line.payment)} if line.payment else {}
                taxes = [{"amount": f"-{line.tax}.0", "currency": line.currency}] if line.tax else []
                found.append({"type": kind, "amount": str(-cost + off), "links": links, "taxes": taxes})
                off = Decimal(0)
        return found

    def _item(self, line: BalanceLine) -> dict:
        links = {"payment": self.payment_key(line.payment)}
        if line.category.startswith("refund"):
            links["refund"] = self.refund_key(line.act)
        return {"type": _ITEMS[line.category], "amount": f"{line.gross}.0", "links": links, "taxes": []}


class GoCardlessApi(ClockedApi):
    """Objects by id, the items of a payout, and the list of events, the newest first."""

    def is_known(self, headers: dict, path: str) -> bool:
        return super().is_known(headers, path) and headers.get("gocardless-version") == "2015-07-06"

    def route(self, method: str, path: str, query: dict, body: dict) -> dict:
        name, _slash, own = path.strip("/").partition("/")
        if name == "events":
            return self._page("events", self._events(query), query)
        if name == "payout_items":
            found = self.dialect.items(self._payout(query["payout"]))
            items = [{"id": f"PI{number}", **item} for number, item in enumerate(found)]
            return self._page("payout_items", items, query)
        if name == "payouts":
            return {name: self.dialect.payout(self._payout(own), self.now)}
        return {name: self._one(name, own)}

    def _one(self, name: str, own: str) -> dict:
        for payment, act in self.merchant.acts:
            if act.at > self.now:
                break
            if name == "refunds" and act.kind == "refund" and self.dialect.refund_key(act) == own:
                return self.dialect.refund(payment, act, self.now)
            if name == "payments" and self.dialect.payment_key(payment) == own:
                return self.dialect.payment(payment, self.now)
        raise LookupError(own)

    def _payout(self, own: str) -> Payout:
        for payout in self.merchant.payouts:
            if self.dialect.payout_key(payout) == own and told_at(payout) <= self.now:
                return payout
        raise LookupError(own)

    def _events(self, query: dict) -> list[dict]:
        since = datetime.fromisoformat(query["created_at[gte]"]) if "created_at[gte]" in query else self.merchant.start
        found = []
        for event in reversed(self.dialect.events):
            named = all(event["links"].get(name, own) == own and name in event["links"]
                        for name, own in query.items() if name in ("payment", "refund", "payout"))  # fmt: skip
            if named and since <= datetime.fromisoformat(event["created_at"]) <= self.listed:
                found.append(event)
        return found

    def _page(self, name: str, found: list[dict], query: dict) -> dict:
        after = query.get("after")
        start = [one["id"] for one in found].index(after) + 1 if after else 0
        members = found[start : start + self.page]
        more = members[-1]["id"] if start + self.page < len(found) else None
        return {name: members, "meta": {"cursors": {"before": None, "after": more}, "limit": self.page}}
