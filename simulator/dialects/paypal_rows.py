"""PayPal's ledger: the rows that each balance line and payout is, as transaction search and the settlement report have them.

A capture is a payment of its own there, and a conversion is two rows.
"""
from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from simulator.world.profile import DECIMALS
from simulator.world.truth import Act, BalanceLine, Payment, Payout
from simulator.world.world import Merchant

from .stripe_lines import major

ACCOUNT = "WORLDACCOUNT1"
COLUMNS = (
    "CH,Transaction ID,Invoice ID,PayPal Reference ID,PayPal Reference ID Type,Transaction Event Code,"
    "Transaction Initiation Date,Transaction Completion Date,Transaction  Debit or Credit,Gross Transaction Amount,"
    "Gross Transaction Currency,Fee Debit or Credit,Fee Amount,Fee Currency,Custom Field,Bank Reference ID"
).split(",")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``gross`` and ``fee`` are minor units, signed from the merchant's side."""

    id: str
    code: str
    at: datetime
    gross: int
    currency: str
    fee: int = 0
    reference: str = ""
    invoice: str = ""
    bank_reference: str = ""


def capture_key(payment: Payment, act: Act | None = None) -> str:
    """The id of the capture ``act``, or of the last one."""
    captures = [one for one in payment.acts if one.kind == "capture"]
    number = captures.index(act) + 1 if act in captures else max(1, len(captures))
    return f"CAP{payment.key[3:]}C{number}".upper()


def refund_key(act: Act) -> str:
    return act.ref.replace("re_", "REF").upper()


def payout_key(payout: Payout) -> str:
    return payout.key.replace("po_", "PAYOUT").upper()


def rows_of(merchant: Merchant) -> list[Row]:
    """Every row of the merchant's account, the earliest first."""
    found = [row for line in merchant.lines for row in _rows(merchant, line)]
    found += [Row(payout_key(payout), "T0400", payout.at, -payout.amount, payout.currency, bank_reference=payout.trace)
              for payout in merchant.payouts]
    return sorted(found, key=lambda row: (row.at, row.id, row.code))


def _rows(merchant: Merchant, line: BalanceLine) -> Iterator[Row]:
    own, at, currency, cost = line.key.replace("_", "").upper(), line.at, line.currency, line.fee + line.tax
    if line.payment is None:
        yield _plain(merchant, line, own)
        return
    amount, paid_in = line.original or (line.gross, currency)
    capture, invoice = capture_key(line.payment, line.act), line.payment.reference
    if line.category == "charge":
        fee = 0 if line.original else -cost
        yield Row(capture, "T0006", at, amount, paid_in, fee, invoice=invoice)
        if line.original and cost:
            yield Row(f"{own}FEE", "T0107", at, -cost, currency, reference=capture)
    elif line.category == "refund":
        yield Row(refund_key(line.act), "T1107", at, amount, paid_in, reference=capture, invoice=invoice)
    elif line.category == "refund_failure":
        # It names the refund, and nothing else of it.
        yield Row(own, "T1107", at, amount, paid_in, reference=refund_key(line.act))
    else:
        # The first time PayPal holds the money, the second time the card's bank takes it.
        codes = ("T1110", "T1111") if line.act.number == 1 else ("T1201", "T1202")
        yield Row(own, codes[line.category == "dispute_reversal"], at, amount, paid_in, reference=capture)
        if cost:
            yield Row(f"{own}FEE", "T0106", at, -cost, currency, reference=own)
    if line.original:
        yield Row(f"{own}A", "T0200", at, -amount, paid_in, reference=f"{own}B")
        yield Row(f"{own}B", "T0200", at, line.gross, currency, reference=f"{own}A")


def _plain(merchant: Merchant, line: BalanceLine, own: str) -> Row:
    """A line about no payment: the reserve, costs of the networks, a payout that came back."""
    reserve = "T2101" if line.gross < 0 else "T2102"
    code = {"risk_reserved_funds": reserve, "fee": "T0107", "payout_reversal": "T1101"}[line.category]
    bounced = next((payout_key(payout) for payout in merchant.payouts if payout.key == line.source), "")
    return Row(own, code, line.at, line.gross, line.currency, reference=bounced)


def found(row: Row) -> dict:
    """The row as transaction search lists it."""
    info = {
        "transaction_id": row.id, "transaction_event_code": row.code, "transaction_status": "S",
        "transaction_initiation_date": f"{row.at:%Y-%m-%dT%H:%M:%S}+0000",
        "transaction_amount": {"currency_code": row.currency, "value": major(row.gross, row.currency)},
    }  # fmt: skip
    if row.fee:
        info["fee_amount"] = {"currency_code": row.currency, "value": major(row.fee, row.currency)}
    for name, value in (("paypal_reference_id", row.reference), ("invoice_id", row.invoice),
                        ("bank_reference_id", row.bank_reference)):
        if value:
            info[name] = value
    return {"transaction_info": info}


# --- the settlement report --------------------------------------------------------------------------------------------


def report(rows: list[Row], days: list[date]) -> bytes:
    """The settlement report of ``days``, a section each; ``rows`` are all that the account has ever had."""
    lines, count = [["RH", "2024/01/01 01:00:00 +0000", "A", ACCOUNT, "011"], ["FH", "01"]], 0
    for day in days:
        members = [row for row in rows if row.at.date() == day]
        count += len(members)
        lines += [["SH", f"{day:%Y/%m/%d} 00:00:00 +0000", f"{day:%Y/%m/%d} 23:59:59 +0000", ACCOUNT, ""], COLUMNS]
        lines += [_line(row) for row in members]
        for currency in sorted({row.currency for row in members}):
            before = sum(row.gross + row.fee for row in rows if row.currency == currency and row.at.date() < day)
            lines.append(["SF", currency, *_footer([row for row in members if row.currency == currency], currency, before)])
        lines.append(["SC", str(len(members))])
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows([*lines, ["RC", str(count)], ["FF", "01"]])
    return text.getvalue().encode()


def _line(row: Row) -> list[str]:
    at = f"{row.at:%Y/%m/%d %H:%M:%S} +0000"
    fee = [*_side(row.fee, row.currency), row.currency] if row.fee else ["", "", ""]
    kind = "TXN" if row.reference else ""
    gross = [*_side(row.gross, row.currency), row.currency]
    return ["SB", row.id, row.invoice, row.reference, kind, row.code, at, at, *gross, *fee, "", row.bank_reference]


def _footer(members: list[Row], currency: str, before: int) -> list[str]:
    """Credits and debits, those of fees, and the balance before and after."""
    gross, fees = [row.gross for row in members], [row.fee for row in members]
    totals = [sum(one for one in amounts if one * sign > 0) for amounts in (gross, fees) for sign in (1, -1)]
    balances = before, before + sum(gross) + sum(fees)
    return [*(_side(total, currency)[1] for total in totals), *(cell for one in balances for cell in _side(one, currency))]


def _side(amount: int, currency: str) -> list[str]:
    """Side and hundredths of an amount: a hundred yen are 10000 too."""
    return ["CR" if amount >= 0 else "DR", str(abs(amount) * 10 ** (2 - DECIMALS.get(currency, 2)))]
