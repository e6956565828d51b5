"""What posting notes on a movement beside its journal entry: whether it waits for its document, and when to try again."""

from odoo import fields, models


class FinanceMovement(models.Model):
    _inherit = "finance.movement"
    _mutable_columns = frozenset(
        {
            "move_id", "posted_amount", "posted_at", "settlement_id",
            "unapplied", "applied_move_id", "post_failures", "post_after",
        }
    )  # fmt: skip

    unapplied = fields.Boolean(
        readonly=True, help="Booked against unapplied receipts, because its customer was not known yet."
    )
    applied_move_id = fields.Many2one(
        "account.move",
        string="Applied by",
        readonly=True,
        index="btree_not_null",
        help="The entry that moved it from unapplied receipts to the customer, once known.",
    )
    post_failures = fields.Integer(readonly=True, help="How often it could not be posted.")
    post_after = fields.Datetime(readonly=True, help="Not tried again before.")

    _unapplied_idx = models.Index("(transaction_id) WHERE unapplied")
    _move_kind_idx = models.Index("(settlement_id, kind) WHERE move_id IS NOT NULL")

    def _try_again(self):
        """Have the next run of posting try again what failed."""
        self.sudo().filtered("post_after").write({"post_after": False})
