"""What every bank file becomes, whatever its format: a proven statement with its booked entries and their
details.

Entries and details are named tuples, because a file has tens of thousands of them and making a frozen
dataclass takes ten times as long; use their ``_replace`` for a changed copy.

Amounts are exact Decimals, signed: positive is money that came in. Texts that the bank did not give are "",
other values None. Nothing in here is rounded, converted or shifted by a time zone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import NamedTuple

# Entry.status, the codes of ISO 20022. Only what is BOOKED moved a balance; it stands in statements that are not
# provisional.
BOOKED, PENDING = "BOOK", "PDNG"

# StatementHeader.proof: what the bank states that the entries were checked against.
BALANCES = "balances"
RUNNING_BALANCE = "running-balance"
TOTALS = "totals"
ONE_BALANCE = "one-balance"
UNPROVEN = "none"

# Entry.details_state
NO_DETAILS = "none"
DETAILS_PROVEN = "proven"
DETAILS_PARTIAL = "partial"
DETAILS_UNPROVEN = "unproven"

# Entry.date_source
BOOKING, VALUE, STATEMENT = "booking", "value", "statement"

# Entry.notes and Statement.notes: what was read although the file does not follow its schema to the letter.
STATUS_MISSING = "status-missing"
DETAIL_SIGN_IGNORED = "detail-sign-ignored"
AMOUNT_FROM_DETAILS = "amount-from-amount-details"
BALANCE_SIGN_MISSING = "balance-sign-missing"
NAMESPACE_MISSING = "namespace-missing"
ANNOUNCED_AS_BOOKED = "announced-as-booked"
AVAILABLE_BALANCES = "available-balances"
MIXED_ENCODING = "mixed-encoding"
DAY_BEYOND_MONTH = "day-beyond-month"
SIGN_FROM_TYPE = "sign-from-type"
TYPE_AGAINST_SIGN = "type-against-sign"
BANK_ID_REUSED = "bank-id-reused"
CORRECTION = "correction"


class Charge(NamedTuple):
    """A charge that the bank names: ``amount`` is negative when it costs us. ``included`` says whether the
    amount of the entry contains it already (None: the bank does not say)."""

    amount: Decimal
    currency: str
    included: bool | None = None
    kind: str = ""


class Exchange(NamedTuple):
    """A rate of exchange as the bank states it. Its direction is told by ``unit`` (the currency of which 1
    is priced), and banks often confuse it: never compute an amount with it."""

    source: str
    target: str
    unit: str
    rate: Decimal | None


class Detail(NamedTuple):
    """One transaction behind an entry.

    ``amount``: signed, in the account's currency; None if the file does not give it in that currency.
    ``references``: ISO name -> value (EndToEndId, InstrId, PmtInfId, MsgId, TxId, UETR, MndtId,
    AcctSvcrRef, ...), without placeholders such as NOTPROVIDED. ``remittance``: the unstructured lines;
    ``structured``: creditor references; ``documents``: numbers of the documents paid. ``counterparty_*`` is
    the other side, never our own account. ``original_*``: the amount in another currency, signed as the
    detail.
    """

    amount: Decimal | None
    references: dict
    counterparty_name: str = ""
    counterparty_account: str = ""
    counterparty_bank: str = ""
    remittance: tuple = ()
    structured: tuple = ()
    documents: tuple = ()
    information: str = ""
    purpose: str = ""
    bank_code: str = ""
    charges: tuple = ()
    return_reason: str = ""
    return_text: str = ""
    original_amount: Decimal | None = None
    original_currency: str = ""
    exchange: Exchange | None = None
    line: int | None = None


class Entry(NamedTuple):
    """One line of the account, booked or announced.

    ``bank_id``: the bank's own id (AcctSvcrRef); banks reuse it and some change it between files, so it is
    used together with ``fingerprint``, see `formats.dedupe`. ``entry_reference`` (NtryRef) is only a number
    inside the statement. ``status``: `BOOK` for what moved the balance; an entry of a provisional statement is
    `PDNG` or what the bank says (`INFO`, `FUTR`), and where the bank calls it booked already, a note says so.
    ``date_source``: where ``booking_date`` is from: `booking`, `value` (the file has
    no booking date) or `statement` (it has neither, and covers one day). ``value_date`` is None where the
    file has none. ``is_reversal``: the entry takes an earlier one back; the sign of ``amount`` already says
    the direction. ``details_state``: `none` (no details in the file), `proven` (they add up to the amount,
    charges considered), `partial` (the file has fewer details than the batch has transactions), `unproven`
    (details without amounts in the account's currency). ``reference``: the first that exists of structured
    creditor reference, end-to-end id, document number, payment information id, instruction id, message id,
    cheque number. ``number``: position in the statement, from 1.
    """

    amount: Decimal
    currency: str
    booking_date: date
    value_date: date | None
    bank_id: str
    reference: str
    text: str
    counterparty_name: str
    counterparty_account: str
    details: tuple
    is_reversal: bool
    status: str
    fingerprint: str
    number: int
    line: int | None
    date_source: str = BOOKING
    details_state: str = NO_DETAILS
    counterparty_bank: str = ""
    end_to_end_id: str = ""
    structured_reference: str = ""
    entry_reference: str = ""
    information: str = ""
    bank_code: str = ""
    bank_code_proprietary: str = ""
    return_reason: str = ""
    batch_id: str = ""
    batch_count: int | None = None
    charges: tuple = ()
    original_amount: Decimal | None = None
    original_currency: str = ""
    exchange: Exchange | None = None
    notes: tuple = ()


# Of the values of all fields, for the readers, which make one for every line of a file: the call of the class takes three times
# as long.
entry_of, detail_of = partial(tuple.__new__, Entry), partial(tuple.__new__, Detail)


@dataclass(frozen=True, slots=True)
class StatementHeader:
    """What a statement says of itself before its first entry.

    ``account``: IBAN without spaces, or the bank's own number (``account_scheme`` `IBAN` or `OTHER`).
    ``other_accounts``: other spellings of the same account that follow from it by a published rule (the IBAN
    of a national number). ``opening`` and ``closing`` are booked balances, ``*_kind`` the code they came
    under (OPBD, PRCD, ITBD, CLBD; 60F, 62M, ...); ``closing`` is None on a page that another page follows.

    ``proof`` says what vouches for the entries, and nothing is invented where the bank states less (decision
    0011): `balances` (opening + entries = closing), `running-balance` (a balance beside every entry; the
    opening one is the first less its entry), `totals` (counts and sums of the entries, but no balances that
    they lie between), `one-balance` (the closing balance only: the balance before is that of the statement
    before), `none`. A balance that is not stated is None. ``provisional``: the entries are announced (intraday
    reports, notifications): they come again in a statement, and are never booked.

    ``from_date``/``to_date``: local calendar dates as written. ``copy_indicator``: "", or COPY, DUPL, CODU for a
    statement that the bank sent before. ``member``: file in an archive. ``version``: of the schema, such as "08"; "" for a file
    without namespace.
    """

    account: str
    currency: str
    opening: Decimal | None
    closing: Decimal | None
    statement_id: str
    account_scheme: str = "IBAN"
    account_owner: str = ""
    servicer: str = ""
    opening_date: date | None = None
    closing_date: date | None = None
    opening_kind: str = ""
    closing_kind: str = ""
    electronic_number: int | None = None
    legal_number: int | None = None
    created_at: datetime | None = None
    from_date: date | None = None
    to_date: date | None = None
    page_number: int | None = None
    last_page: bool | None = None
    copy_indicator: str = ""
    message_id: str = ""
    version: str = ""
    format: str = ""
    line: int | None = None
    notes: tuple = ()
    proof: str = BALANCES
    provisional: bool = False
    other_accounts: tuple = ()

    @property
    def is_copy(self):
        """Whether the bank says that it sent this statement before."""
        return bool(self.copy_indicator)

    @property
    def is_proven(self):
        """Whether the entries lie between two balances that the bank states; only then they are complete."""
        return self.proof in (BALANCES, RUNNING_BALANCE) and not self.provisional


@dataclass(frozen=True, slots=True)
class StatementProof:
    """The last event of a statement: ``opening`` + ``total`` of ``count`` booked entries = ``closing``,
    checked.

    Where the statement is not proven by balances (`StatementHeader.proof`), a balance is None and what else the
    bank states was checked. ``provisional_count`` entries were pending or for information; they are in no sum.
    """

    opening: Decimal | None
    total: Decimal
    closing: Decimal | None
    count: int
    closing_date: date | None
    closing_kind: str
    provisional_count: int = 0


@dataclass(frozen=True, slots=True)
class Statement(StatementHeader):
    """A statement with its entries, each of which agrees with its details; ``opening`` + sum of ``entries`` =
    ``closing`` where both are stated."""

    entries: tuple = ()
    provisional_count: int = 0
    member: str = ""
