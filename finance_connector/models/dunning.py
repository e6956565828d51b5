"""One case of money that did not move: started by the failure, led step by step by its policy, ended when the money comes."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.approval_content import COLLECTION
from .dunning_policy import TRIGGERS

OPEN = ("running", "held")
STATES = [("running", "Running"), ("held", "Held"), ("done", "The money came"), ("stopped", "Given up")]
_DERIVED = {"state", "why", "step_count", "next_on", "instruction_ids", "transaction_id", "policy_id"}


class FinanceDunning(models.Model):
    _name = "finance.dunning"
    _description = "Dunning case"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, next_on, id"
    _rec_name = "partner_id"

    policy_id = fields.Many2one("finance.dunning.policy", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    trigger = fields.Selection(TRIGGERS, required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True, index=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", string="Responsible", tracking=True)
    instruction_ids = fields.Many2many(
        "finance.payment.instruction", "finance_dunning_instruction_rel", string="Failed payments", readonly=True
    )
    transaction_id = fields.Many2one("finance.transaction", readonly=True, index="btree_not_null", ondelete="restrict")
    document_names = fields.Char(compute="_compute_documents", string="Documents")
    reason_text = fields.Text(compute="_compute_documents", string="Why it did not move")
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    started_on = fields.Date(readonly=True, required=True)
    step_count = fields.Integer(string="Steps done", readonly=True)
    next_on = fields.Date(string="Next step on", readonly=True)
    state = fields.Selection(STATES, required=True, default="running", readonly=True, index=True, tracking=True)
    why = fields.Char(string="Because", readonly=True, tracking=True)

    # A payment at a provider starts one case, whatever became of it.
    _transaction_uniq = models.UniqueIndex("(transaction_id) WHERE transaction_id IS NOT NULL")
    _due_idx = models.Index("(next_on) WHERE state = 'running'")

    @api.depends("instruction_ids.bill_names", "transaction_id")
    def _compute_documents(self):
        for one in self:
            last = one.instruction_ids.sorted("id")[-1:]
            names = last.bill_names or one.transaction_id.document_name or one.transaction_id.reference
            one.document_names = names or ""
            failed = one.transaction_id.movement_ids.filtered(lambda fact: fact.kind in ("fail", "capture_fail"))
            one.reason_text = last.reason_text or failed[-1:].reason or ""

    # --- starting -----------------------------------------------------------------------------------------------------------

    @api.model
    def _start_for_payment(self, payment):
        """A payment or collection was rejected or came back: a new case, or one more failure of the one that runs."""
        cases = self.sudo()
        if cases.search_count([("instruction_ids", "in", payment.ids)], limit=1):
            return
        chain = payment
        while chain[-1:].replaces_id and chain[-1:].replaces_id not in chain:
            chain += chain[-1:].replaces_id
        if running := cases.search([("instruction_ids", "in", chain.ids), ("state", "in", OPEN)], limit=1):
            running.instruction_ids = [(4, payment.id)]
            running._audit("failed_again", payment=payment.end_to_end_id)
            return
        trigger = "collection" if payment.kind == COLLECTION else "payout"
        values = {"partner_id": payment.partner_id.id, "amount": payment.amount, "currency_id": payment.currency_id.id}
        cases._start(payment.company_id, trigger, instruction_ids=[(4, payment.id)], **values)

    @api.model
    def _start(self, company, trigger, **values):
        policy = self.env["finance.dunning.policy"]._of(company, trigger)
        if not policy:
            return self.browse()
        case = self.create(
            {
                "policy_id": policy.id,
                "company_id": company.id,
                "trigger": trigger,
                "user_id": policy.user_id.id,
                "started_on": fields.Date.context_today(self),
                **values,
            }
        )
        case._set_next()
        case._audit("start", policy=policy.id, version=policy.version)
        return case

    @api.model
    def _start_failed_transactions(self):
        """Cases for payments at providers that failed since the policy is in force, of customers that are known."""
        policies = self.env["finance.dunning.policy"].sudo()
        for company in policies.search([("trigger", "=", "subscription"), ("state", "=", "approved")]).company_id:
            policy = policies._of(company, "subscription")
            if not policy:
                continue
            known = self.sudo().search([("company_id", "=", company.id), ("transaction_id", "!=", False)]).transaction_id
            failures = [("kind", "in", ("fail", "capture_fail")), ("occurred_at", ">=", policy.approved_at)]
            failed = (
                self.env["finance.transaction"]
                .sudo()
                .search(
                    [
                        ("company_id", "=", company.id),
                        ("state", "=", "failed"),
                        ("movement_ids", "any", failures),
                        ("id", "not in", known.ids),
                    ]
                )
            )
            for one in failed:
                partner = one._dunned_partner()
                if partner:
                    values = {"amount": one.amount, "currency_id": one.currency_id.id, "partner_id": partner.id}
                    self.sudo()._start(company, "subscription", transaction_id=one.id, **values)

    # --- the end of it --------------------------------------------------------------------------------------------------------

    @api.model
    def _settle(self, company):
        """End the open cases of ``company`` whose money has come."""
        for one in self.sudo().search([("company_id", "=", company.id), ("state", "in", OPEN)]):
            if one._money_came():
                one._end("done", self.env._("The money came."))

    def _money_came(self):
        self.ensure_one()
        if self.transaction_id:
            return self.transaction_id._dunned_is_paid()
        items = self.instruction_ids.item_ids.move_line_id
        if items:
            # Until the bank has booked what it told, the documents are still matched with what came back.
            taken_back = self._taken_back_lines()
            paid_by = items.matched_credit_ids.credit_move_id | items.matched_debit_ids.debit_move_id
            return all(items.mapped("reconciled")) and not paid_by & taken_back
        return bool(self._later_payments().filtered(lambda one: one.state == "executed"))

    def _taken_back_lines(self):
        """The items of what moved the money of failed payments, which may have come back."""
        return self.instruction_ids.bank_line_ids.move_id.line_ids

    def _later_payments(self):
        """What was ordered in place of the failed payments."""
        payments = self.env["finance.payment.instruction"].sudo()
        found, step = payments, self.instruction_ids
        while step:
            step = payments.search([("replaces_id", "in", step.ids), ("id", "not in", found.ids), ("state", "!=", "cancelled")])
            found |= step
        return found

    def _under_way(self):
        """Whether its money is on the way already, so that the next step waits for the bank's answer."""
        return bool(self._later_payments().filtered(lambda one: one.state in ("sent", "unknown", "accepted", "pending")))

    def _end(self, state, why):
        for one in self.sudo():
            one.write({"state": state, "why": why, "next_on": False})
            one.activity_unlink(["mail.mail_activity_data_todo"])
            one._audit(state, why=why)
            if state == "done":
                failed = [f"payment-{payment.id}" for payment in one.instruction_ids]
                one.env["finance.exception"]._clear_many("payment_failed", failed, one.company_id, why)

    # --- the buttons ----------------------------------------------------------------------------------------------------------

    def action_hold(self):
        """Do no further step for now."""
        return self._by_hand("held", ("running",))

    def action_resume(self):
        """Go on with the next step."""
        return self._by_hand("running", ("held",))

    def action_stop(self):
        """Give it up: what is open stays open, and nothing more is done by itself."""
        self._check_maker()
        for one in self.filtered(lambda one: one.state in OPEN):
            one._end("stopped", self.env._("by %s", self.env.user.name))
        return True

    def _by_hand(self, state, allowed):
        self._check_maker()
        for one in self:
            if one.state not in allowed:
                raise UserError(self.env._("The case of %s is not open in this way.", one.partner_id.name))
            one.sudo().write({"state": state, "why": self.env._("by %s", self.env.user.name)})
            one._audit(state)
        return True

    def _check_maker(self):
        if not self.env.user.has_group("finance_connector.group_user"):
            raise UserError(self.env._("You may not change dunning cases. Ask an administrator for the role User."))
        self.check_access("write")

    def write(self, vals):
        if set(vals) & _DERIVED and not self.env.su:
            raise UserError(self.env._("A dunning case follows its policy and its buttons."))
        return super().write(vals)

    def _audit(self, act, **more):
        self.ensure_one()
        self.env["finance.audit.entry"]._record(
            f"dunning.{act}", self, {"partner": self.partner_id.id, "step": self.step_count, **more}
        )
