"""Payments through a bank that others wrote: bills go out by its API, its answers come back as files, and everything ties.

The server is killed at each step of a transmission, and nothing is paid twice.
"""
from decimal import Decimal

import pytest
from support.gate import Gate
from support.payer import Payer

from simulator import bank as bank_of
from simulator.treasury import COLLECTED, german_accounts

REJECTED = (bank_of.CLOSED, bank_of.UNKNOWN_BANK) * 2


@pytest.fixture
def payer(open_shop):
    bank = bank_of.Bank().start()
    yield Payer(open_shop(), bank)
    bank.stop()


def test_forty_bills_four_rejects_and_all_ties(payer):
    before = payer.bank.balance()
    bills = payer.bills([*german_accounts(1, 36), *REJECTED])
    order = payer.queued()
    payer.send()
    assert (payer.states(order), payer.bank.posts) == ({"sent"}, 1)
    payer.take_answers("pain.002")
    told = payer.payments(order)
    rejected = [one for one in told if one["state"] == "rejected"]
    assert sorted(one["reason_codes"] for one in rejected) == ["AC04", "AC04", "RC01", "RC01"]
    assert {one["state"] for one in told if one not in rejected} == {"accepted"}
    assert payer.state_of(order) == "partially_accepted"
    payer.bank.advance(5)
    payer.take_answers("camt.054")
    assert sorted(one["state"] for one in payer.payments(order)) == ["executed"] * 36 + ["rejected"] * 4
    payer.take_answers("camt.053")
    payer.shop.run_actions()
    assert sorted(one["state"] for one in payer.payments(order)) == ["executed"] * 36 + ["rejected"] * 4
    assert payer.state_of(order) == "executed"
    paid = payer.call("account.move", "read", bills, fields=["payment_state", "amount_total"])
    assert [one["payment_state"] for one in paid] == ["paid"] * 36 + ["not_paid"] * 4
    booked_here = [["journal_id", "=", payer.journal]]
    lines = payer.found("account.bank.statement.line", booked_here, ["amount", "is_reconciled"])
    assert all(line["is_reconciled"] for line in lines)
    booked = sum(Decimal(str(line["amount"])) for line in lines)
    assert -booked == sum(Decimal(str(one["amount_total"])) for one in paid[:36])
    assert payer.bank.balance() - before == booked * 100
    assert exceptions(payer) == {"payment_failed": 4}


def test_sixty_invoices_two_rejects_two_late_returns_and_a_gap_is_told(payer):
    returning = [payer.bank.opens_returning(f"LATE{number}", f"MOCK000000100{number}", 3, "MD06") for number in (1, 2)]
    before = payer.bank.balance()
    invoices = payer.invoices([*german_accounts(1, 56), bank_of.EMPTY, bank_of.CLOSED, *returning])
    order = payer.queued(COLLECTED)
    payer.send()
    payer.take_answers("pain.002")
    refused = [one for one in payer.payments(order) if one["state"] == "rejected"]
    assert sorted(one["reason_codes"] for one in refused) == ["AC04", "AM04"]
    payer.bank.advance(12)
    payer.take_answers("camt.054", "pacs.004", "camt.053")
    payer.shop.run_actions()
    assert sorted(one["state"] for one in payer.payments(order)) == ["executed"] * 56 + ["rejected"] * 2 + ["returned"] * 2
    told = payer.call("account.move", "read", invoices, fields=["payment_state", "amount_residual", "amount_total"])
    assert [one["payment_state"] for one in told] == ["paid"] * 56 + ["not_paid"] * 4
    assert all(one["amount_residual"] == one["amount_total"] for one in told[56:])
    lines = payer.found("account.bank.statement.line", [["journal_id", "=", payer.journal]], ["amount", "is_reconciled"])
    assert all(line["is_reconciled"] for line in lines)
    assert payer.bank.balance() - before == 100 * sum(Decimal(str(one["amount_total"])) for one in told[:56])
    assert sum(Decimal(str(line["amount"])) for line in lines) * 100 == payer.bank.balance() - before
    assert exceptions(payer) == {"payment_failed": 4}
    # Two credits arrive, and the statement of the day leaves one out: what it says is not taken, and told.
    payer.bank.behaves("statement-gap")
    payer.bank.receives(5000, "first")
    payer.bank.receives(7000, "second")
    payer.bank.advance(4)
    taken = [payer.shop.import_file(content, f"gap-{number}.xml", journal_id=payer.journal)
             for number, content in enumerate(payer.bank.said("camt.053"))]
    assert next(one["state"] for one in taken if one["state"] != "duplicate") == "rejected"
    assert exceptions(payer)["import_rejected"] == 1


def exceptions(payer):
    """Kind -> how many are open."""
    kinds = payer.shop.rows("SELECT kind, count(*) FROM finance_exception WHERE state = 'open' GROUP BY kind")
    return dict(kinds)


STEPS = [
    ("writes down that it begins", "finance_payment_fact", "INSERT", 1),
    ("has written that it begins, not yet committed", "finance_payment_instruction", "UPDATE", 2),
    ("writes down what became of it", "finance_payment_fact", "INSERT", 3),
    ("has written what became of it, not yet committed", "finance_payment_instruction", "UPDATE", 4),
]


@pytest.mark.parametrize("step", STEPS, ids=[step[0] for step in STEPS])
def test_a_kill_at_a_commit_never_pays_twice(payer, step):
    payer.bills(german_accounts(1, 2))
    order = payer.queued()
    _what, table, event, nth = step
    payer.shop.crash_at(Gate(payer.shop.name, table, event, nth), payer.send)
    payer.send()
    assert (payer.states(order), payer.times_paid(order)) == ({"sent"}, {1})
    payer.take_answers("pain.002")
    assert payer.states(order) == {"accepted"}


@pytest.mark.parametrize("where", [bank_of.BEFORE, bank_of.BEHIND])
def test_a_kill_while_the_call_is_under_way_is_asked_for_and_not_repeated(payer, where):
    payer.bills(german_accounts(1, 2))
    order = payer.queued()
    payer.bank.hold = where
    payer.shop.in_background(payer.send)
    assert payer.bank.held.wait(60)
    payer.shop.server.kill()
    payer.bank.let_go()
    payer.shop.rows("UPDATE ir_cron_progress SET timed_out_counter = 0")
    payer.shop.restart()
    assert payer.states(order) == {"unknown"}
    payer.send()
    payer.send()
    expected = ({"sent"}, {1}) if where == bank_of.BEHIND else ({"unknown"}, {0})
    assert (payer.states(order), payer.times_paid(order)) == expected, "too soon to be certain that the bank has nothing"
    assert payer.bank.posts == 1
