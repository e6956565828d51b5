"""The provider's side: what each act does to the balance, what it costs, and when the balance is paid out."""
from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from random import Random

from .calendar import next_business_day
from .profile import DECIMALS, WORTH, MerchantProfile
from .truth import Act, BalanceLine, Payment, Payout

PAYOUT_HOUR = time(6, 0)
MANUAL_EVERY_DAYS = 4


class ProviderBalance:
    """The balance of one merchant in one currency, line by line, and its payouts."""

    def __init__(self, rng: Random, merchant: MerchantProfile, prefix: str):
        self.rng, self.merchant, self.prefix = rng, merchant, prefix
        self.lines: list[BalanceLine] = []
        self.payouts: list[Payout] = []
        self._waiting: list[BalanceLine] = []
        self._numbers = 0
        self._reserved: list[tuple[date, int]] = []
        self._wobble = rng.uniform(0.97, 1.03)

    # --- lines ----------------------------------------------------------------------------------------------------

    def act(self, payment: Payment, act: Act) -> None:
        """Book what an act does to the balance."""
        if act.kind == "capture":
            self._capture(payment, act)
        elif act.kind == "capture_fail":
            self._line(act.at, "charge_failure", -act.amount, payment, act, act.ref)
        elif act.kind == "refund":
            self._line(act.at, "refund", -act.amount, payment, act, act.ref)
        elif act.kind == "refund_fail":
            self._line(act.at, "refund_failure", act.amount, payment, act, act.ref)
        elif act.kind == "dispute":
            self._line(act.at, "dispute", -act.amount, payment, act, act.ref, fee=self.merchant.dispute_fee)
        elif act.kind == "dispute_won":
            back = -self.merchant.dispute_fee if self.rng.random() < 0.5 else 0
            self._line(act.at, "dispute_reversal", act.amount, payment, act, act.ref, fee=back)

    def _capture(self, payment: Payment, act: Act) -> None:
        """One row of the whole charge and one of what was not captured, when only a part was, once and for all."""
        whole = sum(other.amount for other in payment.acts if other.kind == "authorize" and other.ref == act.ref)
        steps = sum(other.kind == "capture" for other in payment.acts)
        part = self.merchant.manners.whole_first and steps == 1 and act.amount < whole
        gross = whole if part else act.amount
        fee = self._card_fee(self._settled(act.amount, payment.currency, act.at))
        tax = round(fee * self.merchant.fee_tax_percent / 100)
        first = self._line(act.at, "charge", gross, payment, act, act.ref, fee=fee, tax=tax)
        if part:
            self._line(act.at, "partial_capture_reversal", act.amount - whole, payment, act, act.ref)
        if self.merchant.reserve_percent and first.net > 0:
            held = round(first.gross * self.merchant.reserve_percent / 100)
            if held:
                self._own(act.at, "risk_reserved_funds", -held)
                self._reserved.append((act.at.date() + timedelta(days=self.merchant.reserve_days), held))

    def _card_fee(self, amount: int) -> int:
        least, most = self.merchant.interchange
        return self.merchant.fee_fixed + round(
            amount * (self.merchant.fee_percent / 100 + self.rng.randint(least, most) / 10_000))

    def _line(self, at, category, amount, payment, act, source, fee=0, tax=0) -> BalanceLine:
        original = None if payment.currency == self.merchant.currency else (amount, payment.currency)
        gross = self._settled(amount, payment.currency, at) if original else amount
        line = BalanceLine(
            self._number(), category, at, at + timedelta(days=self.merchant.settle_days), self.merchant.currency,
            gross, fee, tax, source, payment, act, original)
        self._keep(line)
        return line

    def _own(
        self, at: datetime, category: str, gross: int, source: str = "", fee: int = 0, text: str = "", waits: bool = True,
    ) -> None:  # fmt: skip
        """A line that belongs to no payment; it is available at once, and ``waits`` for the next payout or for a person."""
        self._keep(BalanceLine(
            self._number(), category, at, at, self.merchant.currency, gross, fee, 0, source, text=text), waits)

    def _keep(self, line: BalanceLine, waits: bool = True) -> None:
        self.lines.append(line)
        if waits:
            self._waiting.append(line)

    def _number(self) -> str:
        self._numbers += 1
        return f"txn_{self.prefix}{self._numbers:05d}"

    def _settled(self, amount: int, currency: str, at: datetime) -> int:
        """``amount`` of ``currency`` in the merchant's, at the provider's own rate of the day."""
        own = self.merchant.currency
        if currency == own:
            return amount
        wave = 1 + ((at.toordinal() * 37) % 41 - 20) / 1000
        scale = 10 ** (DECIMALS.get(own, 2) - DECIMALS.get(currency, 2))
        rate = WORTH[currency] / WORTH[own] * wave * self._wobble * scale
        return (1 if amount > 0 else -1) * max(1, round(abs(amount) * rate))

    # --- days -----------------------------------------------------------------------------------------------------

    def morning(self, day: date) -> None:
        """What the provider does by itself on a day: bounced payouts, reserves, network costs, payouts."""
        at = datetime.combine(day, PAYOUT_HOUR, timezone.utc)
        for payout in self.payouts:
            if payout.failed_at and payout.failed_at.date() == day:
                repays = self.merchant.manners.repays
                self._own(payout.failed_at, "payout_reversal", payout.amount, payout.key, waits=repays)
        due = [amount for until, amount in self._reserved if until <= day]
        self._reserved = [item for item in self._reserved if item[0] > day]
        if due:
            self._own(at - timedelta(minutes=30), "risk_reserved_funds", sum(due))
        if self.merchant.network_costs and day.weekday() == 4 and self.lines:
            self._own(at - timedelta(minutes=20), "fee", -self.rng.randint(10, 400), text="Card network costs")
        if self._pays_on(day):
            self._pay_out(at)
        if self.rng.random() < self.merchant.instant_payout_share:
            self._pay_at_once(at + timedelta(hours=5))

    def _pays_on(self, day: date) -> bool:
        if self.merchant.schedule == "manual":
            return day.toordinal() % MANUAL_EVERY_DAYS == 0
        return day.weekday() < 5 if self.merchant.schedule == "daily" else day.weekday() == 0

    def _pay_out(self, at: datetime) -> None:
        ready = [line for line in self._waiting if line.available <= at]
        amount = sum(line.net for line in ready)
        if not amount or (amount < 0 and not (self.merchant.collects_negative and self.merchant.schedule != "manual")):
            return
        self._waiting = [line for line in self._waiting if line.available > at]
        payout = self._payout(at, amount, automatic=self.merchant.schedule != "manual")
        payout.lines = ready
        if payout.automatic and self.merchant.manners.itemizes != "never":
            later = self.merchant.manners.itemizes == "later"
            payout.itemized_at = at + timedelta(hours=self.rng.randint(2, 9) if later else 0)
        paid = datetime.combine(payout.arrives, time(8), timezone.utc)
        fails = amount > 0 and self.rng.random() < self.merchant.payout_failure_share
        if not fails or self.rng.random() < 0.5:
            payout.paid_at = paid
        if fails:
            payout.failed_at = paid + timedelta(days=1 if payout.paid_at else 0, hours=self.rng.randint(1, 9))

    def _pay_at_once(self, at: datetime) -> None:
        """Pay a part of what is available within minutes, for a fee; the next automatic payout lists it."""
        ready = sum(line.net for line in self._waiting if line.available <= at)
        amount = ready // 2
        if amount < 1000:
            return
        payout = self._payout(at, amount, automatic=False)
        payout.arrives, payout.paid_at = next_business_day(at.date()), at + timedelta(minutes=20)
        self._own(at, "payout", -amount, payout.key, fee=round(amount / 100))

    def _payout(self, at: datetime, amount: int, automatic: bool) -> Payout:
        number = len(self.payouts) + 1
        payout = Payout(
            f"po_{self.prefix}{number:03d}", amount, self.merchant.currency, at,
            next_business_day(at.date() + timedelta(days=2)),
            self.merchant.manners.trace.format(prefix=self.prefix.upper(), number=number), automatic)
        self.payouts.append(payout)
        return payout
