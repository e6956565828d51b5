"""What each provider does, and what it never does: a world lets nothing happen at a provider that it could not tell of."""
from __future__ import annotations

from dataclasses import dataclass, field

from .life_names import LIVES


@dataclass(frozen=True)
class Manners:
    """One provider. ``bank_name`` and ``bank_text`` are what a statement shows of its payouts, before their ``trace``, in which
    ``{prefix}`` is the merchant's and ``{number}`` that of the payout.

    ``lives``: how payments go there. ``verdicts``: whether it says that a dispute is lost; ``second``: what a second withdrawal
    of one dispute may come to: `decided` either way, `lost`, or there is none. ``parts``: whether refunds and disputes of what
    was captured in steps are about all of it. ``itemizes``: when it lists the lines of a payout: `later`, `at once`, `never`.
    ``tells_all``: whether it also lists what is in no payout yet. ``announces``: whether it tells of a payout before the bank
    has it. ``repays``: whether what the bank sent back is in the next payout; else it stays in the balance, until a person
    corrects the bank account, who does not live in a world. ``defaults``: values of a profile that differ there.
    """

    bank_name: str
    bank_text: str
    trace: str = "{prefix}TR{number:04d}"
    lives: tuple = LIVES
    converts: bool = True
    # What was converted may come back: a failed refund, a dispute that is won.
    converts_back: bool = True
    reserves: bool = True
    reviews: bool = False
    inquiries: bool = False
    verdicts: bool = True
    second: str = ""
    parts: bool = True
    payout_failures: bool = False
    repays: bool = True
    collects: bool = False
    instant: bool = False
    itemizes: str = "at once"
    tells_all: bool = False
    announces: bool = True
    # Of a part of a card's charge: one row of the whole and one of what was not captured, as Stripe books it.
    whole_first: bool = False
    # The events of a dispute tell what it cost.
    dispute_costs: bool = False
    defaults: dict = field(default_factory=dict)


_NEVER = {"review_share": 0.0, "inquiry_share": 0.0, "instant_payout_share": 0.0, "collects_negative": False}
_CARDS = {"sale": 60, "capture_later": 12, "partial_capture": 6, "multicapture": 4, "void": 4, "expire": 2, "decline": 4}

MANNERS = {
    "stripe": Manners(
        "STRIPE PAYMENTS EUROPE", "STRIPE PAYOUT", reviews=True, inquiries=True, second="decided", payout_failures=True,
        collects=True, instant=True, itemizes="later", whole_first=True, dispute_costs=True),
    # A second chargeback is the last word.
    "adyen": Manners(
        "ADYEN NV", "ADYEN", "TX{prefix}{number:04d}XT batch {number}, WorldShop",
        lives=("sale", "capture_later", "partial_capture", "multicapture", "void", "expire", "decline", "late_failure"),
        reviews=True, inquiries=True, second="lost", payout_failures=True,
        defaults={**_NEVER, "inquiry_share": 0.3, "review_share": 0.04, "lives": {**_CARDS, "late_failure": 4}}),
    # It takes a chargeback at once and never says that one is lost; another try is another payment.
    "mollie": Manners(
        "STICHTING MOLLIE PAYMENTS", "Mollie", "{prefix}.2403.{number:02d}",
        lives=("sale", "capture_later", "partial_capture", "multicapture", "void", "expire", "decline"), verdicts=False,
        converts_back=False, payout_failures=True, repays=False,
        defaults={**_NEVER, "lives": dict(_CARDS)}),
    # Debits of accounts: nothing is reserved beforehand, the bank takes money back days later, a payment is collected again.
    "gocardless": Manners(
        "GOCARDLESS LTD", "GOCARDLESS", "WORLD-{prefix}{number:04d}", lives=("sale", "decline", "retry", "late_failure"),
        converts=False, reserves=False, announces=False, payout_failures=True, repays=False,
        defaults={**_NEVER, "lives": {"sale": 70, "decline": 8, "retry": 10, "late_failure": 12}}),
    # What it says of the balance it says row by row, whether paid out or not; a capture is a payment of its own there.
    "paypal": Manners(
        "PAYPAL EUROPE SARL", "PAYPAL", "{prefix}PP{number:06d}",
        lives=("sale", "capture_later", "partial_capture", "multicapture", "void", "decline"), inquiries=True,
        second="decided", parts=False, payout_failures=True, itemizes="never", tells_all=True,
        defaults={**_NEVER, "inquiry_share": 0.3,
                  "lives": {name: weight for name, weight in _CARDS.items() if name != "expire"}}),
}
