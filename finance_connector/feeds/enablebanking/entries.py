"""From Enable Banking's transactions to the canonical entries.

An amount has no sign: `credit_debit_indicator` says the direction. Only `BOOK` moved the balance. `entry_reference` is the bank's
id and often missing; entries without it are told apart by what they say (`formats.fingerprint`). Some banks state the balance
after each entry: if these make one chain, in the order of the list or against it, they prove the entries (decision 0020).
"""

from dataclasses import replace
from itertools import pairwise

from ...core.errors import UnknownStatus
from ...formats.assembly import OpenStatement
from ...formats.records import BOOKING, RUNNING_BALANCE, UNPROVEN, VALUE, StatementHeader
from ..base import Announced, Reading
from ..pages import unpack
from ..values import child, day, exact, items, refuse, text

_BOOKED = {"BOOK"}
_ANNOUNCED = {"PDNG", "HOLD", "SCHD", "OTHR"}
_NOTHING = {"CNCL", "RJCT"}
_SIGNS = {"CRDT": 1, "DBIT": -1}


def read(content, account):
    """The `base.Reading` of a pull; see `base.FeedAdapter.parse`."""
    asked, pages = unpack(content)
    booked, announced = [], []
    for number, told in enumerate(_listed(pages), 1):
        where = _where(told, number)
        status = text(told.get("status"))
        if status in _BOOKED:
            booked.append((told, where))
        elif status in _ANNOUNCED:
            announced.append(_announced(told, where, account))
        elif status not in _NOTHING:
            raise UnknownStatus("Enable Banking", "status", status, where)
    header = _header(asked, account)
    ordered, header = _proven(booked, header, account)
    statement = OpenStatement(header)
    entries = tuple(_entry(statement, told, where, account) for told, where in ordered)
    return Reading(header, entries, statement.prove(), tuple(announced), complete=True)


def _listed(pages):
    for page in pages:
        if "transactions" not in page:
            raise refuse("the answer has no transactions.", "Enable Banking")
        yield from items(page, "transactions", "Enable Banking")


def _where(told, number):
    return f"Entry {number} ({text(told.get('entry_reference')) or 'without id'})"


def _header(asked, account):
    first = day(asked.get("from"), "from", "The pull")
    until = day(asked.get("until"), "until", "The pull")
    return StatementHeader(
        account=account.number,
        currency=account.currency,
        opening=None,
        closing=None,
        statement_id=f"{first} – {until}",
        from_date=first,
        # Today is not over: it is asked for again tomorrow, and only then known.
        to_date=until.fromordinal(until.toordinal() - 1),
        format="enablebanking",
        proof=UNPROVEN,
    )


def _proven(booked, header, account):
    """``booked`` oldest first, and the header with the balances that they prove, if they do."""
    amounts = [_amount(told, where, account) for told, where in booked]
    after = [_balance_after(told, where, account) for told, where in booked]
    if booked and None not in after:
        for step in (1, -1):
            order = list(range(len(booked)))[::step]
            if all(after[one] + amounts[two] == after[two] for one, two in pairwise(order)):
                first, last = order[0], order[-1]
                balances = {"opening": after[first] - amounts[first], "closing": after[last], "proof": RUNNING_BALANCE}
                return [booked[place] for place in order], replace(header, **balances)
    return sorted(booked, key=lambda one: _booking_date(*one)[0]), header


def _entry(statement, told, where, account):
    amount = _amount(told, where, account)
    booking_date, source = _booking_date(told, where)
    name, number, bank = _counterparty(told, amount)
    lines = [text(line) for line in told.get("remittance_information") or () if text(line)]
    reference = text(told.get("reference_number"))
    code = child(told, "bank_transaction_code")
    original = child(child(told, "exchange_rate"), "instructed_amount")
    original_amount = exact(original["amount"], "instructed_amount", where) if original.get("amount") else None
    return statement.entry(
        None,
        amount,
        booking_date,
        day(told.get("value_date"), "value_date", where),
        (reference, *lines, name, number, text(code.get("code")), text(code.get("sub_code"))),
        bank_id=text(told.get("entry_reference")),
        reference=reference,
        text=" ".join(lines) or text(told.get("note")) or text(code.get("description")),
        counterparty_name=name,
        counterparty_account=number,
        date_source=source,
        counterparty_bank=bank,
        structured_reference=reference,
        bank_code="/".join(filter(None, (text(code.get("code")), text(code.get("sub_code"))))),
        original_amount=original_amount and original_amount.copy_abs().copy_sign(amount),
        original_currency=text(original.get("currency")) if original_amount else "",
    )


def _announced(told, where, account):
    amount = _amount(told, where, account)
    name, _number, _bank = _counterparty(told, amount)
    moment = next((told[key] for key in ("booking_date", "transaction_date", "value_date") if told.get(key)), None)
    words = " ".join(text(line) for line in told.get("remittance_information") or ())
    return Announced(
        text(told.get("entry_reference")), amount, account.currency, day(moment, "date", where), text(words) or name, name
    )


def _amount(told, where, account):
    sign = _SIGNS.get(text(told.get("credit_debit_indicator")))
    if sign is None:
        raise refuse(f"credit_debit_indicator is {told.get('credit_debit_indicator')!r:.40}, not CRDT or DBIT.", where)
    amount = _money(child(told, "transaction_amount"), "transaction_amount", where, account)
    if amount < 0:
        raise refuse(f"the amount {amount} has a sign beside its credit_debit_indicator.", where)
    return sign * amount + 0


def _balance_after(told, where, account):
    balance = child(told, "balance_after_transaction")
    return _money(balance, "balance_after_transaction", where, account) if balance else None


def _money(told, name, where, account):
    if text(told.get("currency")) != account.currency:
        raise refuse(f"{name} is in {told.get('currency')!r:.10}, but the account is kept in {account.currency}.", where)
    return exact(told.get("amount"), f"{name}.amount", where)


def _booking_date(told, where):
    """(date, where it is from): some banks give a booked entry a value date only."""
    for name, source in (("booking_date", BOOKING), ("value_date", VALUE)):
        found = day(told.get(name), name, where)
        if found:
            return found, source
    raise refuse("it is booked but has neither a booking date nor a value date.", where)


def _counterparty(told, amount):
    """(name, account, bank) of the other side."""
    side = "debtor" if amount > 0 else "creditor"
    account = child(told, f"{side}_account")
    number = text(account.get("iban")) or text(child(account, "other").get("identification"))
    return text(child(told, side).get("name")), number, text(child(told, f"{side}_agent").get("bic_fi"))
