"""Norma 43 (AEB43, CSB43), the statement of account of the Spanish banks.

Source: Asociación Española de Banca, "Cuaderno 43, información normalizada de cuenta corriente", records of 80
characters: 11 account and opening balance, 22 movement, 23 its texts, 24 its amount in another currency, 33 totals and
closing balance, 88 end of the file with the number of records. All of these are checked. Amounts have two decimals;
1 is debit, 2 credit; dates are YYMMDD.
"""

import re
from typing import NamedTuple

from .assembly import OpenStatement, collected, within
from .decoding import decode, head_of
from .errors import FormatError
from .fingerprint import RepeatCounter
from .fixed_columns import ADVICE, records
from .iso4217 import code_of
from .national_accounts import spanish
from .records import MIXED_ENCODING, StatementHeader
from .text_values import date_from, minor_amount

NAMES = ("norma43",)

WIDTH = 80
_BEGINS = re.compile(r"11\d{18}\d{12}[12]\d{14}\d{3}[123]", re.ASCII).match
_SIGNS = {"1": -1, "2": 1}
_KINDS = ("11", "22", "23", "24", "33", "88")


class _Movement(NamedTuple):
    """A record 22, its texts (23) and its other amount (24: record and line)."""

    record: str
    line: int
    texts: list
    others: list


def detect(content):
    """ "norma43", or None if ``content`` is something else."""
    return "norma43" if _BEGINS(head_of(content)) else None


def parse(content, format="norma43"):
    """Every Statement in a Norma 43 file (bytes). Raises FormatError."""
    yield from collected(stream(content, format))


def stream(content, format="norma43"):
    """The events of the file: for every account its StatementHeader, its Entries, its StatementProof.

    Raises FormatError, also after events were given: then they are void.
    """
    decoded = decode(content)
    notes, repeats = (MIXED_ENCODING,) if decoded.mixed else (), RepeatCounter()
    head, movements, statements, count, ended = None, [], 0, 0, False
    for record, number in records(decoded.text, WIDTH, _KINDS, "Norma 43"):
        kind = record[:2]
        if ended:
            raise FormatError(number, "a record stands after the end of the file (88).", ADVICE)
        if kind == "88":
            _check_end(record, number, count, head)
            ended = True
            continue
        count += 1
        if (kind == "11") != (head is None):
            what = "begins before the one above it has ended" if kind == "11" else "stands outside of an account"
            raise FormatError(number, f"the record {kind} {what}: records are missing.", ADVICE)
        if kind == "11":
            head, movements = (record, number), []
        elif kind == "22":
            movements.append(_Movement(record, number, [], []))
        elif kind in ("23", "24"):
            if not movements:
                raise FormatError(number, f"the record {kind} stands before the first movement.", ADVICE)
            movements[-1].texts.append(record[4:80]) if kind == "23" else movements[-1].others.append((record, number))
        else:
            statements += 1
            yield from _events(head, movements, (record, number), notes, repeats, statements)
            head = None
    if not ended:
        raise FormatError(None, "the file has no end (record 88): it is cut off.", ADVICE)
    if not statements:
        raise FormatError(None, "the file holds no account (record 11).", ADVICE)


def _check_end(record, number, count, head):
    if head is not None:
        raise FormatError(number, "the last account has no totals (record 33): records are missing.", ADVICE)
    stated = record[20:26]
    if not (stated.isascii() and stated.isdigit() and int(stated) == count):
        raise FormatError(
            number, f"the end of the file states {stated.strip() or 'no number of'} records, but there are {count}.", ADVICE
        )


def _amount(sign, digits, currency, line):
    """A signed amount with two implied decimals."""
    if sign not in _SIGNS:
        raise FormatError(line, f"the sign is {sign!r}, neither 1 (debit) nor 2 (credit).", ADVICE)
    return _SIGNS[sign] * minor_amount(digits, 2, currency, line)


def _day(text, line):
    return date_from(text[:2], text[2:4], text[4:], line)


def _events(head, movements, end, notes, repeats, number):
    """The events of one account."""
    (record, line), (totals, end_line) = head, end
    if totals[2:20] != record[2:20]:
        raise FormatError(end_line, "the totals (record 33) are those of another account.", ADVICE)
    if not (record[2:20].isascii() and record[2:20].isdigit()):
        raise FormatError(line, f"the account {record[2:20]!r} is not written in digits.", ADVICE)
    currency = code_of(record[47:50], line)
    bank, branch, account = record[2:6], record[6:10], record[10:20]
    header = StatementHeader(
        account=record[2:20],
        currency=currency,
        opening=_amount(record[32], record[33:47], currency, line),
        closing=_amount(totals[58], totals[59:73], currency, end_line),
        statement_id=f"{record[2:20]}-{record[26:32]}-{number}",
        account_scheme="OTHER",
        account_owner=record[51:77].strip(),
        servicer=bank,
        opening_date=_day(record[20:26], line),
        closing_date=_day(record[26:32], line),
        opening_kind="11",
        closing_kind="33",
        from_date=_day(record[20:26], line),
        to_date=_day(record[26:32], line),
        format="norma43",
        line=line,
        notes=notes,
        other_accounts=spanish(bank, branch, account),
    )
    statement = OpenStatement(header, repeats)
    yield header
    for one in movements:
        try:
            entry = _entry(statement, one)
        except FormatError as error:
            raise within(error, header, statement.number + 1) from None
        yield entry
    try:
        _check_totals(totals, end_line, statement, currency)
        yield statement.prove()
    except FormatError as error:
        raise within(error, header) from None


def _entry(statement, one):
    record, line, currency = one.record, one.line, statement.header.currency
    amount = _amount(record[27], record[28:42], currency, line)
    document, first, second = record[42:52].strip(" 0"), record[52:64].strip(), record[64:80].strip()
    text = " ".join("".join(one.texts).split())
    references = [reference for reference in (first.strip("0") and first, second, document) if reference]
    other, other_currency = _other(one, amount)
    return statement.entry(
        line,
        amount,
        _day(record[10:16], line),
        _day(record[16:22], line),
        (record[22:27], document, first, second, text),
        "",
        references[0] if references else "",
        text or second,
        information=" ".join(references),
        entry_reference=document,
        bank_code_proprietary=f"{record[22:24]}+{record[24:27]}",
        original_amount=other,
        original_currency=other_currency,
    )


def _other(one, amount):
    """(signed amount, currency) of a record 24; (None, "") if there is none."""
    if not one.others:
        return None, ""
    record, line = one.others[0]
    currency = code_of(record[4:7], line)
    value = minor_amount(record[7:21], 2, currency, line)
    return (value if amount >= 0 else -value), currency


def _check_totals(record, line, statement, currency):
    """Refuses an account whose numbers and sums (33) are not those of its movements."""
    totals = statement.totals
    for at, name, count, found in (
        (20, "debits", totals.debit_count, -totals.debit),
        (39, "credits", totals.credit_count, totals.credit),
    ):
        stated = record[at : at + 5]
        total = minor_amount(record[at + 5 : at + 19], 2, currency, line)
        if total != found:
            raise FormatError(line, f"the account states {total} {currency} of {name}, but its movements make {found}.", ADVICE)
        # Movements of zero count on either side.
        if not (stated.isascii() and stated.isdigit() and count <= int(stated) <= count + totals.zero_count):
            raise FormatError(line, f"the account states {stated.strip() or 'no number of'} {name}, but lists {count}.", ADVICE)
    if record[73:76].strip() and code_of(record[73:76], line) != currency:
        raise FormatError(line, f"the account opens in {currency} and closes in {code_of(record[73:76], line)}.", ADVICE)
