"""The notice before a collection: the debtor is told of day, amount and mandate, in its own language, in time (EPC rulebook: 14
days unless agreed otherwise). Nothing is sent to the bank whose debtor was not told."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from .limits import limit


class FinanceMandate(models.Model):
    _inherit = "finance.mandate"

    def _days_of_notice(self):
        """So many days before the collection its debtor is told."""
        self.ensure_one()
        return self.notice_days or limit(self.env, "notice_days")


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    def action_notify(self):
        """Tell the debtors of what is approved and was not told yet."""
        for order in self:
            order._check_maker()
            if order.state != "approved":
                raise UserError(self.env._("%s is not approved; debtors are told of what is certain.", order.name))
            order.sudo()._notify_debtors()
        return True

    def _derive_approval(self, facts=None):
        super()._derive_approval(facts)
        if self.is_collection and self.state == "approved":
            self._notify_debtors()

    def _notify_debtors(self):
        """Send the notices of one approved order: each once for what it says."""
        template = self.env.ref("finance_connector.mail_collection_notice")
        for one in self.instruction_ids.filtered(lambda one: one.mandate_id.notice == "mail"):
            says = one._notice_says()
            if one.notified_of == says or not one.partner_id.email:
                continue
            template.send_mail(one.id)
            one.write({"notified_on": fields.Date.context_today(self), "notified_of": says})
            self._audit("notify", collection=one.end_to_end_id, debtor=one.partner_id.id, says=says)


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    notified_on = fields.Date(string="Debtor told on", readonly=True, copy=False)
    notified_of = fields.Char(readonly=True, copy=False, help="Day, amount and mandate that the debtor was told.")

    def _notice_says(self):
        return f"{self._day()} {self._money()} {self.mandate_id.reference}"

    def _notice_problems(self, sending=False):
        """Why the debtor is not told in time; nothing if it is. Before ``sending`` there may still be time to tell it."""
        mandate, day = self.mandate_id, self._day()
        if mandate.notice != "mail":
            return []
        told = self.notified_on if self.notified_of == self._notice_says() else None
        if not told and not self.partner_id.email:
            text = self.env._(
                "%s has no e-mail address, so it cannot be told of the collection. Enter one, or have the invoice tell it.",
                self.partner_id.name,
            )
            return [text]
        if sending and not told:
            return [self.env._("%s was not told of the collection as it is now. Send the notices.", self.display_name)]
        earliest = (told or fields.Date.context_today(self)) + timedelta(days=mandate._days_of_notice())
        if day < earliest:
            return [
                self.env._(
                    "%(what)s is told %(days)s days before: collect on %(day)s or later.",
                    what=self.display_name,
                    days=mandate._days_of_notice(),
                    day=earliest,
                )
            ]
        return []


class AccountMove(models.Model):
    _inherit = "account.move"

    fc_collection_notice = fields.Char(compute="_compute_fc_collection_notice", string="Notice of the direct debit")

    @api.depends("state", "amount_residual", "partner_id", "invoice_date_due")
    def _compute_fc_collection_notice(self):
        """What the invoice tells of its collection, where it is the notice: in the language of the document."""
        mandates, orders = self.env["finance.mandate"].sudo(), self.env["finance.payment.order"]
        for move in self:
            move.fc_collection_notice = ""
            if move.move_type != "out_invoice" or move.state != "posted" or not move.amount_residual:
                continue
            mandate = mandates._for_debtor(move.company_id, move.partner_id, move.currency_id)
            if mandate.notice != "document":
                continue
            items = move.line_ids.filtered(lambda item: item.account_type == "asset_receivable" and not item.reconciled)
            parts = [
                self.env._(
                    "%(amount)s on %(day)s",
                    amount=formatLang(self.env, item.amount_residual_currency, currency_obj=item.currency_id),
                    day=format_date(self.env, orders._day_of(item, mandate)),
                )
                for item in items
            ]
            move.fc_collection_notice = self.env._(
                "We collect by direct debit: %(parts)s. Mandate reference %(mandate)s, creditor identifier %(creditor)s.",
                parts=", ".join(parts),
                mandate=mandate.reference,
                creditor=move.company_id.fc_creditor_id or move.company_id.fc_bacs_service_user or "",
            )
