"""Account entries as facts of instructions: only what is named counts, exactly, and told twice it is one."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from fc.core.instruction import fold
from fc.core.money import Money
from fc.formats.records import ANNOUNCED_AS_BOOKED, Charge, Detail, Entry
from fc.payments.answer_facts import Index, SentInstruction
from fc.payments.entry_facts import from_entries

SENT = tuple(SentInstruction(f"k{number}", "MSG1", "B1", f"E2E{number}", Money(10000, "EUR")) for number in (1, 2))
INDEX = Index(SENT)


def detail(amount="-100.00", name="E2E1", **values):
    references = {"EndToEndId": name, **values.pop("references", {})} if name else values.pop("references", {})
    return Detail(None if amount is None else Decimal(amount), references, **values)


def entry(*details, amount="-100.00", bank_id="N1", **values):
    known = {"status": "BOOK", "currency": "EUR", "reference": "", "is_reversal": False}
    return Entry(
        Decimal(amount), booking_date=date(2026, 3, 4), value_date=None, bank_id=bank_id, text="", counterparty_name="",
        counterparty_account="", details=details, fingerprint="f", number=1, line=1, **{**known, **values},
    )  # fmt: skip


def found(*entries, index=INDEX, source="camt.053"):
    applied = from_entries(entries, index, source)
    facts = {key: [(one.kind, one.amount.minor) for one in told] for key, told in applied.facts.items()}
    return facts, [one.code for one in applied.mismatches]


def test_what_is_named_is_executed_or_came_back():
    assert found(entry(detail())) == ({"k1": [("execute", 10000)]}, [])
    assert found(entry(detail("98.00"), amount="98.00")) == ({"k1": [("return", 9800)]}, [])
    debit = Index([replace(SENT[0], is_collection=True)])
    assert found(entry(detail("100.00"), amount="100.00"), index=debit) == ({"k1": [("execute", 10000)]}, [])
    assert found(entry(detail()), index=debit) == ({"k1": [("return", 10000)]}, [])


def test_a_batch_with_details():
    batch = entry(detail(), detail(name="E2E2"), detail(name="foreign"), amount="-300.00")
    assert found(batch) == ({"k1": [("execute", 10000)], "k2": [("execute", 10000)]}, [])


def test_a_payment_that_was_written_into_two_files_is_one():
    again = Index([*SENT, replace(SENT[0], message_id="MSG2", batch_id="B2")])
    assert found(entry(detail()), index=again) == ({"k1": [("execute", 10000)]}, [])
    other = Index([*SENT, replace(SENT[0], key="k9", message_id="MSG2", batch_id="B2")])
    assert found(entry(detail()), index=other) == ({}, ["ambiguous_instruction"])


BATCHES = [{"batch_id": "B1"}, {"reference": "B1"}, {"reference": "MSG1"}, {"batch_id": "B1", "batch_count": 2}]


@pytest.mark.parametrize("values", BATCHES)
def test_a_batch_as_a_whole(values):
    assert found(entry(amount="-200.00", **values)) == ({"k1": [("execute", 10000)], "k2": [("execute", 10000)]}, [])


@pytest.mark.parametrize("values", [{"amount": "-100.00"}, {"amount": "200.00"}, {"amount": "-200.00", "batch_count": 3},
                                    {"amount": "-200.00", "currency": "USD"}])  # fmt: skip
def test_a_batch_of_another_sum_is_told_and_not_applied(values):
    assert found(entry(batch_id="B1", **values)) == ({}, ["other_totals"])


def test_batches_of_one_name_are_told_apart_by_their_sum_or_not_at_all():
    other = SentInstruction("k9", "MSG2", "B1", "E2E9", Money(500, "EUR"))
    whole = entry(batch_id="B1", amount="-5.00")
    assert found(whole, index=Index([*SENT, other])) == ({"k9": [("execute", 500)]}, [])
    assert found(whole, index=Index([other, replace(other, key="k8", message_id="MSG3")])) == ({}, ["ambiguous_batch"])


def test_what_names_nothing_of_ours_is_left_alone():
    assert found(entry(), entry(detail(name="")), entry(detail(name="E2E9"))) == ({}, [])
    assert found(entry(detail(), status="PDNG")) == ({}, [])
    announced = entry(detail(), status="PDNG", notes=(ANNOUNCED_AS_BOOKED,))
    assert found(announced, source="camt.054") == ({"k1": [("execute", 10000)]}, [])


def test_currencies():
    dollars = Index([SentInstruction("k1", "MSG1", "B1", "E2E1", Money(5000, "USD"))])
    told = detail("-46.00", original_amount=Decimal("-50.00"), original_currency="USD")
    assert found(entry(told), index=dollars) == ({"k1": [("execute", 5000)]}, [])
    assert found(entry(detail()), index=dollars) == ({}, ["other_currency"])
    assert found(entry(detail(None))) == ({"k1": [("execute", 10000)]}, [])
    assert found(entry(detail(None), detail(None, "E2E2"))) == ({}, ["other_currency"] * 2)


def test_two_instructions_of_one_name_are_a_question():
    twice = Index([*SENT, replace(SENT[0], key="k3", message_id="MSG2")])
    assert found(entry(detail()), index=twice) == ({}, ["ambiguous_instruction"])
    assert found(entry(detail(references={"MsgId": "MSG2"})), index=twice) == ({"k3": [("execute", 10000)]}, [])
    assert found(entry(detail(references={"MsgId": "BANK1"}))) == ({"k1": [("execute", 10000)]}, [])


def test_notification_and_statement_tell_one_debit():
    facts = []
    for source, bank_id in (("camt.054", "N1"), ("camt.053", "S1"), ("camt.053", "S1")):
        facts += from_entries([entry(detail(), bank_id=bank_id)], INDEX, source).facts["k1"]
    folded = fold(facts, SENT[0].amount)
    assert (folded.state, folded.executed) == ("executed", SENT[0].amount)


def test_a_return_tells_its_reason_and_what_was_kept():
    back = detail("98.00", return_reason="AC04", return_text="sorry", charges=(Charge(Decimal("-2.00"), "EUR", True),))
    (fact,) = from_entries([entry(back, amount="98.00")], INDEX, "camt.053").facts["k1"]
    assert (fact.reasons, fact.text, fact.charges) == (("AC04",), "sorry", Money(200, "EUR"))
