"""Structured references: the check digits of each kind, and the forms in which banks tell them. Vectors from the
specifications named in the module."""
import pytest

from fc.core.matching import MATCHED, Candidate, Line, match
from fc.core.matching.structured import kinds, spellings
from fc.core.money import Money

from .test_matching import DAY, line


@pytest.mark.parametrize(("reference", "kind"), [
    ("RF18539007547034", "rf"), ("RF332348236", "rf"), ("210000000003139471430009017", "qrr"), ("090933755493", "ogm"),
    ("010806817183", "ogm"), ("1232", "fi"), ("2345676", "kid"), ("12345674", "kid"),
])
def test_right_check_digits(reference, kind):
    assert kind in kinds(reference)
    for change in range(1, 10):
        assert kind not in kinds(reference[:-1] + str((int(reference[-1]) + change) % 10))


def test_what_is_no_reference_has_no_kind():
    assert kinds("INV20260007") == kinds("") == kinds("٣٤٥") == kinds("RF1") == ()


def test_banks_leave_zeros_away_and_tell_what_an_rf_reference_is_made_of():
    assert spellings("000000000003139471430009017") == ("000000000003139471430009017", "3139471430009017")
    assert spellings("RF332348236") == ("RF332348236", "2348236")
    assert spellings("INV7") == ("INV7",)


@pytest.mark.parametrize(("asked", "told"), [
    ("RF18 5390 0754 7034", "RF18539007547034"), ("RF18 5390 0754 7034", "539007547034"),
    ("+++090/9337/55493+++", "090933755493"), ("+++090/9337/55493+++", "***090/9337/55493***"),
    ("00 00000 00003 13947 14300 09017", "3139471430009017"), ("3139471430009017", "00 00000 00003 13947 14300 09017"),
])
def test_a_structured_reference_is_found_however_the_bank_spells_it(asked, told):
    candidates = [Candidate("a", "invoice", Money(10000, "EUR"), (asked,), None, DAY),
                  Candidate("b", "invoice", Money(10000, "EUR"), ("INV/7/77",), None, DAY)]
    for one in (line(1, text=f"PAYMENT {told} THANKS"), Line(1, Money(10000, "EUR"), DAY, reference=told)):
        (result,) = match([one], candidates).by_line.values()
        assert (result.state, result.candidate_ids, result.score) == (MATCHED, ("a",), 100)
