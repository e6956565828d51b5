"""The canonical records: what every adapter hands to the subledger, whatever the provider calls it.

An adapter turns bytes into these; the models store them. Amounts are `Money`; instants are timezone-aware UTC.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

from .money import Money

# Movement kinds (DESIGN section 5, and decision 0002 for `payout_paid`). One fact per (provider, kind, external id).
KINDS = (
    "authorize", "authorize_adjust", "void", "expire", "fail", "capture", "capture_fail", "refund", "refund_fail",
    "dispute_open", "dispute_update", "dispute_won", "dispute_lost", "dispute_fee", "fee", "fee_refund", "fee_tax",
    "reserve_hold", "reserve_release", "adjustment", "fx", "payout", "payout_paid", "payout_fail", "transfer",
    "review_open", "review_close", "mandate_create", "mandate_activate", "mandate_end",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it came in: the raw ``body``, all ``headers`` as (name, value) pairs, the registered ``url``."""

    body: bytes
    headers: tuple = ()
    url: str = ""

    def header_values(self, name):
        """Every value of header ``name`` (case-insensitive), in order of arrival."""
        lowered = name.lower()
        return [value for key, value in self.headers if key.lower() == lowered]


@dataclass(frozen=True, slots=True)
class Trust:
    """What a signature by certificate is judged with, besides the secrets: the ``certificate`` that the call names (PEM, the
    signer's first, then any that issued it), and ``anchors`` (PEM) that are trusted beside the public authorities."""

    certificate: bytes = b""
    anchors: bytes = b""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a call is genuine. ``reason`` names what is wrong (`missing`, `malformed`, `mismatch`, `stale`, `future`,
    `no_secret`, `certificate`); ``secret_index`` tells which of the active secrets matched.

    An ``ok`` verdict with reason `hint` is of a call that its provider does not sign: it is only a reason to ask, and
    nothing in it but an id may be used.
    """

    ok: bool
    reason: str = ""
    secret_index: int = -1


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the inbox must know of a genuine message before it stores it, and nothing more.

    ``external_id`` is the provider's id of the message (unique per provider connection); ``lane_key`` groups messages of
    one transaction so that one worker handles them in turn; ``occurred_at`` is the provider's clock. ``repeatable``: the
    same words tell of every change, so an equal id is no copy, and the inbox adds something of its own to it.
    """

    external_id: str
    event_type: str
    lane_key: str
    occurred_at: datetime | None = None
    live: bool | None = None
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a call: what the inbox must know of it, and its bytes as they came."""

    envelope: Envelope
    body: bytes


@dataclass(frozen=True, slots=True)
class Fetch:
    """Something that the provider must be asked for, because a message only names it.

    ``kind`` is the adapter's word for what it is (`payment`, `payout`, `report`), ``key`` the provider's id of it, or the
    address it lies at; both together name it.
    """

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One immutable fact about money or about the state of a payment.

    ``external_id`` is unique per kind within a provider connection, and is built from the provider's object ids so that
    the same fact told twice (two events, webhook and report) has the same id.
    ``amount`` is positive in the natural direction of its kind; only `payout`, `adjustment`, `transfer` and `fx` may be
    negative (positive `adjustment` and `transfer`: the provider's balance grows).
    ``group`` names what inside the transaction the fact belongs to (a charge, a refund, a dispute);
    ``cumulative`` says that ``amount`` is the total of the group so far, not an increment.
    ``counter_amount``: for `fx`, what left the balance in the other currency.
    ``transaction_key`` is the provider's id of the payment (None for facts about the balance alone: payouts, fees of the
    account); ``settlement_key`` the provider's id of the payout the fact belongs to, if it is known.
    ``reference`` is the merchant's own reference (order or invoice) when the provider repeats it.
    """

    kind: str
    external_id: str
    amount: Money
    occurred_at: datetime
    transaction_key: str | None = None
    settlement_key: str | None = None
    group: str = ""
    cumulative: bool = False
    counter_amount: Money | None = None
    reference: str | None = None
    status: str = ""
    reason: str = ""
    data: dict = field(default_factory=dict, hash=False, compare=False)


