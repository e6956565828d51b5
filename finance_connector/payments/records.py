"""The canonical payment records: what the order hands to the writers, whatever the format is called.

Amounts are `Money`, dates `date`, instants timezone-aware. Texts are as people write them; the writers put them into
the characters of the scheme.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime

from ..core.money import Money


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address. ``country``: ISO 3166; ``lines``: what fits into no other field (hybrid address)."""

    country: str = ""
    town: str = ""
    postcode: str = ""
    street: str = ""
    building: str = ""
    region: str = ""
    lines: tuple = ()


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who pays or is paid. ``short_name``: for formats with little room (NACHA, BACS), where names are never cut.
    ``organisation_id``: a number that the bank gave, of ``organisation_scheme`` (ISO code such as CUST)."""

    name: str
    address: Address | None = None
    short_name: str = ""
    lei: str = ""
    organisation_id: str = ""
    organisation_scheme: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """A bank: by BIC, or as ``member`` of a ``clearing_system`` (ISO code), beside which its name is told."""

    bic: str = ""
    clearing_system: str = ""
    member: str = ""
    name: str = ""
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """``iban``, or another ``number``; ``currency`` of the account if it is known; ``kind``: `checking` or `savings` (NACHA)."""

    iban: str = ""
    number: str = ""
    currency: str = ""
    kind: str = "checking"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment out. ``reference``: structured (RF, QR reference), ``text``: unstructured.

    ``charge_bearer``: "" takes the one of the scheme. ``purpose``: ISO code of four letters.
    """

    end_to_end_id: str
    amount: Money
    creditor: Party
    account: Account
    agent: Agent = Agent()
    text: str = ""
    reference: str = ""
    charge_bearer: str = ""
    purpose: str = ""
    instruction_id: str = ""
    uetr: str = ""
    intermediary: Agent | None = None
    ultimate_debtor: Party | None = None
    ultimate_creditor: Party | None = None


@dataclass(frozen=True, slots=True)
class TransferBatch:
    """Transfers from one account on one day by one ``scheme`` (a key of `schemes.TRANSFER_SCHEMES`).

    ``batch_booking``: one entry in the statement for all (None: what is agreed with the bank).
    ``category_purpose``: ISO code for all (SALA: salaries). ``currencies``: those that the bank sends from this account
    (None: all that the scheme has).
    """

    batch_id: str
    scheme: str
    execution_date: date
    debtor: Party
    account: Account
    agent: Agent
    transfers: tuple
    batch_booking: bool | None = None
    category_purpose: str = ""
    ultimate_debtor: Party | None = None
    charges_account: Account | None = None
    currencies: frozenset | None = None


@dataclass(frozen=True, slots=True)
class Mandate:
    """A direct debit mandate. What changed since the last collection is told by the ``original_*``: the former id,
    creditor id, creditor name and account; ``new_bank``: the debtor's account is at another bank now."""

    mandate_id: str
    signed_on: date
    original_mandate_id: str = ""
    original_creditor_id: str = ""
    original_creditor_name: str = ""
    original_iban: str = ""
    new_bank: bool = False

    @property
    def is_amended(self):
        """Whether anything changed since the last collection."""
        creditor = self.original_creditor_id or self.original_creditor_name
        return bool(self.original_mandate_id or creditor or self.original_iban or self.new_bank)


@dataclass(frozen=True, slots=True)
class Collection:
    """One direct debit."""

    end_to_end_id: str
    amount: Money
    debtor: Party
    account: Account
    mandate: Mandate
    agent: Agent = Agent()
    text: str = ""
    reference: str = ""
    purpose: str = ""
    instruction_id: str = ""
    ultimate_debtor: Party | None = None
    ultimate_creditor: Party | None = None


@dataclass(frozen=True, slots=True)
class CollectionBatch:
    """Direct debits to one account, due on one day. ``instrument``: CORE or B2B; ``sequence``: FRST, RCUR, OOFF or FNAL."""

    batch_id: str
    instrument: str
    sequence: str
    collection_date: date
    creditor: Party
    creditor_id: str
    account: Account
    agent: Agent
    collections: tuple
    batch_booking: bool | None = None
    category_purpose: str = ""


@dataclass(frozen=True, slots=True)
class PaymentMessage:
    """What becomes one file: its id, when it is made, who makes it, and its batches."""

    message_id: str
    created_at: datetime
    initiator: Party
    batches: tuple


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A payment file that was validated. ``totals``: currency -> Money of all instructions; ``sha256``: of ``content``;
    ``names``: what the bank calls an instruction where that is not its end-to-end id (end-to-end id -> trace number)."""

    format: str
    message_id: str
    content: bytes
    count: int
    totals: dict
    validated_by: str
    names: dict = field(default_factory=dict)

    @property
    def sha256(self):
        """The hash that is kept beside the file and compared before it is sent."""
        return hashlib.sha256(self.content).hexdigest()
