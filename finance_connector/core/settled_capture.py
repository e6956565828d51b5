"""What nearly all rows of a settlement report are: a capture with its fee, in a settlement."""

from typing import NamedTuple

from .money import Money
from .records import Movement, PaymentInfo, SettlementLine


class SettledCapture(NamedTuple):
    """A capture, its fee and its line in a settlement, told by one row of a report.

    It says what `spread` makes of it, and is one record so that a large report is taken up quickly. ``info`` is of the
    payment and has the instant of all, and its amount, if it has one, is ``gross``; ``group`` is what was captured. ``gross`` is
    positive, ``fee`` positive or nothing, both in the currency of the settlement and of the customer, without tax.
    ``capture_id`` and ``fee_id`` are the external ids of the two facts, ``line_id`` that of the line; ``cumulative``: as of
    `records.Movement`.
    """

    settlement_key: str
    line_id: str
    capture_id: str
    fee_id: str
    group: str
    gross: Money
    fee: Money
    info: PaymentInfo
    cumulative: bool = False
    source_id: str | None = None
    category: str = ""
    description: str = ""

    def spread(self):
        """``(movements, line)``: the facts and the settlement line that it says, beside its ``info``."""
        info, gross, fee = self.info, self.gross, self.fee
        at, payment = info.occurred_at, info.transaction_key
        facts = [
            Movement("capture", self.capture_id, gross, at, payment, self.settlement_key, self.group, self.cumulative,
                     reference=info.reference)
        ]  # fmt: skip
        if fee:
            facts.append(Movement("fee", self.fee_id, fee, at, payment, self.settlement_key, self.group))
        return facts, SettlementLine(
            self.settlement_key,
            self.line_id,
            "capture",
            gross,
            fee,
            Money.zero(gross.currency),
            gross - fee,
            at,
            payment,
            self.source_id,
            self.category,
            self.description,
        )
