"""Which journal entry a movement kind makes: versioned, effective-dated, approved by a second person (INV-10)."""

from bisect import bisect_right
from collections import defaultdict

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError

from ..core import balances
from .account_roles import ROLES
from .movement import LABELS

RECEIVABLE = "receivable"
ROLE_LABELS = {
    "clearing": "Balance at the provider", "in_transit": "In transit", "reserve": "Reserve", "disputes": "Disputes",
    "unapplied": "Unapplied receipts", "fees": "Fees", "fee_tax": "Input tax on fees",
    "chargeback": "Chargeback loss", "adjustment": "Adjustments", "fx": "Currency differences",
    RECEIVABLE: "Receivable of the customer, else unapplied receipts",
}  # fmt: skip
RULE_ROLES = (*ROLES, RECEIVABLE)
BOOKED_KINDS = tuple(kind for kind, signs in balances.EFFECTS.items() if any(signs))


class FinancePostingRule(models.Model):
    _name = "finance.posting.rule"
    _description = "Posting rule"
    _inherit = ["finance.approved.content"]
    _content = ("kind", "debit_role", "credit_role", "company_id", "provider_id", "version", "valid_from")
    _audited_as = "posting_rule"
    _order = "kind, provider_id, company_id, valid_from desc, version desc"

    name = fields.Char(compute="_compute_name")
    kind = fields.Selection([(kind, LABELS[kind]) for kind in BOOKED_KINDS], string="Movement", required=True)
    debit_role = fields.Selection([(role, ROLE_LABELS[role]) for role in RULE_ROLES], string="Debit", required=True)
    credit_role = fields.Selection([(role, ROLE_LABELS[role]) for role in RULE_ROLES], string="Credit", required=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    provider_id = fields.Many2one("finance.provider", index=True, ondelete="restrict", help="Empty: for all connections.")
    valid_from = fields.Date(required=True, default=fields.Date.context_today, help="First movement date it applies to.")

    @api.depends("kind", "debit_role", "credit_role", "version")
    def _compute_name(self):
        for rule in self:
            debit, credit = (ROLE_LABELS.get(role, "") for role in (rule.debit_role, rule.credit_role))
            rule.name = f"{LABELS.get(rule.kind, '')}: {debit} / {credit} (v{rule.version})"

    @api.constrains("kind", "debit_role", "credit_role")
    def _check_effect(self):
        """A rule may choose where a gain or loss goes, never what happens to the balances at the provider (INV-7)."""
        for rule in self:
            if rule._effect() != balances.EFFECTS[rule.kind]:
                raise ValidationError(
                    self.env._(
                        "%(rule)s would not move the balances at the provider as the provider does, so the books could "
                        "not tie. Choose other roles for what is not a balance at the provider.",
                        rule=rule.name,
                    )
                )

    @api.constrains("company_id", "provider_id")
    def _check_company(self):
        for rule in self:
            if rule.provider_id and rule.company_id and rule.provider_id.company_id != rule.company_id:
                raise ValidationError(
                    self.env._("%(provider)s belongs to another company than the rule.", provider=rule.provider_id.name)
                )

    def _effect(self):
        """The signs with which the rule's amount enters clearing, reserve, disputes, in transit."""
        self.ensure_one()
        return tuple((role == self.debit_role) - (role == self.credit_role) for role in balances.ROLES)

    # --- approval -----------------------------------------------------------------------------------------------------

    @api.model
    def _approve_shipped(self):
        """Installing the addon approves the rules that it ships."""
        shipped = self.env["ir.model.data"].search(
            [("module", "=", "finance_connector"), ("model", "=", self._name)]
        )
        drafts = self.browse(shipped.mapped("res_id")).filtered(
            lambda rule: rule.state == "draft" and rule.create_uid.id == SUPERUSER_ID and not rule.edited_by_id
        )
        drafts._approve(self.env.user)

    def action_new_version(self):
        """A draft copy with the next version number, to be edited and approved."""
        self.ensure_one()
        versions = self.with_context(active_test=False).search(
            [
                ("kind", "=", self.kind),
                ("company_id", "=", self.company_id.id),
                ("provider_id", "=", self.provider_id.id),
            ]
        )
        return self._new_version(versions, valid_from=fields.Date.context_today(self))

    # --- use ----------------------------------------------------------------------------------------------------------

    @api.model
    def _book_of(self, provider):
        """The `RuleBook` of the rules in force for ``provider``."""
        rules = self.sudo().search(
            [
                ("state", "=", "approved"),
                ("provider_id", "in", [False, provider.id]),
                ("company_id", "in", [False, provider.company_id.id]),
            ]
        )
        return RuleBook(rule for rule in rules if rule._is_valid())


class RuleBook:
    """Picks the rule of a movement: the most specific first, then the newest in force, then the highest version."""

    def __init__(self, rules):
        self._by_kind = defaultdict(lambda: defaultdict(list))
        for rule in rules:
            specific = (bool(rule.provider_id), bool(rule.company_id))
            self._by_kind[rule.kind][specific].append((rule.valid_from, rule.version, rule.id, rule))
        for levels in self._by_kind.values():
            for entries in levels.values():
                entries.sort(key=lambda entry: entry[:3])

    def pick(self, kind, day):
        """The rule for a movement of ``kind`` on the date ``day``, or None."""
        levels = self._by_kind.get(kind, {})
        for specific in sorted(levels, reverse=True):
            entries = levels[specific]
            position = bisect_right(entries, day, key=lambda entry: entry[0])
            if position:
                return entries[position - 1][3]
        return None
