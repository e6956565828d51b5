"""What people leave at a bank line for each other: comments and files. Both stay with its journal entry."""

from odoo import api, fields, models
from odoo.exceptions import UserError

SHOWN = 20


class FinanceWorkbench(models.AbstractModel):
    _inherit = "finance.workbench"

    @api.model
    def comment(self, line_id, text):
        """Write a comment at the line's journal entry."""
        self._check_user()
        line = self._lines([line_id])
        line.move_id.sudo().message_post(
            body=text, message_type="comment", author_id=self.env.user.partner_id.id, subtype_xmlid="mail.mt_note"
        )
        return self._comments(line)

    def _comments(self, line):
        messages = line.move_id.sudo().message_ids.filtered(lambda one: one.message_type == "comment")
        return [
            {"author": one.author_id.name or "", "at": fields.Datetime.to_string(one.date), "text": one.preview or ""}
            for one in messages[:SHOWN]
        ]

    @api.model
    def attach(self, line_id, name, content):
        """Keep a file (``content``: base64 text) at the line's journal entry; returns all that are there."""
        self._check_user()
        line = self._lines([line_id])
        if not content:
            raise UserError(self.env._("%s is empty: nothing was kept.", name))
        self.env["ir.attachment"].sudo().create(
            {"name": name, "datas": content, "res_model": "account.move", "res_id": line.move_id.id}
        )
        self.env["finance.audit.entry"].sudo()._record("line.attach", line, {"name": name})
        return self._attachments(line)

    def _attachments(self, line):
        files = self.env["ir.attachment"].sudo().search(
            [("res_model", "=", "account.move"), ("res_id", "=", line.move_id.id), ("res_field", "=", False)], order="id desc"
        )  # fmt: skip
        return [{"id": one.id, "name": one.name, "url": f"/web/content/{one.id}?download=true"} for one in files]
