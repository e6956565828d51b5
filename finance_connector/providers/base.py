"""What an adapter is: the only door between the models and a provider. Pure: bytes in, canonical records out.

An adapter has no state. It makes no call by itself: whatever needs one takes ``call``, a function
``call(method, path, params, headers=None) -> bytes`` that the models give it; it returns the body of a 2xx answer
exactly as it came and raises `core.errors.ProviderUnavailable` for everything else. ``path`` may be a whole https
address, which the adapter has checked against ``trusted_hosts``; no redirect is followed. ``headers`` replace those of
`Adapter.request_headers` that have the same name.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from ..core.errors import FinanceError, PayloadError
from ..core.records import Message, joined

# What an adapter may declare, and the methods that it then has of its own.
CAPABILITIES = {
    "webhook": ("verify", "envelope", "parse"),
    "batch": ("messages",),
    "certificate": ("certificate_url",),
    "fetch": ("fetch", "parse_fetched"),
    "poll": ("poll",),
    "report_file": ("detect_report", "report_parts"),
    "balance_transactions": ("fetch_settlement", "parse_settlement"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One step of a poll.

    ``requests`` are `core.records.Request`, oldest first, to be stored like webhook bodies; ``cursor``
    (JSON-able) is to be committed together with them, never before (INV-12). ``covered`` is the interval
    (from, until), UTC, that is proven complete once this page is committed, if it is; ``gap`` an interval
    that the provider no longer has and that nobody has seen: it must become an exception (INV-13).
    """

    requests: tuple
    cursor: dict
    covered: tuple[datetime, datetime] | None = None
    gap: tuple[datetime, datetime] | None = None


