"""What an adapter is: the only door between the models and a provider. Pure: bytes in, canonical records out.

An adapter has no state. It makes no call by itself: whatever needs one takes ``call``, a function
``call(method, path, params) -> bytes`` that the models give it; it returns the body of a 2xx answer exactly
as it came and raises `core.errors.ProviderUnavailable` for everything else.
"""

from dataclasses import dataclass
from datetime import datetime

from ..core.errors import FinanceError


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

    Capabilities: ``webhook``, ``poll`` (missed events can be listed), ``report_file`` (settlement reports are
    read from files), ``balance_transactions`` (the lines of a settlement can be fetched).
    """

    code = ""
    label = ""
    capabilities = frozenset()
    # canonical name of a secret -> the other names under which it may be given
    secret_names = {}
    # where the provider's API is called
    api_base = ""

    def secret_name(self, name):
        """The canonical name of secret ``name``. Raises FinanceError if the provider has no such secret."""
        for canonical, aliases in self.secret_names.items():
            if name == canonical or name in aliases:
                return canonical
        raise FinanceError(f"{self.label} has no secret {name!r}; use one of {', '.join(sorted(self.secret_names))}.")

    def request_headers(self, api_key):
        """The HTTP headers that authenticate a call to the API."""
        raise self._cannot("call an API")

    def verify(self, request, secrets, now):
        """Whether ``request`` (`core.records.Request`) is genuine: a `core.records.Verdict` (INV-2).

        ``secrets``: all active webhook secrets, newest first; none means refused (`no_secret`). ``now``: the
        instant to judge timestamps by, an aware datetime or seconds since 1970. Never raises for anything a
        caller can send.
        """
        raise self._cannot("verify webhooks")

    def envelope(self, request):
        """`core.records.Envelope` of a genuine request; runs inside the webhook call, so it only reads what
        it needs.

        Raises PayloadError when the body is not a message of this provider although it is signed.
        """
        raise self._cannot("receive webhooks")

    def acknowledge(self):
        """(status, body, content type) that the provider takes for "stored"; the same for a copy."""
        return 200, b"", "text/plain"

    def parse(self, request):
        """`core.records.Parsed` of one stored message, from a webhook or a poll.

        Raises PayloadError, or UnknownStatus for a status that this version has never seen.
        """
        raise self._cannot("read messages")

    def detect_report(self, content):
        """Whether ``content`` (bytes) looks like a settlement report of this provider."""
        return False

    def parse_report(self, content, filename=None):
        """`core.records.Parsed` of a settlement report. Raises PayloadError naming the line; nothing is half
        read."""
        raise self._cannot("read report files")

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
