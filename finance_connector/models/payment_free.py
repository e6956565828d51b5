"""Payments without a document: entered by hand, and booked on an account when the bank has executed them or given them back."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Where money is kept, and what is in no balance: nothing is booked there by hand.
_NOT_BOOKED_ON = ("asset_cash", "liability_credit_card", "off_balance")


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    account_id = fields.Many2one(
        "account.account",
        string="Booked on",
        ondelete="restrict",
        domain=f"[('company_ids', 'parent_of', company_id), ('account_type', 'not in', {_NOT_BOOKED_ON})]",
        help="Of a payment without a bill: the account that it is booked on when the bank has executed it. Empty: the payable "
        "account of the payee, where it waits for the bill.",
    )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Who is entered by hand is paid to the first account."""
        own = self.partner_id.commercial_partner_id.bank_ids
        if self.kind != "collection" and self.bank_account_id not in own:
            self.bank_account_id = own[:1]

    @api.constrains("account_id", "item_ids")
    def _check_account(self):
        for one in self.filtered("account_id"):
            if one.item_ids:
                raise ValidationError(
                    self.env._("%s pays bills and is booked on their accounts. Leave the account empty.", one.display_name)
                )
            if one.company_id not in one.account_id.company_ids or one.account_id.account_type in _NOT_BOOKED_ON:
                raise ValidationError(
                    self.env._(
                        "%(payment)s cannot be booked on %(account)s. Choose another account of %(company)s.",
                        payment=one.display_name,
                        account=one.account_id.display_name,
                        company=one.company_id.name,
                    )
                )

    def _references(self):
        return (*super()._references(), *([f"account {self.account_id.id}"] if self.account_id else []))

    def _booked_on(self):
        """The account that a payment without a document is booked on."""
        self.ensure_one()
        return self.account_id or self.partner_id.with_company(self.company_id).property_account_payable_id


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    def _free_row(self, one, sign=-1):
        """The counterpart of ``one``, a payment without a document; ``sign``: -1 if it was executed, 1 if it came back."""
        label = one.text or one.reference or one.order_id.name
        amount = sign * one._money().to_decimal()
        return {"account_id": one._booked_on().id, "amount": str(amount), "label": label, "partner_id": one.partner_id.id}

    def _free_entries(self, line, one):
        """What executing ``one`` left open on its account, to be reconciled with ``line``, which moves the money back."""
        lines = one.bank_line_ids.filtered(lambda other: other.amount * line.amount < 0)
        mine = lines.move_id.line_ids.filtered(
            lambda item: (item.account_id, item.partner_id) == (one._booked_on(), one.partner_id) and not item.reconciled
        )
        return mine.filtered(
            lambda item: item.account_id.reconcile and self._exact(item.amount_residual_currency) == one._money().to_decimal()
        )[:1]
