"""The payouts of files/payout_reconciliation.csv as Stripe's API lists them: the same truth in the other
form."""

from datetime import datetime, timezone

from simulator import stripe_objects as stripe


def at(text):
    return int(datetime.fromisoformat(f"2026-{text}:00").replace(tzinfo=timezone.utc).timestamp())


def _charge(number, amount, currency="eur", captured=None, **fields):
    return stripe.charge(f"ch_{number}", amount, currency, intent=f"pi_{number}", captured=captured, **fields)


CH_1 = _charge(1, 10000, description="S00041", customer="cus_1")
CH_2 = _charge(2, 8000, captured=5000, metadata={"order_id": "S00042"})
CH_4 = _charge(4, 12000, "usd", metadata={"order_id": "S00044"})
CH_6 = _charge(6, 5000, "jpy", description="S00046")
PY_5 = stripe.charge("py_5", 2500, status="failed", failure_balance_transaction="txn_14")
RE_1 = stripe.refund("re_1", 3000, "ch_1", intent="pi_1")
RE_4 = stripe.refund("re_4", 1000, "ch_4", "usd", intent="pi_4")
DP_1 = stripe.dispute("dp_1", 4000, "ch_3", intent="pi_3")

_ROWS = {
    "po_A": [
        ("txn_1", 10000, CH_1, "charge", "03-24T08:00", 175),
        ("txn_2", 8000, CH_2, "charge", "03-24T08:10", 115),
        ("txn_3", -3000, CH_2, "partial_capture_reversal", "03-24T08:10", 0),
        ("txn_4", -3000, RE_1, "refund", "03-24T12:00", 0),
        ("txn_5", -4000, DP_1, "dispute", "03-24T13:00", 1500),
        ("txn_6", 11005, CH_4, "charge", "03-24T14:00", 350),
        ("txn_7", -920, RE_4, "refund", "03-24T15:00", 0),
        ("txn_8", -50, None, "fee", "03-24T23:00", 0),
        ("txn_9", -1200, None, "risk_reserved_funds", "03-24T23:30", 0),
    ],
    "po_B": [
        ("txn_11", 4000, DP_1, "dispute_reversal", "04-07T08:00", -1500),
        ("txn_12", 3000, RE_1, "refund_failure", "04-07T09:00", 0),
        ("txn_13", 1200, None, "risk_reserved_funds", "04-07T09:30", 0),
        ("txn_14", -2500, PY_5, "charge_failure", "04-07T10:00", 0),
    ],
    "po_J": [("txn_21", 5000, CH_6, "charge", "04-07T08:00", 180)],
}
PAID = {"po_A": 14695, "po_B": 7200, "po_J": 4820}
CURRENCIES = {"po_A": "eur", "po_B": "eur", "po_J": "jpy"}


def own_row(payout_id, amount=None, fee=0, created="04-08T00:00"):
    """The payout's own row, which the API lists among its lines."""
    amount = PAID[payout_id] if amount is None else amount
    source = stripe.payout(payout_id, amount, CURRENCIES[payout_id], at(created))
    return stripe.balance_transaction(f"txn_{payout_id}", -amount, source, "payout", CURRENCIES[payout_id], at(created), fee=fee)


def listed(payout_id, own=True):
    """Every balance transaction of a payout, newest first."""
    rows = [
        stripe.balance_transaction(own_id, amount, source, category, CURRENCIES[payout_id], at(created), fee=fee)
        for own_id, amount, source, category, created, fee in _ROWS[payout_id]
    ]
    return [*([own_row(payout_id)] if own else []), *reversed(rows)]
