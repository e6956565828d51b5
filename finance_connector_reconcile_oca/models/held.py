"""Which bank lines are with `account_reconcile_oca`, so that the connector leaves them alone."""

from odoo import api, models
from odoo.exceptions import UserError

# Every line that another importer makes gets a draft at once, which repeats its entry. Only a counterpart (kind "other") makes
# it somebody's work: a person has put it there, or has taken a reconciliation back to put it right. Older drafts are JSON in a
# string.
_DRAFT = """jsonb_path_exists((l.reconcile_data #>> '{}')::jsonb, '$.data[*] ? (@.kind == "other")')"""

# A journal that keeps its suspense lines is booked by a second entry, which only that addon makes and can take back.
_HELD = f"""
SELECT l.id, j.reconcile_mode = 'keep' OR l.is_reconciled
  FROM account_bank_statement_line l JOIN account_journal j ON j.id = l.journal_id
 WHERE l.id = ANY(%s)
   AND CASE WHEN l.is_reconciled THEN l.reconcile_mode = 'keep' ELSE j.reconcile_mode = 'keep' OR {_DRAFT} END
"""


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    @api.model
    def _held(self, line_ids):
        """line id -> whether its entry is kept as it is (otherwise: a draft is open), of those of ``line_ids`` that are with the
        other addon."""
        self.env["account.bank.statement.line"].flush_model(["is_reconciled", "reconcile_data", "reconcile_mode"])
        self.env["account.journal"].flush_model(["reconcile_mode"])
        self.env.cr.execute(_HELD, [list(line_ids)])
        return dict(self.env.cr.fetchall())

    @api.model
    def _refuse_held(self, lines):
        """Raises UserError, naming the line, if one of ``lines`` is with the other addon."""
        for line_id, is_kept in self._held(lines.ids).items():
            line = lines.browse(line_id)
            raise UserError(self.env._("%(line)s: %(reason)s", line=line.display_name, reason=self._why_held(is_kept)))

    @api.model
    def _why_held(self, is_kept):
        """In words why the connector leaves a line alone."""
        if is_kept:
            return self.env._(
                "The journal keeps its suspense lines, so the line is reconciled on the bank reconciliation screen."
            )
        return self.env._(
            "A draft is open on the bank reconciliation screen. Finish it there, or reset it, and the connector looks at the "
            "line again."
        )
