"""The form of a kit, and how a message is understood to its end, answers fetched and all."""

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime, timezone

from fc.core.records import Parsed, Request

T0 = 1_790_000_000
NOW = datetime.fromtimestamp(T0, timezone.utc)


def iso(seconds=0):
    """The instant ``seconds`` after T0 as ISO 8601 text in UTC."""
    return datetime.fromtimestamp(T0 + seconds, timezone.utc).isoformat().replace("+00:00", "Z")


@dataclass
class Story:
    """Messages of one payment that end in ``state``, whatever their order and number."""

    bodies: list
    state: str
    captured: int | None = None
    contradictions: tuple = ()


@dataclass
class Kit:
    """One provider for the conformance suite. Bodies are bytes as the provider sends them.

    ``call`` signs a body; ``vectors`` are official (request, secret, now, trust); ``timed`` is for how many seconds a
    signature is good, 0 if it carries no time; ``api`` answers ``call``s; ``known`` are (field, value, body) of every mapped
    status, ``unknown`` bodies with a status that nobody has seen; ``units`` are (currency, body, minor units) of one capture
    each; ``reports`` are files, ``reorder`` turns the columns of one round; ``exercised`` shows, for each capability, a call
    that uses it; ``webhook`` is false for an adapter of files only.
    """

    adapter: object
    secret: str
    call: object
    other_secret: str = "another secret of the tests"
    vectors: list = field(default_factory=list)
    timed: int = 0
    trust: object = None
    api: object = None
    bodies: dict = field(default_factory=dict)
    stories: dict = field(default_factory=dict)
    known: list = field(default_factory=list)
    unknown: list = field(default_factory=list)
    units: list = field(default_factory=list)
    reports: list = field(default_factory=list)
    reorder: object = None
    exercised: dict = field(default_factory=dict)
    webhook: bool = True


def understood(kit, body):
    """`Parsed` of all that ``body`` says in the end: every message of the call, every answer that one asks for; or a file."""
    if not kit.webhook:
        return kit.adapter.parse_report(body, "report.csv")
    request = Request(body)
    messages = kit.adapter.messages(request)
    found = [kit.adapter.parse(Request(message.body)) for message in messages]
    return together([answered(kit, parsed) for parsed in found])


def answered(kit, parsed):
    """``parsed`` with what its fetches lead to."""
    found = [parsed]
    for fetch in parsed.fetches:
        content = kit.adapter.fetch(kit.api, fetch)
        found.append(answered(kit, kit.adapter.parse_fetched(fetch, content)))
    return together(found)


def together(found):
    """The records of several `Parsed` as one."""
    return Parsed(
        tuple(fact for parsed in found for fact in parsed.movements),
        tuple(info for parsed in found for info in parsed.payments),
        tuple(info for parsed in found for info in parsed.settlements),
        tuple(line for parsed in found for line in parsed.lines),
        next((parsed.ignored for parsed in found if parsed.ignored), ""),
    )


def reordered_csv(content):
    """A CSV file with a header in its first row, its columns turned round and one added that nobody knows."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [*reversed(row), "Column of tomorrow" if number == 0 else "x"] for number, row in enumerate(rows)
    )
    return text.getvalue().encode()
