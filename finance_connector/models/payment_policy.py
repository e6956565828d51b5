"""Who has to approve which payments: rules by amount, account and payee with levels of signatures, put into force by a second
person; limits a person, and deputies until a day."""

from datetime import timedelta, timezone
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.approval_policy import Deputy, Level, Limit, Policy, Rule
from ..core.errors import FinanceError
from ..core.money import Money
from .limits import limit


def minor(amount, currency):
    """Minor units of an amount of the ORM."""
    return Money.from_decimal(Decimal(str(round(amount, 6))), currency.name).minor


class FinancePaymentPolicy(models.Model):
    _name = "finance.payment.policy"
    _description = "Approval rule for payments"
    _inherit = ["finance.approved.content"]
    _content = (
        "name",
        "company_id",
        "journal_ids",
        "currency_id",
        "amount_from",
        "amount_below",
        "per_instruction",
        "only_new_payees",
        "active",
    )
    _audited_as = "payment_policy"
    _order = "company_id, currency_id, amount_from, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    journal_ids = fields.Many2many("account.journal", string="Only from these accounts", domain="[('type', '=', 'bank')]")
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    amount_from = fields.Monetary(string="From")
    amount_below = fields.Monetary(string="To below", help="Empty: without end.")
    per_instruction = fields.Boolean(string="Counts the largest payment", help="Instead of the total of the order.")
    only_new_payees = fields.Boolean(
        string="Only for new or changed payees", help="Asks for more signatures where a payee is new, or its account was changed."
    )
    level_ids = fields.One2many("finance.payment.policy.level", "policy_id", string="Signatures", copy=True)
    signatures = fields.Char(compute="_compute_signatures", string="Asks for")
    amounts = fields.Char(compute="_compute_amounts", string="For amounts")

    @api.depends("level_ids.number", "level_ids.name", "level_ids.mode", "level_ids.count")
    def _compute_signatures(self):
        for rule in self:
            levels = rule.level_ids.sorted(lambda level: (level.number, level.name))
            rule.signatures = self.env._(", then ").join(level._told() for level in levels)

    @api.depends("amount_from", "amount_below", "currency_id")
    def _compute_amounts(self):
        for rule in self:
            least, below = (rule.currency_id.format(amount) for amount in (rule.amount_from, rule.amount_below))
            if rule.amount_from and rule.amount_below:
                rule.amounts = self.env._("from %(least)s to below %(below)s", least=least, below=below)
            elif rule.amount_below:
                rule.amounts = self.env._("below %s", below)
            else:
                rule.amounts = self.env._("from %s", least) if rule.amount_from else self.env._("all")

    def _plain_content(self):
        levels = [
            [level.number, level.name, level.mode, level.count, sorted(level.user_ids.ids)]
            for level in self.level_ids.sorted(lambda level: (level.number, level.name))
        ]
        return {**super()._plain_content(), "levels": levels}

    def action_new_version(self):
        """A draft that may be changed, to be approved in place of this one."""
        return self._new_version(self)

    def _approve(self, user):
        super()._approve(user)
        for rule in self:
            if not rule.level_ids:
                raise UserError(self.env._("%s asks for no signature. Add at least one level.", rule.name))

    @api.model
    def _of(self, order):
        """The `Policy` that is in force for ``order``. Raises UserError when what is configured cannot work."""
        company = order.company_id
        rules, groups = [], {}
        for rule in self.sudo().search([("company_id", "=", company.id), ("state", "=", "approved")]):
            if rule._is_valid():
                rules.append(rule._as_rule(groups))
        try:
            return Policy(
                tuple(rules),
                groups,
                self.env["finance.payment.deputy"]._in_force(company),
                self.env["finance.payment.limit"]._in_force(company),
                timedelta(hours=limit(self.env, "payee_cooling_off_hours")),
            )
        except FinanceError as error:
            raise UserError(str(error)) from error

    def _as_rule(self, groups):
        levels = []
        for level in self.level_ids:
            people = frozenset(level.user_ids.mapped("login"))
            name = level.name
            if groups.setdefault(name, people) != people:
                name = f"{level.name} ({self.name})"
                groups[name] = people
            levels.append(Level(level.number, name, level.mode, level.count))
        return Rule(
            self.currency_id.name,
            tuple(levels),
            minor(self.amount_from, self.currency_id),
            minor(self.amount_below, self.currency_id) if self.amount_below else None,
            frozenset(),
            frozenset(map(str, self.journal_ids.ids)),
            self.only_new_payees,
            self.per_instruction,
        )


