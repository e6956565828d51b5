"""What a payment run proposes, nets and suspects: every document is accounted for, in any order of them."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core.double_payment import HOLD, LOOK, NOTE, Payment, reference_key, suspicions
from fc.core.errors import FinanceError
from fc.core.money import Money
from fc.core.netting import ALL, NONE, REFERRED, RULES, Document, net
from fc.core.payment_proposal import Candidate, Criteria, propose

TODAY = date(2026, 3, 2)


def euro(minor):
    return Money(minor, "EUR")


def day(number):
    return TODAY + timedelta(number)


def document(key, minor, payee="p", due=0, **values):
    return Document(key, payee, values.pop("account", "A"), Money(minor, values.pop("currency", "EUR")), day(due), **values)


def test_credit_notes_are_netted_oldest_first():
    found = net([document("b2", 500, due=2), document("b1", 300, due=1), document("n", -400)])
    (payment,) = found.payments
    assert (payment.amount, found.left, found.credit_left) == (euro(400), (), {})
    assert payment.items == (("b1", euro(300)), ("n", euro(-300)), ("b2", euro(500)), ("n", euro(-100)))


def test_one_payment_a_bill():
    found = net([document("b1", 300, due=1), document("b2", 500, due=2), document("n", -400)], together=False)
    assert [(one.amount, [key for key, _amount in one.items]) for one in found.payments] == [(euro(400), ["b2", "n"])]
    assert found.covered == (("b1", "n", euro(300)),)
    assert [key for key, _why in found.left] == ["b1"]


def test_what_credit_notes_exceed_stays_open_and_nothing_is_paid():
    found = net([document("b", 300), document("n", -400)])
    assert (found.payments, found.credit_left) == ((), {"n": euro(100)})
    assert found.covered == (("b", "n", euro(300)),)


def test_only_what_belongs_together_is_netted():
    for values in ({"payee": "q"}, {"account": "B"}, {"currency": "USD"}, {"group": "other"}):
        found = net([document("b", 300), document("n", -100, **values)])
        assert [one.amount for one in found.payments] == [euro(300)]
        assert [key for key, why in found.left if why] == ["n"]


def test_rules():
    documents = [document("b1", 300), document("b2", 300), document("n", -100, refers_to="b2"), document("m", -50, refers_to="x")]
    assert net(documents, NONE).payments[0].amount == euro(600)
    referred = net(documents, REFERRED, together=False)
    assert [one.amount for one in referred.payments] == [euro(300), euro(200)]
    assert [key for key, _why in referred.left] == ["m"]
    for wrong in (lambda: net(documents, "some"), lambda: net([document("z", 0)]), lambda: net([documents[0]] * 2)):
        with pytest.raises(FinanceError):
            wrong()


DOCUMENTS = st.lists(
    st.tuples(st.integers(-500, 500).filter(bool), st.sampled_from("pq"), st.integers(0, 5), st.sampled_from(("EUR", "USD"))),
    max_size=10,
)


@given(DOCUMENTS, st.sampled_from(RULES), st.booleans(), st.randoms(use_true_random=False))
def test_nothing_is_lost_and_no_payment_is_negative(rows, rule, together, chance):
    documents = [
        document(f"d{number}", minor, payee, due, currency=currency, refers_to=f"d{number - 1}")
        for number, (minor, payee, due, currency) in enumerate(rows)
    ]
    found = net(documents, rule, together)
    shuffled = list(documents)
    chance.shuffle(shuffled)
    assert net(shuffled, rule, together) == found
    used = {one.key: 0 for one in documents}
    for payment in found.payments:
        assert payment.amount.minor == sum(amount.minor for _key, amount in payment.items) > 0
        for key, amount in payment.items:
            used[key] += amount.minor
    for bill, note, amount in found.covered:
        used[bill] += amount.minor
        used[note] -= amount.minor
    for one in documents:
        if one.amount.minor < 0:
            rest = found.credit_left.get(one.key, Money(0, one.amount.currency))
            assert used[one.key] - rest.minor == one.amount.minor
        else:
            assert used[one.key] == one.amount.minor
    mentioned = {key for payment in found.payments for key, _amount in payment.items} | {key for key, _why in found.left}
    assert mentioned | {note for _bill, note, _amount in found.covered} == set(used)


CRITERIA = {"pay_on": day(1), "next_run": day(8)}


def candidate(key, minor, due=3, payee="p", **values):
    return Candidate(key, payee, values.pop("account", "A"), euro(minor), day(due), **values)


def run(*candidates, **criteria):
    return propose(candidates, Criteria(**{**CRITERIA, **criteria}))


def codes(proposal):
    assert all(one.text for one in proposal.left)
    return {one.key: one.code for one in proposal.left}


def test_what_is_due_before_the_next_run_is_proposed():
    found = run(candidate("late", 100, due=-9), candidate("now", 200, due=7), candidate("later", 300, due=8))
    assert [(one.key, one.amount) for one in found.proposed] == [("late", euro(100)), ("now", euro(200))]
    assert "overdue" in found.proposed[0].reason
    assert (codes(found), found.totals) == ({"later": "not_due"}, {"EUR": euro(300)})


def test_discounts_are_taken_while_they_stand():
    early = candidate("d", 1000, due=30, discount=euro(20), discount_date=day(5))
    found = run(early)
    assert [(one.amount, one.discount) for one in found.proposed] == [(euro(980), euro(20))]
    assert codes(run(early._replace(discount_date=day(8)))) == {"d": "not_due"}, "the next run can still have it"
    assert codes(run(early._replace(discount_date=day(0)))) == {"d": "not_due"}, "it is over"
    assert codes(run(early, take_discounts=False)) == {"d": "not_due"}
    due = early._replace(due=day(3), discount_date=day(20))
    assert run(due).proposed[0].amount == euro(980)
    assert run(due._replace(discount=euro(1000))).proposed[0].amount == euro(1000), "no discount is as much as the bill"


def test_why_documents_are_left():
    found = run(
        candidate("blocked", 1, blocked="dispute"), candidate("order", 1, in_order="PO1"), candidate("account", 1, account=""),
        candidate("journal", 1, journal="x"), candidate("large", 1001, journal="bills"),
        candidate("usd", 1)._replace(amount=Money(1, "USD")), journals=frozenset(("bills",)),
        currencies=frozenset(("EUR",)), largest={"EUR": euro(1000)},
    )  # fmt: skip
    assert codes(found) == {
        "blocked": "blocked", "order": "in_order", "account": "journal", "journal": "journal", "large": "largest",
        "usd": "currency",
    }  # fmt: skip
    assert codes(run(candidate("account", 1, account=""))) == {"account": "no_account"}


def test_limit_and_balance():
    bills = [candidate("a", 600, due=2), candidate("b", 500, due=3), candidate("c", 300, due=4)]
    found = run(*bills, limits={"EUR": euro(900)})
    assert ([one.key for one in found.proposed], codes(found)) == (["a", "c"], {"b": "limit"})
    found = run(*bills, balances={"EUR": euro(1000)}, keep={"EUR": euro(400)})
    assert ([one.key for one in found.proposed], codes(found)) == (["a"], {"b": "balance", "c": "balance"})


def test_a_credit_note_makes_room_for_its_own_payee_only():
    note = candidate("n", -500, due=90)
    bills = [candidate("a", 600), candidate("b", 600, payee="q")]
    found = run(note, *bills, limits={"EUR": euro(600)})
    assert ([one.key for one in found.proposed], codes(found)) == (["n", "a"], {"b": "limit"})
    assert found.totals == {"EUR": euro(100)}
    assert codes(run(note, bills[1])) == {"n": "no_bill"}


def test_criteria_that_cannot_be():
    with pytest.raises(FinanceError):
        Criteria(day(1), day(1))


@given(st.lists(st.tuples(st.integers(-500, 900).filter(bool), st.sampled_from("pqr"), st.integers(-3, 10)), max_size=12),
       st.integers(0, 2000), st.integers(0, 3000), st.integers(0, 500), st.randoms(use_true_random=False))  # fmt: skip
def test_a_run_never_pays_more_than_it_may(rows, limit, balance, keep, chance):
    candidates = [candidate(f"c{number}", minor, due, payee) for number, (minor, payee, due) in enumerate(rows)]
    limits = {"limits": {"EUR": euro(limit)}, "balances": {"EUR": euro(balance)}, "keep": {"EUR": euro(keep)}}
    found = run(*candidates, **limits)
    shuffled = list(candidates)
    chance.shuffle(shuffled)
    assert run(*shuffled, **limits) == found
    by_key = {one.key: one for one in candidates}
    documents = [Document(one.key, by_key[one.key].payee, "A", one.amount, by_key[one.key].due) for one in found.proposed]
    paid = sum(payment.amount.minor for payment in net(documents, ALL).payments)
    assert found.totals.get("EUR", euro(0)).minor == paid <= limit
    assert not paid or balance - paid >= keep
    assert {one.key for one in found.proposed} | {one.key for one in found.left} == set(by_key)


def paid(key, minor=1000, reference="INV-0042", number=0, payee="p", account="A", state=""):
    return Payment(key, payee, account, euro(minor), reference, day(number), state)


@pytest.mark.parametrize(
    ("earlier", "level"),
    [
        (paid("b"), HOLD),
        (paid("b", reference="inv 42"), HOLD),
        (paid("b", payee="q"), HOLD),
        (paid("b", account="B"), HOLD),
        (paid("b", reference="other"), LOOK),
        (paid("b", reference=""), LOOK),
        (paid("b", minor=1100), NOTE),
        (paid("a", state="executed, reconciliation undone"), HOLD),
        (paid("b", payee="q", account="B"), None),
        (paid("b", minor=1100, reference="other"), None),
        (paid("b", number=-91), None),
        (paid("b", number=-90), HOLD),
    ],
)
def test_what_may_have_been_paid_already(earlier, level):
    found = suspicions([paid("a")], [earlier])
    assert [one.level for one in found] == ([level] if level else [])
    assert all("compare" in one.text or "find out" in one.text or "correct" in one.text for one in found)


def test_candidates_are_compared_among_themselves_once():
    assert [(one.candidate.key, one.earlier.key) for one in suspicions([paid("b"), paid("a")], [])] == [("a", "b")]
    assert suspicions([paid("a")], []) == []


def test_references_are_compared_without_their_spelling():
    assert reference_key("RE-2026/00042") == reference_key("re 2026 42") == "RE202642"
    assert reference_key("ÉTÉ 001") == "ETE1"
    assert reference_key("1") == ""


@given(st.permutations([paid("a"), paid("b"), paid("c", 1100), paid("d", reference="x y z")]))
def test_the_radar_does_not_depend_on_the_order(candidates):
    assert suspicions(candidates, [paid("h")]) == suspicions(sorted(candidates), [paid("h")])


PAID = st.lists(
    st.builds(
        paid,
        st.sampled_from("abcd"),
        st.sampled_from((1000, 1100)),
        st.sampled_from(("INV-0042", "inv 42", "x y", "other")),
        st.sampled_from((0, 1, -90, -91)),
        st.sampled_from("pq"),
        st.sampled_from(("A", "B", "")),
    ),
    max_size=7,
)


@given(PAID, PAID)
def test_the_radar_finds_every_pair_that_is_alike_and_no_other(candidates, history):
    ordered = sorted(candidates, key=lambda one: (one.key, one.day, one.reference))
    pairs = [*combinations(ordered, 2), *((one, other) for one in ordered for other in history)]
    expected = []
    for one, other in pairs:
        told = reference_key(one.reference)
        same_reference = bool(told) and told == reference_key(other.reference)
        same_payee = one.payee == other.payee or bool(one.account) and one.account == other.account
        if same_payee and abs(one.day - other.day) <= timedelta(days=90) and (one.amount == other.amount or same_reference):
            expected.append((one, other))
    found = [(one.candidate, one.earlier) for one in suspicions(candidates, history)]
    assert sorted(found) == sorted(expected)
