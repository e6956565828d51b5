"""What a world is like: how many payments, how they go, how a provider pays out, what a bank does. A profile that
contradicts itself is refused with the reason.

Shares are probabilities from 0 to 1; amounts are minor units of their currency; times are hours unless they say days.
"""
from __future__ import annotations

from dataclasses import dataclass, field, fields

from .life_names import LIVES
from .manners import MANNERS, Manners

# What one unit of a currency is worth in euros on an ordinary day; the currencies that a world may use.
WORTH = {"EUR": 1.0, "USD": 0.92, "GBP": 1.17, "CHF": 1.05, "JPY": 0.0061, "KWD": 3.0, "SEK": 0.088}
# Decimals of the currencies that have not two.
DECIMALS = {"JPY": 0, "KWD": 3}
SCHEDULES = ("daily", "weekly", "manual")


class ProfileError(ValueError):
    """A profile that cannot be played; the message says which values contradict each other."""


@dataclass(frozen=True)
class MerchantProfile:
    """One connection to one provider, with a bank account of its own. Merchants of one ``company`` (any number but zero, which
    means one of its own) share its books."""

    name: str = "Retail"
    provider: str = "stripe"
    company: int = 0
    country: str = "DE"
    timezone: str = "Europe/Berlin"
    currency: str = "EUR"
    # Currencies that customers pay in, with weights; what is not the merchant's own is converted by the provider.
    paid_in: dict = field(default_factory=lambda: {"EUR": 1.0})
    posting_mode: str = "per_transaction"
    payments: int = 60
    transfers: int = 12
    lives: dict = field(default_factory=lambda: {
        "sale": 60, "capture_later": 12, "partial_capture": 6, "multicapture": 4, "void": 4, "expire": 2,
        "decline": 4, "retry": 4, "late_failure": 4})
    refund_share: float = 0.15
    refund_failure_share: float = 0.2
    dispute_share: float = 0.08
    inquiry_share: float = 0.3
    review_share: float = 0.04
    unknown_order_share: float = 0.03
    checkout_share: float = 0.0  # orders at Odoo's own checkout, whose card is charged at once and for good
    fee_fixed: int = 25
    fee_percent: float = 1.4
    interchange: tuple = (20, 160)  # hundredths of a percent, drawn for each card
    fee_tax_percent: float = 0.0
    dispute_fee: int = 2000
    reserve_percent: float = 0.0
    reserve_days: int = 5
    schedule: str = "daily"
    settle_days: int = 2
    instant_payout_share: float = 0.0
    payout_failure_share: float = 0.1
    collects_negative: bool = True
    network_costs: bool = True
    transfer_return_share: float = 0.1
    twin_share: float = 0.0  # transfers whose customer pays another invoice of the same amount too, without naming it
    bank_cost_share: float = 0.3
    batch_share: float = 0.06  # days on which the bank books the debits of several customers as one entry
    says_reference_share: float = 0.7
    misread_share: float = 0.1  # of the references that are told, one character is wrong
    lump_share: float = 0.1  # transfers that pay two or three invoices at once
    partial_share: float = 0.05  # that pay less than the invoice which they name
    equal_share: float = 0.05  # that name nothing, from a customer with two open invoices of that amount

    @classmethod
    def of(cls, provider: str, name: str, **values) -> MerchantProfile:
        """A merchant of ``provider``, with what is usual there where ``values`` do not say otherwise."""
        return cls(name, provider, **{**MANNERS[provider].defaults, **values})

    @property
    def manners(self) -> Manners:
        return MANNERS[self.provider]


