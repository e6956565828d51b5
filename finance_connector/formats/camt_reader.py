"""Where in a camt file the stream is: which message, which statement, which page, after how many entries.

Reports (camt.052) and notifications (camt.054) are read like statements, if they are wanted: their entries are
announced, no balance proves them, and every page stands by itself; the totals that they state are checked.

Pages. A statement cut into pages (StmtPgntn, or MsgPgntn of the message) is one statement if the pages
stand in one file: a page that is not the last one and is not proven by its own balances stays open, and the
next Stmt must be its next page, of the same account and id. A page whose own balances (ITBD) prove it is a
statement by itself. Pages that are missing are named.
"""

from datetime import date, timedelta

from .camt_balances import PREVIOUS, GroupHeader, announcement, read_group_header, read_header, unprovable
from .camt_entry import Account, Provisional, read_entry
from .camt_proof import summary_gap
from .camt_values import Names, children, exponent_of, text_of
from .camt_versions import MESSAGE_NAMES, PARTS, STATEMENT, identify, refused, split_tag
from .errors import FormatError
from .fingerprint import RepeatCounter
from .proof import Totals, balance_gap
from .records import ANNOUNCED_AS_BOOKED, StatementProof
from .xml_guard import release

# What belongs before the first entry: coming later, it could change what was already said of the entries.
_BEFORE_ENTRIES = frozenset(("Acct", "Bal", "StmtPgntn", "CpyDplctInd", "TxsSummry"))


class _Open:
    """A statement whose entries are being read."""

    __slots__ = ("account", "closing", "header", "last_entry", "number", "pages", "summary", "totals")

    def __init__(self, header, summary, account):
        self.header, self.summary, self.account = header, summary, account
        self.closing = header
        self.totals = Totals()
        self.number = 0
        self.pages = 1
        self.last_entry = None


