#!/usr/bin/env python3
"""The demo on a real Odoo, driven through the front door; run it by `make demo`. It shows a month of a shop and of an agency, and
a services company that pays and collects through a bank.

SERVE=0 ends after the table, with exit code 0 only if everything ties; PORT= chooses the port; FRESH=1 starts over.
A run that was interrupted is gone on with: everything sent before is recognised, and the books end the same.
"""
from __future__ import annotations

import base64
import os
import signal
import sys
import time
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fc_env.cli import prepare
from fc_env.odoo_server import OdooServer, port_is_free
from fc_env.rpc import Rpc, RpcError
from fc_env.steps import SetupError
from simulator import delivery, prepared, scheduled
from simulator.bank import Bank
from simulator.connection import WEBHOOK_SECRET, Connection, connect, enter_api_key
from simulator.demo import figures, paying, table
from simulator.demo.company import COMPANIES
from simulator.demo.plan import Plan, demo_world
from simulator.play.outside import Outside

# The tests of the demo run it on another name.
NAME = os.environ.get("DEMO_DB") or "fc_demo"
LOGIN = "admin"
STEPS = 7
# A provider tells of the last 30 days only: a month that began earlier could not be gone on with.
LONGEST_DAYS = 9
# A server that was killed breaks its connections a moment before it is gone.
ENDING_SECONDS = 3


class Stopped(Exception):
    """The server went away in the middle of the demo."""


def main() -> int:
    """Run the demo; return the exit code."""
    try:
        return run(serve=os.environ.get("SERVE") != "0", fresh=os.environ.get("FRESH") == "1", port=wanted_port())
    except (SetupError, Stopped) as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; run it again to go on", file=sys.stderr)
        return 130


def wanted_port() -> int:
    """Return the port that PORT= names, or 0 for a free one. Raises SetupError when it can not be had."""
    text = os.environ.get("PORT") or "0"
    if not text.isdigit() or int(text) > 65535:
        raise SetupError(f"PORT={text} is no port: choose a number from 1024 to 65535, or leave it away.")
    if int(text) and not port_is_free(int(text)):
        raise SetupError(f"Port {text} is in use: choose another one, or leave PORT= away to get a free one.")
    return int(text)


def say(number: int, text: str) -> None:
    print(f"[{number}/{STEPS}] {text}", flush=True)


