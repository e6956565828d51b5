"""CSV, XLS and XLSX statements, read by a profile, and proven by their balance column or by balances that are told.

Source: none; every bank writes its own table, which is why a person lays down what its columns are (`Profile`). A row
is an entry or the file is refused; nothing is skipped but empty rows, and the footer that the profile names.

Proof (decision 0011). With a balance beside the entries, every row is checked against the one before it, in the
direction in which the table runs; the opening balance is the first balance less its entry. Without, the statement is
proven only by balances that are told (`Told`).
"""

from . import table_rows
from .assembly import OpenStatement, collected, within
from .decoding import decode
from .errors import FormatError
from .fingerprint import RepeatCounter
from .national_accounts import is_iban
from .preview import LIMIT, preview_of
from .records import BALANCES, BOOKED, MIXED_ENCODING, ONE_BALANCE, PENDING, RUNNING_BALANCE, UNPROVEN, Charge, StatementHeader
from .table_cells import kind_of
from .table_detect import looks_like_a_table
from .table_running import chained
from .told import NOTHING

NAMES = ("csv", "xlsx", "xls")

_ADVICE = "Choose the profile of this bank's table, or make one from the proposal for this file, and import it again."


def detect(content):
    """ "xlsx" or "xls", or "csv" for text in columns with dates and amounts; None for anything else."""
    kind = kind_of(content)
    return kind if kind != "csv" or looks_like_a_table(content) else None


def parse(content, profile=None, told=NOTHING):
    """Every Statement in a table (bytes), one for each account and currency in it. Raises FormatError.

    ``profile``: see `Profile`; without one nothing is read. ``told``: account, currency and balances, see `Told`.
    """
    yield from collected(stream(content, profile, told))


def stream(content, profile=None, told=NOTHING):
    """The events of the table: for every account its StatementHeader, its Entries (the oldest first), its
    StatementProof.

    Raises FormatError, also after events were given: then they are void.
    """
    if profile is None or isinstance(profile, str):
        raise FormatError(
            None, "a table says nothing of its signs, dates and currency by itself: it is read with a profile.", _ADVICE
        )
    for row in (found := list(table_rows.read(content, profile, told))):
        if isinstance(row, FormatError):
            raise row
    yield from _events(content, found, profile, told)


def fits(content, profile, told=NOTHING):
    """Whether the table has the columns of ``profile``, and dates in its order."""
    try:
        next(table_rows.read(content, profile, told), None)
    except FormatError:
        return False
    return True


def preview(content, profile, told=NOTHING, limit=LIMIT):
    """The Preview of an import of ``content`` with ``profile``, with every row that would refuse it."""
    try:
        found = list(table_rows.read(content, profile, told))
    except FormatError as error:
        return preview_of((), limit, [error])
    problems = [row for row in found if isinstance(row, FormatError)]
    rows = [row for row in found if not isinstance(row, FormatError)]
    # Where rows are missing, the balances beside the others do not tie: that is no problem of its own.
    rows = [row._replace(balance=None) for row in rows] if problems else rows
    events = _events(content, rows, profile, told if not problems else NOTHING) if rows or not problems else ()
    return preview_of((("", event) for event in events), limit, problems)


def _events(content, found, profile, told):
    if not found:
        raise FormatError(None, "the table holds no entry.", _ADVICE)
    mixed = kind_of(content) == "csv" and decode(content, profile.encoding or None).mixed
    groups = {}
    for row in found:
        groups.setdefault((row.account, row.currency), []).append(row)
    if len(groups) > 1 and not (told.opening is None and told.closing is None):
        raise FormatError(None, f"the table has {len(groups)} accounts or currencies; balances can be told of one only.")
    repeats = RepeatCounter()
    for (account, currency), rows in groups.items():
        yield from _statement(account, currency, rows, kind_of(content), (MIXED_ENCODING,) if mixed else (), told, repeats)


def _statement(account, currency, rows, kind, notes, told, repeats):
    """The events of one account."""
    rows, opening, closing, proof = chained(rows)
    if proof != RUNNING_BALANCE:
        opening = opening if told.opening is None else told.opening
        closing = closing if told.closing is None else told.closing
        proof = (UNPROVEN, ONE_BALANCE, BALANCES)[(opening is not None) + (closing is not None)]
    elif (told.opening, told.closing) != (None, None):
        _refuse_other(told, opening, closing, currency)
    days = [row.day for row in rows]
    header = StatementHeader(
        account=account,
        currency=currency,
        opening=opening,
        closing=closing,
        statement_id="",
        account_scheme="IBAN" if is_iban(account) else "OTHER",
        closing_date=max(days) if closing is not None else None,
        opening_kind="balance" if opening is not None else "",
        closing_kind="balance" if closing is not None else "",
        from_date=min(days),
        to_date=max(days),
        format=kind,
        line=rows[0].line,
        notes=notes,
        proof=proof,
    )
    statement = OpenStatement(header, repeats)
    yield header
    for row in rows:
        yield _entry(statement, row)
    try:
        yield statement.prove()
    except FormatError as error:
        raise within(error, header) from None


def _refuse_other(told, opening, closing, currency):
    for name, stated, found in (("opening", told.opening, opening), ("closing", told.closing, closing)):
        if stated is not None and stated != found:
            raise FormatError(None, f"the {name} balance of the table is {found} {currency}, but {stated} is told.")


def _entry(statement, row):
    charges = (Charge(-row.fee, row.currency, True, "fee"),) if row.fee else ()
    return statement.entry(
        row.line,
        row.amount,
        row.day,
        row.value_day,
        (row.kind, row.text, row.name, row.account_of_other, row.reference),
        row.bank_id,
        row.end_to_end_id or row.reference,
        row.text or row.name,
        counterparty_name=row.name,
        counterparty_account=row.account_of_other.replace(" ", ""),
        status=BOOKED if row.booked else PENDING,
        counterparty_bank=row.bank_of_other,
        end_to_end_id=row.end_to_end_id,
        bank_code_proprietary=row.kind,
        charges=charges,
    )
