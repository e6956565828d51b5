"""Matching: each kind of evidence, and each way in which it is not unique."""

from datetime import date, timedelta

import pytest

from fc.core.errors import FinanceError
from fc.core.matching import Candidate, Line, Policy, match
from fc.core.money import Money

DAY = date(2026, 3, 10)


def line(key, minor=10000, text="", day=0, currency="EUR", **fields):
    return Line(key, Money(minor, currency), DAY + timedelta(day), text=text, **fields)


def invoice(key, minor=10000, *references, partner=None, currency="EUR"):
    return Candidate(key, "invoice", Money(minor, currency), references, partner, DAY)


def payout(key, minor=10000, *references, day=0, currency="EUR", partner=None):
    return Candidate(key, "settlement", Money(minor, currency), references, partner, DAY + timedelta(day))


def outcome(lines, candidates, policy=None):
    """Line id -> (state, candidate ids), the same in the other order of input."""
    matches = match(lines, candidates, policy)
    assert match(lines[::-1], candidates[::-1], policy) == matches
    return {key: (result.state, result.candidate_ids) for key, result in matches.by_line.items()}


def only(lines, candidates, policy=None):
    """The result of the only line."""
    (result,) = match(lines, candidates, policy).by_line.values()
    return result


def reason_codes(result):
    return [reason["code"] for reason in result.reasons]


def test_invoice_by_its_own_reference():
    result = only([line(1, text="Payment for INV/2026/0007 thanks")], [invoice("a", 10000, "INV/2026/0007")])
    assert (result.state, result.candidate_ids, result.score, result.runner_up_score) == (
        "matched",
        ("a",),
        100,
        0,
    )
    assert reason_codes(result) == ["reference", "amount"]
    assert "INV/2026/0007" in result.reasons[0]["text"]
    by_field = only([line(1, reference="INV20260007")], [invoice("a", 10000, "INV/2026/0007")])
    assert by_field.state == "matched"


def test_a_reference_is_no_piece_of_a_longer_one():
    assert outcome([line(1, text="X10")], [invoice("a", 10000, "X1")], Policy(min_reference_length=2)) == {1: ("unmatched", ())}


def test_a_short_reference_never_counts():
    short = [line(1, text="pays A123")], [invoice("a", 10000, "A123")]
    assert outcome(*short) == {1: ("unmatched", ())}
    assert outcome(*short, Policy(min_reference_length=4)) == {1: ("matched", ("a",))}


def test_a_reference_without_digits_names_no_invoice():
    assert outcome([line(1, text="RENT MARCH")], [invoice("a", 10000, "Rent March")]) == {1: ("unmatched", ())}


@pytest.mark.parametrize("other", [line(1, 9999, "INV/2026/0007"), line(1, -10000, "INV/2026/0007"),
                                   line(1, 10000, "INV/2026/0007", currency="USD")])  # fmt: skip
def test_a_named_invoice_of_another_amount_is_shown_but_not_matched(other):
    result = only([other], [invoice("a", 10000, "INV/2026/0007")])
    assert (result.state, result.candidate_ids, result.score) == ("unmatched", ("a",), 0)
    assert reason_codes(result) == ["amount_differs"]
    assert "100.00 EUR" in result.reasons[0]["text"]


def test_a_line_that_names_one_invoice_is_not_given_to_another_of_its_amount():
    candidates = [invoice("a", 7000, "INV/2026/0007"), invoice("b", 10000, "INV/2026/0008", partner=5)]
    result = only([line(1, text="INV/2026/0007", partner_id=5)], candidates)
    assert (result.state, result.candidate_ids) == ("ambiguous", ("b",))
    assert reason_codes(result)[0] == "names_other"
    assert outcome([line(1, text="INV/2026/0007")], [candidates[0], payout("p")]) == {1: ("ambiguous", ("p",))}


def test_two_invoices_named_at_once():
    candidates = [invoice("a", 10000, "INV/2026/0007"), invoice("b", 5000, "INV/2026/0008")]
    result = only([line(1, text="INV/2026/0007 INV/2026/0008")], candidates)
    assert (result.state, result.candidate_ids, reason_codes(result)[0]) == (
        "ambiguous",
        ("a",),
        "names_several",
    )


def test_two_invoices_of_equal_amount_named_at_once():
    candidates = [invoice("a", 10000, "INV/2026/0007"), invoice("b", 10000, "INV/2026/0008")]
    result = only([line(1, text="INV/2026/0007 INV/2026/0008")], candidates)
    assert (result.state, result.candidate_ids) == ("ambiguous", ("a", "b"))
    assert reason_codes(result)[0] == "names_several"


def test_a_reference_that_two_invoices_share_is_decided_by_the_amount():
    candidates = [invoice("a", 10000, "S00012"), invoice("b", 5000, "S00012")]
    result = only([line(1, text="order S00012")], candidates)
    assert (result.state, result.candidate_ids, result.score) == ("matched", ("a",), 95)
    equal = [invoice("a", 10000, "S00012"), invoice("b", 10000, "S00012")]
    result = only([line(1, text="order S00012")], equal)
    assert (result.state, result.candidate_ids) == ("ambiguous", ("a", "b"))
    assert (result.score, result.runner_up_score, reason_codes(result)[0]) == (95, 95, "several_candidates")