class Adapter:
    """The interface. A capability that is not in ``capabilities`` is not there: its method raises
    FinanceError.

    Capabilities: ``webhook``; ``batch`` (one call may carry several messages); ``certificate`` (a call is signed with a
    certificate that must be fetched before it can be verified); ``fetch`` (a message may only name what must be asked
    for); ``poll`` (missed events can be listed); ``report_file`` (settlement reports are read from files);
    ``balance_transactions`` (the lines of a settlement can be fetched).
    """

    code = ""
    label = ""
    capabilities = frozenset()
    # canonical name of a secret -> the other names under which it may be given
    secret_names = {}
    # canonical name of a secret -> (what the provider calls it, what it is and where it is found), for people
    secret_help = {}
    # where the webhook address is registered, and for which events, for people
    webhook_help = ""
    # where the provider's API is called
    api_base = ""
    # the hosts, beside that of the API, that a message may send us to
    trusted_hosts = frozenset()
    # the header that makes a repeated call to the API one act, and how long its value may be
    idempotency_header = "Idempotency-Key"
    idempotency_limit = 255
    # what is built on facts that nobody could verify against the provider, each as a sentence for people
    unverified = ()

    def secret_name(self, name):
        """The canonical name of secret ``name``. Raises FinanceError if the provider has no such secret."""
        for canonical, aliases in self.secret_names.items():
            if name == canonical or name in aliases:
                return canonical
        raise FinanceError(f"{self.label} has no secret {name!r}; use one of {', '.join(sorted(self.secret_names))}.")

    def request_headers(self, api_key):
        """The HTTP headers that authenticate a call to the API."""
        raise self._cannot("call an API")

    def idempotency(self, intent):
        """The headers that make every call for ``intent`` (text, unique per act) one act at the provider (INV-3)."""
        if len(intent) > self.idempotency_limit or not intent.isascii():
            intent = hashlib.sha256(intent.encode()).hexdigest()[: self.idempotency_limit]
        return {self.idempotency_header: intent}

    def certificate_url(self, request, environment):
        """Where the certificate lies that ``request`` must be verified with; None when it names none that may be
        fetched from: then `verify` refuses. ``environment`` is `test` or `live`. Never raises."""
        return

    def verify(self, request, secrets, now, trust=None):
        """Whether ``request`` (`core.records.Request`) is genuine: a `core.records.Verdict` (INV-2).

        ``secrets``: all active webhook secrets, newest first; none means refused (`no_secret`). ``now``: the
        instant to judge timestamps by, an aware datetime or seconds since 1970. ``trust``: `core.records.Trust`, for
        an adapter that verifies by certificate. Never raises for anything a caller can send.
        """
        raise self._cannot("verify webhooks")

    def envelope(self, request):
        """`core.records.Envelope` of a genuine request; runs inside the webhook call, so it only reads what
        it needs.

        Raises PayloadError when the body is not a message of this provider although it is signed.
        """
        raise self._cannot("receive webhooks")

    def messages(self, request):
        """The `core.records.Message`s of a genuine request, each to be stored on its own: usually the request itself.

        Of a call with several, the first is the call as it came, kept as evidence; each of the others holds the bytes
        of one, so that a copy, or one that cannot be read, leaves the rest as they are. Raises PayloadError as
        `envelope` does.
        """
        return (Message(self.envelope(request), request.body),)

    def acknowledge(self):
        """(status, body, content type) that the provider takes for "stored"; the same for a copy."""
        return 200, b"", "text/plain"

    def parse(self, request):
        """`core.records.Parsed` of one stored message, from a webhook or a poll.

        Raises PayloadError, or UnknownStatus for a status that this version has never seen.
        """
        raise self._cannot("read messages")

    def fetch(self, call, fetch):
        """What ``fetch`` (`core.records.Fetch`, told by `Parsed.fetches`) names, as the provider sends it (bytes), to be
        stored before reading. Raises PayloadError when it lies where we may not go."""
        raise self._cannot("ask for what a message names")

    def parse_fetched(self, fetch, content):
        """`core.records.Parsed` of what `fetch` returned. Raises PayloadError or UnknownStatus."""
        raise self._cannot("ask for what a message names")

    def detect_report(self, content):
        """Whether ``content`` (bytes) looks like a settlement report of this provider."""
        return False

    def report_parts(self, content, filename=None):
        """Iterate over a settlement report as `core.records.Parsed`s of some thousand rows each, so that a large one is never
        held as a whole; the usual rows are in ``captures``. Together they are what the report says; a settlement stands in the
        part that has the last of its lines, or in a later one. Raises PayloadError naming the line, perhaps after some parts:
        then none of them counts."""
        raise self._cannot("read report files")

    def parse_report(self, content, filename=None):
        """`core.records.Parsed` of a whole settlement report. Raises PayloadError naming the line; nothing is half
        read."""
        return joined(self.report_parts(content, filename))

    def poll(self, call, cursor, now):
        """Iterate over `Page`s of messages since ``cursor`` (None: everything the provider still has).

        ``now`` is an aware datetime. There is always at least one page, so that "nothing happened" is
        committed too.
        """
        raise self._cannot("list missed messages")

    def fetch_settlement(self, call, external_id):
        """All lines of settlement ``external_id`` as the provider sends them (bytes), to be stored before
        reading."""
        raise self._cannot("list the lines of a settlement")

    def parse_settlement(self, content, external_id):
        """`core.records.Parsed` of what `fetch_settlement` returned. Raises PayloadError."""
        raise self._cannot("list the lines of a settlement")

    def _cannot(self, what):
        return FinanceError(f"The adapter for {self.label} cannot {what}; check its capabilities first.")


def checked_url(url, hosts, path_prefix="/"):
    """``url`` if it may be fetched: https at one of ``hosts``, without user, port, query of another host or fragment,
    below ``path_prefix``. Raises PayloadError for anything else; a message must not send us elsewhere."""
    try:
        parts = urlsplit(url)
        plain = parts.scheme == "https" and parts.netloc in hosts and not parts.fragment
    except (ValueError, TypeError, AttributeError):
        plain = False
    odd = plain and (not parts.path.startswith(path_prefix) or ".." in parts.path or "\\" in url or "%" in parts.path)
    if not plain or odd or not url.isascii() or not url.isprintable() or " " in url:
        named = ", ".join(sorted(hosts))
        raise PayloadError(f"The address {url!r:.120} is none of this provider's ({named}); it is not fetched.")
    return url
