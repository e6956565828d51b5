"""The states of a payment as a table: which one follows from which conditions, in order of precedence (DESIGN
5).

The conditions are yes/no answers about the folded amounts (`CONDITIONS`). The first row whose ``needs`` all
hold and whose ``lacks`` all fail names the state; the last row asks for nothing, so every combination has
exactly one state.
"""

from .state_table import Row, bits, machine

# The order is that of the bits in a vector.
CONDITIONS = (
    "orphan",  # money came back or was contested, or a capture failed, and no capture is known
    "lost",  # a lost dispute still keeps money from us
    "contested",  # an undecided dispute keeps money from us
    "has_capture",  # something was captured at some time
    "captured",  # something is captured still, failed captures taken off
    "refunded",  # something was refunded, failed refunds taken off
    "refunded_all",  # at least as much was refunded as is captured
    "below_authorized",  # less is captured than was authorised
    "authorized",  # an authorisation stands that was not voided, expired or failed since
    "voided",
    "expired",
    "failed",
)
BIT = bits(CONDITIONS)


TABLE = (
    Row("unknown", ("orphan",), (), "a refund, dispute or failed capture whose capture has not been told yet"),
    Row(
        "charged_back",
        ("lost",),
        (),
        "money is gone in a lost dispute; a dispute won later takes this row away",
    ),
    Row("disputed", ("contested",), (), "money is held back by a dispute that is not decided"),
    Row("refunded", ("captured", "refunded", "refunded_all"), (), "all that was captured went back"),
    Row("partially_refunded", ("captured", "refunded"), (), "a part of what was captured went back"),
    Row(
        "partially_captured",
        ("captured", "below_authorized"),
        (),
        "the rest is released or will be; it stays so",
    ),
    Row(
        "captured",
        ("captured",),
        (),
        "all that was authorised is captured, or it was a sale without authorisation",
    ),
    Row("failed", ("has_capture",), ("captured",), "every capture failed afterwards"),
    Row("authorized", ("authorized",), (), "money is reserved and nothing is captured"),
    Row("expired", ("expired",), (), "the authorisation ran out; providers may report a void beside it"),
    Row(
        "voided",
        ("voided",),
        (),
        "the authorisation was cancelled; attempts that failed before do not matter",
    ),
    Row("failed", ("failed",), (), "no attempt succeeded"),
    Row("pending", (), (), "nothing has happened to money yet"),
)

STATES = (
    "pending", "authorized", "partially_captured", "captured", "partially_refunded", "refunded", "disputed",
    "charged_back", "voided", "expired", "failed", "unknown",
)  # fmt: skip

# The state of a payment whose conditions are the set bits of the vector that it is called with (see `BIT`).
state_of = machine(TABLE, BIT)
