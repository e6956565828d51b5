"""Bank lines of payments that were sent: each line that names them is a fact (executed, or come back), and is reconciled with
the bills that they paid. Bills are never reconciled before (a file that was sent has paid nobody yet). For collections money
comes in when they are executed, and leaves when they come back."""

from collections import defaultdict
from datetime import datetime, time, timezone
from decimal import Decimal

from odoo import api, models

from ..core.approval_content import COLLECTION
from ..core.instruction_facts import InstructionFact
from ..core.money import Money
from .inbox import CONCURRENCY
from .limits import limit

# Lines that name payments of ours by their end-to-end ids, alone or as members of a batch, or by the batch as a whole. Those
# that were explained are not looked at again: a batch still names what the bank had rejected of it.
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
                    WHERE f.order_id = i.order_id AND n.batch IN (f.message_name, f.message_name || i.batch_number)))
 WHERE NOT EXISTS (SELECT FROM finance_payment_bank_line_rel r WHERE r.account_bank_statement_line_id = n.line_id)
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
            named = instructions.browse(told)
            for key, fact in told.items():
                facts[key] += filter(None, [fact])
            booked.append((line, named))
            self._link_payments(line, named)
            why = self.env._("What is known of the payments now fits the line.")
            self.env["finance.exception"]._clear("payment_answer", f"line-{line.id}", company, why)
        instructions._take_facts(facts, None)
        # What was executed is booked before what came back of it.
        for line, named in sorted(booked, key=lambda pair: (self._moved(*pair) < 0, pair[0].id)):
            if not line.is_reconciled:
                self._book_payment_line(company, line, named)

    def _payment_facts(self, line, named):
        """Instruction id -> the fact that ``line`` is, or None where it belongs to the payment and tells nothing new of it.

        None instead of all if it has another amount than they have together.
        """
        if len(set(named.mapped("kind"))) != 1 or any(one.currency_id != line.currency_id for one in named):
            return None
        moved = self._moved(line, named)
        if moved < 0:
            return self._returned_facts(line, named, -moved)
        # What the bank rejected before is not in the sum that it books for the batch.
        for some in (named, named.filtered(lambda one: one.state != "rejected")):
            if moved == sum((one._money().to_decimal() for one in some), Decimal(0)):
                return {one.id: self._line_fact("execute", line, one, one._money()) for one in some}
        return None

    def _moved(self, line, named):
        """What ``line`` moved in the direction of ``named``; negative if it came back."""
        return self._exact(line.amount) * (1 if named[0].kind == COLLECTION else -1)

    def _returned_facts(self, line, named, moved):
        """The facts of money that moved back; less of it where the bank kept charges, up to a named limit (INV-14). None if it
        does not fit."""
        ordered = named[0]._money().to_decimal()
        if len(named) != 1 or not ordered - limit(self.env, "return_charges") <= moved <= ordered:
            return None
        came = Money.from_decimal(moved, line.currency_id.name)
        return {named.id: self._line_fact("return", line, named, came, charges=(named._money() - came) or None)}

    def _line_fact(self, kind, line, one, amount, charges=None):
        at = datetime.combine(line.fc_value_date or line.date, time(12), timezone.utc)
        name = f"{line.fc_bank_id or line.fc_import_uid or line.id}/{one.id}"
        if kind == "execute":
            return InstructionFact(kind, name, at, source="camt.053", amount=amount)
        code = self._return_code(line, one)
        return InstructionFact(
            kind,
            name,
            at,
            source="camt.053",
            amount=amount,
            charges=charges,
            reasons=(code,) if code else (),
            text=line.payment_ref or "",
        )

    @staticmethod
    def _return_code(line, one):
        """Why ``one`` came back, as its member of a batch says, or the whole line."""
        members = (line.fc_details or {}).get("members", [])
        own = [each for each in members if each.get("references", {}).get("EndToEndId") == one.end_to_end_id]
        told = [each.get("return_reason") for each in own]
        return next(filter(None, told), line.fc_return_reason or "")

    def _link_payments(self, line, named):
        self.env.cr.execute_values(
            """INSERT INTO finance_payment_bank_line_rel (finance_payment_instruction_id, account_bank_statement_line_id)
               VALUES %s ON CONFLICT DO NOTHING""",
            [(one.id, line.id) for one in named],
        )
        named.invalidate_recordset(["bank_line_ids"])

    def _book_payment_line(self, company, line, named):
        """Reconcile ``line`` with what the payments paid, or with what it moves back of it; then what waited for it."""
        if self._moved(line, named) < 0:
            self._book_taken_back(company, line, named)
        else:
            self._book_payment(company, line, named)
        self._book_waiting(company, line, named)

    def _book_payment(self, company, line, named):
        """Reconcile ``line`` with what the payments paid. What cannot be booked as it was ordered is left to the matching."""
        free = named.filtered(lambda one: not one.item_ids)
        items = named.item_ids.filtered(lambda item: not item.move_line_id.reconciled)
        if sum(item._minor() for item in items) != sum(one._money().minor for one in named - free):
            return
        choice = {
            "items": [
                {"id": item.move_line_id.id, "amount": str(self._exact(item.move_line_id.amount_residual_currency))}
                if item.takes_discount
                else {"id": item.move_line_id.id, "amount": str(self._exact(-item.amount))}
                for item in items
            ],
            "discounts": [item.move_line_id.id for item in items if item.takes_discount],
            "write_offs": [self._free_row(one) for one in free],
        }
        self._book_safely(company, line, named, lambda: self._choose(line, choice, self.env.user))

    def _book_safely(self, company, line, named, step):
        """Call ``step``, which books ``line``: all of it is done, or nothing and an exception tells why."""
        try:
            with self.env.cr.savepoint():
                step()
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
