"""Settlement report of 100,000 rows: parsed, and loaded and matched to its transactions, measured apart.

Target: at least 20,000 rows a second for loading, and memory that does not grow with the file. Both in seconds on the clock,
and in processor time of this process and of its server process of PostgreSQL together. The captures are known already,
as webhooks tell them; every row of the report finds its own. SIZES="25000 100000" chooses sizes.
"""

import os
import resource
import time
from datetime import datetime, timedelta, timezone

from .clocks import Processor
from .odoo_env import connection, environment, prepare

SIZES = "25000 100000"
ROWS_A_PAYOUT = 5000
TARGET = 20_000
NAME = "fc_bench_report"
_BEGIN = datetime(2026, 3, 2, tzinfo=timezone.utc)


def _file(size):
    """A report of ``size`` charges in payouts of 5,000, as Stripe writes it."""
    from simulator.stripe_report import report

    rows = []
    for number in range(size):
        payout, gross = number // ROWS_A_PAYOUT, 5000 + number % 900
        at = f"{_BEGIN + timedelta(seconds=number):%Y-%m-%d %H:%M:%S}"
        rows.append({
            "automatic_payout_id": f"po_{size}x{payout}", "automatic_payout_effective_at": "2026-03-05 00:00:00",
            "balance_transaction_id": f"txn_{size}x{number}", "created_utc": at, "created": at, "available_on": at,
            "currency": "eur", "gross": f"{gross / 100:.2f}", "fee": "1.00", "net": f"{(gross - 100) / 100:.2f}",
            "reporting_category": "charge", "source_id": f"ch_{size}x{number}", "charge_id": f"ch_{size}x{number}",
            "payment_intent_id": f"pi_{size}x{number}", "description": f"SO{number}", "trace_id": f"TR{payout}",
        })  # fmt: skip
    return report(rows)


def _know(env, provider, size):
    """Store the captures that webhooks have told."""
    from odoo.addons.finance_connector.core.money import Money
    from odoo.addons.finance_connector.core.records import Envelope, Movement, Parsed

    facts = tuple(
        Movement("capture", f"ch_{size}x{number}/{5000 + number % 900}", Money(5000 + number % 900, "EUR"),
                 _BEGIN + timedelta(seconds=number), transaction_key=f"pi_{size}x{number}", group=f"ch_{size}x{number}",
                 cumulative=True)
        for number in range(size)
    )  # fmt: skip
    envelope = Envelope(external_id=f"evt_{size}", event_type="bench", lane_key="bench")
    message = env["finance.message"]._store(env.cr, provider.id, provider.company_id.id, "manual", envelope, b"{}")
    env["finance.subledger"]._absorb(provider, [(message, Parsed(movements=facts))])
    env.cr.commit()
    env.cr.execute("ANALYZE finance_movement, finance_transaction")
    env.cr.commit()


def run():
    """Print the rows a second of both steps, and the highest memory after each size."""
    prepare(NAME)
    with environment(NAME) as env:
        provider = connection(env)
        processor = Processor(env)
        for size in map(int, os.environ.get("SIZES", SIZES).split()):
            _know(env, provider, size)
            content = _file(size)
            before = _memory()
            started, spent = time.perf_counter(), processor.spent()
            parsed = sum(len(part.lines) + len(part.captures) for part in provider._adapter().report_parts(content, "report.csv"))
            parsed_at, parsed_spent = time.perf_counter(), processor.spent()
            done = env["finance.import"].import_file(content, f"report-{size}.csv", provider_id=provider.id)
            env.cr.commit()
            loaded_at, loaded_spent = time.perf_counter(), processor.spent()
            assert done.state == "imported", done.reason
            assert parsed == done.line_count == size
            env.cr.execute(
                """SELECT count(*), count(transaction_id) FROM finance_settlement_line WHERE external_id LIKE %s""",
                [f"txn\\_{size}x%"])
            assert env.cr.fetchone() == (size, size)
            parse, load = parsed_at - started, loaded_at - parsed_at
            used = parsed_spent - spent, loaded_spent - parsed_spent
            print(f"report: {size} rows, {len(content) / 1e6:.0f} MB, highest memory {before} MB before, {_memory()} MB after")
            print(f"        parse: {parse:.2f} s, {size / parse:.0f} rows/s; processor {used[0]:.2f} s, "
                  f"{size / used[0]:.0f} rows/s")  # fmt: skip
            print(f"        parse, load and match: {load:.2f} s, {size / load:.0f} rows/s; processor {used[1]:.2f} s, "
                  f"{size / used[1]:.0f} rows/s (target {TARGET})", flush=True)  # fmt: skip


def _memory():
    """The highest resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
