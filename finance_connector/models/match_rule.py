"""What a company says of bank lines that nothing open explains: conditions, the account to book them on, and what differences it
tolerates. Versioned, rehearsed on history, put into force by a second person (INV-10).
"""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .statement_journals import STATEMENT_TYPES

_HUNDREDTHS = 100


class FinanceMatchRule(models.Model):
    _name = "finance.match.rule"
    _description = "Match rule"
    _inherit = ["finance.approved.version"]
    _order = "sequence, id"
    _content = (
        "name", "company_id", "journal_ids", "direction", "label_regex", "amount_min", "amount_max", "partner_id", "bank_code",
        "purpose", "mode", "account_id", "tax_id", "set_partner_id", "label", "tolerance", "tolerance_percent", "takes_discount",
        "sequence", "version",
    )  # fmt: skip
    _audited_as = "match_rule"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10, help="Of several rules that fit, the first one counts.")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    journal_ids = fields.Many2many(
        "account.journal", string="Bank accounts", domain=f"[('type', 'in', {STATEMENT_TYPES}), ('company_id', '=', company_id)]",
        help="Empty: all of the company."
    )  # fmt: skip
    direction = fields.Selection(
        [("any", "In or out"), ("in", "Money in"), ("out", "Money out")], required=True, default="any"
    )
    label_regex = fields.Char(string="Text", help="A regular expression that the text of the bank must have in it, in any case.")
    amount_min = fields.Float(string="From", digits=(16, 3), help="Of the amount without its sign.")
    amount_max = fields.Float(string="To", digits=(16, 3), help="Of the amount without its sign; nothing: no limit.")
    partner_id = fields.Many2one("res.partner", string="Payer or payee")
    bank_code = fields.Char(help="What the bank's code of the transaction begins with, such as PMNT/CCRD.")
    purpose = fields.Selection(
        [("book", "Book the line to an account"), ("difference", "Book a difference to an account")],
        required=True, default="book",
    )  # fmt: skip
    mode = fields.Selection(
        [("propose", "Propose to a person"), ("auto", "Apply by itself")], required=True, default="propose"
    )
    account_id = fields.Many2one(
        "account.account", required=True, check_company=True, domain="[('company_ids', 'in', company_id)]"
    )
    tax_id = fields.Many2one("account.tax", string="Tax in it", check_company=True)
    set_partner_id = fields.Many2one("res.partner", string="Partner to set")
    label = fields.Char(string="Text to book", help="Empty: the text of the bank.")
    tolerance = fields.Float(string="Up to", digits=(16, 3), help="The largest difference, in the currency of the bank account.")
    tolerance_percent = fields.Float(string="Up to, percent", help="The largest difference, of what is open.")
    takes_discount = fields.Boolean(string="Cash discounts", help="A cash discount that is taken in time counts as tolerated.")

    @api.constrains("label_regex")
    def _check_regex(self):
        for rule in self.filtered("label_regex"):
            try:
                re.compile(rule.label_regex)
            except re.error as error:
                raise ValidationError(
                    self.env._("%(text)s is no regular expression: %(error)s.", text=rule.label_regex, error=error)
                ) from error

    @api.constrains(
        "amount_min", "amount_max", "tolerance", "tolerance_percent", "label_regex", "partner_id", "bank_code", "purpose"
    )
    def _check_conditions(self):
        for rule in self:
            if rule.amount_max and rule.amount_max < rule.amount_min:
                raise ValidationError(self.env._("%s fits no amount: From is above To.", rule.name))
            names = rule.label_regex or rule.partner_id or rule.bank_code
            if rule.purpose == "book" and not names:
                raise ValidationError(
                    self.env._("%s would book every bank line: give it a text, a payer or a code of the bank.", rule.name)
                )
            if rule.purpose == "difference" and not (rule.tolerance and rule.tolerance_percent) and not rule.takes_discount:
                raise ValidationError(self.env._("%s tolerates nothing: say up to how much, and up to what percent.", rule.name))

    # --- use ----------------------------------------------------------------------------------------------------------

    @api.model
    def _in_force(self, company, purpose):
        """The rules of ``company`` that are approved as they stand, the first to count first."""
        rules = self.sudo().search([("company_id", "=", company.id), ("state", "=", "approved"), ("purpose", "=", purpose)])
        return rules.filtered(lambda rule: rule._is_valid())

    def _first_for(self, line):
        """The first of these rules that fits the bank line; an empty recordset if none does."""
        return next((rule for rule in self if rule._fits(line)), self.browse())

    def _fits(self, line):
        """Whether all conditions hold for the bank line."""
        self.ensure_one()
        amount = abs(line.amount)
        return bool(
            (not self.journal_ids or line.journal_id in self.journal_ids)
            and (self.direction == "any" or (line.amount > 0) == (self.direction == "in"))
            and amount >= self.amount_min
            and (not self.amount_max or amount <= self.amount_max)
            and (not self.partner_id or line.partner_id.commercial_partner_id == self.partner_id.commercial_partner_id)
            and (line.fc_bank_code or "").startswith(self.bank_code or "")
            and (not self.label_regex or re.search(self.label_regex, line.payment_ref or "", re.IGNORECASE))
        )

    def _row(self, amount):
        """The account row of a choice (see `reconcile_choice`) that books ``amount`` (text) as the rule says."""
        self.ensure_one()
        row = {"account_id": self.account_id.id, "amount": amount, "tax_id": self.tax_id.id, "label": self.label or ""}
        return row | ({"partner_id": self.set_partner_id.id} if self.set_partner_id else {})

    @property
    def _basis_points(self):
        """The tolerated percentage as hundredths of a percent."""
        return round(self.tolerance_percent * _HUNDREDTHS)

    def _same_name(self):
        """The domain of the versions of this rule."""
        return [("name", "=", self.name), ("company_id", "=", self.company_id.id)]

    def _approve(self, user):
        result = super()._approve(user)
        self.env["finance.provider"]._wake("finance_connector.cron_reconcile")
        return result
