"""Weaker signs, several items, several lines, differences: what is applied, what is proposed, what is a question."""
from datetime import timedelta

import pytest

from fc.core.matching import AMBIGUOUS, MATCHED, PROPOSED, UNMATCHED, Candidate, Part, Policy
from fc.core.money import Money

from .test_matching import DAY, invoice, line, only, outcome, reason_codes

EUR = "EUR"


def item(key, minor=10000, *references, name="", accounts=(), partner=None, **fields):
    return invoice(key, minor, *references, partner=partner)._replace(name=name, accounts=accounts, **fields)


# --- weaker signs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "code"), [
    ("PAYS 2026/00012", "tail"), ("PAYS 2026-00012 THANKS", "tail"), ("INV/2O26/00012", "slip"), ("1NV 2026 00012", "tail"),
    ("IMV/2026/00012", "tail"), ("INV/2026/0001Z", "slip"),
])
def test_an_invoice_number_that_is_not_quite_right(text, code):
    result = only([line(1, text=text)], [item("a", 10000, "INV/2026/00012"), item("b", 9900, "INV/2026/00015")])
    assert (result.state, result.candidate_ids) == (MATCHED, ("a",))
    assert reason_codes(result)[0] == code
    assert result.gap >= Policy().margin


@pytest.mark.parametrize("text", ["INV 2026 00023X", "INV/2O26/00O13", "00012", "VISIT 2026 SHOP 12"])
def test_two_slips_are_too_many(text):
    assert outcome([line(1, text=text)], [item("a", 10000, "INV/2026/00012")]) == {1: (UNMATCHED, ())}


def test_another_digit_may_be_the_next_invoice():
    """Subscriptions: the invoice of last month, paid twice, is one digit and no cent away from that of this month."""
    told = line(1, text="INV/2026/00013")
    result = only([told], [item("a", 10000, "INV/2026/00012")])
    assert (result.state, result.candidate_ids, reason_codes(result)[0]) == (PROPOSED, ("a",), "digit")
    known = only([told._replace(counterparty_name="Ada Ibsen")], [item("a", 10000, "INV/2026/00012", name="Ada Ibsen")])
    assert (known.state, known.candidate_ids) == (MATCHED, ("a",))


def test_a_misread_number_tells_which_of_two_equal_invoices_of_the_partner():
    candidates = [item("a", 10000, "INV/2026/00012", partner=5), item("b", 10000, "INV/2026/00015", partner=5)]
    lines = [line(1, text="INV/2O26/00012", partner_id=5), line(2, text="thanks", partner_id=5, day=3)]
    assert outcome(lines, candidates) == {1: (MATCHED, ("a",)), 2: (MATCHED, ("b",))}


def test_a_slip_that_could_be_of_two_invoices_is_a_question():
    """Both of one amount, and the text is one sign away from either."""
    candidates = [item("a", 10000, "INV/2026/00012"), item("b", 10000, "INV/2026/00022")]
    assert outcome([line(1, text="INV/2026/00032")], candidates) == {1: (AMBIGUOUS, ("a", "b"))}
    candidates = [item("a", 10000, "INV/2026/00012"), item("b", 10000, "CN/2026/00012")]
    assert outcome([line(1, text="2026/00012")], candidates) == {1: (AMBIGUOUS, ("a", "b"))}


def test_the_account_and_the_name_of_the_payer():
    candidates = [item("a", name="Ada Ibsen", accounts=("DE11",)), item("b", name="Max Adler", accounts=("DE22",))]
    by_account = only([line(1, counterparty_account="DE22")], candidates)
    assert (by_account.state, by_account.candidate_ids, reason_codes(by_account)[0]) == (MATCHED, ("b",), "account")
    by_name = only([line(1, counterparty_name="IBSEN ADA")], candidates)
    assert (by_name.state, by_name.candidate_ids, reason_codes(by_name)[0]) == (MATCHED, ("a",), "name")


def test_a_name_that_is_only_alike_is_proposed():
    result = only([line(1, counterparty_name="Ada Ibsen Books")], [item("a", name="Ada Ibsen Boots", date=None)])
    assert (result.state, result.candidate_ids) == (UNMATCHED, ())
    close = only([line(1, counterparty_name="HARBOUR BOOKS IT")], [item("a", name="Harbour Books Alpine", date=None)])
    assert (close.state, close.candidate_ids) == (PROPOSED, ("a",))
    assert reason_codes(close) == ["name", "amount", "weak"]


def test_one_payer_with_two_equal_invoices_is_a_question():
    candidates = [item("a", name="Ada Ibsen"), item("b", name="Ada Ibsen")]
    assert outcome([line(1, counterparty_name="Ada Ibsen")], candidates) == {1: (AMBIGUOUS, ("a", "b"))}