class FinancePaymentPolicyLevel(models.Model):
    _name = "finance.payment.policy.level"
    _description = "Signatures for payments"
    _order = "number, id"

    policy_id = fields.Many2one("finance.payment.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id")
    number = fields.Integer(string="Level", required=True, default=1, help="Lower levels sign first.")
    name = fields.Char(string="Who", required=True, help="What these people are called, such as Treasury.")
    user_ids = fields.Many2many("res.users", string="People", required=True)
    mode = fields.Selection([("any", "So many of them"), ("all", "All of them")], required=True, default="any")
    count = fields.Integer(string="How many", required=True, default=1)

    def _told(self):
        """The level in words."""
        self.ensure_one()
        if self.mode == "all":
            return self.env._("all of %s", self.name)
        return self.env._("%(count)s of %(group)s", count=self.count, group=self.name)

    @api.constrains("count", "number", "user_ids", "mode")
    def _check_enough(self):
        for level in self:
            if level.count < 1 or level.number < 1 or not level.user_ids:
                raise ValidationError(self.env._("Level %s needs people, and at least one signature of them.", level.name))
            if level.mode == "any" and len(level.user_ids) < level.count:
                raise ValidationError(
                    self.env._(
                        "%(level)s asks for %(count)s signatures of %(people)s people.",
                        level=level.name,
                        count=level.count,
                        people=len(level.user_ids),
                    )
                )

    def _refuse_approved(self):
        for level in self:
            if level.policy_id.state == "approved":
                raise UserError(
                    self.env._("%s is approved and stays as it was approved. Make a new version instead.", level.policy_id.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made._refuse_approved()
        return made

    def write(self, vals):
        self._refuse_approved()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _keep_approved(self):
        self._refuse_approved()


class FinancePaymentLimit(models.Model):
    _name = "finance.payment.limit"
    _description = "Limit of an approver"
    _inherit = ["finance.approved.content"]
    _content = ("user_id", "company_id", "currency_id", "per_order", "per_day")
    _audited_as = "payment_limit"
    _order = "user_id, currency_id, version desc"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", string="Approver", required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    per_order = fields.Monetary(string="In one order", help="Empty: without limit.")
    per_day = fields.Monetary(string="In one day", help="Empty: without limit.")

    def action_new_version(self):
        """A draft that may be changed, to be approved in place of this one."""
        versions = self.search(
            [
                ("user_id", "=", self.user_id.id),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
            ]
        )
        return self._new_version(versions)

    @api.model
    def _in_force(self, company):
        """The newest approved limit a person and currency; who has only drafts may sign nothing yet."""
        found = {}
        for row in self.sudo().search([("company_id", "=", company.id)], order="version, id"):
            key = row.user_id.login, row.currency_id
            if row._is_valid():
                found[key] = [minor(amount, row.currency_id) if amount else None for amount in (row.per_order, row.per_day)]
            else:
                found.setdefault(key, [0, 0])
        return tuple(Limit(login, currency.name, *most) for (login, currency), most in found.items())


class FinancePaymentDeputy(models.Model):
    _name = "finance.payment.deputy"
    _description = "Deputy of an approver"
    _inherit = ["finance.approved.content"]
    _content = ("user_id", "deputy_id", "company_id", "start", "end")
    _audited_as = "payment_deputy"
    _order = "start desc, id"
    _rec_name = "deputy_id"

    user_id = fields.Many2one("res.users", string="Stands in for", required=True, default=lambda self: self.env.user)
    deputy_id = fields.Many2one("res.users", required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    start = fields.Datetime(string="From", required=True, default=fields.Datetime.now)
    end = fields.Datetime(string="Until", required=True)

    @api.constrains("user_id", "deputy_id", "start", "end")
    def _check_sense(self):
        for row in self:
            if row.user_id == row.deputy_id or row.end <= row.start:
                raise ValidationError(self.env._("A deputy is somebody else, and stands in until a later time."))

    @api.model
    def _in_force(self, company):
        rows = self.sudo().search(
            [("company_id", "=", company.id), ("state", "=", "approved"), ("end", ">", fields.Datetime.now())]
        )
        return tuple(
            Deputy(row.user_id.login, row.deputy_id.login, *(at.replace(tzinfo=timezone.utc) for at in (row.start, row.end)))
            for row in rows
            if row._is_valid()
        )
