"""The report file payout_reconciliation.itemized.5 as Stripe would write it."""

import csv
import io

# The columns of payout_reconciliation.itemized.5 that Stripe writes by default, in its order.
REPORT_COLUMNS = (
    "automatic_payout_id", "automatic_payout_effective_at_utc", "automatic_payout_effective_at",
    "balance_transaction_id", "created_utc", "created", "available_on_utc", "available_on", "currency",
    "gross", "fee", "net", "reporting_category", "source_id", "description", "customer_facing_amount",
    "customer_facing_currency", "customer_id", "customer_name", "customer_email", "charge_id",
    "payment_intent_id", "charge_created_utc", "payment_method_type", "card_brand", "statement_descriptor",
    "dispute_reason", "trace_id", "trace_id_status",
)  # fmt: skip


def report(rows, columns=REPORT_COLUMNS, encoding="utf-8"):
    """The report file of ``rows``, dicts by column; amounts are decimal texts in major units."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)
