"""Bank lines of payments that were sent: each line that names them is a fact (executed, or come back), and is reconciled with
the bills that they paid. Bills are never reconciled before (a file that was sent has paid nobody yet)."""

from collections import defaultdict
from datetime import datetime, time, timezone
from decimal import Decimal

from odoo import api, models

from ..core.instruction_facts import InstructionFact
from ..core.money import Money
from .inbox import CONCURRENCY

# Lines that name payments of ours by their end-to-end ids, alone or as members of a batch, or by the batch as a whole. Lines that
# were explained long ago were looked at when they came.
_NAMED = """
WITH lines AS (
    SELECT id, fc_end_to_end_id, fc_details FROM account_bank_statement_line
     WHERE company_id = %(company)s
       AND (is_reconciled IS NOT TRUE OR create_date >= now() AT TIME ZONE 'UTC' - interval '30 days')
       AND (fc_end_to_end_id IS NOT NULL OR fc_details IS NOT NULL)
), named AS (
    SELECT id AS line_id, fc_end_to_end_id AS name, NULL AS batch FROM lines WHERE fc_end_to_end_id IS NOT NULL
    UNION
    SELECT l.id, m.member->'references'->>'EndToEndId', NULL
      FROM lines l CROSS JOIN LATERAL jsonb_array_elements(COALESCE(l.fc_details->'members', '[]')) AS m (member)
    UNION
    SELECT id, NULL, fc_details->>'batch_id' FROM lines WHERE fc_details ? 'batch_id'
)
SELECT n.line_id, array_agg(DISTINCT i.id ORDER BY i.id)
  FROM named n
  JOIN finance_payment_instruction i
    ON i.company_id = %(company)s AND i.state NOT IN ('draft', 'cancelled')
   AND (i.end_to_end_id = n.name
        OR EXISTS (SELECT FROM finance_payment_file f
                    WHERE f.order_id = i.order_id AND n.batch IN (f.message_name, f.message_name || '1')))
 WHERE NOT EXISTS (SELECT FROM finance_payment_bank_line_rel r
                    WHERE r.account_bank_statement_line_id = n.line_id AND r.finance_payment_instruction_id = i.id)
 GROUP BY n.line_id
"""


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    @api.model
    def _reconcile_company(self, company):
        self._take_payment_lines(company)
        return super()._reconcile_company(company)

    @api.model
    def _take_payment_lines(self, company):
        """Tell the payments of ``company`` what bank lines show of them, and book those lines."""
        instructions = self.env["finance.payment.instruction"].sudo()
        if not instructions.search_count([("company_id", "=", company.id), ("state", "not in", ("draft", "cancelled"))], limit=1):
            return
        self.env.flush_all()
        self.env.cr.execute(_NAMED, {"company": company.id})
        facts, booked = defaultdict(list), []
        for line_id, ids in self.env.cr.fetchall():
            line, named = self.env["account.bank.statement.line"].sudo().browse(line_id), instructions.browse(ids)
            told = self._payment_facts(line, named)
            if told is None:
                self._tell_other_amount(company, line, named)
                continue
            for key, fact in told.items():
                facts[key].append(fact)
            if line.amount < 0:
                booked.append((line, named))
            self._link_payments(line, named)
        instructions._take_facts(facts, None)
        for line, named in booked:
            if not line.is_reconciled:
                self._book_payment_line(company, line, named)

    def _payment_facts(self, line, named):
        """Instruction id -> the fact that ``line`` is; None if it has another amount than they have together."""
        amount, currency = Decimal(str(round(line.amount, 6))), line.currency_id.name
        ordered = {one.id: one._money() for one in named}
        same_currency = all(money.currency == currency for money in ordered.values())
        total = sum((money.to_decimal() for money in ordered.values()), Decimal(0))
        at = datetime.combine(line.fc_value_date or line.date, time(12), timezone.utc)
        name = line.fc_bank_id or line.fc_import_uid or str(line.id)
        if amount < 0 and same_currency and -amount == total:
            return {
                key: InstructionFact("execute", f"{name}/{key}", at, source="camt.053", amount=money)
                for key, money in ordered.items()
            }
        if amount > 0 and len(named) == 1 and same_currency and amount <= total:
            reasons = (line.fc_return_reason,) if line.fc_return_reason else ()
            came = Money.from_decimal(amount, currency)
            kept = ordered[named.id] - came
            return {
                named.id: InstructionFact(
                    "return",
                    f"{name}/{named.id}",
                    at,
                    source="camt.053",
                    amount=came,
                    charges=kept if kept else None,
                    reasons=reasons,
                    text=line.payment_ref or "",
                )
            }
        return None

    def _link_payments(self, line, named):
        self.env.cr.execute_values(
            """INSERT INTO finance_payment_bank_line_rel (finance_payment_instruction_id, account_bank_statement_line_id)
               VALUES %s ON CONFLICT DO NOTHING""",
            [(one.id, line.id) for one in named],
        )
        named.invalidate_recordset(["bank_line_ids"])

    def _book_payment_line(self, company, line, named):
        """Reconcile ``line`` with what the payments paid. What cannot be booked as it was ordered is left to the matching."""
        items = named.item_ids.filtered(lambda item: not item.move_line_id.reconciled)
        if not items or sum(item._minor() for item in items) != sum(one._money().minor for one in named):
            return
        choice = {
            "items": [
                {"id": item.move_line_id.id, "amount": str(self._exact(item.move_line_id.amount_residual_currency))}
                if item.takes_discount
                else {"id": item.move_line_id.id, "amount": str(self._exact(-item.amount))}
                for item in items
            ],
            "discounts": [item.move_line_id.id for item in items if item.takes_discount],
        }
        try:
            with self.env.cr.savepoint():
                self._choose(line, choice, self.env.user)
        except CONCURRENCY:
            raise
        except Exception as error:
            self.env["finance.exception"]._raise(
                "posting_failed",
                f"line-{line.id}",
                company,
                self.env._("The bank line of %s could not be booked", ", ".join(named.mapped("order_id.name"))),
                detail=str(error),
                record=line,
                amount=abs(line.amount),
                currency=line.currency_id,
            )

    def _tell_other_amount(self, company, line, named):
        self.env["finance.exception"]._raise(
            "payment_answer",
            f"line-{line.id}",
            company,
            self.env._("A bank line names payments to %s and has another amount", ", ".join(named.mapped("partner_id.name"))),
            detail=self.env._(
                "The line has %(amount)s, the payments have %(sum)s. Compare the statement with the order and ask the bank.",
                amount=line.currency_id.format(line.amount),
                sum=", ".join(one.currency_id.format(one.amount) for one in named),
            ),
            record=line,
            amount=abs(line.amount),
            currency=line.currency_id,
        )
