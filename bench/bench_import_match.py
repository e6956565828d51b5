"""Bank lines whose match is known before they are made: what their reconciliation costs above importing them, against the floor
of reconciling lines that are there (one rewrite of the bank entries and one batched `_reconcile_plan`).

A file of lines that name nothing is imported, then one of lines that each name an invoice; what the second takes longer is what
finding, reconciling and writing down cost. Target: below the floor.
"""

import os
import statistics
import time

from .bench_reconcile import _books, _floor
from .odoo_env import environment, prepare

NAME = "fc_bench_import_match"
SIZE = int(os.environ.get("SIZES", "500").split()[0])
ROUNDS = int(os.environ.get("ROUNDS", "5"))


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


def _round(env, mark):
    """(floor, import alone, import and reconcile), seconds a line, one after the other."""
    floor = _floor(env, *_books(env, SIZE, f"F{mark}"))
    invoices, lines = _books(env, SIZE, f"N{mark}")
    # Lines that are there already and name the same would be in the way.
    lines.unlink()
    env.cr.commit()
    alone, _lines = _import(env, _journal(env, f"A{mark}"), _file(env, SIZE, f"A{mark}", "nothing"))
    ahead, lines = _import(env, _journal(env, f"B{mark}"), _file(env, SIZE, f"N{mark}", "Invoice"))
    assert all(lines.mapped("is_reconciled")) and set(invoices.mapped("payment_state")) == {"paid"}
    return floor, alone / SIZE, ahead / SIZE


def run():
    """Print what a line costs, and how far below the floor its reconciliation is: the median of the rounds."""
    prepare(NAME)
    with environment(NAME) as env:
        env["ir.cron"].search([]).active = False
        rounds = [_round(env, number) for number in range(ROUNDS + 1)][1:]
    floor, alone, ahead = (statistics.median(times) * 1000 for times in zip(*rounds, strict=True))
    ratio = statistics.median((ahead - alone) / floor for floor, alone, ahead in rounds)
    print(f"   {SIZE:,} lines, {ROUNDS} rounds: imported {alone:.1f} ms a line, imported and reconciled {ahead:.1f}; floor of "
          f"reconciling {floor:.1f}, ratio {ratio:.2f} (target below 1)")
