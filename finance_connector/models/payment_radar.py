"""The double-payment radar of an order: what looks as if it was paid before is looked at by a person, who says why not."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import double_payment
from ..core.money import Money, minor_units

# Documents of payments; a payment of none has no row of `t`.
_DOCUMENTS = """
SELECT i.id, m.name, i.partner_id, b.sanitized_acc_number, COALESCE(t.amount, i.amount)::text, c.name,
       COALESCE(NULLIF(m.ref, ''), m.payment_reference), i.reference, i.text, i.execution_date, i.state, o.name, t.id IS NOT NULL
  FROM finance_payment_instruction i
  JOIN finance_payment_order o ON o.id = i.order_id
  JOIN res_currency c ON c.id = i.currency_id
  LEFT JOIN res_partner_bank b ON b.id = i.bank_account_id
  LEFT JOIN finance_payment_item t ON t.instruction_id = i.id
  LEFT JOIN account_move_line l ON l.id = t.move_line_id
  LEFT JOIN account_move m ON m.id = l.move_id
 WHERE (t.id IS NULL OR t.amount > 0) AND
"""
_OF_ORDER = _DOCUMENTS + "i.order_id = %s"
_OF_THESE = _DOCUMENTS + "i.id = ANY(%s)"
# What may have been paid before an order: by others, in its direction, and not given up.
_EARLIER = """i.company_id = %s AND o.id IS DISTINCT FROM %s AND o.state <> 'draft'
   AND i.state NOT IN ('cancelled', 'rejected', 'returned') AND o.kind = %s AND i.execution_date >= %s"""
_BEFORE = f"""{_DOCUMENTS} {_EARLIER}
   AND (i.partner_id IN (SELECT unnest(%s::int[])) OR b.sanitized_acc_number IN (SELECT unnest(%s::text[])))"""
# The payments of an order whose payee, or account, occurs anywhere else: only these can look like another one.
_ALIKE = f"""
WITH mine AS (
    SELECT i.id, i.partner_id, b.sanitized_acc_number AS account
      FROM finance_payment_instruction i
      LEFT JOIN res_partner_bank b ON b.id = i.bank_account_id
      LEFT JOIN finance_payment_item t ON t.instruction_id = i.id
     WHERE i.order_id = %s AND (t.id IS NULL OR t.amount > 0)
), others AS (
    SELECT i.partner_id, b.sanitized_acc_number AS account
      FROM finance_payment_instruction i
      JOIN finance_payment_order o ON o.id = i.order_id
      LEFT JOIN res_partner_bank b ON b.id = i.bank_account_id
     WHERE {_EARLIER}
     UNION ALL
    SELECT p.partner_id, b.sanitized_acc_number
      FROM account_payment p LEFT JOIN res_partner_bank b ON b.id = p.partner_bank_id
     WHERE p.company_id = %s AND p.date >= %s
)
SELECT DISTINCT id FROM mine
 WHERE partner_id IN (SELECT partner_id FROM mine GROUP BY 1 HAVING count(*) > 1)
    OR account IN (SELECT account FROM mine GROUP BY 1 HAVING count(*) > 1)
    OR partner_id IN (SELECT partner_id FROM others) OR account IN (SELECT account FROM others)
