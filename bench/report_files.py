"""Settlement reports of any size, of each adapter that reads them: nearly all rows are captures with their fee."""

import csv
import io
from datetime import datetime, timedelta, timezone

ROWS_A_PAYOUT = 5000
BEGIN = datetime(2026, 3, 2, tzinfo=timezone.utc)
# The column of a profile -> what the file calls it.
PROFILE_COLUMNS = {
    "settlement": "Payout", "id": "Row", "kind": "What", "gross": "Gross", "fee": "Fee", "net": "Net", "currency": "Currency",
    "date": "Booked", "payment": "Payment", "reference": "Order", "trace": "Bank text",
}  # fmt: skip
PROFILE_KINDS = {"Sale": "capture", "Payout": "payout"}


def _sales(size):
    """(number, gross in minor units, instant) of each sale; each costs one whole unit."""
    return ((number, 5000 + number % 900, BEGIN + timedelta(seconds=number)) for number in range(size))


def _major(minor):
    return f"{minor / 100:.2f}"


def stripe(size, name):
    """The payout reconciliation report."""
    from simulator.stripe_report import report

    rows = []
    for number, gross, at in _sales(size):
        payout, at = number // ROWS_A_PAYOUT, f"{at:%Y-%m-%d %H:%M:%S}"
        rows.append({
            "automatic_payout_id": f"po_{name}x{payout}", "automatic_payout_effective_at": "2026-03-05 00:00:00",
            "balance_transaction_id": f"txn_{name}x{number}", "created_utc": at, "created": at, "available_on": at,
            "currency": "eur", "gross": _major(gross), "fee": "1.00", "net": _major(gross - 100),
            "reporting_category": "charge", "source_id": f"ch_{name}x{number}", "charge_id": f"ch_{name}x{number}",
            "payment_intent_id": f"pi_{name}x{number}", "description": f"SO{number}", "trace_id": f"TR{payout}",
        })  # fmt: skip
    return report(rows)


def adyen(size, name):
    """The settlement details report, a batch for every 5,000 rows."""
    from simulator.dialects.adyen import COLUMNS

    text = io.StringIO()
    rows = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    rows.writeheader()
    total = 0
    for number, gross, at in _sales(size):
        common = {
            "Merchant Account": f"Shop{name}", "Batch Number": str(number // ROWS_A_PAYOUT + 1), "TimeZone": "UTC",
            "Creation Date": f"{at:%Y-%m-%d %H:%M:%S}", "Net Currency": "EUR",
        }  # fmt: skip
        rows.writerow({
            **common, "Type": "Settled", "Psp Reference": f"PSP{name}x{number}", "Merchant Reference": f"SO{number}",
            "Modification Reference": f"MOD{name}x{number}", "Gross Currency": "EUR", "Gross Credit (GC)": _major(gross),
            "Exchange Rate": "1", "Net Credit (NC)": _major(gross - 100), "Commission (NC)": "1.00", "Payment Method": "visa",
        })  # fmt: skip
        total += gross - 100
        if number % ROWS_A_PAYOUT == ROWS_A_PAYOUT - 1 or number == size - 1:
            rows.writerow({**common, "Type": "MerchantPayout", "Modification Reference": "TX1", "Net Debit (NC)": _major(total)})
            total = 0
    return text.getvalue().encode()


def paypal(size, name):
    """The settlement report, a section for every day."""
    from simulator.dialects.paypal_rows import Row, report

    rows = [Row(f"CAP{name}x{number}", "T0006", at, gross, "EUR", -100, invoice=f"SO{number}")
            for number, gross, at in _sales(size)]  # fmt: skip
    return report(rows, sorted({row.at.date() for row in rows}))


def generic(size, name):
    """A file that is read by a profile."""
    lines, total = [",".join(PROFILE_COLUMNS.values())], 0
    for number, gross, at in _sales(size):
        payout, end = f"{name}x{number // ROWS_A_PAYOUT}", f"EUR,{at:%Y-%m-%d %H:%M:%S}"
        own = f"{name}x{number}"
        lines.append(f"{payout},R{own},Sale,{_major(gross)},1.00,{_major(gross - 100)},{end},P{own},SO{number},NP")
        total += gross - 100
        if number % ROWS_A_PAYOUT == ROWS_A_PAYOUT - 1 or number == size - 1:
            lines.append(f"{payout},P{own},Payout,-{_major(total)},,-{_major(total)},{end},,,NP")
            total = 0
    return "".join(f"{line}\n" for line in lines).encode()
