"""NACHA files for the American ACH network: PPD, CCD and CTX batches, with totals, entry hash and filled blocks.

What is written is read back by `nacha_reader`, which proves every count, hash and total, before it is given out.
"""

from dataclasses import dataclass
from datetime import date, datetime

from ..core import payee_account
from ..core.money import Money
from ..core.payment_text import NACHA, fitted, identifier
from . import nacha_reader, rules
from .nacha_layout import (
    ADDENDA,
    BATCH_CONTROL,
    BATCH_HEADER,
    BLOCKING,
    CREDITS,
    CTX_NAME_WIDTH,
    DEBITS,
    ENTRY,
    FILE_CONTROL,
    FILE_HEADER,
    FILLER,
    MIXED,
    PAYMENT_ADDENDA,
    TRANSACTION_CODES,
    entry_hash,
    record,
)
from .problems import PaymentFileError, Problem, Problems
from .records import WrittenFile
from .schemes import Scheme

FORMAT = "nacha"
# Individuals, companies, companies with long remittance: how many addenda an entry may have.
ENTRY_CLASSES = {"PPD": 1, "CCD": 1, "CTX": 9999}
SCHEME = Scheme("ACH entry", NACHA, currencies=frozenset(("USD",)), largest=9_999_999_999)
_ADDENDA_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``direction``: `credit` pays, `debit` collects; ``kind`` of account: `checking` or `savings`.

    ``name``: at most 22 characters (CTX: 16), as it is never cut. ``addenda``: texts of at most 80 characters.
    ``prenote``: announces the account without money.
    """

    end_to_end_id: str
    amount: Money
    name: str
    routing: str
    account: str
    direction: str = "credit"
    kind: str = "checking"
    addenda: tuple = ()
    prenote: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries of one class on one day. ``description``: what the receiver reads (PAYROLL), at most 10 characters."""

    entry_class: str
    description: str
    effective_date: date
    entries: tuple
    discretionary: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """``destination``: routing number of our bank; ``origin``: what it knows us by (10 characters); ``company_id``: the same
    or another; ``odfi``: routing number of the bank that originates; ``modifier``: A to Z, 0 to 9, for several files a
    day; ``first_trace``: number of the first entry, for traces that differ from those of other files."""

    message_id: str
    created_at: datetime
    destination: str
    origin: str
    company_name: str
    company_id: str
    odfi: str
    batches: tuple
    destination_name: str = ""
    modifier: str = "A"
    first_trace: int = 1


def write(file):
    """The `WrittenFile` of a `File`; its ``names`` tell the trace number of each end-to-end id.

    Raises PaymentFileError with everything that is wrong; then nothing is written.
    """
    writing = _Writing(file)
    writing.problems.refuse()
    content = writing.content()
    _prove(content, file)
    entries = [entry for batch in file.batches for entry in batch.entries]
    total = Money(sum(entry.amount.minor for entry in entries), "USD")
    proven = "totals and entry hash read back"
    return WrittenFile(FORMAT, file.message_id, content, len(entries), {"USD": total}, proven, writing.traces)


def _prove(content, file):
    """Reads the file and compares it with what was ordered."""
    try:
        found = nacha_reader.read(content)
    except nacha_reader.FormatError as error:
        raise PaymentFileError([Problem("", "file", "proof", f"The file does not prove itself: {error.reason}")]) from None
    ordered = [(entry.direction, entry.amount.minor, entry.end_to_end_id) for batch in file.batches for entry in batch.entries]
    written = [(entry.direction, entry.amount.minor, entry.identification) for batch in found.batches for entry in batch.entries]
    if ordered != written:
        text = "What was read back from the file is not what was ordered. Report this with the payment order."
        raise PaymentFileError([Problem("", "file", "proof", text)])


