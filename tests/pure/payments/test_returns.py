"""Returns and changes, as pacs.004, NACHA and Bacs tell them: exact amounts, reasons in words, nothing lost."""

from contextlib import suppress
from datetime import date, datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fc.core.money import Money
from fc.formats.errors import FormatError
from fc.payments import bacs_answers, nacha_answers, pacs004
from fc.payments.answer_facts import Index, SentInstruction, from_returns
from fc.payments.nacha_layout import CHANGE, RETURN
from fc.payments.reasons import ACTIONS, TABLES, reason

from .answer_files import NOC, R03, ach, arudd, item, pacs, returned


def test_every_reason_leads_to_a_safe_action():
    for table, codes in TABLES.items():
        for code in codes:
            found = reason(code, table)
            assert found.known and found.text and found.advice == ACTIONS[found.action]
    assert not any("resend" in advice or "again by itself" in advice for advice in ACTIONS.values())


@pytest.mark.parametrize("version", sorted(pacs004.VERSIONS))
def test_pacs004(version):
    (found,) = pacs004.read(pacs(returned(), version=version))
    assert (found.return_id, found.end_to_end_id, found.message_id) == ("X1", "E2E1", "MSG1")
    assert (found.amount.minor, found.original.minor, found.charges.minor) == (9800, 10000, 200)
    assert (found.day, found.at) == (date(2026, 3, 5), datetime(2026, 3, 5, 8, tzinfo=timezone.utc))
    assert (found.reason.text, found.reason.action) == ("the account is closed (sorry)", "correct_account")
    assert not found.is_collection
    mandate = "<OrgnlTxRef><MndtRltdInf><DrctDbtMndt/></MndtRltdInf></OrgnlTxRef>"
    assert pacs004.read(pacs(returned(extra=mandate)))[0].is_collection


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pacs(returned(), count=2), "tells 2 returns"),
        (pacs(returned(amount="100.01")), "more than was paid"),
        (pacs(returned(amount="")), "no amount"),
        (pacs(returned(amount="0.00")), "no amount"),
        (pacs(returned(amount="1.005")), "decimals"),
        (pacs(returned(currency="USD")), "another currency"),
        (pacs(returned(), created=""), "no header"),
        (pacs(returned(), version="08"), "version 08"),
        (pacs(returned()).replace(b"PmtRtr", b"PmtXxx"), "no PmtRtr"),
    ],
)
def test_a_pacs004_that_cannot_be_trusted_is_refused(content, reason):
    with pytest.raises(FormatError) as caught:
        pacs004.read(content)
    assert reason in str(caught.value)


SENT = SentInstruction("k1", "MSG1", "B1", "E2E1", Money(10000, "EUR"), names=("091000010000001",))


def test_a_return_becomes_a_fact_of_its_instruction():
    applied = from_returns(pacs004.read(pacs(returned())), Index([SENT]), "pacs.004")
    (fact,) = applied.facts["k1"]
    assert (fact.kind, fact.source, fact.reasons) == ("return", "pacs.004", ("AC04",))
    assert (fact.amount.minor, fact.charges.minor) == (9800, 200)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (SENT.__class__("k", "MSG1", "B1", "E2E9", Money(10000, "EUR")), "unknown_instruction"),
        (SENT.__class__("k", "MSG9", "B1", "E2E1", Money(10000, "EUR")), "unknown_instruction"),
        (SENT.__class__("k", "MSG1", "B1", "E2E1", Money(10001, "EUR")), "other_amount"),
        (SENT.__class__("k", "MSG1", "B1", "E2E1", Money(10000, "USD")), "other_amount"),
    ],
)
def test_a_return_that_does_not_fit_is_told_and_not_applied(sent, code):
    applied = from_returns(pacs004.read(pacs(returned())), Index([sent]), "pacs.004")
    assert ([one.code for one in applied.mismatches], applied.facts) == ([code], {})


