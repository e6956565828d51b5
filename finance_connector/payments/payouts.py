"""Payments for the API of a provider, as a file: what each call is to pay or collect, kept and approved like every other payment
file.

A JSON object with ``message_id`` and ``payments``; a payment has ``amount`` (minor units) and ``currency``, and the other fields
of `channels.base.Payout` or `channels.base.Collect`. The channel's adapter makes its calls of these bytes and of nothing else.
"""

import json

from ..core.money import Money
from . import rules
from .problems import Problems
from .records import WrittenFile
from .schemes import Scheme

FORMAT, COLLECTIONS = "payouts", "collections"
# The files that no bank takes: their bytes are calls.
FORMATS = (FORMAT, COLLECTIONS)
SCHEME = Scheme("payout", "")


def write(message_id, payments, problem, form=FORMAT):
    """The `WrittenFile` of ``payments`` (`channels.base.Payout` or `Collect`). ``problem``: why one cannot be sent, in words;
    "" if it can. ``form``: which of `FORMATS` it is.

    Raises PaymentFileError with everything that is wrong; then nothing is written.
    """
    problems, totals = Problems(), {}
    ids = rules.Ids(problems)
    if not payments:
        problems.add("file", "empty", "There is no payment to write; select some.")
    for one in payments:
        problems.instruction = one.end_to_end_id
        ids.add(one.end_to_end_id)
        rules.amount(one.amount, SCHEME, problems)
        if told := problem(one):
            problems.add("payment", "provider", told)
        totals[one.amount.currency] = totals.get(one.amount.currency, Money(0, one.amount.currency)) + one.amount
    problems.refuse()
    content = {"message_id": message_id, "payments": [_plain(one) for one in payments]}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    return WrittenFile(form, message_id, text.encode(), len(payments), totals, "rules of the provider")


def read(content, make):
    """The payments in ``content`` (bytes that `write` gave), each made by ``make`` of its fields."""
    payments = []
    for told in json.loads(content)["payments"]:
        currency = told.pop("currency")
        payments.append(make(**{**told, "amount": Money(told["amount"], currency)}))
    return tuple(payments)


def _plain(one):
    return {**one._asdict(), "amount": one.amount.minor, "currency": one.amount.currency}
