"""Approval binds to content, needs a second person whoever they are, and says in words why not (INV-10)."""

import unicodedata
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core.approval import AccountEdit, OrderFacts, Signature, evaluate, excluded, may_approve, signed_by_day
from fc.core.approval_content import COLLECTION, Line, Order, canonical, content_hash
from fc.core.approval_policy import ALL, Deputy, Level, Limit, Policy, Rule
from fc.core.errors import FinanceError
from fc.core.hashing import canonical_json
from fc.core.money import Money

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
DAY = timedelta(days=1)
IBAN = "DE89 3704 0044 0532 0130 00"
LINE = Line("7", "Müller GmbH", IBAN, "COBADEFFXXX", Money(5000, "EUR"), date(2026, 3, 3), ("R1", "R2"), "E1")
ORDER = Order("1", "DE75512108001245126199", (LINE, LINE._replace(payee_key="8", payee="Dupont")))


def test_the_hash_stays_over_versions():
    assert content_hash(ORDER) == "v1:6e1a2cf1d0691e122c34112ca12e9778de82226dde25a5c6c57dc557f66b3538"
    assert canonical(ORDER).startswith(b'{"account":"DE75512108001245126199","company":"1","kind":"transfer","lines":[{"acc')


@given(st.permutations(ORDER.lines), st.permutations(LINE.references))
def test_the_hash_does_not_depend_on_the_order_of_lines(lines, references):
    lines = [line._replace(references=tuple(references)) for line in lines]
    assert content_hash(ORDER._replace(lines=tuple(lines))) == content_hash(ORDER)


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@given(st.builds(Line, TEXTS, TEXTS, TEXTS, TEXTS, st.integers(1, 10**12).map(lambda minor: Money(minor, "EUR")), st.dates(),
                 st.lists(TEXTS, max_size=3).map(tuple), TEXTS))  # fmt: skip
def test_a_line_is_written_as_every_other_audited_content_is(line):
    def joined(number):
        return "".join(number.split()).upper()

    def normal(text):
        return unicodedata.normalize("NFC", text)

    plain = {
        "account": joined(line.account), "agent": joined(line.agent), "amount": line.amount, "date": line.date,
        "end_to_end_id": line.end_to_end_id, "payee": normal(line.payee), "payee_key": line.payee_key,
        "references": sorted(map(normal, line.references)),
    }  # fmt: skip
    head = {"account": joined(ORDER.account), "company": ORDER.company, "kind": ORDER.kind, "lines": [plain]}
    assert canonical(ORDER._replace(lines=(line,))) == canonical_json(head)


def test_spelling_of_an_account_and_of_unicode_does_not_matter():
    same = LINE._replace(account="de89370400440532013000", payee="Mu\u0308ller GmbH")
    assert content_hash(ORDER._replace(lines=(same, ORDER.lines[1]))) == content_hash(ORDER)


@pytest.mark.parametrize(
    "change",
    [
        {"payee_key": "9"}, {"payee": "Muller GmbH"}, {"account": "DE75512108001245126199"}, {"agent": "COBADEFF"},
        {"amount": Money(5001, "EUR")}, {"amount": Money(5000, "USD")}, {"date": date(2026, 3, 4)}, {"references": ("R1",)},
        {"references": ("R1", "R2", "R2")}, {"end_to_end_id": "E2"},
    ],
)  # fmt: skip
def test_inv_10_any_edit_changes_the_hash(change):
    assert content_hash(ORDER._replace(lines=(LINE._replace(**change), ORDER.lines[1]))) != content_hash(ORDER)


def test_inv_10_lines_that_come_twice_and_the_heading_change_the_hash():
    hashes = {content_hash(one) for one in (
        ORDER, ORDER._replace(lines=(LINE,)), ORDER._replace(lines=(*ORDER.lines, LINE)), ORDER._replace(company="2"),
        ORDER._replace(account="DE89370400440532013000"), ORDER._replace(kind=COLLECTION),
    )}  # fmt: skip
    assert len(hashes) == 6


def test_an_order_without_amounts_has_no_content():
    for lines in ((), (LINE._replace(amount=Money(0, "EUR")),), (LINE._replace(amount=Money(-1, "EUR")),)):
        with pytest.raises(FinanceError):
            canonical(ORDER._replace(lines=lines))


