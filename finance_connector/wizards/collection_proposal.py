"""What is due and can be collected, before it becomes an order; and what cannot, with the reason."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.limits import limit


class FinanceCollectionProposal(models.TransientModel):
    _name = "finance.collection.proposal"
    _description = "Collection proposal"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    journal_id = fields.Many2one(
        "account.journal",
        string="Our bank account",
        required=True,
        default=lambda self: self.env["finance.payment.order"]._default_journal(self.env.company),
        domain="[('type', '=', 'bank'), ('company_id', '=', company_id)]",
    )
    due_until = fields.Date(
        string="Due until",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=limit(self.env, "notice_days")),
        help="Invoices that are due later wait for another order.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_found")
    count = fields.Integer(string="Open items", compute="_compute_found")
    amount_total = fields.Monetary(string="Total", compute="_compute_found")
    left_text = fields.Text(string="Not these", compute="_compute_found")

    def _compute_display_name(self):
        for one in self:
            one.display_name = self.env._("Collection proposal")

    @api.depends("journal_id", "due_until")
    def _compute_found(self):
        for one in self:
            items, left = one._found()
            one.currency_id = one._currency()
            one.count = len(items)
            one.amount_total = sum(items.mapped("amount_residual_currency"))
            one.left_text = "\n".join(
                dict.fromkeys(f"{item.move_id.name} ({item.partner_id.name or '/'}): {why}" for item, why in left)
            )

    def _currency(self):
        return self.journal_id.currency_id or self.company_id.currency_id

    def _found(self):
        """(the journal items that can be collected, pairs of a journal item and why it cannot)."""
        self.ensure_one()
        items = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("account_type", "=", "asset_receivable"),
                ("currency_id", "=", self._currency().id),
                ("move_id.move_type", "in", ("out_invoice", "out_refund")),
                "|",
                ("date_maturity", "<=", self.due_until),
                ("move_id.move_type", "=", "out_refund"),
            ],
            order="date_maturity, id",
        )
        mandates, left = self.env["finance.payment.order"]._collectable(self.company_id, items)
        # Who gave no mandate pays otherwise; only what stands in the way of a collection is worth a line.
        debtors = self.env["finance.mandate"].search([("company_id", "=", self.company_id.id)]).partner_id.commercial_partner_id
        told = [(item, left[item.id]) for item in items if item.id in left and item.partner_id.commercial_partner_id in debtors]
        found = items.filtered(lambda item: item.id in mandates)
        owing = found.filtered(lambda item: item.amount_residual_currency > 0).partner_id.commercial_partner_id
        return found.filtered(lambda item: item.partner_id.commercial_partner_id in owing), told

    def action_make_order(self):
        """The draft order of what can be collected."""
        self.ensure_one()
        items, _left = self._found()
        if not items:
            raise UserError(self.env._("Nothing is due until %s that can be collected.", self.due_until))
        return self.env["finance.payment.order"]._for_invoices(self.journal_id, items)._as_action()
