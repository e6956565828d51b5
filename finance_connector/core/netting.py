"""Credit notes netted against bills by rule, so that one instruction pays what remains.

Only what has one payee, one account, one currency and one of our accounts is netted. No instruction is ever negative or
zero: what credit notes exceed stays open and is told.
"""

from datetime import date
from typing import NamedTuple

from .errors import FinanceError
from .money import Money

# No netting; all credit notes that fit; only those that refer to a bill that is paid.
NONE, ALL, REFERRED = "none", "all", "referred"
RULES = (NONE, ALL, REFERRED)


class Document(NamedTuple):
    """A bill (positive ``amount``, what is to be paid of it) or a credit note (negative). ``account``: of the payee;
    ``group``: further documents are only put together within it (journal, order, pay alone); ``refers_to``: of a credit
    note, the key of its bill."""

    key: str
    payee: str
    account: str
    amount: Money
    due: date
    group: str = ""
    refers_to: str = ""


class Netted(NamedTuple):
    """One payment: what it pays, with the amount of each document (negative for credit notes), whose sum is ``amount``."""

    payee: str
    account: str
    amount: Money
    items: tuple


class Netting(NamedTuple):
    """``payments``: the `Netted` ones; ``left``: pairs of document key and why it is in no payment; ``credit_left``: document
    key -> Money of credit notes that stays open; ``covered``: (bill, credit note, Money) to reconcile without a payment."""

    payments: tuple
    left: tuple
    credit_left: dict
    covered: tuple


def net(documents, rule=ALL, together=True):
    """The `Netting` of ``documents`` (`Document`, any order; the result does not depend on it).

    ``together``: one payment a payee, account, currency and group; else one a bill. Credit notes are used oldest first, on
    bills due first. Raises FinanceError for a rule that is none, a document of no amount, and one that occurs twice.
    """
    if rule not in RULES:
        raise FinanceError(f"There is no rule {rule!r} for credit notes; there are {', '.join(RULES)}.")
    groups, seen = {}, set()
    for document in sorted(documents, key=lambda one: (one.due, one.key)):
        if document.key in seen:
            raise FinanceError(f"The document {document.key} is there twice; it can be paid once.")
        if not document.amount:
            raise FinanceError(f"The document {document.key} has nothing left to pay; leave it out.")
        seen.add(document.key)
        key = document.payee, document.account, document.amount.currency, document.group
        groups.setdefault(key, []).append(document)
    netting = Netting([], [], {}, [])
    for key in sorted(groups):
        _net_group(groups[key], rule, together, netting)
    return Netting(tuple(netting.payments), tuple(netting.left), netting.credit_left, tuple(netting.covered))


def _net_group(documents, rule, together, netting):
    """Nets what may go into one payment."""
    bills = [one for one in documents if one.amount.minor > 0]
    if len(documents) == len(bills) == 1:
        # As most are; what follows comes to the same.
        netting.payments.append(_payment(bills, {bills[0].key: ()}))
        return
    open_minor = {one.key: one.amount.minor for one in bills}
    used = {one.key: [] for one in bills}
    for note in (one for one in documents if one.amount.minor < 0):
        rest = _use(note, rule, bills, open_minor, used)
        if rest:
            netting.credit_left[note.key] = Money(rest, note.amount.currency)
        if rest == -note.amount.minor:
            netting.left.append((note.key, _why_unused(note, rule, bills)))
    to_pay = [bill for bill in bills if open_minor[bill.key]]
    if together and to_pay:
        # The payee sees all of it in one payment, also the bills that credit notes cover whole.
        netting.payments.append(_payment(bills, used))
        return
    for bill in bills:
        if open_minor[bill.key]:
            netting.payments.append(_payment([bill], used))
        else:
            netting.left.append((bill.key, "Credit notes cover it whole; reconcile them, there is nothing to pay."))
            netting.covered.extend((bill.key, key, -amount) for key, amount in used[bill.key])


def _payment(bills, used):
    """The `Netted` payment of ``bills`` and of the credit notes that are used on them."""
    items = tuple(item for bill in bills for item in ((bill.key, bill.amount), *used[bill.key]))
    total = sum(amount.minor for _key, amount in items)
    return Netted(bills[0].payee, bills[0].account, Money(total, bills[0].amount.currency), items)


def _use(note, rule, bills, open_minor, used):
    """Takes a credit note off the bills; what is left of it in minor units."""
    rest = -note.amount.minor
    for bill in bills:
        if rule == NONE or (rule == REFERRED and note.refers_to != bill.key):
            continue
        taken = min(rest, open_minor[bill.key])
        if taken:
            open_minor[bill.key] -= taken
            rest -= taken
            used[bill.key].append((note.key, Money(-taken, note.amount.currency)))
    return rest


def _why_unused(note, rule, bills):
    if rule == NONE:
        return "Credit notes are not netted here; ask the payee to refund it."
    if rule == REFERRED and note.refers_to not in {bill.key for bill in bills}:
        return "It refers to no bill that is paid; net it by hand, or ask the payee to refund it."
    return "No bill of this payee, account and currency is left to take it off; it stays open."
