"""Plays a world of payments out on an Odoo: the people of the company, the scheduled actions and their crashes, and the bank.

Every act of a person is a transaction of its own, as a click is. Who was interrupted looks where the order is, and goes on.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random

from simulator.play.crash import run_into
from simulator.play.host import Host
from simulator.play.player import POLL, Refusal
from simulator.script import Operation

from . import answers
from .bank import SimulatedBank
from .people import Company
from .script import closing_day
from .world import CLOSED, CORRECTED, RETURNING, PayingWorld

SENDING = "cron_send_payments"
# So long a person waits before he asks the bank by telephone.
PATIENCE = timedelta(minutes=30)
_UNSETTLED = ("draft", "approved", "sent", "unknown", "accepted", "pending")


class PayingPlayer:
    """One world on one host. ``clock`` is a frozen clock of freezegun; ``planted``: the exceptions that faults must have made."""

    def __init__(self, host: Host, world: PayingWorld, clock, folder: Path):
        self.host, self.world, self.clock, self.folder = host, world, clock, folder
        self.crashes: dict[str, int] = {}
        self.planted: Counter = Counter()
        self.delivered = 0
        self._waiting: list = []
        self._known: list = []
        self.bank = SimulatedBank(world, self.now)
        self.company = Company(host, world, self.bank, folder, self._later)

    def now(self) -> datetime:
        return self.clock().replace(tzinfo=timezone.utc)

    def _later(self) -> None:
        """A person needs a moment between two acts."""
        self.clock.tick(timedelta(seconds=1))

    def close(self) -> None:
        self.bank.close()

    def play(self, operations: list[Operation]) -> None:
        for operation in operations:
            if operation.at > self.now():
                self.clock.move_to(operation.at.replace(tzinfo=None))
            getattr(self, f"_{operation.kind}")(operation)

    def finish(self, most_days: int) -> None:
        """Let calm days pass until nothing is under way any more. Raises Refusal if that does not come."""
        self.bank.mood = ""
        for number in range(self.world.days, self.world.days + most_days):
            self.play(closing_day(self.world, number))
            if number > self.world.days and not self.under_way():
                return
        raise Refusal(f"after {most_days} calm days there is still under way: {self.under_way()}")

    def under_way(self) -> list[str]:
        """What has not come to its end."""
        states = self.host.rows("SELECT end_to_end_id, state FROM finance_payment_instruction WHERE state IN %s", _UNSETTLED)
        at_bank = [
            one.end_to_end for one in self.bank.payments if one.state == "waiting" or (one.returns and one.state == "executed")
        ]
        asked = self.host.rows(
            "SELECT id, outcome FROM finance_request WHERE order_id IS NOT NULL AND outcome IN ('pending', 'unknown')"
        )
        return [*map(str, states), *at_bank, *map(str, asked), *self.company.payable()]

    # --- operations ---------------------------------------------------------------------------------------------------

    def _pay(self, operation: Operation) -> None:
        self._run(operation.crash, self.company.pay)

    def _transmit(self, operation: Operation) -> None:
        # It is in this mood until somebody calls.
        self.bank.mood = operation.how or self.bank.mood
        self._run(operation.crash, lambda: self.host.run(SENDING))

    def _work(self, operation: Operation) -> None:
        for name in self.host.crons:
            if name != POLL and not self._run(operation.crash, lambda name=name: self.host.run(name)):
                return

    def _evening(self, _operation: Operation) -> None:
        self.bank.collect(self.folder)
        self.bank.close_day(self.now().date())
        self._waiting += self.bank.messages[len(self._waiting) + len(self._known) :]

    def _people(self, _operation: Operation) -> None:
        """They correct or block the payees whose payments failed, and ask for what is unknown."""
        blocked = [payee for payee in self.world.payees if payee.manner in (CLOSED, RETURNING)]
        self.company.look_at_failures(blocked, [payee for payee in self.world.payees if payee.manner in CORRECTED])
        self.company.telephone(self.now() - PATIENCE)

    def _deliver(self, operation: Operation) -> None:
        rng = Random(f"{self.world.seed}/{operation}")
        waiting = self.bank.messages[len(self._waiting) + len(self._known) :]
        self._waiting += waiting
        if operation.how == "foreign":
            self._plant_foreign(operation)
        elif operation.how == "truncated":
            self._plant_truncated(rng)
        elif operation.how == "again":
            for told in rng.sample(self._known, min(len(self._known), 3)):
                self._import(told.name, told.content)
        else:
            chosen = [told for told in self._waiting if operation.how == "all" or rng.random() < 0.6]
            rng.shuffle(chosen)
            for told in chosen:
                self._import(told.name, told.content)
                self._waiting.remove(told)
                self._known.append(told)

    def deliver_everything(self) -> None:
        """Everything that the bank ever said, once more."""
        for told in self.bank.messages:
            self._import(told.name, told.content)

    def _plant_foreign(self, operation: Operation) -> None:
        """An answer to a file that nobody here has sent."""
        name = f"FOREIGN{operation.at:%d%H%M}"
        told = answers.report(name, self.now(), "10", f"X{name}", "", "ACSP", [])
        self._import(f"{name}.xml", told)
        self.planted["payment_answer", 0] += 1

    def _plant_truncated(self, rng: Random) -> None:
        if self._waiting:
            told = rng.choice(self._waiting)
            content = told.content[: rng.randint(len(told.content) // 3, len(told.content) * 9 // 10)]
            state = self._import(f"cut-{self.delivered}-{told.name}", content, ("rejected", "duplicate"))
            self.planted["import_rejected", 0] += state == "rejected"

    def _import(self, name: str, content: bytes, wanted: tuple = ("imported", "received", "duplicate")) -> str:
        self.delivered += 1
        with self.host.registry.cursor() as cursor:
            env = self.host.environment(cursor)(context={"allowed_company_ids": [self.company.id]})
            done = env["finance.import"].import_file(content, name, journal_id=self.company.journal)
            state, reason = done.state, done.reason
        if state not in wanted:
            raise Refusal(f"{name} became {state}: {reason}")
        return state

    def _run(self, crash: tuple, run) -> bool:
        lived = run_into(crash, run, self.crashes, self.host.registry.clear_all_caches)
        self._later()
        return lived
