"""The states of a payment instruction as a table: which one follows from which conditions, in order of precedence.

The conditions are yes/no answers about the folded facts (`CONDITIONS`). The first row whose ``needs`` all hold and
whose ``lacks`` all fail names the state; the last row asks for nothing, so every combination has exactly one state.
"""

from .state_table import Row, bits, machine

# The order is that of the bits in a vector.
CONDITIONS = (
    "approved",  # the content as it stands is approved
    "cancelled",  # we cancelled it ourselves
    "sent",  # a transmission succeeded, or the bank knows the file
    "in_doubt",  # a transmission has no known outcome and nothing has settled it since (INV-9)
    "accepted",  # the newest word of the bank on its way is that it will be executed
    "held",  # the newest word of the bank on its way is that it waits
    "withdrawn",  # the bank confirmed that it will not execute it, at our request
    "rejected",
    "executed",  # the account was debited (for a collection: credited)
    "returned",  # the money, or a part of it, came back
)
BIT = bits(CONDITIONS)


TABLE = (
    Row("returned", ("returned",), (), "money came back; what came back must have left, whether or not that was told"),
    Row("executed", ("executed",), (), "the account statement shows it, which is stronger than any answer before"),
    Row("rejected", ("rejected",), (), "the bank will not execute it; answers that were written before may come later"),
    Row("cancelled", ("withdrawn",), (), "the bank took it back at our request before it was executed"),
    Row("pending", ("held",), (), "the bank has it and waits, for funds, a date or another signature"),
    Row("accepted", ("accepted",), (), "the bank has it and will execute it"),
    Row("unknown", ("in_doubt",), (), "it may or may not have reached the bank; the bank is asked before anything else"),
    Row("sent", ("sent",), (), "it reached the bank, which has not judged it yet"),
    Row("cancelled", ("cancelled",), (), "it was cancelled before it was sent"),
    Row("approved", ("approved",), (), "it may be sent"),
    Row("draft", (), (), "nothing binding has happened"),
)
STATES = (
    "draft", "approved", "sent", "unknown", "accepted", "pending", "executed", "rejected", "returned", "cancelled",
)  # fmt: skip
# From these nothing more is expected; late facts may still change them (a return after eight weeks).
SETTLED = frozenset(("executed", "rejected", "returned", "cancelled"))

# The state of an instruction whose conditions are the set bits of the vector that it is called with (see `BIT`).
state_of = machine(TABLE, BIT)
