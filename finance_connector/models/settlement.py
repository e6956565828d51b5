"""A payout or batch as the provider reports it: what it holds, where its money is, and whether it adds up."""

from odoo import api, fields, models


class FinanceSettlement(models.Model):
    _name = "finance.settlement"
    _description = "Settlement"
    _order = "arrival_date desc, id desc"
    _rec_name = "external_id"
    _rec_names_search = ["external_id", "trace", "descriptor"]

    provider_id = fields.Many2one("finance.provider", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    external_id = fields.Char(string="Payout", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    occurred_at = fields.Datetime(readonly=True)
    arrival_date = fields.Date(readonly=True, index=True)
    amount_gross = fields.Monetary(string="Gross", readonly=True)
    amount_fee = fields.Monetary(string="Fees and tax", readonly=True)
    amount_net = fields.Monetary(string="Paid out", readonly=True)
    amount_lines = fields.Monetary(string="Sum of lines", readonly=True)
    difference = fields.Monetary(readonly=True, help="Paid out less the sum of the lines. Must be zero.")
    complete = fields.Boolean(readonly=True, help="The provider said that these are all its lines.")
    automatic = fields.Boolean(readonly=True)
    itemizable = fields.Boolean(readonly=True, help="The provider can list its lines now.")
    asked_at = fields.Datetime(readonly=True, help="When the provider was last asked for its lines.")
    method = fields.Char(readonly=True)
    trace = fields.Char(readonly=True, index="btree_not_null", help="The reference the bank will show.")
    descriptor = fields.Char(readonly=True)
    failure = fields.Char(readonly=True)
    known = fields.Json(readonly=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("in_transit", "In transit"),
            ("paid", "Paid"),
            ("failed", "Failed"),
            ("reconciled", "Reconciled"),
        ],
        required=True,
        default="open",
        readonly=True,
        index=True,
    )
    line_ids = fields.One2many("finance.settlement.line", "settlement_id", readonly=True)
    movement_ids = fields.One2many("finance.movement", "settlement_id", readonly=True)
    bank_line_ids = fields.Many2many(
        "account.bank.statement.line", "finance_settlement_bank_line_rel", string="Bank lines", readonly=True
    )
    move_ids = fields.Many2many("account.move", compute="_compute_move_ids", string="Journal entries")
    transaction_ids = fields.Many2many("finance.transaction", compute="_compute_transaction_ids")

    _external_uniq = models.UniqueIndex("(provider_id, external_id)")

    @api.depends("movement_ids.move_id")
    def _compute_move_ids(self):
        for settlement in self:
            settlement.move_ids = settlement.movement_ids.move_id

    @api.depends("line_ids.transaction_id")
    def _compute_transaction_ids(self):
        for settlement in self:
            settlement.transaction_ids = settlement.line_ids.transaction_id

    def action_open_moves(self):
        """The journal entries that book this settlement."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal entries of %s", self.display_name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.move_ids.ids)],
        }
