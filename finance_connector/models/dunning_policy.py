"""What is done when money does not move: steps after so many days, put into force by a second person."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

TRIGGERS = [
    ("collection", "A collection was rejected or returned"),
    ("subscription", "A payment at a provider failed"),
    ("payout", "A payment to somebody was rejected or returned"),
]


class FinanceDunningPolicy(models.Model):
    _name = "finance.dunning.policy"
    _description = "Dunning policy"
    _inherit = ["finance.approved.content"]
    _content = ("name", "company_id", "trigger", "user_id", "hold", "stop_when_final", "step_ids", "active")
    _audited_as = "dunning_policy"
    _order = "company_id, trigger, version desc, id desc"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    trigger = fields.Selection(TRIGGERS, string="Starts when", required=True, default="collection")
    user_id = fields.Many2one("res.users", string="Responsible", required=True, default=lambda self: self.env.user)
    hold = fields.Boolean(
        string="Collect nothing else meanwhile", help="No other collection from the debtor is prepared while this runs."
    )
    stop_when_final = fields.Boolean(
        string="Do not try in vain",
        default=True,
        help="What the bank refused for good (closed account, no mandate) is not collected again before somebody has mended it.",
    )
    step_ids = fields.One2many("finance.dunning.step", "policy_id", string="Steps", copy=True)

    def _steps(self):
        """The steps in the order in which they are done."""
        self.ensure_one()
        return self.step_ids.sorted(lambda step: (step.after_days, step.number, step.id))

    def _approve(self, user):
        super()._approve(user)
        for policy in self:
            if not policy.step_ids:
                raise UserError(self.env._("%s does nothing. Add at least one step.", policy.name))

    def action_new_version(self):
        """A draft that may be changed, to be approved in place of this one."""
        return self._new_version(self)

    @api.model
    def _of(self, company, trigger):
        """The newest valid policy for ``trigger``; none if there is none. One that is archived ends the older ones."""
        policies = self.sudo().with_context(active_test=False)
        found = policies.search(
            [("company_id", "=", company.id), ("trigger", "=", trigger), ("state", "=", "approved")],
            order="version desc, id desc",
        )
        return found.filtered(lambda policy: policy._is_valid())[:1].filtered("active")


class FinanceDunningStep(models.Model):
    _name = "finance.dunning.step"
    _description = "Dunning step"
    _inherit = ["finance.approved.part"]
    _whole = "policy_id"
    _whole_field = "step_ids"
    _content = ("after_days", "number", "action", "template_id", "text")
    _order = "policy_id, after_days, number, id"
    _rec_name = "action"

    policy_id = fields.Many2one("finance.dunning.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id")
    number = fields.Integer(default=1)
    after_days = fields.Integer(string="Days after", required=True, help="Counted from the day on which the money did not move.")
    action = fields.Selection(
        [
            ("retry", "Collect again"),
            ("mail", "Write to the debtor"),
            ("activity", "Ask the responsible person"),
            ("stop", "Give up"),
        ],
        required=True,
        default="mail",
    )
    template_id = fields.Many2one(
        "mail.template", string="Mail", domain="[('model', '=', 'finance.dunning')]", help="Empty: the usual one."
    )
    text = fields.Char(string="What to do", help="For the responsible person.")

    @api.constrains("after_days", "action", "policy_id")
    def _check_step(self):
        for step in self:
            if step.after_days < 0:
                raise ValidationError(self.env._("A step comes after the day on which the money did not move."))
            if step.action == "retry" and step.policy_id.trigger != "collection":
                raise ValidationError(
                    self.env._("Only collections are tried again by a step: what goes out, or is at a provider, is for a person.")
                )
