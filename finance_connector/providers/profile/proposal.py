"""What a sample tells of the profile that would read it: a proposal that a person completes and a second one approves.

Only what the sample leaves no doubt about is proposed; a column or a kind whose name means nothing here stays open, and the
preview says so. Source: none; the words are those that providers use in English.
"""

import re
from dataclasses import replace
from datetime import datetime

from ...core.errors import FinanceError
from . import sheet
from .definition import Profile, ProfileError

_DELIMITERS = (";", "\t", "|", ",")
# So many rows tell how the others are written.
_LOOKED_AT = 500
_MOST_KINDS = 40
# Field -> what its column is called, the first that is there.
_NAMES = {
    "id": ("id", "row", "row id", "line", "line id", "entry id", "record id", "transaction id", "balance transaction id"),
    "kind": ("kind", "type", "what", "category", "transaction type", "entry type", "record type", "event"),
    "settlement": ("settlement", "settlement id", "payout", "payout id", "payout no", "payout number", "batch", "batch number"),
    "gross": ("gross", "gross amount", "amount", "transaction amount"),
    "debit": ("debit", "money out", "gross debit", "debits"),
    "credit": ("credit", "money in", "gross credit", "credits"),
    "fee": ("fee", "fees", "fee amount", "commission", "total fees"),
    "tax": ("tax", "vat", "tax on fee", "fee tax", "vat on fee"),
    "net": ("net", "net amount"),
    "currency": ("currency", "cur", "ccy", "currency code", "settlement currency"),
    "date": ("date", "booked", "booking date", "created", "created at", "creation date", "transaction date", "time"),
    "payment": ("payment", "payment id", "charge id", "psp reference"),
    "source": ("refund id", "dispute id", "chargeback id", "source"),
    "reference": ("reference", "order", "order id", "merchant reference", "our reference", "invoice"),
    "description": ("description", "text", "details", "memo"),
    "payout_date": ("payout date", "paid at", "settled at", "arrival date"),
    "trace": ("bank text", "bank reference", "statement descriptor", "trace"),
}
# Kind of a row -> what it is called, the more special before the more general.
_KINDS = (
    ("fee_refund", r"fee.*(refund|return)|(refund|return).*fee"),
    ("dispute_fee", r"(dispute|chargeback).*fee"),
    ("dispute_won", r"(dispute|chargeback).*(won|revers)"),
    ("dispute_open", r"dispute|chargeback"),
    ("refund_fail", r"refund.*(fail|revers|return)"),
    ("refund", r"refund"),
    ("payout_fail", r"payout.*(fail|return|revers)"),
    ("payout", r"payout|withdrawal"),
    ("reserve_release", r"reserve.*release|release.*reserve"),
    ("reserve_hold", r"reserve"),
    ("fee", r"fee|commission"),
    ("adjustment", r"adjustment|correction"),
    ("capture", r"sale|payment|charge|capture"),
)
_DATES = (
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y",
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d",
)  # fmt: skip
_WITH_COMMA = re.compile(r"-?[\d.' ]*\d,\d{1,3}").fullmatch
_WITH_POINT = re.compile(r"-?[\d,' ]*\d\.\d{1,3}").fullmatch
_SEPARATORS = (".", ",", "'", " ")


def propose(content, name="The sample"):
    """The Profile that the file ``content`` (bytes) tells of itself; what it leaves open is empty. Raises FinanceError."""
    delimiter, header, rows = _read(content, name)
    columns = _columns(header)
    if not columns:
        raise ProfileError(f"{name}: no column has a name that is known; say below which column is what.")

    def values(field):
        return [row[header.index(columns[field])].strip() for row in rows] if field in columns else []

    amounts = [value for field in ("gross", "net", "debit", "credit", "fee") for value in values(field) if value]
    kinds = _kinds(values("kind"))
    pair = {"debit", "credit"} <= set(columns)
    signed = any(value.startswith("-") for value in amounts)
    found = Profile(name=name, columns=columns, kinds=kinds, delimiter=delimiter, date_format=_date_format(values("date")))
    decimal, thousands = _signs_of(amounts)
    sign = "debit_credit" if pair else "signed" if signed else "by_kind"
    return replace(found, sign=sign, decimal=decimal, thousands=thousands)


def _read(content, name):
    """(delimiter, names of the columns, rows) with the delimiter that gives the most columns."""
    best, refusal = None, None
    for delimiter in _DELIMITERS:
        try:
            table = sheet.table(content, Profile(name=name, delimiter=delimiter), name)
            whole = [values for _line, values in table.rows() if len(values) == len(table.header)][:_LOOKED_AT]
        except FinanceError as error:
            refusal = error
            continue
        if best is None or len(table.header) > len(best[1]):
            best = delimiter, table.header, whole
    if best is None:
        raise refusal
    return best


def _columns(header):
    """Field -> name of its column; a column is one thing only."""
    plain = {re.sub(r"[^a-z]+", " ", name.lower()).strip(): name for name in reversed(header)}
    found, taken = {}, set()
    for field, names in _NAMES.items():
        column = next((plain[name] for name in names if name in plain and plain[name] not in taken), None)
        if column is not None:
            found[field] = column
            taken.add(column)
    return found


def _kinds(values):
    """Value -> kind, of those whose names mean something."""
    distinct = list(dict.fromkeys(value for value in values if value))
    if len(distinct) > _MOST_KINDS:
        return {}
    told = {value: value.lower().replace("_", " ") for value in distinct}
    meant = {value: next((kind for kind, words in _KINDS if re.search(words, told[value])), None) for value in distinct}
    return {value: kind for value, kind in meant.items() if kind}


def _date_format(values):
    """The only way in which every date can be read; "" for ISO 8601, and where there are two ways or none."""
    values = [value for value in values if value]
    fitting = [pattern for pattern in _DATES if values and all(_is_date(value, pattern) for value in values)]
    return fitting[0] if len(fitting) == 1 else ""


def _is_date(value, pattern):
    try:
        datetime.strptime(value, pattern)
    except ValueError:
        return False
    return True


def _signs_of(amounts):
    """(decimal sign, thousands separator or "")."""
    decimal = "," if any(map(_WITH_COMMA, amounts)) and not any(map(_WITH_POINT, amounts)) else "."
    grouped = (sign for sign in _SEPARATORS if sign != decimal and any(sign in amount for amount in amounts))
    return decimal, next(grouped, "")
