"""Bacs Standard 18: direct credits and direct debits of the United Kingdom, with labels, contras and totals.

Layout: VOL1, HDR1, HDR2, UHL1, then records of 100 characters (106 in a file of several processing days), EOF1, EOF2,
UTL1; labels have 80 characters. Each account and day that money leaves, or comes to, gets one contra record, so that
debits and credits are equal. What is written is read back and its totals are proven before it is given out.
"""

from dataclasses import dataclass
from datetime import date, datetime

from ..core import payee_account
from ..core.money import Money
from ..core.payment_text import BACS, fitted
from . import rules
from .problems import PaymentFileError, Problem, Problems
from .records import WrittenFile
from .schemes import BACS_SCHEME as SCHEME

FORMAT = "bacs"
# Transaction codes of the standard: a credit, and of direct debits the first, the usual, the represented and the last.
CREDIT, FIRST, USUAL, REPRESENTED, LAST = "99", "01", "17", "18", "19"
DEBITS = frozenset((FIRST, USUAL, REPRESENTED, LAST))
NAME_WIDTH = 18
CONTRA = "CONTRA"
LABEL, SINGLE_DAY, MULTI_DAY = 80, 100, 106


@dataclass(frozen=True, slots=True)
class Item:
    """One payment. ``code``: CREDIT or one of DEBITS; ``name``: of the other side, at most 18 characters as it is never cut;
    ``reference``: what the other side reads, for direct debits that of the instruction; at most 18 characters."""

    end_to_end_id: str
    amount: Money
    name: str
    sort_code: str
    account: str
    reference: str
    code: str = CREDIT
    processing_date: date | None = None


@dataclass(frozen=True, slots=True)
class File:
    """``service_user``: our number of six digits; ``sort_code`` and ``account``: ours; ``processing_date``: of items that have
    none of their own; ``serial``: of the submission, six letters or digits."""

    message_id: str
    created_at: datetime
    service_user: str
    name: str
    sort_code: str
    account: str
    processing_date: date
    items: tuple
    serial: str = "000001"


def write(file):
    """The `WrittenFile` of a `File`. Raises PaymentFileError with everything that is wrong; then nothing is written."""
    writing = _Writing(file)
    writing.problems.refuse()
    content = "".join(f"{line}\r\n" for line in writing.lines).encode("ascii")
    _prove(content, file, writing.width)
    total = Money(sum(item.amount.minor for item in file.items), "GBP")
    return WrittenFile(FORMAT, file.message_id, content, len(file.items), {"GBP": total}, "totals and contras read back")


