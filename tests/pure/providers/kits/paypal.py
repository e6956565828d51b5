"""PayPal for the conformance suite: certificates are made here, by an authority that nobody else trusts."""

import base64
import csv
import io
import json
import zlib
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from fc.core.records import Request, Trust
from fc.providers import get
from fc.providers.paypal.events import CAPTURES, OUTCOMES, REFUNDS
from fc.providers.paypal.ledger import STATUSES

from .base import NOW, T0, Kit, Story, iso

ADAPTER = get("paypal")
SECRET = "1JE4291016473214C"
URL = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42"
_DAY = timedelta(days=1)


def certificate(name, key, issuer=None, issuer_key=None, ca=False, before=NOW - 30 * _DAY, after=NOW + 30 * _DAY):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(before.replace(tzinfo=None)).not_valid_after(after.replace(tzinfo=None))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(issuer_key or key, hashes.SHA256())
    )  # fmt: skip


def pem(*certificates):
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


ROOT_KEY, MIDDLE_KEY, KEY = new_key(), new_key(), new_key()
ROOT = certificate("Test Authority", ROOT_KEY, ca=True)
MIDDLE = certificate("Test Intermediate", MIDDLE_KEY, ROOT, ROOT_KEY, ca=True)
SIGNER = certificate("messageverificationcerts.paypal.com", KEY, MIDDLE, MIDDLE_KEY)
TRUST = Trust(pem(SIGNER, MIDDLE), pem(ROOT))


def call(content, secret=SECRET, at=T0, url=URL, key=KEY, algorithm="SHA256withRSA"):
    sent = iso(at - T0)
    message = f"b2384410-f8d2-11e4-8bf3|{sent}|{secret}|{zlib.crc32(content) & 0xFFFFFFFF}".encode()
    signature = base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()
    headers = {
        "PAYPAL-TRANSMISSION-ID": "b2384410-f8d2-11e4-8bf3", "PAYPAL-TRANSMISSION-TIME": sent,
        "PAYPAL-TRANSMISSION-SIG": signature, "PAYPAL-CERT-URL": url, "PAYPAL-AUTH-ALGO": algorithm,
    }  # fmt: skip
    return Request(content, tuple(headers.items()))


def encode(document):
    return json.dumps(document).encode()


def event(kind, resource, at=0):
    own = f"WH-{kind}-{resource.get('id') or resource.get('dispute_id')}-{at}"
    return encode({"id": own, "event_type": kind, "create_time": iso(at), "resource": resource, "event_version": "1.0"})


def amount(value, currency="EUR"):
    return {"value": value, "currency_code": currency}


def authorization(**more):
    return {"id": "AUTH1", "status": "CREATED", "amount": amount("100.00"), "create_time": iso(), **more}


def capture(own="CAP1", value="100.00", currency="EUR", status="COMPLETED", fee="3.20", **more):
    fields = {"id": own, "status": status, "amount": amount(value, currency), "create_time": iso(10), "invoice_id": "S00041"}
    if fee:
        fields["seller_receivable_breakdown"] = {"gross_amount": amount(value, currency), "paypal_fee": amount(fee, currency)}
    return {**fields, **more}


def refund(status="COMPLETED", own="REF1", value="30.00", **more):
    link = {"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/CAP1", "method": "GET"}
    return {"id": own, "status": status, "amount": amount(value), "create_time": iso(20), "links": [link], **more}


def dispute(outcome=None, status="OPEN"):
    fields = {"dispute_id": "PP-D-1", "disputed_transactions": [{"seller_transaction_id": "CAP1"}], "status": status,
              "dispute_amount": amount("100.00"), "reason": "UNAUTHORISED"}  # fmt: skip
    return {**fields, "dispute_outcome": {"outcome_code": outcome}} if outcome else fields


def found(own, code, value, currency="EUR", reference=None, fee=None, at=0, status="S"):
    """One row of transaction search."""
    info = {
        "transaction_id": own, "transaction_event_code": code, "transaction_initiation_date": iso(at).replace("Z", "+0000"),
        "transaction_amount": {"currency_code": currency, "value": value}, "transaction_status": status,
    }  # fmt: skip
    if reference:
        info |= {"paypal_reference_id": reference, "paypal_reference_id_type": "TXN"}
    if fee:
        info["fee_amount"] = {"currency_code": currency, "value": fee}
    return {"transaction_info": info}


SEARCH = [
    found("CAP1", "T0006", "100.00", fee="-3.20", at=10),
    found("FX1", "T0200", "-50.00", "USD", "FX2", at=30),
    found("FX2", "T0200", "46.00", "EUR", "FX1", at=31),
    found("PO1", "T0401", "-90.00", at=40),
]


