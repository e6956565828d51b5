"""The life of a payment instruction: the table is total, any order and number of copies give one state (INV-4), and
nothing in doubt is sent again before the bank was asked (INV-9)."""

from datetime import timedelta
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core.errors import FinanceError
from fc.core.instruction import PROBE_GRACE, fold, may_send
from fc.core.instruction_contradictions import TEXTS
from fc.core.instruction_facts import KINDS, MONEY, InstructionFact
from fc.core.instruction_table import BIT, CONDITIONS, STATES, TABLE, state_of
from fc.core.money import Money

from .instruction_dsl import ORDERED, at, sent, told

GRACE = int(PROBE_GRACE / timedelta(minutes=1))


def state(*facts):
    return fold(facts, ORDERED).state


def codes(*facts):
    return [one.code for one in fold(facts, ORDERED).contradictions]


def test_every_combination_of_conditions_has_exactly_one_state():
    reached = set()
    for answers in product((False, True), repeat=len(CONDITIONS)):
        true = {name for name, answer in zip(CONDITIONS, answers, strict=True) if answer}
        fitting = [row for row in TABLE if true.issuperset(row.needs) and true.isdisjoint(row.lacks)]
        assert state_of(sum(BIT[name] for name in true)) == fitting[0].state
        reached.add(fitting[0])
    assert reached == set(TABLE), "a row is hidden by the rows above it"
    assert {row.state for row in TABLE} == set(STATES)
    assert all(row.why for row in TABLE)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], "draft"),
        ([told("approve")], "approved"),
        ([told("approve", 1), told("edit", 2)], "draft"),
        ([told("approve", 1), told("edit", 1)], "draft"),
        ([told("edit", 1), told("approve", 2)], "approved"),
        ([told("approve"), told("cancel", 5)], "cancelled"),
        ([told("approve"), told("file", 1)], "approved"),
        (sent(), "sent"),
        (sent(outcome="send_fail"), "approved"),
        (sent(outcome="timeout"), "unknown"),
        (sent(outcome=None), "unknown"),
        ([*sent(outcome="timeout"), told("receive", 20, level="file")], "sent"),
        ([*sent(outcome="timeout"), told("probe_present", 20)], "sent"),
        ([*sent(outcome="timeout"), told("cancel", 20)], "unknown"),
        ([*sent(), told("accept", 20, level="file")], "accepted"),
        ([*sent(), told("hold", 20, level="file")], "pending"),
        ([*sent(), told("hold", 20, level="file"), told("accept", 30, level="file")], "accepted"),
        ([*sent(), told("accept", 20, level="file"), told("hold", 30, level="file")], "pending"),
        ([*sent(), told("accept", 20, level="file"), told("receive", 30, level="file")], "accepted"),
        ([*sent(), told("hold", 20, level="instruction"), told("accept", 30, level="file")], "pending"),
        ([*sent(), told("accept", 20, level="file"), told("reject", 20, level="instruction")], "rejected"),
        ([*sent(), told("reject", 20, level="file"), told("accept", 30, level="file")], "rejected"),
        ([*sent(), told("recall", 20), told("withdraw", 30)], "cancelled"),
        ([*sent(), told("recall", 20), told("recall_refuse", 30), told("execute", 40)], "executed"),
        ([*sent(), told("execute", 40), told("return", 900)], "returned"),
    ],
)
def test_a_state_follows_from_the_facts(facts, expected):
    assert state(*facts) == expected
    assert fold(facts, ORDERED).contradictions == ()


def test_a_recall_is_open_until_somebody_answers():
    recalled = [*sent(), told("recall", 20)]
    assert fold(recalled, ORDERED).recalling
    assert not fold([*recalled, told("recall_refuse", 30)], ORDERED).recalling


def test_the_reasons_are_those_of_the_newest_reject_or_return():
    folded = fold([*sent(), told("execute", 40), told("return", 90, reasons=("AC04",))], ORDERED)
    assert folded.reasons == ("AC04",)


def test_inv_9_a_transmission_in_doubt_is_never_repeated_before_the_bank_was_asked():
    doubt = sent(outcome="timeout")
    folded = fold(doubt, ORDERED)
    assert folded.in_doubt_since == at(11)
    assert may_send(folded, at(12)).next_step == "wait"
    assert may_send(folded, at(11 + GRACE)).next_step == "probe"
    early = fold([*doubt, told("probe_absent", 12)], ORDERED)
    assert early.state == "unknown", "an answer within the grace may come before the bank filed it"
    asked = fold([*doubt, told("probe_absent", 11 + GRACE)], ORDERED)
    assert (asked.state, may_send(asked, at(60)).ok) == ("approved", True)
    again = fold([*doubt, told("probe_absent", 11 + GRACE), *sent("2", 40, outcome="timeout")], ORDERED)
    assert (again.state, may_send(again, at(300)).ok) == ("unknown", False), "one answer settles no later transmission"


