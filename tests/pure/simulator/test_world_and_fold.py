"""Worlds without a database, as Stripe tells them: what the adapter understands of every message, folded, is what happened."""
from random import Random

import pytest

from fc import providers
from fc.core import balances, lifecycle
from fc.providers.stripe import events
from fc.providers.stripe.balance import parse as parse_lines
from simulator.dialects.stripe import StripeDialect
from simulator.dialects.stripe_payments import compact
from simulator.world import World
from simulator.world.outcome import outcome
from simulator.world.profiles import PROFILES

SEEDS = range(1, 7)
_ROLES = {"clearing", "reserve", "disputes", "in_transit"}


def told(merchant, itemized_by):
    """Everything that the provider says of ``merchant``, as records, in the order of the world."""
    dialect = StripeDialect(merchant)
    parsed = [events.parse(message.body) for message in dialect.messages()]
    itemized = [payout for payout in merchant.payouts if payout.itemized_at]
    if itemized_by == "report" and itemized:
        parsed.append(providers.get("stripe").parse_report(dialect.report(itemized)))
    for payout in itemized if itemized_by == "api" else ():
        page = {"object": "list", "data": dialect.balance_transactions(payout), "has_more": False}
        parsed.append(parse_lines(compact(page), payout.key))
    return parsed


def merchants():
    for name, profile in PROFILES.items():
        for seed in SEEDS:
            for merchant in World(seed, profile).merchants:
                if merchant.profile.provider != "stripe":
                    continue
                yield pytest.param(merchant, id=f"{name}-{seed}-{merchant.number}")


@pytest.mark.parametrize("itemized_by", ["api", "report"])
@pytest.mark.parametrize("merchant", list(merchants()))
def test_what_is_understood_is_what_happened(merchant, itemized_by):
    parsed = told(merchant, itemized_by)
    Random(1).shuffle(parsed)  # noqa: S311 (an order, no secret)
    facts = [fact for item in parsed for fact in item.movements]
    by_payment = {}
    for fact in facts:
        by_payment.setdefault(fact.transaction_key, []).append(fact)
    for payment in merchant.payments:
        state = lifecycle.fold(by_payment.get(payment.key, []))
        truth = outcome(payment)
        found = (state.state, state.captured.minor, state.refunded.minor, state.disputed.minor)
        assert found == (truth.state, truth.captured, truth.refunded, truth.disputed), payment
        assert not state.contradictions, payment
    totals = {key: amount for key, amount in balances.balance_totals(facts).items() if amount}
    arrived = {}
    for payout in merchant.payouts:
        if payout.key in merchant.arrived:
            arrived[payout.currency] = arrived.get(payout.currency, 0) + payout.amount
    truth = merchant.balances()
    for currency, amount in arrived.items():
        truth[("in_transit", currency)] = truth.get(("in_transit", currency), 0) + amount
    assert totals == {key: amount for key, amount in truth.items() if amount}


@pytest.mark.parametrize("merchant", list(merchants()))
def test_each_payout_is_the_sum_of_its_lines(merchant):
    dialect = StripeDialect(merchant)
    itemized = [payout for payout in merchant.payouts if payout.itemized_at]
    if not itemized:
        assert merchant.profile.schedule == "manual" or not merchant.payouts
        return
    parsed = providers.get("stripe").parse_report(dialect.report(itemized))
    lines = {}
    for line in parsed.lines:
        lines[line.settlement_key] = lines.get(line.settlement_key, 0) + line.net.minor
    assert lines == {payout.key: payout.amount for payout in itemized}
    assert all(line.kind != "unknown" for line in parsed.lines)


def test_the_same_seed_is_the_same_world_and_another_is_another():
    profile = PROFILES["default"]
    first, again, other = (
        b"".join(message.body for message in StripeDialect(World(seed, profile).merchants[0]).messages()) for seed in (3, 3, 4))
    assert first == again != other
