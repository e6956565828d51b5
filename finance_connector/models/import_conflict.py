"""What only a person can tell: entries that the bank lists differently now, or no longer. Nothing is
overwritten."""

from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..formats import dedupe
from ..formats.fingerprint import content_of
from .import_account import ImportRefused
from .import_plan import free_uid

_CONFLICTS = """
SELECT e.id, e.journal_id, e.fingerprint, e.booking_date, e.amount::text AS amount, e.bank_id, e.reason,
       e.data ->> 'text' AS text, m.date AS known_date, l.amount::text AS known_amount, l.payment_ref AS
           known_text
  FROM finance_import_entry e
  LEFT JOIN account_bank_statement_line l ON l.journal_id = e.journal_id AND l.fc_import_uid = e.uid
  LEFT JOIN account_move m ON m.id = l.move_id
 WHERE e.import_id = %s AND e.decision = 'conflict' ORDER BY e.sequence
"""


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _raise_conflicts(self):
        """One `bank_conflict` for every entry that the bank tells differently now, or no longer."""
        self.env.flush_all()
        self.env.cr.execute(_CONFLICTS, [self.id])
        for row in self.env.cr.dictfetchall():
            self._raise_conflict(row)
        for coverage in self.coverage_ids.filtered("missing_line_ids"):
            lines = self.env["account.bank.statement.line"].browse(coverage.missing_line_ids)
            for line in lines.exists():
                self._raise_missing(coverage, line)

    def _raise_conflict(self, row):
        journal = self.env["account.journal"].browse(row["journal_id"])
        self.env["finance.exception"]._raise(
            "bank_conflict",
            f"{journal.id}:{row['fingerprint']}",
            self.company_id,
            self.env._(
                "%(journal)s: the bank tells an entry of %(day)s differently now",
                journal=journal.name,
                day=row["booking_date"],
            ),
            detail=self.env._(
                "%(file)s has %(amount)s of %(day)s “%(text)s” (bank id %(bank_id)s). Known is "
                "%(known_amount)s of "
                "%(known_day)s “%(known_text)s”. %(why)s\n\nThe entry was not booked and nothing was "
                "changed. Ask "
                "the bank which one holds; if both are real, open the entry and take it over as a new line.",
                file=self.filename,
                amount=row["amount"],
                day=row["booking_date"],
                text=row["text"] or "",
                bank_id=row["bank_id"] or "-",
                known_amount=row["known_amount"],
                known_day=row["known_date"],
                known_text=row["known_text"] or "",
                why=self._conflict_in_words(row["reason"]),
            ),
            record=self.env["finance.import.entry"].browse(row["id"]),
            amount=abs(Decimal(row["amount"])),
            currency=journal.currency_id or journal.company_id.currency_id,
        )

    def _conflict_in_words(self, reason):
        return {
            dedupe.UNCLEAR_CONTENT: self.env._("They say the same, but the bank gave them different ids."),
            dedupe.UNCLEAR_ID: self.env._("They have the same bank id, but the amount or the date differs."),
            dedupe.UNCLEAR_AMOUNT: self.env._("They have the same day and amount, but the text differs."),
        }[reason]

    def _raise_missing(self, coverage, line):
        self.env["finance.exception"]._raise(
            "bank_conflict",
            f"missing-{line.id}",
            self.company_id,
            self.env._(
                "%(journal)s: the bank no longer lists %(label)s",
                journal=line.journal_id.name,
                label=line.payment_ref,
            ),
            detail=self.env._(
                "%(amount)s of %(day)s came with an earlier file, and statement %(statement)s, which covers "
                "that "
                "day, does not have it. Nothing was changed. Ask the bank; if it took the entry back, "
                "reverse the "
                "line.",
                amount=line.currency_id.format(line.amount),
                day=line.date,
                statement=coverage.name,
            ),
            record=line,
            amount=abs(line.amount),
            currency=line.currency_id,
        )

    def _take_over(self, entry):
        """Make a bank line of a conflicting entry, under the next free ordinal of its content. Raises
        UserError."""
        if entry.decision != "conflict" or entry.line_id or self.state != "imported":
            raise UserError(
                self.env._(
                    "Only a conflicting entry of an imported file that has no bank line can be taken over."
                )
            )
        self.env.cr.execute(
            """SELECT fc_import_uid FROM account_bank_statement_line
                WHERE journal_id = %s AND fc_import_uid LIKE %s""",
            [entry.journal_id.id, content_of(entry.fingerprint) + ":%"],
        )
        uid = free_uid(entry.fingerprint, {row[0] for row in self.env.cr.fetchall()})
        entry.write({"decision": "new", "uid": uid})
        self.env.flush_all()
        try:
            self._create_chunk(1)
        except ImportRefused as refused:
            raise UserError(refused.reason) from refused
        entry.invalidate_recordset()
        self.conflict_count -= 1
        self.env["finance.exception"]._clear(
            "bank_conflict",
            f"{entry.journal_id.id}:{entry.fingerprint}",
            self.company_id,
            self.env._("The entry was taken over as a new line."),
        )
        self.env["finance.audit.entry"]._record(
            "import.take_over", self, {"entry": entry.fingerprint, "uid": uid}
        )
        self.env["finance.provider"]._wake("finance_connector.cron_reconcile")
