"""OFX and QFX: bank and credit card statements, SGML (1.x) and XML (2.x).

Source: OFX 1.6 and 2.3, chapter 11 (banking). A statement has the ledger balance at its end (LEDGERBAL) and none at its
beginning, so its entries are not proven by balances: that one balance is the closing balance, and nothing is made up for
the other (decision 0011). A bank's id (FITID) that stands twice with the same content is a repeated record, unless the
bank reuses its ids; the file is refused, since one and two payments look alike.
"""

from collections import Counter, defaultdict

from .assembly import OpenStatement, collected, within
from .decoding import head_of
from .errors import FormatError
from .fingerprint import RepeatCounter
from .national_accounts import is_iban
from .ofx_markup import TRANSACTION, tags, text_of
from .ofx_transaction import against_sign, read_amount, read_date, read_transaction, signs
from .records import BANK_ID_REUSED, MIXED_ENCODING, ONE_BALANCE, SIGN_FROM_TYPE, TYPE_AGAINST_SIGN, UNPROVEN, StatementHeader
from .text_values import currency_code

NAMES = ("ofx",)

_STATEMENTS = ("STMTRS", "CCSTMTRS")
_ACCOUNTS = ("BANKACCTFROM", "CCACCTFROM")
_PENDING = "STMTTRNP"
_ADVICE = "Nothing of the file was taken over; fetch it again from the bank."


def detect(content):
    """ "ofx", or None if ``content`` is something else."""
    head = head_of(content).upper()
    found = head.startswith(("OFXHEADER", "<OFX>")) or (head.startswith(("<?", "<!--")) and ("<?OFX" in head or "<OFX>" in head))
    return "ofx" if found else None


def parse(content, format="ofx"):
    """Every Statement in an OFX or QFX file (bytes). Raises FormatError."""
    yield from collected(stream(content, format))


def stream(content, format="ofx"):
    """The events of the file: for every account its StatementHeader, its Entries, its StatementProof.

    Raises FormatError, also after events were given: then they are void.
    """
    text, mixed = text_of(content)
    repeats, found = RepeatCounter(), 0
    for told in _statements(text):
        found += 1
        yield from _events(told, (MIXED_ENCODING,) if mixed else (), repeats, found)
    if not found:
        other = ", but one of a securities account (INVSTMTRS)" if "INVSTMTRS>" in text.upper() else ""
        raise FormatError(None, f"the file holds no bank or credit card statement (STMTRS, CCSTMTRS){other}.", _ADVICE)


class _Told:
    """What a STMTRS or CCSTMTRS says, its transactions as (fields, line)."""

    def __init__(self, line):
        self.line = line
        self.fields, self.account, self.ledger = {}, {}, {}
        self.transactions = []
        self.pending = 0


def _statements(text):
    """A _Told for every statement. Raises FormatError for an error that the bank reports instead."""
    told, path, status = None, [], {}
    for name, value, line in tags(text):
        if name == TRANSACTION:
            _refuse_investment(path, line)
            if told is None or path[-1] != "BANKTRANLIST" or value is None:
                raise FormatError(line, "a transaction (STMTTRN) is not whole, or stands outside of a list of them.", _ADVICE)
            told.transactions.append((value, line))
        elif value is not None:
            if path and path[-1] == "STATUS":
                status[name] = value
            elif told is not None:
                _keep(told, path, name, value, line)
        elif name[0] != "/":
            if not path and name != "OFX":
                raise FormatError(line, f"the file begins with <{name}>, not with <OFX>.", _ADVICE)
            path.append(name)
            told = _Told(line) if name in _STATEMENTS else told
        else:
            path.pop()
            if name == "/STATUS":
                _refuse_error(status, line)
                status = {}
            elif told is not None and _ends(told, name[1:]):
                yield told
                told = None


def _refuse_investment(path, line):
    """The cash of a securities account has its transactions in another list (INVBANKTRAN), and its balance elsewhere."""
    if "INVSTMTRS" in path:
        advice = "Nothing of the file was taken over; fetch the statement of the bank account."
        raise FormatError(line, "the statement is that of a securities account (INVSTMTRS), which is no bank account.", advice)


def _ends(told, name):
    """Whether the aggregate ``name`` that ends is the statement; a pending transaction is counted."""
    told.pending += name == _PENDING
    return name in _STATEMENTS


