"""Compares what Odoo says with the truth of a world of payments out; a difference is a line of text.

The bank is the witness of what happened, the world of what had to: the first must never be twice, both must be in the books.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from .bank import EXECUTED, REJECTED, RETURNED
from .player import PayingPlayer


def differences(player: PayingPlayer) -> list[str]:
    """Everything in which money, payments, books and exceptions are not what they must be."""
    return [
        *_twice(player),
        *_payees(player),
        *_bills(player),
        *_payments(player),
        *_bank_lines(player),
        *_books(player),
        *_exceptions(player),
    ]


def _twice(player: PayingPlayer) -> list[str]:
    """What the bank took more than once: it was sent again although it was there."""
    files = Counter(player.bank.takes)
    payments = Counter(one.end_to_end for one in player.bank.payments)
    return [
        *(f"the bank took the file {name} {count} times" for name, count in files.items() if count > 1),
        *(f"the bank has the payment {name} {count} times" for name, count in payments.items() if count > 1),
    ]


def _payees(player: PayingPlayer) -> list[str]:
    """What each payee has kept, and what it must have."""
    kept: Counter = Counter()
    for one in player.bank.payments:
        if one.state == EXECUTED:
            kept[one.payee.number] += one.amount
    return [
        f"{payee.name} ({payee.manner}) has {kept[payee.number]} and must have {player.world.must_get(payee)}"
        for payee in player.world.payees
        if kept[payee.number] != player.world.must_get(payee)
    ]


def _bills(player: PayingPlayer) -> list[str]:
    """What is open of each bill: nothing if its payee got the money, all of it otherwise."""
    found = {
        row[0]: _cents(row[1])
        for row in player.host.rows(
            "SELECT ref, amount_residual::text FROM account_move WHERE company_id = %s AND move_type = 'in_invoice'",
            player.company.id,
        )
    }
    truth = {bill.reference: 0 if bill.payee.gets_money else bill.amount for bill in player.world.bills}
    return _compare("what is open of the bill", found, truth)


def _payments(player: PayingPlayer) -> list[str]:
    """The state of every payment, by the name that the bank knows it by; what it never got was cancelled."""
    found = dict(player.host.rows("SELECT end_to_end_id, state FROM finance_payment_instruction WHERE state != 'cancelled'"))
    truth = {one.end_to_end: one.state for one in player.bank.payments}
    return _compare("the payment", found, truth)


def _bank_lines(player: PayingPlayer) -> list[str]:
    """Every entry of the bank once, and explained."""
    found = Counter(
        (row[0], _cents(row[1]), bool(row[2]))
        for row in player.host.rows(
            "SELECT fc_bank_id, amount::text, is_reconciled FROM account_bank_statement_line WHERE journal_id = %s",
            player.company.journal,
        )
    )
    truth = Counter((entry.bank_id, entry.amount, True) for entry in player.bank.entries)
    return [
        *(f"bank line that is not true: {line}" for line in found - truth),
        *(f"bank line that is missing: {line}" for line in truth - found),
    ]


def _books(player: PayingPlayer) -> list[str]:
    """The bank account and what is owed in the general ledger, entries that balance, and an audit chain that verifies."""
    rows = player.host.rows(
        """SELECT a.id = j.default_account_id, sum(l.balance)::text FROM account_move_line l
             JOIN account_account a ON a.id = l.account_id, account_journal j
            WHERE j.id = %s AND l.company_id = j.company_id AND l.parent_state = 'posted'
              AND (a.id = j.default_account_id OR a.account_type = 'liability_payable') GROUP BY 1""",
        player.company.journal,
    )
    found = {"bank" if is_bank else "owed": _cents(amount) for is_bank, amount in rows}
    booked = sum(entry.amount for entry in player.bank.entries)
    owed = sum(bill.amount for bill in player.world.bills if not bill.payee.gets_money)
    wrong = _compare("balance", {"bank": found.get("bank", 0), "owed": found.get("owed", 0)}, {"bank": booked, "owed": -owed})
    wrong += [
        f"an entry that does not balance: {row}"
        for row in player.host.rows(
            """SELECT move_id, sum(balance) FROM account_move_line WHERE parent_state = 'posted' GROUP BY 1
           HAVING abs(sum(balance)) > 0.001"""
        )
    ]
    with player.host.registry.cursor() as cursor:
        verdict = player.host.environment(cursor)["finance.audit.entry"].verify_chain()
    return wrong if verdict["ok"] else [*wrong, f"the audit chain does not verify: {verdict}"]


def _exceptions(player: PayingPlayer) -> list[str]:
    """Each payment that failed for good, the last one of a bill, and what faults made; nothing else."""
    truth = Counter(player.planted)
    last = {reference: one for one in player.bank.payments for reference in one.text.split(", ")}
    for one in player.bank.payments:
        if one.state in (REJECTED, RETURNED) and any(one is other for other in last.values()):
            truth["payment_failed", one.amount] += 1
    found = Counter(
        (row[0], _cents(row[1]))
        for row in player.host.rows(
            "SELECT kind, amount_at_risk::text FROM finance_exception WHERE company_id = %s AND state IN ('open', 'in_progress')",
            player.company.id,
        )
    )
    return [
        *(f"exception without a cause: {one} x{count}" for one, count in (found - truth).items()),
        *(f"exception that is missing: {one} x{count}" for one, count in (truth - found).items()),
    ]


_EVERYTHING = {
    "payment": "SELECT end_to_end_id, state, amount_executed, amount_returned FROM finance_payment_instruction",
    "order": "SELECT name, state, amount_total FROM finance_payment_order",
    "fact": "SELECT instruction_id, kind, external_id, source, amount_minor FROM finance_payment_fact",
    "item": """SELECT move_id, account_id, date, balance, amount_residual, reconciled FROM account_move_line
                WHERE parent_state = 'posted'""",
    "bank line": "SELECT id, fc_bank_id, amount, is_reconciled FROM account_bank_statement_line",
    "exception": "SELECT kind, cause_key, amount_at_risk FROM finance_exception WHERE state IN ('open', 'in_progress')",
}


def everything(player: PayingPlayer) -> Counter:
    """All that telling the same again must not change."""
    return Counter((name, *map(str, row)) for name, query in _EVERYTHING.items() for row in player.host.rows(query))


def _cents(amount: str | None) -> int:
    return int(Decimal(amount or 0).scaleb(2))


def _compare(what: str, found: dict, truth: dict) -> list[str]:
    return [
        f"{what} {key}: is {found.get(key, 'missing')}, must be {truth.get(key, 'none')}"
        for key in sorted({*found, *truth}, key=str)
        if found.get(key) != truth.get(key)
    ]
