"""CFONB120, the statement of account ("relevé de compte") of the French banks.

Source: Comité français d'organisation et de normalisation bancaires, "Relevés d'opérations sur support informatique",
records of 120 characters: 01 old balance, 04 movement, 05 its complements, 07 new balance. Amounts have 14 characters;
the last one carries the sign and the last digit ("overpunch"): { and A to I are +0 to +9, } and J to R are -0 to -9.
"""

import re
from itertools import pairwise

from .assembly import OpenStatement, collected, within
from .decoding import decode, head_of
from .errors import FormatError
from .fingerprint import RepeatCounter
from .fixed_columns import ADVICE, columns, records
from .national_accounts import french
from .records import BOOKED, DETAILS_PROVEN, MIXED_ENCODING, NO_DETAILS, Detail, StatementHeader
from .text_values import PLACEHOLDERS, currency_code, date_from, minor_amount

NAMES = ("cfonb120",)

WIDTH = 120
_BEGINS = re.compile(r"01\d{5}.{4}\d{5}[A-Z]{3}\d.[0-9A-Z]{11}.{2}\d{6}").match
_OVERPUNCH = {character: (1, digit) for digit, character in enumerate("{ABCDEFGHI")}
_OVERPUNCH |= {character: (-1, digit) for digit, character in enumerate("}JKLMNOPQR")}
_KINDS = ("01", "04", "05", "07")
# Qualifier of a complement (05) -> what it tells: the name of the other side, references, the remittance.
_NAMES = frozenset(("NPY", "NPO", "NBE"))
_REFERENCES = {"RCN": "EndToEndId", "REF": "InstrId", "RUM": "MndtId", "IBE": "CdtrId", "EID": "EndToEndId"}
_TEXTS = frozenset(("LIB", "LCC", "LC2", "LCS", "MMO", "PDO"))


# Operation code, date, reason of a rejection, value date, label, number, reference.
_MOVEMENT = columns((33, 34), (35, 40), (41, 42), (43, 48), (49, 79), (82, 88), (105, 120))
# Bank, branch and account.
_ACCOUNT = columns((3, 7), (12, 16), (22, 32))


def detect(content):
    """ "cfonb120", or None if ``content`` is something else."""
    return "cfonb120" if _BEGINS(head_of(content)) else None


def parse(content, format="cfonb120"):
    """Every Statement in a CFONB120 file (bytes). Raises FormatError."""
    yield from collected(stream(content, format))


def stream(content, format="cfonb120"):
    """The events of the file: for every statement its StatementHeader, its Entries, its StatementProof.

    Raises FormatError, also after events were given: then they are void.
    """
    decoded = decode(content)
    notes, repeats = (MIXED_ENCODING,) if decoded.mixed else (), RepeatCounter()
    old, account, found, numbers, statements = None, (), [], [], 0
    for record, number in records(decoded.text, WIDTH, _KINDS, "CFONB120"):
        kind = record[:2]
        if (kind == "01") != (old is None):
            what = "begins before the one above it has ended" if kind == "01" else "stands outside of a statement"
            raise FormatError(number, f"the record {kind} {what}: records are missing.", ADVICE)
        if kind == "01":
            old, account, found, numbers = (record, number), _ACCOUNT(record), [], []
            continue
        if _ACCOUNT(record) != account:
            raise FormatError(number, f"the record {kind} is about another account than the statement.", ADVICE)
        if kind == "07":
            yield from _events(old, found, numbers, (record, number), notes, repeats, statements)
            old, statements = None, statements + 1
        elif kind == "05" and not found:
            raise FormatError(number, "a complement (05) stands before the first movement.", ADVICE)
        else:
            found.append(record)
            numbers.append(number)
    if old is not None or not statements:
        raise FormatError(None, "the statement has no new balance (record 07): the file is cut off.", ADVICE)


