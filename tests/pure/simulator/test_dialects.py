"""Worlds as each provider tells them, in any order and with losses that can be made good: what is understood is what happened."""

from random import Random

import pytest

from fc.core import balances, lifecycle
from fc.core.settlement_life import fold_settlement
from simulator.dialects.registry import DIALECTS, dialect_of
from simulator.faults import ODD, REFUSED
from simulator.world import Profile, World
from simulator.world.profile import MerchantProfile
from simulator.world.profiles import PROFILES
from tests.pure.simulator.hearing import Hearing

SEEDS = range(1, 9)
_TROUBLE = Profile("troubles", 20, tuple(
    MerchantProfile.of(code, f"Trouble {code}", payments=40, refund_share=0.4, dispute_share=0.3) for code in DIALECTS
    if code != "stripe"))  # fmt: skip


def merchants():
    for profile in (PROFILES["five_providers"], _TROUBLE):
        for seed in SEEDS:
            for merchant in World(seed, profile).merchants:
                if merchant.profile.provider in DIALECTS and merchant.profile.provider != "stripe":
                    yield pytest.param(merchant, id=f"{merchant.profile.provider}-{profile.name}-{seed}")


MERCHANTS = list(merchants())


def heard(merchant, rng=None):
    """Everything, with losses and in an order that ``rng`` draws."""
    hearing = Hearing(dialect_of(merchant))
    messages = [one for one in hearing.messages if not rng or not one.told_elsewhere or rng.random() < 0.7]
    if rng:
        rng.shuffle(messages)
    hearing.hear(messages)
    hearing.poll(hearing.poll())
    hearing.read_reports()
    if rng:
        rng.shuffle(hearing.parsed)
    return hearing


@pytest.mark.parametrize("loss", [False, True])
@pytest.mark.parametrize("merchant", MERCHANTS)
def test_what_is_understood_is_what_happened(merchant, loss):
    hearing = heard(merchant, Random(1) if loss else None)  # noqa: S311 (an order, no secret)
    by_payment, refunded = {}, {fact.external_id: fact.transaction_key for fact in hearing.facts if fact.kind == "refund"}
    for fact in hearing.facts:
        # As the subledger does it: a refund that failed may name the refund alone.
        if payment := fact.transaction_key or (refunded.get(fact.group) if fact.kind == "refund_fail" else None):
            by_payment.setdefault(payment, []).append(fact)
    for told in hearing.dialect.told_payments():
        state = lifecycle.fold(by_payment.pop(told.key, []))
        found = (state.state, state.captured.minor, state.refunded.minor, state.disputed.minor)
        assert found == (told.end.state, told.end.captured, told.end.refunded, told.end.disputed), told
        assert not state.contradictions, (told, state.contradictions)
    assert not by_payment
    assert _totals(hearing.facts) == _truth(merchant)


def _totals(facts):
    return {key: minor for key, minor in balances.balance_totals(facts).items() if minor}


def _truth(merchant):
    """The balances, with what the bank has still in transit: no bank line is heard of here."""
    truth = dict(merchant.balances())
    for payout in merchant.payouts:
        if payout.key in merchant.arrived:
            key = "in_transit", payout.currency
            truth[key] = truth.get(key, 0) + payout.amount
    return {key: minor for key, minor in truth.items() if minor}


@pytest.mark.parametrize("merchant", MERCHANTS)
def test_each_payout_is_told_and_is_the_sum_of_its_lines(merchant):
    hearing = heard(merchant)
    facts, infos, lines = {}, {}, {}
    for fact in hearing.facts:
        if fact.settlement_key:
            facts.setdefault(fact.settlement_key, []).append(fact)
    for parsed in hearing.parsed:
        for info in parsed.settlements:
            infos.setdefault(info.external_id, []).append(info)
        for line in parsed.lines:
            assert line.kind != "unknown", line
            lines.setdefault(line.settlement_key, {})[line.external_id] = line.net.minor
    for payout in merchant.payouts:
        key = hearing.dialect.payout_key(payout)
        told = infos.pop(key)
        state = fold_settlement([*facts[key], *told])
        assert (state.amount.minor, state.state == "failed") == (payout.amount, bool(payout.failed_at)), payout
        assert {info.trace for info in told if info.trace} == {payout.trace}
        if payout.itemized_at:
            assert sum(lines[key].values()) == payout.amount
    for key in infos:
        assert not sum(lines[key].values()), "a period that is no payout leaves nothing"


@pytest.mark.parametrize("merchant", MERCHANTS[:: len(SEEDS)])
def test_wrong_calls_are_refused_and_odd_ones_are_taken(merchant):
    hearing = Hearing(dialect_of(merchant))
    judged = {how: [hearing.verdict(message, how) for message in hearing.messages[:20]] for how in (*REFUSED, *ODD)}
    assert all(verdict is None or not verdict.ok for how in REFUSED for verdict in judged[how])
    assert all(verdict.ok for how in ODD for verdict in judged[how])
    assert any(verdict is not None for verdict in judged["forged"])
