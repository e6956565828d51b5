"""Each contradiction by name: when it is found, what is at stake, whether a message to come may explain
it."""

import pytest

from fc.core.contradictions import TEXTS
from fc.core.lifecycle import fold
from fc.core.money import Money

from .facts_dsl import codes, euro, fact

AUTH = fact("authorize", 10000, at=1, group="a", external_id="auth")
CAPTURE = fact("capture", 10000, at=5, group="a", external_id="capture")

CASES = {
    "capture_after_void": ([AUTH, fact("void", 0, at=3, group="a"), CAPTURE], True, 10000),
    "capture_after_expire": ([AUTH, fact("expire", 0, at=3), CAPTURE], True, 10000),
    "capture_above_authorization": ([AUTH, fact("capture", 10500, at=5, group="a")], False, 500),
    "capture_fail_without_capture": ([AUTH, fact("capture_fail", 700)], False, 700),
    "refund_without_capture": ([AUTH, fact("refund", 300, group="re")], False, 300),
    "refund_above_capture": ([CAPTURE, fact("refund", 10300, group="re")], False, 300),
    "refund_fail_without_refund": ([CAPTURE, fact("refund_fail", 300, group="re")], False, 300),
    "refund_and_dispute_above_capture": (
        [CAPTURE, fact("refund", 4000, group="re"), fact("dispute_open", 10000, group="dp")],
        False,
        4000,
    ),
    "dispute_without_capture": ([AUTH, fact("dispute_open", 300, group="dp")], False, 300),
    "dispute_won_without_open": ([CAPTURE, fact("dispute_won", 300, group="dp")], False, 300),
    "dispute_lost_without_open": ([CAPTURE, fact("dispute_lost", 300, group="dp")], False, 300),
    "dispute_won_and_lost": (
        [CAPTURE, *(fact(f"dispute_{step}", 900, group="dp") for step in ("open", "won", "lost"))],
        False,
        900,
    ),
    "conflicting_amounts": ([CAPTURE, fact("capture", 9900, external_id="capture")], True, 100),
    "negative_amount": ([CAPTURE, fact("refund", -5, group="re")], True, -5),
}


@pytest.mark.parametrize("code", CASES)
def test_each_contradiction_is_found_alone_and_says_what_is_at_stake(code):
    facts, definite, minor = CASES[code]
    state = fold(facts)
    assert codes(state) == [code]
    found = state.contradictions[0]
    assert (found.definite, found.amount) == (definite, euro(minor))
    assert found.text.endswith(".")
    assert "{" not in found.text


def test_mixed_currencies_are_kept_out_of_the_amounts_but_not_out_of_the_net():
    state = fold([CAPTURE, fact("refund", 300, currency="USD", group="re")])
    assert codes(state) == ["mixed_currencies"]
    found = state.contradictions[0]
    assert (found.definite, found.amount) == (True, Money(300, "USD"))
    assert "refund of 3.00 USD" in found.text
    assert (state.state, state.refunded, state.currency) == ("captured", euro(0), "EUR")
    assert state.net == {"EUR": euro(10000), "USD": Money(-300, "USD")}


def test_the_currency_is_that_of_the_capture_whatever_came_first():
    dollars = fact("authorize", 10000, at=0, currency="USD")
    assert fold([dollars]).currency == "USD"
    assert fold([dollars, CAPTURE]).currency == "EUR"
    assert fold([fact("fee", 3, at=0, currency="USD"), fact("capture", 5, at=9)]).currency == "EUR"


def test_copies_in_two_currencies_have_no_amount_at_stake():
    state = fold([CAPTURE, fact("capture", 10000, currency="USD", external_id="capture")])
    assert codes(state) == ["conflicting_amounts"]
    assert state.contradictions[0].amount is None


def test_every_code_has_a_case():
    assert set(CASES) | {"mixed_currencies"} == set(TEXTS)


@pytest.mark.parametrize(
    "facts",
    [
        [AUTH, CAPTURE, fact("void", 0, at=5, group="a")],
        [AUTH, CAPTURE, fact("void", 0, at=9, group="a")],
        [AUTH, fact("void", 0, at=3, group="a"), fact("authorize", 10000, at=4, group="a"), CAPTURE],
        [AUTH, fact("void", 0, at=3, group="b"), CAPTURE],
        [AUTH, fact("fail", 0, at=3, group="a"), CAPTURE],
        [CAPTURE, fact("void", 0, at=3, group="other")],
        [fact("authorize", 10000, at=1, group="b"), fact("authorize", 10000, at=4, group="c"),
         fact("void", 0, at=3, group="b"), CAPTURE],
    ],
    ids=["same instant", "after", "authorised again", "other attempt", "failed attempt", "sale", "retry"],
)  # fmt: skip
def test_what_is_no_capture_after_void(facts):
    assert "capture_after_void" not in codes(fold(facts))


def test_only_the_captures_after_the_void_are_at_stake():
    facts = [
        fact("authorize", 10000, at=1, group="original"),
        fact("capture", 3000, at=2, group="first"),
        fact("void", 0, at=3, group="original"),
        fact("capture", 4000, at=5, group="second"),
    ]
    found = fold(facts).contradictions[0]
    assert (found.code, found.amount) == ("capture_after_void", euro(4000))


def test_a_capture_does_not_live_on_the_authorization_of_another_attempt():
    other = fact("authorize", 10000, at=1, group="b")
    assert codes(fold([*CASES["capture_after_void"][0], other])) == ["capture_after_void"]


def test_a_contradiction_goes_away_when_the_missing_message_arrives():
    for code in ("refund_without_capture", "dispute_without_capture", "capture_fail_without_capture"):
        facts = CASES[code][0]
        assert codes(fold([*facts, CAPTURE])) == []
    assert codes(fold([*CASES["refund_fail_without_refund"][0], fact("refund", 300, group="re")])) == []
    assert codes(fold([*CASES["capture_above_authorization"][0],
                       fact("authorize_adjust", 10500, at=2, group="a")])) == []  # fmt: skip
    assert codes(fold([*CASES["dispute_won_and_lost"][0], fact("dispute_open", 900, group="dp")])) == []


def test_a_second_void_does_not_hide_that_the_first_came_before_the_capture():
    facts = [*CASES["capture_after_void"][0], fact("void", 0, at=9, group="a")]
    assert codes(fold(facts)) == ["capture_after_void"]
