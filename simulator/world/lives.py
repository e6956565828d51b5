"""How the payment of an order goes: which acts follow which, and when. All of it is drawn beforehand; the world cuts off
what would happen after its end.

Acts: `authorize` `capture` `void` `expire` `fail` `capture_fail` `refund` `refund_fail` `inquiry` `inquiry_closed`
`dispute` `dispute_won` `dispute_lost` `review_open` `review_close`. Their amounts are increments, in the currency that the
customer pays in.
"""
from __future__ import annotations

from datetime import timedelta
from random import Random

from .profile import MerchantProfile
from .truth import Act, Payment

# An authorisation on a card ends by itself after a week.
EXPIRES = timedelta(days=7)


def live(rng: Random, merchant: MerchantProfile, payment: Payment) -> list[Act]:
    """The acts of a payment, the earliest first."""
    if payment.document and payment.document.is_checkout:
        life = _Life(rng, payment)
        life.sale()
        return life.acts
    names = list(merchant.lives)
    kind = rng.choices(names, [merchant.lives[name] for name in names])[0]
    if kind == "multicapture" and payment.currency != merchant.currency:
        kind = "capture_later"
    life = _Life(rng, payment)
    getattr(life, kind)()
    if life.captured and kind != "late_failure" and (kind != "multicapture" or merchant.manners.parts):
        life.afterwards(merchant)
    return sorted(life.acts, key=lambda act: act.at)


class _Life:
    """Writes the acts of one payment."""

    def __init__(self, rng: Random, payment: Payment):
        self.rng, self.payment = rng, payment
        self.acts: list[Act] = []
        self.charge = payment.key.replace("pi_", "ch_")
        self.captured = 0
        self.at = payment.begun

    def add(self, kind: str, amount: int, ref: str | None = None, number: int = 1, reason: str = "") -> None:
        self.acts.append(Act(self.at, kind, amount, ref or self.charge, number, reason))

    def later(self, least: float, most: float) -> None:
        """Let between ``least`` and ``most`` hours go by, to the second."""
        self.at += timedelta(seconds=self.rng.randint(int(least * 3600), int(most * 3600)))

    def part(self, of: int) -> int:
        """A part of an amount: at least one unit, and less than all of it."""
        return self.rng.randint(max(1, of // 5), max(1, of * 4 // 5))

    def take(self, amount: int) -> None:
        self.captured += amount
        self.add("capture", amount)

    # --- until the money is there, or will not come ---------------------------------------------------------------

    def sale(self) -> None:
        self.add("authorize", self.payment.amount)
        self.take(self.payment.amount)

    def capture_later(self) -> None:
        self.add("authorize", self.payment.amount)
        self.later(1, 90)
        self.take(self.payment.amount)

    def partial_capture(self) -> None:
        self.add("authorize", self.payment.amount)
        self.later(1, 60)
        self.take(self.part(self.payment.amount))

    def multicapture(self) -> None:
        self.add("authorize", self.payment.amount)
        first = self.part(self.payment.amount)
        for amount in (first, self.payment.amount - first):
            if amount:
                self.later(1, 40)
                self.take(amount)

    def void(self) -> None:
        self.add("authorize", self.payment.amount)
        self.later(1, 100)
        self.add("void", self.payment.amount, reason="requested_by_customer")

    def expire(self) -> None:
        self.add("authorize", self.payment.amount)
        self.at += EXPIRES
        self.add("expire", self.payment.amount, reason="expired")

    def decline(self) -> None:
        self.add("fail", self.payment.amount, reason="insufficient_funds")

    def retry(self) -> None:
        self.add("fail", self.payment.amount, reason="card_declined")
        self.charge += "b"
        self.later(0.1, 5)
        self.sale()

    def late_failure(self) -> None:
        """A bank debit that comes back days after it was paid."""
        self.sale()
        self.later(48, 140)
        self.add("capture_fail", self.payment.amount, reason="insufficient_funds")

    # --- what may come after it -----------------------------------------------------------------------------------

    def afterwards(self, merchant: MerchantProfile) -> None:
        if self.rng.random() < merchant.review_share:
            self._review()
        if self.rng.random() < merchant.dispute_share:
            self._dispute(merchant)
        elif self.rng.random() < merchant.refund_share:
            self._refund(merchant)

    def comes_back(self, merchant: MerchantProfile) -> bool:
        """Whether the provider could tell that this payment's money came back."""
        return merchant.manners.converts_back or self.payment.currency == merchant.currency

    def _review(self) -> None:
        review = self.payment.key.replace("pi_", "prv_")
        self.later(0.1, 1)
        self.add("review_open", 0, review)
        if self.rng.random() < 0.7:
            self.later(1, 30)
            self.add("review_close", 0, review, reason="approved")

    def _refund(self, merchant: MerchantProfile) -> None:
        """One to three refunds, together at most what was captured; some fail, and their money comes back."""
        rest = self.captured
        for number in range(1, self.rng.choice((1, 1, 1, 2, 3)) + 1):
            amount = rest if self.rng.random() < 0.4 else self.part(rest)
            rest -= amount
            refund = self.payment.key.replace("pi_", "re_") + f"_{number}"
            self.later(2, 150)
            self.add("refund", amount, refund, reason="requested_by_customer")
            if self.comes_back(merchant) and self.rng.random() < merchant.refund_failure_share:
                self.later(20, 120)
                self.add("refund_fail", amount, refund, reason="expired_or_canceled_card")
            if not rest:
                return

    def _dispute(self, merchant: MerchantProfile) -> None:
        dispute = self.payment.key.replace("pi_", "du_")
        self.later(24, 190)
        if self.rng.random() < merchant.inquiry_share:
            self.add("inquiry", self.captured, dispute, reason="general")
            self.later(10, 60)
            if self.rng.random() < 0.5:
                self.add("inquiry_closed", self.captured, dispute, reason="general")
                return
        for number in (1, 2):
            self.add("dispute", self.captured, dispute, number, reason="fraudulent")
            self.later(30, 200)
            if self.rng.random() < 0.45 or not self.comes_back(merchant) or (number == 2 and merchant.manners.second == "lost"):
                if merchant.manners.verdicts:
                    self.add("dispute_lost", self.captured, dispute, number, reason="fraudulent")
                return
            self.add("dispute_won", self.captured, dispute, number, reason="fraudulent")
            if self.rng.random() < 0.7 or not merchant.manners.second:
                return
            self.later(20, 60)