def test_more_references_in_the_text_single_one_out():
    equal = [invoice("a", 10000, "S00012", "INV/2026/0007"), invoice("b", 10000, "S00012", "INV/2026/0008")]
    assert outcome([line(1, text="S00012 INV/2026/0008")], equal) == {1: ("matched", ("b",))}


def test_two_lines_for_one_invoice_are_both_ambiguous():
    lines = [line(1, text="INV/2026/0007"), line(2, text="INV/2026/0007")]
    assert outcome(lines, [invoice("a", 10000, "INV/2026/0007")]) == {
        1: ("ambiguous", ("a",)),
        2: ("ambiguous", ("a",)),
    }
    assert reason_codes(match(lines, [invoice("a", 10000, "INV/2026/0007")]).by_line[1])[0] == "several_lines"


def test_what_stronger_evidence_settles_leaves_the_field():
    candidates = [
        invoice("a", 10000, "INV/2026/0007", partner=5),
        invoice("b", 10000, "INV/2026/0008", partner=5),
    ]
    lines = [line(1, text="INV/2026/0007", partner_id=5), line(2, partner_id=5)]
    assert outcome(lines, candidates) == {1: ("matched", ("a",)), 2: ("matched", ("b",))}
    assert match(lines, candidates).by_line[1].runner_up_score == 80


def test_a_line_whose_invoice_another_line_pays():
    candidates = [invoice("a", 10000, "INV/2026/0007", "S00012"), invoice("b", 500, "S00012")]
    lines = [line(1, text="INV/2026/0007"), line(2, 500, text="S00012"), line(3, text="S00012")]
    assert outcome(lines, candidates) == {
        1: ("matched", ("a",)),
        2: ("matched", ("b",)),
        3: ("unmatched", ("a", "b")),
    }
    assert reason_codes(match(lines, candidates).by_line[3]) == ["already_matched"]


def test_invoice_by_amount_and_partner():
    result = only([line(1, partner_id=5)], [invoice("a", partner=5), invoice("b", partner=6)])
    assert (result.state, result.candidate_ids, result.score) == ("matched", ("a",), 80)
    twice = [invoice("a", partner=5), invoice("b", partner=5)]
    assert outcome([line(1, partner_id=5)], twice) == {1: ("ambiguous", ("a", "b"))}
    assert outcome([line(1, partner_id=5), line(2, partner_id=5)], twice[:1]) == {
        1: ("ambiguous", ("a",)),
        2: ("ambiguous", ("a",)),
    }
    assert outcome([line(1)], [invoice("a", partner=5)]) == {1: ("unmatched", ())}
    assert outcome([line(1)], [invoice("a")]) == {1: ("unmatched", ())}
    assert outcome([line(1, -10000, partner_id=5)], [invoice("bill", -10000, partner=5)]) == {1: ("matched", ("bill",))}


def test_what_an_ambiguous_line_may_pay_is_withheld_from_weaker_evidence():
    candidates = [invoice("a", 10000, "S00012", partner=5), invoice("b", 10000, "S00012", partner=6)]
    lines = [line(1, text="S00012"), line(2, partner_id=5)]
    assert outcome(lines, candidates) == {1: ("ambiguous", ("a", "b")), 2: ("ambiguous", ("a",))}
    assert reason_codes(match(lines, candidates).by_line[2])[0] == "withheld"


def test_an_ambiguous_line_still_contends_for_what_its_amount_fits():
    shared = [invoice("a", 10000, "S00012"), invoice("b", 10000, "S00012")]
    lines = [line(1, text="S00012", partner_id=5), line(2, partner_id=5)]
    assert outcome(lines, [*shared, invoice("c", partner=5)]) == {
        1: ("ambiguous", ("a", "b")),
        2: ("ambiguous", ("c",)),
    }


def test_payout_by_trace_or_id_however_late():
    for text in ("STRIPE PAYOUT TRACE99817", "po_1XyZ9 Stripe"):
        found = only([line(1, text=text, day=60)], [payout("p", 10000, "po_1XyZ9", "TRACE99817", "STRIPE")])
        assert (found.state, found.score) == ("matched", 100)


@pytest.mark.parametrize(
    ("day", "state"),
    [(-4, "unmatched"), (-3, "matched"), (0, "matched"), (5, "matched"), (6, "unmatched")],
)
def test_payout_by_amount_within_its_window(day, state):
    result = only([line(1, day=day)], [payout("p")])
    assert (result.state, result.score) == (state, 75 if state == "matched" else 0)


