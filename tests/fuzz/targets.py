"""Decides what each parser owes for any bytes: a result whose texts can be stored, or a typed error that can be shown,
within a time of its own."""
from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import datetime, timezone
from typing import NamedTuple

from fc import formats
from fc.core.errors import FinanceError
from fc.core.records import Request
from fc.formats import table
from fc.payments import bacs_answers, nacha_answers, pacs004, pain002
from fc.providers import get
from fc.providers.stripe.listing import read_list
from tests.fuzz import adapters, corpus

# CPU time, not time on the clock: the machine may be busy with something else.
LIMIT_SECONDS = 2.0
STRIPE = get("stripe")
NAMES = frozenset(
    "zip gz camt.052 camt.053 camt.054 mt940 mt942 bai2 ofx qif coda cfonb120 norma43 csv xlsx xls".split()
)
TOLD = formats.Told(currency="EUR", date_order="dmy")


class Fault(AssertionError):
    """A parser gave what it never may."""


class TooSlow(BaseException):
    """Not an Exception: a parser that turns any Exception into its own error must not hide it."""


class Target(NamedTuple):
    """A parser: ``read`` takes bytes, ``samples`` are the inputs to damage."""

    read: Callable[[bytes], object]
    samples: Callable[[], tuple[bytes, ...]]


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TooSlow where the block stands after ``seconds`` of CPU time."""

    def _stop(_signal: int, _frame: object) -> None:
        raise TooSlow(f"not done after {seconds} s of CPU time")

    before = signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def check(name: str, content: bytes, seconds: float = LIMIT_SECONDS) -> str:
    """Try parser ``name`` on ``content``: "read" or "refused". Any other outcome is raised."""
    try:
        with within(seconds):
            result = TARGETS[name].read(content)
    except FinanceError as error:
        _storable(str(error), "the error's text")
        return "refused"
    _storable(result, "the result")
    return "read"


def _storable(value: object, where: str) -> None:
    """Raise Fault for a text that no database column holds."""
    if isinstance(value, str):
        if "\0" in value or (not value.isascii() and value != value.encode("utf-8", "replace").decode()):
            raise Fault(f"{where} cannot be stored: {value!r:.200}")
    elif is_dataclass(value):
        for field in fields(value):
            _storable(getattr(value, field.name), f"{where}, {field.name}")
    elif isinstance(value, (tuple, list)):
        for item in value:
            _storable(item, where)
    elif isinstance(value, dict):
        _storable([*value.keys(), *value.values()], where)


def _statements(content: bytes) -> list:
    """Every statement, each of which keeps what its proof promises."""
    return _kept(list(formats.parse(content)))


def _kept(found: list) -> list:
    if not found:
        raise Fault("a file without any statement was not refused")
    for statement in found:
        booked = sum(entry.amount for entry in statement.entries if entry.status == "BOOK")
        if None not in (statement.opening, statement.closing):
            if statement.opening + booked != statement.closing:
                raise Fault(f"statement {statement.statement_id!r} does not add up and was not refused")
        elif statement.is_proven:
            raise Fault(f"statement {statement.statement_id!r} is called proven without balances")
        if statement.provisional and any(entry.status == "BOOK" for entry in statement.entries):
            raise Fault(f"statement {statement.statement_id!r} is announced, and its entries are called booked")
    return found


def _table(content: bytes) -> list:
    """The statements of a table by the profile that is proposed for it; its preview agrees with that."""
    profile = formats.guess(content).profile
    seen = table.preview(content, profile, TOLD)
    try:
        found = _kept(list(table.parse(content, profile, TOLD)))
    except FinanceError as refused:
        if seen.refusal is None:
            raise Fault("the preview imports what the import refuses") from refused
        raise
    if seen.refusal is not None:
        raise Fault("the preview refuses what the import takes")
    return found


def _detected(content: bytes) -> str:
    """The format; a file that is read is one whose format was recognised."""
    name = formats.detect(content, "a file")
    if name not in NAMES:
        raise Fault(f"an unknown format {name!r}")
    return name


def _message(content: bytes) -> object:
    """The facts of an event; what the door takes and what the inbox understands agree about what an event is."""
    try:
        STRIPE.envelope(Request(content))
    except FinanceError as refused:
        try:
            STRIPE.parse(Request(content))
        except FinanceError:
            raise refused from None
        raise Fault("the door refuses what the inbox understands") from refused
    return STRIPE.parse(Request(content))


def _verified(content: bytes) -> object:
    """``content`` as signature header: nothing but the genuine digest is taken."""
    header = content.decode("latin-1")
    verdict = STRIPE.verify(Request(b"{}", (("Stripe-Signature", header),)), ["whsec_1"], datetime.now(timezone.utc))
    genuine = corpus.headers()[0].decode().partition("v1=")[2]
    known = STRIPE.verify(Request(b"{}", (("Stripe-Signature", header),)), ["whsec_1"], corpus.T0)
    if known.ok and genuine not in header:
        raise Fault(f"taken for genuine: {header!r}")
    return verdict.reason


TARGETS = {
    "statements": Target(_statements, corpus.statements),
    "detect": Target(_detected, corpus.statements),
    "table": Target(_table, corpus.tables),
    "envelope": Target(lambda content: STRIPE.envelope(Request(content)), corpus.events),
    "event": Target(_message, corpus.events),
    "signature": Target(_verified, corpus.headers),
    "report": Target(lambda content: STRIPE.parse_report(content, "report.csv"), corpus.reports),
    "detect_report": Target(lambda content: str(STRIPE.detect_report(content)), corpus.reports),
    "lines": Target(lambda content: STRIPE.parse_settlement(content, "po_1"), corpus.lists),
    "list": Target(lambda content: str(read_list(content)), corpus.lists),
    "pain002": Target(pain002.read, corpus.status_reports),
    "pacs004": Target(pacs004.read, corpus.returns),
    "ach": Target(nacha_answers.read, corpus.ach_files),
    "bacs": Target(bacs_answers.read, corpus.bacs_reports),
    **{name: Target(read, samples) for name, read, samples in adapters.parsers()},
}
