"""Announced entries that nothing confirms or drops: one exception for each account (INV-14)."""

from datetime import timedelta

from odoo import api, fields, models

from .limits import limit


class FinanceAnnounced(models.Model):
    _inherit = "finance.announced"

    @api.model
    def _cron_check_overdue(self):
        """Scheduled action: one exception for each account with entries that were announced too long ago; closed by itself."""
        before = fields.Date.today() - timedelta(days=limit(self.env, "announced_days"))
        overdue = self.search([("state", "=", "announced"), ("date", "<", before)]).grouped("journal_id")
        exceptions = self.env["finance.exception"].sudo()
        known = exceptions.search([("kind", "=", "announced_overdue"), ("state", "in", ("open", "in_progress"))])
        for journal, rows in overdue.items():
            if str(journal.id) not in {row.cause_key.partition(":")[2] for row in known}:
                rows._raise_overdue(journal)
        for row in known:
            cause = row.cause_key.partition(":")[2]
            if cause not in {str(journal.id) for journal in overdue}:
                settled = self.env._("Every announced entry was confirmed or dropped.")
                exceptions._clear("announced_overdue", cause, row.company_id, settled)

    def _raise_overdue(self, journal):
        oldest = self[-1]
        self.env["finance.exception"]._raise(
            "announced_overdue",
            journal.id,
            journal.company_id,
            self.env._("%(journal)s: %(count)s announced entries were never booked", journal=journal.name, count=len(self)),
            detail=self.env._(
                "The bank announced them, the oldest on %(day)s (%(amount)s “%(text)s”), and no statement has confirmed or "
                "dropped them since. Import the statements of these days. If they are here already, ask the bank what became of "
                "the entries; none of them is in the books.",
                day=oldest.date,
                amount=oldest.currency_id.format(oldest.amount),
                text=oldest.text,
            ),
            record=oldest,
            amount=sum(abs(row.amount) for row in self),
            currency=oldest.currency_id,
        )
