"""How an order's payment may go: the names of what `simulator.world.lives` plays; the weights of a profile choose among them."""

LIVES = (
    "sale", "capture_later", "partial_capture", "multicapture", "void", "expire", "decline", "retry", "late_failure",
)  # fmt: skip
