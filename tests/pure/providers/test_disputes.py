"""Disputes through all their states: every event tells the whole story so far."""

from itertools import permutations

import pytest

from fc.core.errors import PayloadError, UnknownStatus
from fc.core.lifecycle import fold
from fc.providers.stripe import balance, disputes

from .told import T0, amounts, facts, moment, read, stripe

CREATED, UPDATED, CLOSED = (f"charge.dispute.{name}" for name in ("created", "updated", "closed"))
WITHDRAWN, REINSTATED = (f"charge.dispute.funds_{name}" for name in ("withdrawn", "reinstated"))


def dispute(status="needs_response", turns=0, **fields):
    listed = stripe.dispute_transactions("dp_1", 10000, created=T0, turns=turns, fee_back=fields.pop("fee_back", 0))
    return stripe.dispute("dp_1", 10000, "ch_1", intent="pi_1", created=T0, status=status, balance_transactions=listed, **fields)


OPEN = {("dispute_open", "dp_1"): 10000}
FEE = {("dispute_fee", "txn_dp_1_1"): 1500}
WON = {**OPEN, ("dispute_won", "dp_1"): 10000}
LOST = {**OPEN, ("dispute_lost", "dp_1"): 10000}


def update(status):
    return {("dispute_update", f"dp_1/{status}"): 0}


@pytest.mark.parametrize(
    ("event_type", "resource", "expected"),
    [
        (CREATED, dispute("warning_needs_response"), update("warning_needs_response")),
        (UPDATED, dispute("warning_under_review"), update("warning_under_review")),
        (CLOSED, dispute("warning_closed"), update("warning_closed")),
        (CREATED, dispute("needs_response"), OPEN),
        (CREATED, dispute("needs_response", 1), {**OPEN, **FEE}),
        (WITHDRAWN, dispute("needs_response", 1), {**OPEN, **FEE}),
        (UPDATED, dispute("under_review"), OPEN),
        (UPDATED, dispute("under_review", 1), {**OPEN, **FEE}),
        (CLOSED, dispute("lost"), LOST),
        (CLOSED, dispute("lost", 1), {**LOST, **FEE}),
        (UPDATED, dispute("lost"), LOST),
        (CLOSED, dispute("won"), WON),
        (CLOSED, dispute("won", 1), {**WON, **FEE}),
        (REINSTATED, dispute("won", 2), {**WON, **FEE}),
        (REINSTATED, dispute("under_review", 1), {**WON, **FEE}),
        (REINSTATED, dispute("won", 2, fee_back=1500), {**WON, **FEE, ("fee_refund", "txn_dp_1_2"): 1500}),
        # inquiries that were escalated, and withdrawals that the list does not have yet
        (WITHDRAWN, dispute("warning_needs_response"), {**OPEN, **update("warning_needs_response")}),
        # prevented before it became a dispute; the list says whether money went
        (CLOSED, dispute("prevented"), update("prevented")),
        (CLOSED, dispute("prevented", 1), {**OPEN, **FEE, **update("prevented")}),
        # an appeal against a win: the money is taken a second time
        (UPDATED, dispute("appeal_needs_response", 2), {**WON, **FEE, **update("appeal_needs_response")}),
        (
            WITHDRAWN,
            dispute("appeal_under_review", 3),
            {
                **WON,
                **FEE,
                ("dispute_open", "dp_1/2"): 10000,
                ("dispute_fee", "txn_dp_1_3"): 1500,
                **update("appeal_under_review"),
            },
        ),
        (
            CLOSED,
            dispute("lost", 3),
            {
                **WON,
                **FEE,
                ("dispute_open", "dp_1/2"): 10000,
                ("dispute_fee", "txn_dp_1_3"): 1500,
                ("dispute_lost", "dp_1/2"): 10000,
            },
        ),
        # lost, and yet the money is back (Stripe covered it): no loss
        (CLOSED, dispute("lost", 2), {**WON, **FEE, **update("lost")}),
    ],
)
def test_every_state(event_type, resource, expected):
    parsed = read(event_type, resource)
    assert amounts(parsed) == expected
    assert {value[2:] for value in facts(parsed).values()} == {("dp_1", "pi_1")}


