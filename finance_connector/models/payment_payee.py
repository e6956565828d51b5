"""What is new of a payee since the last payment: nobody was paid before, or the money goes to another account."""

from odoo import api, fields, models

# The account of the newest payment to the payee that left us, and whether that or this account was changed since.
_LAST = """
  LEFT JOIN res_partner_bank own ON own.id = mine.account_id
  LEFT JOIN LATERAL (
      SELECT i.id, b.sanitized_acc_number AS account, o.create_date AS ordered_at
        FROM finance_payment_instruction i
        JOIN finance_payment_order o ON o.id = i.order_id
        LEFT JOIN res_partner_bank b ON b.id = i.bank_account_id
       WHERE i.partner_id = mine.partner_id AND i.company_id = mine.company_id AND i.kind = 'transfer'
         AND i.state NOT IN ('draft', 'approved', 'cancelled', 'rejected') AND i.id IS DISTINCT FROM mine.id
       ORDER BY i.id DESC LIMIT 1
  ) AS last ON true
"""
_IS_EDITED = "EXISTS (SELECT FROM finance_payee_edit e WHERE e.bank_account_id = mine.account_id AND e.at > last.ordered_at)"
_NEWS = f"""
SELECT mine.number, last.id IS NULL, last.account IS DISTINCT FROM own.sanitized_acc_number, {_IS_EDITED}
  FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int[])
       AS mine (number, id, partner_id, company_id, account_id)
{_LAST}
"""
_HAS_NEWS = f"""
SELECT EXISTS (
    SELECT FROM (SELECT id, partner_id, company_id, bank_account_id AS account_id
                   FROM finance_payment_instruction WHERE order_id = %s AND kind = 'transfer') mine
{_LAST}
     WHERE last.id IS NULL OR last.account IS DISTINCT FROM own.sanitized_acc_number OR {_IS_EDITED})
"""

_IS_CHANGED = f"last.id IS NOT NULL AND (last.account IS DISTINCT FROM own.sanitized_acc_number OR {_IS_EDITED})"
_PAYEES = f"""
SELECT mine.partner_id, mine.currency_id, sum(mine.amount)::text, count(*),
       CASE WHEN bool_or(mine.kind = 'transfer' AND {_IS_CHANGED}) THEN 'changed'
            WHEN bool_or(mine.kind = 'transfer' AND last.id IS NULL) THEN 'new' END,
       string_agg(DISTINCT own.acc_number, ', ')
  FROM (SELECT id, partner_id, company_id, bank_account_id AS account_id, currency_id, amount, kind
          FROM finance_payment_instruction WHERE order_id = ANY(%s)) mine
{_LAST}
 GROUP BY mine.partner_id, mine.currency_id
"""


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    def _payees(self):
        """(payee id, currency id, amount, number of payments, what is new, account numbers) of each payee of these orders."""
        self.env.flush_all()
        self.env.cr.execute(_PAYEES, [self.ids])
        return self.env.cr.fetchall()

    def _has_news(self):
        """Whether a payee of one order is new, or its account: as `payee_news` of its payments, asked of all at once."""
        self.env.flush_all()
        self.env.cr.execute(_HAS_NEWS, [self.id])
        return self.env.cr.fetchone()[0]


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    payee_news = fields.Selection(
        [("new", "New payee"), ("changed", "Changed account")], compute="_compute_payee_news", string="New or changed"
    )
    _payee_idx = models.Index("(partner_id, company_id, id)")

    @api.depends("partner_id", "bank_account_id")
    def _compute_payee_news(self):
        if not self:
            return
        mine = [
            (number, *map(_id, (one, one.partner_id, one.company_id, one.bank_account_id))) for number, one in enumerate(self)
        ]
        self.flush_model(["partner_id", "company_id", "kind", "state", "bank_account_id", "order_id"])
        self.env["res.partner.bank"].flush_model(["sanitized_acc_number"])
        self.env.cr.execute(_NEWS, [list(column) for column in zip(*mine, strict=True)])
        told = {number: row for number, *row in self.env.cr.fetchall()}
        for number, one in enumerate(self):
            is_first, is_other, is_edited = told[number]
            if not one.partner_id:
                one.payee_news = False
                continue
            one.payee_news = "new" if is_first else "changed" if is_other or is_edited else False


def _id(record):
    """The id in the database, also of a record that is just edited; None if it has none."""
    return record.id or record._origin.id or None
