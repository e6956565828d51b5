"""Bank lines whose match is known before they are made: what their reconciliation costs above importing them, against the floor
of reconciling lines that are there (one rewrite of the bank entries and one batched `_reconcile_plan`).

A file of lines that name nothing is imported, then one of lines that each name an invoice; what the second takes longer is what
finding, reconciling and writing down cost. Target: below the floor.
"""

import os
import time

from .bench_reconcile import _books, _floor
from .odoo_env import environment, prepare

NAME = "fc_bench_import_match"
SIZES = tuple(int(size) for size in os.environ.get("SIZES", "500 2000").split())


def _file(env, count, mark, word):
    """A CAMT.053 file of ``count`` entries; the text of each is ``word``, the mark and its number."""
    from odoo.addons.finance_connector.tests.camt_file import entry, file_of

    entries = [entry(f"{10 + number / 100:.2f}", text=f"{word} {mark}-2026-{number:06}", bank_id=f"{mark}{word}{number}")
               for number in range(count)]  # fmt: skip
    return file_of(*entries, currency=env.company.currency_id.name, name=f"{mark}{word}")


def _import(env, journal, content):
    """Seconds from the file to committed bank lines; the lines."""
    imports = env["finance.import"]
    began = time.perf_counter()
    record = imports.import_file(content, "bench.xml", journal_id=journal)
    imports._cron_import_statements()
    env.cr.commit()
    spent = time.perf_counter() - began
    env.invalidate_all()
    assert record.state == "imported", record.reason
    return spent, env["account.bank.statement.line"].search([("fc_import_id", "=", record.id)])


def _journal(env, code):
    return env["account.journal"].create({"name": code, "code": code, "type": "bank", "company_id": env.company.id})


def run():
    """Print what a line costs, and how far below the floor its reconciliation is."""
    prepare(NAME)
    with environment(NAME) as env:
        env["ir.cron"].search([]).active = False
        _import(env, _journal(env, "WARM"), _file(env, 20, "WARM", "nothing"))
        for number, size in enumerate(SIZES):
            floor = _floor(env, *_books(env, size, f"FLOOR{size}"))
            # Their own lines are in the way of lines that name the same.
            invoices, lines = _books(env, size, f"AHEAD{size}")
            lines.unlink()
            env.cr.commit()
            alone, _lines = _import(env, _journal(env, f"A{number}"), _file(env, size, f"ALONE{size}", "nothing"))
            ahead, lines = _import(env, _journal(env, f"B{number}"), _file(env, size, f"AHEAD{size}", "Invoice"))
            assert all(lines.mapped("is_reconciled")) and set(invoices.mapped("payment_state")) == {"paid"}
            cost = (ahead - alone) / size
            print(f"   {size:6,} lines: imported {alone / size * 1000:5.1f} ms a line, imported and reconciled "
                  f"{ahead / size * 1000:5.1f}; reconciling alone {cost * 1000:5.1f}, floor {floor * 1000:5.1f}, "
                  f"ratio {cost / floor:.2f} (target below 1)", flush=True)
