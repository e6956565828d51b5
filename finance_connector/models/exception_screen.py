"""What exception screens say beside the stored row: its meaning, its source, and which actions are safe."""

from odoo import api, fields, models

from .exception import OPEN_STATES
from .exception_guidance import GUIDANCE, NOT_RETRIED


class FinanceException(models.Model):
    _inherit = "finance.exception"

    meaning = fields.Char(compute="_compute_guidance")
    next_step = fields.Char(compute="_compute_guidance")
    source_name = fields.Char(compute="_compute_source", string="About")
    source_label = fields.Char(compute="_compute_source")
    can_retry = fields.Boolean(compute="_compute_source", help="The source can do its work again by machine.")
    can_open = fields.Boolean(compute="_compute_source", help="There is a source and you may read it.")
    is_open = fields.Boolean(compute="_compute_is_open")
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")

    @api.depends("kind")
    def _compute_guidance(self):
        for exception in self:
            meaning, next_step = GUIDANCE.get(exception.kind, ("", ""))
            exception.meaning = self.env._(meaning) if meaning else False
            exception.next_step = self.env._(next_step) if next_step else False

    @api.depends("res_model", "res_id", "kind")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_source(self):
        for exception in self:
            source = exception._readable_source()
            exception.source_name = source.display_name if source else False
            exception.source_label = self.env["ir.model"]._get(source._name).name if source else False
            exception.can_open = bool(source)
            may_help = exception.kind not in NOT_RETRIED
            exception.can_retry = may_help and hasattr(source, "_retry_exception")

    def _readable_source(self):
        """The record it is about, or None when there is none, it is gone, or this user may not see it."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists()._filtered_access("read") or None

    @api.depends("state")
    def _compute_is_open(self):
        for exception in self:
            exception.is_open = exception.state in OPEN_STATES

    @api.depends("state", "deadline")
    def _compute_overdue(self):
        now = fields.Datetime.now()
        for exception in self:
            exception.overdue = bool(exception.is_open and exception.deadline and exception.deadline < now)

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = fields.Domain("state", "in", OPEN_STATES) & fields.Domain("deadline", "<", fields.Datetime.now())
        return late if True in value else ~late

    @api.model
    def _open_counts(self, records):
        """id -> number of open exceptions about each of ``records``."""
        groups = self._read_group(
            [("res_model", "=", records._name), ("res_id", "in", records.ids), ("state", "in", OPEN_STATES)],
            ["res_id"],
            ["__count"],
        )
        return dict(groups)
