"""What else a pain.001 tells of payments: who bears the charges, for whom we pay, for whom the payee takes the money, and why."""

from odoo import api, fields, models

from ..payments import pain001


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    charge_bearer = fields.Selection(
        [("SHAR", "Shared"), ("DEBT", "We pay all of them"), ("CRED", "The payee pays all of them"), ("SLEV", "By the scheme")],
        string="Charges of the banks",
        help="Empty: as is usual in the scheme. SEPA knows only what the scheme says.",
    )
    ultimate_debtor_id = fields.Many2one("res.partner", string="Paid on behalf of", help="Empty: we pay for ourselves.")
    tells_parties = fields.Boolean(compute="_compute_tells_parties")

    @api.depends("kind", "file_format")
    def _compute_tells_parties(self):
        for order in self:
            order.tells_parties = not order.is_collection and order.file_format in (pain001.NEW, pain001.OLD)


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    ultimate_creditor_id = fields.Many2one("res.partner", string="In favour of", help="Empty: the payee keeps the money.")
    purpose = fields.Char(size=4, help="ISO 20022 code of four letters, such as SUPP or RENT; the payee's bank passes it on.")

    def _references(self):
        told = (self.purpose, self.ultimate_creditor_id and f"in favour of {self.ultimate_creditor_id.id}")
        return (*super()._references(), *filter(None, told))
