"""From Plaid's changes to the canonical entries: what was added, changed and removed, folded into what holds at the end.

Plaid counts from the bank's customer outwards: a positive amount is money that went out, so signs are turned. An entry's id
never changes, but an announced entry and its booked form are two ids: the booked one names the other.
"""

from ...formats.assembly import OpenStatement
from ...formats.records import UNPROVEN, StatementHeader
from ..base import Announced, Reading
from ..pages import unpack
from ..values import child, day, exact, items, refuse, text


def read(content, account):
    """The `base.Reading` of a pull; see `base.FeedAdapter.parse`."""
    asked, pages = unpack(content)
    held, removed = _fold(pages, account)
    booked = [(told, where) for told, where in held.values() if told.get("pending") is False]
    announced = [one for one in held.values() if one[0].get("pending") is not False]
    start = day(asked.get("start"), "start", "The pull")
    dated = sorted(((_required_day(told, where), told, where) for told, where in booked), key=lambda one: one[0])
    wanted = [one for one in dated if start is None or one[0] >= start]
    statement = OpenStatement(_header(asked, account, len(dated) - len(wanted)))
    entries = tuple(_entry(statement, told, where, account, on) for on, told, where in wanted)
    return Reading(
        statement.header,
        entries,
        statement.prove(),
        announced=tuple(_announced(told, where, account) for told, where in announced),
        booked=tuple(filter(None, (text(told.get("pending_transaction_id")) for told, _where in booked))),
        removed=tuple(removed),
        complete=False,
    )


def _fold(pages, account):
    """({id: (transaction, where)}, removed ids): the last thing that was said of each id holds."""
    held, removed = {}, {}
    for page in pages:
        for name in ("added", "modified"):
            for told in items(page, name, "Plaid"):
                own_id = text(told.get("transaction_id"))
                where = f"Transaction {own_id or 'without id'}"
                if not own_id or type(told.get("pending")) is not bool:
                    raise refuse("it has no id, or does not say whether it is pending.", where)
                if told.get("account_id") != account.external_id:
                    raise refuse(f"it belongs to account {told.get('account_id')!r:.60}, which was not asked for.", where)
                held[own_id] = told, where
                removed.pop(own_id, None)
        for told in items(page, "removed", "Plaid"):
            own_id = text(told.get("transaction_id"))
            held.pop(own_id, None)
            removed[own_id] = True
    return held, removed


def _header(asked, account, before_start):
    first, until = (day(asked.get(name), name, "The pull") for name in ("from", "until"))
    return StatementHeader(
        account=account.number,
        currency=account.currency,
        opening=None,
        closing=None,
        statement_id=f"{first} – {until}",
        from_date=first,
        to_date=until,
        format="plaid",
        proof=UNPROVEN,
        notes=(f"{before_start} entries before the start date, left out",) if before_start else (),
    )


def _entry(statement, told, where, account, on):
    amount = _amount(told, where, account)
    own_id = text(told.get("transaction_id"))
    meta = child(told, "payment_meta")
    name = _counterparty(told, meta, amount)
    words = text(told.get("original_description")) or text(told.get("name"))
    return statement.entry(
        None,
        amount,
        on,
        None,
        # The id is part of what it says: two equal payments are two, whenever each of them is told.
        (own_id, words, name),
        bank_id=own_id,
        reference=text(meta.get("reference_number")) or text(told.get("check_number")),
        text=words,
        counterparty_name=name,
        bank_code=text(told.get("transaction_code")),
        information=text(told.get("name")) if text(told.get("name")) != words else "",
    )


def _announced(told, where, account):
    on = day(told.get("date"), "date", where)
    name = _counterparty(told, child(told, "payment_meta"), _amount(told, where, account))
    return Announced(
        text(told.get("transaction_id")), _amount(told, where, account), account.currency, on, text(told.get("name")), name
    )


def _amount(told, where, account):
    currency = text(told.get("iso_currency_code")) or text(told.get("unofficial_currency_code"))
    if currency != account.currency:
        raise refuse(f"it is in {currency or 'no currency'}, but the account is kept in {account.currency}.", where)
    return exact(told.get("amount"), "amount", where).copy_negate() + 0


def _counterparty(told, meta, amount):
    """The name of the other side: a merchant, else who paid or was paid."""
    return text(told.get("merchant_name")) or text(meta.get("payer" if amount > 0 else "payee"))


def _required_day(told, where):
    on = day(told.get("date"), "date", where)
    if on is None:
        raise refuse("it is booked but has no date.", where)
    return on
