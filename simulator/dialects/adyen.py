"""Adyen's dialect: the items of its standard webhook, one a call, and the settlement details report of a payout.

A second chargeback is the last word at Adyen: a world whose merchant wins it again is not one that Adyen could tell.
"""
from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import io
import json
from collections.abc import Iterator
from datetime import datetime, timezone

from simulator.world.profile import DECIMALS
from simulator.world.truth import Act, BalanceLine, Payment, Payout
from simulator.world.world import Merchant

from .base import Message
from .stripe_lines import major

ACCOUNT = "WorldShop"
COLUMNS = (
    "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,TimeZone,Type,"
    "Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),"
    "Net Credit (NC),Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Batch Number"
).split(",")
# Decimals of webhooks that are not those of ISO 4217.
_TIMES_HUNDRED = frozenset(("ISK", "CLP"))
_CODES = {
    "authorize": "AUTHORISATION", "fail": "AUTHORISATION", "capture": "CAPTURE", "void": "CANCELLATION", "expire": "EXPIRE",
    "capture_fail": "CAPTURE_FAILED", "refund": "REFUND", "refund_fail": "REFUND_FAILED", "inquiry": "REQUEST_FOR_INFORMATION",
    "inquiry_closed": "ISSUER_COMMENTS", "dispute_won": "CHARGEBACK_REVERSED", "review_close": "MANUAL_REVIEW_ACCEPT",
}  # fmt: skip
_TYPES = {
    "charge": "Settled", "charge_failure": "CaptureFailed", "refund": "Refunded", "refund_failure": "RefundedReversed",
    "dispute_reversal": "ChargebackReversed", "risk_reserved_funds": "ReserveAdjustment", "fee": "Fee",
    "payout_reversal": "BankInstructionReturned",
}  # fmt: skip