@dataclass(frozen=True)
class Profile:
    """A world: its merchants, and how many days it lasts."""

    name: str = "default"
    days: int = 24
    merchants: tuple = (MerchantProfile(),)

    def check(self) -> None:
        """Raise ProfileError for values that contradict each other."""
        if not 3 <= self.days <= 366:
            raise ProfileError(f"profile {self.name}: {self.days} days; a world lasts 3 to 366 days")
        if not self.merchants:
            raise ProfileError(f"profile {self.name}: it has no merchant, so nothing would happen in it")
        names = [merchant.name for merchant in self.merchants]
        if len(set(names)) != len(names):
            raise ProfileError(f"profile {self.name}: two merchants are called {max(names, key=names.count)}")
        for merchant in self.merchants:
            self._check_merchant(merchant)

    def _check_merchant(self, merchant: MerchantProfile) -> None:
        where = f"profile {self.name}, merchant {merchant.name}"
        for item in fields(merchant):
            value = getattr(merchant, item.name)
            if item.name.endswith("_share") and not 0 <= value <= 1:
                raise ProfileError(f"{where}: {item.name} is {value}; a share is from 0 to 1")
        if merchant.schedule not in SCHEDULES:
            raise ProfileError(f"{where}: schedule {merchant.schedule!r}; there are {', '.join(SCHEDULES)}")
        if merchant.provider not in MANNERS:
            raise ProfileError(f"{where}: no provider is called {merchant.provider!r}; there are {', '.join(MANNERS)}")
        unknown = set(merchant.lives) - set(LIVES)
        if unknown:
            raise ProfileError(f"{where}: no life is called {', '.join(sorted(unknown))}; there are {', '.join(LIVES)}")
        if merchant.payments and not any(weight > 0 for weight in merchant.lives.values()):
            raise ProfileError(f"{where}: {merchant.payments} payments, but no life has a weight above zero")
        if merchant.payments and not any(weight > 0 for weight in merchant.paid_in.values()):
            raise ProfileError(f"{where}: {merchant.payments} payments, but no currency to pay in has a weight above zero")
        self._check_manners(merchant, where)
        strange = {merchant.currency, *merchant.paid_in} - set(WORTH)
        if strange:
            raise ProfileError(f"{where}: there is no rate for {', '.join(sorted(strange))}; add it to WORTH")
        if merchant.schedule == "manual" and merchant.reserve_percent:
            raise ProfileError(f"{where}: a reserve is told by the lines of automatic payouts, and the schedule is manual")
        if merchant.reserve_percent and merchant.reserve_days >= self.days:
            raise ProfileError(
                f"{where}: reserves are held {merchant.reserve_days} days and the world lasts {self.days}: none is ever "
                f"released; shorten reserve_days")
        if merchant.settle_days >= self.days:
            raise ProfileError(
                f"{where}: money is available after {merchant.settle_days} days and the world lasts {self.days}: nothing is "
                f"ever paid out; shorten settle_days")

    def _check_manners(self, merchant: MerchantProfile, where: str) -> None:
        """Nothing may happen that the provider could not tell of."""
        manners, there = merchant.manners, f"{where}: at {merchant.provider}"
        others = sorted(name for name, weight in merchant.lives.items() if weight and name not in manners.lives)
        if others:
            raise ProfileError(f"{there} no payment goes by {', '.join(others)}; there are {', '.join(manners.lives)}")
        foreign = sorted(name for name, weight in merchant.paid_in.items() if weight and name != merchant.currency)
        for has, asked, what in (
            (manners.converts, foreign, f"nothing is converted; take {merchant.currency} alone"),
            (manners.reserves, merchant.reserve_percent, "there are no reserves; leave reserve_percent at 0"),
            (manners.reviews, merchant.review_share, "there are no reviews; set review_share to 0"),
            (manners.inquiries, merchant.inquiry_share, "there are no inquiries; set inquiry_share to 0"),
            (manners.payout_failures, merchant.payout_failure_share, "no payout fails; set payout_failure_share to 0"),
            (manners.collects, merchant.collects_negative, "no balance is collected; set collects_negative to False"),
            (manners.instant, merchant.instant_payout_share, "no payout is instant; set instant_payout_share to 0"),
        ):  # fmt: skip
            if asked and not has:
                raise ProfileError(f"{there} {what}")