GROUPS = {"treasury": frozenset(("tina", "tom", "admin")), "board": frozenset(("bea", "bob"))}
POLICY = Policy(
    rules=(
        Rule("EUR", (Level(1, "treasury"),), below_minor=1_000_000),
        Rule("EUR", (Level(1, "treasury", count=2), Level(2, "board", ALL)), from_minor=1_000_000),
        Rule("EUR", (Level(2, "board"),), only_new_payees=True),
    ),
    groups=GROUPS,
    limits=(Limit("tom", "EUR", per_order=200_000, per_day=300_000),),
)


def facts(minor=100_000, **changes):
    values = {"content": "h1", "company": "1", "journal": "bank", "creator": "clara", "last_editor": "emil"}
    return OrderFacts(**{**values, "amounts": {"EUR": (minor, minor)}, **changes})


def sign(person, minutes=0, level=1, content="h1", for_person=""):
    return Signature(person, content, NOW + timedelta(minutes=minutes), level, for_person)


def why_not(person, order=None, signatures=(), policy=POLICY, **options):
    verdict = may_approve(policy, order or facts(), signatures, person, NOW + DAY, **options)
    assert verdict.ok == (not verdict.reasons)
    assert all(reason.text for reason in verdict.reasons)
    return [reason.code for reason in verdict.reasons]


def test_one_of_the_group_approves_a_small_order():
    assert why_not("tina") == []
    standing = evaluate(POLICY, facts(), [sign("tina")], NOW)
    assert (standing.approved, standing.missing) == (True, ())
    assert why_not("tom", signatures=[sign("tina")]) == ["approved"]
    assert why_not("bea") == ["no_seat"]


@pytest.mark.parametrize("person", ["tina", "admin"])
def test_inv_10_creator_and_last_editor_cannot_approve_whoever_they_are(person):
    for code, order in (("creator", facts(creator=person)), ("last_editor", facts(last_editor=person))):
        assert why_not(person, order) == [code]
        standing = evaluate(POLICY, order, [sign(person)], NOW)
        assert not standing.approved and standing.void[0][1].code == code


def test_inv_10_the_editor_of_the_payees_account_waits_for_the_cooling_off():
    order = facts(account_edits=(AccountEdit("Müller", "tina", NOW - 6 * DAY),))
    assert why_not("tina", order) == []
    assert why_not("tom", order) == []
    assert [one.code for one in excluded(POLICY, order, "tina", NOW)] == ["account_editor"]
    standing = evaluate(POLICY, order, [sign("tina")], NOW + 30 * DAY)
    assert standing.void[0][1].code == "account_editor", "what counts is when it was signed"


def test_inv_10_an_edit_voids_the_approval():
    standing = evaluate(POLICY, facts(content="h2"), [sign("tina")], NOW)
    assert not standing.approved
    assert standing.void[0][1].code == "other_content"
    assert why_not("tina", facts(content="h2"), [sign("tina")]) == []


def test_levels_sign_in_turn_and_each_person_once():
    big = facts(1_000_000)
    assert why_not("bea", big) == ["no_seat"]
    assert why_not("tina", big, [sign("tina")]) == ["signed"]
    first = [sign("tina"), sign("admin", 1)]
    assert evaluate(POLICY, big, first[:1], NOW).missing == ("Level 1: 1 more of treasury", "Level 2: 2 more of board")
    assert evaluate(POLICY, big, first, NOW).level == 2
    assert why_not("bea", big, first) == []
    early = evaluate(POLICY, big, [sign("bea", -5, level=2), *first], NOW)
    assert early.void[0][1].code == "not_their_turn"
    done = evaluate(POLICY, big, [*first, sign("bea", 2, 2), sign("bob", 3, 2)], NOW)
    assert done.approved and done.level is None


def test_all_of_a_group_are_all():
    big, first = facts(1_000_000), [sign("tina"), sign("admin", 1)]
    standing = evaluate(POLICY, big, [*first, sign("bea", 2, 2)], NOW)
    assert not standing.approved
    assert standing.missing == ("Level 2: 1 more of board",)


def test_a_new_payee_needs_more():
    order = facts(has_new_payee=True)
    standing = evaluate(POLICY, order, [sign("tina")], NOW)
    assert (standing.approved, standing.level) == (False, 2)
    only = Policy(rules=(Rule("EUR", (Level(1, "board"),), only_new_payees=True),), groups=GROUPS)
    assert why_not("bea", order, policy=only) == ["no_rule"], "what is asked of new payees is no rule for payments"