def test_returns_and_changes_of_the_ach_network():
    found = nacha_answers.read(ach(R03, ({"code": 26, "amount": 500}, RETURN, {"type": "99", "reason": "R01"}), NOC))
    first, debit = found.returned
    assert (first.amount, first.trace, first.end_to_end_id) == (Money(10000, "USD"), "091000010000001", "INV1")
    assert (first.reason.action, first.is_collection) == ("correct_account", False)
    assert (debit.reason.action, debit.is_collection) == ("add_funds", True)
    (change,) = found.changes
    assert change.corrected == {"routing": "091000019", "account": "987654321"}
    assert change.reason.text == "routing number and account number are wrong"
    sent = SentInstruction("k1", "M", "B", "E2E1", Money(10000, "USD"), names=("091000010000001",))
    assert from_returns(found.returned[:1], Index([sent]), "nacha").facts["k1"][0].reasons == ("R03",)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (({"code": 22, "amount": 0}, RETURN, {"type": "99", "reason": "R03"}), "not that of a return"),
        (({"code": 21, "amount": 0}, RETURN, {"type": "99", "reason": "R03"}), "no amount"),
        (({"code": 21, "amount": 5}, CHANGE, {"type": "98", "reason": "C01"}), "has an amount"),
        (({"code": 21, "amount": 5}, RETURN, {"type": "05"}), "neither"),
    ],
)
def test_entries_that_are_no_answer_are_refused(entry, reason):
    with pytest.raises(FormatError) as caught:
        nacha_answers.read(ach(entry))
    assert reason in str(caught.value)


def test_arudd_and_arucs():
    totals = '<Totals numberOf="3" valueOf="1,024.68"/>'
    found = bacs_answers.read(arudd(item(), item(), item("1,000.00", "B"), totals=totals)).returned
    assert [one.amount.minor for one in found] == [1234, 1234, 100000]
    assert len({one.return_id for one in found}) == 3
    assert (found[0].day, found[0].trace, found[0].is_collection) == (date(2026, 3, 5), "INV0001", True)
    assert [one.reason.action for one in found] == ["add_funds", "add_funds", "new_mandate"]
    (credit,) = bacs_answers.read(arudd(item(name="ReturnedCreditItem", code="5"))).returned
    assert (credit.is_collection, credit.reason.action) == (False, "correct_account")


def test_a_bacs_reference_that_is_used_every_month_is_found_by_amount():
    months = [SentInstruction(f"k{minor}", "M", "B", "E", Money(minor, "GBP"), names=("INV0001",)) for minor in (1234, 99)]
    applied = from_returns(bacs_answers.read(arudd(item())).returned, Index(months), "arudd")
    assert list(applied.facts) == ["k1234"]


def test_addacs():
    told = 'reference="INV0001" effective-date="2026-03-05" payer-new-sort-code="20-00-01" payer-new-account-number="87654321"'
    advice = f'<MessagingAdvice user-number="123456" record-type="V" reason-code="3" {told}/>'
    body = f"<MessagingAdvices><MessagingHeader user-number='123456'/>{advice}</MessagingAdvices>"
    (change,) = bacs_answers.read(f"<BACSDocument><Data>{body}</Data></BACSDocument>".encode()).changes
    assert change.corrected == {"sort_code": "20-00-01", "account": "87654321"}
    assert (change.reference, change.reason.action) == ("INV0001", "correct_mandate")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<Other/>", "no BACSDocument"),
        (arudd(item("0.00")), "not above zero"),
        (arudd(item("1.005")), "decimals"),
        (arudd(item("much")), "no amount"),
        (arudd(item("12,34")), "no amount"),
        (arudd(item(reference="")), "has no ref"),
        (arudd(item(code="")), "has no returncode"),
        (arudd(item(), header='currentProcessingDate="soon"'), "no date"),
        (arudd(item(), totals='<Totals numberOf="2" valueOf="12.34"/>'), "tells 2 items"),
        (arudd(item(), totals='<Totals numberOf="1" valueOf="12.35"/>'), "tells 1 items of 12.35"),
        (arudd(item())[:-9], "well-formed"),
    ],
)
def test_a_bacs_report_that_cannot_be_trusted_is_refused(content, reason):
    with pytest.raises(FormatError) as caught:
        bacs_answers.read(content)
    assert reason in str(caught.value)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from((0, 1, 2)), st.binary(max_size=20), st.integers(0, 3000))
def test_damaged_answers_raise_nothing_else(which, damage, place):
    reader, content = (
        (pacs004.read, pacs(returned())), (nacha_answers.read, ach(R03, NOC)), (bacs_answers.read, arudd(item())),
    )[which]  # fmt: skip
    place %= len(content)
    with suppress(FormatError):
        reader(content[:place] + damage + content[place + len(damage) :])
