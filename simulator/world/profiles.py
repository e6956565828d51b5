"""The profiles that there are. How to write one: docs/simulator.md."""
from __future__ import annotations

from .profile import MerchantProfile, Profile

_EURO = {"EUR": 1.0}

PROFILES = {profile.name: profile for profile in (
    # Two companies of one database, so that nothing may cross from one to the other.
    Profile("default", 22, (
        MerchantProfile("Harbour Books", payments=48, transfers=10, instant_payout_share=0.04),
        MerchantProfile("Alpine Tools", country="CH", timezone="Europe/Zurich", payments=30, transfers=6,
                        schedule="weekly", payout_failure_share=0.3, posting_mode="per_settlement"),
    )),
    # Customers who pay in many currencies, reserves, and tax on fees.
    Profile("currencies", 20, (
        MerchantProfile("Sea Travel", currency="EUR", paid_in={"EUR": 4, "USD": 2, "JPY": 2, "GBP": 1, "KWD": 1},
                        payments=60, fee_tax_percent=19.0, reserve_percent=8.0, reserve_days=6, transfers=4),
    )),
    # Little money and much trouble: payouts turn negative, debits come back, disputes go all the way.
    Profile("trouble", 24, (
        MerchantProfile("Night Market", timezone="America/New_York", payments=40, refund_share=0.45, dispute_share=0.3,
                        payout_failure_share=0.35, transfer_return_share=0.4, unknown_order_share=0.1,
                        twin_share=0.3,
                        lives={"sale": 6, "late_failure": 3, "retry": 2, "partial_capture": 2, "multicapture": 2}),
    )),
    # What a shop's month looks like: many cards, some of everything; `make demo` shows it.
    Profile("retailer", 18, (
        MerchantProfile("Harbour Retail", payments=64, transfers=14, equal_share=0.12, partial_share=0.1, bank_cost_share=0.7,
                        refund_share=0.14, refund_failure_share=0.15,
                        dispute_share=0.06, unknown_order_share=0.02, checkout_share=0.12, payout_failure_share=0.06,
                        instant_payout_share=0.05, transfer_return_share=0.15,
                        lives={"sale": 60, "capture_later": 12, "partial_capture": 8, "multicapture": 4, "void": 4,
                               "decline": 4, "retry": 4, "late_failure": 2}),
    )),
    # What an agency's month looks like: invoices, most of them paid by bank transfer.
    Profile("services", 18, (
        MerchantProfile("Northside Services", payments=14, transfers=24, refund_share=0.05, dispute_share=0.03,
                        unknown_order_share=0.0, schedule="weekly", payout_failure_share=0.05,
                        transfer_return_share=0.04, posting_mode="per_settlement",
                        lives={"sale": 80, "capture_later": 15, "decline": 5}),
    )),
    # Two companies with five providers, who disagree about everything.
    Profile("five_providers", 18, (
        MerchantProfile.of("stripe", "Market Cards", company=1, payments=16, transfers=3, payout_failure_share=0.2),
        MerchantProfile.of("adyen", "Market Terminals", company=1, paid_in={"EUR": 3, "USD": 1, "JPY": 1}, payments=16,
                           transfers=2, reserve_percent=5.0, payout_failure_share=0.2, dispute_share=0.15,
                           posting_mode="per_settlement"),
        MerchantProfile.of("paypal", "Market Wallet", company=1, paid_in={"EUR": 3, "USD": 1, "JPY": 1}, payments=16,
                           transfers=2, reserve_percent=5.0, payout_failure_share=0.2, dispute_share=0.15),
        MerchantProfile.of("mollie", "Club Shop", company=2, paid_in={"EUR": 3, "GBP": 1, "KWD": 1}, payments=16, transfers=3,
                           fee_tax_percent=21.0, reserve_percent=5.0, payout_failure_share=0.2, dispute_share=0.15),
        MerchantProfile.of("gocardless", "Club Dues", company=2, payments=16, transfers=2, fee_tax_percent=20.0,
                           payout_failure_share=0.4, dispute_share=0.15, schedule="weekly", posting_mode="per_settlement"),
    )),
    # Paid out only when somebody asks for it: nothing is itemised.
    Profile("manual", 16, (
        MerchantProfile("Corner Shop", schedule="manual", payments=40, transfers=8, posting_mode="per_settlement"),
    )),
)}
