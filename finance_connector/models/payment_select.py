"""Paying what is selected: bills, refunds and journal items become a draft order; what is blocked is not paid."""

from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    fc_payment_block = fields.Char(string="Not to be paid because", copy=False, tracking=True)

    def action_finance_pay(self):
        """A draft payment order of the selected bills."""
        return self.line_ids.action_finance_pay()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def action_finance_pay(self):
        """A draft payment order of the selected journal items that are open."""
        orders = self.env["finance.payment.order"]
        items = orders._owed(self)
        items._refuse_blocked()
        if not items:
            raise UserError(
                self.env._("Nothing of these is open and owed to anybody. Choose open items of payable accounts with a partner.")
            )
        journal = orders._default_journal(items.company_id)
        return orders._for_items(journal, items, scheme=orders._scheme_for(journal, items.currency_id[:1]))._as_action()

    def _refuse_blocked(self):
        moves = self.move_id
        blocked = moves.filtered("fc_payment_block") | self.filtered("partner_id.commercial_partner_id.fc_payment_block").move_id
        if blocked:
            raise UserError(self.env._("These are not to be paid: %s.", ", ".join(blocked.mapped("name"))))


class ResPartner(models.Model):
    _inherit = "res.partner"

    fc_payment_block = fields.Char(string="No payments because", help="Bills of this partner are not proposed for payment.")
