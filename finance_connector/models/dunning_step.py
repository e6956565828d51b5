"""The steps of dunning cases that are due: collect again, write, ask a person, give up. Each is done once, with its commit."""

import logging
from datetime import timedelta
from textwrap import shorten

from markupsafe import escape
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..payments.reasons import reason
from .dunning import OPEN
from .inbox import CONCURRENCY
from .mandate_life import SUSPENDING

_logger = logging.getLogger(__name__)


class FinanceDunning(models.Model):
    _inherit = "finance.dunning"

    @api.model
    def _cron_dunning(self):
        """Scheduled action: start, end, and lead on what is due."""
        self.env["ir.cron"]._commit_progress(remaining=1)
        self._start_failed_transactions()
        for company in self.sudo().search([("state", "=", "running")]).company_id:
            self._settle(company)
        self.env["ir.cron"]._commit_progress()
        due = self.sudo().search([("state", "=", "running"), ("next_on", "<=", fields.Date.context_today(self))])
        for place, one in enumerate(due, 1):
            one.with_company(one.company_id)._step()
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(due) - place):
                return
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _set_next(self):
        """When the next step is due; nothing if none is left, and then it waits for the money or a person."""
        self.ensure_one()
        left = self.policy_id._steps()[self.step_count :]
        self.sudo().next_on = self.started_on + timedelta(days=left[0].after_days) if left else False

    def _step(self):
        """Do the next step of one case; if it fails, nothing of it is done and the responsible person is asked."""
        self.ensure_one()
        if self._under_way():
            self.next_on = fields.Date.context_today(self) + timedelta(days=1)
            return
        step = self.policy_id._steps()[self.step_count]
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_do_{step.action}")(step)
        except CONCURRENCY:
            raise
        except Exception as error:  # whatever one step breaks, the other cases go on
            _logger.info("A dunning step of case %s failed", self.id, exc_info=True)
            self._ask(self.env._("The step “%(step)s” could not be done: %(why)s", step=self._called(step), why=error))
        self._audit("step", action=step.action)
        if self.state == "running":
            self.step_count += 1
            self._set_next()

    def _called(self, step):
        return dict(step._fields["action"]._description_selection(self.env))[step.action]

    def _do_retry(self, _step):
        failed = self.instruction_ids.sorted("id")[-1:]
        table = "arudd" if failed.order_id.scheme == "bacs_debit" else "iso"
        final = [one for one in (reason(code, table) for code in (failed.reason_codes or "").split()) if one.action in SUSPENDING]
        if final and self.policy_id.stop_when_final:
            self._ask(self.env._("It is not collected again: %(why)s. %(advice)s", why=final[0].text, advice=final[0].advice))
            return
        if self._later_payments().filtered(lambda one: one.state in ("draft", "approved")):
            return
        order = failed.with_context(allowed_company_ids=self.company_id.ids)._collect_again(is_dunning=True)
        self._ask(self.env._("%s collects it again. Look at it and submit it for approval.", order.name))

    def _do_mail(self, step):
        if not self.partner_id.email:
            raise UserError(self.env._("%s has no e-mail address.", self.partner_id.name or "/"))
        template = step.template_id or self.env.ref("finance_connector.mail_dunning")
        template.sudo().send_mail(self.id)

    def _do_activity(self, step):
        self._ask(step.text or self.env._("Find out why the money of %s did not move.", self.partner_id.name or "/"))

    def _do_stop(self, _step):
        self._end("stopped", self.env._("All steps of the policy were done."))
        self.env["finance.exception"]._raise(
            "dunning_ended",
            self.id,
            self.company_id,
            self.env._("The money of %s did not come", self.partner_id.name or "/"),
            detail=self.env._(
                "All steps of “%(policy)s” were done. %(why)s", policy=self.policy_id.name, why=self.reason_text or ""
            ),
            record=self,
            amount=self.amount,
            currency=self.currency_id,
        )

    def _ask(self, text):
        self.activity_schedule(
            "mail.mail_activity_data_todo", summary=shorten(text, 120), note=escape(text), user_id=self.user_id.id
        )


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    def _tell_failures(self):
        super()._tell_failures()
        for one in self.filtered(lambda one: one.state in ("rejected", "returned")):
            self.env["finance.dunning"]._start_for_payment(one)


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    @api.model
    def _held_debtors(self, company, partners):
        cases = (
            self.env["finance.dunning"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("state", "in", OPEN),
                    ("trigger", "=", "collection"),
                    ("policy_id.hold", "=", True),
                    ("partner_id", "in", partners.ids),
                ]
            )
        )
        return super()._held_debtors(company, partners) | cases.partner_id


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    @api.model
    def _reconcile_company(self, company):
        finished = super()._reconcile_company(company)
        self.env["finance.dunning"]._settle(company)
        return finished


class FinanceTransaction(models.Model):
    _inherit = "finance.transaction"

    def _dunned_documents(self):
        """The invoices that the payment was for."""
        self.ensure_one()
        if self.invoice_ids or not self.reference:
            return self.invoice_ids
        return self.env["account.move"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                "|",
                ("name", "=", self.reference),
                ("payment_reference", "=", self.reference),
            ]
        )

    def _dunned_partner(self):
        """Who has to pay: by the payment, its invoice, or its mandate."""
        mandate = self.env["finance.mandate"].search(
            [("provider_id", "=", self.provider_id.id), ("provider_reference", "=", self.customer_key or "-")], limit=1
        )
        found = self.partner_id or self._dunned_documents()[:1].partner_id or mandate.partner_id
        return found.commercial_partner_id

    def _dunned_is_paid(self):
        """Whether its money came after all: by a later attempt, or by any other way to its invoices."""
        documents = self._dunned_documents()
        paid = documents and all(move.payment_state in ("paid", "in_payment", "reversed") for move in documents)
        return bool(paid) or self.state in ("captured", "partially_refunded", "refunded")
