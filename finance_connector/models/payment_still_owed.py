"""What an order pays may be paid otherwise before it leaves: by Odoo's own means, by a bank line, by a credit note. Then it is
neither approved nor sent, since it would be paid twice."""

from odoo import models
from odoo.exceptions import UserError

# Of a payment that is still ours: the documents of which less is open than it would pay. What the bank line of a payment that
# came back still closes, because the return is not on a statement yet, is owed again.
_PAID_MEANWHILE = """
SELECT a.move_name, a.amount_residual_currency, p.amount, a.currency_id
  FROM finance_payment_instruction n
  JOIN finance_payment_item p ON p.instruction_id = n.id AND p.is_open
  JOIN account_move_line a ON a.id = p.move_line_id
 WHERE n.order_id = %(order)s AND (%(payments)s::int[] IS NULL OR n.id = ANY(%(payments)s))
   AND (a.parent_state <> 'posted' OR abs(a.amount_residual_currency) < abs(p.amount)
        AND abs(a.amount_residual_currency) + COALESCE((
            SELECT sum(CASE WHEN r.debit_move_id = a.id THEN r.debit_amount_currency ELSE r.credit_amount_currency END)
              FROM account_partial_reconcile r
              JOIN account_move_line o ON o.id = CASE WHEN r.debit_move_id = a.id THEN r.credit_move_id ELSE r.debit_move_id END
              JOIN account_bank_statement_line l ON l.move_id = o.move_id
              JOIN finance_payment_bank_line_rel b ON b.account_bank_statement_line_id = l.id
              JOIN finance_payment_instruction i ON i.id = b.finance_payment_instruction_id AND i.state = 'returned'
             WHERE a.id IN (r.debit_move_id, r.credit_move_id)), 0) < abs(p.amount))
 ORDER BY a.move_name, a.id
"""


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    def action_submit(self):
        for order in self:
            order._refuse_paid()
        return super().action_submit()

    def _sign(self):
        self._refuse_paid()
        return super()._sign()

    def _checked_file(self, payments):
        self._refuse_paid(payments)
        return super()._checked_file(payments)

    def _refuse_paid(self, payments=None):
        """Raises UserError, with the documents, if the order, or only ``payments`` of it, would pay what is owed no longer."""
        self.env.flush_all()
        self.env.cr.execute(_PAID_MEANWHILE, {"order": self.id, "payments": payments and payments.ids})
        currencies = self.env["res.currency"]
        told = [
            self.env._(
                "%(document)s: %(amount)s would be paid, %(open)s is open.",
                document=name,
                amount=currencies.browse(currency_id).format(float(abs(amount))),
                open=currencies.browse(currency_id).format(float(abs(residual))),
            )
            for name, residual, amount, currency_id in self.env.cr.fetchall()
        ]
        if told:
            raise UserError(
                self.env._(
                    "%(order)s would pay what was paid otherwise meanwhile:\n%(documents)s\nTake the order back to the draft and "
                    "remove these payments.",
                    order=self.name,
                    documents="\n".join(told),
                )
            )
