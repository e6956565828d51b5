"""Worlds as Adyen tells them: webhooks and reports, in any order, are what happened."""

from dataclasses import replace
from random import Random

import pytest

from fc.core import balances, lifecycle
from fc.core.records import Request
from fc.providers import get
from simulator.dialects.adyen import AdyenDialect
from simulator.world import World
from simulator.world.outcome import outcome
from simulator.world.profiles import PROFILES

ADYEN = get("adyen")
SECRET = "AB" * 32


def merchants():
    """Merchants whose story Adyen could tell: no payouts at once, no payout below nothing, no second chargeback won."""
    for name in ("default", "currencies", "trouble"):
        profile = PROFILES[name]
        own = tuple(replace(one, instant_payout_share=0.0, collects_negative=False) for one in profile.merchants)
        for seed in range(1, 9):
            for merchant in World(seed, replace(profile, merchants=own)).merchants:
                acts = [act for payment in merchant.payments for act in payment.acts]
                if merchant.profile.schedule != "manual" and not [a for a in acts if a.kind == "dispute_won" and a.number == 2]:
                    yield pytest.param(merchant, id=f"{name}-{seed}-{merchant.number}")


MERCHANTS = list(merchants())


def test_there_are_enough_of_them():
    assert len(MERCHANTS) > 12


@pytest.mark.parametrize("merchant", MERCHANTS)
def test_what_is_understood_is_what_happened(merchant):
    dialect = AdyenDialect(merchant)
    bodies = [dialect.signed(message.body, SECRET) for message in dialect.messages()]
    assert all(ADYEN.verify(Request(body), [SECRET], 0).ok for body in bodies)
    parsed = [ADYEN.parse(Request(body)) for body in bodies]
    parsed.append(ADYEN.parse_report(dialect.report(merchant.payouts)))
    Random(1).shuffle(parsed)  # noqa: S311 (an order, no secret)
    by_payment = {}
    for fact in (fact for item in parsed for fact in item.movements):
        by_payment.setdefault(fact.transaction_key, []).append(fact)
    for payment in merchant.payments:
        state = lifecycle.fold(by_payment.get(payment.key, []))
        truth = outcome(payment)
        found = (state.state, state.captured.minor, state.refunded.minor, state.disputed.minor)
        assert found == (truth.state, truth.captured, truth.refunded, truth.disputed), payment
        assert not state.contradictions, payment


@pytest.mark.parametrize("merchant", MERCHANTS)
def test_each_payout_is_the_sum_of_its_lines_and_leaves_nothing(merchant):
    parsed = ADYEN.parse_report(AdyenDialect(merchant).report(merchant.payouts))
    assert [info.amount.minor for info in parsed.settlements if info.complete]
    assert {line.kind for line in parsed.lines}.isdisjoint({"unknown"})
    assert sorted(info.amount.minor for info in parsed.settlements) == sorted(payout.amount for payout in merchant.payouts)
    totals = balances.balance_totals(parsed.movements)
    assert not {key: minor for key, minor in totals.items() if key[0] == "clearing" and minor}