def test_two_lines_for_one_invoice_by_name_are_both_a_question():
    lines = [line(1, counterparty_name="Ada Ibsen"), line(2, counterparty_name="Ada Ibsen", day=1)]
    assert outcome(lines, [item("a", name="Ada Ibsen")]) == {1: (AMBIGUOUS, ("a",)), 2: (AMBIGUOUS, ("a",))}


def test_what_is_clear_leaves_the_field():
    lines = [line(1, counterparty_name="Ada Ibsen", counterparty_account="DE11"), line(2, counterparty_name="Ada Ibsen")]
    candidates = [item("a", name="Ada Ibsen", accounts=("DE11",)), item("b", name="Ada Ibsen Holm", partner=7)]
    assert outcome(lines, candidates)[1] == (MATCHED, ("a",))


def test_above_the_limit_a_person_decides():
    result = only([line(1, text="INV/2026/0007")], [invoice("a", 10000, "INV/2026/0007")], Policy(max_amount={EUR: 9999}))
    assert (result.state, result.candidate_ids, reason_codes(result)[-1]) == (PROPOSED, ("a",), "above_limit")


# --- several items, several lines -------------------------------------------------------------------------------------

NAMED = "INV/2026/0001 and INV/2026/0002"


def test_two_that_weigh_more_than_the_highest_score_are_still_told_apart():
    both = {"name": "Ada Ibsen", "accounts": ("DE01",), "partner": 5}
    items = [item("a", 10000, "INV/2026/00012", **both), item("b", 10000, "INV/2026/00099", **both)]
    told = line(1, 10000, "2026/00012", counterparty_account="DE01", counterparty_name="Ada Ibsen")
    result = only([told], items)
    assert (result.state, result.candidate_ids, result.score) == (MATCHED, ("a",), 99)
    assert result.runner_up_score < 99 - 15


def three(*minors):
    return [item(key, minor, f"INV/2026/000{number}", partner=5)
            for number, (key, minor) in enumerate(zip("abc", minors, strict=False), 1)]


def test_a_text_that_names_several_items_pays_them_together():
    result = only([line(1, 10000, NAMED)], three(6000, 4000, 10000))
    assert (result.state, result.candidate_ids, result.score) == (MATCHED, ("a", "b"), 93)


def test_of_several_named_items_some_may_make_the_amount():
    text = f"{NAMED} and INV/2026/0003"
    assert outcome([line(1, 10000, text)], three(6000, 5000, 5000)) == {1: (MATCHED, ("b", "c"))}
    assert outcome([line(1, 10000, text)], three(5000, 5000, 5000)) == {1: (AMBIGUOUS, ("a", "b", "c"))}


def test_open_items_of_the_partner_that_make_the_amount():
    assert outcome([line(1, 10000, partner_id=5)], three(6000, 5000, 5000)) == {1: (MATCHED, ("b", "c"))}
    assert outcome([line(1, 10000, partner_id=5)], three(5000, 5000, 5000)) == {1: (AMBIGUOUS, ("a", "b", "c"))}
    assert outcome([line(1, 10000, partner_id=6)], three(6000, 5000, 5000)) == {1: (UNMATCHED, ())}
    assert outcome([line(1, 10001, partner_id=5)], three(6000, 5000, 5000)) == {1: (UNMATCHED, ())}


def test_a_credit_note_is_netted():
    assert outcome([line(1, 4000, partner_id=5)], three(6000, -2000)) == {1: (MATCHED, ("a", "b"))}


def test_two_lines_that_claim_one_item_in_groups_are_both_a_question():
    lines = [line(1, 10000, partner_id=5), line(2, 11000, partner_id=5)]
    assert outcome(lines, three(6000, 5000, 4000)) == {1: (AMBIGUOUS, ("a", "c")), 2: (AMBIGUOUS, ("a", "b"))}


def test_too_many_items_are_not_searched():
    many = [item(f"i{number:02}", 3 ** (number % 30) % 9973 + number, partner=5) for number in range(30)]
    target = sum(one.residual.minor for one in many[::2])
    result = only([line(1, target, partner_id=5)], many, Policy(max_states=50))
    assert (result.state, reason_codes(result)[0]) == (AMBIGUOUS, "search_limit")


def test_a_batch_whose_members_name_their_items():
    parts = (Part(Money(6000, EUR), "INV/2026/0001"), Part(Money(4000, EUR), reference="INV/2026/0002"))
    assert outcome([line(1, 10000, "COLLECTION", parts=parts)], three(6000, 4000)) == {1: (MATCHED, ("a", "b"))}
    unnamed = (parts[0], Part(Money(4000, EUR), "RENT"))
    assert outcome([line(1, 10000, "COLLECTION", parts=unnamed)], three(6000, 4000)) == {1: (UNMATCHED, ())}


