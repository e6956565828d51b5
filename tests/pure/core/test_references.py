"""References in bank text: found as whole tokens however they are cut, never as a piece of something
longer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core.matching.references import ReferenceIndex, tokens


def names(reference, text, min_length=2):
    index = ReferenceIndex(min_length)
    index.add(reference)
    return bool(index.find(text))


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
    assert index.add("A-1/2") is None
    assert index.add("A-1/2-34") == "A1234"
    assert index.find("A-1/2 A1234") == {"A1234"}
    assert ReferenceIndex(0).add("//") is None


def test_a_reference_inside_a_longer_one_does_not_count():
    index = ReferenceIndex(5)
    index.add("INV/2026/0007")
    index.add("INV/2026/0007/B2")
    assert index.find("pays INV/2026/0007/B2") == {"INV20260007B2"}
    assert index.find("pays INV/2026/0007") == {"INV20260007"}
    assert index.find("INV/2026/0007/B2 and INV/2026/0007") == {"INV20260007B2", "INV20260007"}


words = st.text(st.sampled_from("ABX019 /-."), max_size=12)


@given(words, words, words)
def test_what_is_found_is_spelled_by_whole_tokens(reference, before, after):
    index = ReferenceIndex(2)
    joined = index.add(reference)
    if joined:
        assert joined in index.find(f"{before} | {reference} | {after}")
        for text in (before + reference + after, before):
            if index.find(text):
                parts = tokens(text)
                runs = {"".join(parts[a:b]) for a in range(len(parts)) for b in range(a, len(parts) + 1)}
                assert joined in {*runs, *(run.lstrip("0") for run in runs)}