def run(serve: bool, fresh: bool, port: int) -> int:
    """Prepare, drive, print, and serve until stopped."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    notes = choose_database(fresh)
    say(2, "starting Odoo, stand-ins for the API of Stripe, and a bank (mock-bank)")
    odoo = OdooServer(NAME, port)
    odoo.log.unlink(missing_ok=True)
    outside = Outside(demo_world(date.fromisoformat(notes["today"])))
    bank = Bank(str(prepared.bank_file(NAME))).start()
    try:
        with odoo as server:
            try:
                good = drive(Rpc(server.url, NAME, notes["key"]), outside, bank, notes)
            except (OSError, RpcError) as error:
                if not server.ends_within(ENDING_SECONDS):
                    raise
                raise Stopped(f"Odoo was ended in the middle of the demo ({error}). Run it again: it goes on.") from error
            if serve:
                print(f"\n  look at it: {server.url}  login {LOGIN}, password {LOGIN}, menu Finance Connector", flush=True)
                wait_for_the_end(server)
            else:
                print(f"\n  to look at it: make demo  (login {LOGIN}, password {LOGIN}, menu Finance Connector)", flush=True)
    finally:
        outside.close()
        bank.stop()
    return 0 if good else 1


def choose_database(fresh: bool) -> dict:
    """Return the notes of the database to run on: the one of an earlier run, or a new one."""
    odoo, variables = prepare()
    os.environ.update(variables)
    prepared.refuse_served(NAME)
    notes = None if fresh else COMPANIES.existing(odoo, NAME)
    today = datetime.now(timezone.utc).date()
    if notes and today - date.fromisoformat(notes["today"]) <= timedelta(days=LONGEST_DAYS):
        say(1, f"database {NAME} of an earlier run: going on with it (FRESH=1 starts over)")
        return notes
    names = ", ".join(merchant.profile.name for merchant in demo_world(today).merchants)
    say(1, f"database {NAME}: the addon, and the companies {names} and {paying.COMPANY}")
    return prepared.copy(COMPANIES.template(odoo), NAME)


def drive(rpc: Rpc, outside: Outside, bank: Bank, notes: dict) -> bool:
    """Send everything, run the scheduled actions, print the table; return whether everything ties."""
    plan = Plan(outside)
    connections = connect_all(rpc, outside, notes)
    say(3, f"delivering {len(plan.posts)} signed webhooks, some twice, none in order, to {connections[0].webhook_url} "
           "and its like")
    refused = [status for status in deliver(plan, connections) if not 200 <= status < 300]
    if refused:
        print(f"      {len(refused)} were not taken: {sorted(set(refused))}")
    say(4, f"importing {len(plan.files)} files: the provider's report of some payouts, and the banks' CAMT.053")
    import_files(rpc, plan)
    say(5, f"{paying.COMPANY} pays {paying.BILLS} bills and collects {paying.INVOICES} invoices through the bank")
    company = paying.PayingCompany(rpc, bank, notes["paying"], date.fromisoformat(notes["today"]))
    for line in company.work():
        print(f"      {line}", flush=True)
    say(6, "entering the API keys, so that events and payouts not told yet are asked for; running the scheduled actions")
    for connection in connections:
        enter_api_key(rpc, connection)
    began = time.monotonic()
    rounds = scheduled.run_until_quiet(rpc)
    print(f"      {rounds} rounds in {time.monotonic() - began:.1f} s")
    say(7, "the books\n")
    good = report(rpc, plan, connections) and not refused
    return report_paying(company) and good


def connect_all(rpc: Rpc, outside: Outside, notes: dict) -> list[Connection]:
    """Connect every company with its provider, and note where it is in Odoo."""
    connections = []
    for merchant, server, company, journal in zip(
            outside.world.merchants, outside.servers, notes["companies"], notes["journals"], strict=True):
        server.api.set_now(outside.world.end)
        connections.append(connect(
            rpc, server.url, f"Stripe of {merchant.profile.name}", company_id=company,
            posting_mode=merchant.profile.posting_mode, grace_minutes=0))
        outside.places.append({"company": company, "provider": connections[-1].provider_id, "journal": journal})
    return connections


def deliver(plan: Plan, connections: list[Connection]) -> list[int]:
    """Deliver the webhooks, a few at the same time; return the statuses."""
    return delivery.deliver_all(
        [(connections[post.merchant].webhook_url, plan.outside.messages[post.merchant][post.index].body)
         for post in plan.posts], WEBHOOK_SECRET)


def import_files(rpc: Rpc, plan: Plan) -> None:
    """Import the payout report and the bank statements by the public API."""
    for operation in plan.files:
        told = plan.outside.report_file if operation.kind == "report" else plan.outside.statement_file
        name, content, target = told(operation)
        own = {"allowed_company_ids": [plan.outside.places[operation.merchant]["company"]]}
        ids = rpc.call("finance.import", "import_file", content=base64.b64encode(content).decode(), filename=name,
                       context=own, **target)
        for row in rpc.call("finance.import", "read", ids, fields=["filename", "state", "reason", "line_count"]):
            print(f"      {row['filename']}: {row['state']}, {row['line_count']} lines. {row['reason'] or ''}".rstrip())


def report(rpc: Rpc, plan: Plan, connections: list[Connection]) -> bool:
    """Print the table; return whether the books tie and every figure is the world's."""
    columns, wrong = [], []
    for number, (place, connection) in enumerate(zip(plan.outside.places, connections, strict=True)):
        name = plan.outside.world.merchants[number].profile.name
        reader = figures.Reader(rpc, connection, place["company"], place["journal"])
        found, posts = reader.figures(), [post for post in plan.posts if post.merchant == number]
        copies = sum(post.is_copy for post in posts)
        columns.append(table.Column(name, found, len(posts), copies, reader.entries(), reader.proof()))
        wrong += [f"{name}: {line}" for line in figures.differences(found, figures.wanted(plan, number))]
    print(table.render(columns))
    good = all(column.proof[0] for column in columns) and not wrong
    print(f"\n  everything tied: {'yes' if good else 'NO'}")
    for line in wrong:
        print(f"      {line}")
    if wrong:
        print("      if the database was changed by hand since: FRESH=1 make demo")
    return good


def report_paying(company: paying.PayingCompany) -> bool:
    """Print what was paid and collected; return whether all of it is what the bank says."""
    found, wanted = company.found(), company.wanted()
    print(f"\n{table.lay_out(company.rows(found))}")
    wrong = figures.differences(found, wanted)
    print(f"\n  bank, journal and documents tied: {'NO' if wrong else 'yes'}")
    for line in wrong:
        print(f"      {line}")
    return not wrong


def wait_for_the_end(server: OdooServer) -> None:
    """Serve until Ctrl-C, or until the server ends by itself."""
    print("  serving; Ctrl-C stops it", flush=True)
    while server.running:
        try:
            time.sleep(1)
        except KeyboardInterrupt:
            print("\n  stopping", flush=True)
            return


if __name__ == "__main__":
    sys.exit(main())
