"""One shop for a test: a database of its own, an Odoo server, a stand-in for Stripe's API, and a connection between."""
from __future__ import annotations

import base64
import itertools
import json
import os
import threading
import time
from pathlib import Path

from fc_env import database, paths
from fc_env.odoo_server import OdooServer
from fc_env.rpc import Rpc
from simulator import delivery, prepared, scheduled, stripe_objects
from simulator.connection import API_KEY, WEBHOOK_SECRET, connect, enter_api_key
from simulator.story import card_events, payout_lines, story
from simulator.story import database as story_database
from simulator.stripe_api import StripeApi
from simulator.stripe_server import StripeServer

PREFIX = "fc_sys_"
_numbers = itertools.count(1)


class Shop:
    """A running shop. ``cron_threads=0`` (the default): scheduled actions run only when a test says so."""

    def __init__(self, template: str, cron_threads: int = 0, workers: int = 0, **provider_values):
        self.name = f"{PREFIX}{os.getpid()}_{next(_numbers)}"
        self.notes = story_database.copy(template, self.name)
        self.server = OdooServer(self.name, cron_threads=cron_threads, workers=workers)
        self.cards = card_events.CardEvents(self.notes.today, self.notes.documents)
        self.api = StripeApi(self.cards.events, {card_events.PAYOUT: payout_lines.balance_transactions(self.cards)})
        self.stripe = StripeServer(self.api, API_KEY).start()
        self.server.start()
        self.connection = connect(self.rpc, self.stripe.url, story.PROVIDER, **provider_values)
        self.url = self.connection.webhook_url

    @property
    def rpc(self) -> Rpc:
        return Rpc(self.server.url, self.name, self.notes.key)

    def close(self) -> None:
        """End the server. The database goes with `drop_all`: each drop makes PostgreSQL write everything to disk."""
        self.server.kill()
        self.stripe.stop()

    def restart(self) -> None:
        """Start the server again on the same port after a kill."""
        self.server.start()

    # --- what the outside does ----------------------------------------------------------------------------------------

    def deliver(self, event: dict, secret: str = WEBHOOK_SECRET, at: int | None = None) -> int:
        """Deliver one event as a signed webhook; return the status."""
        return delivery.deliver(self.url, stripe_objects.encode(event), secret, at)

    def deliver_all(self, events: list[dict], at_once: int = 8) -> list[int]:
        """Deliver events, several at the same time; return their statuses in the order of the events."""
        return delivery.deliver_all(
            [(self.url, stripe_objects.encode(event)) for event in events], WEBHOOK_SECRET, at_once)

    def enter_api_key(self) -> None:
        enter_api_key(self.rpc, self.connection)

    def import_file(self, content: bytes, filename: str, **target) -> dict:
        """Import a file by the public API; return the import's state and reason."""
        ids = self.rpc.call(
            "finance.import", "import_file", content=base64.b64encode(content).decode(), filename=filename, **target)
        return self.rpc.call("finance.import", "read", ids, fields=["state", "reason", "line_count"])[0]

    def in_background(self, work) -> threading.Thread:
        """Start ``work``; the server may die under it, and whatever it sees then is what a user would see."""
        def _work():
            try:
                work()
            except Exception as error:
                print(f"the call ended with {type(error).__name__}: {error}")

        thread = threading.Thread(target=_work, daemon=True)
        thread.start()
        return thread

    def crash_at(self, gate, work) -> None:
        """Start ``work``, kill the server when it stands at the gate, and start it again."""
        with gate:
            thread = self.in_background(work)
            gate.wait()
            self.server.kill()
            thread.join()
        # Odoo lets an action rest that was killed three times in a row; here every crash is a case of its own.
        self.rows("UPDATE ir_cron_progress SET timed_out_counter = 0")
        self.restart()

    def run_actions(self) -> None:
        """Run the scheduled actions until nothing changes."""
        scheduled.run_until_quiet(self.rpc)

    def run_action(self, name: str) -> None:
        """Run one scheduled action by the name of its record."""
        scheduled.run(self.rpc, self.rpc.xmlid(f"finance_connector.{name}"))

    def wake_workers(self) -> None:
        """Tell the cron workers that something is due, as Odoo does when an action is triggered."""
        administrator = database.connect()
        try:
            with administrator.cursor() as cursor:
                cursor.execute("SELECT pg_notify('cron_trigger', %s)", [self.name])
        finally:
            administrator.close()

    # --- what the database holds --------------------------------------------------------------------------------------

    def rows(self, query: str, *values) -> list[tuple]:
        """The rows of a query, straight from PostgreSQL."""
        connection = database.connect(self.name)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def value(self, query: str, *values):
        """The only value of a query."""
        return self.rows(query, *values)[0][0]

    def wait_for(self, query: str, *values, seconds: float = 60):
        """Wait until the query's only value is true, and return it. Raises AssertionError after ``seconds``."""
        deadline = time.monotonic() + seconds
        while not (found := self.value(query, *values)):
            assert time.monotonic() < deadline, f"not true within {seconds} s: {query} {values}"
            time.sleep(0.05)
        return found


def plain_event(number: int, kind: str = "customer.created", **fields) -> dict:
    """An event without money, told apart by its number."""
    customer = {"id": f"cus_sys_{number}", "object": "customer", "livemode": False, **fields}
    return stripe_objects.event(kind, customer, int(time.time()) - 60, f"evt_sys_{number}")


def drop_all() -> None:
    """Drop the databases of this test run."""
    for name in database.names(f"{PREFIX}{os.getpid()}_"):
        prepared.remove(name)


def drop_left_over() -> None:
    """Drop the databases of test runs that were killed, and the logs of all that are over.

    The second part of a name is the number of the process that made it.
    """
    for name in database.names(PREFIX):
        if _is_over(name):
            prepared.remove(name)
    for log in paths.logs().glob(f"server-{PREFIX}*.log"):
        if _is_over(log.name.removeprefix("server-")):
            log.unlink()


def _is_over(name: str) -> bool:
    process = name.removeprefix(PREFIX).partition("_")[0]
    return process.isdigit() and not Path("/proc", process).exists()


def as_json(document) -> bytes:
    """A document as compact JSON bytes."""
    return json.dumps(document).encode()
