"""What is written is taken by a bank that others wrote (mock-bank), and its answers are understood."""

import json
import threading
import urllib.request

import pytest
from mockbank import Config, make_server, validate
from mockbank import nacha as bank_nacha

from fc import formats
from fc.core.instruction import fold
from fc.core.money import Money
from fc.payments import nacha, nacha_answers, pacs004, pain001, pain002, pain008
from fc.payments.answer_facts import Index, SentInstruction, from_report, from_returns
from fc.payments.entry_facts import from_entries
from fc.payments.records import Account, Agent

from .make import CREATED, DAY, FRENCH, PARIS, RF_REFERENCE, Party, collection, collections, message, transfer, transfers

OURS = "NL41MOCK0000000001"
CLOSED = "NL84MOCK0000000003"


def complaints(content):
    return [validate.render(finding) for finding in validate.errors(validate.validate(content, today=None))]


@pytest.mark.parametrize("format_", pain001.FORMATS)
def test_transfers(format_):
    batch = transfers(
        transfer(1, 12345),
        transfer(2, account=Account(FRENCH), reference=RF_REFERENCE, text=""),
        transfer(3, creditor=Party("Dupont", PARIS), agent=Agent("COBADEFF")),
    )
    assert complaints(pain001.write(message(batch), format_).content) == []


def test_collections():
    written = pain008.write(message(collections(collection(1), collection(2)), collections(collection(3), sequence="OOFF")))
    assert complaints(written.content) == []


def test_the_bank_does_complain_about_what_is_wrong():
    content = pain001.write(message(transfers(transfer(1, 12345)))).content
    assert complaints(content.replace(b"<CtrlSum>123.45", b"<CtrlSum>123.46"))


@pytest.fixture
def bank():
    """A function (method, path, body) -> what the bank answers; its clock stands at the day the files are made."""
    server = make_server(Config(port=0, quiet=True, clock="2026-03-02T09:30"))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def call(method, path, body=None):
        url = f"http://127.0.0.1:{server.server_address[1]}{path}"
        with urllib.request.urlopen(urllib.request.Request(url, data=body, method=method)) as answer:
            return json.loads(answer.read())

    yield call
    server.shutdown()
    server.server_close()
    thread.join()


def received(bank, kind):
    """The messages of ``kind`` that lie in the mailbox."""
    return [one["body"].encode() for one in bank("GET", "/_mock/mailbox?leave=1") if one["type"].startswith(kind)]


def test_rejects_debits_and_a_late_return_reach_the_instructions(bank):
    late = {"behaviour": "return-later", "parameters": {"days": 2, "reason": "AC04", "end_to_end_id": "E2E2"}}
    bank("PATCH", "/_mock/accounts/ACME", json.dumps(late).encode())
    payments = [transfer(number, account=Account(iban)) for number, iban in enumerate((FRENCH, CLOSED, "NL14MOCK0000000002"))]
    written = pain001.write(message(transfers(*payments, account=Account(OURS), agent=Agent("MOCKNL2A"))))
    bank("POST", "/payments", written.content)
    bank("POST", "/_mock/advance?days=10")
    index = Index(SentInstruction(one.end_to_end_id, "MSG1", "B1", one.end_to_end_id, one.amount) for one in payments)
    applied = [from_report(pain002.read(content), index) for content in received(bank, "pain.002")]
    applied += [from_returns(pacs004.read(content), index, "pacs.004") for content in received(bank, "pacs.004")]
    for kind in ("camt.053", "camt.054"):
        for content in received(bank, kind):
            told = [from_entries(statement.entries, index, kind) for statement in formats.parse(content)]
            assert told
            applied += told
    assert {fact.source for one in applied for facts in one.facts.values() for fact in facts} >= {"camt.053", "camt.054"}
    facts = {one.end_to_end_id: [] for one in payments}
    for one in applied:
        assert one.mismatches == ()
        for key, told in one.facts.items():
            facts[key] += told
    states = {one.end_to_end_id: fold(facts[one.end_to_end_id], one.amount) for one in payments}
    assert [states[f"E2E{number}"].state for number in range(3)] == ["executed", "rejected", "returned"]
    assert states["E2E1"].reasons == ("AC04",)
    returned = states["E2E2"]
    assert returned.executed == returned.returned == payments[2].amount
    assert [one.code for one in returned.contradictions] == ["answer_without_sending"], "the test records no sending"


def test_a_return_file_of_the_ach_network_is_read():
    entry = nacha.Entry("INV1", Money(12345, "USD"), "Jane Doe", "021000021", "123456789")
    batch = nacha.Batch("PPD", "PAYROLL", DAY, (entry,))
    written = nacha.write(nacha.File("M1", CREATED, "091000019", "1234567890", "ACME", "1234567890", "091000019", (batch,)))
    row = {
        "transaction_code": "22", "entry_class": "PPD", "instruction_id": written.names["INV1"], "amount": 12345,
        "end_to_end_id": "INV1", "creditor_name": "Jane Doe", "creditor_number": "123456789", "return_reason": "R02",
        "creditor_clearing_id": "021000021",
    }  # fmt: skip
    originator = {"account_number": "1234567890", "name": "ACME"}
    (found,) = nacha_answers.read(bank_nacha.return_file("091000019", originator, [row], DAY, CREATED).encode()).returned
    assert (found.trace, found.amount, found.reason.code) == (written.names["INV1"], Money(12345, "USD"), "R02")
    sent = SentInstruction("k", "M1", "1", "INV1", entry.amount, names=(written.names["INV1"],))
    assert from_returns([found], Index([sent]), "nacha").facts["k"][0].amount == entry.amount