def test_lines_that_pay_one_item_together():
    lines = [line(1, 6000, "INV/2026/0007 first"), line(2, 4000, "INV/2026/0007 rest", day=9)]
    assert outcome(lines, [invoice("a", 10000, "INV/2026/0007")]) == {1: (MATCHED, ("a",)), 2: (MATCHED, ("a",))}
    assert outcome(lines[:1], [invoice("a", 10000, "INV/2026/0007")]) == {1: (UNMATCHED, ("a",))}
    result = only(lines[:1], [invoice("a", 6000, "INV/2026/0007")])
    assert result.with_lines == ()


def test_lines_that_pay_several_items_together():
    lines = [line(1, 6000, "INV/2026/0007 INV/2026/0008 first"), line(2, 5000, "INV/2026/0008, INV/2026/0007 rest", day=9)]
    items = [invoice("a", 7000, "INV/2026/0007"), invoice("b", 4000, "INV/2026/0008")]
    assert outcome(lines, items) == {1: (MATCHED, ("a", "b")), 2: (MATCHED, ("a", "b"))}
    assert outcome([lines[0]._replace(text="INV/2026/0007"), lines[1]], items)[2] == (UNMATCHED, ("a", "b"))
    other_ledger = [items[0], items[1]._replace(ledger="other")]
    assert outcome(lines, other_ledger)[1] == (AMBIGUOUS, ("a", "b"))


# --- own accounts, lines taken back -----------------------------------------------------------------------------------


def transfer(key, minor, account, day=0):
    return Candidate(key, "transfer", Money(minor, EUR), date=DAY + timedelta(day), accounts=(account,))


def test_a_transfer_between_own_accounts():
    lines = [line(1, -10000, counterparty_account="DE02"),
             line(2, 10000, counterparty_account="DE01", day=1)]
    mirrors = [transfer("l2", -10000, "DE02", 1), transfer("l1", 10000, "DE01")]
    assert outcome(lines, mirrors) == {1: (MATCHED, ("l2",)), 2: (MATCHED, ("l1",))}
    assert outcome([lines[0]._replace(counterparty_account="DE09")], mirrors) == {1: (UNMATCHED, ())}
    assert outcome(lines[:1], [*mirrors, transfer("l3", -10000, "DE02", 2)]) == {1: (AMBIGUOUS, ("l2", "l3"))}


def test_a_line_that_takes_another_one_back():
    original = Candidate("r7", "reversal", Money(-10000, EUR), ("W1X000011",), date=DAY)
    assert outcome([line(1, -10000, "RETURN W1X000011", day=3)], [original]) == {1: (MATCHED, ("r7",))}
    assert outcome([line(1, -10000, "RETURN", day=3)], [original]) == {1: (UNMATCHED, ())}


# --- differences with a name ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minor", "fields", "charges", "code"), [
    (9800, {"discount": Money(200, EUR), "discount_until": DAY}, None, "cash_discount"),
    (9850, {}, Money(-150, EUR), "fee"),
    (9999, {}, None, "tolerance"),
    (10001, {}, None, "tolerance"),
])
def test_a_difference_that_has_a_name_is_proposed_with_its_amount(minor, fields, charges, code):
    policy = Policy(tolerance=5, tolerance_basis_points=100)
    candidates = [item("a", 10000, "INV/2026/0007", **fields), item("b", 70000, "INV/2026/0009", partner=5)]
    result = only([line(1, minor, "INV/2026/0007", charges=charges)], candidates, policy)
    assert (result.state, result.candidate_ids, result.difference) == (PROPOSED, ("a",), Money(minor - 10000, EUR))
    assert reason_codes(result) == ["named", code]


@pytest.mark.parametrize(("minor", "day", "fields", "charges"), [
    (9800, 1, {"discount": Money(200, EUR), "discount_until": DAY}, None),
    (9990, 0, {}, None), (9899, 0, {}, Money(-100, EUR)), (-10000, 0, {}, None),
])
def test_another_difference_is_shown_and_no_more(minor, day, fields, charges):
    policy = Policy(tolerance=5, tolerance_basis_points=100)
    items = [item("a", 10000, "INV/2026/0007", **fields)]
    result = only([line(1, minor, "INV/2026/0007", day=day, charges=charges)], items, policy)
    assert (result.state, result.candidate_ids, result.difference) == (UNMATCHED, ("a",), None)
