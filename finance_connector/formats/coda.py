"""CODA, the coded statement of account of the Belgian banks.

Source: Febelfin, "Coded statement of account (CODA)", version 2.6. Checked are old balance + movements = new balance,
the sums of debits and credits and the number of records (record 9), and that every statement has its end. Details of a
movement (detail number other than 0000) are its members, not money of their own.
"""

import re
from itertools import pairwise

from .assembly import OpenStatement, collected, within
from .coda_records import WIDTH, account_and_currency, amount_of, cut, day_of, movement, sign_of, structured_of
from .decoding import decode, head_of
from .errors import FormatError
from .fingerprint import RepeatCounter
from .fixed_columns import ADVICE, records
from .national_accounts import belgian, is_iban
from .proof import ZERO
from .records import (
    BOOKING,
    DETAILS_PARTIAL,
    DETAILS_PROVEN,
    MIXED_ENCODING,
    NO_DETAILS,
    STATEMENT,
    VALUE,
    Detail,
    StatementHeader,
)
from .text_values import currency_code

NAMES = ("coda",)

_BEGINS = re.compile(r"0[0 ]{4}\d{6}.{3}05").match
_KINDS = tuple("0123489")
# Record -> those that may come before it.
_AFTER = {
    "0": ("", "9"), "1": ("0",), "21": ("1", "21", "22", "23", "31", "32", "33"), "22": ("21",), "23": ("21", "22"),
    "31": ("21", "22", "23", "31", "32", "33"), "32": ("31",), "33": ("31", "32"),
    "8": ("1", "21", "22", "23", "31", "32", "33"), "4": ("8", "4"), "9": ("8", "4"),
}  # fmt: skip


def detect(content):
    """ "coda", or None if ``content`` is something else."""
    return "coda" if _BEGINS(head_of(content)) else None


def parse(content, format="coda"):
    """Every Statement in a CODA file (bytes). Raises FormatError."""
    yield from collected(stream(content, format))


def stream(content, format="coda"):
    """The events of the file: for every statement its StatementHeader, its Entries, its StatementProof.

    Raises FormatError, also after events were given: then they are void.
    """
    decoded = decode(content)
    repeats, lines, numbers = RepeatCounter(), [], []
    before = ""
    for line, number in records(decoded.text, WIDTH, _KINDS, "CODA"):
        kind = line[:2] if line[0] in "23" else line[0]
        if before not in _AFTER.get(kind, ()):
            raise FormatError(
                number, f"a record {kind!r} stands after {before or 'nothing'!r}: records are missing, or it is no CODA.", ADVICE
            )
        if kind == "0" and line[127] != "2":
            raise FormatError(number, f"version {line[127]!r} of CODA is not read; 2 is.", "Ask the bank for CODA 2.")
        before = kind
        lines.append(line)
        numbers.append(number)
        if kind == "9":
            yield from _events(lines, numbers, (MIXED_ENCODING,) if decoded.mixed else (), repeats)
            lines, numbers = [], []
    if lines or not before:
        raise FormatError(None, "the file has no end (record 9): it is cut off.", ADVICE)


def _events(lines, numbers, notes, repeats):
    """The events of the records of one statement, from 0 to 9: ``lines``, and their ``numbers`` in the file."""
    head, old, trailer = lines[0], lines[1], lines[-1]
    line, last = numbers[1], numbers[-1]
    # Behind the movements only free texts (4) stand between the new balance and the trailer.
    at = next(place for place in range(len(lines) - 2, 0, -1) if lines[place][0] == "8")
    new, new_number = lines[at], numbers[at]
    number, currency = account_and_currency(old)
    currency_code(currency, line)
    # Both tell the number on paper; the number of the coded statement, at the end of the old balance, may be another.
    if new[1:4] != old[2:5] and new[1:4].strip("0 ") and old[2:5].strip("0 "):
        raise FormatError(new_number, f"the new balance is that of statement {new[1:4]}, the old one of {old[2:5]}.", ADVICE)
    header = _header(head, old, (new, new_number), number, currency, line, notes)
    statement = OpenStatement(header, repeats)
    yield header
    for booked, details in _with_details(_movements(lines, numbers, at, statement)):
        yield _entry(statement, booked, details)
    try:
        _check_trailer(at, len(lines), trailer, last, statement, currency)
        yield statement.prove()
    except FormatError as error:
        raise within(error, header) from None


