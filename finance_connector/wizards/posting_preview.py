"""Seeing the exact entries before they are posted, and posting exactly those."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..core.errors import FinanceError

KINDS = [("move", "Journal entry"), ("receipt", "Payment"), ("linked", "Posted by the checkout")]
# Movements that one preview shows; the scheduled action posts without such a limit.
LIMIT = 500


class FinancePostingPreview(models.TransientModel):
    _name = "finance.posting.preview"
    _description = "Preview of journal entries"

    movement_ids = fields.Many2many("finance.movement", readonly=True)
    line_ids = fields.One2many("finance.posting.preview.line", "preview_id", readonly=True)
    note = fields.Char(readonly=True)

    @api.model
    def _open(self, movements, title):
        """The action that shows what posting ``movements`` would write."""
        waiting = movements.filtered(lambda movement: not movement.posted_at)
        if not waiting:
            raise UserError(self.env._("Everything of %s is posted already; its journal entries show it.", title))
        shown = waiting.sorted("id")[:LIMIT]
        note = False
        if len(shown) < len(waiting):
            note = self.env._(
                "The first %(shown)s of %(all)s movements that wait. The scheduled action posts them all.",
                shown=len(shown),
                all=len(waiting),
            )
        try:
            lines = self.env["finance.posting"].sudo()._preview(shown.sudo())
        except FinanceError as error:
            raise UserError(str(error)) from error
        preview = self.create(
            {
                "movement_ids": [Command.set(shown.ids)],
                "note": note,
                "line_ids": [Command.create(self._line_values(line)) for line in lines],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries of %s", title),
            "res_model": self._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }

    def _line_values(self, line):
        return {
            "entry": line["entry"],
            "entry_kind": line["entry_kind"],
            "date": line["date"],
            "ref": line["ref"],
            "account_id": line["account_id"],
            "partner_id": line["partner_id"],
            "name": line["name"],
            "currency_id": line["currency_id"],
            "amount_currency": line["amount_currency"],
            "debit": max(line["balance"], 0),
            "credit": max(-line["balance"], 0),
        }

    def action_post(self):
        """Post exactly what is shown; refused if something else would be posted by now."""
        self.ensure_one()
        self.movement_ids.check_access("read")
        if not (self.env.su or self.env.user.has_group("finance_connector.group_user")):
            raise UserError(self.env._("Only users of the connector can post."))
        posting = self.env["finance.posting"].sudo()
        movements = self.movement_ids.sudo()
        fields_shown = ("date", "account_id", "partner_id", "name", "currency_id", "amount_currency", "debit", "credit")
        try:
            now = [self._line_values(line) for line in posting._preview(movements)]
            if self._compare(now, fields_shown) != self._compare(self.line_ids.read(fields_shown, load=""), fields_shown):
                raise UserError(
                    self.env._("What would be posted has changed since this preview. Close it and open it again.")
                )
            posting._post_movements(movements)
        except FinanceError as error:
            raise UserError(str(error)) from error
        return {"type": "ir.actions.act_window_close"}

    def _compare(self, lines, names):
        return sorted(
            tuple(f"{line[name] or 0:.4f}" if name in ("amount_currency", "debit", "credit") else str(line[name] or "")
                  for name in names)
            for line in lines
        )  # fmt: skip


class FinancePostingPreviewLine(models.TransientModel):
    _name = "finance.posting.preview.line"
    _description = "Journal item to be posted"
    _order = "entry, id"

    preview_id = fields.Many2one("finance.posting.preview", required=True, ondelete="cascade")
    entry = fields.Integer()
    entry_kind = fields.Selection(KINDS, string="Made as")
    date = fields.Date()
    ref = fields.Char(string="Reference")
    account_id = fields.Many2one("account.account")
    partner_id = fields.Many2one("res.partner")
    name = fields.Char(string="Label")
    currency_id = fields.Many2one("res.currency")
    company_currency_id = fields.Many2one("res.currency", compute="_compute_company_currency_id")
    amount_currency = fields.Monetary()
    debit = fields.Monetary(currency_field="company_currency_id")
    credit = fields.Monetary(currency_field="company_currency_id")

    @api.depends("preview_id.movement_ids")
    def _compute_company_currency_id(self):
        for line in self:
            line.company_currency_id = line.preview_id.movement_ids[:1].company_id.currency_id


class FinanceTransaction(models.Model):
    _inherit = "finance.transaction"

    def action_preview_entries(self):
        """Preview what posting this transaction would write."""
        self.ensure_one()
        return self.env["finance.posting.preview"]._open(self.movement_ids, self.display_name)


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    def action_preview_entries(self):
        """Preview what the next posting of this connection would write."""
        self.ensure_one()
        waiting = self.env["finance.movement"].search([("provider_id", "=", self.id), ("posted_at", "=", False)])
        return self.env["finance.posting.preview"]._open(waiting, self.name)
