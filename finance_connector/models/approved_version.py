"""Approved content of which one version is in force at a time: the one that comes takes the place of those before it."""

from odoo import fields, models
from odoo.exceptions import UserError


class FinanceApprovedVersion(models.AbstractModel):
    _name = "finance.approved.version"
    _description = "Approved version"
    _inherit = ["finance.approved.content"]

    active = fields.Boolean(default=True, copy=False)

    def _same_name(self):
        """The domain of the versions of this record."""
        raise NotImplementedError

    def write(self, vals):
        """An approved version that was replaced does not come back without a second person (INV-10)."""
        if vals.get("active") and any(one.state == "approved" and not one.active for one in self):
            raise UserError(self.env._("%s was replaced: make a new version of it and have it approved.", self[0].display_name))
        ended = self.filtered(lambda one: "active" in vals and not vals["active"] and one.active)
        result = super().write(vals)
        for one in ended:
            one._audit("archive")
        return result

    def action_new_version(self):
        """A draft copy with the next version number, to be edited and approved."""
        self.ensure_one()
        versions = self.with_context(active_test=False).search(self._same_name())
        return self._new_version(versions, name=self.name, active=True)

    def _approve(self, user):
        """A version that comes into force takes the place of the earlier ones."""
        result = super()._approve(user)
        for one in self:
            self.search([*one._same_name(), ("state", "=", "approved"), ("id", "!=", one.id)]).write({"active": False})
        return result
