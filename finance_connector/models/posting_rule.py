"""Which journal entry a movement kind makes: versioned, effective-dated, approved by a second person (INV-10)."""

import hashlib
from bisect import bisect_right
from collections import defaultdict

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core import balances, hashing
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
_CONTENT = ("kind", "debit_role", "credit_role", "company_id", "provider_id", "version", "valid_from")
# In the context of a write it says that the button does it. An object cannot come in from a client.
_BUTTON = object()
_APPROVAL = ("state", "approved_by_id", "approved_at", "approved_hash", "edited_by_id")


class FinancePostingRule(models.Model):
    _name = "finance.posting.rule"
    _description = "Posting rule"
    _order = "kind, provider_id, company_id, valid_from desc, version desc"

    name = fields.Char(compute="_compute_name")
    kind = fields.Selection([(kind, LABELS[kind]) for kind in BOOKED_KINDS], string="Movement", required=True)
    debit_role = fields.Selection([(role, ROLE_LABELS[role]) for role in RULE_ROLES], string="Debit", required=True)
    credit_role = fields.Selection([(role, ROLE_LABELS[role]) for role in RULE_ROLES], string="Credit", required=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    provider_id = fields.Many2one("finance.provider", index=True, ondelete="restrict", help="Empty: for all connections.")
    version = fields.Integer(required=True, default=1, readonly=True)
    valid_from = fields.Date(required=True, default=fields.Date.context_today, help="First movement date it applies to.")
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved")], required=True, default="draft", readonly=True, copy=False
    )
    edited_by_id = fields.Many2one("res.users", string="Last edited by", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    approved_hash = fields.Char(readonly=True, copy=False, help="Binds the approval to the exact content.")

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

    def _content_hash(self):
        self.ensure_one()
        content = {
            name: self[name].id or None if self._fields[name].relational else self[name] or None for name in _CONTENT
        }
        return hashlib.sha256(hashing.canonical_json(content)).hexdigest()

    def _is_valid(self):
        """Approved, and not changed since by whatever way."""
        self.ensure_one()
        return self.state == "approved" and self.approved_hash == self._content_hash()

    def action_approve(self):
        """Put the rule into force: by an approver who neither made nor edited it (INV-10)."""
        if not self.env.user.has_group("finance_connector.group_approver"):
            raise UserError(self.env._("Only an approver can put a posting rule into force."))
        for rule in self:
            if self.env.user in rule.create_uid | rule.edited_by_id:
                raise UserError(
                    self.env._(
                        "You made or edited %s. Ask another approver: nobody approves their own change.", rule.name
                    )
                )
            rule.sudo()._approve(self.env.user)
        return True

    def _approve(self, user):
        for rule in self:
            rule.with_context(finance_approval=_BUTTON).write(
                {
                    "state": "approved",
                    "approved_by_id": user.id,
                    "approved_at": fields.Datetime.now(),
                    "approved_hash": rule._content_hash(),
                }
            )
            rule._audit("posting_rule.approve")

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
        version = max(versions.mapped("version")) + 1
        copy = self.copy({"version": version, "valid_from": fields.Date.context_today(self)})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": copy.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _audit(self, action):
        self.ensure_one()
        content = {name: str(self[name].id if self._fields[name].relational else self[name]) for name in _CONTENT}
        self.env["finance.audit.entry"]._record(action, self, content)

    # --- editing ------------------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_approval_fields(vals)
        rules = super().create(vals_list)
        for rule in rules:
            rule._audit("posting_rule.create")
        return rules

    def write(self, vals):
        self._refuse_approval_fields(vals)
        if not set(vals) & set(_CONTENT):
            return super().write(vals)
        for rule in self:
            if rule.state == "approved":
                raise UserError(
                    self.env._("%s is approved and stays as it was approved. Make a new version instead.", rule.name)
                )
        result = super().write({**vals, "edited_by_id": self.env.uid})
        for rule in self:
            rule._audit("posting_rule.change")
        return result

    def _refuse_approval_fields(self, vals):
        if set(vals) & set(_APPROVAL) and self.env.context.get("finance_approval") is not _BUTTON:
            raise UserError(self.env._("A posting rule is approved by its button, never by writing its state."))

    @api.ondelete(at_uninstall=False)
    def _refuse_approved(self):
        if any(rule.state == "approved" for rule in self):
            raise UserError(self.env._("An approved posting rule is evidence. Replace it by a newer version."))

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
