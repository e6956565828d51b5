#!/usr/bin/env python3
"""The demo: builds a small company on a real Odoo and drives it through the front door; run it by `make demo`.

SERVE=0 ends after the table, with exit code 0 only if everything ties; PORT= chooses the port; FRESH=1 starts over.
A run that was interrupted is gone on with: everything sent before is recognised, and the books end the same.
"""
from __future__ import annotations

import base64
import os
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fc_env.cli import prepare
from fc_env.odoo_server import OdooServer, port_is_free
from fc_env.rpc import Rpc, RpcError
from fc_env.steps import SetupError
from simulator.story import bank_file, database, deliveries, payout_lines, reading, scheduled, table, truth
from simulator.story.card_events import PAYOUT, CardEvents
from simulator.story.company import LOGIN
from simulator.story.connection import API_KEY, Connection, connect, enter_api_key
from simulator.stripe_api import StripeApi
from simulator.stripe_server import StripeServer

STEPS = 6
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
    cards = CardEvents(notes.today, notes.documents)
    api = StripeApi(cards.events, {PAYOUT: payout_lines.balance_transactions(cards)})
    say(2, "starting Odoo and a stand-in for Stripe's API")
    odoo = OdooServer(database.NAME, port)
    odoo.log.unlink(missing_ok=True)
    with StripeServer(api, API_KEY) as stripe, odoo as server:
        try:
            good = drive(Rpc(server.url, database.NAME, notes.key), cards, stripe.url)
        except (OSError, RpcError) as error:
            if not server.ends_within(ENDING_SECONDS):
                raise
            raise Stopped(f"Odoo was ended in the middle of the demo ({error}). Run it again: it goes on.") from error
        if serve:
            print(f"\n  look at it: {server.url}  login {LOGIN}, password {LOGIN}, menu Finance Connector", flush=True)
            wait_for_the_end(server)
        else:
            print(f"\n  to look at it: make demo  (login {LOGIN}, password {LOGIN}, menu Finance Connector)", flush=True)
    return 0 if good else 1


def choose_database(fresh: bool) -> database.Notes:
    """Return the notes of the database to run on: the one of an earlier run, or a new one."""
    odoo, variables = prepare()
    os.environ.update(variables)
    database.refuse_served()
    notes = None if fresh else database.existing(database.template_name(odoo))
    if notes:
        say(1, f"database {database.NAME} of an earlier run: going on with it (FRESH=1 starts over)")
        return notes
    say(1, f"database {database.NAME}: the addon, and the company {truth.story.COMPANY}")
    return database.copy(database.template(odoo), database.NAME)


def drive(rpc: Rpc, cards: CardEvents, api_base: str) -> bool:
    """Send everything, run the scheduled actions, print the table; return whether everything ties."""
    connection = connect(rpc, api_base)
    sent = deliveries.posts(cards)
    say(3, f"delivering {len(sent)} signed webhooks, some twice, none in order, to {connection.webhook_url}")
    refused = [status for status in deliveries.send(connection.webhook_url, sent) if not 200 <= status < 300]
    if refused:
        print(f"      {len(refused)} were not taken: {sorted(set(refused))}")
    say(4, "importing the provider's payout report and the bank's CAMT.053")
    import_files(rpc, cards, connection)
    say(5, "entering the API key, so that events never delivered are asked for; running the scheduled actions")
    enter_api_key(rpc, connection)
    began = time.monotonic()
    rounds = scheduled.run_until_quiet(rpc)
    print(f"      {rounds} rounds in {time.monotonic() - began:.1f} s")
    say(6, "the books\n")
    return report(rpc, cards, connection, len(sent)) and not refused


def import_files(rpc: Rpc, cards: CardEvents, connection: Connection) -> None:
    """Import the payout report and the bank statement by the public API."""
    journal = rpc.call("account.journal", "search", domain=[["name", "=", truth.story.BANK_NAME]])[0]
    files = (
        ("payout_reconciliation.csv", payout_lines.report(cards), {"provider_id": connection.provider_id}),
        ("statement.xml", bank_file.statement(cards.today, cards.documents), {"journal_id": journal}),
    )
    for name, content, target in files:
        ids = rpc.call(
            "finance.import", "import_file", content=base64.b64encode(content).decode(), filename=name, **target)
        told = rpc.call("finance.import", "read", ids, fields=["state", "reason", "line_count"])[0]
        print(f"      {name}: {told['state']}, {told['line_count']} lines. {told['reason'] or ''}".rstrip())


def report(rpc: Rpc, cards: CardEvents, connection: Connection, sent: int) -> bool:
    """Print the table; return whether the books tie and every figure is the story's."""
    found, wanted = reading.figures(rpc, connection), truth.expected(cards)
    entries = reading.entries(rpc, connection)
    print(table.render(table.lines(found, sent, truth.duplicates(cards), entries)))
    wrong = table.differences(found, wanted)
    good = table.tied(found) and not wrong
    print(f"\n  everything tied: {'yes' if good else 'NO'}")
    for line in wrong:
        print(f"      {line}")
    if wrong:
        print("      if the database was changed by hand since: FRESH=1 make demo")
    return good


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
