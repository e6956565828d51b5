"""Decides what the webhook address of a real server owes for any call: an answer that is no 5xx, the right one where only
one is right, no trusted row from an unsigned call, and exactly one message for each genuine event."""
from __future__ import annotations

import base64
import os
import random
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from support.shop import Shop, drop_all, drop_left_over

from fc.core.errors import FinanceError
from fc.core.records import Request
from simulator.connection import WEBHOOK_SECRET
from tests.fuzz.calls import LARGEST, Call, call
from tests.fuzz.runner import AFTERWARDS, Faults
from tests.fuzz.targets import STRIPE, Fault

_ANSWER_SECONDS = 20
_COPIES_AT_ONCE = 4
_NO_ANSWER = 0


class Door:
    """The webhook address of a shop of its own, and what was sent there."""

    def __init__(self, shop: Shop):
        self.shop = shop
        self.token = shop.url.rsplit("/", 1)[1]
        self.genuine: dict[str, set] = {}
        self.accepted: set[str] = set()

    def send(self, one: Call) -> int:
        """The status of the answer; 0 when the server ended the connection without one."""
        answer = b""
        with socket.create_connection(("127.0.0.1", self.shop.server.port), timeout=_ANSWER_SECONDS) as connection:
            # A server that has seen enough may close before it has read all; then the answer may be lost too.
            with suppress(OSError):
                connection.sendall(one.rendered(self.token, WEBHOOK_SECRET))
                connection.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                while piece := connection.recv(65536):
                    answer += piece
        words = answer[:64].split()
        return int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/") and words[1].isdigit() else _NO_ANSWER

    def check(self, one: Call) -> int:
        """Send the call, and judge the answer. Raises Fault."""
        expected = self._expect(one)
        try:
            status = self.send(one)
        except TimeoutError:
            raise Fault(f"no answer within {_ANSWER_SECONDS} s") from None
        # A caller who asks for a database that is not there gets what everybody gets while the database is gone.
        if status >= 500 and not (status == 503 and any(name == "X-Odoo-Database" for name, _value in one.headers)):
            raise Fault(f"answered {status}")
        if one.signing != "genuine" and 200 <= status < 300 and one.method == "POST" and "webhook" in one.path:
            raise Fault(f"answered {status} although the call is not signed")
        if expected and status != expected:
            raise Fault(f"answered {status} instead of {expected}")
        return status

    def _expect(self, one: Call) -> int:
        """The only right status, or 0 when several are; notes the events that may be stored from now on."""
        external_id = None
        if one.signing == "genuine":
            with suppress(FinanceError):
                external_id = STRIPE.envelope(Request(one.body)).external_id
                self.genuine.setdefault(external_id, set()).add(one.body)
        if not one.plain:
            return 0
        if len(one.body) > LARGEST:
            return 413
        if one.signing != "genuine" or not _is_text(one.body):
            return 401
        if external_id is None:
            return 400
        self.accepted.add(external_id)
        return 200

    def check_rows(self) -> int:
        """Compare what is stored with what was sent; returns how many messages there are. Raises Fault."""
        rows = self.shop.rows("SELECT external_id, convert_from(body, 'UTF8') FROM finance_message WHERE source = 'webhook'")
        counts = Counter(external_id for external_id, _body in rows)
        if several := [external_id for external_id, count in counts.items() if count > 1]:
            raise Fault(f"stored more than once: {several[:5]}")
        if lost := self.accepted - counts.keys():
            raise Fault(f"answered 200 and not stored: {sorted(lost)[:5]}")
        for external_id, body in rows:
            if base64.b64decode(body) not in self.genuine.get(external_id, ()):
                raise Fault(f"stored and never signed: {external_id}")
        return len(rows)

    def check_health(self) -> None:
        """Raise Fault unless the server answers that messages can be stored."""
        status = self.send(Call("GET", "/finance/health", (), b"", "length", "none"))
        if status != 200:
            raise Fault(f"/finance/health answers {status} afterwards")

    def check_inbox(self) -> None:
        """Have every stored message worked once: one that cannot be understood stops no other. Raises Fault."""
        for number in range(2):
            self.shop.run_action(f"cron_inbox_{number}")
        untouched = self.shop.value("SELECT count(*) FROM finance_message WHERE source = 'webhook' AND attempts = 0")
        if untouched:
            raise Fault(f"{untouched} messages were never worked: one of them stops the others")


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def open_door() -> Door:
    """A door on a new server; `close_door` ends both."""
    from fc_env.cli import prepare
    from simulator.story.database import SHOP

    odoo, variables = prepare()
    os.environ.update(variables)
    drop_left_over()
    return Door(Shop(SHOP.template(odoo)))


def close_door(door: Door) -> None:
    door.shop.close()
    drop_all()


def fuzz_route(seed: int, seconds: float, faults: Faults) -> Counter:
    """Calls until the time is up; how many there were, by status."""
    counts, number, door = Counter(), 0, open_door()
    try:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not faults.full:
            rng = random.Random(f"{seed}:route:{number}")
            one = call(rng, number)
            counts.update(_try(door, one, _COPIES_AT_ONCE if rng.random() < 0.05 else 1, faults, seed))
            number += 1
        for check in (door.check_health, door.check_rows, door.check_inbox):
            try:
                check()
            except Fault as error:
                faults.add(AFTERWARDS, str(error).encode(), error, str(seed))
    finally:
        close_door(door)
    return counts


def _try(door: Door, one: Call, copies: int, faults: Faults, seed: int) -> list[int]:
    """Send ``copies`` of a call at once; a fault keeps the call."""
    with ThreadPoolExecutor(copies) as pool:
        answers = [pool.submit(door.check, one) for _copy in range(copies)]
    statuses = []
    for answer in answers:
        try:
            statuses.append(answer.result())
        except (Fault, OSError) as error:
            # The place of a fault is the same for all: the kind of call tells them apart.
            place = (*(name for name, _value in one.headers[:3]), one.method[:20], one.path[:60], one.framing)
            faults.add("route", one.saved(), Fault(f"{error}: {' '.join(place)}"), str(seed))
            statuses.append(-1)
    return statuses


def replay_call(content: bytes, faults: Faults) -> None:
    """Send a kept call to a new server."""
    door = open_door()
    try:
        _try(door, Call.loaded(content), 1, faults, "of the file")
        door.check_rows()
    finally:
        close_door(door)
