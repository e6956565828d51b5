"""Filters of the workbench that people have saved under a name: Odoo's own `ir.filters`, for a person or for everybody."""

import ast

from odoo import api, models
from odoo.exceptions import AccessError, UserError

_MODEL = "finance.workbench"
# What of a filter is kept; anything else that a screen sends is not.
_KEPT = {"state": str, "journal_id": int, "search": str, "older_than": int, "at_least": int}


class FinanceWorkbench(models.AbstractModel):
    _inherit = "finance.workbench"

    @api.model
    def get_filters(self):
        """The saved filters that the user may use, his own first."""
        self._check_reader()
        found = self.env["ir.filters"].search(
            [("model_id", "=", _MODEL), ("user_ids", "in", [self.env.uid, False])], order="name, id"
        )
        told = [
            {
                "id": one.id,
                "name": one.name,
                "wanted": ast.literal_eval(one.context),
                "is_mine": self.env.user in one.user_ids,
                "is_default": one.is_default,
            }
            for one in found
        ]
        return sorted(told, key=lambda one: not one["is_mine"])

    @api.model
    def save_filter(self, name, wanted, is_shared=False, is_default=False):
        """Keep a filter under ``name``, in the place of the user's own one of that name; returns all filters."""
        self._check_user()
        name = (name or "").strip()
        if not name:
            raise UserError(self.env._("Give the filter a name."))
        kept = {key: kind(wanted[key]) for key, kind in _KEPT.items() if wanted.get(key)}
        filters = self.env["ir.filters"].sudo()
        mine = filters.search([("model_id", "=", _MODEL), ("user_ids", "in", self.env.uid)])
        mine.filtered(lambda one: one.name == name).unlink()
        if is_default:
            mine.exists().is_default = False
        users = [] if is_shared else [(4, self.env.uid)]
        first = is_default and not is_shared
        filters.create({"name": name, "model_id": _MODEL, "context": repr(kept), "user_ids": users, "is_default": first})
        return self.get_filters()

    @api.model
    def delete_filter(self, filter_id):
        """Forget a filter: one's own, or a shared one that one has made."""
        self._check_user()
        found = self.env["ir.filters"].sudo().browse(filter_id).exists().filtered(lambda one: one.model_id == _MODEL)
        if found and self.env.user not in found.user_ids and found.create_uid != self.env.user:
            raise AccessError(self.env._("“%s” is a filter of somebody else; ask its maker to delete it.", found.name))
        found.unlink()
        return self.get_filters()