class StatementReader:
    """Turns the XML events of one file into the events of `camt.stream`; one instance a file.

    ``wanted``: the message that is read; others are refused.
    """

    def __init__(self, wanted=STATEMENT):
        self.wanted, self.part, self.announced = wanted, PARTS[wanted], wanted != STATEMENT
        self.names = None
        self.version = ""
        self.message = self.element = None
        self.group = GroupHeader()
        self.repeats = RepeatCounter()
        self.current = self.unfinished = None
        self.statements = 0

    def end(self, element):
        """An element is complete: the events that follow from it, a sequence. Raises FormatError."""
        try:
            parent = element.getparent()
            if parent is self.element and parent is not None:
                return self._entry(element) if self.names[element.tag] == "Ntry" else ()
            return self._outside(element, parent)
        except FormatError as error:
            raise self._located(error, element) from None

    def _outside(self, element, parent):
        """What is not an entry of the statement being read: a message, its header, a statement, a first
        entry."""
        name = split_tag(element.tag)[1]
        if name == "Ntry":
            return self._entry(element) if self._enter_statement(parent) else ()
        if name == self.part:
            return self._end_statement(element) if element is self.element or self._enter_statement(element) else ()
        if name == "GrpHdr" and self._enter_message(parent):
            self.group = read_group_header(element, self.names)
        elif self._enter_message(element):
            self.message = None
        return ()

    def _enter_statement(self, element):
        """``element`` is the statement from now on; false if it is none."""
        name = split_tag(element.tag)[1]
        if name != self.part or not self._enter_message(element.getparent()) or self.names[element.tag] != name:
            return False
        if self.element is not None:
            raise FormatError(element.sourceline, "a statement stands inside another one.")
        self.element = element
        self.statements += 1
        return True

    def _enter_message(self, element):
        """``element`` is the message from now on; false if it is none. Raises FormatError for one that is
        not booked."""
        if element is None or element is self.message:
            return element is not None
        namespace, name = split_tag(element.tag)
        if name not in MESSAGE_NAMES:
            return False
        if self.message is not None:
            raise FormatError(element.sourceline, f"{name} stands inside another message.")
        message, self.version = identify(element)
        if message != self.wanted:
            raise FormatError(element.sourceline, *refused(message, self.wanted))
        self.message, self.names, self.group = element, Names(namespace), GroupHeader()
        return True

    def finish(self):
        """The file is at its end. Raises FormatError if it held no statement, or only some pages of one."""
        if self.unfinished is not None:
            raise self._unfinished_error()
        if not self.statements:
            raise FormatError(None, f"the file holds no statement ({self.part}).")

    def _entry(self, element):
        begun = () if self.current else self._begin([*element.itersiblings(preceding=True)][::-1])
        current = self.current
        if current.last_entry is not None and element.getprevious() is not current.last_entry:
            self._refuse_late(element.itersiblings(preceding=True))
        current.number += 1
        entry = read_entry(element, current.account, self.repeats, current.number)
        current.last_entry = element
        release(element)
        if type(entry) is Provisional:
            current.totals.provisional_count += 1
            return begun
        if self.announced and ANNOUNCED_AS_BOOKED not in entry.notes:
            current.totals.provisional_count += 1
            return (*begun, entry)
        current.totals.add(entry.amount, entry.value_date)
        return (*begun, entry)

    def _begin(self, elements):
        """The statement's own fields are complete: its header, unless it is the next page of the one
        before."""
        header, summary = read_header(
            elements, self.element.sourceline, self.group, self.version, self.names, self._spare_currency()
        )
        if self.announced:
            header = announcement(header, summary, self.wanted)
        if self.unfinished is not None:
            self._turn_page(header)
            return ()
        if not self.announced and (header.opening is None or (header.closing is None and header.last_page is not False)):
            raise unprovable(header)
        account = Account(
            header.account, header.currency, exponent_of(header.currency), *_covered(header), self.names, self.announced
        )
        self.current = _Open(header, summary, account)
        self.current.totals.day = header.closing_date
        self.repeats.begin(header)
        return (header,)

    def _spare_currency(self):
        """The currency of the first entry, for announcements that name none and have no balance."""
        if not self.announced:
            return ""
        found = next((child for entry in self.element.iterchildren(f"{self.names.prefix}Ntry") for child in entry
                      if self.names[child.tag] == "Amt"), None)  # fmt: skip
        return found.get("Ccy", "") if found is not None else ""

    def _turn_page(self, page):
        """``page`` goes on where the unfinished statement stopped. Raises FormatError if it does not."""
        current, before = self.unfinished, self.unfinished.closing
        same = (page.account, page.currency, page.statement_id, page.page_number)
        if same != (before.account, before.currency, before.statement_id, (before.page_number or 0) + 1):
            raise self._unfinished_error()
        reached = current.header.opening + current.totals.net
        if page.opening is not None and page.opening not in (reached, current.header.opening):
            raise FormatError(
                page.line,
                f"page {page.page_number} opens with {page.opening} {page.currency}, but the pages before it "
                f"reach {reached} {page.currency}.",
            )
        current.closing, current.last_entry, current.pages = page, None, current.pages + 1
        current.totals.day = page.closing_date
        current.account = current.account._replace(names=self.names)
        self.current, self.unfinished = current, None

    def _end_statement(self, element):
        begun = ()
        if self.current is None:
            begun = self._begin(element[:])
        else:
            self._refuse_late(element[1:])
        current = self.current
        page = current.closing
        gap = None if page.closing is None else balance_gap(current.header, page, current.totals)
        if self.announced:
            gap = None
        elif page.last_page is not False and (page.closing is None or gap):
            raise FormatError(page.line, gap) if gap else unprovable(page)
        # A total on one page may be that of the page or of the whole; the balances prove the whole.
        stated = summary_gap(current.summary, current.totals) if current.pages == 1 and not gap else None
        if stated:
            raise FormatError(page.line, stated)
        release(element)
        self.current = self.element = None
        if not self.announced and (page.closing is None or gap):
            self.unfinished = current
            return begun
        self.repeats.end(page.closing)
        return (*begun, _proof(current, page))

    def _refuse_late(self, elements):
        for element in elements:
            name = self.names[element.tag]
            if name in _BEFORE_ENTRIES:
                raise FormatError(element.sourceline, f"{name} stands after an entry; the schema has it before the first.")

    def _unfinished_error(self):
        """The pages that are in the file do not make a whole statement."""
        current, page = self.unfinished, self.unfinished.closing
        gap = "it has no closing balance." if page.closing is None else balance_gap(current.header, page, current.totals)
        return FormatError(
            page.line,
            f"the statement ends with page {page.page_number}, which is not its last one, and cannot be proven: {gap}",
            advice="Import the pages of the statement in one file.",
            account=page.account,
            statement=page.statement_id,
        )

    def _located(self, error, element):
        """``error`` with the account, statement and entry that were being read; many files have one line
        only."""
        if self.current is not None:
            header = self.current.closing
            error.within(account=header.account, statement=header.statement_id)
            if split_tag(element.tag)[1] == "Ntry":
                error.within(entry=self.current.number)
        elif self.element is not None:
            error.within(statement=text_of(children(self.element, self.names).get("Id")))
        return error


def _proof(current, page):
    totals = current.totals
    return StatementProof(
        opening=current.header.opening,
        total=totals.net,
        closing=page.closing,
        count=totals.count,
        closing_date=page.closing_date,
        closing_kind=page.closing_kind,
        provisional_count=totals.provisional_count,
    )


def _covered(header):
    """(first day, last day) of the statement, by its balances; by its period where this is one day only."""
    first, last = header.opening_date, header.closing_date
    if header.opening_kind == PREVIOUS and first is not None and first < date.max:
        first += timedelta(days=1)
    if header.provisional and first is None and last is None and header.created_at is not None:
        return header.created_at.date(), header.created_at.date()
    period = header.from_date, header.to_date
    if None not in period and period[0] == period[1] and last in (None, period[1]):
        return period
    return first, last
