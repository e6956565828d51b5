"""What a camt statement says before its entries: whose account, which balances, which totals.

The booked balances that the proof needs, by code (ISO 20022 external code list BalanceType):

- opening: OPBD; else PRCD (the closing of the previous statement, equal to OPBD where both stand); else
  ITBD, with which a following page begins;
- closing: CLBD; else ITBD, with which a page ends that is not the last one.

Statements of several days may carry a pair for every day: the earliest opening and the latest closing
count. Two different figures for the same day are refused. Available, expected and informational balances
(CLAV, FWAV, XPCD, INFO, ...) prove nothing about entries and are left alone.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .camt_parties import account_of, name_of, servicer_of
from .camt_values import (
    amount_of,
    children,
    code_of,
    count_of,
    currency_of,
    date_of,
    decimal_of,
    direction_of,
    exponent_of,
    flag_of,
    instant_of,
    text_of,
)
from .errors import FormatError
from .records import BALANCE_SIGN_MISSING, NAMESPACE_MISSING, TOTALS, UNPROVEN, StatementHeader

OPENING, PREVIOUS, CLOSING, INTERIM = "OPBD", "PRCD", "CLBD", "ITBD"
_BOOKED = frozenset((OPENING, PREVIOUS, CLOSING, INTERIM))

_COPIES = frozenset(("COPY", "DUPL", "CODU"))

_UNPROVABLE = "Ask the bank for statements with booked opening and closing balances."


class Balance(NamedTuple):
    """A booked balance: code, signed amount, currency, date (None if not given), whether its direction was
    given."""

    code: str
    amount: Decimal
    currency: str
    day: date | None
    signed: bool
    line: int | None


class Summary(NamedTuple):
    """The totals of `TxsSummry`; None where the file gives none. ``total`` as stated, ``net`` signed."""

    count: int | None = None
    total: Decimal | None = None
    net: Decimal | None = None
    credit_count: int | None = None
    credit: Decimal | None = None
    debit_count: int | None = None
    debit: Decimal | None = None


class GroupHeader(NamedTuple):
    """What the message says of all its statements."""

    message_id: str = ""
    created_at: object = None
    page_number: int | None = None
    last_page: bool | None = None


def read_group_header(element, names):
    """The GroupHeader in a `GrpHdr`."""
    fields = children(element, names)
    page, last = _pagination(fields.get("MsgPgntn"), names)
    return GroupHeader(text_of(fields.get("MsgId")), instant_of(fields.get("CreDtTm")), page, last)


def read_header(elements, line, group, version, names, spare_currency=""):
    """(StatementHeader, Summary) of the children of a `Stmt` before its first entry.

    ``spare_currency``: the account's, if neither it nor a balance tells.

    ``opening`` is None for a page that begins without a balance, ``closing`` for one that ends without.
    Raises FormatError if the account or its currency is not told, or balances contradict each other.
    """
    fields = {names[element.tag]: element for element in elements}
    account = fields.get("Acct")
    if account is None:
        raise FormatError(line, "the statement names no account (Acct).")
    number, scheme = account_of(account, names)
    if not number:
        raise FormatError(account.sourceline, "the account of the statement has no number (Acct/Id).")
    about = children(account, names)
    balances = [b for e in elements if names[e.tag] == "Bal" and (b := _balance(e, names)) is not None]
    currency = _currency(about.get("Ccy"), balances, line, spare_currency)
    opening, closing = choose(balances)
    page, last = _pagination(fields.get("StmtPgntn"), names)
    period = children(fields["FrToDt"], names) if "FrToDt" in fields else {}
    notes = () if version else (NAMESPACE_MISSING,)
    if any(not balance.signed for balance in balances):
        notes += (BALANCE_SIGN_MISSING,)
    header = StatementHeader(
        account=number,
        currency=currency,
        opening=opening and opening.amount,
        closing=closing and closing.amount,
        statement_id=text_of(fields.get("Id")),
        account_scheme=scheme,
        account_owner=name_of(about.get("Ownr"), names),
        servicer=servicer_of(about.get("Svcr"), names),
        opening_date=opening and opening.day,
        closing_date=closing and closing.day,
        opening_kind=opening.code if opening else "",
        closing_kind=closing.code if closing else "",
        electronic_number=count_of(fields.get("ElctrncSeqNb")),
        legal_number=count_of(fields.get("LglSeqNb")),
        created_at=instant_of(fields.get("CreDtTm")) or group.created_at,
        from_date=date_of(period.get("FrDtTm", period.get("FrDt"))),
        to_date=date_of(period.get("ToDtTm", period.get("ToDt"))),
        page_number=page if page is not None else group.page_number,
        last_page=last if last is not None else group.last_page,
        copy_indicator=_copy_indicator(fields.get("CpyDplctInd")),
        message_id=group.message_id,
        version=version,
        format="camt.053",
        line=line,
        notes=notes,
    )
    return header, read_summary(fields.get("TxsSummry"), names)


def announcement(header, summary, message):
    """``header`` as that of a report or notification (``message``): it announces, and no balance proves it."""
    stated = summary.count is not None and None not in (summary.total, summary.net) or None not in (summary.credit, summary.debit)
    return replace(
        header, opening=None, closing=None, opening_kind="", closing_kind="", format=message, provisional=True,
        proof=TOTALS if stated else UNPROVEN,
    )  # fmt: skip


def choose(balances):
    """(opening, closing) of the booked balances of a statement, in the order of the file; None for one that
    is missing."""
    by_code = {code: [b for b in balances if b.code == code] for code in _BOOKED}
    opening = _outermost(by_code[OPENING], min)
    previous = _outermost(by_code[PREVIOUS], min)
    closing = _outermost(by_code[CLOSING], max)
    interim = by_code[INTERIM]
    if opening and previous and opening.amount != previous.amount:
        raise FormatError(
            opening.line,
            f"the opening balance {opening.amount} (OPBD) is not the previous closing balance {previous.amount} (PRCD).",
        )
    opening = opening or previous
    if opening is None and interim and (closing or len(interim) > 1):
        opening, interim = interim[0], interim[1:]
    if closing is None and interim:
        closing = interim[-1]
    return opening, closing


def _outermost(balances, pick):
    """The earliest or latest of several balances of one kind; two figures for its day are refused."""
    if len(balances) < 2:
        return balances[0] if balances else None
    day = pick(balance.day or date.min for balance in balances)
    found = [balance for balance in balances if (balance.day or date.min) == day]
    if len({balance.amount for balance in found}) > 1:
        figures = " and ".join(f"{balance.amount}" for balance in found)
        raise FormatError(found[1].line, f"there are two {found[1].code} balances of the same day: {figures}.")
    return found[0]


def _balance(element, names):
    """The Balance in a `Bal`, or None if it is of no booked kind."""
    fields = children(element, names)
    kind = children(fields["Tp"], names) if "Tp" in fields else {}
    code = code_of(kind.get("CdOrPrtry"))
    if code not in _BOOKED:
        return None
    amount = fields.get("Amt")
    if amount is None:
        raise FormatError(element.sourceline, f"the balance {code} has no amount.")
    currency = currency_of(amount)
    value = amount_of(amount, exponent_of(currency))
    indicator = fields.get("CdtDbtInd")
    # Some banks leave the direction out for accounts in credit; the arithmetic of the statement proves the
    # reading.
    sign = 1 if indicator is None else direction_of(indicator)
    day = date_of(fields.get("Dt"))
    return Balance(code, value if sign > 0 else -value, currency, day, indicator is not None, element.sourceline)


def _currency(element, balances, line, spare=""):
    """The account's currency: as stated, else that of its booked balances, which must agree."""
    stated = text_of(element)
    for balance in balances:
        stated = stated or balance.currency
        if balance.currency != stated:
            raise FormatError(balance.line, f"the balance {balance.code} is in {balance.currency}, the account in {stated}.")
    stated = stated or spare
    if not stated:
        raise FormatError(line, "the statement has no booked balance and no currency: nothing can be proven.", _UNPROVABLE)
    return stated