def _keep(told, path, name, value, line):
    """Puts a value where it belongs: the account, the ledger balance, the statement itself."""
    if path[-1] == "BANKTRANLIST" and name not in ("DTSTART", "DTEND"):
        raise FormatError(line, f"{name} stands in the list of transactions, but in none of them.", _ADVICE)
    if path[-1] in _ACCOUNTS:
        told.account.setdefault(name, value)
    elif path[-1] == "LEDGERBAL":
        told.ledger.setdefault(name, value)
    elif path[-1] in ("BANKTRANLIST", *_STATEMENTS):
        told.fields.setdefault(name, value)


def _refuse_error(status, line):
    if status.get("SEVERITY", "").upper() == "ERROR":
        raise FormatError(
            line, f"the bank answers with error {status.get('CODE', '')}: {status.get('MESSAGE', 'no message')}.", _ADVICE
        )


def _events(told, notes, repeats, number):
    """The events of one statement."""
    if "CURDEF" not in told.fields:
        raise FormatError(told.line, "the statement names no currency (CURDEF).", "Ask the bank for a file with its currency.")
    currency = currency_code(told.fields["CURDEF"].upper(), told.line)
    account = " ".join(told.account.get("ACCTID", "").split())
    if not account:
        raise FormatError(told.line, "the statement names no account (ACCTID).", _ADVICE)
    header = _header(told, account, currency, notes, number)
    transactions = []
    for fields, line in told.transactions:
        try:
            transactions.append(read_transaction(fields, currency, line))
        except FormatError as error:
            raise within(error, header, len(transactions) + 1) from None
    reused = _reused(transactions)
    statement = OpenStatement(header, repeats)
    statement.totals.provisional_count = told.pending
    yield header
    for one, sign in zip(transactions, signs(transactions), strict=True):
        yield _entry(statement, one, sign, one.fitid in reused)
    yield statement.prove()


def _header(told, account, currency, notes, number):
    line, ledger = told.line, told.ledger
    closing = read_amount(ledger["BALAMT"], currency, line) if "BALAMT" in ledger else None
    return StatementHeader(
        account=account.replace(" ", "") if is_iban(account.replace(" ", "")) else account,
        currency=currency,
        opening=None,
        closing=closing,
        statement_id=f"{account}-{told.fields.get('DTEND', told.fields.get('DTSTART', ''))[:8]}-{number}",
        account_scheme="IBAN" if is_iban(account.replace(" ", "")) else "OTHER",
        servicer=told.account.get("BANKID", ""),
        closing_date=read_date(ledger["DTASOF"], line) if closing is not None and "DTASOF" in ledger else None,
        closing_kind="LEDGERBAL" if closing is not None else "",
        from_date=read_date(told.fields["DTSTART"], line) if "DTSTART" in told.fields else None,
        to_date=read_date(told.fields["DTEND"], line) if "DTEND" in told.fields else None,
        format="ofx",
        line=line,
        notes=notes,
        proof=ONE_BALANCE if closing is not None else UNPROVEN,
    )


def _reused(transactions):
    """The FITIDs that stand for several different transactions. Raises FormatError for a repeated one."""
    times = Counter(one.fitid for one in transactions)
    contents = defaultdict(Counter)
    for one in transactions:
        if one.fitid and times[one.fitid] > 1:
            contents[one.fitid][one._replace(line=0)] += 1
    for fitid, counts in contents.items():
        if len(counts) == 1 and counts.most_common(1)[0][1] > 1:
            lines = [one.line for one in transactions if one.fitid == fitid]
            raise FormatError(
                lines[1], f"transaction {fitid!r} stands twice, in lines {lines[0]} and {lines[1]}: one or two payments?", _ADVICE
            )
    return {fitid for fitid, counts in contents.items() if len(counts) > 1}


def _entry(statement, one, sign, reused):
    notes = (BANK_ID_REUSED,) if reused else ()
    if sign < 0:
        notes += (SIGN_FROM_TYPE,)
    elif against_sign(one):
        notes += (TYPE_AGAINST_SIGN,)
    return statement.entry(
        one.line,
        one.amount if sign == 1 else one.amount * sign,
        one.posted,
        one.available,
        (one.kind, one.reference, one.name, one.memo, one.account),
        one.fitid,
        one.reference,
        one.memo or one.name,
        counterparty_name=one.name,
        counterparty_account=one.account,
        counterparty_bank=one.bank,
        bank_code_proprietary=one.kind,
        original_currency=one.original_currency,
        exchange=one.exchange,
        notes=notes,
    )
