"""What happens in the demo, as plain facts: who buys, what the card payments do, what the bank books.

This is the driver's own truth. Amounts are integer cents of a euro; days count from the day the demo was made
(negative: before it). Odoo hears the story only through webhooks, the API, a report and a bank file.
"""
from __future__ import annotations

from dataclasses import dataclass

COMPANY = "Demo Retail"
CURRENCY = "EUR"
IBAN = "DE19999999990000123456"
BANK_NAME = "Demo Bank"
PROVIDER = "Stripe of Demo Retail"
OPENING_BALANCE = 100_000

# What the customer pays against: an invoice, a sales order with Odoo's own checkout, or a quotation.
INVOICE, CHECKOUT, QUOTATION = "invoice", "checkout", "quotation"


@dataclass(frozen=True)
class Payment:
    """One card payment. ``ends`` is the state it must have when everything has been worked off."""

    key: str
    customer: str
    document: str
    total: int  # what the document asks for
    authorized: int
    captured: int
    fee: int
    day: int
    ends: str
    refunded: int = 0
    refund_failed: int = 0
    disputed: int = 0
    dispute_fee: int = 0
    settled: bool = True  # in the payout of this story
    delivered: bool = True  # False: no webhook ever says so; only polling finds it


PAYMENTS = (
    Payment("anna", "Anna Berg", INVOICE, 12000, 12000, 12000, 205, -7, "captured"),
    Payment("bruno", "Bruno Costa", INVOICE, 8000, 8000, 8000, 145, -7, "partially_refunded", refunded=2500),
    Payment("carla", "Carla Dietz", INVOICE, 6000, 10000, 6000, 115, -6, "partially_captured"),
    Payment("dario", "Dario Evans", INVOICE, 20000, 20000, 20000, 325, -6, "disputed",
            disputed=20000, dispute_fee=2000),
    Payment("elena", "Elena Fuchs", CHECKOUT, 4640, 4640, 4640, 95, -6, "captured"),
    Payment("fritz", "Fritz Gruber", QUOTATION, 3000, 0, 0, 0, -5, "failed"),
    Payment("greta", "Greta Holm", QUOTATION, 7500, 7500, 0, 0, -5, "voided"),
    Payment("hugo", "Hugo Ibsen", INVOICE, 6490, 6490, 6490, 122, -5, "captured", refund_failed=6490),
    Payment("ines", "Ines Jansen", INVOICE, 15000, 15000, 15000, 250, -5, "captured", delivered=False),
    Payment("jonas", "Jonas Keller", QUOTATION, 5500, 5500, 0, 0, -2, "authorized"),
    Payment("karin", "Karin Lund", INVOICE, 9900, 9900, 9900, 174, -2, "captured", settled=False),
)

# A fee that belongs to no payment, as Stripe charges network costs.
NETWORK_COSTS = 50
PAYOUT_DAY, ARRIVAL_DAY = -3, -2
STATEMENT_DAY = -1


@dataclass(frozen=True)
class Transfer:
    """A customer pays an invoice by bank transfer; ``says_reference``: the text names the invoice."""

    key: str
    customer: str
    total: int
    says_reference: bool


TRANSFERS = (
    Transfer("lena", "Lena Moser", 35000, True),
    Transfer("marco", "Marco Neri", 21875, False),
)
# Invoices that stay open. The first asks for the same amount as one of the transfers: the partner decides.
OPEN_INVOICES = (("nina", "Nina Olsen", 21875), ("oscar", "Oscar Peeters", 4200))


def payout_amount() -> int:
    """What the payout pays out: the settled payments after refunds, disputes and fees, less network costs."""
    return sum(
        payment.captured - payment.fee - payment.refunded - payment.disputed - payment.dispute_fee
        for payment in PAYMENTS if payment.settled) - NETWORK_COSTS


def balance_at_provider() -> int:
    """What is left at the provider after the payout: the payments that it did not hold."""
    return sum(
        payment.captured - payment.fee - payment.refunded - payment.disputed - payment.dispute_fee
        for payment in PAYMENTS if not payment.settled)


def closing_balance() -> int:
    """The bank's closing balance after the payout and the transfers."""
    return OPENING_BALANCE + payout_amount() + sum(transfer.total for transfer in TRANSFERS)
