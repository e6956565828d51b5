"""Settlement reports of 100,000 rows: parsed, and loaded and matched to their transactions, measured apart.

Target: at least 20,000 rows a second for loading, and memory that does not grow with the file. Both in seconds on the clock,
and in processor time of this process and of its server process of PostgreSQL together. The payments are known already, and
every row of the report finds its own. ``usual``: they are known as webhooks tell them, with authorisation,
reference and customer. ``bare``: nothing but the captures is, so that the report brings the references too.
PROVIDERS="stripe adyen paypal generic", SIZES="25000 100000" and KNOWN="usual bare" choose.
"""

import base64
import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from . import report_files
from .clocks import Processor
from .odoo_env import connection, environment, prepare

PROVIDERS = "stripe adyen paypal generic"
SIZES = "25000 100000"
KNOWN = "usual bare"
TARGET = 20_000
NAME = "fc_bench_report"


def _know(env, provider, content, name, known):
    """Store what webhooks have told of the payments in the report ``content``."""
    from odoo.addons.finance_connector.core.records import Envelope, Parsed

    told = reader(provider).parse_report(content, "report.csv").movements
    captures = [replace(fact, settlement_key=None) for fact in told if fact.kind == "capture"]
    facts, infos = captures, ()
    if known == "usual":
        facts = [one for fact in captures for one in (replace(fact, kind="authorize"), fact)]
        infos = tuple(_told_by_webhook(number, fact) for number, fact in enumerate(captures))
    envelope = Envelope(external_id=f"evt_{name}", event_type="bench", lane_key="bench")
    message = env["finance.message"]._store(env.cr, provider.id, provider.company_id.id, "manual", envelope, b"{}")
    env["finance.subledger"]._absorb(provider, [(message, Parsed(movements=tuple(facts), payments=infos))])
    env.cr.commit()
    env.cr.execute("ANALYZE finance_movement, finance_transaction")
    env.cr.commit()


def _told_by_webhook(number, fact):
    from odoo.addons.finance_connector.core.records import PaymentInfo

    return PaymentInfo(
        fact.transaction_key, fact.occurred_at + timedelta(seconds=2), fact.amount, f"SO{number}", fact.transaction_key,
        f"Customer {number % 1000}", f"customer{number % 1000}@example.com", f"cus_{number % 1000}", f"SO{number}",
    )  # fmt: skip


def reader(provider):
    """The adapter that reads the reports of ``provider``."""
    if provider.code != "generic":
        return provider._adapter()
    return provider.env["finance.settlement.profile"]._in_force(provider)._reader()


def _connection(env, code):
    """An active connection of the adapter ``code``; files of the generic one have an approved profile."""
    if code == "stripe":
        return connection(env)
    provider = env["finance.provider"].create({"name": code, "code": code})
    for name in provider._adapter().secret_names:
        provider.set_secret(name, "AB" * 32)
    provider.action_activate()
    if code == "generic":
        profile = env["finance.settlement.profile"].create({
            "name": "Payouts", "provider_id": provider.id, "sample_name": "payouts.csv",
            "sample": base64.b64encode(report_files.generic(10, "s")),
            "column_ids": [(0, 0, {"field": key, "column": name}) for key, name in report_files.PROFILE_COLUMNS.items()],
            "kind_ids": [(0, 0, {"value": value, "kind": kind}) for value, kind in report_files.PROFILE_KINDS.items()],
        })  # fmt: skip
        groups = [env.ref("base.group_user").id, env.ref("finance_connector.group_approver").id]
        second = env["res.users"].create({"name": "Second", "login": "second", "group_ids": [(6, 0, groups)]})
        profile.with_user(second).action_approve()
    env.cr.commit()
    return provider


def run():
    """Print the rows a second of both steps, and by how much memory grew at its highest."""
    prepare(NAME)
    with environment(NAME) as env:
        processor = Processor(env)
        for code in os.environ.get("PROVIDERS", PROVIDERS).split():
            provider = _connection(env, code)
            for known in os.environ.get("KNOWN", KNOWN).split():
                for size in map(int, os.environ.get("SIZES", SIZES).split()):
                    name = f"{known}{size}"
                    content = getattr(report_files, code)(size, name)
                    _know(env, provider, content, name, known)
                    _measure(env, provider, processor, content, size, name)


def _measure(env, provider, processor, content, size, name):
    before = _begin_of_memory()
    started, spent = time.perf_counter(), processor.spent()
    parsed = sum(len(part.lines) + len(part.captures) for part in reader(provider).report_parts(content, "report.csv"))
    parsed_at, parsed_spent = time.perf_counter(), processor.spent()
    done = env["finance.import"].import_file(content, f"report-{name}.csv", provider_id=provider.id)
    env.cr.commit()
    load, used = time.perf_counter() - parsed_at, processor.spent() - parsed_spent
    grown = _memory("VmHWM") - before
    assert done.state == "imported", done.reason
    assert parsed == done.line_count >= size
    env.cr.execute(
        "SELECT count(*), count(transaction_id) FROM finance_settlement_line WHERE message_id = %s AND kind = 'capture'",
        [done.message_id.id],
    )
    assert env.cr.fetchone() == (size, size)
    parse, parse_used = parsed_at - started, parsed_spent - spent
    print(f"report: {provider.code} {name}, {size} rows, {len(content) / 1e6:.0f} MB; memory grew by {grown:.0f} MB at its "
          "highest")  # fmt: skip
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
