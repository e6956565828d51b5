"""What a `reporting_category` of a balance transaction means: the kind of its settlement line, by the sign of
its gross.

The category is used and not the `type`, since type `adjustment` hides disputes and failed refunds. Source:
docs.stripe.com/reports/reporting-categories, and the parameter `reporting_category` of report runs in
`stripe` 16.
"""

UNKNOWN = "unknown"

# category -> (kind when the gross is negative or zero, kind when it is positive)
_BOTH_WAYS = {
    # The sum of a charge and its reversal is what was captured.
    "charge": "capture",
    "partial_capture_reversal": "capture",
    "payout": "payout",
    "payout_reversal": "payout_fail",
    **dict.fromkeys(("topup", "topup_reversal", "transfer", "transfer_reversal"), "transfer"),
    **dict.fromkeys(("connect_collection_transfer", "contribution", "unreconciled_customer_funds"), "adjustment"),
    **dict.fromkeys(("platform_earning", "platform_earning_refund", "other_adjustment"), "adjustment"),
    **dict.fromkeys(("advance", "advance_funding", "anticipation_repayment"), "adjustment"),
    **dict.fromkeys(("climate_order_purchase", "climate_order_refund"), "adjustment"),
    **dict.fromkeys(("financing_paydown", "financing_paydown_reversal"), "adjustment"),
    **dict.fromkeys(("financing_payout", "financing_payout_reversal"), "adjustment"),
    **dict.fromkeys(("issuing_authorization_hold", "issuing_authorization_release"), "adjustment"),
    **dict.fromkeys(("issuing_dispute", "issuing_transaction"), "adjustment"),
}
CATEGORIES = {
    **{category: (kind, kind) for category, kind in _BOTH_WAYS.items()},
    "refund": ("refund", UNKNOWN),
    "refund_failure": (UNKNOWN, "refund_fail"),
    "charge_failure": ("capture_fail", UNKNOWN),
    "dispute": ("dispute_open", UNKNOWN),
    "dispute_reversal": (UNKNOWN, "dispute_won"),
    "fee": ("fee", "fee_refund"),
    "network_cost": ("fee", "fee_refund"),
    # Tax that comes back has no kind of its own; the movement says what it is.
    "tax": ("fee_tax", "adjustment"),
    "risk_reserved_funds": ("reserve_hold", "reserve_release"),
    "connect_reserved_funds": ("reserve_hold", "reserve_release"),
}


def line_kind(category, gross):
    """The kind of a line, or `unknown`: a category never seen, or a sign that it should not have. It is not
    guessed: the line stays, without a fact, for a person to look at (INV-6)."""
    kinds = CATEGORIES.get(category)
    return kinds[gross.minor > 0] if kinds else UNKNOWN
