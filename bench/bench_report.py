"""Settlement report of 100,000 rows: parsed, and loaded and matched to its transactions, measured apart.

Target: at least 20,000 rows a second for loading, and memory that does not grow with the file. Both in seconds on the clock,
and in processor time of this process and of its server process of PostgreSQL together. The payments are known already, and
every row of the report finds its own. ``usual``: they are known as the webhooks of Stripe tell them, with authorisation,
reference and customer. ``bare``: nothing but the captures is, so that the report brings the references too.
SIZES="25000 100000" and KNOWN="usual bare" choose.
"""

import os
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from .clocks import Processor
from .odoo_env import connection, environment, prepare

SIZES = "25000 100000"
KNOWN = "usual bare"
ROWS_A_PAYOUT = 5000
TARGET = 20_000
NAME = "fc_bench_report"
_BEGIN = datetime(2026, 3, 2, tzinfo=timezone.utc)


def _file(size, name):
    """A report of ``size`` charges in payouts of 5,000, as Stripe writes it; ``name`` makes its ids its own."""
    from simulator.stripe_report import report

    rows = []
    for number in range(size):
        payout, gross = number // ROWS_A_PAYOUT, 5000 + number % 900
        at = f"{_BEGIN + timedelta(seconds=number):%Y-%m-%d %H:%M:%S}"
        rows.append({
            "automatic_payout_id": f"po_{name}x{payout}", "automatic_payout_effective_at": "2026-03-05 00:00:00",
            "balance_transaction_id": f"txn_{name}x{number}", "created_utc": at, "created": at, "available_on": at,
            "currency": "eur", "gross": f"{gross / 100:.2f}", "fee": "1.00", "net": f"{(gross - 100) / 100:.2f}",
            "reporting_category": "charge", "source_id": f"ch_{name}x{number}", "charge_id": f"ch_{name}x{number}",
            "payment_intent_id": f"pi_{name}x{number}", "description": f"SO{number}", "trace_id": f"TR{payout}",
        })  # fmt: skip
    return report(rows)


def _know(env, provider, size, name, known):
    """Store what webhooks have told of the payments."""
    from odoo.addons.finance_connector.core.money import Money
    from odoo.addons.finance_connector.core.records import Envelope, Movement, Parsed, PaymentInfo

    facts, infos = [], []
    for number in range(size):
        amount, at = Money(5000 + number % 900, "EUR"), _BEGIN + timedelta(seconds=number)
        key, group = f"pi_{name}x{number}", f"ch_{name}x{number}"
        for kind in ("authorize", "capture") if known == "usual" else ("capture",):
            facts.append(
                Movement(kind, f"{group}/{amount.minor}", amount, at, transaction_key=key, group=group, cumulative=True)
            )
        if known == "usual":
            infos.append(
                PaymentInfo(key, at + timedelta(seconds=2), amount, f"SO{number}", key, f"Customer {number % 1000}",
                            f"customer{number % 1000}@example.com", f"cus_{number % 1000}", f"SO{number}")
            )  # fmt: skip
    envelope = Envelope(external_id=f"evt_{name}", event_type="bench", lane_key="bench")
    message = env["finance.message"]._store(env.cr, provider.id, provider.company_id.id, "manual", envelope, b"{}")
    env["finance.subledger"]._absorb(provider, [(message, Parsed(movements=tuple(facts), payments=tuple(infos)))])
    env.cr.commit()
    env.cr.execute("ANALYZE finance_movement, finance_transaction")
    env.cr.commit()


def run():
    """Print the rows a second of both steps, and by how much memory grew at its highest."""
    prepare(NAME)
    with environment(NAME) as env:
        provider = connection(env)
        processor = Processor(env)
        for known in os.environ.get("KNOWN", KNOWN).split():
            for size in map(int, os.environ.get("SIZES", SIZES).split()):
                name = f"{known}{size}"
                _know(env, provider, size, name, known)
                _measure(env, provider, processor, size, name)


def _measure(env, provider, processor, size, name):
    content = _file(size, name)
    before = _begin_of_memory()
    started, spent = time.perf_counter(), processor.spent()
    parsed = sum(len(part.lines) + len(part.captures) for part in provider._adapter().report_parts(content, "report.csv"))
    parsed_at, parsed_spent = time.perf_counter(), processor.spent()
    done = env["finance.import"].import_file(content, f"report-{name}.csv", provider_id=provider.id)
    env.cr.commit()
    load, used = time.perf_counter() - parsed_at, processor.spent() - parsed_spent
    grown = _memory("VmHWM") - before
    assert done.state == "imported", done.reason
    assert parsed == done.line_count == size
    env.cr.execute(
        """SELECT count(*), count(transaction_id) FROM finance_settlement_line WHERE external_id LIKE %s""",
        [f"txn\\_{name}x%"])
    assert env.cr.fetchone() == (size, size)
    parse, parse_used = parsed_at - started, parsed_spent - spent
    print(f"report: {name}, {size} rows, {len(content) / 1e6:.0f} MB; memory grew by {grown:.0f} MB at its highest")
    print(f"        parse: {parse:.2f} s, {size / parse:.0f} rows/s; processor {parse_used:.2f} s, "
          f"{size / parse_used:.0f} rows/s")  # fmt: skip
    print(f"        parse, load and match: {load:.2f} s, {size / load:.0f} rows/s; processor {used:.2f} s, "
          f"{size / used:.0f} rows/s (target {TARGET} rows/s)", flush=True)  # fmt: skip


def _begin_of_memory():
    """The resident memory of this process now, in MB; its highest is counted from here on."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _memory(name):
    """A line of this process's memory status, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))
