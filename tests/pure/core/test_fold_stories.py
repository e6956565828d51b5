"""Conservation and totality of the fold: lives that can happen fold to the amounts that they were made of, any facts leave
in net what they added, and every set of kinds has a state."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from fc.core.balances import balance_totals, increments
from fc.core.lifecycle import SETTLEMENT_STATES, STATES, fold, fold_settlement, settlement_state
from fc.core.records import KINDS

from .facts_dsl import euro, fact
from .strategies import facts

# What one unit of each kind adds to what a payment leaves us, told here a second time and by hand: `balances.EFFECTS` and
# the fold must both agree with it.
NET = {
    "capture": 1, "capture_fail": -1, "refund": -1, "refund_fail": 1, "dispute_open": -1, "dispute_won": 1, "fee": -1,
    "fee_tax": -1, "dispute_fee": -1, "fee_refund": 1, "adjustment": 1, "transfer": 1, "fx": 1, "payout": -1, "payout_fail": 1,
}  # fmt: skip
FEES = {"fee": 1, "fee_tax": 1, "dispute_fee": 1, "fee_refund": -1}


@given(facts())
def test_net_and_fees_are_the_sums_of_what_the_facts_add(told):
    net, fees, counters = {}, {}, {}
    for movement in told:
        counters.setdefault((movement.kind, movement.external_id), set()).add(movement.counter_amount)
    if any(kind == "fx" and len(versions) > 1 for (kind, _id), versions in counters.items()):
        return  # which copy of a conversion counts is a case of its own, in test_fold_properties
    for (kind, external_id), amount in increments(told).items():
        net[amount.currency] = net.get(amount.currency, 0) + NET.get(kind, 0) * amount.minor
        fees[amount.currency] = fees.get(amount.currency, 0) + FEES.get(kind, 0) * amount.minor
        if kind == "fx":
            (counter,) = counters[kind, external_id]
            net[counter.currency] = net.get(counter.currency, 0) - counter.minor
    state = fold(told)
    assert {code: money.minor for code, money in state.net.items()} == {code: minor for code, minor in net.items() if minor}
    assert {code: money.minor for code, money in state.fees.items()} == {code: minor for code, minor in fees.items() if minor}


amounts = st.integers(1, 9)
refunds = st.lists(st.tuples(amounts, st.booleans()), max_size=3)
disputes = st.lists(st.tuples(amounts, st.sampled_from(["won", "lost", ""])), max_size=2)
charged = st.lists(st.tuples(st.sampled_from(sorted(FEES)), amounts), max_size=3)
OTHERS = "adjustment", "transfer", "reserve_hold", "reserve_release"
others = st.lists(st.tuples(st.sampled_from(OTHERS), amounts), max_size=2)


@st.composite
def stories(draw):
    """A life that can happen, as facts in any order with copies, and the amounts that it is made of."""
    told, truth = [], {"captured": 0, "refunded": 0, "lost": 0, "contested": 0, "fee": 0, "other": 0}

    def tell(kind, minor, group, at):
        told.append(fact(kind, minor, at, f"{kind}_{group}", group=group))

    charges = draw(st.lists(st.integers(50, 99), min_size=1, max_size=3))
    for number, minor in enumerate(charges):
        tell("authorize", minor + draw(st.integers(0, 9)), f"ch_{number}", 0)
        tell("capture", minor, f"ch_{number}", 1)
        truth["captured"] += minor
    for number, (minor, failed) in enumerate(draw(refunds)):
        tell("refund", minor, f"re_{number}", 2)
        if failed:
            tell("refund_fail", minor, f"re_{number}", 3)
        truth["refunded"] += 0 if failed else minor
    for number, (minor, verdict) in enumerate(draw(disputes)):
        tell("dispute_open", minor, f"dp_{number}", 4)
        if verdict:
            tell(f"dispute_{verdict}", minor, f"dp_{number}", 5)
        truth["lost" if verdict == "lost" else "contested"] += 0 if verdict == "won" else minor
    for number, (kind, minor) in enumerate(draw(charged)):
        tell(kind, minor, f"fee_{number}", 6)
        truth["fee"] += FEES[kind] * minor
    for number, (kind, minor) in enumerate(draw(others)):
        tell(kind, minor, f"other_{number}", 7)
        truth["other"] += minor if kind in ("adjustment", "transfer") else 0
    return draw(st.permutations([*told, *draw(st.lists(st.sampled_from(told), max_size=4))])), truth


def _state(truth, authorized):
    """The state of a life without contradictions: what is lost outweighs what is contested, that what went back."""
    if truth["lost"] or truth["contested"]:
        return "charged_back" if truth["lost"] else "disputed"
    if truth["refunded"]:
        return "partially_refunded"  # a story never refunds all
    return "captured" if truth["captured"] == authorized else "partially_captured"


@given(stories())
def test_a_life_that_can_happen_folds_to_what_it_was_made_of(story):
    told, truth = story
    state = fold(told)
    assert state.contradictions == ()
    disputed = truth["lost"] + truth["contested"]
    assert (state.captured.minor, state.refunded.minor, state.disputed.minor, state.fee.minor) == (
        truth["captured"], truth["refunded"], disputed, truth["fee"],
    )  # fmt: skip
    left = truth["captured"] - truth["refunded"] - disputed - truth["fee"] + truth["other"]
    assert sum(money.minor for money in state.net.values()) == left
    assert state.state == _state(truth, state.authorized.minor)
    # What is contested or lost left clearing; only what is contested is still held as disputed.
    assert balance_totals(told).get(("disputes", "EUR"), 0) == truth["contested"]


def test_every_set_of_up_to_three_kinds_has_a_state():
    for size in range(4):
        for kinds in combinations(KINDS, size):
            told = [fact(kind, 100, at, "one", group="a") for at, kind in enumerate(kinds)]
            state = fold(told)
            assert state.state in STATES, kinds
            assert state == fold(reversed(told)), kinds
            assert state == fold([*told, *told]), kinds


@given(st.sets(st.sampled_from(KINDS)), st.sampled_from(["a", ""]), st.integers(0, 100))
def test_every_set_of_kinds_has_a_state(kinds, group, minor):
    told = [fact(kind, minor, 0, "one", group=group) for kind in kinds]
    assert fold(told).state in STATES
    assert fold_settlement(told).state in SETTLEMENT_STATES


@given(st.integers(), st.integers())
def test_every_pair_of_amounts_has_a_settlement_state(captured, settled):
    assert settlement_state(euro(captured), euro(settled)) in ("unsettled", "partial", "settled")
