"""MT940 statements, and MT942 interim reports, which are provisional: fields to proven statements.

Source: SWIFT User Handbook, MT940 and MT942. Names as ISO 20022 translates them: :20: is the statement's id, :28C:
its number and the number of the page.

Pages. Between :60F: and :62F: a statement may be cut into pages (:60M:, :62M:). Pages that follow each other in the
file and carry one number are one statement; each must open with the balance that the one before it closed with. Pages
whose rest is in other files are statements by themselves, since their own balances prove them.

An MT942 has no balances. It has at most the numbers and sums of its entries (:90D:, :90C:), which are checked.
"""

import re
from collections import defaultdict
from dataclasses import replace

from .assembly import OpenStatement, collected, within
from .decoding import decode, head_of, with_line_feeds
from .errors import FormatError
from .fingerprint import RepeatCounter
from .mt940_header import read_page
from .mt940_line import charges_of, original_of, read_line
from .mt940_text import NOTHING_TOLD, read_text
from .national_accounts import is_iban
from .proof import ZERO
from .records import ANNOUNCED_AS_BOOKED, BOOKED, DETAILS_PROVEN, MIXED_ENCODING, NO_DETAILS, PENDING, detail_of
from .swift_messages import messages

STATEMENT, INTERIM = "mt940", "mt942"
NAMES = (STATEMENT, INTERIM)

_BEGIN = re.compile(r"^[ \t]*(?:\{4:)?:20:", re.MULTILINE)
_BALANCE = re.compile(r"^:60[FM]:", re.MULTILINE)
_INTERIM = re.compile(r"^:(?:34F|90[CD]):", re.MULTILINE)
_KIND = re.compile(r"\{2:[IO](94[02])")


def detect(content):
    """ "mt940" or "mt942", None if ``content`` is neither."""
    head = head_of(content, 65536).replace("\r", "\n")
    kind = _KIND.search(head)
    begin = _BEGIN.search(head)
    if kind is None and begin is None:
        return None
    if kind:
        return f"mt{kind[1]}"
    if not re.search(r"^:(?:25P?|28C?|60[FM]|34F):", head[begin.end() :], re.MULTILINE):
        return None
    return INTERIM if _INTERIM.search(head) and not _BALANCE.search(head) else STATEMENT


def parse(content, format=STATEMENT):
    """Every Statement in an MT940 or MT942 file (bytes), those of an MT942 provisional. Raises FormatError."""
    yield from collected(stream(content, format))


def stream(content, format=STATEMENT):
    """The events of the file: for every statement its StatementHeader, its Entries, its StatementProof.

    Raises FormatError where the file cannot be trusted, also after events were given: then they are void.
    """
    decoded = decode(content)
    notes = (MIXED_ENCODING,) if decoded.mixed else ()
    repeats, waiting = RepeatCounter(), []
    for message in messages(with_line_feeds(decoded.text)):
        page = read_page(message, format, notes)
        if waiting and not _turns(waiting[-1], page):
            yield from _events(waiting, repeats)
            waiting = []
        waiting.append(page)
    if not waiting:
        raise FormatError(None, "the file holds no statement (:20:).")
    yield from _events(waiting, repeats)


def _turns(before, page):
    """Whether ``page`` goes on where ``before`` stopped. Raises FormatError if it should and does not."""
    one, other = before.header, page.header
    if before.ends or page.begins or one.provisional or other.provisional:
        return False
    if (one.account, one.currency, one.electronic_number) != (other.account, other.currency, other.electronic_number):
        return False
    if not (one.page_number and other.page_number) or other.page_number <= one.page_number:
        return False
    if other.page_number != one.page_number + 1 or one.closing != other.opening:
        raise within(FormatError(
            other.line,
            f"page {one.page_number} of the statement closes with {one.closing} {one.currency}, but the next page in the "
            f"file is {other.page_number} and opens with {other.opening} {other.currency}.",
        ), other)  # fmt: skip
    return True


