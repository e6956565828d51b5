"""Payments and collections through a bank that others wrote: they go out by its API, its answers come as files, and all ties.

The server is killed at each step of a transmission, and nothing is paid twice.
"""
from collections import Counter
from decimal import Decimal

import pytest
from support.gate import Gate
from support.payer import Payer

from simulator import bank as bank_of
from simulator.treasury import COLLECTED, PAID, german_accounts

REJECTED = (bank_of.CLOSED, bank_of.UNKNOWN_BANK) * 2


@pytest.fixture
def payer(open_shop):
    bank = bank_of.Bank().start()
    yield Payer(open_shop(), bank)
    bank.stop()


def test_forty_bills_and_sixty_invoices_with_rejects_and_late_returns_tie(payer):
    returning = [payer.bank.opens_returning(f"LATE{number}", f"MOCK000000100{number}", 3, "MD06") for number in (1, 2)]
    bills = payer.bills([*german_accounts(1, 36), *REJECTED])
    invoices = payer.invoices([*german_accounts(101, 56), bank_of.EMPTY, bank_of.CLOSED, *returning])
    paying, collecting = payer.queued(PAID), payer.queued(COLLECTED)
    payer.send()
    assert (payer.states(paying), payer.states(collecting), payer.bank.posts) == ({"sent"}, {"sent"}, 2)

    payer.take_answers("pain.002")
    assert reasons(payer, paying) == ["AC04", "AC04", "RC01", "RC01"]
    assert reasons(payer, collecting) == ["AC04", "AM04"]
    assert {one["state"] for one in payer.payments(paying)} == {"accepted", "rejected"}
    assert payer.state_of(paying) == "partially_accepted"

    payer.bank.advance(12)
    payer.take_answers("camt.054", "pacs.004", "camt.053")
    payer.shop.run_actions()
    assert states(payer, paying) == {"executed": 36, "rejected": 4}
    assert states(payer, collecting) == {"executed": 56, "rejected": 2, "returned": 2}
    assert payer.state_of(paying) == "executed"

    paid, collected = documents(payer, bills, 36), documents(payer, invoices, 56)
    lines = payer.found("account.bank.statement.line", [["journal_id", "=", payer.journal]], ["amount", "is_reconciled"])
    assert all(line["is_reconciled"] for line in lines)
    booked = sum(Decimal(str(line["amount"])) for line in lines)
    assert (booked * 100, booked) == (payer.bank.balance() - bank_of.OPENING, collected - paid)
    assert exceptions(payer) == {"payment_failed": 8}

    # Two credits arrive, and the statement of their day leaves one out: nothing of it is taken, and that is told.
    payer.bank.behaves("statement-gap")
    payer.bank.receives(5000, "first")
    payer.bank.receives(7000, "second")
    payer.bank.advance(4)
    taken = [payer.shop.import_file(content, f"gap-{number}.xml", journal_id=payer.journal)
             for number, content in enumerate(payer.bank.said("camt.053"))]
    # Days without entries may lie between: their statements are taken over, and have nothing in them.
    told = [one["state"] for one in taken if one["line_count"] or one["state"] not in ("duplicate", "imported")]
    assert told == ["rejected"]
    assert exceptions(payer)["import_rejected"] == 1


def states(payer, order):
    """State -> how many payments of the order have it."""
    return dict(Counter(one["state"] for one in payer.payments(order)))


def reasons(payer, order):
    """Why the bank rejected payments of the order."""
    return sorted(one["reason_codes"] for one in payer.payments(order) if one["state"] == "rejected")


def documents(payer, ids, settled):
    """What the first ``settled`` of the documents come to, which are paid; the others are open as they were."""
    told = payer.call("account.move", "read", ids, fields=["payment_state", "amount_residual", "amount_total"])
    assert [one["payment_state"] for one in told] == ["paid"] * settled + ["not_paid"] * (len(ids) - settled)
    assert all(one["amount_residual"] == one["amount_total"] for one in told[settled:])
    return sum(Decimal(str(one["amount_total"])) for one in told[:settled])


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
