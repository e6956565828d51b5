"""pain.002 of every version: each level, partial acceptance, reasons in words with a safe action, and strict refusal."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fc.core.errors import UnknownStatus
from fc.core.instruction import fold
from fc.core.instruction_facts import ANSWERS
from fc.core.money import Money
from fc.formats.errors import FormatError
from fc.payments import pain002
from fc.payments.answer_facts import Index, SentInstruction, from_report
from fc.payments.answers import BATCH, FILE, INSTRUCTION
from fc.payments.pain002 import STATUSES, VERSIONS

from .answer_files import batch, report, tag, transaction, why


@pytest.mark.parametrize("version", sorted(VERSIONS))
def test_every_version_tells_every_level(version):
    found = pain002.read(report(
        batch(transaction(1, "RJCT", "AC04", "100.00"), transaction(2, "PDNG")), batch(name="B2", status="ACSP"),
        status="PART", version=version, totals="<OrgnlNbOfTxs>3</OrgnlNbOfTxs><OrgnlCtrlSum>300.5</OrgnlCtrlSum>",
    ))  # fmt: skip
    assert (found.report_id, found.message_id, found.count, found.control_sum) == ("R1", "MSG1", 3, Decimal("300.5"))
    assert found.at == datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
    assert [(one.level, one.kind, one.status, one.batch_id, one.end_to_end_id) for one in found.answers] == [
        (FILE, "receive", "PART", "", ""),
        (INSTRUCTION, "reject", "RJCT", "B1", "E2E1"),
        (INSTRUCTION, "hold", "PDNG", "B1", "E2E2"),
        (BATCH, "accept", "ACSP", "B2", ""),
    ]
    rejected = found.answers[1]
    assert rejected.amount == Money(10000, "EUR")
    told = [(one.code, one.text, one.action) for one in rejected.reasons]
    assert told == [("AC04", "the account is closed", "correct_account")]
    assert "new instruction" in rejected.reasons[0].advice


def test_the_swiss_namespace_and_instants_without_zone():
    content = report(status="ACCP", namespace="http://www.six-interbank-clearing.com/de/pain.002.001.03.ch.02.xsd",
                     created="2026-03-02T10:00:00")  # fmt: skip
    assert pain002.read(content).at.utcoffset() == timedelta(0)
    zone = timezone(timedelta(hours=1))
    assert pain002.read(content, zone).at == datetime(2026, 3, 2, 10, tzinfo=zone)


def test_reasons_with_texts_proprietary_ones_and_unknown_ones():
    texts = "<StsRsnInf><Rsn><Prtry>X9</Prtry></Rsn><AddtlInf>call</AddtlInf><AddtlInf>us</AddtlInf></StsRsnInf>"
    content = report(batch(transaction().replace("</TxInfAndSts>", texts + why("AM04", "only 5.00") + "</TxInfAndSts>")))
    unknown, funds = pain002.read(content).answers[0].reasons
    assert (unknown.known, unknown.action, unknown.text) == (False, "ask_bank", "the bank gives the reason X9 (call us)")
    assert (funds.action, funds.text) == ("add_funds", "there is not enough money on the account (only 5.00)")


def test_what_the_comparison_of_the_payee_found():
    found = pain002.read(report(batch(transaction(1, "RVNM")), status="RVCM")).answers
    assert [(one.kind, [why.action for why in one.reasons]) for one in found] == [("hold", []), ("hold", ["confirm_payee"])]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (report(version="02"), "version 02"),
        (report(namespace="urn:iso:std:iso:20022:tech:xsd:pain.001.001.{}"), "pain.001"),
        (report(namespace="urn:none"), "urn:none"),
        (report()[:-5], "well-formed"),
        (b"<!DOCTYPE a>" + report(), "DOCTYPE"),
        (b"", "empty"),
        (report(message=""), "OrgnlMsgId is missing"),
        (report(report_id=""), "MsgId is missing"),
        (report(created="yesterday"), "no date"),
        (report(created=""), "CreDtTm is missing"),
        (report(batch(transaction(status=""))), "no status"),
        (report(batch(tag("TxInfAndSts", tag("TxSts", "RJCT")))), "named neither"),
        (report(batch(transaction(1, "RJCT"), transaction(1, "ACSP"))), "RJCT and ACSP"),
        (report(batch(transaction(amount="1.005"))), "decimals"),
        (report(batch(transaction(amount="-1"))), "negative"),
        (report(totals="<OrgnlNbOfTxs>three</OrgnlNbOfTxs>"), "three"),
    ],
)
def test_what_cannot_be_trusted_is_refused(content, reason):
    with pytest.raises(FormatError) as caught:
        pain002.read(content)
    assert reason in str(caught.value)


@pytest.mark.parametrize("content", [report(status="WHAT"), report(batch(status="WHAT")), report(batch(transaction(1, "PART")))])
def test_a_status_that_is_not_known_is_refused_by_name(content):
    with pytest.raises(UnknownStatus):
        pain002.read(content)


def test_every_status_becomes_a_fact():
    assert set(STATUSES.values()) <= set(ANSWERS)
    for status in STATUSES:
        assert pain002.read(report(batch(transaction(1, status)))).answers[0].kind == STATUSES[status]


SENT = tuple(
    SentInstruction(f"k{number}", "MSG1", "B1" if number < 3 else "B2", f"E2E{number}", Money(10000, "EUR"), f"I{number}")
    for number in (1, 2, 3)
)
INDEX = Index(SENT)


def states(*contents):
    facts = {}
    for content in contents:
        for key, told in from_report(pain002.read(content), INDEX).facts.items():
            facts.setdefault(key, []).extend(told)
    return {one.key: fold(facts.get(one.key, ()), one.amount).state for one in SENT}


def mismatches(content):
    applied = from_report(pain002.read(content), INDEX)
    assert all(one.text for one in applied.mismatches)
    return [(one.code, one.key) for one in applied.mismatches], applied.facts


def test_levels_reach_the_instructions_they_speak_of():
    assert states(report(status="ACSP")) == {"k1": "accepted", "k2": "accepted", "k3": "accepted"}
    assert states(report(status="RJCT", code="FF01")) == {"k1": "rejected", "k2": "rejected", "k3": "rejected"}
    assert states(report(batch(status="RJCT"))) == {"k1": "rejected", "k2": "rejected", "k3": "draft"}
    partial = report(batch(transaction(1, "RJCT"), status="PART"), batch(name="B2", status="ACSP"), status="PART")
    assert states(partial) == {"k1": "rejected", "k2": "sent", "k3": "accepted"}


def test_answers_in_any_order_give_one_state():
    first = report(status="ACTC", report_id="R1", created="2026-03-02T10:00:00Z")
    second = report(batch(transaction(1, "PDNG")), report_id="R2", created="2026-03-02T11:00:00Z")
    third = report(batch(transaction(1, "RJCT", "AM04")), report_id="R3", created="2026-03-02T12:00:00Z")
    assert states(first, second)["k1"] == states(second, first, second)["k1"] == "pending"
    assert states(third, second, first) == {"k1": "rejected", "k2": "accepted", "k3": "accepted"}


def test_what_does_not_fit_is_told_and_not_applied():
    assert mismatches(report(message="MSG2", status="ACSP")) == ([("unknown_file", "")], {})
    assert mismatches(report(batch(name="B9", status="ACSP"))) == ([("unknown_batch", "")], {})
    assert mismatches(report(batch(transaction(9, "ACSP")))) == ([("unknown_instruction", "")], {})
    assert mismatches(report(batch(transaction(3, "ACSP")))) == ([("unknown_instruction", "")], {}), "it is in another batch"
    assert mismatches(report(batch(transaction(1, "ACSP", amount="99.99")))) == ([("other_amount", "k1")], {})
    told, facts = mismatches(report(status="ACSP", totals="<OrgnlNbOfTxs>4</OrgnlNbOfTxs><OrgnlCtrlSum>300</OrgnlCtrlSum>"))
    assert (told, len(facts)) == ([("other_totals", "")], 3)
    twice = Index((*SENT, replace(SENT[0], key="k9")))
    applied = from_report(pain002.read(report(batch(transaction(1, "ACSP")))), twice)
    assert [one.code for one in applied.mismatches] == ["ambiguous_instruction"]


def test_the_same_answer_twice_is_one():
    content = report(batch(transaction(1, "RJCT", "AC04")))
    assert states(content, content) == states(content)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 2000))
def test_damaged_reports_raise_nothing_else(damage, place):
    content = report(batch(transaction(1, "RJCT", "AC04", "100.00")), status="PART")
    place %= len(content)
    with suppress(FormatError, UnknownStatus):
        pain002.read(content[:place] + damage + content[place + len(damage) :])