def _events(pages, repeats):
    """The events of the pages of one statement."""
    header, last = pages[0].header, pages[-1].header
    if len(pages) > 1:
        header = replace(
            header, closing=last.closing, closing_date=last.closing_date, closing_kind=last.closing_kind, last_page=last.last_page
        )
    statement, listed = OpenStatement(header, repeats), defaultdict(list)
    yield header
    for page in pages:
        for one in page.entries:
            try:
                entry = _entry(statement, *one)
            except FormatError as error:
                raise within(error, header, statement.number + 1) from None
            if header.provisional:
                _count(listed, entry)
            yield entry
    try:
        if header.provisional:
            _check_sums(pages[0], header, listed)
        yield statement.prove()
    except FormatError as error:
        raise within(error, header) from None


def _entry(statement, number, text, told):
    """The Entry of a field 61, in line ``number`` of the file, and of its field 86."""
    header, line = statement.header, read_line(text, statement.header.currency, number)
    told = read_text(told) if told else NOTHING_TOLD
    supplement, references, amount = line.supplement, told.references, line.amount
    charges, original, original_currency = (), None, ""
    if supplement:
        if not told.account and is_iban(supplement):
            # Some banks put the account of the other side there.
            told, supplement = told._replace(account=supplement), ""
        charges = charges_of(supplement, number)
        original, original_currency = original_of(supplement, header.currency, amount < 0, number)
    notes, status = line.notes, line.status
    if header.provisional and status == BOOKED:
        notes, status = (*notes, ANNOUNCED_AS_BOOKED), PENDING
    end_to_end = references.get("EndToEndId", "")
    has_detail = bool(references or told.return_reason)
    return statement.entry(
        number,
        amount,
        line.booking_date,
        line.value_date,
        # Whether and where the bank wraps its text differs from file to file.
        (line.kind, line.owner_reference, "".join(line.supplement.split()), "".join(told.raw.split())),
        line.bank_reference,
        told.structured or end_to_end or references.get("InstrId", "") or line.owner_reference,
        told.text or told.information or supplement,
        counterparty_name=told.name,
        counterparty_account=told.account,
        is_reversal=line.is_reversal or told.is_reversal,
        status=status,
        date_source=line.date_source,
        details=(_detail(told, amount, number),) if has_detail else (),
        details_state=DETAILS_PROVEN if has_detail else NO_DETAILS,
        counterparty_bank=told.bank,
        end_to_end_id=end_to_end,
        structured_reference=told.structured,
        information=told.information or supplement,
        bank_code_proprietary=f"{line.kind}+{told.code}" if told.code else line.kind,
        return_reason=told.return_reason,
        charges=charges,
        original_amount=original,
        original_currency=original_currency,
        notes=notes,
    )


def _detail(told, amount, line):
    """The Detail behind an entry."""
    remittance, structured = (told.text,) if told.text else (), (told.structured,) if told.structured else ()
    return detail_of((
        amount, told.references, told.name, told.account, told.bank, remittance, structured, (), "", told.purpose, "", (),
        told.return_reason, "", None, "", None, line,
    ))  # fmt: skip


def _count(listed, entry):
    """Counts an announced entry, and adds it to the sum of its side: of all, and of those that are not only expected."""
    side, amount = entry.amount >= 0, entry.amount
    listed[side, False].append(amount)
    if ANNOUNCED_AS_BOOKED in entry.notes:
        listed[side, True].append(amount)


def _check_sums(page, header, listed):
    """Refuses an MT942 whose stated numbers and sums are not those of its entries.

    Whether expected entries are in them differs from bank to bank; either is taken.
    """
    for side, stated, tag in ((False, page.debits, "90D"), (True, page.credits, "90C")):
        found = [(len(amounts), abs(sum(amounts, ZERO))) for amounts in (listed[side, True], listed[side, False])]
        if stated.count is not None and tuple(stated) not in found:
            count, total = found[1]
            raise FormatError(
                header.line,
                f"the report states {stated.count} entries of {stated.total} {header.currency} (:{tag}:), but lists {count} of "
                f"{total} {header.currency}.",
            )
