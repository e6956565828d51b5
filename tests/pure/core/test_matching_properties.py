"""Properties of matching that hold for any lines and candidates: order, exclusiveness, equality of amounts,
ambiguity."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fc.core.matching import Candidate, Line, Policy, match
from fc.core.money import Money

REFERENCES = ("INV/26/001", "INV/26/002", "S00012", "PO_99", "STRIPE", "ADYEN")
moneys = st.builds(Money, st.sampled_from([-500, 0, 500, 700]), st.sampled_from(["EUR", "USD"]))
days = st.integers(0, 12).map(lambda day: date(2026, 3, 1) + timedelta(day))
partners = st.none() | st.integers(1, 2)
policies = st.builds(Policy, max_alternatives=st.integers(1, 3), max_considered=st.integers(1, 5))
words = st.lists(st.sampled_from([*REFERENCES, "PAYMENT", "X"]), max_size=3)
line_parts = st.tuples(moneys, days, words.map(" ".join), partners)
candidate_parts = st.tuples(st.sampled_from(["settlement", "invoice"]), moneys, words.map(tuple), partners, st.none() | days)


@st.composite
def problems(draw):
    """Lines, candidates and a policy, with few amounts and references so that much is contended for."""
    lines = [
        Line(key, amount, day, text=text, partner_id=partner)
        for key, (amount, day, text, partner) in enumerate(draw(st.lists(line_parts, max_size=7)))
    ]
    candidates = [Candidate(key, *parts) for key, parts in enumerate(draw(st.lists(candidate_parts, max_size=7)))]
    return lines, candidates, draw(policies)


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_the_order_of_input_does_not_matter(problem, rng):
    lines, candidates, policy = problem
    expected = match(lines, candidates, policy)
    shuffled, pool = rng.sample(lines, len(lines)), rng.sample(candidates, len(candidates))
    assert match(shuffled, pool, policy) == expected


@given(problems())
@settings(max_examples=300)
def test_a_match_is_one_line_one_candidate_one_amount(problem):
    lines, candidates, policy = problem
    by_line, by_id = {line.id: line for line in lines}, {one.id: one for one in candidates}
    matches = match(lines, candidates, policy)
    assert matches.by_line.keys() == by_line.keys()
    used = Counter(result.candidate_ids for result in matches.in_state("matched"))
    assert all(count == 1 for count in used.values())
    for result in matches.by_line.values():
        assert result.state in ("matched", "ambiguous", "unmatched")
        assert 0 <= result.runner_up_score <= result.score <= 100
        assert result.reasons
        if result.state != "unmatched":
            chosen = [by_id[key] for key in result.candidate_ids]
            assert {one.residual for one in chosen} == {by_line[result.line_id].amount}
            assert 1 <= len(chosen) <= policy.max_alternatives
        if result.state == "matched":
            assert len(result.candidate_ids) == 1
            assert result.runner_up_score < result.score


@given(problems())
@settings(max_examples=300)
def test_a_twin_of_a_matched_candidate_or_line_makes_it_ambiguous(problem):
    lines, candidates, policy = problem
    for result in match(lines, candidates, policy).in_state("matched"):
        chosen = next(one for one in candidates if one.id == result.candidate_ids[0])
        twin = Candidate(100, chosen.kind, chosen.residual, chosen.references, chosen.partner_id, chosen.date)
        assert match(lines, [*candidates, twin], policy).by_line[result.line_id].state != "matched"
        line = next(one for one in lines if one.id == result.line_id)
        other = Line(100, line.amount, line.date, line.text, line.reference, line.partner_id)
        states = match([*lines, other], candidates, policy).by_line
        assert {states[line.id].state, states[100].state} == {"ambiguous"}


@given(problems())
def test_a_candidate_of_an_ambiguous_line_is_matched_by_stronger_evidence_only(problem):
    lines, candidates, policy = problem
    matches = match(lines, candidates, policy)
    by_candidate = {result.candidate_ids[0]: result.score for result in matches.in_state("matched")}
    for result in matches.in_state("ambiguous"):
        for key in result.candidate_ids:
            assert by_candidate.get(key, 101) > result.score
