"""What Mollie's objects say, as they are now: payments, captures, refunds, chargebacks, settlements, balance transactions.

* The payment is known by its ``tr_`` id. What is captured in steps is told by ``cpt_`` captures; a payment without them that
  is paid is captured as a whole. Both are running totals where the payment says them, so any object tells the same fact.
* Refunds and chargebacks have ids of their own, and so have their facts. A refund that failed after it left is told together
  with what it undoes. A reversed chargeback is one that was won.
* The object is the state, not the change: its instant is that of the state where Mollie tells it.
"""

from ...core.errors import UnknownStatus
from ...core.money import Money
from ...core.records import Parsed, SettlementInfo
from ..facts import Facts
from ..reading import described, first_text, identifier, iso_instant, known, mapping, objects, one_word, own_id, storable, text
from .amounts import money, optional

# status -> the field that tells when it was reached, and the fact it is
PAYMENTS = {
    "open": None, "pending": None, "authorized": ("authorizedAt", "authorize"), "paid": ("paidAt", "capture"),
    "canceled": ("canceledAt", "void"), "expired": ("expiredAt", "expire"), "failed": ("failedAt", "fail"),
}  # fmt: skip
CAPTURES = {"pending": None, "succeeded": "capture", "failed": None}
# A queued refund waits for balance; one that is on its way has left.
REFUNDS = {"queued": False, "pending": False, "processing": True, "refunded": True, "failed": None, "canceled": False}
SETTLEMENTS = {"open": "open", "pending": "open", "processing-at-bank": "in_transit", "paidout": "paid", "failed": "failed"}
# Types of balance transactions and why they are no fact of their own.
_TOLD = "the payment, refund or chargeback that it is about tells it"
_SETTLED = "the settlement tells it, with its VAT"
BALANCE_TYPES = {
    **dict.fromkeys("payment capture refund returned-refund chargeback chargeback-reversal failed-payment".split(), _TOLD),
    **dict.fromkeys("unauthorized-direct-debit cash-advance-loan authorization-reversal capture-commission".split(), _TOLD),
    **dict.fromkeys("outgoing-transfer canceled-outgoing-transfer returned-transfer".split(), _SETTLED),
    **dict.fromkeys("invoice-compensation invoice-rounding-compensation balance-correction payment-fee".split(), _SETTLED),
    **dict.fromkeys("balance-reserve balance-reserve-return rolling-reserve-hold rolling-reserve-release".split(), _SETTLED),
    **dict.fromkeys("held-rolling-reserve pending-rolling-reserve released-rolling-reserve".split(), _SETTLED),
    **dict.fromkeys("application-fee split-payment platform-payment-refund platform-payment-chargeback".split(), _SETTLED),
    **dict.fromkeys("topup loan repayment".split(), _SETTLED),
}


def read(resource):
    """`core.records.Parsed` of one object. Raises PayloadError or UnknownStatus."""
    kind = text(resource, "resource") or ""
    reader = READERS.get(kind)
    if reader is None:
        return Parsed(ignored=f"an object of kind {kind[:60]!r} carries nothing that is booked")
    parsed = reader(resource)
    mode = text(resource, "mode")
    movements = parsed.movements
    for name in ("refunds", "chargebacks"):
        for item in objects(mapping(resource, "_embedded"), name):
            movements += read(item).movements
    ignored = "" if movements else parsed.ignored
    return Parsed(movements, parsed.payments, parsed.settlements, ignored=ignored, live=None if mode is None else mode == "live")


def payment(resource):
    """A payment: reserved, received, ended."""
    own = own_id(resource)
    status = known(text(resource, "status"), PAYMENTS, "Mollie", "payment status", resource)
    at = iso_instant(resource, "createdAt")
    amount, captured = money(resource, "amount"), optional(resource, "amountCaptured")
    metadata = mapping(resource, "metadata")
    reference = first_text(metadata, ("order_id", "order", "reference")) or one_word(text(resource, "description"))
    facts = Facts(at, own, identifier(resource, "settlementId"), reference)
    if resource.get("authorizedAt"):
        facts.add("authorize", own, amount, own, iso_instant(resource, "authorizedAt"))
    reached = PAYMENTS[status]
    if status == "paid":
        whole = amount if captured is None or resource.get("authorizedAt") is None else captured
        facts.total("capture", own, whole, iso_instant(resource, "paidAt"))
        _conversion(facts, resource, own, whole)
    elif reached and status != "authorized":
        at = iso_instant(resource, reached[0]) if resource.get(reached[0]) else facts.at
        reason = text(mapping(resource, "details"), "failureReason") or ""
        facts.add(reached[1], own, amount, own, at, reason=reason)
    elif captured and captured.minor:
        facts.total("capture", own, captured)
    return facts.parsed([_info(facts, resource, amount, status)], ignored=f"payment {own} is {status}")