def test_inv_9_failure_settles_only_what_surely_failed():
    failed = sent(outcome="send_fail")
    assert state(*failed) == "approved"
    assert state(*failed, told("timeout", 12, attempt="1")) == "unknown"
    assert state(*failed, told("timeout", 10, attempt="1")) == "unknown", "whichever came first"
    assert state(*failed, told("send_start", 30, attempt="1")) == "unknown", "begun again under the same name"


def test_inv_9_a_killed_process_leaves_a_transmission_in_doubt():
    folded = fold(sent(outcome=None), ORDERED)
    assert may_send(folded, at(500)) == may_send(fold(sent(outcome="timeout"), ORDERED), at(500))
    assert not may_send(folded, at(500)).ok


@pytest.mark.parametrize(
    ("facts", "next_step"),
    [
        ([], "approve"),
        ([told("approve")], "send"),
        (sent(outcome="send_fail"), "send"),
        (sent(), "nothing"),
        ([*sent(), told("hold", 20)], "nothing"),
        ([*sent(), told("reject", 20)], "new_instruction"),
        ([*sent(), told("execute", 20), told("return", 30)], "new_instruction"),
        ([told("approve"), told("cancel", 1)], "nothing"),
        ([told("approve", content="a"), told("send_start", 1, content="b", attempt="1")], "nothing"),
    ],
)
def test_what_may_be_sent(facts, next_step):
    verdict = may_send(fold(facts, ORDERED), at(1000))
    assert (verdict.next_step, verdict.ok) == (next_step, next_step == "send")
    assert verdict.reason


def test_a_duplicate_answered_to_a_second_transmission_proves_the_first():
    doubt = [*sent(outcome="timeout"), told("probe_absent", 11 + GRACE), *sent("2", 40)]
    duplicate = told("reject", 50, level="file", reasons=("AM05",))
    assert state(*doubt, duplicate) == "sent"
    assert codes(*doubt, duplicate) == ["absent_and_present"]
    assert state(*sent(), duplicate) == "rejected", "with one transmission it is a rejection"
    alone = told("reject", 50, level="instruction", reasons=("AM05",))
    assert state(*doubt, alone) == "rejected", "the payment itself is a duplicate of another one"


def test_one_debit_told_by_notification_and_statement_is_one():
    facts = [*sent(), told("execute", 40, "n", source="camt.054"), told("execute", 90, "s", source="camt.053")]
    folded = fold(facts, ORDERED)
    assert (folded.executed, folded.contradictions) == (ORDERED, ())
    twice = fold([*facts, told("execute", 95, "s2", source="camt.053")], ORDERED)
    assert (twice.executed.minor, [one.code for one in twice.contradictions]) == (20000, ["executed_above_order"])


def test_a_return_less_charges_is_explained_by_them():
    net = {"minor": 9800, "source": "pacs.004"}
    executed = [*sent(), told("execute", 40)]
    assert codes(*executed, told("return", 90, **net, charges=Money(200, "EUR"))) == []
    assert codes(*executed, told("return", 90, **net)) == ["returned_below_execution"]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ([told("send_start", 1, attempt="1"), told("send_done", 2, attempt="1")], "sent_without_approval"),
        ([told("approve", content="a"), told("send_start", 1, content="b", attempt="1")], "other_content_sent"),
        (
            [told("approve", 0, content="b"), told("approve", 5, content="a"), told("send_start", 9, content="b")],
            "other_content_sent",
        ),
        ([told("approve", 1), told("edit", 2), told("send_start", 3, attempt="1")], "sent_without_approval"),
        ([told("approve", 4), told("send_start", 3, attempt="1")], "sent_without_approval"),
        ([told("cancel", 5), *sent()], "sent_after_cancel"),
        ([told("approve"), told("accept", 5)], "answer_without_sending"),
        ([*sent(), told("reject", 20), told("execute", 30)], "rejected_and_executed"),
        ([*sent(), told("withdraw", 20), told("execute", 30)], "withdrawn_and_executed"),
        ([*sent(), told("execute", 30, minor=10001)], "executed_above_order"),
        ([*sent(), told("execute", 30, minor=9999)], "executed_below_order"),
        ([*sent(), told("return", 30)], "return_without_execution"),
        ([*sent(), told("execute", 30), told("return", 40, minor=10001)], "returned_above_execution"),
        ([*sent(), told("execute", 30), told("return", 40, minor=1)], "returned_below_execution"),
        ([*sent(), told("execute", 30, currency="USD")], "other_currency"),
        ([*sent(), told("execute", 30, "x"), told("execute", 30, "x", minor=5)], "conflicting_amounts"),
        ([*sent(), told("probe_absent", 60)], "absent_after_sending"),
    ],
)
def test_a_contradiction_is_told(facts, code):
    assert codes(*facts) == [code]