def _copy_indicator(element):
    text = text_of(element)
    if text and text not in _COPIES:
        raise FormatError(element.sourceline, f"the copy indicator (CpyDplctInd) is {text!r}, none of COPY, CODU, DUPL.")
    return text


def _pagination(element, names):
    """(number of the page, whether it is the last) of a pagination; (None, None) for None."""
    if element is None:
        return None, None
    fields = children(element, names)
    return count_of(fields.get("PgNb")), flag_of(fields.get("LastPgInd"))


def read_summary(element, names):
    """The Summary in a `TxsSummry`; an empty one for None."""
    if element is None:
        return Summary()
    groups = {name: children(child, names) for name, child in children(element, names).items()}
    total, credit, debit = (groups.get(name, {}) for name in ("TtlNtries", "TtlCdtNtries", "TtlDbtNtries"))
    return Summary(
        count=count_of(total.get("NbOfNtries")),
        total=_sum(total.get("Sum")),
        net=_net(total, names),
        credit_count=count_of(credit.get("NbOfNtries")),
        credit=_sum(credit.get("Sum")),
        debit_count=count_of(debit.get("NbOfNtries")),
        debit=_sum(debit.get("Sum")),
    )


def _sum(element):
    return decimal_of(element) if element is not None else None


def _net(fields, names):
    """The net of all entries, in the shape of versions 02 and 03 or that of the later ones; None without a
    direction."""
    if "TtlNetNtry" in fields:
        fields = children(fields["TtlNetNtry"], names)
        amount = fields.get("Amt")
    else:
        amount = fields.get("TtlNetNtryAmt")
    if amount is None or "CdtDbtInd" not in fields:
        return None
    return decimal_of(amount) * direction_of(fields["CdtDbtInd"])


def unprovable(header):
    """The FormatError of a statement without the balances that prove it."""
    missing = []
    if header.opening is None:
        missing.append("opening balance (OPBD or PRCD)")
    if header.closing is None:
        missing.append("closing balance (CLBD)")
    return FormatError(
        header.line,
        f"the statement has no booked {' and no '.join(missing)}: it cannot be proven.",
        _UNPROVABLE,
    )