class AdyenDialect:
    """Speaks of one merchant as Adyen does."""

    code = "adyen"

    def __init__(self, merchant: Merchant):
        self.merchant = merchant

    # --- webhooks -------------------------------------------------------------------------------------------------

    def messages(self) -> Iterator[Message]:
        """Every call, in the order in which things happened."""
        told = [(act.at, payment, act) for payment in self.merchant.payments for act in payment.acts]
        for at, payment, act in sorted(told, key=lambda item: item[0]):
            code = self._code(act)
            if code:
                yield self._message(at, payment, act, code)

    def _code(self, act: Act) -> str | None:
        if act.kind == "dispute":
            return "CHARGEBACK" if act.number == 1 else "SECOND_CHARGEBACK"
        if act.kind == "dispute_lost":
            return "DISPUTE_DEFENSE_PERIOD_ENDED" if act.number == 1 else "PREARBITRATION_LOST"
        return _CODES.get(act.kind)

    def _message(self, at: datetime, payment: Payment, act: Act, code: str) -> Message:
        own = code == "AUTHORISATION"
        amount = act.amount * 100 if payment.currency in _TIMES_HUNDRED else act.amount
        fields = {
            "pspReference": payment.key if own else modification(payment, act), "originalReference": "" if own else payment.key,
            "merchantAccountCode": ACCOUNT, "merchantReference": payment.reference,
            "amount": {"value": amount, "currency": payment.currency}, "eventCode": code,
            "success": "false" if act.kind == "fail" else "true", "eventDate": at.isoformat(),
        }  # fmt: skip
        body = json.dumps({"live": "false", "notificationItems": [{"NotificationRequestItem": fields}]})
        return Message(f"{code}/{fields['pspReference']}/{fields['success']}", at, body.encode())

    def sign(self, body: bytes, secret: str, at: int) -> dict[str, str]:
        """Adyen signs inside the body, see `signed`: there are no headers of its own."""
        return {"Content-Type": "application/json"}

    def signed(self, body: bytes, secret: str) -> bytes:
        """The call with the signature of its item, under the hexadecimal key ``secret``."""
        document = json.loads(body)
        for one in document["notificationItems"]:
            fields = one["NotificationRequestItem"]
            parts = [fields[name] for name in ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")]
            parts += [fields["amount"]["value"], fields["amount"]["currency"], fields["eventCode"], fields["success"]]
            digest = hmac.new(bytes.fromhex(secret), ":".join(map(str, parts)).encode(), hashlib.sha256).digest()
            fields["additionalData"] = {"hmacSignature": base64.b64encode(digest).decode()}
        return json.dumps(document).encode()

    # --- reports --------------------------------------------------------------------------------------------------

    def batch(self, payout: Payout) -> int:
        """The number of the batch that a payout pays."""
        return self.merchant.payouts.index(payout) + 1

    def report(self, payouts: list[Payout]) -> bytes:
        """The settlement details report of some payouts, a batch each."""
        text = io.StringIO()
        rows = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
        rows.writeheader()
        for payout in payouts:
            for line in payout.lines:
                if line.category != "partial_capture_reversal":
                    rows.writerow(self._row(payout, line))
            rows.writerow(self._last(payout))
        return text.getvalue().encode()

    def _row(self, payout: Payout, line: BalanceLine) -> dict:
        lines = [line, *self._reversals(payout, line)]
        cost = sum(one.fee + one.tax for one in lines)
        gross, net = sum(one.gross for one in lines), sum(one.net for one in lines)
        row = self._plain(payout, line.at, self._type(line), net)
        if line.payment:
            currency = line.original[1] if line.original else line.currency
            presented = sum(one.original[0] if one.original else one.gross for one in lines)
            row |= {
                "Psp Reference": line.payment.key, "Merchant Reference": line.payment.reference, "Payment Method": "visa",
                "Modification Reference": modification(line.payment, line.act), "Gross Currency": currency, "Exchange Rate": "1",
                **_sides("Gross", "GC", presented, currency), "Commission (NC)": major(cost, line.currency) if cost else "",
            }  # fmt: skip
        elif line.category == "payout_reversal":
            bounced = next(one for one in self.merchant.payouts if one.key == line.source)
            row["Modification Reference"] = f"{bounced.trace} batch {self.batch(bounced)}, returned"
        else:
            row["Modification Reference"] = line.key
        assert line.payment or gross == net + cost
        return row

    def _reversals(self, payout: Payout, line: BalanceLine) -> list[BalanceLine]:
        """What takes the part of a charge that was not captured off it: one row at Adyen."""
        if line.category != "charge":
            return []
        return [one for one in payout.lines if one.category == "partial_capture_reversal" and one.act is line.act]

    def _type(self, line: BalanceLine) -> str:
        if line.category == "dispute":
            return "Chargeback" if line.act.number == 1 else "SecondChargeback"
        return _TYPES[line.category]

    def _plain(self, payout: Payout, at: datetime, kind: str, net: int) -> dict:
        return {
            "Company Account": "World", "Merchant Account": ACCOUNT, "Type": kind, "TimeZone": "UTC",
            "Creation Date": f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S}", "Net Currency": payout.currency,
            "Batch Number": str(self.batch(payout)), **_sides("Net", "NC", net, payout.currency),
        }  # fmt: skip

    def _last(self, payout: Payout) -> dict:
        """The payout's own row, or what a batch below nothing leaves to the next one."""
        kind = "MerchantPayout" if payout.amount > 0 else "Balancetransfer"
        row = self._plain(payout, payout.at, kind, -payout.amount)
        return {**row, "Modification Reference": f"{payout.trace} batch {self.batch(payout)}, {ACCOUNT}"}


def modification(payment: Payment, act: Act) -> str:
    """The PSP reference of a modification: captures are numbered, the others have an id of their own."""
    if act.kind == "capture_fail":
        act = next(one for one in payment.acts if one.kind == "capture")
    if act.kind == "capture":
        return f"{payment.key}C{[one for one in payment.acts if one.kind == 'capture'].index(act) + 1}"
    return f"{payment.key}M" if act.kind in ("void", "expire") else act.ref


def _sides(word: str, unit: str, amount: int, currency: str) -> dict:
    assert currency not in DECIMALS or DECIMALS[currency] in (0, 3)
    side = "Credit" if amount >= 0 else "Debit"
    return {f"{word} {side} ({unit})": major(abs(amount), currency)}
