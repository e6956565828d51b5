"""References in bank text: found as whole tokens however they are cut, never as a piece of something
longer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core.matching.references import ReferenceIndex, tokens


def names(reference, text, min_length=2):
    index = ReferenceIndex(min_length)
    index.add(reference, "its holder")
    return bool(index.find(text))


def found(index, text):
    return [reference.joined for reference in index.find(text)]


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("INV/2026/0007", "Payment for INV/2026/0007 thanks"),
        ("INV/2026/0007", "payment for inv-2026-0007, thanks"),
        ("INV/2026/0007", "INV 2026 0007"),
        ("INV/2026/0007", "INV20260007"),
        ("INV/2026/0007", "RE:INV/2026/00\n07 DANKE"),
        ("INV20260007", "INV/2026/0007 EUR 100.00"),
        ("INV/2026/0007", "INV/2026/0007 100.00 EUR"),
        ("po_1AbCd", "STRIPE PO_1ABCD"),
        ("090933755493", "+++090/9337/55493+++"),
        ("RF18539007547034", "RF18 5390 0754 7034"),
        ("RF18 5390 0754 7034", "ref rf18539007547034."),
        ("INV/2026/0007", "\uff29\uff2e\uff36/2026/\uff10\uff10\uff10\uff17"),  # full-width
        ("RÉF12", "réf12"),
        ("X1", "X1"),
    ],
)
def test_found(reference, text):
    assert names(reference, text)


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("X1", "X10"),
        ("X1", "AX1"),
        ("X1", "X1A"),
        ("INV/2026/0007", "INV/2026/00071"),
        ("INV/2026/0007", "XINV/2026/0007"),
        ("INV/2026/0007", "INV/2026/00 071"),
        ("INV/2026/0007", "INV 2026"),
        ("INV/2026/0007", ""),
        ("56789012", "1234 5678 9012"),
        ("12345678", "1234 5678 9012"),
        ("20260007", "INV12026 0007"),
        ("INV20260007", "INV/2026/0007 100.00 EUR"),  # could be INV/2026/0007100: nothing tells
    ],
)
def test_not_found(reference, text):
    assert not names(reference, text)


def test_short_references_are_never_looked_for():
    index = ReferenceIndex(5)
    assert index.add("A-1/2", "one") is None
    assert index.add("A-1/2-34", "one").joined == "A1234"
    assert found(index, "A-1/2 A1234") == ["A1234"]
    assert ReferenceIndex(0).add("//", "one") is None


def test_a_reference_knows_its_holders_and_every_way_in_which_they_cut_it():
    index = ReferenceIndex(5)
    one, other = "one", "other"
    reference = index.add("INV2026-0007", one)
    assert index.add("inv2026/0007", one) is reference
    assert index.add("INV/2026-0007", other) is reference
    assert (reference.spelling, reference.holders) == ("INV2026-0007", [one, other])
    # Digits stand next to it, so that only the tokens of a holder tell that it is no piece of a longer number.
    assert found(index, "INV 2026 0007 100.00") == found(index, "INV2026 0007 100.00") == ["INV20260007"]
    assert found(index, "INV20 260007 100.00") == []


def test_two_texts_tell_a_reference_once():
    index = ReferenceIndex(5)
    for spelling in ("INV/2026/0008", "INV/2026/0007"):
        index.add(spelling, spelling)
    told = index.find("INV/2026/0008", "INV/2026/0007 INV/2026/0008")
    assert [reference.joined for reference in told] == ["INV20260007", "INV20260008"]


def test_a_reference_inside_a_longer_one_does_not_count():
    index = ReferenceIndex(5)
    index.add("INV/2026/0007", "one")
    index.add("INV/2026/0007/B2", "other")
    assert found(index, "pays INV/2026/0007/B2") == ["INV20260007B2"]
    assert found(index, "pays INV/2026/0007") == ["INV20260007"]
    assert found(index, "INV/2026/0007/B2 and INV/2026/0007") == ["INV20260007", "INV20260007B2"]


words = st.text(st.sampled_from("ABX019 /-."), max_size=12)


@given(words, words, words)
def test_what_is_found_is_spelled_by_whole_tokens(reference, before, after):
    index = ReferenceIndex(2)
    added = index.add(reference, "its holder")
    if added:
        assert added in index.find(f"{before} | {reference} | {after}")
        for text in (before + reference + after, before):
            if index.find(text):
                parts = tokens(text)
                runs = {"".join(parts[a:b]) for a in range(len(parts)) for b in range(a, len(parts) + 1)}
                assert added.joined in {*runs, *(run.lstrip("0") for run in runs)}
