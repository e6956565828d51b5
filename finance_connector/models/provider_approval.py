"""A second person's approval of a connection: bound to what it books where, and void as soon as that changes (INV-10).

A live connection is activated by approved settings only (`provider_hold` says what becomes of one that is changed); for a test
connection the approval is advice.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .account_roles import ROLE_FIELDS
from .approved_content import hash_of, plain_content

# In the context of a write it says that the button does it. An object cannot come in from a client.
BUTTON = object()
CONTENT = (
    "code", "company_id", "environment", "journal_id", "posting_mode", "account_key", "api_base", "certificate_anchors",
    *ROLE_FIELDS,
)  # fmt: skip


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    edited_by_id = fields.Many2one("res.users", string="Last edited by", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    approved_hash = fields.Char(readonly=True, copy=False, help="Binds the approval to what was approved.")
    is_approved = fields.Boolean(compute="_compute_is_approved", string="Approved by a second person")

    @api.depends("approved_hash", *CONTENT)
    def _compute_is_approved(self):
        for provider in self.sudo():
            provider.is_approved = bool(provider.approved_hash) and provider.approved_hash == provider._connection_hash()

    def _connection_hash(self):
        return hash_of(plain_content(self, CONTENT))

    def action_approve_connection(self):
        """Approve the connection as it stands: by an approver who neither made nor edited it (INV-10)."""
        if not self.env.user.has_group("finance_connector.group_approver"):
            raise UserError(self.env._("Only an approver can approve a connection."))
        self.check_access("read")
        for provider in self.sudo():
            if self.env.user in provider.create_uid | provider.edited_by_id:
                raise UserError(
                    self.env._(
                        "You made or edited %s. Ask another approver: nobody approves their own change.", provider.name
                    )
                )
            was_held = provider.held
            provider.with_context(finance_connection=BUTTON).write(
                {
                    "approved_by_id": self.env.uid,
                    "approved_at": fields.Datetime.now(),
                    "approved_hash": provider._connection_hash(),
                }
            )
            if was_held:
                provider._let_go()
            provider._audit("provider.approve", {name: str(value) for name, value in plain_content(provider, CONTENT).items()})
        return True

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_approval_by_writing(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_approval_by_writing(vals)
        if not set(vals) & set(CONTENT):
            return super().write(vals)
        before = {provider: (provider._connection_hash(), provider.held) for provider in self.sudo()}
        result = super().write({**vals, "edited_by_id": self.env.uid})
        for provider, (content, was_held) in before.items():
            if provider._connection_hash() != content:
                provider._hold_if_changed(was_held)
        return result

    def _refuse_approval_by_writing(self, vals):
        told = {"edited_by_id", "approved_by_id", "approved_at", "approved_hash", "predates_approval", "held"} & set(vals)
        if told and self.env.context.get("finance_connection") is not BUTTON:
            raise UserError(self.env._("A connection is approved by its button, never by writing it."))

    def _missing_for_activation(self):
        missing = super()._missing_for_activation()
        if self.environment == "live" and not self.is_approved:
            missing.append(self.env._("the approval of a second person"))
        return missing
