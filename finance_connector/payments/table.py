"""Payments as a CSV by profile, for banks and portals that take a table: which columns, in which spelling.

The profile is made once for a bank and kept; every text is refused that the encoding cannot hold, that is longer than
its column, or that a spreadsheet would run as a formula.
"""

import csv
import io
from dataclasses import asdict, dataclass, fields
from typing import NamedTuple

from ..core import payee_account
from ..core.errors import FinanceError
from ..core.money import Money
from . import rules
from .problems import Problems
from .records import WrittenFile
from .schemes import Scheme

FORMAT = "csv"
SCHEME = Scheme("payment", "")
# What a column can hold; `constant` holds its own text.
ROLES = (
    "end_to_end_id", "amount", "currency", "date", "payee", "account", "iban", "bic", "clearing_member", "reference", "text",
    "country", "town", "postcode", "street", "own_account", "batch_id", "purpose", "charge_bearer", "constant", "empty",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NEEDED = ("amount",)


class Column(NamedTuple):
    """``header``: its title; ``role``: one of ROLES; ``limit``: how long its texts may be (0: any); ``text``: of a constant."""

    header: str
    role: str
    limit: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """How a bank wants its table. ``date_format``: as `strftime` has it; ``minor_units``: amounts as whole cents;
    ``line_end``: between rows; ``quote_all``: quotes around every value; ``formulas``: a portal reads the file, and texts
    that begin as a formula may stay as they are."""

    columns: tuple
    name: str = ""
    delimiter: str = ";"
    decimal_sign: str = "."
    date_format: str = "%Y-%m-%d"
    encoding: str = "utf-8"
    line_end: str = "\r\n"
    header: bool = True
    quote_all: bool = False
    minor_units: bool = False
    formulas: bool = False

    def __post_init__(self):
        roles = [column.role for column in self.columns]
        if unknown := set(roles) - set(ROLES):
            raise FinanceError(f"There is no column {', '.join(sorted(unknown))}; there are {', '.join(ROLES)}.")
        if missing := [role for role in _NEEDED if role not in roles]:
            raise FinanceError(f"The profile has no column for {', '.join(missing)}; add it.")
        if not {"account", "iban"} & set(roles):
            raise FinanceError("The profile has no column for the account of the payee; add one.")
        if len(self.delimiter) != 1 or self.decimal_sign not in (".", ",") or self.delimiter == self.decimal_sign:
            raise FinanceError("The delimiter has to be one character and another than the decimal sign, which is . or ,.")
        if self.line_end not in ("\r\n", "\n"):
            raise FinanceError("Rows end by CR LF or LF.")
        try:
            "".encode(self.encoding)
        except LookupError:
            raise FinanceError(f"There is no encoding {self.encoding!r}; use utf-8 or the one that the bank names.") from None

    def as_dict(self):
        """The profile as plain values, for JSON; `from_dict` reads it."""
        return {**asdict(self), "columns": [column._asdict() for column in self.columns]}

    @classmethod
    def from_dict(cls, told):
        """The Profile of a dict as `as_dict` gives it. Raises FinanceError for keys that a profile does not have."""
        known = {field.name for field in fields(cls)}
        if unknown := set(told) - known:
            raise FinanceError(f"A profile has no {', '.join(sorted(map(str, unknown)))}.")
        return cls(**{**told, "columns": tuple(Column(**column) for column in told.get("columns", ()))})


def write(message, profile):
    """The `WrittenFile` of a `records.PaymentMessage` of `TransferBatch` es. Raises PaymentFileError with everything that is
    wrong; then nothing is written. What was written is read back and compared."""
    problems = Problems()
    rules.check_message(message, problems)
    ids, rows, totals = rules.Ids(problems), [], {}
    for batch in message.batches:
        rules.check_batch(batch, len(batch.transfers), batch.execution_date, message.created_at, problems)
        for transfer in batch.transfers:
            problems.instruction = transfer.end_to_end_id
            ids.add(transfer.end_to_end_id)
            rules.amount(transfer.amount, SCHEME, problems)
            rules.account_currency(transfer.amount, batch.currencies, problems)
            if transfer.account.iban:
                problems.attempt("payee", payee_account.iban, transfer.account.iban)
            elif not transfer.account.number:
                problems.add("payee", "missing", "The account of the payee is missing; enter it.")
            rows.append([_cell(column, transfer, batch, profile, problems) for column in profile.columns])
            currency = transfer.amount.currency
            totals[currency] = totals.get(currency, Money(0, currency)) + transfer.amount
        problems.instruction = ""
    _check_currency(totals, profile, problems)
    problems.refuse()
    content = _encoded(rows, profile, problems)
    problems.refuse()
    return WrittenFile(FORMAT, message.message_id, content, len(rows), totals, "rows read back")


def _check_currency(totals, profile, problems):
    """A table that does not tell the currency can hold one only."""
    if len(totals) > 1 and "currency" not in {column.role for column in profile.columns}:
        told = ", ".join(sorted(totals))
        problems.add("currency", "currency", f"The table does not tell the currency and would hold {told}; make a file for each.")


def _encoded(rows, profile, problems):
    """The bytes of the table, read back and compared."""
    heading = [[column.header for column in profile.columns]] if profile.header else []
    buffer = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if profile.quote_all else csv.QUOTE_MINIMAL
    csv.writer(buffer, delimiter=profile.delimiter, lineterminator=profile.line_end, quoting=quoting).writerows(heading + rows)
    try:
        content = buffer.getvalue().encode(profile.encoding)
    except UnicodeEncodeError as error:
        text = f"{error.object[error.start]!r} cannot be written in {profile.encoding}; write the text without it."
        problems.add("file", "character", text)
        return b""
    read = list(csv.reader(io.StringIO(content.decode(profile.encoding), newline=""), delimiter=profile.delimiter))
    if read != heading + rows:
        text = "What was read back from the file is not what was ordered. Report this with the payment order."
        problems.add("file", "proof", text)
    return content


def _cell(column, transfer, batch, profile, problems):
    """The text of one cell, checked."""
    if column.role == "amount":
        return _amount(transfer.amount, profile)
    if column.role == "date":
        return batch.execution_date.strftime(profile.date_format)
    address = transfer.creditor.address
    value = {
        "end_to_end_id": transfer.end_to_end_id, "currency": transfer.amount.currency, "payee": transfer.creditor.name,
        "account": transfer.account.iban or transfer.account.number, "iban": transfer.account.iban, "bic": transfer.agent.bic,
        "clearing_member": transfer.agent.member, "reference": transfer.reference, "text": transfer.text,
        "own_account": batch.account.iban or batch.account.number, "batch_id": batch.batch_id, "purpose": transfer.purpose,
        "charge_bearer": transfer.charge_bearer, "constant": column.text, "empty": "",
    }.get(column.role)  # fmt: skip
    if value is None:
        value = getattr(address, column.role) if address else ""
    if column.role == "iban" and not value:
        problems.add("payee", "iban", "The table wants an IBAN, and the account of the payee is none; pay it otherwise.")
    return _checked(" ".join(value.split()), column, profile, problems)


def _checked(value, column, profile, problems):
    name = column.header or column.role
    if column.limit and len(value) > column.limit:
        text = f"{value} has {len(value)} characters, {column.limit} are allowed in {name}; shorten it."
        problems.add(name, "length", text)
    if value.startswith(_FORMULA) and not profile.formulas and column.role != "constant":
        text = f"{value} in {name} begins as a formula does, which a spreadsheet would run; write it otherwise."
        problems.add(name, "formula", text)
    return value


def _amount(money, profile):
    if profile.minor_units:
        return str(money.minor)
    return str(money.to_decimal()).replace(".", profile.decimal_sign)
