"""Decides what is damaged: the fixtures and the simulated objects of the tests, by the kind of input that they are."""
from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
import xlwt

from simulator import stripe_objects as stripe
from tests.pure.payments import answer_files as answers

_PURE = Path(__file__).resolve().parents[1] / "pure"
T0 = 1_790_000_000


@cache
def statements() -> tuple[bytes, ...]:
    """Bank statements of every format, one of them in UTF-16, archives of them, and a file without any statement."""
    folder = _PURE / "formats" / "files"
    files = [path.read_bytes() for path in sorted(folder.glob("*.xml"))]
    others = [path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix != ".xml"]
    files.append(files[0].decode().replace("UTF-8", "UTF-16").encode("utf-16"))
    empty = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt/></Document>'
    notified = files[3].replace(b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn").replace(b"Stmt>", b"Ntfctn>")
    notified = notified.replace(b".053", b".054")
    packed = [_archive(files, zipfile.ZIP_DEFLATED), _archive(files[:2], zipfile.ZIP_STORED), gzip.compress(others[0])]
    return (*files, notified, *others, empty, *packed, _archive(others, zipfile.ZIP_STORED))


@cache
def tables() -> tuple[bytes, ...]:
    """Tables of entries: CSV of three dialects, a workbook of each kind."""
    german = (
        "Buchungstag;Betrag;Verwendungszweck;Name;Saldo\n"
        "05.01.2026;1.250,50;Zoë;X;1.350,50\n06.01.2026;-7,50;Fee;;1.343,00\n"
    )
    british = (
        "Account: 1\n\nDate,Description,Paid out,Paid in,Balance\n"
        "13/01/2026,CARD,12.50,,87.50\n14/01/2026,SALE,,1.00,88.50\n"
    )
    dutch = (
        '"Datum";"Af Bij";"Bedrag (EUR)";"Mededelingen"\n'
        '"20260106";"Af";"1,00";"x"\n"20260105";"Bij";"50,00";"y;z"\n'
    )
    rows = [("Date", "Amount", "Text", "Balance"), (date(2026, 1, 5), -12.5, "card", 87.5), ("13.01.2026", 1, "sale", 88.5)]
    return german.encode("cp1252"), british.encode(), dutch.encode("utf-8-sig"), _xlsx(rows), _xls(rows)


def _xlsx(rows: list[tuple]) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def _xls(rows: list[tuple]) -> bytes:
    book, stream = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("1")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            sheet.write(number, place, str(value) if isinstance(value, date) else value)
    book.save(stream)
    return stream.getvalue()


def _archive(files: list[bytes], method: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as target:
        for number, content in enumerate(files):
            target.writestr(f"{number}.xml", content)
    return stream.getvalue()


@cache
def reports() -> tuple[bytes, ...]:
    """Payout reports, one of them in UTF-16."""
    golden = (_PURE / "providers" / "files" / "payout_reconciliation.csv").read_bytes()
    return golden, golden.decode().encode("utf-16")


@cache
def events() -> tuple[bytes, ...]:
    """One event of each kind of object that is read, and one thin one."""
    taken = stripe.dispute_transactions("dp_1", 100, turns=3)
    told = [
        ("charge.captured", stripe.charge("ch_1", 100, intent="pi_1")),
        ("charge.failed", stripe.charge("ch_1", 100, status="failed")),
        ("charge.refunded", stripe.charge("ch_1", 100, refunds={"data": [stripe.refund("re_1", 1, "ch_1")]})),
        ("payment_intent.succeeded", stripe.payment_intent("pi_1", 100, charge_id="ch_1")),
        ("payment_intent.canceled", stripe.payment_intent("pi_1", 100, status="canceled", charge_id="ch_1")),
        ("checkout.session.expired", stripe.checkout_session("cs_1", 100, intent="pi_1")),
        ("refund.failed", stripe.refund("re_1", 100, "ch_1", status="failed")),
        ("charge.dispute.closed", stripe.dispute("dp_1", 100, "ch_1", status="lost", balance_transactions=taken)),
        ("payout.failed", stripe.payout("po_1", 100, status="failed")),
        ("review.closed", stripe.review("prv_1", "ch_1", closed="approved")),
        ("radar.early_fraud_warning.updated", stripe.early_fraud_warning("issfr_1", "ch_1")),
    ]
    made = [stripe.event(kind, resource, T0, f"evt_{number}") for number, (kind, resource) in enumerate(told)]
    thin = stripe.thin_event("v2.core.account.updated", "2026-11-01T00:00:00Z", "evt_thin")
    return tuple(stripe.encode(event) for event in [*made, thin])


@cache
def lists() -> tuple[bytes, ...]:
    """Pages of balance transactions, alone and one after another, and a page of events."""
    charge, refund = stripe.charge("ch_1", 10000, intent="pi_1"), stripe.refund("re_1", 3000, "ch_1", intent="pi_1")
    dispute = stripe.dispute("dp_1", 4000, "ch_3", intent="pi_3")
    rows = [
        stripe.balance_transaction("txn_1", 10000, charge, "charge", created=T0, fee=175, tax=28),
        stripe.balance_transaction("txn_2", -3000, refund, "refund", created=T0 + 1),
        stripe.balance_transaction("txn_3", -4000, dispute, "dispute", created=T0 + 2, fee=1500),
        stripe.balance_transaction("txn_4", -50, None, "fee", created=T0 + 3),
        stripe.balance_transaction("txn_5", -1200, None, "risk_reserved_funds", created=T0 + 4),
    ]
    first, last = _page(rows[:3], more=True), _page(rows[3:])
    return first, last, first + b"\n" + last, _page([json.loads(event) for event in events()[:3]])


def _page(items: list[dict], more: bool = False) -> bytes:
    return stripe.encode({"object": "list", "url": "/v1/list", "has_more": more, "data": items})


@cache
def headers() -> tuple[bytes, ...]:
    """Values of the signature header: a genuine one, one of another secret, a second scheme, two digests."""
    genuine = stripe.sign(b"{}", "whsec_1", T0)
    other = stripe.sign(b"{}", "whsec_of_somebody_else", T0)
    return genuine.encode(), other.encode(), (genuine + ",v0=00").encode(), (genuine + "," + genuine.partition(",")[2]).encode()


@cache
def status_reports() -> tuple[bytes, ...]:
    """Status reports of banks with answers of every level, in each version."""
    first = answers.batch(answers.transaction(1, "RJCT", "AC04", "100.00"), answers.transaction(2, "PDNG"))
    second = answers.batch(status="ACSP", name="B2")
    return tuple(answers.report(first, second, status="PART", version=version) for version in ("03", "10", "12", "14"))


@cache
def returns() -> tuple[bytes, ...]:
    """Payments that came back, as pacs.004 tells them."""
    return (answers.pacs(answers.returned(), answers.returned("1.00")),)


@cache
def ach_files() -> tuple[bytes, ...]:
    """Returns and notifications of change of the ACH network, with and without line ends."""
    content = answers.ach(answers.R03, answers.NOC)
    return content, content.replace(b"\n", b"")


@cache
def bacs_reports() -> tuple[bytes, ...]:
    """A report of returned direct debits."""
    return (answers.arudd(answers.item(), answers.item("1,000.00", "B"), totals='<Totals numberOf="2" valueOf="1,012.34"/>'),)