class PaymentInfo(NamedTuple):
    """What the provider knows about a payment besides its movements; the newest ``occurred_at`` wins per field. A tuple, since a
    report makes one for each of its rows."""

    transaction_key: str
    occurred_at: datetime
    amount: Money | None = None
    reference: str | None = None
    provider_reference: str | None = None
    customer_name: str | None = None
    customer_email: str | None = None
    customer_key: str | None = None
    description: str | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class SettlementInfo:
    """A payout or batch as the provider reports it; ``amount`` is what is paid out (negative: collected from us).

    ``status`` is one of `open`, `in_transit`, `paid`, `failed`; ``trace`` what the bank statement will show.
    ``complete`` is true when the lines that come with it are all its lines; ``itemizable`` when the provider says that
    its lines can now be fetched.
    """

    external_id: str
    amount: Money
    occurred_at: datetime
    status: str = "open"
    arrival_date: date | None = None
    automatic: bool | None = None
    method: str = ""
    trace: str | None = None
    descriptor: str | None = None
    failure: str | None = None
    complete: bool = False
    itemizable: bool | None = None


class SettlementLine(NamedTuple):
    """One line of a settlement, in the settlement's currency: ``net = gross - fee - tax``.

    ``kind`` is a movement kind (what the money was for); ``external_id`` the provider's id of the balance transaction.
    ``original`` is the amount in the currency the customer paid in when that differs.
    """

    settlement_key: str
    external_id: str
    kind: str
    gross: Money
    fee: Money
    tax: Money
    net: Money
    occurred_at: datetime
    transaction_key: str | None = None
    source_id: str | None = None
    category: str = ""
    description: str = ""
    original: Money | None = None

    @classmethod
    def without_fee(cls, settlement_key, external_id, kind, amount, occurred_at, **more):
        """A line that no fee and no tax is taken off; ``more``: its other fields."""
        nothing = Money.zero(amount.currency)
        return cls(settlement_key, external_id, kind, amount, nothing, nothing, amount, occurred_at, **more)


@dataclass(frozen=True, slots=True)
class PaymentNews:
    """What a provider says of a payment that we ordered there: a fact of the instruction with that ``end_to_end_id``.

    ``kind``: as in `instruction_facts`; ``name`` names the fact, whether a message or an answer to a question tells it.
    ``amount``: of money that moved. ``movement``: ``<kind>/<external id>`` of the `Movement` that the money is.
    """

    end_to_end_id: str
    kind: str
    name: str
    occurred_at: datetime
    amount: Money | None = None
    reasons: tuple = ()
    text: str = ""
    movement: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """All that one message says. ``ignored`` names why nothing of it is booked (an event type without money);
    ``live`` is false when the provider says that it is test data, None when it does not say; ``account`` is the account
    the message is about when the provider names another than the one it is sent for (Stripe: a connected account);
    ``fetches`` are `Fetch`es: the message is understood when their answers are; ``news`` are of payments that we ordered;
    ``captures`` are `settled_capture.SettledCapture`s, which a part of a report has in place of what they say."""

    movements: tuple = ()
    payments: tuple = ()
    settlements: tuple = ()
    lines: tuple = ()
    ignored: str = ""
    account: str | None = None
    live: bool | None = None
    fetches: tuple = ()
    news: tuple = ()
    captures: tuple = ()

    def spread(self):
        """The same without ``captures``: said by movements, payments and lines."""
        if not self.captures:
            return self
        told = [capture.spread() for capture in self.captures]
        return replace(
            self,
            movements=(*(fact for facts, _line in told for fact in facts), *self.movements),
            payments=(*(capture.info for capture in self.captures), *self.payments),
            lines=(*(line for _facts, line in told), *self.lines),
            captures=(),
        )


def joined(parts):
    """The `Parsed` that ``parts`` say together, spread; ``ignored`` only when none of them says anything else."""
    parts = tuple(part.spread() for part in parts)
    movements, payments, settlements, lines, news = (
        tuple(record for part in parts for record in getattr(part, name))
        for name in ("movements", "payments", "settlements", "lines", "news")
    )
    nothing = not (movements or payments or settlements or lines or news)
    ignored = next((part.ignored for part in parts if part.ignored), "") if nothing else ""
    return Parsed(movements, payments, settlements, lines, ignored, news=news)
