"""Who changed the bank account of a payee, and when: for a time that person cannot approve payments to it (INV-10)."""

from odoo import api, fields, models

_WATCHED = ("acc_number", "partner_id", "bank_id", "acc_holder_name", "currency_id", "active")


class FinancePayeeEdit(models.Model):
    _name = "finance.payee.edit"
    _description = "Change of a payee's account"
    _inherit = ["finance.append.only"]
    _order = "id desc"
    _rec_name = "number"
    _log_access = False

    bank_account_id = fields.Many2one("res.partner.bank", readonly=True, index=True, ondelete="set null")
    partner_id = fields.Many2one("res.partner", readonly=True, index=True, ondelete="set null")
    number = fields.Char(readonly=True, help="The account number after the change.")
    former_number = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    at = fields.Datetime(required=True, readonly=True)

    # A reference that is emptied because its record is gone is no change of the evidence.
    _mutable_columns = frozenset({"bank_account_id", "partner_id"})


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made._note_edit({})
        return made

    def write(self, vals):
        if not set(vals) & set(_WATCHED):
            return super().write(vals)
        before = {account.id: account.acc_number for account in self}
        result = super().write(vals)
        self._note_edit(before)
        return result

    def _note_edit(self, before):
        self.env["finance.payee.edit"].sudo().create(
            [
                {
                    "bank_account_id": account.id,
                    "partner_id": account.partner_id.id,
                    "number": account.acc_number,
                    "former_number": before.get(account.id),
                    "user_id": self.env.uid,
                    "at": fields.Datetime.now(),
                }
                for account in self
            ]
        )
        # What was approved for the former number is void, and the order shows it at once.
        waiting = (
            self.env["finance.payment.instruction"]
            .sudo()
            .search([("bank_account_id", "in", self.ids), ("order_id.state", "in", ("to_approve", "approved"))])
        )
        waiting.order_id._derive()