"""


class _Document(NamedTuple):
    """A row of `_DOCUMENTS`."""

    id: int
    bill: str | None
    payee_id: int
    account: str | None
    amount: str
    currency: str
    bill_reference: str | None
    reference: str | None
    text: str | None
    day: date | None
    state: str
    order: str
    is_of_bill: bool


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    suspicion_text = fields.Text(compute="_compute_suspicion_text", string="Perhaps paid before")
    suspicion_answer = fields.Char(string="Why it is no double payment", copy=False, tracking=True)

    @api.depends("instruction_ids.amount", "instruction_ids.item_ids", "execution_date")
    def _compute_suspicion_text(self):
        for order in self:
            order.suspicion_text = "\n".join(one.text for one in order._suspicions())

    def _suspicions(self, levels=(double_payment.HOLD, double_payment.LOOK)):
        """What the radar finds for the payments of the order."""
        self.ensure_one()
        payments = self.env["finance.payment.instruction"].sudo()
        since = (self.execution_date or fields.Date.today()) - double_payment.WINDOW - timedelta(days=1)
        earlier = (self.company_id.id, self._origin.id or None, self.kind, since)
        if self.id:
            mine = payments._documents(_OF_THESE, self._alike(earlier))
        else:
            # As it is just entered.
            mine = [one for instruction in self.instruction_ids for one in instruction._as_paid()]
        if not mine:
            return []
        payees, accounts = {int(one.payee) for one in mine if one.payee.isdigit()}, {one.account for one in mine if one.account}
        history = payments._documents(_BEFORE, *earlier, sorted(payees), sorted(accounts))
        history += self._paid_otherwise(payees)
        return [one for one in double_payment.suspicions(mine, history) if one.level in levels]

    def _alike(self, earlier):
        """Ids of the payments of the order that share payee or account with anything. ``earlier``: parameters of `_EARLIER`."""
        company_id, *_others, since = earlier
        self.env.flush_all()
        self.env.cr.execute(_ALIKE, [self.id, *earlier, company_id, since])
        return [key for (key,) in self.env.cr.fetchall()]

    def _paid_otherwise(self, payees):
        """Payments by Odoo's own means to the same payees, also those whose reconciliation was undone: the money is gone all the
        same."""
        direction = "inbound" if self.is_collection else "outbound"
        payments = (
            self.env["account.payment"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("payment_type", "=", direction),
                    ("state", "in", ("in_process", "paid")),
                    ("partner_id", "in", sorted(payees)),
                    ("date", ">=", (self.execution_date or fields.Date.today()) - double_payment.WINDOW),
                ]
            )
        )
        return [
            double_payment.Payment(
                one.name or "/",
                str(one.partner_id.commercial_partner_id.id),
                one.partner_bank_id.sanitized_acc_number or "",
                Money.from_decimal(Decimal(str(round(one.amount, 6))), one.currency_id.name),
                one.memo or "",
                one.date,
                self.env._("paid in Odoo"),
            )
            for one in payments
        ]

    def _refuse_suspicions(self):
        """What is nearly certain to be a double payment is not submitted before somebody has said why it is none."""
        found = self._suspicions((double_payment.HOLD,))
        if found and not (self.suspicion_answer or "").strip():
            raise UserError(
                self.env._(
                    "This may have been paid before:\n%s\nCompare the documents. If it is no double payment, say why on the "
                    "order, and submit it then.",
                    "\n".join(one.text for one in found),
                )
            )


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    @api.model
    def _documents(self, query, *parameters):
        """The documents of payments as the radar compares them, found by one statement."""
        self.env.flush_all()
        self.env.cr.execute(query, [*parameters])
        told, today, found = {}, fields.Date.today(), []
        for one in map(_Document._make, self.env.cr.fetchall()):
            if (one.state, one.order) not in told:
                told[one.state, one.order] = self._told_state(one.state, one.order)
            found.append(
                double_payment.Payment(
                    (one.bill or "/") if one.is_of_bill else self.browse(one.id).display_name,
                    str(one.payee_id),
                    one.account or "",
                    Money(minor_units(one.amount, one.currency), one.currency),
                    (one.bill_reference if one.is_of_bill else one.reference or one.text) or "",
                    one.day or today,
                    told[one.state, one.order],
                )
            )
        return found

    def _told_state(self, state, order):
        label = dict(self._fields["state"]._description_selection(self.env))[state]
        return self.env._("%(state)s in %(order)s", state=label.lower(), order=order)

    def _as_paid(self):
        """The same of one payment that is just entered."""
        self.ensure_one()
        told = self._told_state(self.state, self.order_id.name)
        payee, account = str(self.partner_id.id), self.bank_account_id.sanitized_acc_number or ""
        day = self.execution_date or fields.Date.today()
        if not self.item_ids:
            return [
                double_payment.Payment(
                    self.display_name, payee, account, self._money(), self.reference or self.text or "", day, told
                )
            ]
        return [
            double_payment.Payment(
                item.move_id.name or "/",
                payee,
                account,
                Money(item._minor(), self.currency_id.name),
                item.move_id.ref or item.move_id.payment_reference or "",
                day,
                told,
            )
            for item in self.item_ids
            if item.amount > 0
        ]
