"""How Stripe writes amounts and instants, and the lines of a payout: balance transactions, and rows of its report."""
from __future__ import annotations

from datetime import datetime, timezone

from simulator import stripe_objects as stripe
from simulator.world.profile import DECIMALS
from simulator.world.truth import BalanceLine, Payout
from simulator.world.world import Merchant

# docs.stripe.com/currencies: no decimals; three; and two that ISO 4217 gives none.
_NO_DECIMALS = frozenset(("JPY", "KRW"))
_TIMES_HUNDRED = frozenset(("ISK", "UGX"))
_METADATA = "payment_metadata[order_reference]"


def units(amount: int, currency: str) -> int:
    """Minor units of ISO 4217 as the integer that Stripe's API sends."""
    return amount * 100 if currency in _TIMES_HUNDRED else amount


def major(amount: int, currency: str) -> str:
    """Minor units as the decimal text of a report."""
    decimals = DECIMALS.get(currency, 2)
    sign, digits = "-" if amount < 0 else "", f"{abs(amount):0{decimals + 1}d}"
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"


def seconds(at: datetime) -> int:
    """Seconds since 1970; a naive instant is one of UTC."""
    return int((at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp())


def bare_row(line: BalanceLine, source: str | dict | None = None) -> dict:
    """The balance transaction of a line; its source is an id unless an object is given."""
    currency = line.currency
    return stripe.balance_transaction(
        line.key, units(line.gross, currency), line.source or None if source is None else source, line.category,
        currency.lower(), seconds(line.at), units(line.fee + line.tax, currency), units(line.tax, currency),
        description=line.text or None)


class StripeLines:
    """The lines of a merchant's payouts."""

    def __init__(self, merchant: Merchant):
        self.merchant = merchant

    def row(self, line: BalanceLine, source: dict | None) -> dict:
        return bare_row(line, source)

    def own_row(self, payout: Payout, resource: dict) -> dict:
        """The payout's own row, the other side of all its lines."""
        return stripe.balance_transaction(
            f"txn_{payout.key}", -units(payout.amount, payout.currency), resource, "payout", payout.currency.lower(),
            seconds(payout.at))

    def report(self, payouts: list[Payout]) -> bytes:
        """payout_reconciliation.itemized.5 of ``payouts``."""
        rows = [self._report_row(payout, line) for payout in payouts for line in payout.lines]
        return stripe.report(rows, (*stripe.REPORT_COLUMNS, _METADATA))

    def _report_row(self, payout: Payout, line: BalanceLine) -> dict:
        at, cost = _time(line.at), line.fee + line.tax
        arrives = f"{payout.arrives} 00:00:00"
        row = {
            "automatic_payout_id": payout.key, "automatic_payout_effective_at": arrives,
            "automatic_payout_effective_at_utc": arrives, "trace_id": payout.trace, "trace_id_status": "supported",
            "balance_transaction_id": line.key, "currency": line.currency.lower(), "created_utc": at, "created": at,
            "available_on_utc": _time(line.available), "available_on": _time(line.available),
            "gross": major(line.gross, line.currency), "fee": major(cost, line.currency),
            "net": major(line.gross - cost, line.currency), "reporting_category": line.category,
            "source_id": line.source, "description": line.text,
        }
        if line.payment:
            amount, currency = line.original or (line.gross, line.currency)
            charge = next(act.ref for act in reversed(line.payment.acts) if act.kind == "capture")
            row |= {
                "payment_intent_id": line.payment.key, "charge_id": charge, "customer_name": line.payment.customer.name,
                "customer_email": line.payment.customer.email, "payment_method_type": "card",
                "customer_facing_amount": major(abs(amount), currency), "customer_facing_currency": currency.lower(),
                _METADATA: line.payment.reference}
        return row


def _time(at: datetime) -> str:
    return f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S}"