class _Writing:
    """One file while it is written."""

    def __init__(self, file):
        self.file, self.problems = file, Problems()
        self.ids = rules.Ids(self.problems)
        self.own = self.problems.attempt("account", payee_account.british_account, file.sort_code, file.account) or ("", "")
        self.name = self.text(file.name, NAME_WIDTH, "our name")
        if not (file.service_user.isascii() and file.service_user.isdigit() and len(file.service_user) == 6):
            self.problems.add("service user", "form", f"The service user number {file.service_user!r} has to have six digits.")
        if not file.items:
            self.problems.add("file", "empty", "There is no payment to write; select some.")
        days = {item.processing_date or file.processing_date for item in file.items}
        self.is_multi = len(days) > 1
        self.width = MULTI_DAY if self.is_multi else SINGLE_DAY
        if days and min(days) < file.created_at.date():
            self.problems.add("date", "past", f"The processing day {min(days)} is over; choose a later one.")
        records = [self.item(item) for item in file.items]
        records += self.contras()
        first_day = min(days, default=file.processing_date)
        self.lines = [*self.headers(first_day), *records, *self.trailers(first_day, records)]

    def text(self, value, limit, field):
        """``value`` in the characters of Bacs, at most ``limit``; a problem if there is none."""
        written = self.problems.attempt(field, fitted, value, BACS, limit, field.capitalize())
        if not written and not value.strip():
            self.problems.add(field, "missing", f"There is no {field}; enter it.")
        return written

    def item(self, item):
        """The record of one payment, checked."""
        problems = self.problems
        problems.instruction = item.end_to_end_id
        self.ids.add(item.end_to_end_id)
        rules.amount(item.amount, SCHEME, problems)
        if item.code != CREDIT and item.code not in DEBITS:
            known = ", ".join((CREDIT, *sorted(DEBITS)))
            problems.add("code", "code", f"There is no transaction code {item.code!r}; there are {known}.")
        account = problems.attempt("account", payee_account.british_account, item.sort_code, item.account) or ("", "")
        reference = self.text(item.reference, NAME_WIDTH, "reference")
        if item.code in DEBITS and len(reference.replace(" ", "")) < 6:
            text = f"The reference {item.reference!r} of a direct debit needs six characters; use that of its instruction."
            problems.add("reference", "short", text)
        name = self.text(item.name, NAME_WIDTH, "name of the payee")
        problems.instruction = ""
        day = item.processing_date or self.file.processing_date
        return self.record(account, item.code, item.amount.minor, reference, name, day)

    def contras(self):
        """One record a day and direction, of our account with itself: what leaves it for credits, what comes for debits."""
        sums = {}
        for item in self.file.items:
            key = item.processing_date or self.file.processing_date, item.code != CREDIT
            sums[key] = sums.get(key, 0) + item.amount.minor
        return [
            self.record(self.own, CREDIT if of_debits else USUAL, minor, CONTRA, self.name, day)
            for (day, of_debits), minor in sorted(sums.items())
        ]

    def record(self, account, code, minor, reference, name, day):
        """A data record: 100 characters, and the day in a file of several."""
        line = (
            f"{account[0]:6}{account[1]:8}0{code:2}{self.own[0]:6}{self.own[1]:8}    {max(minor, 0):011d}"
            f"{self.name:18}{reference:18}{name:18}"
        )
        return line + (_julian(day) if self.is_multi else "")

    def headers(self, first_day):
        """The labels before the records."""
        user, created = self.file.service_user[:6], _julian(self.file.created_at.date())
        return [
            f"VOL1{self.file.serial[:6]:6}{'':31}{user:6}{'':32}1",
            self._hdr1("HDR1", created, first_day),
            self._hdr2("HDR2"),
            f"UHL1{_julian(first_day)}999999    00000000{'4 MULTI  ' if self.is_multi else '1 DAILY  '}001{'':40}",
        ]

    def trailers(self, first_day, records):
        """The labels behind the records, with totals and numbers of debits and credits, contras included."""
        created = _julian(self.file.created_at.date())
        debits = [int(line[35:46]) for line in records if line[15:17] != CREDIT]
        credits = [int(line[35:46]) for line in records if line[15:17] == CREDIT]
        totals = f"{sum(debits):013d}{sum(credits):013d}{len(debits):07d}{len(credits):07d}"
        if len(totals) > 40:
            self.problems.add("amount", "too_large", "The totals are larger than a file can tell; make several files.")
        return [self._hdr1("EOF1", created, first_day), self._hdr2("EOF2"), f"UTL1{totals}{'':36}"]

    def _hdr1(self, label, created, expiry):
        user, serial = self.file.service_user[:6], self.file.serial[:6]
        return f"{label}A{user:6}S  1{user:6}{serial:6}00010001{'':6}{created}{_julian(expiry)} 000000{'':20}"

    def _hdr2(self, label):
        return f"{label}F{20 * self.width:05d}{self.width:05d}{'':35}00{'':28}"


def _julian(day):
    """A day as the labels have it: a space, two digits of the year, three of the day in it."""
    return f" {day:%y%j}"


def _prove(content, file, width):
    """Reads the file back: lengths, records, and totals of the trailer against what was ordered."""
    lines = content.decode("ascii").split("\r\n")[:-1]
    labels, records = [*lines[:4], *lines[-3:]], lines[4:-3]
    found = [(line[:6], line[6:14], line[15:17], int(line[35:46])) for line in records if line[64:82].strip() != CONTRA]
    ordered = [
        (*payee_account.british_account(item.sort_code, item.account), item.code, item.amount.minor) for item in file.items
    ]
    sides = {False: [0, 0], True: [0, 0]}
    for line in records:
        side = sides[line[15:17] == CREDIT]
        side[0] += int(line[35:46])
        side[1] += 1
    trailer = lines[-1]
    told = [[int(trailer[4:17]), int(trailer[30:37])], [int(trailer[17:30]), int(trailer[37:44])]]
    if (
        any(len(line) != LABEL for line in labels)
        or any(len(line) != width for line in records)
        or found != ordered
        or told != [sides[False], sides[True]]
        or sides[False][0] != sides[True][0]
    ):
        text = "What was read back from the file is not what was ordered. Report this with the payment order."
        raise PaymentFileError([Problem("", "file", "proof", text)])
