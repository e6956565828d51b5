"""Properties of matching that hold for any lines and candidates: order, exclusiveness, equality of amounts,
ambiguity."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fc.core.matching import Candidate, Line, Policy, match
from fc.core.money import Money

REFERENCES = ("INV/26/001", "INV/26/002", "S00012", "PO_99", "STRIPE", "ADYEN")
NAMES = ("", "Ada Ibsen", "Max Adler", "Ada Ibsen Holm")
ACCOUNTS = (None, "DE01", "DE02")
moneys = st.builds(Money, st.sampled_from([-500, 0, 200, 300, 500, 700]), st.sampled_from(["EUR", "EUR", "USD"]))
days = st.integers(0, 12).map(lambda day: date(2026, 3, 1) + timedelta(day))
partners = st.none() | st.integers(1, 2)
policies = st.builds(
    Policy, max_alternatives=st.integers(1, 3), max_considered=st.integers(1, 5), max_states=st.sampled_from([1, 200_000]),
    tolerance=st.sampled_from([0, 200]), tolerance_basis_points=st.just(5000))
words = st.lists(st.sampled_from([*REFERENCES, "PAYMENT", "26/001", "INV/2B/001"]), max_size=3)
line_parts = st.fixed_dictionaries({
    "amount": moneys, "date": days, "text": words.map(" ".join), "partner_id": partners,
    "counterparty_name": st.sampled_from(NAMES), "counterparty_account": st.sampled_from(ACCOUNTS)})
candidate_parts = st.fixed_dictionaries({
    "kind": st.sampled_from(["settlement", "invoice", "invoice", "item", "transfer"]), "residual": moneys,
    "references": words.map(tuple), "partner_id": partners, "date": st.none() | days, "name": st.sampled_from(NAMES),
    "lag": st.sampled_from([None, (0, 1), (2, 2)]),
    "accounts": st.sampled_from([(), ("DE01",), ("DE01", "DE02")])})


@st.composite
def problems(draw):
    """Lines, candidates and a policy, with few amounts and references so that much is contended for."""
    lines = [Line(key, **parts) for key, parts in enumerate(draw(st.lists(line_parts, max_size=7)))]
    candidates = [Candidate(key, **parts) for key, parts in enumerate(draw(st.lists(candidate_parts, max_size=7)))]
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
def test_a_match_is_exact_and_nothing_is_used_twice(problem):
    lines, candidates, policy = problem
    by_line, by_id = {line.id: line for line in lines}, {one.id: one for one in candidates}
    matches = match(lines, candidates, policy)
    assert matches.by_line.keys() == by_line.keys()
    # Lines that pay the same items together are one answer.
    answers = {(tuple(sorted((one.line_id, *one.with_lines))), one.candidate_ids) for one in matches.in_state("matched")}
    assert max(Counter(key for _lines, keys in answers for key in keys).values(), default=1) == 1
    for together, keys in answers:
        paid, brought = [by_id[key].residual for key in keys], [by_line[key].amount for key in together]
        assert len({money.currency for money in paid + brought}) == 1
        assert sum(money.minor for money in paid) == sum(money.minor for money in brought)
    for result in matches.by_line.values():
        assert 0 <= result.runner_up_score <= result.score <= 100
        assert result.reasons
        assert result.state == "unmatched" or len(result.candidate_ids) >= 1
        assert result.state == "proposed" or result.difference is None
        if result.state == "matched":
            assert result.runner_up_score < result.score


@given(problems())
@settings(max_examples=300)
def test_a_twin_of_a_matched_candidate_or_line_is_a_doubt(problem):
    lines, candidates, policy = problem
    for result in match(lines, candidates, policy).in_state("matched"):
        for chosen in [one for one in candidates if one.id in result.candidate_ids]:
            twin = chosen._replace(id=100)
            assert match(lines, [*candidates, twin], policy).by_line[result.line_id].state != "matched"
        line = next(one for one in lines if one.id == result.line_id)
        states = match([*lines, line._replace(id=100)], candidates, policy).by_line
        assert "matched" not in {states[line.id].state, states[100].state}


@given(problems())
def test_a_candidate_of_an_ambiguous_line_is_matched_by_stronger_evidence_only(problem):
    lines, candidates, policy = problem
    matches = match(lines, candidates, policy)
    by_candidate = {key: result.score for result in matches.in_state("matched") for key in result.candidate_ids}
    for result in matches.in_state("ambiguous"):
        for key in result.candidate_ids:
            assert by_candidate.get(key, 101) > result.score
