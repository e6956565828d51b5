"""What people did meanwhile: bank lines and payouts that they reconciled themselves, candidates that they ruled out."""

from odoo import api, models


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    def _clear_explained(self, company):
        """Close the exceptions of lines that were reconciled by hand."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT e.id FROM finance_exception e
                 LEFT JOIN account_bank_statement_line l ON l.id = e.res_id
                WHERE e.company_id = %s AND e.kind IN ('match_ambiguous', 'match_missing')
                  AND e.state IN ('open', 'in_progress') AND e.res_model = 'account.bank.statement.line'
                  AND (l.id IS NULL OR l.is_reconciled)""",
            [company.id],
        )
        rows = self.env["finance.exception"].sudo().browse([row[0] for row in self.env.cr.fetchall()])
        rows._close("resolved", self.env._("The bank line was reconciled."), automatic=True)

    def _adopt_by_hand(self, company):
        """Payouts whose lines in transit somebody reconciled with a bank line himself: link them, derive
        their state."""
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO finance_settlement_bank_line_rel (
                   finance_settlement_id, account_bank_statement_line_id)
               SELECT DISTINCT s.id, l.id
                 FROM finance_settlement s
                 JOIN finance_provider p ON p.id = s.provider_id
                 JOIN finance_movement m ON m.settlement_id = s.id AND m.kind = 'payout'
                 JOIN account_move_line a ON a.move_id = m.move_id AND a.account_id = p.in_transit_account_id
                  AND COALESCE(a.finance_movement_id, m.id) = m.id
                 JOIN account_partial_reconcile r ON a.id IN (r.debit_move_id, r.credit_move_id)
                 JOIN account_move_line b ON b.id IN (r.debit_move_id, r.credit_move_id) AND b.id != a.id
                 JOIN account_bank_statement_line l ON l.move_id = b.move_id
                WHERE s.company_id = %s AND s.state IN ('in_transit', 'paid') AND a.reconciled
               ON CONFLICT DO NOTHING RETURNING finance_settlement_id""",
            [company.id],
        )
        ids = sorted({row[0] for row in self.env.cr.fetchall()})
        if ids:
            settlements = self.env["finance.settlement"].browse(ids)
            settlements.invalidate_recordset(["bank_line_ids"])
            self._derive(settlements)

    @api.model
    def _review_ambiguity(self, lines):
        """After a rejection: a line without open candidates is no longer in doubt; the machine looks
        again."""
        for line in lines:
            if not line.fc_match_ids.filtered(lambda row: row.state in ("proposed", "ambiguous")):
                self.env["finance.exception"]._clear(
                    "match_ambiguous", line.id, line.company_id, self.env._("All candidates were rejected.")
                )
        self.env["finance.provider"]._wake("finance_connector.cron_reconcile")
