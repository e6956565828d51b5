"""What people say about the files of somebody, on a sample beside it, which proposes what it tells of itself and shows what
the profile makes of it. The sample binds nothing: only the profile is approved, and only one that reads its sample (INV-10)."""

import base64

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..core.errors import FinanceError

# So many rows of a sample are shown.
SHOWN_ROWS = 20


class FinanceFileProfile(models.AbstractModel):
    _name = "finance.file.profile"
    _description = "Profile of files"
    _inherit = ["finance.approved.version"]
    # The field that says whose files they are; a name is one profile there.
    _owner_field = ""

    name = fields.Char(required=True)
    sample = fields.Binary(string="Sample file", attachment=True, help="A real file: the preview below is what it would become.")
    sample_name = fields.Char()

    @api.depends("name", "version")
    def _compute_display_name(self):
        for profile in self:
            profile.display_name = f"{profile.name} (v{profile.version})"

    def _sample_bytes(self):
        """The sample, b"" if there is none."""
        return base64.b64decode(self.with_context(bin_size=False).sample or b"")

    # --- the proposal -------------------------------------------------------------------------------------------------

    def _proposed(self):
        """The values of the fields that the sample tells of itself. Raises FinanceError."""
        raise NotImplementedError

    def action_propose(self):
        """Take what the sample tells of itself; what it leaves open stays open."""
        for profile in self:
            if not profile.sample:
                raise UserError(self.env._("Load a sample file first."))
            try:
                profile.write(profile._proposed())
            except FinanceError as error:
                raise UserError(str(error)) from error
        return True

    @api.onchange("sample")
    def _onchange_sample(self):
        if self.sample and not self.column_ids:
            try:
                self.update(self._proposed())
            except FinanceError:
                return  # the preview says it

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create(vals_list)
        for profile in created.filtered(lambda one: one.sample and not one.column_ids):
            try:
                profile.write(profile._proposed())
            except FinanceError:
                continue  # the preview says it
        return created

    # --- the preview --------------------------------------------------------------------------------------------------

    def _preview_of(self, content):
        """What the screen shows of ``content`` (bytes); ``problem`` in it says why the file would be refused, "" if not."""
        raise NotImplementedError

    @api.model
    def _in_force(self, owners):
        """The profiles of ``owners`` that are approved as they stand."""
        found = self.sudo().search([(self._owner_field, "in", owners.ids), ("state", "=", "approved")])
        return found.filtered(lambda profile: profile._is_valid())

    def _same_name(self):
        return [("name", "=", self.name), (self._owner_field, "=", self[self._owner_field].id)]

    def _approve(self, user):
        for profile in self:
            profile._refuse_unseen()
        return super()._approve(user)

    def _refuse_unseen(self):
        """Nobody can approve what reads no file. Raises UserError."""
        if not self.sample:
            raise UserError(self.env._("%s has no sample file: load one, so that you see what you approve.", self.display_name))
        problem = self._preview_of(self._sample_bytes())["problem"]
        if problem:
            raise UserError(self.env._("The sample of %(name)s is refused: %(error)s", name=self.display_name, error=problem))


def parts(rows):
    """The commands that put ``rows`` (values, in their order) in the place of what a profile has."""
    return [Command.clear(), *(Command.create({"sequence": number, **values}) for number, values in enumerate(rows, 1))]