def api(method, path, params, headers=None):
    if path == "/v1/oauth2/token":
        assert method == "POST"
        return b'{"access_token":"A21AA","token_type":"Bearer"}'
    assert (method, path, headers) == ("GET", "/v1/reporting/transactions", {"Authorization": "Bearer A21AA"})
    inside = [row for row in SEARCH if params["start_date"] <= iso(0) < params["end_date"]]
    rows = inside[:2] if params["page"] == 1 else inside[2:]
    return encode({"transaction_details": rows, "total_items": len(inside), "total_pages": 2 if inside else 0})


COLUMNS = (
    "CH,Transaction ID,Invoice ID,PayPal Reference ID,PayPal Reference ID Type,Transaction Event Code,"
    "Transaction Initiation Date,Transaction Completion Date,Transaction  Debit or Credit,Gross Transaction Amount,"
    "Gross Transaction Currency,Fee Debit or Credit,Fee Amount,Fee Currency,Custom Field,Bank Reference ID"
).split(",")


def row(own, code, side, gross, currency="EUR", reference="", fee=("", ""), bank="", at="2026/01/06 00:00:30 -0800"):
    return ["SB", own, "S00041", reference, "TXN" if reference else "", code, at, at, side, gross, currency, *fee,
            currency if fee[1] else "", "", bank]  # fmt: skip


# A day: sales, a refund, a chargeback as PayPal tells it, a conversion, holds, a withdrawal; in euro, dollar and yen.
EURO = [
    row("CAP1", "T0006", "CR", "10000", fee=("DR", "320")),
    row("CAP2", "T0003", "CR", "4000", fee=("DR", "150")),
    row("REF1", "T1107", "DR", "3000", reference="CAP1", fee=("CR", "90")),
    row("HOLD1", "T1110", "DR", "4000", reference="CAP2"),
    row("HOLD1", "T1111", "CR", "4000", reference="CAP2"),
    row("CB1", "T1201", "DR", "4000", reference="CAP2"),
    row("CBFEE", "T0106", "DR", "1600", reference="CB1"),
    row("CB2", "T1202", "CR", "4000", reference="CAP2"),
    row("CBFEE2", "T1108", "CR", "1600", reference="CBFEE"),
    row("RES1", "T1500", "DR", "1000"),
    row("RES2", "T2102", "CR", "400"),
    row("FX2", "T0200", "CR", "4600", reference="FX1"),
    row("AUTH9", "T1300", "CR", "9900"),
    row("PO1", "T0401", "DR", "9000", bank="5AB123"),
]
DOLLAR = [row("CAP3", "T0006", "CR", "5000", "USD"), row("FX1", "T0200", "DR", "5000", "USD", "FX2")]
YEN = [row("CAP4", "T0006", "CR", "10000", "JPY")]


def footer(rows, currency, opening="0"):
    """The footer of ``rows``: their totals, and the balance that they lead from and to."""
    sums = {"CR": 0, "DR": 0, "fee CR": 0, "fee DR": 0}
    for one in rows:
        if one[5] != "T1300":
            sums[one[8]] += int(one[9])
            if one[12]:
                sums[f"fee {one[11]}"] += int(one[12])
    end = int(opening) + sums["CR"] - sums["DR"] + sums["fee CR"] - sums["fee DR"]
    return ["SF", currency, *map(str, sums.values()), "CR", opening, "CR" if end >= 0 else "DR", str(abs(end))]


def report(sections=((EURO, "EUR"), (DOLLAR, "USD"), (YEN, "JPY")), columns=COLUMNS):
    rows = [one for members, _code in sections for one in members]
    lines = [
        ["RH", "2026/01/07 01:00:00 -0800", "A", "ACCOUNT1", "011"], ["FH", "01"],
        ["SH", "2026/01/06 00:00:00 -0800", "2026/01/06 23:59:59 -0800", "ACCOUNT1", ""], columns, *rows,
        *(footer(members, code, "500" if code == "EUR" else "0") for members, code in sections),
        ["SC", str(len(rows))], *(["RF", *footer(members, code)[1:]] for members, code in sections), ["RC", str(len(rows))],
        ["FF", "01"],
    ]  # fmt: skip
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(lines)
    return text.getvalue().encode()


def reorder(content):
    """The same report with its columns turned round, one added, and one space where PayPal sometimes has two."""
    lines = list(csv.reader(io.StringIO(content.decode())))
    changed = []
    for line in lines:
        if line[0] in ("CH", "SB"):
            line = [line[0], *reversed(line[1:]), "Column of tomorrow"]
        changed.append([value.replace("  ", " ") for value in line])
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(changed)
    return text.getvalue().encode()


