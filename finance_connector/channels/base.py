"""What a payment channel is: the only door through which payments leave. Pure: bytes and settings in, an outcome out.

An adapter has no state and makes no call by itself: what needs HTTP takes ``way.call``, which raises `ProviderUnavailable` for
every answer that is none. A transmission has at most two acts: `stage` puts things where nobody acts on them, and may be repeated
at will; `send` is the one act after which the bank has the parcel. Between the two it is written down that the transmission
begins (INV-9).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..core.errors import FinanceError
from ..core.instruction_facts import LEVELS
from ..core.money import Money

# What is sent in one act: a whole file, or each payment by itself.
FILE, PAYMENT = "file", "payment"
# What the bank says when it is asked for a parcel. Unsure: it cannot say, and a person has to find out.
PRESENT, ABSENT, UNSURE = "present", "absent", "unsure"


class Refused(FinanceError):
    """The bank does not take the parcel as it is, and did nothing: sending the same again changes nothing. ``codes``: its
    reasons; ``final``: the payments themselves are refused, not only the way in which they came."""

    def __init__(self, text, codes=(), final=False):
        self.codes, self.final = tuple(codes), final
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Settings:
    """A channel as the adapters know it; nothing of it is secret. ``folder``: where files go, for a local one absolute."""

    environment: str = "test"
    folder: str = ""
    host: str = ""
    port: int = 22
    user: str = ""
    host_key: str = ""
    url: str = ""
    probe_url: str = ""
    answers_url: str = ""
    content_type: str = "application/xml"
    sign_in: str = ""
    key_header: str = ""
    profile: str = ""


class Payout(NamedTuple):
    """One payment for an API. ``account``: of the payee, as it is entered; ``bank``: BIC or clearing number, if there is one."""

    end_to_end_id: str
    amount: Money
    payee: str
    account: str
    bank: str = ""
    text: str = ""
    country: str = ""


class Collect(NamedTuple):
    """One collection for an API. ``mandate``: its id at the provider; ``day``: not to be collected before, as an ISO date."""

    end_to_end_id: str
    amount: Money
    mandate: str
    day: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out in one act. ``key``: names the intent and the content, the same for every try; ``names``: the end-to-end
    ids of its payments; ``reference``: what the bank called it, if it told; ``payouts``: for adapters that take no file, each a
    `Payout` or a `Collect`."""

    key: str
    message_id: str
    filename: str
    content: bytes = field(default=b"", repr=False)
    names: tuple = ()
    payouts: tuple = ()
    reference: str = ""


class Way(NamedTuple):
    """What an adapter needs to reach its bank. ``secrets``: canonical name -> newest value;
    ``call(method, url, headers=None, **content) -> bytes``, for adapters that speak HTTP."""

    settings: Settings
    secrets: dict
    call: Callable[..., Any] | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """What a bank says about a parcel: a fact of each of its payments, or of the one whose end-to-end id is ``payment``.

    ``kind``, ``level``: as in `instruction_facts`. ``amount``: of money that moved; None is all that was ordered. That a payment
    failed is told as `reject`, also of one that was executed before: its money came back then. ``movement``: see
    `records.PaymentNews`.
    """

    kind: str
    name: str
    text: str = ""
    level: str = LEVELS[-1]
    reasons: tuple = ()
    payment: str = ""
    amount: Money | None = None
    movement: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """The bank has it. ``reference``: what it calls it; ``tellings``: what it said of it; ``answer``: a file that it gave back,
    to be taken like every other answer."""

    reference: str = ""
    tellings: tuple = ()
    answer: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What the bank said when it was asked. ``verdict``: PRESENT, ABSENT or UNSURE."""

    verdict: str
    text: str = ""
    reference: str = ""
    tellings: tuple = ()


def tellings(news):
    """`PaymentNews` as `Telling`s: what a provider answers is what its webhooks say."""
    return tuple(
        Telling(one.kind, one.name, one.text, reasons=one.reasons, payment=one.end_to_end_id, amount=one.amount,
                movement=one.movement)
        for one in news
    )  # fmt: skip


class ChannelAdapter:
    """The interface. Capabilities: ``send``; ``probe`` (the bank can be asked for a parcel); ``follow`` (it can be asked what
    became of one); ``answers`` (it gives its answers as files). Without ``send`` people take the file; without ``probe`` a
    transmission without answer waits for a person."""

    code = ""
    label = ""
    capabilities = frozenset({"send"})
    unit = FILE
    # What it takes, as `file_format` of the order has it; None: every file.
    formats = None
    # canonical name of a secret -> what it is, for the screen
    secret_names = {}
    # the settings that must be there, as fields of `Settings`
    needs = ()
    # environment (`test`, `live`) -> where the API is called
    api_bases = {}
    # Whether "absent" can be believed at once. An address that somebody entered may be a wrong one, which knows nothing at all:
    # it is believed once it has known a parcel that the bank surely has.
    absence_is_proof = True
    # What is not proven of the counterpart's behaviour, for the screen: sentences.
    unverified = ()

    def secret_name(self, name):
        """The canonical name of secret ``name``. Raises FinanceError if the channel has no such secret."""
        if name not in self.secret_names:
            told = ", ".join(sorted(self.secret_names)) or "none"
            raise FinanceError(f"The channel {self.label} has no secret {name!r}; it has {told}.")
        return name

    def missing(self, settings, held):
        """What must be entered before it can send: names of fields of `Settings`, and of secrets. ``held``: secrets' names."""
        return [name for name in self.needs if not getattr(settings, name)] + self._missing_secrets(settings, held)

    def _missing_secrets(self, _settings, held):
        return [name for name in self.secret_names if name not in held]

    def problem(self, payout):
        """Why this `Payout` cannot be sent this way, in words; "" if it can. Asked before anybody approves it."""
        return ""

    def look(self, way):
        """Sign in and look, changing nothing: what was found, in words. Raises ProviderUnavailable."""
        return f"{self.label}: there is nothing to look at."

    def stage(self, way, parcel):
        """Put the parcel where nobody acts on it yet; `Sent` with what it is called there, or None. Raises ProviderUnavailable:
        nothing has begun then."""
        return

    def send(self, way, parcel):
        """Give the parcel to the bank: `Sent`. Raises Refused, and ProviderUnavailable with outcome `failed` when the bank surely
        has nothing, `unknown` when it may have."""
        raise FinanceError(f"The channel {self.label} is used by people: they take the file, and a second person confirms it.")

    def probe(self, way, parcel):
        """Ask whether the bank has the parcel: `Found`. Raises ProviderUnavailable when it cannot be asked."""
        raise FinanceError(f"The channel {self.label} cannot ask for what was sent; ask the bank otherwise.")

    def follow(self, way, parcel):
        """What became of a parcel that the bank has: a tuple of `Telling`; the same again is the same fact. Raises
        ProviderUnavailable when it cannot be asked."""
        raise FinanceError(f"The channel {self.label} tells nothing of what became of payments; the bank's files do.")

    def answers(self, way, parcel):
        """The files in which the bank has answered to a parcel by now: a tuple of bytes, empty as long as there are none. Raises
        ProviderUnavailable when it cannot be asked, or gave something else."""
        raise FinanceError(f"The channel {self.label} gives no answers as files; they come with the bank's other files.")


class ManualChannel(ChannelAdapter):
    """A person takes the file to the bank; it only says how files are written."""

    code = "manual"
    label = "By hand"
    capabilities = frozenset()
