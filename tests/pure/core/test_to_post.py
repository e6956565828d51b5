"""What is still to be booked: in whatever portions facts are claimed, the same is booked in the end."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core.facts import AUTHORIZING, distinct, levelled, light
from fc.core.to_post import PostingConflict, amounts_to_post

from .facts_dsl import euro, fact
from .strategies import facts

PAYMENT = "pi"


def book(portions):
    """Book the facts of each portion after the other; returns [(light fact, booked minor)]."""
    booked, number = [], 0
    for portion in portions:
        claimed = []
        for one in portion:
            number += 1
            claimed.append((number, PAYMENT, light(one)))
        amounts = amounts_to_post(claimed, [(PAYMENT, done, minor) for done, minor in booked])
        booked += [(done, amounts[identity]) for identity, _payment, done in claimed]
    return booked


def totals(booked):
    """Booked minor units by (kind, group, currency)."""
    found = {}
    for done, minor in booked:
        key = done[0], done[5], done[3]
        found[key] = found.get(key, 0) + minor
    return {key: minor for key, minor in found.items() if minor}


def expected(movements):
    flat = levelled(distinct(movements)[0].values())
    return totals([(one, one[2]) for one in flat if one[0] not in AUTHORIZING])


def test_a_running_total_books_what_it_has_over_the_highest_one():
    totals_told = [fact("capture", minor, external_id=f"ch/{minor}", group="ch", cumulative=True) for minor in (4000, 9000)]
    assert [minor for _fact, minor in book([totals_told])] == [4000, 5000]
    assert [minor for _fact, minor in book([totals_told[:1], totals_told[1:]])] == [4000, 5000]
    assert [minor for _fact, minor in book([totals_told[1:], totals_told[:1]])] == [9000, 0]


def test_a_copy_with_a_larger_amount_books_the_difference():
    told = [fact("refund", minor, external_id="re") for minor in (500, 700, 600)]
    assert [minor for _fact, minor in book([[one] for one in told])] == [500, 200, 0]
    assert [minor for _fact, minor in book([told])] == [0, 700, 0]


def test_a_copy_in_another_currency_is_for_a_person():
    told = [fact("refund", 500, external_id="re"), fact("refund", 700, external_id="re", currency="USD")]
    with pytest.raises(PostingConflict, match="refund re"):
        book([[one] for one in told])
    assert [minor for _fact, minor in book([told])] == [0, 700]


def test_a_conversion_told_twice_is_for_a_person():
    told = [fact("fx", minor, external_id="fx", counter=euro(1)) for minor in (500, 700)]
    with pytest.raises(PostingConflict):
        book([[one] for one in told])


def test_running_totals_of_two_payments_are_apart():
    first, second = (light(fact("capture", 4000, external_id=f"ch_{n}", group="ch", cumulative=True)) for n in (1, 2))
    assert amounts_to_post([(1, "pi_1", first), (2, "pi_2", second)], []) == {1: 4000, 2: 4000}
    assert amounts_to_post([(2, "pi_2", second)], [("pi_1", first, 4000)]) == {2: 4000}


@given(facts(currencies=("EUR",)), st.randoms(use_true_random=False))
def test_any_portions_book_the_same(told, random):
    """Copies of one fact agree on how they are counted; conversions are told once."""
    told = [one for one in told if one.kind not in AUTHORIZING and one.kind != "fx"]
    shape = {}
    told = [one for one in told if shape.setdefault((one.kind, one.external_id), (one.group, one.cumulative))
            == (one.group, one.cumulative)]  # fmt: skip
    unique = {(one.kind, one.external_id, one.amount): one for one in told}
    told = list(unique.values())
    random.shuffle(told)
    cuts = sorted(random.randrange(len(told) + 1) for _ in range(3))
    edges = [0, *cuts, len(told)]
    portions = [told[start:end] for start, end in pairwise(edges)]
    assert totals(book(portions)) == expected(told)
