"""Which of many items the texts of lines name, found before matching."""
from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from fc.core.matching import Candidate, Line, Part
from fc.core.matching.named import named_at_amount
from fc.core.money import Money

DAY = date(2026, 3, 2)


def line(key, minor, text="", **more):
    return Line(key, Money(minor, "EUR"), DAY, text, **more)


def earlier(key, minor, *references):
    return Candidate(key, "reversal", Money(minor, "EUR"), references)


def found(lines, candidates, shortest=5):
    return [one.id for one in named_at_amount(lines, candidates, shortest)]


def test_named_in_text_reference_or_a_member_of_a_batch():
    lines = [line(1, -100, "RETURN BANK-0001"), line(2, -200, reference="BANK0002"),
             line(3, -300, parts=(Part(Money(-300, "EUR"), "", "BANK0003"),))]
    items = [earlier(f"r{number}", -100 * number, f"BANK000{number}") for number in (1, 2, 3, 4)]
    assert found(lines, items) == ["r1", "r2", "r3"]


def test_only_at_the_amount_of_the_line_that_names_it():
    assert found([line(1, -100, "RETURN BANK0001"), line(2, -200, "rent")], [earlier("a", -200, "BANK0001")]) == []
    assert found([line(1, -100, "BANK0001"), line(2, -200, "BANK0001")], [earlier("a", -200, "BANK0001")]) == ["a"]


def test_short_numbers_names_and_pieces_of_longer_numbers_identify_nothing():
    items = [earlier("short", -100, "B01"), earlier("name", -100, "NOTPROVIDED"), earlier("piece", -100, "12345")]
    assert found([line(1, -100, "B01 NOTPROVIDED 9123456")], items) == []


def test_each_once_and_all_that_share_a_number():
    items = [earlier("a", -100, "BANK0001", "E2E-00001"), earlier("b", -100, "bank 0001"), earlier("c", -300, "BANK0001")]
    lines = [line(1, -100, "BANK0001 E2E00001"), line(2, -100, "BANK0001")]
    assert sorted(found(lines, items)) == ["a", "b"]


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 6)), max_size=8),
       st.lists(st.tuples(st.integers(1, 3), st.integers(0, 6)), max_size=8), st.integers(1, 4), st.randoms())
def test_in_pieces_and_in_any_order_the_same_are_found(told, held, size, random: Random):
    lines = [line(place, minor, f"RETURN BANK000{number}") for place, (minor, number) in enumerate(told)]
    items = [earlier(place, minor, f"BANK000{number}") for place, (minor, number) in enumerate(held)]
    wanted = [place for place, pair in enumerate(held) if pair in told]
    pieces = [items[start : start + size] for start in range(0, len(items), size)]
    assert sorted(found(lines, items)) == wanted
    random.shuffle(lines)
    assert sorted(one for piece in pieces for one in found(lines, piece)) == wanted
