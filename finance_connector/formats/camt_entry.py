"""One line of the account: `Ntry` with its details, read once, from the element to the canonical Entry.

Only what the bank booked is an entry of a statement. PDNG, INFO and FUTR are provisional; an unknown or proprietary status
is refused by name, since nobody can tell whether it moved the balance. A missing status is read as booked,
with a note: a camt.053 lists booked entries, and the balances prove it. In reports and notifications (camt.052,
camt.054) every entry is announced, whatever its status; that the bank calls it booked there is a note.
"""

from typing import NamedTuple

from . import fingerprint
from .camt_detail import read_detail
from .camt_money import amount_in, charges, detailed_amounts, original
from .camt_parties import bank_codes
from .camt_proof import prove_details
from .camt_values import (
    PLACEHOLDERS,
    amount_of,
    children,
    code_of,
    count_of,
    currency_of,
    date_of,
    direction_of,
    flag_of,
    text_of,
)
from .errors import FormatError
from .records import (
    AMOUNT_FROM_DETAILS,
    ANNOUNCED_AS_BOOKED,
    BOOKED,
    BOOKING,
    DETAIL_SIGN_IGNORED,
    PENDING,
    STATEMENT,
    STATUS_MISSING,
    VALUE,
    Detail,
    entry_of,
)
from .text_values import iso

PROVISIONAL = frozenset(("PDNG", "INFO", "FUTR"))

# Fields of which an entry has one; a second one would be a choice between two truths.
_SINGLE = (
    "Amt",
    "CdtDbtInd",
    "RvslInd",
    "Sts",
    "BookgDt",
    "ValDt",
    "AcctSvcrRef",
    "NtryRef",
    "AmtDtls",
    "BkTxCd",
)

# Of the references of a transaction, those that a bank repeats whenever it lists the entry again.
_REPEATED = frozenset(("EndToEndId", "InstrId", "TxId", "UETR", "PmtInfId", "MsgId", "MndtId", "ChqNb"))

_NO_DETAIL = Detail(None, {})


class Account(NamedTuple):
    """What an entry must know of its statement: the account, its currency with decimals, the dates that the
    statement covers (equal for a single day, None if unknown), the names of the file's elements, and whether its
    entries are only announced."""

    number: str
    currency: str
    exponent: int
    first_day: object
    last_day: object
    names: dict
    announced: bool = False


class Provisional(NamedTuple):
    """An entry that is not booked: its status and signed amount."""

    status: str
    amount: object


class _Behind(NamedTuple):
    """What `NtryDtls` says: details, id of the batch, transactions it counts (None: not told), charges with
    tax."""

    details: tuple = ()
    batch_id: str = ""
    count: int | None = None
    charges_total: object = None


_NOTHING_BEHIND = _Behind()


def read_entry(element, account, repeats, number):
    """The Entry in a `Ntry`, or a Provisional. Raises FormatError for what cannot be trusted.

    ``repeats``: the RepeatCounter of the file; ``number``: position in the statement.
    """
    fields, groups, charged = _split(element, account.names)
    amounts = detailed_amounts(fields["AmtDtls"], account) if "AmtDtls" in fields else {}
    amount, direction, notes = _amount(element, fields, amounts, account)
    status = code_of(fields.get("Sts"))
    if status in PROVISIONAL and not account.announced:
        return Provisional(status, amount)
    if status not in PROVISIONAL and status != BOOKED:
        notes += _without_status(element, status)
    told = BOOKED
    if account.announced:
        told = status if status in PROVISIONAL else PENDING
        notes += (ANNOUNCED_AS_BOOKED,) if status == BOOKED else ()
    is_reversal = bool("RvslInd" in fields and flag_of(fields["RvslInd"]))
    behind = _behind(groups, account, direction, is_reversal) if groups else _NOTHING_BEHIND
    own_charges, charges_total = charges(charged, account.names) if charged else ((), None)
    state, details, turned = prove_details(amount, account.currency, behind, own_charges, charges_total, element.sourceline)
    if turned:
        notes += (DETAIL_SIGN_IGNORED,)
    only = details[0] if len(details) == 1 else _NO_DETAIL
    in_other = original(amounts, account) if amounts else (None, "", None)
    if in_other[0] is None:
        in_other = only.original_amount, only.original_currency, only.exchange
    elif direction < 0:
        in_other = -in_other[0], *in_other[1:]
    extras = state, own_charges or only.charges, in_other, notes, told
    return _composed(element, fields, account, repeats, number, amount, is_reversal, behind, details, only, extras)


