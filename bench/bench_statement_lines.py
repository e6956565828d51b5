"""Bank import: a CAMT.053 file to posted bank lines, against a bare batched `create` of the same values.

Ours is everything: reading, proof, staging, decision, bank lines in committed chunks, statements and
    coverage. The peer is
Odoo's own `create` alone, in chunks of the same size with a commit each (one batch of all would be slower,
    see the last
figure). Each run has its own journal; the peers run in turn. Target: at most 1.0 of the bare create.
    LINES=10000 ROUNDS=1
for the large file.
"""

import os
import resource
import statistics
import time
from functools import partial

from .camt_file import pieces
from .odoo_env import environment, prepare

NAME = "fc_bench_lines"
LINES = int(os.environ.get("LINES", "1000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
CHUNK = 500
# Odoo's own create of more lines in one batch takes minutes.
LARGEST_BATCH = 2000
OURS, CHUNKED, WHOLE = "import, everything", f"bare create, chunks of {CHUNK}", "bare create, one batch"
# What the import writes of a line; the peer gets the same values.
_COLUMNS = (
    "date", "payment_ref", "amount", "partner_name", "account_number", "transaction_type", "ref",
    "fc_bank_id",
    "fc_end_to_end_id", "fc_value_date", "fc_structured_reference", "fc_bank_code", "fc_return_reason",
    "fc_is_reversal", "fc_details", "fc_import_uid",
)  # fmt: skip


def _company(env):
    company = env.ref("base.main_company")
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    env["ir.cron"].search([]).active = False
    env.cr.commit()
    return company


def _journal(env, company, number):
    journal = env["account.journal"].create(
        {"name": f"Bench {number}", "code": f"B{number}", "type": "bank", "company_id": company.id}
    )
    env.cr.commit()
    return journal


def _timed(env, work):
    """(wall ms a line, processor ms a line, statements a line) of ``work``."""
    env.invalidate_all()
    queries, wall, cpu = env.cr.sql_log_count, time.monotonic(), time.process_time()
    work()
    env.flush_all()
    env.cr.commit()
    return (
        (time.monotonic() - wall) * 1000 / LINES,
        (time.process_time() - cpu) * 1000 / LINES,
        (env.cr.sql_log_count - queries) / LINES,
    )


def _ours(env, journal, content):
    imports = env["finance.import"]
    record = imports.import_file(content, "bench.xml", journal_id=journal)
    imports._cron_import_statements()
    record.invalidate_recordset()
    if record.state != "imported":
        raise SystemExit(f"The import is {record.state}: {record.reason}")


def _bare(env, vals_list, chunk):
    lines = env["account.bank.statement.line"]
    for start in range(0, len(vals_list), chunk):
        lines.create(vals_list[start : start + chunk])
        env.flush_all()
        env.cr.commit()
        env.invalidate_all()


def _values(env, journal, source):
    """The values of the lines of journal ``source``, for ``journal``."""
    lines = env["account.bank.statement.line"].search([("journal_id", "=", source.id)], order="id")
    told = lines.read(_COLUMNS, load="_classic_write")
    return [{name: row[name] for name in _COLUMNS} | {"journal_id": journal.id} for row in told]


def _measure(env, content):
    """The figures of every round by peer; the peers take turns, each in a journal of its own."""
    company = _company(env)
    content = content.replace(b"EUR", company.currency_id.name.encode())
    # A small run first: the code is loaded and the plans are cached for all alike.
    warm = _journal(env, company, "W")
    _bare(env, [{"journal_id": warm.id, "date": "2025-03-01", "amount": 1, "payment_ref": "x"}] * 20, 20)
    figures = {OURS: [], CHUNKED: [], WHOLE: []}
    for number in range(ROUNDS):
        ours = _journal(env, company, f"I{number}")
        # The same bytes again would be a duplicate: every round has its own file.
        file = content.replace(b"BENCH-1", f"BENCH-{number}".encode())
        figures[OURS].append(_timed(env, partial(_ours, env, ours, file)))
        for name, letter, chunk in ((CHUNKED, "C", CHUNK), (WHOLE, "A", LINES)):
            if name == WHOLE and LINES > LARGEST_BATCH:
                continue
            peer = _journal(env, company, f"{letter}{number}")
            vals_list = _values(env, peer, ours)
            env.cr.commit()
            figures[name].append(_timed(env, partial(_bare, env, vals_list, chunk)))
    return figures


def run():
    """Print milliseconds a line of each peer, and the ratio."""
    prepare(NAME)
    with environment(NAME) as env:
        figures = _measure(env, b"".join(pieces(LINES)))
    print(f"statement lines: {LINES} entries, median of {ROUNDS} rounds; a line: wall ms, processor ms, SQL")
    medians = {
        name: [statistics.median(one) for one in zip(*rows, strict=True)]
        for name, rows in figures.items()
        if rows
    }
    base_wall, base_cpu, _queries = medians[CHUNKED]
    for name, (wall, cpu, queries) in medians.items():
        ratios = f"{wall / base_wall:5.2f} x wall {cpu / base_cpu:5.2f} x processor"
        print(f"  {name:28s} {wall:7.2f} {cpu:7.2f} {queries:7.2f}   {ratios}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  target: at most 1.00 x; peak memory {peak:.0f} MiB")