def _known():
    for status in CAPTURES:
        yield "capture status", status, event("PAYMENT.CAPTURE.COMPLETED", capture(status=status))
    for status in REFUNDS:
        yield "refund status", status, event("PAYMENT.CAPTURE.REFUNDED", refund(status))
    for outcome in OUTCOMES:
        yield "dispute outcome", outcome, event("CUSTOMER.DISPUTE.RESOLVED", dispute(outcome, "RESOLVED"))
    for status in STATUSES:
        yield "transaction status", status, encode(found("CAP1", "T0006", "1.00", status=status))


_HELD = event("PAYMENT.AUTHORIZATION.CREATED", authorization())
_DONE = event("PAYMENT.CAPTURE.COMPLETED", capture(), 10)
BODIES = {
    "capture": _DONE,
    "order": event("CHECKOUT.ORDER.APPROVED", {"id": "ORDER1"}),
    "row": encode(SEARCH[0]),
    "conversion": encode({"transaction_details": SEARCH[1:3]}),
    "dispute": event("CUSTOMER.DISPUTE.CREATED", dispute()),
}
_CHARGEBACK = [
    _DONE,
    event("CUSTOMER.DISPUTE.CREATED", dispute(), 50),
    encode(found("HOLD1", "T1110", "-100.00", reference="CAP1", at=51)),
    encode(found("HOLD1", "T1111", "100.00", reference="CAP1", at=60)),
    encode(found("CB1", "T1201", "-100.00", reference="CAP1", at=61)),
]
KIT = Kit(
    ADAPTER,
    SECRET,
    call,
    trust=TRUST,
    timed=4 * 86400,
    # PayPal publishes how it is computed (CRC-32 of this body is 1651635089), and no example that is signed.
    vectors=[(call(b'{"id":"evt_1","type":"payment.captured","amount":1050}'), SECRET, NOW, TRUST)],
    api=api,
    bodies=BODIES,
    stories={
        "captured, refunded": Story([_DONE, event("PAYMENT.CAPTURE.REFUNDED", refund(), 20)], "partially_refunded", 10000),
        "pending, then denied": Story(
            [
                event("PAYMENT.CAPTURE.PENDING", capture(status="PENDING", fee=None)),
                event("PAYMENT.CAPTURE.DENIED", capture(status="DENIED", fee=None), 20),
            ],
            "failed",
        ),
        "authorisation voided": Story(
            [_HELD, event("PAYMENT.AUTHORIZATION.VOIDED", authorization(status="VOIDED"), 9)], "voided"
        ),
        "refund failed": Story(
            [
                _DONE,
                event("PAYMENT.CAPTURE.REFUNDED", refund("PENDING"), 20),
                event("PAYMENT.REFUND.FAILED", refund("FAILED"), 30),
            ],
            "captured",
        ),
        "hold, release, chargeback": Story(_CHARGEBACK, "disputed"),
        "chargeback reversed": Story(
            [*_CHARGEBACK, encode(found("CB2", "T1202", "100.00", reference="CAP1", at=70))], "captured"
        ),
        "chargeback lost": Story(
            [*_CHARGEBACK, event("CUSTOMER.DISPUTE.RESOLVED", dispute("RESOLVED_BUYER_FAVOUR", "RESOLVED"), 80)], "charged_back"
        ),
        "webhook and row": Story([_DONE, encode(SEARCH[0])], "captured", 10000),
    },
    known=list(_known()),
    unknown=[
        event("PAYMENT.CAPTURE.COMPLETED", capture(status="TELEPORTED")),
        encode(found("X1", "T7700", "1.00")),
        encode(found("X1", "T0006", "1.00", status="Q")),
        event("CUSTOMER.DISPUTE.RESOLVED", dispute("TELEPORTED")),
    ],
    units=[
        (code, event("PAYMENT.CAPTURE.COMPLETED", capture(value=told, currency=code, fee=None)), minor)
        for code, told, minor in (
            ("JPY", "5", 5), ("KWD", "5.000", 5000), ("ISK", "5", 5), ("UGX", "5", 5), ("HUF", "5", 500), ("TWD", "5", 500),
            ("CLP", "5", 5),
        )
    ],
    reports=[report()],
    reorder=reorder,
    exercised={
        "webhook": lambda: ADAPTER.parse(Request(_DONE)).movements,
        "certificate": lambda: ADAPTER.certificate_url(call(_DONE), "live") == URL,
        "poll": lambda: [request for page in ADAPTER.poll(api, None, NOW + timedelta(hours=4)) for request in page.requests],
        "report_file": lambda: ADAPTER.parse_report(report()).lines,
    },
)  # fmt: skip
