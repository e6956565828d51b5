"""What the facts of one message have in common, so that each is stated in one line."""

from ..core.records import Movement, Parsed, PaymentInfo


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

    def fee(self, external_id, whole, tax, group="", at=None, reason=""):
        """State a fee and the ``tax`` that is part of it, both negative when they were given back (decision 0005)."""
        if whole.minor:
            self.add("fee" if whole.minor > 0 else "fee_refund", external_id, abs(whole), group, at, reason=reason)
        self.tax_of_fee(external_id, tax, group, at, reason)

    def tax_of_fee(self, external_id, tax, group="", at=None, reason=""):
        """State the ``tax`` that is part of fee ``external_id``, which is told whole: it is taken off it (decision 0005).

        Tax given back has no kind of its own: it is an `adjustment` that says what it is.
        """
        apart = f"{external_id}/tax"
        if tax.minor > 0:
            self.add("fee_tax", external_id, tax, group, at, reason=reason)
            self.add("fee_refund", apart, tax, group, at, reason="booked apart: tax on the fee")
        elif tax.minor < 0:
            self.add("adjustment", apart, -tax, group, at, reason="tax on a fee returned")
            self.add("fee", apart, -tax, group, at, reason="booked apart: tax on a fee returned")

    def payment(self, amount, **more):
        """`core.records.PaymentInfo` of the payment that these facts are of, at their instant; ``more``: other fields of it."""
        key = self.transaction_key
        return PaymentInfo(key, self.at, amount=amount, reference=self.reference, provider_reference=key, **more)

    def parsed(self, payments=(), settlements=(), ignored=""):
        """The message as `core.records.Parsed`; ``ignored`` is only said when there is nothing else."""
        nothing = not (self.movements or payments or settlements)
        return Parsed(tuple(self.movements), tuple(payments), tuple(settlements), (), ignored if nothing else "")
