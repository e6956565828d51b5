"""The bank of a world of payments out: it takes files by HTTP or from a folder, and executes what it takes, as often as it does.

It warns of nothing: a file that comes twice is paid twice. Only what it notes here is true.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from http.server import ThreadingHTTPServer
from pathlib import Path

from lxml import etree

from simulator.dialects import camt
from simulator.door import Door
from simulator.world.calendar import next_business_day
from simulator.world.truth import BankEntry, Statement

from . import answers
from .world import CLOSED, COMPANY_BIC, COMPANY_NAME, LEFT, MOVED, RETURNING, Payee, PayingWorld

HOST = "127.0.0.1"
# What may happen to the next call: the bank is busy; the connection breaks before or behind the bank taking the file; it answers
# with its report at once; it files what it took only minutes later.
BUSY, CUT_BEFORE, CUT_BEHIND, ANSWERS_AT_ONCE, FILES_LATE = "busy", "cut_before", "cut_behind", "answers_at_once", "files_late"
MOODS = (BUSY, CUT_BEFORE, CUT_BEHIND, ANSWERS_AT_ONCE, FILES_LATE)
FILING = timedelta(minutes=10)
RETURN_DAYS = 2
REJECTED, WAITING, EXECUTED, RETURNED = "rejected", "waiting", "executed", "returned"
_CLOSED = "AC04"


@dataclass
class Payment:
    """A payment as the bank has it, once for each time that it came. ``state``: REJECTED, WAITING, EXECUTED or RETURNED."""

    end_to_end: str
    batch: str
    amount: int
    payee: Payee
    account: str
    text: str
    on: date
    state: str
    returns: bool
    booked: date | None = None


@dataclass(frozen=True)
class Told:
    """A file that the bank has for its customer."""

    name: str
    content: bytes


class SimulatedBank:
    """``messages``: what it has to say, the oldest first; ``takes``: the message ids of the files that it took, one each time."""

    def __init__(self, world: PayingWorld, now):
        self.world, self.now = world, now
        self.payments: list[Payment] = []
        self.takes: list[str] = []
        self.known_from: dict[str, datetime] = {}
        self.messages: list[Told] = []
        self.entries: list[BankEntry] = []
        self.statements: list[Statement] = []
        self.mood, self._number = "", 0
        self._by_account = {account: payee for payee in world.payees for account in (payee.account, payee.new_account) if account}
        self._account = camt.Account(world.iban, "EUR", COMPANY_NAME, COMPANY_BIC)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((HOST, 0), _door_of(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True, name="bank").start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}/files"

    @property
    def probe_url(self) -> str:
        return f"{self.url}/{{message_id}}"

    def has(self, message: str) -> bool:
        """Whether the bank has the file, as it says on the telephone and, once it is filed, by its API."""
        return message in self.known_from

    def is_filed(self, message: str) -> bool:
        return self.has(message) and self.known_from[message] <= self.now()

    # --- what comes in ------------------------------------------------------------------------------------------------

    def take(self, content: bytes, filing: timedelta = timedelta(0)) -> bytes:
        """Take a payment file, decide on each payment, and answer; the answer of the first report, if there is one."""
        with self._lock:
            root = etree.fromstring(content)
            message = root.findtext(".//{*}GrpHdr/{*}MsgId")
            self.takes.append(message)
            self.known_from.setdefault(message, self.now() + filing)
            taken = [
                self._payment(batch, each) for batch in root.iterfind(".//{*}PmtInf") for each in batch.iterfind("{*}CdtTrfTxInf")
            ]
            self.payments += taken
            reports = self._reports(message, taken)
            self.messages += reports
            return reports[0].content if reports else b""

    def collect(self, folder: Path) -> None:
        """Take every file that lies in ``folder`` under a name that is not hidden."""
        for file in sorted(folder.iterdir()):
            if not file.name.startswith("."):
                self.take(file.read_bytes())
                file.unlink()

    def _payment(self, batch, each) -> Payment:
        account = each.findtext(".//{*}CdtrAcct//{*}IBAN")
        payee = self._by_account[account]
        is_old = account == payee.account
        refused = is_old and payee.manner in (CLOSED, MOVED)
        on = next_business_day(
            max(
                date.fromisoformat(batch.findtext(".//{*}ReqdExctnDt/{*}Dt") or batch.findtext("{*}ReqdExctnDt")),
                self.now().date(),
            )
        )
        if self.world.style["books"] == "next_day":
            on = next_business_day(on + timedelta(days=1))
        return Payment(
            each.findtext(".//{*}EndToEndId"),
            batch.findtext("{*}PmtInfId"),
            int(Decimal(each.findtext(".//{*}InstdAmt")).scaleb(2)),
            payee,
            account,
            each.findtext(".//{*}RmtInf//{*}Ustrd") or "",
            on,
            REJECTED if refused else WAITING,
            is_old and payee.manner in (RETURNING, LEFT),
        )

    # --- what it says -------------------------------------------------------------------------------------------------

    def _reports(self, message: str, taken: list[Payment]) -> list[Told]:
        """The pain.002 about a file, in the style of the bank; none from a silent one, unless it has to reject."""
        refused = {one.end_to_end for one in taken if one.state == REJECTED}
        final = [
            answers.Status(one.end_to_end, *(("RJCT", _CLOSED) if one.end_to_end in refused else ("ACSP",))) for one in taken
        ]
        group = "RJCT" if len(refused) == len(taken) else "PART" if refused else "ACSP"
        style = self.world.style["answers"]
        if style == "silent":
            return [self._report(message, taken, "", [one for one in final if one.reason])] if refused else []
        if style == "steps":
            waiting = [answers.Status(one.end_to_end, "PDNG") for one in taken]
            return [
                self._report(message, taken, "RCVD", []),
                self._report(message, taken, "", waiting),
                self._report(message, taken, group, final),
            ]
        if style == "halves":
            halves = (final[: len(final) // 2], final[len(final) // 2 :])
            return [self._report(message, taken, "", half) for half in halves if half]
        return [self._report(message, taken, group, final)]

    def _report(self, message: str, taken: list[Payment], group: str, statuses: list[answers.Status]) -> Told:
        name = (
            f"P002-{self.world.seed}-{len(self.messages) + len(self.takes)}-{len(statuses)}-{group or statuses[0].end_to_end[:8]}"
        )
        content = answers.report(name[:35], self.now(), self.world.style["version"], message, taken[0].batch, group, statuses)
        return Told(f"{name}.xml", content)

    def close_day(self, day: date) -> None:
        """Book what is to be booked on ``day``, and tell it."""
        with self._lock:
            entries = [*self._executions(day), *self._returns(day)]
            before = self.statements[-1].closing if self.statements else 1_000_000_00
            closing = before + sum(entry.amount for entry in entries)
            self.statements.append(Statement(len(self.statements) + 1, day, before, closing, entries))
            self.entries += entries
            if entries:
                at = datetime.combine(day, datetime.min.time(), timezone.utc) + timedelta(hours=17)
                content = camt.notification(self._account, entries, number=len(self.statements), at=at, zone=timezone.utc)
                self.messages.append(Told(f"camt.054-{day}.xml", content))
            self.messages.append(
                Told(f"camt.053-{day}.xml", camt.statement(self._account, self.statements[-1:], zone=timezone.utc))
            )

    def _executions(self, day: date) -> list[BankEntry]:
        due = [one for one in self.payments if one.state == WAITING and one.on <= day]
        for one in due:
            one.state, one.booked = EXECUTED, day
        if not self.world.style["batch"]:
            return [self._entry(-one.amount, day, one.text, one.payee.name, one.account, one.end_to_end) for one in due]
        batches = {batch: [one for one in due if one.batch == batch] for batch in dict.fromkeys(one.batch for one in due)}
        return [self._batch(batch, members, day) for batch, members in batches.items()]

    def _batch(self, batch: str, members: list[Payment], day: date) -> BankEntry:
        entry = self._entry(-sum(one.amount for one in members), day, f"PAYMENTS {batch}", "", "", batch)
        entry.parts = tuple((-one.amount, one.end_to_end) for one in members)
        return entry

    def _returns(self, day: date) -> list[BankEntry]:
        back = [
            one
            for one in self.payments
            if one.returns and one.state == EXECUTED and one.booked + timedelta(days=RETURN_DAYS) <= day
        ]
        for one in back:
            one.state = RETURNED
        return [
            self._entry(one.amount, day, "RETURN", one.payee.name, one.account, one.end_to_end, is_return=True) for one in back
        ]

    def _entry(self, amount, day, text, name, account, end_to_end, is_return=False) -> BankEntry:
        self._number += 1
        return BankEntry(f"B{self._number:06d}", amount, "EUR", day, day, text, name, account, end_to_end, is_return=is_return)


def _door_of(bank: SimulatedBank) -> type[Door]:
    class BankDoor(Door):
        def do_POST(self):
            body, mood, bank.mood = self.body(), bank.mood, ""
            if mood == BUSY:
                self.answer(503, b"come back later")
            elif mood != CUT_BEFORE:
                answer = bank.take(body, FILING if mood == FILES_LATE else timedelta(0))
                if mood != CUT_BEHIND:
                    self.answer(200, answer if mood == ANSWERS_AT_ONCE else b"taken")

        def do_GET(self):
            known = bank.is_filed(self.path.rpartition("/")[2])
            self.answer(200 if known else 404, b"known" if known else b"not known")

    return BankDoor
