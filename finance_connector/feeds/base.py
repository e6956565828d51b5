"""What a feed's adapter is: the only door between the models and a bank's API. Pure: bytes in, canonical records out.

An adapter has no state and makes no call by itself: it takes ``call``, a function ``call(method, path, params=None, body=None)
-> bytes`` that the models give it. ``params`` go into the address, ``body`` (JSON-able) into the call. It returns the body of a
2xx answer exactly as it came and raises `core.errors.ProviderUnavailable`, with the body of the refusal, for everything else.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from ..core.errors import FinanceError
from ..formats.records import StatementHeader, StatementProof


class ConsentEnded(FinanceError):
    """The bank no longer lets us read: the consent expired or was taken back. Only the account's owner can renew it."""


class CallsUsedUp(FinanceError):
    """The bank allows no more calls for now; ``retry_after`` in seconds if it said when to come back."""

    def __init__(self, message, retry_after=None):
        self.retry_after = retry_after
        super().__init__(message)


class NotReady(FinanceError):
    """The bank's data is not there yet: an empty answer now would not mean that nothing happened (INV-13)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the models know of a connection, without its secrets. ``consent``: the bank's id of the consent in force."""

    application: str = ""
    bank: str = ""
    country: str = ""
    business: bool = True
    consent: str = ""
    return_url: str = ""
    webhook_url: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class FeedAccount:
    """An account that a consent opens. ``external_id``: its id in calls; ``key``: what names it in every consent, since some
    APIs give a new ``external_id`` with each; ``number``: IBAN or the bank's own number, "" if it is not told; ``start``: entries
    before this day are not wanted (None: all are)."""

    external_id: str
    currency: str
    key: str = ""
    number: str = ""
    name: str = ""
    start: date | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What the owner of the accounts has allowed. ``valid_until``: None when it does not end by itself. ``ended``: it cannot
    be used any more, and why. ``secrets``: canonical name -> value of what came with it."""

    reference: str
    valid_until: datetime | None = None
    accounts: tuple = ()
    ended: str = ""
    secrets: dict = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """Where to send the owner (``url``), and what to finish the consent with afterwards (``reference``)."""

    url: str
    reference: str


@dataclass(frozen=True, slots=True)
class Pull:
    """What one poll brought.

    ``content``: the answers as they came (`pages.pack`), to be stored before they are read (INV-1) and committed together with
    ``cursor`` (JSON-able), never after it (INV-12). ``covered``: first and last whole day that are complete once this is
    imported, None if nothing is proven. ``gap``: days that were asked for and that the bank no longer gives (INV-13).
    """

    content: bytes
    cursor: dict
    covered: tuple[date, date] | None = None
    gap: tuple[date, date] | None = None


class Announced(NamedTuple):
    """An announced entry: it may come in other words, with another amount or not at all, and is never booked."""

    external_id: str
    amount: Decimal
    currency: str
    date: date | None
    text: str
    counterparty_name: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a stored pull says. ``entries``: booked `formats.records.Entry`; ``announced``: announced ones, all there are if
    ``complete``; ``booked``: ids of announced entries that are among the entries now; ``removed``: ids that the bank took back.

    ``complete``: the entries are all of the window, so that one known before and missing now was taken back.
    """

    header: StatementHeader
    entries: tuple
    proof: StatementProof
    announced: tuple = ()
    booked: tuple = ()
    removed: tuple = ()
    complete: bool = True


class FeedAdapter:
    """The interface. Capabilities: ``consent`` (the owner allows access on the bank's own page), ``webhook`` (the API calls
    when there is news). A capability that is not there: its method raises FinanceError."""

    code = ""
    label = ""
    capabilities = frozenset()
    # canonical name of a secret -> what it is, for the screen
    secret_names = {}
    # environment (`test`, `live`) -> where the API is called
    api_bases = {}
    # What is not proven of the service's behaviour, for the screen: sentences.
    unverified = ()
    # Whether a person's absence limits how often a day an account may be asked.
    calls_are_counted = False
    # Whether an entry's id never changes, so that it alone says whether the entry is known.
    ids_are_stable = False

    def secret_name(self, name):
        """The canonical name of secret ``name``. Raises FinanceError if the feed has no such secret."""
        if name not in self.secret_names:
            raise FinanceError(f"{self.label} has no secret {name!r}; use one of {', '.join(sorted(self.secret_names))}.")
        return name

    def headers(self, settings, secrets, now):
        """The HTTP headers of a call. ``secrets``: canonical name -> newest value; ``now``: aware datetime."""
        return {}

    def body(self, settings, secrets, body):
        """``body`` of a call with the credentials that belong into it."""
        return body

    def is_counted(self, method, path, params):
        """Whether this call uses up one of the calls of a day, when no person is there."""
        return False

    def poll(self, call, account, since, cursor, now, max_pages):
        """A `Pull` of everything that is new. ``account``: `FeedAccount`; ``since``: date; ``cursor``: of the last committed
        Pull, or None; ``now``: aware datetime; ``max_pages``: the limit on answers that one pull may have.

        Raises ConsentEnded, CallsUsedUp, NotReady, ProviderUnavailable, PayloadError.
        """
        raise self._cannot("be asked for entries")

    def parse(self, content, account):
        """The `Reading` of a stored `Pull.content`. Raises `formats.FormatError`, or UnknownStatus."""
        raise self._cannot("be asked for entries")

    def start_consent(self, call, settings, state, now):
        """A `ConsentRequest`. ``state``: a random text that comes back with the owner."""
        raise self._cannot("ask for a consent")

    def finish_consent(self, call, settings, reference, answer):
        """The `Consent` that the owner gave. ``reference``: of the ConsentRequest; ``answer``: the parameters with which the
        bank sent the owner back. Raises ConsentEnded when it was refused."""
        raise self._cannot("ask for a consent")

    def consent(self, call, settings):
        """The `Consent` as the API sees it now."""
        raise self._cannot("ask for a consent")

    def key_id(self, request):
        """The id of the key that ``request`` (a webhook) says it is signed with; None when it says none."""
        raise self._cannot("receive webhooks")

    def fetch_key(self, call, key_id):
        """The public key ``key_id`` (a JWK) from the API. Raises ProviderUnavailable, PayloadError."""
        raise self._cannot("receive webhooks")

    def verify(self, request, key, now):
        """`core.records.Verdict` on a webhook (INV-2). ``key``: the JWK of its `key_id`, None if there is none. Never raises
        for anything a caller can send."""
        raise self._cannot("receive webhooks")

    def news(self, request):
        """What a genuine webhook says, as `News`. Raises PayloadError."""
        raise self._cannot("receive webhooks")

    def _cannot(self, what):
        return FinanceError(f"The feed {self.label} cannot {what}; check its capabilities first.")


@dataclass(frozen=True, slots=True)
class News:
    """What a webhook says: ``event_type`` in the API's words; ``pull``: there are new entries; ``consent``: the state of the
    consent has changed and is to be looked up."""

    event_type: str
    pull: bool = False
    consent: bool = False
