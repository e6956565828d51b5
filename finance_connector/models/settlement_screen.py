"""What the settlement screen draws and says: gross to paid out, whether it adds up, where the money is."""

from odoo import api, fields, models

from .amount_steps import LESS, TOTAL


class FinanceSettlement(models.Model):
    _inherit = "finance.settlement"

    amount_steps = fields.Json(compute="_compute_amount_steps", string="From gross to paid out")
    timeline = fields.Json(compute="_compute_timeline")
    proof = fields.Selection(
        [("waiting", "Lines not complete yet"), ("equal", "Adds up"), ("differs", "Does not add up")],
        compute="_compute_proof",
        search="_search_proof",
    )
    late = fields.Boolean(compute="_compute_late", help="The arrival date is over and the money is not seen at the bank.")
    line_count = fields.Integer(compute="_compute_line_count")
    move_count = fields.Integer(compute="_compute_move_count")
    exception_count = fields.Integer(compute="_compute_exception_count")

    @api.depends("amount_gross", "amount_fee", "amount_lines", "amount_net", "difference")
    def _compute_amount_steps(self):
        screen = self.env["finance.screen"]
        for settlement in self:
            rows = [("gross", self.env._("Gross"), settlement.amount_gross, TOTAL)]
            rows.append(("fee", self.env._("Fees and tax"), settlement.amount_fee, LESS))
            rows.append(("lines", self.env._("Sum of lines"), settlement.amount_lines, TOTAL))
            rows.append(("net", self.env._("Paid out"), settlement.amount_net, TOTAL))
            settlement.amount_steps = screen._amount_steps(rows, settlement.currency_id)

    @api.depends("movement_ids.move_id", "movement_ids.posted_at")
    def _compute_timeline(self):
        for settlement in self:
            payouts = settlement.movement_ids.filtered(lambda movement: movement.kind.startswith("payout"))
            settlement.timeline = payouts._timeline_events()

    @api.depends("complete", "difference", "currency_id")
    def _compute_proof(self):
        for settlement in self:
            if not settlement.complete:
                settlement.proof = "waiting"
            else:
                settlement.proof = "equal" if settlement.currency_id.is_zero(settlement.difference) else "differs"

    def _search_proof(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = {
            "waiting": [("complete", "=", False)],
            "equal": ["&", ("complete", "=", True), ("difference", "=", 0)],
            "differs": ["&", ("complete", "=", True), ("difference", "!=", 0)],
        }
        return fields.Domain.OR([domains[wanted] for wanted in value if wanted in domains])

    @api.depends("arrival_date", "state")
    def _compute_late(self):
        today = fields.Date.context_today(self)
        for settlement in self:
            waiting = settlement.state in ("in_transit", "paid")
            settlement.late = bool(waiting and settlement.arrival_date and settlement.arrival_date < today)

    @api.depends("line_ids")
    def _compute_line_count(self):
        counts = dict(
            self.env["finance.settlement.line"]._read_group([("settlement_id", "in", self.ids)], ["settlement_id"], ["__count"])
        )
        for settlement in self:
            settlement.line_count = counts.get(settlement, 0)

    @api.depends("move_ids")
    def _compute_move_count(self):
        for settlement in self:
            settlement.move_count = len(settlement.move_ids)

    def _compute_exception_count(self):
        counts = self.env["finance.exception"]._open_counts(self)
        for settlement in self:
            settlement.exception_count = counts.get(settlement.id, 0)

    def action_open_lines(self):
        """The lines of this settlement in a list of their own, where they can be searched and grouped."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Lines of %s", self.display_name),
            "res_model": "finance.settlement.line",
            "view_mode": "list,form,pivot",
            "domain": [("settlement_id", "=", self.id)],
        }

    def action_open_transactions(self):
        """The payments that this settlement pays out."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transactions of %s", self.display_name),
            "res_model": "finance.transaction",
            "view_mode": "list,form",
            "domain": [("settlement_line_ids.settlement_id", "=", self.id)],
        }

    def action_open_exceptions(self):
        """The exceptions about this settlement."""
        self.ensure_one()
        return self.env["finance.exception"]._action_for(self)
