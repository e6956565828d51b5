"""The load of a storm: everything that a world sends, through the front door of a real server, while parts of it are
killed. What is not answered with success is sent again, as providers and banks do; some things are sent twice anyway."""
from __future__ import annotations

import base64
import heapq
import threading
import time
from collections import Counter
from random import Random

from fc_env.rpc import Rpc, RpcError
from simulator import delivery
from simulator.play.player import Player
from simulator.script import Operation

from .kills import KILLED, KINDS, Killer

SENDERS = 6
AGAIN_SECONDS = 0.4
TWICE_SHARE = 0.25
# After the storm everything must have been taken within this time.
LULL_SECONDS = 90
PAUSE_SECONDS = (1.0, 3.5)


class Storm:
    """One storm. ``acknowledged`` are (merchant, event id) that were answered 2xx; ``wrong`` what must not have happened."""

    def __init__(self, player: Player, rpc: Rpc, killer: Killer, seconds: float, rng: Random):
        self.player, self.rpc, self.killer, self.seconds, self.rng = player, rpc, killer, seconds, rng
        self.acknowledged: set[tuple[int, str]] = set()
        self.killed: Counter = Counter()
        self.answers: Counter = Counter()
        self.wrong: list[str] = []
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._number = 0
        self._queue: list[tuple[float, int, Operation]] = []
        self._in_hand = 0
        for operation in self._operations():
            self._add(self.rng.uniform(0, seconds), operation)
            if self.rng.random() < TWICE_SHARE:
                self._add(self.rng.uniform(0, seconds), operation)

    def blow(self) -> None:
        """Send everything, kill until the time is up, and wait until everything is taken."""
        self._began = time.monotonic()
        threads = [threading.Thread(target=self._send_all, daemon=True) for _number in range(SENDERS)]
        for thread in threads:
            thread.start()
        kinds: list[str] = []
        while time.monotonic() < self._began + self.seconds or self._spares_a_kind():
            time.sleep(self.rng.uniform(*PAUSE_SECONDS))
            self._revive()
            if not kinds:
                kinds = self.rng.sample(KINDS, len(KINDS))
            self.killed[self.killer.kill(kinds.pop())] += 1
        calm = time.monotonic()
        while time.monotonic() < calm + LULL_SECONDS and any(thread.is_alive() for thread in threads):
            time.sleep(0.5)
            self._revive()
        with self._lock:
            left = len(self._queue) + self._in_hand
        if left:
            self.wrong.append(f"{left} messages or files were not taken within {LULL_SECONDS} s after the last kill")

    def _spares_a_kind(self) -> bool:
        """Whether something has not been killed yet: on a slow machine a storm lasts longer, up to a minute."""
        return not KILLED.issubset(self.killed) and time.monotonic() < self._began + self.seconds + 60

    def _revive(self) -> None:
        if self.killer.revive():
            self.killed["Odoo server that ended by itself"] += 1

    def _operations(self):
        for number, merchant in enumerate(self.player.world.merchants):
            for index in range(len(self.player.messages[number])):
                yield Operation("webhook", self.player.world.end, number, (index,))
            for key, _at in self.player.dialects[number].reports():
                yield Operation("report", self.player.world.end, number, (key,))
            for statement in merchant.statements:
                yield Operation("statement", self.player.world.end, number, (statement.number,))

    def _add(self, due: float, operation: Operation) -> None:
        """Send ``operation`` when ``due`` seconds of the storm are over."""
        with self._lock:
            self._number += 1
            heapq.heappush(self._queue, (due, self._number, operation))

    def _send_all(self) -> None:
        while True:
            with self._lock:
                if not self._queue and not self._in_hand:
                    return
                wait = self._queue[0][0] - (time.monotonic() - self._began) if self._queue else 0.1
                if wait <= 0:
                    operation = heapq.heappop(self._queue)[2]
                    self._in_hand += 1
            if wait > 0:
                time.sleep(min(wait, 0.2))
                continue
            try:
                taken = getattr(self, f"_{operation.kind}")(operation)
            except Exception as error:
                self.wrong.append(f"{operation}: {type(error).__name__}: {error}")
                taken = True
            if not taken:
                self._add(time.monotonic() - self._began + AGAIN_SECONDS, operation)
            with self._lock:
                self._in_hand -= 1

    def _webhook(self, operation: Operation) -> bool:
        message = self.player.messages[operation.merchant][operation.items[0]]
        dialect = self.player.dialects[operation.merchant]
        body, headers = dialect.call(message, "", int(time.time()))
        token = self.player.places[operation.merchant]["token"]
        try:
            status = delivery.post(f"{self.rpc.url}/finance/webhook/{token}", body, headers)[0]
        except OSError:
            status = 0
        self._answered(operation, status)
        if status == dialect.taken:
            self.acknowledged.add((operation.merchant, message.key))
        elif status and status < 500:
            self.wrong.append(f"{operation}: the webhook was answered {status}")
        return status == dialect.taken

    def _report(self, operation: Operation) -> bool:
        return self._import(operation, *self.player.report_file(operation))

    def _statement(self, operation: Operation) -> bool:
        return self._import(operation, *self.player.statement_file(operation))

    def _import(self, operation: Operation, name: str, content: bytes, target: dict) -> bool:
        company = self.player.places[operation.merchant]["company"]
        try:
            self.rpc.call(
                "finance.import", "import_file", content=base64.b64encode(content).decode(), filename=name,
                context={"allowed_company_ids": [company]}, **target)
        except OSError:
            status = 0
        except RpcError as error:
            # While it cannot open the database Odoo itself answers 404, and 403 if it is lost while the key is looked for.
            status = 503 if error.status in (403, 404) else error.status
            if status < 500:
                self.wrong.append(f"{operation}: {error}")
        else:
            status = 200
        self._answered(operation, status)
        return 200 <= status < 500

    def _answered(self, operation: Operation, status: int) -> None:
        with self._lock:
            self.answers[f"{'webhook' if operation.kind == 'webhook' else 'file'} {status or 'broken off'}"] += 1