def test_two_at_the_same_second_give_one_answer():
    both = [sign("tom"), sign("tina")]
    assert evaluate(POLICY, facts(), both, NOW) == evaluate(POLICY, facts(), both[::-1], NOW)
    assert evaluate(POLICY, facts(), both, NOW).counted[0][0].person == "tina"


def test_limits_a_person_and_day():
    assert why_not("tom", facts(200_000)) == []
    assert why_not("tom", facts(200_001)) == ["limit_order"]
    assert why_not("tom", facts(200_000), signed_today={("tom", "EUR"): 100_001}) == ["limit_day"]
    assert why_not("tina", facts(200_001)) == []
    signed = [(sign("tom"), {"EUR": (5, 5)}), (sign("tom", 1), {"EUR": (6, 6)}), (sign("tom", 60 * 24), {"EUR": (9, 9)})]
    assert signed_by_day(signed, NOW.date()) == {("tom", "EUR"): 11}


def test_an_amount_without_rule_is_refused_for_everybody():
    order = facts(amounts={"EUR": (5, 5), "USD": (5, 5)})
    assert why_not("tina", order) == ["no_rule"]
    assert not evaluate(POLICY, order, [sign("tina")], NOW).approved


def deputising(deputy="dora", person="tina", days=2):
    return Policy(POLICY.rules, GROUPS, (Deputy(person, deputy, NOW, NOW + days * DAY),), POLICY.limits)


def test_a_deputy_signs_while_it_lasts():
    assert why_not("dora", policy=deputising()) == []
    assert why_not("dora", policy=deputising(days=1)) == ["no_seat"], "it ended at this very instant"
    late = evaluate(deputising(days=1), facts(), [sign("dora", 24 * 60, for_person="tina")], NOW)
    assert late.void[0][1].code == "no_seat"
    assert evaluate(deputising(), facts(), [sign("dora", for_person="tina")], NOW).approved


def test_inv_10_a_deputy_opens_no_back_door():
    assert why_not("dora", facts(creator="tina"), policy=deputising()) == ["deputy_of_excluded"]
    assert why_not("dora", facts(creator="dora"), policy=deputising()) == ["creator"]
    voided = evaluate(deputising(), facts(creator="tina"), [sign("dora", for_person="tina")], NOW)
    assert voided.void[0][1].code == "creator"
    two = deputising(deputy="tom", person="tina")
    standing = evaluate(two, facts(1_000_000), [sign("tom"), sign("tom", 1, for_person="tina")], NOW)
    assert len(standing.counted) == 1, "one person is one signature, whoever they stand in for"


def test_a_member_and_their_deputy_are_one_seat():
    standing = evaluate(deputising(), facts(1_000_000), [sign("tina"), sign("dora", 1, for_person="tina")], NOW)
    assert (len(standing.counted), standing.void[0][1].code) == (1, "no_seat")
    assert why_not("dora", facts(1_000_000), [sign("tina")], deputising()) == ["no_seat"]


def test_a_policy_that_nobody_can_meet_is_refused():
    for rules in ((Rule("EUR", (Level(1, "nobody"),)),), (Rule("EUR", (Level(1, "board", count=3),)),)):
        with pytest.raises(FinanceError):
            Policy(rules, GROUPS)
    with pytest.raises(FinanceError):
        Rule("EUR", ())
    with pytest.raises(FinanceError):
        Level(1, "board", "most")


PEOPLE = ("tina", "tom", "admin", "bea", "bob", "clara", "emil", "dora")


@given(
    st.lists(st.builds(sign, st.sampled_from(PEOPLE), st.integers(0, 3), st.integers(1, 2), st.sampled_from(("h1", "h2")),
                       st.sampled_from(("", "tina", "clara"))), max_size=8),
    st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.sampled_from((100_000, 1_000_000)), st.randoms(use_true_random=False),
)  # fmt: skip
def test_inv_10_no_set_of_signatures_lets_the_excluded_approve(signatures, creator, editor, minor, chance):
    order = facts(minor, creator=creator, last_editor=editor)
    standing = evaluate(deputising(), order, signatures, NOW)
    shuffled = list(signatures)
    chance.shuffle(shuffled)
    assert evaluate(deputising(), order, shuffled, NOW) == standing
    people = [signature.person for signature, _seat in standing.counted]
    assert len(set(people)) == len(people)
    assert not {creator, editor} & {*people, *(signature.for_person for signature, _seat in standing.counted)}
    assert all(signature.content == "h1" for signature, _seat in standing.counted)
    if standing.approved:
        assert len(people) >= (1 if minor < 1_000_000 else 4)
