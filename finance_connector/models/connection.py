"""What provider connections and bank feeds have in common: whose they are, whether they live, their secrets and their address."""

import secrets

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError


class FinanceConnection(models.AbstractModel):
    _name = "finance.connection"
    _description = "Connection to a service"
    _inherit = ["mail.thread"]
    _check_company_auto = True
    _order = "sequence, id"
    # Its name in the audit chain, and the fields whose changes are noted there.
    _audited_as = None
    _watched = frozenset()

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    environment = fields.Selection([("test", "Test"), ("live", "Live")], required=True, default="test", tracking=True)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("paused", "Paused")],
        required=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    webhook_token = fields.Char(
        copy=False,
        required=True,
        default=lambda self: secrets.token_urlsafe(24),
        groups="finance_connector.group_administrator",
    )
    api_base = fields.Char(string="API address", groups="finance_connector.group_administrator")

    def _check_own_address(self):
        """A live connection calls the service itself: `api_base` is for tests."""
        for connection in self.sudo():
            if connection.api_base and connection.environment == "live":
                raise ValidationError(
                    self.env._("%s is live: a live connection always calls the service's own API address.", connection.name)
                )

    def set_secret(self, name, value):
        """Store ``value`` encrypted under ``name``; it can never be read again. Where several may be valid, an earlier one stays
        so during its rotation time."""
        self.ensure_one()
        self.check_access("write")
        return self.env["finance.provider.secret"]._store(self, name, value)

    def action_activate(self):
        """Bring it to life: refuses, with what is missing, unless it can receive and book."""
        self.check_access("write")
        for connection in self:
            missing = connection._missing_for_activation()
            if missing:
                raise UserError(
                    self.env._(
                        "%(name)s cannot be activated yet. Missing: %(missing)s.",
                        name=connection.name,
                        missing=", ".join(missing),
                    )
                )
            connection.state = "active"
            connection._audit(f"{self._audited_as}.activate", {"name": connection.name, "environment": connection.environment})
        return True

    def action_pause(self):
        """Stop asking and listening; nothing that was received is lost."""
        self.check_access("write")
        for connection in self:
            connection.state = "paused"
            connection._audit(f"{self._audited_as}.pause", {"name": connection.name})
        return True

    def _missing_for_activation(self):
        """What must be there before it can live, in words."""
        raise NotImplementedError

    def _audit(self, action, payload):
        self.ensure_one()
        self.env["finance.audit.entry"]._record(action, self, payload)

    def write(self, vals):
        watched = sorted(self._watched & vals.keys())
        result = super().write(vals)
        for connection in self if watched else self.browse():
            connection._audit(f"{self._audited_as}.change", {"fields": watched})
        return result