def test_every_contradiction_tells_what_to_do():
    for _definite, text in TEXTS.values():
        assert any(word in text for word in ("ask", "Ask", "recall", "follow", "imported", "compare")), text


def test_a_fact_that_is_none_is_refused():
    for values in ({"kind": "nonsense"}, {"level": "page"}, {"at": at(0).replace(tzinfo=None)}):
        with pytest.raises(FinanceError):
            InstructionFact(**{"kind": "accept", "external_id": "x", "at": at(0), **values})
    for amount in (None, Money(0, "EUR"), Money(-1, "EUR")):
        with pytest.raises(FinanceError):
            told("execute", amount=amount)


@st.composite
def any_fact(draw):
    kind = draw(st.sampled_from(KINDS))
    values = {"level": draw(st.sampled_from(("file", "batch", "instruction")))} if kind not in MONEY else {}
    if kind in MONEY:
        values["source"] = draw(st.sampled_from(("camt.053", "camt.054")))
        values["currency"] = draw(st.sampled_from(("EUR", "EUR", "USD")))
    return told(
        kind,
        draw(st.integers(0, 60)),
        f"id{draw(st.integers(0, 3))}",
        minor=draw(st.sampled_from((10000, 9800, 200))),
        attempt=draw(st.sampled_from(("", "1", "2"))),
        reasons=draw(st.sampled_from(((), ("AM05",), ("AC04",)))),
        **values,
    )


@given(st.lists(any_fact(), max_size=12), st.randoms(use_true_random=False))
def test_inv_4_any_order_and_number_of_copies_gives_the_same_instruction(facts, chance):
    folded = fold(facts, ORDERED)
    shuffled = facts + [one for one in facts if chance.random() < 0.5]
    chance.shuffle(shuffled)
    assert fold(shuffled, ORDERED) == folded
    assert folded.state in STATES


@given(st.lists(any_fact(), max_size=12))
def test_inv_9_nothing_that_the_bank_may_have_is_ever_sent_again(facts):
    folded = fold(facts, ORDERED)
    if may_send(folded, at(10_000)).ok:
        kinds = {fact.kind for fact in facts}
        assert not kinds & {"send_done", "receive", "accept", "hold", "execute", "return", "probe_present"}
        open_attempts = {fact.attempt for fact in facts if fact.kind in ("send_start", "timeout")}
        settled = {fact.attempt for fact in facts if fact.kind == "send_fail"} - {
            fact.attempt for fact in facts if fact.kind == "timeout"
        }
        assert open_attempts <= settled or "probe_absent" in kinds


OWN = {"level": "instruction", "source": "stripe"}


def test_inv_4_what_a_provider_moved_and_tells_as_failed_has_come_back_in_any_order():
    for facts in permutations([*sent(), told("execute", 40, "po", source="stripe"), told("reject", 60, "po", **OWN)]):
        found = fold(facts, ORDERED)
        assert (found.state, found.returned, found.contradictions) == ("returned", ORDERED, ())


def test_inv_4_what_a_provider_tried_again_is_executed():
    for facts in permutations([*sent(), told("execute", 60, "PM", source="stripe"), told("reject", 40, "PM", **OWN)]):
        found = fold(facts, ORDERED)
        assert (found.state, found.returned.minor, found.reasons, found.contradictions) == ("executed", 0, (), ())


def test_a_reject_of_another_party_does_not_take_back_what_the_account_shows():
    assert codes(*sent(), told("execute", 40), told("reject", 60, "po", **OWN)) == ["rejected_and_executed"]


def test_money_that_came_back_and_went_out_again_is_executed():
    facts = [*sent(), told("execute", 30, "a"), told("return", 40, "a"), told("execute", 50, "b")]
    assert (fold(facts, ORDERED).state, codes(*facts)) == ("executed", [])
    assert fold([*facts, told("return", 60, "b")], ORDERED).state == "returned"
