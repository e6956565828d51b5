"""A payment and its life: everything here is derived from its movements, nothing is set by hand."""

from odoo import api, fields, models

from .light_reference import LightMany2one

STATES = [
    ("pending", "Pending"),
    ("authorized", "Authorised"),
    ("partially_captured", "Partially captured"),
    ("captured", "Captured"),
    ("partially_refunded", "Partially refunded"),
    ("refunded", "Refunded"),
    ("disputed", "Disputed"),
    ("charged_back", "Charged back"),
    ("voided", "Voided"),
    ("expired", "Expired"),
    ("failed", "Failed"),
    ("unknown", "Unknown"),
]
SETTLEMENT_STATES = [
    ("unsettled", "Not settled"),
    ("partial", "Partly settled"),
    ("settled", "Settled"),
    ("reconciled", "Reconciled with the bank"),
]


class FinanceTransaction(models.Model):
    _name = "finance.transaction"
    _description = "Transaction"
    _order = "occurred_at desc, id desc"
    _rec_name = "provider_reference"
    _rec_names_search = ["provider_reference", "reference", "customer_name"]

    provider_id = LightMany2one("finance.provider", required=True, readonly=True, ondelete="restrict")
    company_id = LightMany2one("res.company", required=True, readonly=True, guarded=False)
    provider_reference = fields.Char(required=True, readonly=True, help="The provider's id of the payment.")
    reference = fields.Char(readonly=True, help="Our own order or invoice number.")
    description = fields.Char(readonly=True)
    customer_name = fields.Char(readonly=True)
    customer_email = fields.Char(readonly=True)
    customer_key = fields.Char(readonly=True, help="The provider's id of the customer.")
    occurred_at = fields.Datetime(string="Date", readonly=True, index=True, help="When the first fact happened.")
    currency_id = LightMany2one("res.currency", readonly=True, ondelete="restrict")
    amount = fields.Monetary(readonly=True, help="What the customer was asked to pay.")
    amount_authorized = fields.Monetary(string="Authorised", readonly=True)
    amount_captured = fields.Monetary(string="Captured", readonly=True)
    amount_refunded = fields.Monetary(string="Refunded", readonly=True)
    amount_disputed = fields.Monetary(string="Disputed", readonly=True)
    amount_fee = fields.Monetary(
        string="Fees", readonly=True, help="Fees and their tax, where charged in the currency of the payment."
    )
    amount_net = fields.Monetary(string="Net", readonly=True, help="Captured less refunded, disputed and fees.")
    state = fields.Selection(STATES, required=True, default="pending", readonly=True)
    settlement_state = fields.Selection(SETTLEMENT_STATES, required=True, default="unsettled", readonly=True)
    under_review = fields.Boolean(readonly=True, help="The provider holds a fraud review or warning about it.")
    contradiction = fields.Text(readonly=True, help="Facts that do not fit together.")
    contradiction_definite = fields.Boolean(readonly=True)
    contradiction_since = fields.Datetime(readonly=True)
    known = fields.Json(readonly=True, help="What the provider told about the payment, per field with its time.")

    partner_id = fields.Many2one("res.partner", index="btree_not_null", readonly=True)
    invoice_ids = fields.Many2many("account.move", "finance_transaction_invoice_rel", string="Invoices", readonly=True)
    payment_transaction_id = fields.Many2one(
        "payment.transaction", string="Online payment", index="btree_not_null", readonly=True, ondelete="restrict"
    )
    payment_id = fields.Many2one("account.payment", string="Receipt", index="btree_not_null", readonly=True)
    document_model = fields.Char(readonly=True)
    document_name = fields.Char(string="Document", readonly=True, help="The order or invoice that was paid.")
    linked_at = fields.Datetime(readonly=True, help="When its document was found.")
    movement_ids = fields.One2many("finance.movement", "transaction_id", readonly=True)
    settlement_line_ids = fields.One2many("finance.settlement.line", "transaction_id", readonly=True)
    settlement_ids = fields.Many2many("finance.settlement", compute="_compute_settlement_ids")
    move_ids = fields.Many2many("account.move", compute="_compute_move_ids", string="Journal entries")
    message_count = fields.Integer(compute="_compute_message_count")
    exception_count = fields.Integer(compute="_compute_exception_count")

    _key_uniq = models.UniqueIndex("(provider_id, provider_reference)")
    # Serves a reference and what begins with it (`transaction_link`): one index less to write with every payment.
    _reference_idx = models.Index("(reference varchar_pattern_ops) WHERE reference IS NOT NULL")
    _contradiction_idx = models.Index("(provider_id) WHERE contradiction IS NOT NULL")

    def init(self):
        super().init()
        # Every payment changes several times, and once when its report comes. Each page has room for a second version of its
        # rows, so that no index has to be told of what it does not hold.
        self.env.cr.execute("ALTER TABLE finance_transaction SET (fillfactor = 50)")

    @api.depends("settlement_line_ids.settlement_id")
    def _compute_settlement_ids(self):
        for transaction in self:
            transaction.settlement_ids = transaction.settlement_line_ids.settlement_id

    @api.depends("movement_ids.move_id", "payment_id.move_id")
    def _compute_move_ids(self):
        for transaction in self:
            transaction.move_ids = transaction.movement_ids.move_id | transaction.payment_id.move_id

    @api.depends("movement_ids.message_id")
    def _compute_message_count(self):
        for transaction in self:
            transaction.message_count = len(transaction.movement_ids.message_id)

    def _compute_exception_count(self):
        groups = self.env["finance.exception"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("state", "in", ("open", "in_progress"))],
            ["res_id"],
            ["__count"],
        )
        counts = dict(groups)
        for transaction in self:
            transaction.exception_count = counts.get(transaction.id, 0)

    def action_open_messages(self):
        """The raw messages behind this transaction."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Messages of %s", self.display_name),
            "res_model": "finance.message",
            "view_mode": "list,form",
            "domain": [("id", "in", self.movement_ids.message_id.ids)],
        }

    def action_open_moves(self):
        """The journal entries that book this transaction."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal entries of %s", self.display_name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.move_ids.ids)],
        }

    def action_open_exceptions(self):
        """The exceptions about this transaction."""
        self.ensure_one()
        return self.env["finance.exception"]._action_for(self)