def _header(head, old, new, number, currency, line, notes):
    new_line, new_number = new
    account = number.replace(" ", "")
    other = belgian(account)
    return StatementHeader(
        account=account,
        currency=currency,
        opening=amount_of(old[43:58], sign_of(old[42], line), currency, line),
        closing=amount_of(new_line[42:57], sign_of(new_line[41], new_number), currency, new_number),
        statement_id=f"{cut(head, 25, 34)}-{old[125:128]}".strip("- "),
        account_scheme="IBAN" if is_iban(account) else "OTHER",
        account_owner=cut(old, 65, 90),
        servicer=cut(head, 61, 71),
        opening_date=day_of(old[58:64], line),
        closing_date=day_of(new_line[57:63], new_number),
        opening_kind="1",
        closing_kind="8",
        electronic_number=int(old[125:128]) if old[125:128].isdigit() and old[125:128].isascii() and int(old[125:128]) else None,
        copy_indicator="DUPL" if head[16] == "D" else "",
        version=cut(head, 128, 128),
        format="coda",
        line=line,
        notes=notes,
        other_accounts=(other,) if other else (),
    )


def _movements(lines, numbers, end, statement):
    """The Movement of each 2.1 before ``end`` and what follows it."""
    begins = [place for place in range(2, end) if lines[place][:2] == "21"]
    for start, stop in pairwise((*begins, end)):
        try:
            yield movement(lines[start:stop], statement.header.currency, numbers[start])
        except FormatError as error:
            raise within(error, statement.header, statement.number + 1) from None


def _with_details(movements):
    """(movement, its details) of those that are booked. Raises FormatError for details of nothing."""
    booked = None
    for one in movements:
        if not one.detail:
            if booked:
                yield booked
            booked = (one, [])
        elif booked is None or booked[0].sequence != one.sequence:
            raise FormatError(one.line, f"the detail belongs to movement {one.sequence}, which does not stand before it.", ADVICE)
        else:
            booked[1].append(one)
    if booked:
        yield booked


def _entry(statement, one, parts):
    header = statement.header
    structured, references, text = structured_of(one.communication) if one.structured else ("", {}, one.communication)
    information = " ".join(one.information)
    if one.customer_reference:
        references = {"EndToEndId": one.customer_reference, **references}
    days = [(one.entry_date, BOOKING), (one.value_date, VALUE), (header.closing_date, STATEMENT)]
    booked, source = next(((day, source) for day, source in days if day), (None, None))
    if booked is None:
        raise within(
            FormatError(one.line, "the movement has no date, and its statement none.", ADVICE), header, statement.number + 1
        )
    details, state = _details(one, parts, references)
    return statement.entry(
        one.line,
        one.amount,
        booked,
        one.value_date,
        (one.code, one.communication, one.customer_reference, one.name, one.account, information),
        one.bank_reference,
        structured or one.customer_reference,
        text or information,
        counterparty_name=one.name,
        counterparty_account=one.account,
        is_reversal=bool(one.return_reason),
        date_source=source,
        details=details,
        details_state=state,
        counterparty_bank=one.bank,
        end_to_end_id=one.customer_reference,
        structured_reference=structured,
        entry_reference=one.sequence,
        information=information,
        bank_code_proprietary=one.code,
        return_reason=one.return_reason,
    )


def _details(one, parts, references):
    """(details, state): the parts that the bank lists, if they add up, or what is behind a single movement."""
    if not parts:
        alone = Detail(
            one.amount,
            references,
            one.name,
            one.account,
            one.bank,
            purpose=one.purpose,
            return_reason=one.return_reason,
            line=one.line,
        )
        return ((alone,), DETAILS_PROVEN) if references or one.purpose or one.return_reason else ((), NO_DETAILS)
    details = tuple(_part(part) for part in parts)
    # A bank may list charges and exchanges of one movement beside its parts: what does not add up is information.
    proven = sum((detail.amount for detail in details), ZERO) == one.amount
    return details, DETAILS_PROVEN if proven else DETAILS_PARTIAL


def _part(part):
    structured, references, text = structured_of(part.communication) if part.structured else ("", {}, part.communication)
    return Detail(
        part.amount,
        {"EndToEndId": part.customer_reference, **references} if part.customer_reference else references,
        part.name,
        part.account,
        part.bank,
        (text,) if text else (),
        (structured,) if structured else (),
        information=" ".join(part.information),
        purpose=part.purpose,
        bank_code=part.code,
        return_reason=part.return_reason,
        line=part.line,
    )


def _check_trailer(new, size, trailer, line, statement, currency):
    """Refuses a statement whose number of records or sums are not those of its record 9.

    ``new``: place of the new balance among its ``size`` records. The first and the last are not counted; free texts, which
    stand behind the new balance, are counted by some banks.
    """
    counted, with_free_text = new, size - 2
    stated = cut(trailer, 17, 22)
    if not (stated.isascii() and stated.isdigit() and int(stated) in (counted, with_free_text)):
        raise FormatError(line, f"the trailer states {stated or 'no number of'} records, but there are {counted}.", ADVICE)
    for first, name, found_sum in ((23, "debits", -statement.totals.debit), (38, "credits", statement.totals.credit)):
        total = amount_of(cut(trailer, first, first + 14), 1, currency, line)
        if total != found_sum:
            raise FormatError(
                line, f"the trailer states {total} {currency} of {name}, but the movements make {found_sum}.", ADVICE
            )
