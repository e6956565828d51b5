"""What a transaction event code means: the kind of its row by its sign. Source: PayPal's list of T-codes, and rows as they are
seen in use. A code is looked for as a whole, then by its family."""

UNKNOWN = "unknown"
# Rows that do not move the balance.
NOTHING = "nothing"

# code or family -> (kind of a debit, kind of a credit)
CODES = {
    "T00": ("transfer", "capture"),
    "T01": ("fee", "fee_refund"), "T0106": ("dispute_fee", "fee_refund"),
    "T02": ("fx", "fx"),
    "T04": ("payout", "payout_fail"),
    **dict.fromkeys("T03 T05 T06 T07 T09 T16 T18 T20".split(), ("transfer", "transfer")),
    **dict.fromkeys("T08 T11 T12 T19 T99".split(), ("adjustment", "adjustment")),
    "T13": (NOTHING, NOTHING),
    **dict.fromkeys("T15 T17 T21 T1105".split(), ("reserve_hold", "reserve_release")),
    "T1101": (UNKNOWN, "payout_fail"),
    "T1106": ("dispute_open", "dispute_won"),
    # Payouts to others that come back.
    **dict.fromkeys("T1114 T1115".split(), ("transfer", "transfer")),
    "T1107": ("refund", "refund_fail"),
    "T1108": ("fee", "fee_refund"), "T1109": ("fee", "fee_refund"),
    "T1110": ("dispute_open", UNKNOWN), "T1111": (UNKNOWN, "dispute_won"),
    "T1201": ("dispute_open", UNKNOWN), "T1202": (UNKNOWN, "dispute_won"),
}  # fmt: skip


def kind_of(code, minor):
    """The kind of a row with ``code`` and a gross of ``minor`` units; `unknown` for a code that is none of these."""
    kinds = CODES.get(code) or CODES.get(code[:3])
    return kinds[minor > 0] if kinds else UNKNOWN