def _amount(record, currency, line):
    """The signed amount in positions 91 to 104, with the decimals that position 20 tells."""
    field, decimals = record[90:104], record[19]
    if field[-1] not in _OVERPUNCH:
        raise FormatError(line, f"the amount {field!r} does not end with a sign ({{, }}, A to R).", ADVICE)
    if decimals not in "0123456789":
        decimals = "2"
    sign, digit = _OVERPUNCH[field[-1]]
    return sign * minor_amount(f"{field[:-1]}{digit}".strip(), int(decimals), currency, line)


def _day(text, line):
    return date_from(text[4:], text[2:4], text[:2], line)


def _events(old, found, numbers, new, notes, repeats, before):
    """The events of one statement: its movements with their complements are ``found``, in the lines ``numbers``."""
    (record, line), (closing, closing_line) = old, new
    currency = currency_code(record[16:19], line)
    if closing[16:19] != currency:
        raise FormatError(closing_line, f"the statement opens in {currency} and closes in {closing[16:19]}.", ADVICE)
    bank, branch, account = _ACCOUNT(record)
    iban = french(bank, branch, account)
    header = StatementHeader(
        account=f"{bank}{branch}{account}",
        currency=currency,
        opening=_amount(record, currency, line),
        closing=_amount(closing, currency, closing_line),
        statement_id=f"{bank}{branch}{account}-{closing[34:40]}-{before + 1}",
        account_scheme="OTHER",
        servicer=bank,
        opening_date=_day(record[34:40], line),
        closing_date=_day(closing[34:40], closing_line),
        opening_kind="01",
        closing_kind="07",
        format="cfonb120",
        line=line,
        notes=notes,
        other_accounts=(iban,) if iban else (),
    )
    statement = OpenStatement(header, repeats)
    yield header
    begins = [place for place, one in enumerate(found) if one[:2] == "04"]
    for start, stop in pairwise((*begins, len(found))):
        try:
            entry = _entry(statement, currency, found[start:stop], numbers[start])
        except FormatError as error:
            raise within(error, header, statement.number + 1) from None
        yield entry
    yield statement.prove()


def _entry(statement, currency, found, line):
    """The Entry of a record 04, in ``line``, and its complements."""
    record = found[0]
    if record[16:19] != currency:
        raise FormatError(line, f"the movement is in {record[16:19]}, the account in {currency}.", ADVICE)
    amount = _amount(record, currency, line)
    code, day, rejected, value_day, label, number, reference = _MOVEMENT(record)
    label, number, reference, rejected = label.strip(), number.strip(" 0"), reference.strip(), rejected.strip()
    told = [(one[45:48], one[48:118].strip()) for one in found[1:]]
    name, text, references = _complements(told, label)
    detail = (
        Detail(amount, references, name, remittance=(text,), return_reason=rejected, line=line)
        if references or rejected
        else None
    )
    reference = "" if reference.strip("0").upper() in PLACEHOLDERS else reference
    end_to_end = references.get("EndToEndId", "")
    return statement.entry(
        line,
        amount,
        _day(day, line),
        _day(value_day, line) if value_day.strip("0 ") else None,
        (code, number, reference, "".join([qualifier + text for qualifier, text in told]), label),
        "",
        end_to_end or reference or number,
        " ".join(text.split()),
        counterparty_name=name,
        is_reversal=bool(rejected),
        status=BOOKED,
        details=(detail,) if detail else (),
        details_state=DETAILS_PROVEN if detail else NO_DETAILS,
        end_to_end_id=end_to_end,
        information=" ".join([f"{qualifier} {text}".strip() for qualifier, text in told]),
        entry_reference=number,
        bank_code_proprietary=code.strip(),
        return_reason=rejected,
    )


def _complements(told, label):
    """(name of the other side, text with the label before it, references) of complements."""
    names, texts, references = [], [label], {}
    for qualifier, text in told:
        if qualifier in _NAMES:
            names.append(text)
        elif qualifier in _TEXTS:
            texts.append(text)
        elif qualifier in _REFERENCES and text.upper() not in PLACEHOLDERS:
            references[_REFERENCES[qualifier]] = text.split("  ")[0].strip()
    return " ".join(names), " ".join(texts), references
