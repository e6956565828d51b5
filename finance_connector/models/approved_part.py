"""Lines of approved content: they are part of what was approved, so they change with it or not at all (INV-10)."""

from odoo import api, models


class FinanceApprovedPart(models.AbstractModel):
    _name = "finance.approved.part"
    _description = "Part of approved content"

    # The record that they belong to, the field of it that holds them, and the fields that an approval binds.
    _whole = ""
    _whole_field = ""
    _content = ()

    def _plain_content(self):
        """What an approval binds of each line, sorted by the lines' own order."""
        return [[self._plain_value(line, name) for name in self._content] for line in self.sorted()]

    def _plain_value(self, line, name):
        return (line[name].id if self._fields[name].relational else line[name]) or None

    def _touch(self):
        """Have the whole note who edited it; raises UserError when it is approved."""
        for whole in self[self._whole]:
            whole.write({self._whole_field: []})

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create(vals_list)
        created._touch()
        return created

    def write(self, vals):
        result = super().write(vals)
        self._touch()
        return result

    @api.ondelete(at_uninstall=False)
    def _refuse_approved(self):
        self._touch()
