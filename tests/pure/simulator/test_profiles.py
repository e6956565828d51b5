"""A profile that contradicts itself is refused with the reason; the ones that we ship are played."""
from dataclasses import replace

import pytest

from simulator.world import Profile, ProfileError, World
from simulator.world.profile import MerchantProfile
from simulator.world.profiles import PROFILES


@pytest.mark.parametrize(("change", "reason"), [
    ({"days": 2}, "lasts 3 to 366 days"),
    ({"merchants": ()}, "no merchant"),
    ({"merchants": (MerchantProfile("One"), MerchantProfile("One"))}, "two merchants are called One"),
    ({"merchants": (MerchantProfile(refund_share=1.2),)}, "refund_share is 1.2"),
    ({"merchants": (MerchantProfile(schedule="hourly"),)}, "schedule 'hourly'"),
    ({"merchants": (MerchantProfile(lives={"magic": 1}),)}, "no life is called magic"),
    ({"merchants": (MerchantProfile(lives={"sale": 0}),)}, "no life has a weight above zero"),
    ({"merchants": (MerchantProfile(paid_in={}),)}, "no currency to pay in"),
    ({"merchants": (MerchantProfile(paid_in={"XTS": 1}),)}, "no rate for XTS"),
    ({"merchants": (MerchantProfile(schedule="manual", reserve_percent=5),)}, "the schedule is manual"),
    ({"merchants": (MerchantProfile(reserve_percent=5, reserve_days=60),)}, "none is ever released"),
    ({"merchants": (MerchantProfile(settle_days=24),)}, "nothing is ever paid out"),
    ({"merchants": (MerchantProfile(provider="paypoint"),)}, "no provider is called 'paypoint'"),
    ({"merchants": (MerchantProfile.of("mollie", "M", lives={"retry": 1}),)}, "at mollie no payment goes by retry"),
    ({"merchants": (MerchantProfile.of("gocardless", "G", paid_in={"EUR": 1, "USD": 1}),)}, "nothing is converted"),
    ({"merchants": (MerchantProfile.of("adyen", "A", collects_negative=True),)}, "no balance is collected"),
])
def test_a_profile_that_contradicts_itself_is_refused(change, reason):
    with pytest.raises(ProfileError, match=reason):
        World(1, replace(Profile(), **change))


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_is_played_and_says_something(name):
    world = World(1, PROFILES[name])
    for merchant in world.merchants:
        assert merchant.acts
        assert merchant.payouts
        assert all(statement.opening + sum(entry.amount for entry in statement.entries) == statement.closing
                   for statement in merchant.statements)
        assert all(before.closing == after.opening
                   for before, after in zip(merchant.statements, merchant.statements[1:], strict=False))


def test_every_kind_of_act_and_payout_comes_up():
    """Otherwise a bug in it could not be found by any seed."""
    merchants = [merchant for seed in range(40) for profile in PROFILES.values() for merchant in World(seed, profile).merchants]
    acts = {act.kind for merchant in merchants for _payment, act in merchant.acts}
    assert acts == {
        "authorize", "capture", "void", "expire", "fail", "capture_fail", "refund", "refund_fail", "inquiry",
        "inquiry_closed", "dispute", "dispute_won", "dispute_lost", "review_open", "review_close"}
    payouts = [payout for merchant in merchants for payout in merchant.payouts]
    assert any(payout.amount < 0 for payout in payouts)
    assert any(payout.failed_at and payout.paid_at for payout in payouts)
    assert any(payout.failed_at and not payout.paid_at for payout in payouts)
    assert any(not payout.automatic for payout in payouts)
    categories = {line.category for merchant in merchants for line in merchant.lines}
    assert categories >= {"risk_reserved_funds", "payout_reversal", "partial_capture_reversal", "fee", "payout"}
    assert {line.original[1] for merchant in merchants for line in merchant.lines if line.original} >= {"USD", "JPY", "KWD"}