def test_payouts_of_one_amount_in_one_window():
    two = [payout("p"), payout("q", day=1)]
    assert outcome([line(1)], two) == {1: ("ambiguous", ("p", "q"))}
    assert outcome([line(1), line(2, day=1)], [payout("p")]) == {
        1: ("ambiguous", ("p",)),
        2: ("ambiguous", ("p",)),
    }
    assert outcome([line(1), line(2, day=20)], [payout("p"), payout("q", day=20)]) == {
        1: ("matched", ("p",)),
        2: ("matched", ("q",)),
    }
    assert outcome([line(1, currency="USD")], [payout("p")]) == {1: ("unmatched", ())}


def test_the_days_that_payouts_took_so_far_tell_those_of_one_amount_apart():
    def usual(*days):
        return [payout(f"p{day}", day=day)._replace(lag=(1, 1)) for day in days]

    assert outcome([line(1, day=1), line(2, day=2)], usual(0, 1)) == {1: ("matched", ("p0",)), 2: ("matched", ("p1",))}
    result = only([line(1, day=1)], usual(0, 1))
    assert (reason_codes(result)[0], result.score, result.runner_up_score) == ("payout_lag", 90, 75)
    assert outcome([line(1, day=4)], usual(0, 1)) == {1: ("ambiguous", ("p0", "p1"))}
    assert outcome([line(1, day=4)], usual(0)) == {1: ("matched", ("p0",))}


def test_the_descriptor_tells_payouts_of_one_amount_apart():
    candidates = [payout("p", 10000, "STRIPE"), payout("q", 10000, "ADYEN N.V.")]
    result = only([line(1, text="Adyen N.V. batch")], candidates)
    assert (result.state, result.candidate_ids) == ("matched", ("q",))
    assert (result.score, result.runner_up_score) == (90, 75)
    assert outcome([line(1, text="STRIPE", day=30)], candidates) == {1: ("unmatched", ())}
    assert outcome([line(1, text="STRIPER")], candidates[:1]) == {1: ("matched", ("p",))}


def test_the_name_in_an_invoice_does_not_hide_the_descriptor_of_a_payout():
    candidates = [payout("p", 10000, "STRIPE"), invoice("a", 500, "STRIPE FEES")]
    assert only([line(1, text="STRIPE FEES")], candidates).score == 90


def test_a_line_of_a_known_partner_is_no_payout_of_another():
    assert outcome([line(1, partner_id=5)], [payout("p", partner=6)]) == {1: ("unmatched", ())}
    assert outcome([line(1, partner_id=6)], [payout("p", partner=6)]) == {1: ("matched", ("p",))}


def test_a_negative_payout_matches_a_debit_line():
    assert outcome([line(1, -2700)], [payout("p", -2700), payout("q", 2700)]) == {1: ("matched", ("p",))}


def test_nothing_is_matched_by_no_money():
    assert outcome([line(1, 0, text="INV/2026/0007", partner_id=5)], [invoice("a", 0, "INV/2026/0007", partner=5)]) == {
        1: ("unmatched", ())
    }


def test_more_candidates_than_are_listed_or_compared():
    policy = Policy(max_alternatives=3, max_considered=6)
    makers = (
        lambda key: invoice(key, 10000, "S00012"),
        lambda key: invoice(key, partner=5),
        payout,
    )
    for make in makers:
        for count in (5, 9):
            pool = [make(key) for key in range(count)]
            result = only([line(1, text="S00012", partner_id=5)], pool, policy)
            assert (result.state, result.candidate_ids) == ("ambiguous", (0, 1, 2))
            assert f"{count} open items" in result.reasons[0]["text"]
            assert f"The first 3 of {count} are listed." in result.reasons[0]["text"]


def test_what_is_too_much_to_compare_is_withheld_as_a_whole():
    policy = Policy(max_considered=3)
    pool = [invoice(key, 10000, "S00012", partner=key) for key in range(5)]
    assert outcome([line(1, text="S00012"), line(2, partner_id=4)], pool, policy)[2] == ("ambiguous", (4,))


def test_an_own_reference_counts_beside_one_that_very_many_share():
    pool = [invoice(key, 10000, "CUST4711", f"INV/2026/{key:04}") for key in range(9)]
    policy = Policy(max_considered=3)
    assert outcome([line(1, text="CUST4711 INV/2026/0007")], pool, policy) == {1: ("matched", (7,))}


def test_repeated_ids_and_unknown_kinds_are_refused():
    with pytest.raises(FinanceError, match="id 1"):
        match([line(1), line(1)], [])
    with pytest.raises(FinanceError, match="'a'"):
        match([], [invoice("a"), payout("a")])
    with pytest.raises(FinanceError, match="'order'"):
        match([], [Candidate("a", "order", Money(1, "EUR"))])


def test_results_by_state():
    matches = match([line(1, text="INV/2026/0007"), line(2, 5)], [invoice("a", 10000, "INV/2026/0007")])
    assert [result.line_id for result in matches.in_state("matched")] == [1]
    assert [result.line_id for result in matches.in_state("unmatched")] == [2]
    assert match([], []).by_line == {}
