"""A bank (mock-bank) behind a door on a loopback port: takes payment files, answers with pain.002, camt.054 and camt.053.

The door can be held before or behind the bank, so that a caller can be ended while its call is under way.
"""
from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from datetime import date
from http.server import ThreadingHTTPServer

from mockbank import Config, make_server

from .door import Door

HOST = "127.0.0.1"
OURS, BIC, HOLDER = "NL41MOCK0000000001", "MOCKNL2A", "ACME"
# What is on our account in the beginning, in cents.
OPENING = 12_500_000
# Accounts to which the bank refuses payments: it is closed (AC04, also for collections); its bank does not exist (RC01).
CLOSED = ("NL84MOCK0000000003", BIC)
UNKNOWN_BANK = ("NL57MOCK0000000004", "ZZZZNL2A")
# An account with 12.50 on it: a collection of more is refused (AM04).
EMPTY = ("NL14MOCK0000000002", BIC)
BEFORE, BEHIND = "before", "behind"
# The kinds of messages that the bank sends, in the order in which they make sense.
TOLD = ("pain.002", "camt.054", "pacs.004", "camt.053")


def iban(country: str, number: str) -> str:
    """The IBAN with right check digits of ``number`` (letters and digits) in ``country``."""
    digits = "".join(str(int(sign, 36)) for sign in f"{number}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{number}"


class Bank:
    """``url`` takes payments; ``probe_url`` answers for one. ``hold``: BEFORE or BEHIND the bank the next file waits for good;
    ``held`` is set when it does. ``posts`` counts the files that came to the door. ``file``: where it keeps what it knows; a
    bank that is started on it again knows it, and its clock shows the real time."""

    def __init__(self, file: str = ":memory:"):
        self._server = make_server(Config(port=0, quiet=True, db_path=file))
        self.posts, self.hold, self.held, self._gone = 0, None, threading.Event(), threading.Event()
        self._door = ThreadingHTTPServer((HOST, 0), _door_of(self))
        self._door.daemon_threads = True

    def start(self) -> Bank:
        for server in (self._server, self._door):
            threading.Thread(target=server.serve_forever, daemon=True, name="bank").start()
        return self

    def stop(self) -> None:
        self._gone.set()
        for server in (self._door, self._server):
            server.shutdown()
            server.server_close()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._door.server_address[1]}/payments"

    @property
    def probe_url(self) -> str:
        return f"http://{HOST}:{self._door.server_address[1]}/_mock/payments/{{end_to_end_id}}"

    def let_go(self) -> None:
        """The next file is held no more."""
        self.hold = None
        self.held.clear()

    def ask(self, method: str, path: str, body: bytes | None = None):
        """What the bank answers, decoded."""
        _status, answer = self.forward(method, path, body)
        return json.loads(answer)

    def advance(self, days: int) -> None:
        """Let days pass at the bank."""
        self.ask("POST", f"/_mock/advance?days={days}")

    def advance_to(self, day: date) -> None:
        """Let the days until ``day`` pass, if they have not passed already."""
        self.forward("POST", f"/_mock/advance?to={day}")

    def opens_returning(self, name: str, number: str, days: int, reason: str) -> tuple[str, str]:
        """An account from which everything is collected, and taken back ``days`` business days later; its IBAN and BIC."""
        told = {"id": name, "iban": iban("NL", number), "behaviour": "return-later",
                "parameters": {"days": days, "reason": reason}}
        self.forward("POST", "/_mock/accounts", json.dumps(told).encode(), "application/json")
        return told["iban"], BIC

    def behaves(self, behaviour: str) -> None:
        """How our account behaves from now on, for example `statement-gap`."""
        self.forward("PATCH", f"/_mock/accounts/{HOLDER}", json.dumps({"behaviour": behaviour}).encode(), "application/json")

    def receives(self, amount: int, note: str) -> None:
        """Somebody transfers ``amount`` cents to our account."""
        payer = {"name": "Customer", "iban": iban("NL", "ABNA0417164300")}
        told = {"account": HOLDER, "amount": amount, "note": note, "debtor": payer}
        self.forward("POST", "/_mock/credits", json.dumps(told).encode(), "application/json")

    def said(self, kind: str) -> list[bytes]:
        """Every message of ``kind`` about our account until now, the oldest first."""
        sent = self.ask("GET", f"/_mock/messages?type={kind}")
        return [one["body"].encode() for one in sent if one["account"] == HOLDER]

    def balance(self) -> int:
        """What is on our account, in cents."""
        return next(one["balance"] for one in self.ask("GET", "/_mock/accounts") if one["iban"] == OURS)

    def times_paid(self, end_to_end_id: str) -> int:
        """How many payments the bank has under this id."""
        status, answer = self.forward("GET", f"/_mock/payments/{end_to_end_id}?all")
        return len(json.loads(answer)) if status == 200 else 0

    def forward(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        """(status, body) of a call to the bank itself."""
        url = f"http://{HOST}:{self._server.server_address[1]}{path}"
        headers = {"Content-Type": kind} if kind else {}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(url, data=body, method=method, headers=headers), timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def wait_here(self, where: str) -> bool:
        """Whether the caller was held at ``where`` until the bank was stopped."""
        if self.hold != where:
            return False
        self.held.set()
        self._gone.wait()
        return True


def _door_of(bank: Bank) -> type[Door]:
    class BankDoor(Door):
        def do_POST(self):
            bank.posts += 1
            body = self.body()
            if bank.wait_here(BEFORE):
                return
            answer = bank.forward("POST", self.path, body, self.headers.get("Content-Type", ""))
            if not bank.wait_here(BEHIND):
                self.answer(*answer)

        def do_GET(self):
            self.answer(*bank.forward("GET", self.path))

    return BankDoor
