"""What a company needs for collecting: its names in the schemes, and where charges of returned collections are booked."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import payee_account
from ..core.errors import FinanceError


class ResCompany(models.Model):
    _inherit = "res.company"

    fc_creditor_id = fields.Char(string="SEPA creditor identifier")
    fc_bacs_service_user = fields.Char(string="Bacs service user number")
    fc_return_charge_account_id = fields.Many2one(
        "account.account",
        string="Charges of returned payments",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost'))]",
    )

    @api.constrains("fc_creditor_id", "fc_bacs_service_user")
    def _check_collection_ids(self):
        for company in self:
            number = company.fc_bacs_service_user
            if number and not (number.isascii() and number.isdigit() and len(number) == 6):
                raise ValidationError(self.env._("The Bacs service user number %s has to have six digits.", number))
            try:
                if company.fc_creditor_id:
                    payee_account.creditor_id(company.fc_creditor_id)
            except FinanceError as error:
                raise ValidationError(str(error)) from error


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    fc_creditor_id = fields.Char(related="company_id.fc_creditor_id", readonly=False)
    fc_bacs_service_user = fields.Char(related="company_id.fc_bacs_service_user", readonly=False)
    fc_return_charge_account_id = fields.Many2one(related="company_id.fc_return_charge_account_id", readonly=False)
