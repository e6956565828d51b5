"""Decides what each adapter owes for any bytes, and which inputs are damaged for it: what its provider says of a small world."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

from fc.core.errors import FinanceError
from fc.core.records import Request
from simulator.dialects.registry import DIALECTS, dialect_of
from simulator.world import Profile, World
from simulator.world.profile import MerchantProfile
from tests.pure.providers.kits import generic
from tests.pure.simulator.hearing import NOW, Hearing

# Samples of each kind: more would only make the run slower.
_MOST = 6
# Stripe has targets of its own.
CODES = tuple(code for code in DIALECTS if code != "stripe")


class Recorder(Hearing):
    """Keeps the answers that the adapter was given for what it fetched."""

    def __init__(self, code: str):
        merchant = MerchantProfile.of(code, "Fuzz", payments=12, transfers=0, dispute_share=0.4, refund_share=0.4)
        super().__init__(dialect_of(World(3, Profile("fuzz", 14, (merchant,))).merchants[0]))
        self.fetched: list[tuple] = []
        self.settled: list[tuple] = []
        read, fetch = self.adapter.parse_fetched, self.adapter.fetch_settlement
        self.adapter.parse_fetched = lambda wanted, content: self.fetched.append((wanted, content)) or read(wanted, content)
        self.adapter.fetch_settlement = lambda call, key: self._keep(key, fetch(call, key))
        try:
            self.hear(self.messages)
            self.polled = tuple(self._polled())
            self.poll()
        finally:
            # The adapter is one for the whole process.
            del self.adapter.parse_fetched, self.adapter.fetch_settlement

    def _polled(self) -> Iterator[bytes]:
        """Messages that are polled, of which some providers send no webhook."""
        if "poll" in self.adapter.capabilities:
            for page in self.adapter.poll(self.call, None, self.api.now):
                yield from (request.body for request in page.requests[:2])

    def _keep(self, key: str, content: bytes) -> bytes:
        self.settled.append((key, content))
        return content


@cache
def recorded(code: str) -> Recorder:
    return Recorder(code)


def _calls(code: str) -> list[tuple[bytes, dict]]:
    heard = recorded(code)
    return [heard.dialect.call(message, "", NOW) for message in heard.messages[:: max(1, len(heard.messages) // _MOST)]]


def _messages(code: str) -> tuple[bytes, ...]:
    return tuple(body for body, _headers in _calls(code)) + recorded(code).polled[:_MOST]


def _read_message(code: str, content: bytes) -> list:
    """Every message of a call; what one of them cannot say leaves the others as they are."""
    adapter, found = recorded(code).adapter, []
    for message in adapter.messages(Request(content)):
        try:
            found.append((message.envelope, adapter.parse(Request(message.body))))
        except FinanceError as refused:
            found.append(str(refused))
    return found


def _verify(code: str, content: bytes) -> str:
    """``content`` under the headers of a genuine call: nothing but that call's own body is taken. A classic call of Mollie is
    not signed."""
    heard = recorded(code)
    genuine, headers = _calls(code)[0]
    verdict = heard.judge(content, headers)
    if verdict.ok and content != genuine and not content.startswith(b"id=") and not _is_signed_inside(code, content):
        raise AssertionError(f"taken for genuine: {content!r:.300}")
    return verdict.reason


def _is_signed_inside(code: str, content: bytes) -> bool:
    """Adyen signs fields, not bytes: what is around them may change."""
    return code == "adyen" and b"hmacSignature" in content


def _read_report(code: str, content: bytes) -> object:
    adapter = recorded(code).adapter
    return adapter.detect_report(content), adapter.parse_report(content, "report.csv")


def _reports(code: str) -> tuple[bytes, ...]:
    dialect = recorded(code).dialect
    return tuple(dialect.report_of((key,)) for key, _at in dialect.reports()[:_MOST])


def _read_answers(code: str, content: bytes) -> object:
    """An answer, as what was asked for; as the first thing, if it is the answer to none of them."""
    heard, refused = recorded(code), None
    kinds = {wanted.kind: wanted for wanted, told in reversed(heard.fetched) if told != content}
    exact = [wanted for wanted, told in heard.fetched if wanted.key.encode() in content[:400]][:1]
    for wanted in exact or kinds.values():
        try:
            return heard.adapter.parse_fetched(wanted, content)
        except FinanceError as error:
            refused = error
    raise refused


def _read_lines(code: str, content: bytes) -> object:
    settled = recorded(code).settled
    key = next((key for key, _told in settled if key.encode() in content[:400]), settled[0][0])
    return recorded(code).adapter.parse_settlement(content, key)


def _fetched(code: str) -> tuple[bytes, ...]:
    return tuple(content for _wanted, content in recorded(code).fetched[:_MOST])


def _lines(code: str) -> tuple[bytes, ...]:
    return tuple(content for _key, content in recorded(code).settled[:_MOST])


_KINDS: dict[str, tuple[str, Callable, Callable]] = {
    "message": ("webhook", _read_message, _messages),
    "verify": ("webhook", _verify, _messages),
    "report": ("report_file", _read_report, _reports),
    "fetched": ("fetch", _read_answers, _fetched),
    "lines": ("balance_transactions", _read_lines, _lines),
}


def parsers() -> Iterator[tuple[str, Callable[[bytes], object], Callable[[], tuple[bytes, ...]]]]:
    """(name, reader, samples) of every adapter's parsers."""
    from fc.providers import get

    for code in CODES:
        for kind, (capability, read, samples) in _KINDS.items():
            if capability in get(code).capabilities:
                yield f"{code}_{kind}", partial(read, code), partial(samples, code)
    yield "profile_report", lambda content: generic.ADAPTER.parse_report(content, "report.csv"), lambda: (generic.REPORT,)
