"""Which event types are read, and by whom; every other type is ignored by name.

Source: the list of event types of `stripe` 16 (275 types). A test compares it with the tables here.
"""

from dataclasses import replace

from ...core.records import Parsed
from . import disputes, ordered, payments, payouts, refunds, reviews
from .payload import read_event

# (reader, family, the types of that family)
_READERS = (
    (payments.charge, "charge", "succeeded pending failed captured updated expired"),
    (payments.intent, "payment_intent", "created processing requires_action partially_funded succeeded"),
    (payments.intent, "payment_intent", "amount_capturable_updated payment_failed canceled"),
    (payments.session, "checkout.session", "completed expired async_payment_succeeded async_payment_failed"),
    (refunds.refund, "refund", "created updated failed"),
    (refunds.refund, "charge.refund", "updated"),
    (refunds.refunded_charge, "charge", "refunded"),
    (disputes.dispute, "charge.dispute", "created updated closed funds_withdrawn funds_reinstated"),
    (payouts.payout, "payout", "created updated paid failed canceled reconciliation_completed"),
    (ordered.transfer, "transfer", "created updated reversed"),
    (reviews.review, "review", "opened closed"),
    (reviews.fraud_warning, "radar.early_fraud_warning", "created updated"),
)
READERS = {f"{family}.{name}": reader for reader, family, names in _READERS for name in names.split()}

# The families of types that Stripe documents and that carry nothing to book: either no money, or money that
# settlement lines tell (top-ups, reserves, application fees, issuing and treasury of the account itself).
IGNORED_FAMILIES = frozenset(
    (
        "account application_fee apps balance balance_settings billing billing_portal capability "
        "cash_balance climate coupon credit_note customer customer_cash_balance_transaction entitlements "
        "file financial_connections identity invoice invoice_payment invoiceitem issuing_authorization "
        "issuing_card issuing_cardholder issuing_dispute issuing_personalization_design issuing_token "
        "issuing_transaction mandate payment_link payment_method person plan price product promotion_code "
        "quote reporting reserve setup_intent sigma source subscription_schedule tax tax_rate terminal "
        "test_helpers three_d_secure topup treasury"
    ).split()
)


def parse(body):
    """`core.records.Parsed` of one event. Raises PayloadError or UnknownStatus."""
    event = read_event(body)
    reader = READERS.get(event.type)
    if event.resource is None:
        parsed = Parsed(ignored=f"{event.type} is a thin event: it carries no object to read")
    elif reader is None:
        parsed = Parsed(ignored=_why_ignored(event.type))
    else:
        parsed = reader(event)
    return replace(parsed, account=event.account, live=event.live)


def _why_ignored(event_type):
    if event_type.partition(".")[0] in IGNORED_FAMILIES:
        return f"{event_type} carries no money event that is mapped"
    return f"{event_type} is not an event type that this version knows; nothing of it is booked"