def _conversion(facts, resource, own, amount):
    """The conversion of an ``amount``, negative when it left, from or into the currency of the balance, once Mollie tells it."""
    settled = optional(resource, "settlementAmount")
    if settled is not None and settled.currency != amount.currency:
        came = abs(settled) if amount.minor > 0 else -abs(settled)
        facts.add("fx", own, came, facts.transaction_key, counter_amount=amount)


def _info(facts, resource, amount, status):
    details, description = mapping(resource, "details"), text(resource, "description")
    name, key = first_text(details, ("consumerName", "cardHolder")), identifier(resource, "customerId")
    return facts.payment(amount, customer_name=name, customer_key=key, description=description, status=status)


def capture(resource):
    """One capture of an authorised payment. The sum of them is told by the payment, so it is the payment that is booked."""
    own, status = own_id(resource), known(text(resource, "status"), CAPTURES, "Mollie", "capture status", resource)
    return Parsed(ignored=f"capture {own} is {status}; its payment tells what is captured")


def refund(resource):
    """A refund; one that failed after it had left comes back."""
    own, status = own_id(resource), known(text(resource, "status"), REFUNDS, "Mollie", "refund status", resource)
    facts = Facts(iso_instant(resource, "createdAt"), identifier(resource, "paymentId"), identifier(resource, "settlementId"))
    amount = money(resource, "amount")
    if REFUNDS[status] is not False:
        facts.add("refund", own, amount, own)
        _conversion(facts, resource, own, -amount)
    if status == "failed":
        facts.add("refund_fail", own, amount, own)
        _conversion(facts, resource, f"{own}/failed", amount)
    elif status == "canceled":
        facts.add("refund_fail", own, Money.zero(amount.currency), own)
    return facts.parsed(ignored=f"refund {own} is {status} and nothing has left the balance")


def chargeback(resource):
    """A chargeback: Mollie takes the money at once, and gives it back when the chargeback is reversed."""
    own = own_id(resource)
    facts = Facts(iso_instant(resource, "createdAt"), identifier(resource, "paymentId"), identifier(resource, "settlementId"))
    amount = money(resource, "amount")
    reason = text(mapping(resource, "reason"), "code") or ""
    facts.add("dispute_open", own, amount, own, reason=reason)
    _conversion(facts, resource, own, -amount)
    if resource.get("reversedAt"):
        facts.add("dispute_won", own, amount, own, iso_instant(resource, "reversedAt"))
        _conversion(facts, resource, f"{own}/reversed", amount)
    return facts.parsed()


def settlement(resource):
    """A settlement: what is paid out, and how far it is. Its lines are fetched once it is closed."""
    own = own_id(resource)
    status = SETTLEMENTS[known(text(resource, "status"), SETTLEMENTS, "Mollie", "settlement status", resource)]
    amount = money(resource, "amount")
    at = iso_instant(resource, "settledAt" if resource.get("settledAt") else "createdAt")
    facts = Facts(at, settlement_key=own)
    if own in ("open", "next") or status == "open":
        return facts.parsed(ignored=f"settlement {own} is not closed yet; its amount will change")
    facts.add("payout", own, amount, own, iso_instant(resource, "createdAt"))
    if status == "paid":
        facts.add("payout_paid", own, Money.zero(amount.currency), own)
    elif status == "failed":
        facts.add("payout_fail", own, amount, own)
    return facts.parsed(settlements=[info(resource, own, amount, at, status)])


def info(resource, own, amount, at, status, complete=False):
    """`SettlementInfo` of a settlement object; its reference is what the bank statement will show."""
    arrival = iso_instant(resource, "settledAt").date() if resource.get("settledAt") else None
    trace = text(resource, "reference")
    return SettlementInfo(own, amount, at, status, arrival, True, trace=trace, complete=complete, itemizable=True)


def balance_transaction(resource):
    """A movement of the balance: every one is told by something that says more."""
    kind = text(resource, "type")
    if kind not in BALANCE_TYPES:
        raise UnknownStatus("Mollie", "balance transaction type", storable(str(kind))[:60], described(resource))
    return Parsed(ignored=f"{kind}: {BALANCE_TYPES[kind]}")


READERS = {
    "payment": payment, "capture": capture, "refund": refund, "chargeback": chargeback, "settlement": settlement,
    "balance-transaction": balance_transaction, "balance_transaction": balance_transaction,
}  # fmt: skip
