"""Which documents a payment run proposes: by due date, discount, currency, limit, balance to be kept, and blocks.

Each document is either proposed, with the day and the reason, or left, with the reason: nothing is passed over in silence.
The result depends on the documents, not on their order.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from .errors import FinanceError
from .money import Money


class Candidate(NamedTuple):
    """A document that may be paid. ``amount``: what is open (negative for a credit note); ``discount``: what may be taken off
    if it is paid until ``discount_date``; ``blocked``: why it or its partner is not to be paid; ``in_order``: the open order that
    holds it; ``account``: of the payee, "" if there is none."""

    key: str
    payee: str
    account: str
    amount: Money
    due: date
    journal: str = ""
    discount: Money | None = None
    discount_date: date | None = None
    blocked: str = ""
    in_order: str = ""


@dataclass(frozen=True, slots=True)
class Criteria:
    """``pay_on``: the day of execution; ``next_run``: the day of the next run, so that what is due before it is paid now.

    ``take_discounts``: pay early for a discount. ``currencies`` and ``journals``: only these; empty: all. ``limits``: currency
    -> Money that the run may pay at most. ``balances`` and ``keep``: currency -> Money on the account and what has to
    remain. ``largest``: currency -> Money of one document.
    """

    pay_on: date
    next_run: date
    take_discounts: bool = True
    currencies: frozenset = frozenset()
    journals: frozenset = frozenset()
    limits: dict = field(default_factory=dict)
    balances: dict = field(default_factory=dict)
    keep: dict = field(default_factory=dict)
    largest: dict = field(default_factory=dict)

    def __post_init__(self):
        if self.next_run <= self.pay_on:
            raise FinanceError(f"The next run ({self.next_run}) has to come after this one ({self.pay_on}); correct the days.")


class Proposed(NamedTuple):
    """``amount`` is what is paid (the discount taken off), ``reason`` why now."""

    key: str
    amount: Money
    discount: Money | None
    reason: str


class Left(NamedTuple):
    """``code``: `blocked` `in_order` `no_account` `no_bill` `currency` `journal` `not_due` `largest` `limit` `balance`;
    ``text``: why, in words."""

    key: str
    code: str
    text: str


class Proposal(NamedTuple):
    """``proposed`` in the order in which they were chosen, ``left``, and ``totals``: currency -> Money that leaves the account
    when credit notes are netted within payee, account and currency."""

    proposed: tuple
    left: tuple
    totals: dict


def propose(candidates, criteria):
    """The `Proposal` of ``candidates`` for `Criteria`.

    Credit notes are taken whatever their due date, where a bill of the same payee, account and currency is paid: they reduce
    what that payee gets, and never make room for another. Where the money does not reach, discounts come
    first, then what is due first, then what is smallest; what no longer fits is left and the next one is tried.
    """
    left, wanted = [], []
    for one in candidates:
        why = _why_not(one, criteria)
        if why is not None:
            left.append(Left(one.key, *why))
        else:
            wanted.append((one, *_price(one, criteria)))
    proposed, totals, nets, paid = [], {}, {}, set()
    for one, amount, discount, reason in sorted(wanted, key=_priority):
        currency, payee = amount.currency, _payee(one)
        net = nets.get(payee, 0) + amount.minor
        more = max(net, 0) - max(nets.get(payee, 0), 0)
        total = totals.get(currency, Money(0, currency)) + Money(more, currency)
        why = _beyond(total, criteria) if more > 0 else None
        if why is not None:
            left.append(Left(one.key, *why))
            continue
        nets[payee], totals[currency] = net, total
        if amount.minor > 0:
            paid.add(payee)
        proposed.append((one, Proposed(one.key, amount, discount, reason)))
    for one, _proposed in proposed:
        if _payee(one) not in paid:
            left.append(Left(one.key, "no_bill", "No bill of this payee, account and currency is paid to take it off."))
    kept = tuple(proposal for one, proposal in proposed if _payee(one) in paid)
    return Proposal(kept, tuple(sorted(left)), totals)


def _payee(one):
    """What credit notes are netted within."""
    return one.payee, one.account, one.amount.currency


def _why_not(one, criteria):
    """(code, text) if the document is not for this run at all."""
    currency = one.amount.currency
    if one.blocked:
        return "blocked", f"It is blocked: {one.blocked}"
    if one.in_order:
        return "in_order", f"It is in the open order {one.in_order} already."
    if criteria.currencies and currency not in criteria.currencies:
        return "currency", f"This run pays {', '.join(sorted(criteria.currencies))}, not {currency}."
    if criteria.journals and one.journal not in criteria.journals:
        return "journal", f"Its journal {one.journal} is not part of this run."
    if one.amount.minor > 0 and not one.account:
        return "no_account", "The payee has no bank account that may be paid to; enter and confirm one."
    largest = criteria.largest.get(currency)
    if largest is not None and one.amount > largest:
        return "largest", f"{one.amount} is above the {largest} of one document in a run; pay it by an order of its own."
    if one.amount.minor > 0 and one.due >= criteria.next_run and not _has_discount(one, criteria):
        return "not_due", f"It is due on {one.due}; the next run on {criteria.next_run} is early enough."
    return None


def _has_discount(one, criteria):
    """Whether a discount can be had now, and not in the next run any more."""
    return criteria.take_discounts and _discount_stands(one, criteria.pay_on) and one.discount_date < criteria.next_run


def _discount_stands(one, day):
    """Whether the document has a discount, of less than itself, that can be taken on ``day``."""
    if one.discount is None or one.discount_date is None or one.discount_date < day:
        return False
    return 0 < one.discount.minor < one.amount.minor


def _price(one, criteria):
    """(amount to pay, discount taken, reason)."""
    if one.amount.minor < 0:
        return one.amount, None, "It is a credit note, which reduces what is paid."
    # Paid now anyway, it takes the discount that there is, also where the next run could have it too.
    if criteria.take_discounts and _discount_stands(one, criteria.pay_on):
        return one.amount - one.discount, one.discount, f"Until {one.discount_date} a discount of {one.discount} can be taken."
    overdue = "It is overdue since" if one.due < criteria.pay_on else "It is due on"
    return one.amount, None, f"{overdue} {one.due}."


def _priority(row):
    one, amount, discount, _reason = row
    return amount.minor > 0, amount.currency, discount is None, one.due, amount.minor, one.key


def _beyond(total, criteria):
    """(code, text) if ``total`` is more than the run may or can pay."""
    currency = total.currency
    limit = criteria.limits.get(currency)
    if limit is not None and total > limit:
        return "limit", f"With it the run would pay {total}, above its limit of {limit}."
    balance = criteria.balances.get(currency)
    if balance is not None:
        keep = criteria.keep.get(currency, Money(0, currency))
        if balance - total < keep:
            return "balance", f"With it {balance - total} would remain of {balance}, below the {keep} to be kept."
    return None
