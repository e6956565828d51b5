"""What the message screen shows: the content laid out for reading, and the way to the bytes as they came."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .json_layout import lay_out

# A screen shows this many characters and says so when there are more; the download always has every byte.
SHOWN_CHARACTERS = 200_000


class FinanceMessage(models.Model):
    _inherit = "finance.message"

    body_pretty = fields.Text(compute="_compute_body_pretty", string="Content, laid out")
    body_cut = fields.Boolean(compute="_compute_body_pretty", help="The content is longer than what a screen shows.")
    headers_text = fields.Text(
        compute="_compute_headers_text",
        string="Headers, one a line",
        groups="finance_connector.group_administrator",
    )
    movement_count = fields.Integer(compute="_compute_movement_count")
    exception_count = fields.Integer(compute="_compute_exception_count")

    @api.depends("body")
    def _compute_body_pretty(self):
        for message in self:
            text = lay_out(message._raw().decode("utf-8", "replace"))
            message.body_cut = len(text) > SHOWN_CHARACTERS
            message.body_pretty = text[:SHOWN_CHARACTERS]

    @api.depends("headers")
    def _compute_headers_text(self):
        for message in self:
            message.headers_text = "\n".join(f"{name}: {value}" for name, value in (message.headers or {}).items())

    @api.depends("movement_ids")
    def _compute_movement_count(self):
        counts = dict(self.env["finance.movement"]._read_group([("message_id", "in", self.ids)], ["message_id"], ["__count"]))
        for message in self:
            message.movement_count = counts.get(message, 0)

    def _compute_exception_count(self):
        counts = self.env["finance.exception"]._open_counts(self)
        for message in self:
            message.exception_count = counts.get(message.id, 0)

    def action_replay(self):
        """A file is read again by its import, which judges it as a whole; the inbox would leave it lying."""
        files = self.filtered(lambda message: message.source == "file")
        if files:
            raise UserError(self.env._("%s is a file. Open its import and use “Try again” there.", files[0].display_name))
        return super().action_replay()

    def action_open_import(self):
        """The import that took this file over or refused it."""
        self.ensure_one()
        found = self.env["finance.import"].search([("message_id", "=", self.id)], limit=1)
        return {
            "type": "ir.actions.act_window",
            "res_model": "finance.import",
            "res_id": found.id,
            "views": [(False, "form")],
        }

    def action_download(self):
        """The raw bytes as a file."""
        self.ensure_one()
        name = "".join(char if char.isalnum() or char in "._-" else "_" for char in self.external_id)
        ending = "" if "." in name else ".json" if self.source in ("webhook", "poll") else ".txt"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/finance.message/{self.id}/body/{name}{ending}?download=true",
            "target": "download",
        }

    def action_open_exceptions(self):
        """The exceptions about this message."""
        self.ensure_one()
        return self.env["finance.exception"]._action_for(self)
