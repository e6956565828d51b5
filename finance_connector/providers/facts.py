"""What the facts of one message have in common, so that each is stated in one line."""

from ..core.records import Movement, Parsed


class Facts:
    """Collects movements that share an instant, a payment, a payout and the merchant's reference."""

    __slots__ = ("at", "movements", "reference", "settlement_key", "transaction_key")

    def __init__(self, at, transaction_key=None, settlement_key=None, reference=None):
        self.at = at
        self.transaction_key = transaction_key
        self.settlement_key = settlement_key
        self.reference = reference
        self.movements = []

    def add(self, kind, external_id, amount, group="", at=None, **more):
        """State one fact; ``at`` when it did not happen at the common instant; ``more``: other fields of
        Movement."""
        self.movements.append(
            Movement(
                kind,
                external_id,
                amount,
                at or self.at,
                transaction_key=self.transaction_key,
                settlement_key=self.settlement_key,
                group=group,
                reference=self.reference,
                **more,
            )
        )

    def total(self, kind, group, amount, at=None, **more):
        """State a running total of ``group``: its id contains the canonical amount, so every total is one
        fact however often, and by whichever event or report, it is told."""
        self.add(kind, f"{group}/{amount.minor}", amount, group, at, cumulative=True, **more)

    def parsed(self, payments=(), settlements=(), ignored=""):
        """The message as `core.records.Parsed`; ``ignored`` is only said when there is nothing else."""
        nothing = not (self.movements or payments or settlements)
        return Parsed(tuple(self.movements), tuple(payments), tuple(settlements), (), ignored if nothing else "")