def test_instants_are_those_of_the_balance():
    parsed = read(REINSTATED, dispute("won", 2), at=T0 + 9 * 86400)
    dates = {fact.kind: fact.occurred_at for fact in parsed.movements}
    assert dates["dispute_open"] == dates["dispute_fee"] == moment(T0)
    assert dates["dispute_won"] == moment(T0 + 86400)
    implied = read(CLOSED, dispute("lost"), at=T0 + 9 * 86400)
    dates = {fact.kind: fact.occurred_at for fact in implied.movements}
    assert dates == {"dispute_open": moment(T0), "dispute_lost": moment(T0 + 9 * 86400)}


def test_the_fee_is_in_the_currency_of_the_balance():
    resource = dispute("needs_response", currency="usd")
    resource["balance_transactions"] = stripe.dispute_transactions("dp_1", 9200, created=T0)
    told = facts(read(WITHDRAWN, resource))
    assert told[("dispute_open", "dp_1")][:2] == (10000, "USD")
    assert told[("dispute_fee", "txn_dp_1_1")][:2] == (1500, "EUR")


@pytest.mark.parametrize("status", sorted(disputes.DISPUTE_STATUSES))
def test_every_dispute_status_is_read(status):
    assert read(UPDATED, dispute(status)).movements


def test_a_status_never_seen_is_refused_by_name():
    with pytest.raises(UnknownStatus, match=r"dispute status 'melted' for dispute dp_1"):
        read(UPDATED, dispute("melted"))
    with pytest.raises(PayloadError, match="balance_transactions"):
        read(UPDATED, {**dispute(), "balance_transactions": ["txn_1"]})


def test_the_loss_is_all_that_is_gone():
    (first,) = stripe.dispute_transactions("dp_1", 10000, created=T0)
    told = amounts(read(CLOSED, {**dispute("lost"), "balance_transactions": [first, {**first, "id": "txn_2"}]}))
    assert told[("dispute_lost", "dp_1/2")] == 20000


def folded(order):
    return fold([fact for parsed in order for fact in parsed.movements])


def test_inquiry_chargeback_won_and_lost_again_in_any_order():
    story = [
        read("charge.succeeded", stripe.charge("ch_1", 10000, intent="pi_1", created=T0), at=T0),
        read(CREATED, dispute("warning_needs_response"), at=T0 + 1),
        read(WITHDRAWN, dispute("needs_response", 1), at=T0 + 2),
        read(REINSTATED, dispute("won", 2), at=T0 + 2 * 86400),
        read(WITHDRAWN, dispute("appeal_under_review", 3), at=T0 + 3 * 86400),
        read(CLOSED, dispute("lost", 3), at=T0 + 4 * 86400),
    ]
    states = [folded(story[: end + 1]) for end in range(len(story))]
    assert [state.state for state in states] == [
        "captured", "captured", "disputed", "captured", "disputed", "charged_back",
    ]  # fmt: skip
    assert [state.disputed.minor for state in states] == [0, 0, 10000, 0, 10000, 10000]
    assert {repr(folded(order)) for order in permutations(story)} == {repr(states[-1])}
    assert states[-1].contradictions == ()
    assert folded([story[0], story[5]]).state == "charged_back"


def test_a_fee_given_back_late_is_one_fact_for_the_dispute_and_for_the_settlement():
    """Found by the simulated world (default, seed 220): a payout with only the second reinstatement of a dispute
    numbered its fee as that of the first, so that it was given back twice."""
    listed = stripe.dispute_transactions("dp_1", 5000, turns=4, fee_back=2000)
    whole = stripe.dispute("dp_1", 5000, "ch_1", intent="pi_1", status="won", balance_transactions=listed)
    told = read(CLOSED, whole)
    page = {"object": "list", "has_more": False, "data": [{**listed[3], "source": whole}]}
    settled = balance.parse(stripe.encode(page), "po_1")
    back = {(fact.kind, fact.external_id) for fact in (*told.movements, *settled.movements) if fact.kind == "fee_refund"}
    assert back == {("fee_refund", "txn_dp_1_2"), ("fee_refund", "txn_dp_1_4")}