def _composed(element, fields, account, repeats, number, amount, is_reversal, behind, details, only, extras):
    """The Entry: the fields of the `Ntry` itself, and those of its ``only`` detail where it has none."""
    booking_date, date_source, value_date = _dates(fields, account, element)
    bank_code, proprietary = bank_codes(fields["BkTxCd"], account.names) if "BkTxCd" in fields else ("", "")
    state, all_charges, (other_amount, other_currency, exchange), notes, status = extras
    references = only.references
    bank_id = text_of(fields["AcctSvcrRef"]) if "AcctSvcrRef" in fields else ""
    if bank_id.upper() in PLACEHOLDERS:
        bank_id = references.get("AcctSvcrRef", "")
    end_to_end_id = references.get("EndToEndId", "")
    information = text_of(fields["AddtlNtryInf"]) if "AddtlNtryInf" in fields else ""
    text = " ".join(only.remittance) or only.information or information or only.return_text
    structured = only.structured[0] if only.structured else ""
    content = fingerprint.digest((
        account.number, account.currency, iso(booking_date), iso(value_date), str(amount),
        "R" if is_reversal else "", bank_code or proprietary, behind.batch_id, structured, text,
        only.counterparty_name, only.counterparty_account,
        *[value for name, value in references.items() if name in _REPEATED],
    ))  # fmt: skip
    return entry_of((
        amount,
        account.currency,
        booking_date,
        value_date,
        bank_id,
        structured or end_to_end_id or _reference(only, behind.batch_id),
        text,
        only.counterparty_name,
        only.counterparty_account,
        details,
        is_reversal,
        status,
        fingerprint.compose(content, repeats.ordinal(content)),
        number,
        element.sourceline,
        date_source,
        state,
        only.counterparty_bank,
        end_to_end_id,
        structured,
        text_of(fields["NtryRef"]) if "NtryRef" in fields else "",
        information,
        bank_code or only.bank_code,
        proprietary,
        only.return_reason,
        behind.batch_id,
        behind.count,
        all_charges,
        other_amount,
        other_currency,
        exchange,
        notes,
    ))  # fmt: skip


def _split(element, names):
    """(name -> child, elements with details, `Chrgs` elements) of a `Ntry`."""
    fields = children(element, names)
    groups = (fields["NtryDtls"],) if "NtryDtls" in fields else ()
    charged = (fields["Chrgs"],) if "Chrgs" in fields else ()
    if len(fields) != len(element):
        found = [names[child.tag] for child in element[:]]
        for name in _SINGLE:
            if found.count(name) > 1:
                raise FormatError(element.sourceline, f"the entry has {found.count(name)} times {name}.")
        groups = [child for child in element[:] if names[child.tag] == "NtryDtls"]
        charged = [child for child in element[:] if names[child.tag] == "Chrgs"]
    if not groups and ("TxDtls" in fields or "Btch" in fields):
        # Version 01 has the details in the entry itself.
        groups = (element,)
    return fields, groups, charged


def _amount(element, fields, amounts, account):
    """(signed amount in the account's currency, direction, notes)."""
    if "Amt" not in fields or "CdtDbtInd" not in fields:
        missing = "CdtDbtInd" if "Amt" in fields else "Amt"
        raise FormatError(element.sourceline, f"the entry has no {missing}.")
    amount_element, direction = fields["Amt"], direction_of(fields["CdtDbtInd"])
    notes = ()
    if amount_element.get("Ccy") == account.currency:
        amount = amount_of(amount_element, account.exponent)
    else:
        currency = currency_of(amount_element)
        amount, notes = amount_in(amounts, account), (AMOUNT_FROM_DETAILS,)
        if amount is None:
            raise FormatError(
                amount_element.sourceline,
                f"the entry is in {currency}, the account in {account.currency}; in that it has no amount.",
            )
    return (amount if direction > 0 else -amount), direction, notes


def _without_status(element, status):
    """The note for an entry without a status; one with an unknown status is refused."""
    if status:
        raise FormatError(
            element.sourceline,
            f"the entry has the status {status!r}; whether it is booked cannot be told.",
            advice="Ask the bank what this status means.",
        )
    return (STATUS_MISSING,)


def _dates(fields, account, element):
    """(booking date, where it is from, value date or None).

    Without a booking date the value date stands in, and without either the one day that the statement covers.
    """
    value = date_of(fields["ValDt"]) if "ValDt" in fields else None
    if "BookgDt" in fields:
        return date_of(fields["BookgDt"]), BOOKING, value
    if value is not None:
        return value, VALUE, value
    if account.last_day is not None and account.first_day == account.last_day:
        return account.last_day, STATEMENT, None
    raise FormatError(element.sourceline, "the entry has no date, and its statement covers more than one day.")


def _behind(groups, account, direction, is_reversal):
    """The details of an entry, from all its `NtryDtls`."""
    names = account.names
    details, batch_id, expected, counted, charges_total = [], "", 0, False, None
    for group in groups:
        stated, before = None, len(details)
        for child in group[:]:
            name = names[child.tag]
            if name == "TxDtls":
                detail, total = read_detail(child, account, direction, is_reversal)
                details.append(detail)
                if total is not None:
                    charges_total = total + (charges_total or 0)
            elif name == "Btch":
                batch = children(child, names)
                stated = count_of(batch.get("NbOfTxs"))
                batch_id = batch_id or _identifier(batch.get("PmtInfId")) or _identifier(batch.get("MsgId"))
        counted = counted or stated is not None
        expected += len(details) - before if stated is None else stated
    return _Behind(tuple(details), batch_id, expected if counted else None, charges_total)


def _identifier(element):
    text = text_of(element)
    return "" if text.upper() in PLACEHOLDERS else text


def _reference(only, batch_id):
    """What identifies the payment if it has neither a creditor reference nor an end-to-end id."""
    if only.documents:
        return only.documents[0]
    found = only.references
    return found.get("PmtInfId") or found.get("InstrId") or batch_id or found.get("MsgId") or found.get("ChqNb") or ""
