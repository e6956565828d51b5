"""Plays the operations of a script on a host: what the outside does through the front door, and our own scheduled
actions, with their crashes. Whatever a crash leaves undone, a later operation must make up for."""
from __future__ import annotations

import threading
import time
from datetime import timedelta

from simulator.dialects.clocked_api import ClockedApi
from simulator.faults import REFUSED
from simulator.scheduled import MOST_ROUNDS
from simulator.script import Operation
from simulator.world import World

from .crash import run_into
from .host import Host
from .outside import Outside
from .setup import prepare

# The answer to a call that is not genuine.
FORGED = 401
POLL = "cron_poll"
_QUIET = (
    "SELECT state, count(*) FROM finance_message GROUP BY 1 ORDER BY 1",
    "SELECT count(*), count(posted_at), count(move_id) FROM finance_movement",
    "SELECT state, count(*) FROM finance_import GROUP BY 1 ORDER BY 1",
    "SELECT count(*) FROM account_move WHERE state = 'posted'",
    "SELECT is_reconciled, count(*) FROM account_bank_statement_line GROUP BY 1 ORDER BY 1",
    "SELECT state, count(*) FROM finance_exception GROUP BY 1 ORDER BY 1",
)


class Refusal(AssertionError):
    """The front door answered otherwise than it must."""


class Player(Outside):
    """One world on one host. ``crashes`` counts what has really happened."""

    def __init__(self, host: Host, world: World):
        super().__init__(world)
        self.host = host
        self.crashes: dict[str, int] = {}
        with host.registry.cursor() as cursor:
            urls = [server.url for server in self.servers]
            self.places = prepare(host.environment(cursor), world, self.dialects, urls)
        host.registry.clear_all_caches()

    def play(self, operations: list[Operation]) -> None:
        for operation in operations:
            for api in self.apis:
                # Whatever a message names can be asked for once it is sent.
                if isinstance(api, ClockedApi):
                    api.set_now(operation.at)
            getattr(self, f"_{operation.kind}")(operation)

    # --- the outside ----------------------------------------------------------------------------------------------

    def _webhook(self, operation: Operation) -> None:
        """``how``: what is wrong with the call; such a call must be refused, a right one taken."""
        dialect = self.dialects[operation.merchant]
        called = dialect.call(self.messages[operation.merchant][operation.items[0]], operation.how, int(time.time()))
        if called is None:
            return
        status = self.host.post(f"/finance/webhook/{self.places[operation.merchant]['token']}", *called)
        if status != (FORGED if operation.how in REFUSED else dialect.taken):
            raise Refusal(f"{operation}: the webhook was answered {status}")

    def _report(self, operation: Operation) -> None:
        self._import(operation, *self.report_file(operation))

    def _statement(self, operation: Operation) -> None:
        self._import(operation, *self.statement_file(operation))

    def _import(self, operation: Operation, name: str, content: bytes, target: dict) -> None:
        company = self.places[operation.merchant]["company"]
        with self.host.registry.cursor() as cursor:
            env = self.host.environment(cursor)(context={"allowed_company_ids": [company]})
            done = env["finance.import"].import_file(content, name, **target)
            state, reason = done.state, done.reason
        wanted = ("rejected",) if operation.how == "truncated" else ("imported", "received", "duplicate")
        if state not in wanted:
            raise Refusal(f"{operation}: {name} became {state}: {reason}")

    # --- our own machine ------------------------------------------------------------------------------------------

    def _poll(self, operation: Operation) -> None:
        """The provider is asked at the world's time; it may not answer, or change its list while it is read."""
        self.host.now = operation.at + timedelta(minutes=1)
        for api, server in zip(self.apis, self.servers, strict=True):
            api.hidden = 2 if operation.how == "mutate" else 0
            api.set_now(operation.at)
            if operation.how == "cut":
                server.cut_next()
            elif operation.how.isdigit():
                server.fail_next(int(operation.how), retry_after=7 if operation.how == "429" else None)
        self._run(POLL, operation.crash)
        self.host.now = None

    def _work(self, operation: Operation) -> None:
        """Every scheduled action but polling, once. A process that was killed runs nothing after it."""
        for name in self.host.crons:
            if name != POLL and not self._run(name, operation.crash):
                return

    def _race(self, _operation: Operation) -> None:
        """Two workers on the same lane at the same moment, each in a transaction of its own."""
        def worker():
            with self.host.registry.cursor() as cursor:
                inbox = self.host.environment(cursor)["finance.inbox"]
                inbox._cron_process(shard=0, of=1)

        threads = [threading.Thread(target=worker) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _settle(self, operation: Operation) -> None:
        """Run everything until a whole round changes nothing; poll too, for payouts whose lines can be had by then."""
        for server in self.servers:
            server.calm()
        # What waits for its next try is due.
        self.host.rows("UPDATE finance_message SET next_attempt_at = now() - interval '1 hour' WHERE state = 'failed'")
        self._press_retry()
        self.host.rows("UPDATE finance_movement SET post_after = NULL WHERE posted_at IS NULL")
        self.host.rows("UPDATE finance_transaction SET link_after = NULL WHERE linked_at IS NULL")
        before = None
        for _round in range(MOST_ROUNDS):
            self._work(Operation("work", operation.at))
            self._poll(Operation("poll", operation.at))
            now = [self.host.rows(query) for query in _QUIET]
            if now == before:
                return
            before = now
        raise Refusal(f"after {MOST_ROUNDS} rounds of the scheduled actions there is still something to do: {before}")

    def _press_retry(self) -> None:
        """What a person does in the morning: an online payment that foreign code could not process waits for the button."""
        with self.host.registry.cursor() as cursor:
            exceptions = self.host.environment(cursor)["finance.exception"]
            exceptions.search([("cause_key", "=like", "posting_failed:online:%"), ("state", "=", "open")]).action_retry()

    def _run(self, name: str, crash: tuple = ()) -> bool:
        """Run one action; whether the process lived on. An error is the scheduler's to note, and it goes on."""
        return run_into(crash, lambda: self.host.run(name), self.crashes, self.host.registry.clear_all_caches)
