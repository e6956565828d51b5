"""What the items of Adyen's standard webhook say. Only signed fields decide: references, amount, event code, outcome.

* The payment is known by the PSP reference of its authorisation, which every later item repeats as originalReference.
* A modification (capture, refund, cancellation) has a PSP reference of its own, which is the id of its fact and the
  Modification Reference of the settlement report. A modification with success `false` was refused: nothing happened.
* A capture or refund that fails later is told together with what it undoes, so that the sum is nothing whichever item was
  heard before.
* A dispute is known by the PSP reference of its items; a second chargeback is ``<dispute>/2`` of the same group.
* The date is not signed: it orders the facts of one payment, and decides nothing else.
"""

from ...core.errors import PayloadError, UnknownStatus, storable
from ...core.money import Money
from ...core.records import Parsed
from ..facts import Facts
from ..reading import ID, iso_instant
from . import download, items
from .amounts import money

# event code -> what it is; see _READERS.
_DISPUTE_NEWS = (
    "NOTIFICATION_OF_FRAUD NOTIFICATION_OF_CHARGEBACK REQUEST_FOR_INFORMATION INFORMATION_SUPPLIED ISSUER_COMMENTS "
    "ISSUER_RESPONSE_TIMEFRAME_EXPIRED PREARBITRATION_OPEN PREARBITRATION_WON PREARBITRATION_DECLINED "
    "PREARBITRATION_ISSUER_WITHDRAWN SCHEME_ARBITRATION SCHEME_ARBITRATION_WON DISPUTE_OPENED_WITH_CHARGEBACK"
).split()
_DISPUTE_LOST = "DISPUTE_DEFENSE_PERIOD_ENDED PREARBITRATION_LOST PREARBITRATION_ACCEPTED SCHEME_ARBITRATION_LOST".split()
# Codes without a fact of ours, and why.
IGNORED = {
    "CANCEL_OR_REFUND": "whether it was cancelled or refunded stands in a field that is not signed; a refund is told by the "
    "settlement details report",
    "VOID_PENDING_REFUND": "a refund that had not left was taken back",
    "POSTPONED_REFUND": "the refund waits for the capture, and is told by REFUND",
    **dict.fromkeys(
        "PAYOUT_THIRDPARTY PAYOUT_DECLINE PAYOUT_EXPIRE PAIDOUT_REVERSED".split(),
        "payouts to others are told by the settlement details report",
    ),
    **dict.fromkeys(
        "PENDING OFFER_CLOSED AUTORESCUE CANCEL_AUTORESCUE ORDER_OPENED ORDER_CLOSED RECURRING_CONTRACT "
        "ACH_NOTIFICATION_OF_CHANGE DIRECT_DEBIT_NOTICE_OF_CHANGE_NOTIFICATION AUTHENTICATION".split(),
        "it moves no money",
    ),
}


def parse(body):
    """`core.records.Parsed` of a call with one item. Raises PayloadError or UnknownStatus."""
    call = items.read(body)
    if len(call.items) != 1:
        return Parsed(ignored=f"a call of {len(call.items)} items, each of which is a message of its own", live=call.live)
    parsed = _item(call.items[0].fields)
    return Parsed(parsed.movements, parsed.payments, ignored=parsed.ignored, live=call.live, fetches=parsed.fetches)


def _item(fields):
    reference, original, _merchant, merchant_reference, _value, _currency, code, success = items.signed(fields)
    if success not in ("true", "false"):
        raise UnknownStatus("Adyen", "success", storable(success)[:40], storable(f"{code} {reference}")[:120])
    for value in (reference, original):
        if value and not ID.fullmatch(value):
            raise PayloadError(f"An item of Adyen has an unusable PSP reference {value!r:.60}.")
    done = success == "true"
    if code == "REPORT_AVAILABLE":
        return download.available(fields, reference, done)
    if code in IGNORED:
        return Parsed(ignored=f"{code}: {IGNORED[code]}")
    reader = READERS.get(code)
    if reader is None:
        raise UnknownStatus("Adyen", "eventCode", storable(code)[:60], reference)
    facts = Facts(iso_instant(fields, "eventDate"), original or reference, reference=storable(merchant_reference).strip() or None)
    amount = money(fields, f"{code} {reference}")
    reader(facts, code, reference, amount, done)
    payments = [facts.payment(amount)] if code == "AUTHORISATION" else ()
    return facts.parsed(payments, ignored=f"{code} of {reference} was refused; nothing has changed")


def _authorisation(facts, code, reference, amount, done):
    if done and code == "AUTHORISATION":
        facts.add("authorize", reference, amount, reference)
    elif done:
        facts.add("authorize_adjust", reference, amount, facts.transaction_key)
    elif code == "AUTHORISATION":
        facts.add("fail", reference, amount, reference)


def _capture(facts, code, reference, amount, done):
    if done:
        facts.add("capture", reference, amount, facts.transaction_key)
        if code == "CAPTURE_FAILED":
            facts.add("capture_fail", reference, amount, facts.transaction_key)


def _ending(facts, code, reference, amount, done):
    if done:
        kind = "expire" if code == "EXPIRE" else "void"
        facts.add(kind, facts.transaction_key, amount, facts.transaction_key)


def _refund(facts, code, reference, amount, done):
    if done:
        facts.add("refund", reference, amount, reference)
        if code in ("REFUND_FAILED", "REFUNDED_REVERSED"):
            facts.add("refund_fail", reference, amount, reference, reason=code)


def _dispute(facts, code, reference, amount, done):
    if code == "CHARGEBACK":
        facts.add("dispute_open", reference, amount, reference)
    elif code == "SECOND_CHARGEBACK":
        facts.add("dispute_open", f"{reference}/2", amount, reference)
    elif code == "CHARGEBACK_REVERSED":
        facts.add("dispute_won", reference, amount, reference)
    elif code in _DISPUTE_LOST:
        facts.add("dispute_lost", reference, amount, reference, reason=code)
    else:
        facts.add("dispute_update", f"{reference}/{code}", Money.zero(amount.currency), reference, status=code)


def _review(facts, code, reference, amount, done):
    nothing, group = Money.zero(amount.currency), facts.transaction_key
    facts.add("review_open", group, nothing, group)
    facts.add("review_close", group, nothing, group, reason=code)


READERS = {
    **dict.fromkeys(("AUTHORISATION", "AUTHORISATION_ADJUSTMENT"), _authorisation),
    **dict.fromkeys(("CAPTURE", "CAPTURE_FAILED"), _capture),
    **dict.fromkeys(("CANCELLATION", "TECHNICAL_CANCEL", "EXPIRE"), _ending),
    **dict.fromkeys(("REFUND", "REFUND_WITH_DATA", "REFUND_FAILED", "REFUNDED_REVERSED"), _refund),
    **dict.fromkeys(("CHARGEBACK", "SECOND_CHARGEBACK", "CHARGEBACK_REVERSED", *_DISPUTE_NEWS, *_DISPUTE_LOST), _dispute),
    **dict.fromkeys(("MANUAL_REVIEW_ACCEPT", "MANUAL_REVIEW_REJECT"), _review),
}