class _Writing:
    """One file while it is written."""

    def __init__(self, file):
        self.file, self.problems = file, Problems()
        self.ids, self.traces, self.lines = rules.Ids(self.problems), {}, []
        self.odfi = self.checked("routing number", payee_account.routing_number, file.odfi)[:8]
        self.destination = self.checked("routing number", payee_account.routing_number, file.destination)
        if len(file.modifier) != 1 or not (file.modifier.isascii() and (file.modifier.isdigit() or file.modifier.isupper())):
            self.problems.add("modifier", "form", f"The file modifier {file.modifier!r} has to be one of A to Z, 0 to 9.")
        if not file.batches:
            self.problems.add("file", "empty", "There is no payment to write; select some.")
        self.lines.append(self.header())
        self.controls = [self.batch(number, batch) for number, batch in enumerate(file.batches, 1)]
        self.lines.append(self.control())
        self.lines += [FILLER] * (-len(self.lines) % BLOCKING)

    def content(self):
        """The bytes of the file, its lines ended by CR LF."""
        return "".join(f"{line}\r\n" for line in self.lines).encode("ascii")

    def checked(self, field, call, *arguments):
        """`Problems.attempt`: a value, or "" and a problem."""
        return self.problems.attempt(field, call, *arguments)

    def text(self, value, limit, field):
        """``value`` in ASCII, at most ``limit`` characters."""
        return self.checked(field, fitted, value, NACHA, limit, field.capitalize()) if value else ""

    def line(self, layout, **values):
        """One record; a value too wide for its columns is a problem."""
        try:
            return record(layout, values)
        except ValueError as error:
            self.problems.add("amount", "too_large", f"The file cannot hold it: {error}; make several files.")
            return ""

    def header(self):
        """The file header."""
        file = self.file
        return self.line(
            FILE_HEADER, record="1", priority="01", destination=self.destination.rjust(10), origin=self.text(
                file.origin, 10, "origin").rjust(10), date=f"{file.created_at:%y%m%d}", time=f"{file.created_at:%H%M}",
            modifier=file.modifier[:1], record_size="094", blocking=str(BLOCKING), format="1",
            destination_name=self.text(file.destination_name, 23, "name of the bank"),
            origin_name=self.text(file.company_name, 23, "name of the company"),
        )  # fmt: skip

    def batch(self, number, batch):
        """Writes a batch; the values of its control record."""
        problems, file = self.problems, self.file
        if batch.entry_class not in ENTRY_CLASSES:
            text = f"There is no entry class {batch.entry_class!r} to write; there are {', '.join(ENTRY_CLASSES)}."
            problems.add("entry class", "entry_class", text)
        batch_name = f"{number} ({batch.description})"
        if not batch.entries:
            problems.add("batch", "empty", f"Batch {batch_name} holds no payment; leave it out.")
        if batch.effective_date < file.created_at.date():
            problems.add("date", "past", f"The day {batch.effective_date} of batch {batch_name} is over; choose a later one.")
        directions = {entry.direction for entry in batch.entries}
        company_id = self.checked("company id", identifier, file.company_id, NACHA, 10, "The company id")
        shared = {
            "service_class": MIXED if len(directions) > 1 else DEBITS if "debit" in directions else CREDITS,
            "company_id": company_id, "odfi": self.odfi, "batch": number,
        }  # fmt: skip
        self.lines.append(self.line(
            BATCH_HEADER, **shared, record="5", company_name=self.text(file.company_name, 16, "name of the company"),
            discretionary=self.text(batch.discretionary, 20, "discretionary data"), entry_class=batch.entry_class[:3],
            description=self.text(batch.description, 10, "description"), effective_date=f"{batch.effective_date:%y%m%d}",
            originator_status="1",
        ))  # fmt: skip
        count = sum(self.entry(entry, batch) for entry in batch.entries)
        routings = [entry.routing for entry in batch.entries if entry.routing[:8].isdigit()]
        control = {"count": count, "hash": entry_hash(routings)}
        for name in ("debit", "credit"):
            control[f"{name}s"] = sum(entry.amount.minor for entry in batch.entries if entry.direction == name)
        self.lines.append(self.line(BATCH_CONTROL, **shared, **control, record="8"))
        return control

    def entry(self, entry, batch):
        """Writes an entry with its addenda; how many records these are."""
        problems, is_ctx = self.problems, batch.entry_class == "CTX"
        problems.instruction = entry.end_to_end_id
        self.check(entry, batch)
        number = self.file.first_trace + len(self.traces)
        trace = f"{self.odfi}{number:07d}"
        self.traces[entry.end_to_end_id] = trace
        name = self.text(entry.name, CTX_NAME_WIDTH if is_ctx else 22, "name of the payee")
        code = TRANSACTION_CODES.get((entry.kind, entry.direction), 0) + entry.prenote
        self.lines.append(self.line(
            ENTRY, record="6", code=code, routing=self.checked("routing number", payee_account.routing_number, entry.routing),
            account=self.checked("account", payee_account.american_account, entry.account), amount=max(entry.amount.minor, 0),
            identification=self.checked("end-to-end id", identifier, entry.end_to_end_id, NACHA, 15, "The end-to-end id"),
            name=f"{len(entry.addenda):04d}{name}" if is_ctx else name, addenda=int(bool(entry.addenda)), trace=trace,
        ))  # fmt: skip
        for sequence, text in enumerate(entry.addenda, 1):
            written = self.text(text, _ADDENDA_WIDTH, "addenda")
            values = {"type": PAYMENT_ADDENDA, "text": written, "sequence": sequence, "entry": trace[8:]}
            self.lines.append(self.line(ADDENDA, record="7", **values))
        problems.instruction = ""
        return 1 + len(entry.addenda)

    def check(self, entry, batch):
        """The rules of the network for one entry."""
        problems = self.problems
        self.ids.add(entry.end_to_end_id)
        if entry.prenote:
            if entry.amount.minor:
                problems.add("amount", "prenote", f"A prenote moves no money, and this one has {entry.amount}; make it zero.")
        else:
            rules.amount(entry.amount, SCHEME, problems)
        if (entry.kind, entry.direction) not in TRANSACTION_CODES:
            told = f"{entry.direction} of a {entry.kind} account"
            problems.add("account", "kind", f"There is no {told}; it is a credit or debit of a checking or savings account.")
        if not entry.name.strip():
            problems.add("name of the payee", "missing", "The payee has no name; enter it.")
        allowed = ENTRY_CLASSES.get(batch.entry_class, 0)
        if len(entry.addenda) > allowed:
            text = f"An entry of class {batch.entry_class} has {len(entry.addenda)} addenda, {allowed} are allowed; use CTX."
            problems.add("addenda", "too_many", text)

    def control(self):
        """The file control: sums of those of the batches, and how many blocks there are."""
        sums = {name: sum(control[name] for control in self.controls) for name in ("count", "hash", "debits", "credits")}
        sums["hash"] %= 10**10
        blocks = -(-(len(self.lines) + 1) // BLOCKING)
        return self.line(FILE_CONTROL, record="9", batches=len(self.controls), blocks=blocks, **sums)
