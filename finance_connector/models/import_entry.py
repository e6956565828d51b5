"""The staging table of imports: one row per entry of a file, with what was decided about it and how far it
came.

Rows are written and read in bulk by SQL; they say after a crash which entries have their bank line already
(INV-3).
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models

# How long the rows of a finished import are kept for looking up which entries were known before.
KEEP_DAYS = 30

_COLUMNS = (
    "import_id", "coverage_id", "journal_id", "sequence", "line_number", "booking_date", "value_date",
    "amount",
    "bank_id", "fingerprint", "counterparty_account", "data",
)  # fmt: skip


class FinanceImportEntry(models.Model):
    _name = "finance.import.entry"
    _description = "Staged entry"
    _order = "import_id, sequence"
    _log_access = False

    import_id = fields.Many2one("finance.import", required=True, readonly=True, ondelete="cascade")
    coverage_id = fields.Many2one(
        "finance.coverage", required=True, readonly=True, index=True, ondelete="cascade"
    )
    journal_id = fields.Many2one("account.journal", required=True, readonly=True, ondelete="cascade")
    sequence = fields.Integer(required=True, readonly=True, help="Place in the file.")
    line_number = fields.Integer(readonly=True, help="Line in the file.")
    booking_date = fields.Date(required=True, readonly=True)
    value_date = fields.Date(readonly=True)
    amount = fields.Float(digits=0, required=True, readonly=True)
    bank_id = fields.Char(readonly=True)
    fingerprint = fields.Char(required=True, readonly=True)
    counterparty_account = fields.Char(readonly=True)
    data = fields.Json(readonly=True)
    decision = fields.Selection(
        [("new", "New"), ("known", "Known before"), ("conflict", "Conflict"), ("announced", "Announced")], readonly=True
    )
    uid = fields.Char(readonly=True, help="The fingerprint under which its bank line is stored.")
    reason = fields.Char(readonly=True, help="What the decision rests on.")
    foreseen = fields.Json(readonly=True, help="What its bank line pays, where the text names it beyond doubt.")
    line_id = fields.Many2one(
        "account.bank.statement.line", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _place_uniq = models.UniqueIndex("(import_id, sequence)")
    _todo_idx = models.Index("(import_id, sequence) WHERE decision = 'new' AND line_id IS NULL")

    @api.model
    def _insert(self, rows):
        """Stage many entries; ``rows`` are tuples in the order of `_COLUMNS`, as `entry_row` gives them."""
        self.env.cr.execute_values(
            f"INSERT INTO finance_import_entry ({', '.join(_COLUMNS)}) VALUES %s", rows, page_size=500
        )

    def action_take_over(self):
        """A person says that a conflicting entry is real: it becomes a bank line of its own, beside the known
        one."""
        self.import_id._check_role()
        self.check_access("read")
        for entry in self.sudo():
            entry.import_id.with_company(entry.import_id.company_id)._take_over(entry)
        return True

    @api.autovacuum
    def _remove_old(self):
        """Staged rows are no evidence (the file is); they go when their import has been finished for
        KEEP_DAYS."""
        self.env.cr.execute(
            """DELETE FROM finance_import_entry e USING finance_import i
                WHERE i.id = e.import_id AND i.state != 'received' AND i.finished_at < %s
                  AND e.decision IS DISTINCT FROM 'conflict'""",
            [fields.Datetime.now() - timedelta(days=KEEP_DAYS)],
        )


def entry_row(import_id, coverage_id, journal_id, sequence, entry):
    """The staging row of a `formats.Entry`."""
    return (
        import_id,
        coverage_id,
        journal_id,
        sequence,
        entry.line,
        entry.booking_date,
        entry.value_date,
        entry.amount,
        entry.bank_id or None,
        entry.fingerprint,
        entry.counterparty_account or None,
        json.dumps(_told(entry), default=str),
    )


def _told(entry):
    """What else the bank says of an entry, for the columns and the details of its bank line."""
    single = {
        "text": entry.text
        or entry.information
        or entry.reference
        or entry.counterparty_name
        or entry.bank_code,
        "reference": entry.reference,
        "name": entry.counterparty_name,
        "end_to_end_id": entry.end_to_end_id,
        "structured_reference": entry.structured_reference,
        "bank_code": entry.bank_code or entry.bank_code_proprietary,
        "return_reason": entry.return_reason,
        "is_reversal": entry.is_reversal,
        "original_amount": entry.original_amount,
        "original_currency": entry.original_currency,
        "details": _details(entry),
    }
    return {name: value for name, value in single.items() if value not in (None, "", False, {})}


def _details(entry):
    """Everything that has no column: members of the batch, charges, rate of exchange, and how the entry was
    read."""
    told = {
        "members": [_plain(detail) for detail in entry.details],
        "members_state": entry.details_state,
        "batch_id": entry.batch_id,
        "batch_count": entry.batch_count,
        "charges": [_plain(charge) for charge in entry.charges],
        "exchange": entry.exchange and _plain(entry.exchange),
        "counterparty_bank": entry.counterparty_bank,
        "information": entry.information,
        "entry_reference": entry.entry_reference,
        "date_source": entry.date_source if entry.date_source != "booking" else "",
        "notes": list(entry.notes),
    }
    return {name: value for name, value in told.items() if value not in (None, "", [], (), "none")}


def _plain(record):
    """A record of the formats room as a dict of what it says; amounts and dates become text when they are
    stored."""
    told = {}
    for name in record._fields:
        value = getattr(record, name)
        if name == "line" or value is None or not (value or isinstance(value, (bool, Decimal))):
            continue
        if name == "charges":
            value = [_plain(charge) for charge in value]
        elif name == "exchange":
            value = _plain(value)
        elif isinstance(value, Mapping):
            value = dict(value)
        told[name] = value
    return told
