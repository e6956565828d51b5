"""Adyen's dialect: calls of its standard webhook with one or more items, the settlement details report of a payout, and the
announcement of that report, which is then downloaded.

A second chargeback is the last word at Adyen, and a payout that came back is only told by the report of the next one.
"""
from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import cached_property
from itertools import groupby

from simulator.world.truth import Act, BalanceLine, Payment, Payout

from .base import Dialect, Message
from .clocked_api import ClockedApi
from .stripe_lines import major

ACCOUNT = "WorldShop"
DOWNLOAD = f"/reports/download/MerchantAccount/{ACCOUNT}/"
COLUMNS = (
    "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,TimeZone,Type,"
    "Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),"
    "Net Credit (NC),Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Batch Number"
).split(",")
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


class AdyenDialect(Dialect):
    """Speaks of one merchant as Adyen does."""

    code = "adyen"
    secrets = ("AB" * 32,)
    false_secret = "CD" * 32
    report_name = "settlement_detail_report-{}.csv"
    needs_reports = True

    def api(self) -> AdyenApi:
        return AdyenApi(self)

    # --- webhooks -------------------------------------------------------------------------------------------------

    def messages(self) -> Iterator[Message]:
        """Every call, in the order in which things happened; what happens to a payment at one moment is one call."""
        told = [(act.at, payment.key, index, payment, act)
                for payment in self.merchant.payments for index, act in enumerate(payment.acts)]
        moments = groupby(sorted(told, key=_order), key=lambda one: one[:2])
        calls = [self._call(at, list(members)) for (at, _key), members in moments]
        calls += [self._announcement(key, at) for key, at in self.reports()]
        return iter(sorted((call for call in calls if call), key=lambda call: call.at))

    def _call(self, at: datetime, members: list[tuple]) -> Message | None:
        items = [self._item(payment, act) for *_order, payment, act in members if self._code(act)]
        if not items:
            return None
        listed = all(id(act) in self._reported for *_order, act in members if self._code(act))
        return self._message(at, items, listed)

    def _code(self, act: Act) -> str | None:
        if act.kind == "dispute":
            return "CHARGEBACK" if act.number == 1 else "SECOND_CHARGEBACK"
        if act.kind == "dispute_lost":
            return "DISPUTE_DEFENSE_PERIOD_ENDED" if act.number == 1 else "PREARBITRATION_LOST"
        return _CODES.get(act.kind)

    @cached_property
    def _reported(self) -> set[int]:
        """The acts that a report tells of."""
        return {id(line.act) for payout in self.merchant.payouts for line in payout.lines if line.act}

    def _item(self, payment: Payment, act: Act) -> dict:
        code = self._code(act)
        own = code == "AUTHORISATION"
        return {
            "pspReference": payment.key if own else modification(payment, act), "originalReference": "" if own else payment.key,
            "merchantAccountCode": ACCOUNT, "merchantReference": payment.reference,
            "amount": {"value": act.amount, "currency": payment.currency}, "eventCode": code,
            "success": "false" if act.kind == "fail" else "true", "eventDate": act.at.isoformat(),
        }  # fmt: skip

    def _announcement(self, key: str, at: datetime) -> Message:
        """The report of a payout can be downloaded."""
        payout = next(payout for payout in self.merchant.payouts if payout.key == key)
        name = f"settlement_detail_report_batch_{self.batch(payout)}.csv"
        fields = {
            "pspReference": name, "originalReference": "", "merchantAccountCode": ACCOUNT, "merchantReference": "",
            "amount": {"value": 0, "currency": payout.currency}, "eventCode": "REPORT_AVAILABLE", "success": "true",
            "eventDate": at.isoformat(), "reason": f"https://ca-test.adyen.com{DOWNLOAD}{name}",
        }  # fmt: skip
        return self._message(min(at + timedelta(hours=3), self.merchant.end), [fields], True)

    def _message(self, at: datetime, items: list[dict], told_elsewhere: bool) -> Message:
        key = "+".join(f"{fields['eventCode']}/{fields['pspReference']}/{fields['success']}" for fields in items)
        body = {"live": "false", "notificationItems": [{"NotificationRequestItem": fields} for fields in items]}
        return Message(key, at, json.dumps(body).encode(), told_elsewhere)

    def signed(self, body: bytes, secret: str, at: int) -> tuple[bytes, dict[str, str]]:
        """The call with the signature of each item in it, under the hexadecimal key ``secret``."""
        document = json.loads(body)
        for one in document["notificationItems"]:
            fields = one["NotificationRequestItem"]
            parts = [fields[name] for name in ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")]
            parts += [fields["amount"]["value"], fields["amount"]["currency"], fields["eventCode"], fields["success"]]
            digest = hmac.new(bytes.fromhex(secret), ":".join(map(str, parts)).encode(), hashlib.sha256).digest()
            fields["additionalData"] = {"hmacSignature": base64.b64encode(digest).decode()}
        return json.dumps(document).encode(), {"Content-Type": "application/json"}

    def twin(self, message: Message) -> bytes:
        """The same items with another date, as Adyen sends them again."""
        return message.body.replace(b"+00:00", b".5+00:00")

    def unsigned(self, body: bytes, headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        return body.replace(b'"hmacSignature"', b'"noSignature"'), headers

    def corrupted(self, body: bytes) -> bytes:
        return body.replace(b'"value": ', b'"value": 9', 1)

    # --- reports --------------------------------------------------------------------------------------------------

    def batch(self, payout: Payout) -> int:
        """The number of the batch that a payout pays."""
        return self.merchant.payouts.index(payout) + 1

    def payout_key(self, payout: Payout) -> str:
        return f"{ACCOUNT}/{self.batch(payout)}/{payout.currency}"

    def report(self, payouts: list[Payout]) -> bytes:
        """The settlement details report of some payouts, a batch each; its columns may stand in any order."""
        text = io.StringIO()
        turn = len(payouts) % len(COLUMNS)
        rows = csv.DictWriter(text, [*COLUMNS[turn:], *COLUMNS[:turn]], restval="", lineterminator="\n")
        rows.writeheader()
        for payout in payouts:
            rows.writerows(self._row(payout, line) for line in payout.lines)
            row = self._plain(payout, payout.at, "MerchantPayout", -payout.amount)
            rows.writerow({**row, "Modification Reference": payout.trace})
        return text.getvalue().encode()

    def _row(self, payout: Payout, line: BalanceLine) -> dict:
        row = self._plain(payout, line.at, self._type(line), line.net)
        if line.payment:
            presented, currency = line.original or (line.gross, line.currency)
            row |= {
                "Psp Reference": line.payment.key, "Merchant Reference": line.payment.reference, "Payment Method": "visa",
                "Modification Reference": modification(line.payment, line.act), "Gross Currency": currency, "Exchange Rate": "1",
                **_sides("Gross", "GC", presented, currency), **_costs(line),
            }  # fmt: skip
        elif line.category == "payout_reversal":
            bounced = next(one for one in self.merchant.payouts if one.key == line.source)
            row["Modification Reference"] = f"{bounced.trace}, returned"
        else:
            row["Modification Reference"] = line.key
        return row

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


class AdyenApi(ClockedApi):
    """The reports that can be downloaded."""

    def is_known(self, headers: dict, path: str) -> bool:
        return headers.get("x-api-key") == self.dialect.api_key

    def route(self, method: str, path: str, query: dict, body: dict) -> bytes:
        number = int(path.removeprefix(f"{DOWNLOAD}settlement_detail_report_batch_").removesuffix(".csv"))
        return self.dialect.report([self.merchant.payouts[number - 1]])


def modification(payment: Payment, act: Act) -> str:
    """The PSP reference of a modification: captures are numbered, the others have an id of their own."""
    if act.kind == "capture_fail":
        act = next(one for one in payment.acts if one.kind == "capture")
    if act.kind == "capture":
        return f"{payment.key}C{[one for one in payment.acts if one.kind == 'capture'].index(act) + 1}"
    return f"{payment.key}M" if act.kind in ("void", "expire") else act.ref


def _order(told: tuple) -> tuple:
    return told[:3]


def _costs(line: BalanceLine) -> dict:
    """What a payment cost: as one commission, or by its parts."""
    cost = line.fee + line.tax
    if not cost:
        return {}
    if line.at.second % 2:
        return {"Commission (NC)": major(cost, line.currency)}
    parts = cost // 2, cost // 3, cost - cost // 2 - cost // 3
    return {f"{name} (NC)": major(part, line.currency)
            for name, part in zip(("Interchange", "Scheme Fees", "Markup"), parts, strict=True)}


def _sides(word: str, unit: str, amount: int, currency: str) -> dict:
    side = "Credit" if amount >= 0 else "Debit"
    return {f"{word} {side} ({unit})": major(abs(amount), currency)}
