"""Stripe's dialect: which events tell of which act, with the objects as they were at that moment."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from simulator import stripe_objects as stripe
from simulator.world.truth import BalanceLine, Payout
from simulator.world.world import Merchant

from .base import Dialect, Message
from .stripe_lines import StripeLines, seconds, units
from .stripe_payments import PaymentStory, compact


class StripeDialect(Dialect):
    """Speaks of one merchant as Stripe does."""

    code = "stripe"
    is_timed = True
    signature_header = "Stripe-Signature"
    report_name = "report-{}.csv"

    def __init__(self, merchant: Merchant):
        super().__init__(merchant)
        self.lines = StripeLines(merchant)
        self._number = 0

    def messages(self) -> Iterator[Message]:
        """Every event, in the order in which things happened."""
        told = [*self._payments(), *self._payouts()]
        told.sort(key=lambda item: item[0])
        for at, kind, resource in told:
            yield self._event(at, kind, resource)

    def _event(self, at: datetime, kind: str, resource: dict) -> Message:
        self._number += 1
        key = f"evt_{self.merchant.prefix}{self._number:06d}"
        return Message(key, at, compact(stripe.event(kind, resource, seconds(at), key)))

    def sign(self, body: bytes, secret: str, at: int) -> dict[str, str]:
        """The headers of the call that carries ``body``, signed at ``at`` (seconds since 1970)."""
        return {"Stripe-Signature": stripe.sign(body, secret, at), "Content-Type": "application/json; charset=utf-8"}

    def signed(self, body: bytes, secret: str, at: int) -> tuple[bytes, dict[str, str]]:
        return body, self.sign(body, secret, at)

    # --- events ---------------------------------------------------------------------------------------------------

    def _payments(self) -> Iterator[tuple[datetime, str, dict]]:
        disputes: dict[str, list[BalanceLine]] = {}
        for line in self.merchant.lines:
            if line.category in ("dispute", "dispute_reversal"):
                disputes.setdefault(line.source, []).append(line)
        for payment in self.merchant.payments:
            story = PaymentStory(payment, disputes)
            for act in payment.acts:
                yield from story.tell(act)

    def _payouts(self) -> Iterator[tuple[datetime, str, dict]]:
        for payout in self.merchant.payouts:
            moments = [(payout.at, "created"), (payout.paid_at, "paid"), (payout.failed_at, "failed"),
                       (payout.itemized_at, "reconciliation_completed")]
            for at, name in sorted((moment for moment in moments if moment[0]), key=lambda moment: moment[0]):
                yield at, f"payout.{name}", self.payout(payout, at)

    def payout(self, payout: Payout, at: datetime) -> dict:
        """The payout as it was at an instant."""
        status = "pending"
        if payout.failed_at and payout.failed_at <= at:
            status = "failed"
        elif payout.paid_at and payout.paid_at <= at:
            status = "paid"
        elif payout.at < at:
            status = "in_transit"
        done = payout.itemized_at and payout.itemized_at <= at
        trace = {"status": "pending", "value": None} if status == "pending" else {
            "status": "supported", "value": payout.trace}
        return stripe.payout(
            payout.key, units(payout.amount, payout.currency), payout.currency.lower(), seconds(payout.at), status,
            arrival_date=seconds(datetime(payout.arrives.year, payout.arrives.month, payout.arrives.day)),
            automatic=payout.automatic, method="standard" if payout.automatic else "instant",
            statement_descriptor="STRIPE PAYOUT", trace_id=trace,
            reconciliation_status="completed" if done else "in_progress" if payout.automatic else "not_applicable")

    # --- what can be asked for ------------------------------------------------------------------------------------

    def balance_transactions(self, payout: Payout) -> list[dict]:
        """The lines of an automatic payout as the API lists them, its own row among them."""
        rows = [self.lines.row(line, self.source(line)) for line in payout.lines]
        return [*rows, self.lines.own_row(payout, self.payout(payout, self.merchant.end))]

    def source(self, line: BalanceLine) -> dict | None:
        """The object behind a balance line, as it is in the end."""
        if line.payment is None:
            if line.category in ("payout", "payout_reversal"):
                made = next(payout for payout in self.merchant.payouts if payout.key == line.source)
                return self.payout(made, self.merchant.end)
            return None
        story = PaymentStory(line.payment, {})
        for act in line.payment.acts:
            for _told in story.tell(act):
                pass
        return story.source(line)

    def report(self, payouts: list[Payout]) -> bytes:
        """The file payout_reconciliation.itemized.5 of some payouts."""
        return self.lines.report(payouts)
