"""Reconciling N bank lines with N posted invoices (finding, applying, writing down why), against the floor of Odoo's own methods
(one rewrite of the bank entries and one batched `_reconcile_plan`): on the clock, and in processor time of both processes.

Target: at most 1.2 times the floor, linear from 1,000 lines on.
"""

import os
import time

from .clocks import Processor
from .odoo_env import environment, prepare
from .reconcile_books import invoices, kept, line_values

NAME = "fc_bench_reconcile"
SIZES = tuple(int(size) for size in os.environ.get("SIZES", "1000 2000").split())


def _books(env, count, mark):
    """``count`` posted invoices and as many bank lines that name them; returns (invoices, lines)."""
    paid = invoices(env, count, mark)
    lines = env["account.bank.statement.line"].create(line_values(env, paid, "Invoice {}"))
    kept(env)
    return paid, lines


def _floor(env, paid, lines):
    """(seconds, processor seconds) a line for the rewrite of the bank entries and one plan, as Odoo's own methods allow."""
    began, processor = time.perf_counter(), Processor(env)
    receivables = paid.line_ids.filtered(lambda item: item.account_id.account_type == "asset_receivable")
    by_amount = {round(item.amount_residual, 2): item for item in receivables}
    suspense = lines.move_id.line_ids.filtered(lambda item: item.account_id == item.journal_id.suspense_account_id)
    items = env["account.move.line"].with_context(skip_readonly_check=True, tracking_disable=True)
    for partner, group in suspense.grouped(lambda item: by_amount[round(-item.balance, 2)].partner_id.id).items():
        items.browse(group.move_id.line_ids.ids).write({"partner_id": partner})
    items.browse(suspense.ids).write({"account_id": receivables.account_id.id})
    pairs = [item | by_amount[round(-item.balance, 2)] for item in suspense]
    env["account.move.line"].with_context(tracking_disable=True)._reconcile_plan(pairs)
    env.cr.commit()
    return (time.perf_counter() - began) / len(lines), processor.spent() / len(lines)


def _ours(env, lines):
    """(seconds, processor seconds) a line from finding to committed, with reasons and audit."""
    began, processor = time.perf_counter(), Processor(env)
    env["finance.reconciliation"]._reconcile_company(env.company)
    env.cr.commit()
    spent, worked = time.perf_counter() - began, processor.spent()
    env.invalidate_all()
    left = lines.filtered(lambda line: not line.is_reconciled)
    assert not left, (len(left), env["finance.exception"].search([]).mapped("detail")[:3], left[:3].mapped("payment_ref"))
    return spent / len(lines), worked / len(lines)


def run():
    """Print both times a line and their ratio, for each size."""
    prepare(NAME)
    with environment(NAME) as env:
        for size in SIZES:
            floors = _floor(env, *_books(env, size, f"FLOOR{size}"))
            both = zip(("clock", "processor"), _ours(env, _books(env, size, f"OURS{size}")[1]), floors, strict=True)
            for what, ours, floor in both:
                print(f"   {size:6,} lines, {what:9}: ours {ours * 1000:6.1f} ms a line, floor {floor * 1000:6.1f}, "
                      f"ratio {ours / floor:.2f} (target 1.2)", flush=True)
