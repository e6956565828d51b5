"""What the matching applies by itself is always right, what has one right answer is nearly always found, and every planted
doubt is left to a person (INV-8)."""
import pytest

from .labelled import Score, score

WORLDS = range(12)


@pytest.fixture(scope="module")
def total():
    return sum(map(score, WORLDS), Score())


def test_inv_8_what_is_applied_is_right(total):
    assert not total.wrong
    assert total.applied > 100 * len(WORLDS)


def test_what_has_one_right_answer_is_found(total):
    assert total.found >= 0.97 * total.one_answer


def test_inv_8_every_planted_doubt_is_refused(total):
    assert total.refused == total.planted > 10 * len(WORLDS)
