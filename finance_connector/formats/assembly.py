"""How the readers of text formats turn what a file says into the canonical events: header, entries, proof.

Each entry gets its fingerprint and its place here, and no statement ends without its arithmetic.
"""

from dataclasses import fields as fields_of
from dataclasses import replace

from . import fingerprint
from .errors import FormatError
from .fingerprint import RepeatCounter
from .proof import Totals, balance_gap
from .records import BALANCES, BOOKED, BOOKING, NO_DETAILS, Entry, Statement, StatementHeader, StatementProof, entry_of
from .text_values import iso

_HEADER_FIELDS = tuple(field.name for field in fields_of(StatementHeader))


class OpenStatement:
    """A statement whose entries are being read. ``repeats``: the RepeatCounter of the file."""

    __slots__ = ("_account", "_currency", "_provisional", "_repeats", "header", "number", "totals")

    def __init__(self, header, repeats=None):
        self.header = header
        self.totals = Totals()
        self.totals.day = header.closing_date
        self.number = 0
        self._account, self._currency, self._provisional = header.account, header.currency, header.provisional
        self._repeats = repeats or RepeatCounter()
        self._repeats.begin(header)

    def entry(self, line, amount, booking_date, value_date, told, bank_id="", reference="", text="", *,
              counterparty_name="", counterparty_account="", details=(), is_reversal=False, status=BOOKED,
              date_source=BOOKING, details_state=NO_DETAILS, counterparty_bank="", end_to_end_id="",
              structured_reference="", entry_reference="", information="", bank_code="", bank_code_proprietary="",
              return_reason="", charges=(), original_amount=None, original_currency="", exchange=None,
              notes=()):  # fmt: skip
        """The Entry, counted into the totals if it is booked or the whole statement provisional.

        ``told``: texts that the bank repeats whenever it lists the entry again, for the fingerprint (not its own
        id). The others are fields of Entry.
        """
        self.number += 1
        content = fingerprint.digest((
            self._account, self._currency, iso(booking_date), iso(value_date), str(amount),
            "R" if is_reversal else "", *told,
        ))  # fmt: skip
        if status == BOOKED or self._provisional:
            self.totals.add(amount, value_date)
        else:
            self.totals.provisional_count += 1
        return entry_of((
            amount, self._currency, booking_date, value_date, bank_id, reference, text, counterparty_name,
            counterparty_account, details, is_reversal, status,
            fingerprint.compose(content, self._repeats.ordinal(content)), self.number, line, date_source, details_state,
            counterparty_bank, end_to_end_id, structured_reference, entry_reference, information, bank_code,
            bank_code_proprietary, return_reason, "", None, charges, original_amount, original_currency, exchange, notes,
        ))  # fmt: skip

    def prove(self):
        """The StatementProof. Raises FormatError if both balances are stated and the entries do not lie between
        them."""
        header, totals = self.header, self.totals
        if header.opening is not None and header.closing is not None and not header.provisional:
            gap = balance_gap(header, header, totals)
            if gap:
                raise FormatError(header.line, gap)
        self._repeats.end(header.closing)
        return StatementProof(
            header.opening,
            totals.net,
            header.closing,
            totals.count,
            header.closing_date,
            header.closing_kind,
            totals.provisional_count,
        )


def collected(events):
    """Every Statement of the events (header, entries, proof) of a file.

    FormatError of the events passes through, also after statements were given: then nothing of the file is to be
    used.
    """
    header, entries = None, []
    for event in events:
        if type(event) is Entry:
            entries.append(event)
        elif type(event) is StatementHeader:
            header, entries = event, []
        else:
            known = {name: getattr(header, name) for name in _HEADER_FIELDS}
            known |= {"closing": event.closing, "closing_date": event.closing_date, "closing_kind": event.closing_kind}
            yield Statement(**known, entries=tuple(entries), provisional_count=event.provisional_count)


def proven_with(statement, opening=None, closing=None):
    """``statement`` with the balances that it does not state itself: those of the statement before it, or of another
    paper of the bank. It is proven by them.

    Raises FormatError if they do not agree with a balance that the statement states, or its entries do not lie between
    them.
    """
    known = {}
    for name, told in (("opening", opening), ("closing", closing)):
        stated = getattr(statement, name)
        if stated is not None and told is not None and stated != told:
            raise within(
                FormatError(statement.line, f"the {name} balance is {stated} {statement.currency}, but {told} is told."),
                statement,
            )
        known[name] = told if stated is None else stated
    if statement.provisional or None in known.values():
        what = "it is only announced" if statement.provisional else "both balances are needed"
        raise within(FormatError(statement.line, f"the statement cannot be proven: {what}."), statement)
    proven = replace(statement, **known, proof=BALANCES)
    totals = Totals()
    for entry in statement.entries:
        if entry.status == BOOKED:
            totals.add(entry.amount, entry.value_date)
    if gap := balance_gap(proven, proven, totals):
        raise within(FormatError(statement.line, gap), statement)
    return proven


def within(error, header, number=None):
    """``error`` with the account, statement and entry it was met in."""
    return error.within(account=header.account, statement=header.statement_id, entry=number)
