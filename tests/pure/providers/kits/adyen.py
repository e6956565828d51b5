"""Adyen for the conformance suite."""

import base64
import binascii
import csv
import hashlib
import hmac
import io
import json

from fc.core.records import Request
from fc.providers import get
from fc.providers.adyen.events import IGNORED, READERS

from .base import NOW, T0, Kit, Story, iso

ADAPTER = get("adyen")
SECRET = "0A1B2C3D4E5F60718293A4B5C6D7E8F90A1B2C3D4E5F60718293A4B5C6D7E8F9"
OTHER = "F" * 64
URL = "https://ca-live.adyen.com/reports/download/MerchantAccount/ShopEU/settlement_detail_report_batch_7.csv"


def sign(fields, key=SECRET):
    """The item with its signature, by the rule of the official library: eight fields joined as they are."""
    amount = fields.get("amount", {})
    parts = [fields.get(name, "") for name in ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")]
    parts += [amount.get("value", ""), amount.get("currency", ""), fields.get("eventCode", ""), fields.get("success", "")]
    content = ":".join(str(part) for part in parts).encode()
    digest = hmac.new(binascii.unhexlify(key), content, hashlib.sha256).digest()
    return {**fields, "additionalData": {"hmacSignature": base64.b64encode(digest).decode()}}


def item(code, reference="PSP1", value=10000, currency="EUR", original=None, success="true", at=0, **more):
    fields = {
        "pspReference": reference, "merchantAccountCode": "ShopEU", "merchantReference": "S00041",
        "amount": {"value": value, "currency": currency}, "eventCode": code, "success": success, "eventDate": iso(at), **more,
    }  # fmt: skip
    return {**fields, "originalReference": original} if original else fields


def envelope(*items, live="true", key=SECRET):
    listed = [{"NotificationRequestItem": one if "additionalData" in one else sign(one, key)} for one in items]
    return json.dumps({"live": live, "notificationItems": listed}).encode()


def body(code, *args, **more):
    return envelope(item(code, *args, **more))


def call(content, secret=SECRET, at=T0):
    if secret == SECRET:
        return Request(content)
    items = [{**one["NotificationRequestItem"]} for one in json.loads(content)["notificationItems"]]
    for one in items:
        one.pop("additionalData", None)
    return Request(envelope(*items, key=secret))


# The examples of the official library: key, pspReference, merchantReference, merchant account, amount, signature.
_MOCKS = "74F490DD33F7327BAECC88B2947C011FC02D014A473AAA33A8EC93E4DC069174"
_OFFICIAL = [
    ("44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056", "7914073381342284", "TestPayment-1407325143704",
     "TestMerchant", 1130, "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="),
    (_MOCKS, "T7FD4VM4D3RZNN82", "\\\\slashes are fun", "AntoniStroinski", 1000, "nIgT81gaB5oJpn2jPXupDq68iRo2wUlBsuYjtYfwKqo="),
    (_MOCKS, "M8NB66SBZSGLNK82", ":slashes are fun", "AntoniStroinski", 1000, "2EQYm7YJpKO4EtHSPu55SQTyWf8dkW5u2nD1tJFpViA="),
    (_MOCKS, "X3GWNS6KJ8NKGK82", "//slashes are fun", "AntoniStroinski", 1000, "9Z0xdpG9Xi3zcmXv14t/BvMBut77O/Xq9D4CQXSDUi4="),
    (_MOCKS, "ZVWN7D3WSMK2WN82", "\\:/\\/slashes are fun", "AntoniStroinski", 1000,
     "CZErGCNQaSsxbaQfZaJlakqo7KPP+mIa8a+wx3yNs9A="),
]  # fmt: skip


def _vectors():
    for key, reference, own, merchant, value, signature in _OFFICIAL:
        fields = {
            "pspReference": reference, "merchantReference": own, "merchantAccountCode": merchant, "eventCode": "AUTHORISATION",
            "amount": {"currency": "EUR", "value": value}, "success": "true", "additionalData": {"hmacSignature": signature},
        }  # fmt: skip
        yield Request(envelope(fields)), key, NOW, None


COLUMNS = (
    "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,TimeZone,Type,"
    "Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),"
    "Net Credit (NC),Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Payment Method Variant,"
    "Modification Merchant Reference,Batch Number"
).split(",")


def row(kind, psp="", mod="", gross="", net="", fees=("", "", "", ""), currency="EUR", rate="1", gc="EUR", batch=7, zone="CET"):
    """One row; ``gross`` and ``net`` are signed texts: negative is debit."""
    sides = {"gross": ("", ""), "net": ("", "")}
    for name, value in (("gross", gross), ("net", net)):
        sides[name] = (value[1:], "") if value.startswith("-") else ("", value)
    reference = "S00041" if psp else ""
    return [
        "Shop", "ShopEU", psp, reference, "visa", "2026-03-24 10:00:00", zone, kind, mod, gc if gross else "", *sides["gross"],
        rate if gross else "", currency, *sides["net"], *fees, "visaclassic", "", str(batch),
    ]  # fmt: skip


def report(rows, columns=COLUMNS):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue().encode()


# Everything that a batch may hold: it takes up what batch 6 lacked, and pays out the rest.
ROWS = [
    row("Settled", "PSP1", "CAP1", "60.00", "58.90", ("", "0.30", "0.20", "0.60")),
    row("Settled", "PSP2", "CAP2", "100.00", "91.50", ("0.50", "", "", ""), gc="USD", rate="0.92"),
    row("Settled", "PSP3", "CAP3", "0.10", "-0.05", ("0.15", "", "", "")),
    row("Refunded", "PSP1", "REF1", "-10.00", "-10.10", ("0.10", "", "", "")),
    row("RefundedReversed", "PSP1", "REF1", "10.00", "10.00"),
    row("Chargeback", "PSP4", "DIS1", "-40.00", "-47.50", ("7.50", "", "", "")),
    row("ChargebackReversed", "PSP4", "DIS1", "40.00", "40.00"),
    row("SecondChargeback", "PSP4", "DIS1", "-40.00", "-40.00"),
    row("Fee", mod="Transaction fees March 2026", net="-1.20"),
    row("Fee", mod="Transaction fees March 2026", net="-1.20"),
    row("MiscCosts", mod="Refused", net="0.40"),
    row("InvoiceDeduction", mod="invoice 2026-03", net="-5.00"),
    row("ReserveAdjustment", mod="reserve", net="-9.00"),
    row("ReserveAdjustment", mod="reserve released", net="4.00"),
    row("SettledExternally", "PSP9", "CAP9", "30.00", "-0.11", ("0.11", "", "", "")),
    row("BankInstructionReturned", mod="TX55 batch 5, account closed", net="20.00"),
    row("Balancetransfer", mod="balance of batch 6", net="-3.00"),
    row("MerchantPayout", mod="TX99 batch 7, ShopEU", net="-107.64"),
]
# A batch that ends below nothing: no payout, the rest is carried over.
CARRIED = [row("Refunded", "PSP1", "REF2", "-3.00", "-3.00", batch=6), row("Balancetransfer", mod="to 7", net="3.00", batch=6)]
REPORT = report([*CARRIED, *ROWS])


def api(method, path, params, headers=None):
    assert (method, path) == ("GET", URL)
    return REPORT


_ANNOUNCED = body("REPORT_AVAILABLE", "settlement_detail_report_batch_7.csv", 0, reason=URL)
_MODS = {"original": "PSP1"}
BODIES = {
    "authorisation": body("AUTHORISATION"),
    "refused": body("AUTHORISATION", "PSP8", success="false"),
    "capture": body("CAPTURE", "CAP1", 6000, **_MODS),
    "report": _ANNOUNCED,
    "several": envelope(item("CAPTURE", "CAP7", 100, original="PSP7"), item("REFUND", "REF7", 50, original="PSP7")),
}
STORIES = {
    "auth 100, adjusted to 120, captured 60, rest expired": Story(
        [
            body("AUTHORISATION"),
            body("AUTHORISATION_ADJUSTMENT", "ADJ1", 12000, at=10, **_MODS),
            body("CAPTURE", "CAP1", 6000, at=20, **_MODS),
            body("EXPIRE", "EXP1", 6000, at=30, **_MODS),
        ],
        "partially_captured",
        6000,
    ),
    "a failed increment keeps the old amount": Story(
        [
            body("AUTHORISATION"),
            body("AUTHORISATION_ADJUSTMENT", "ADJ1", 12000, at=10, success="false", **_MODS),
            body("CAPTURE", "CAP1", 10000, at=20, **_MODS),
        ],
        "captured",
        10000,
    ),
    "several captures": Story(
        [body("AUTHORISATION"), *(body("CAPTURE", f"CAP{n}", n, at=n, **_MODS) for n in (4000, 3500, 2500))], "captured", 10000
    ),
    "capture failed days later": Story(
        [body("AUTHORISATION"), body("CAPTURE", "CAP1", at=9, **_MODS), body("CAPTURE_FAILED", "CAP1", at=99, **_MODS)],
        "failed",
        0,
    ),
    "cancelled": Story([body("AUTHORISATION"), body("CANCELLATION", "CAN1", at=9, **_MODS)], "voided", 0),
    "authorised after a refusal under the same reference": Story(
        [body("AUTHORISATION", success="false"), body("AUTHORISATION", at=9)], "authorized", 0
    ),
    "refund failed": Story(
        [
            body("AUTHORISATION"), body("CAPTURE", "CAP1", at=9, **_MODS), body("REFUND", "REF1", 3000, at=20, **_MODS),
            body("REFUND_FAILED", "REF1", 3000, at=30, **_MODS),
        ],
        "captured",
    ),
    "inquiry, chargeback, reversed, second chargeback, lost": Story(
        [
            body("CAPTURE", "CAP1", at=9, **_MODS),
            body("REQUEST_FOR_INFORMATION", "DIS1", 10000, at=20, **_MODS),
            body("CHARGEBACK", "DIS1", 10000, at=30, **_MODS),
            body("CHARGEBACK_REVERSED", "DIS1", 10000, at=40, **_MODS),
            body("SECOND_CHARGEBACK", "DIS1", 10000, at=50, **_MODS),
            body("PREARBITRATION_LOST", "DIS1", 10000, at=60, **_MODS),
        ],
        "charged_back",
    ),
    "held for review, then rejected": Story(
        [body("AUTHORISATION"), body("MANUAL_REVIEW_REJECT", "REV1", at=9, **_MODS), body("CANCELLATION", "C", at=10, **_MODS)],
        "voided",
    ),
}  # fmt: skip
# What the API sends for 5 of each currency, and our minor units of it.
_UNITS = (
    ("JPY", 5, 5), ("KWD", 5000, 5000), ("ISK", 500, 5), ("UGX", 5, 5), ("HUF", 500, 500), ("TWD", 500, 500), ("CLP", 500, 5),
    ("CVE", 5, 500), ("IDR", 5, 500),
)  # fmt: skip
KIT = Kit(
    ADAPTER,
    SECRET,
    call,
    other_secret=OTHER,
    vectors=list(_vectors()),
    api=api,
    bodies=BODIES,
    stories=STORIES,
    known=[("eventCode", code, body(code, "X1", **_MODS)) for code in [*READERS, *IGNORED]],
    unknown=[body("TELEPORTATION"), body("CAPTURE", success="maybe")],
    units=[(code, body("AUTHORISATION", "PSP1", told, code), minor) for code, told, minor in _UNITS],
    reports=[REPORT, report(ROWS)],
    exercised={
        "webhook": lambda: ADAPTER.parse(Request(BODIES["capture"])).movements,
        "batch": lambda: len(ADAPTER.messages(Request(BODIES["several"]))) == 3,
        "fetch": lambda: ADAPTER.parse_fetched(
            *(lambda one: (one, ADAPTER.fetch(api, one)))(ADAPTER.parse(Request(_ANNOUNCED)).fetches[0])
        ).lines,
        "report_file": lambda: ADAPTER.parse_report(REPORT).settlements,
    },
)
