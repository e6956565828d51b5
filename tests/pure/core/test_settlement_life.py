"""The life of payouts: precedence, amounts, disagreement; and how far a payment is settled."""

from datetime import timedelta

import pytest

from fc.core.errors import FinanceError, MoneyError
from fc.core.facts import light
from fc.core.lifecycle import SETTLEMENT_STATES, fold_settlement, settlement_state
from fc.core.money import Money
from fc.core.records import SettlementInfo

from .facts_dsl import START, euro, fact


def info(status, minor=9000, hour=0):
    return SettlementInfo("po_1", euro(minor), START + timedelta(hours=hour), status=status)


@pytest.mark.parametrize("weaker", range(4))
@pytest.mark.parametrize("stronger", range(4))
def test_the_strongest_word_wins_whichever_came_last(weaker, stronger):
    told = [info(SETTLEMENT_STATES[weaker], hour=5), info(SETTLEMENT_STATES[stronger], hour=1)]
    assert fold_settlement(told).state == SETTLEMENT_STATES[max(weaker, stronger)]


def test_infos_movements_and_light_facts_mix():
    told = [info("in_transit"), fact("payout_paid", 9000), light(fact("payout", 9000)), fact("capture", 12)]
    assert fold_settlement(told) == ("paid", euro(9000), ())
    assert fold_settlement([light(fact("payout_fail", 9000))]) == ("failed", euro(9000), ())


def test_a_failure_without_amount_says_nothing_about_the_amount():
    assert fold_settlement([fact("payout_fail", 0)]) == ("failed", None, ())
    assert fold_settlement([info("paid"), fact("payout_fail", 0)]) == ("failed", euro(9000), ())


def test_disagreeing_amounts_are_reported_and_the_largest_is_kept():
    for told in ([info("open", 9000), info("open", -9100)], [info("open", -9100), info("open", 9000)]):
        state = fold_settlement(told)
        assert state.amount == euro(-9100)
        assert [(one.code, one.definite, one.amount) for one in state.contradictions] == [
            ("conflicting_amounts", True, euro(18100))
        ]
    dollars = fact("payout", 9000, currency="USD")
    assert fold_settlement([info("open"), dollars]).contradictions[0].amount is None


def test_an_unknown_status_is_refused():
    with pytest.raises(FinanceError, match="'bounced'"):
        fold_settlement([info("bounced")])


def test_settlement_state_of_a_payment():
    assert settlement_state(euro(0), euro(0)) == "unsettled"
    assert settlement_state(euro(500), euro(1)) == "partial"
    assert settlement_state(euro(500), euro(600)) == "settled"
    assert settlement_state(euro(500), euro(-20)) == "partial"
    with pytest.raises(MoneyError):
        settlement_state(euro(500), Money(500, "USD"))
