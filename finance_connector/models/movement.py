"""Facts: immutable money events, one per (connection, kind, external id), each pointing at the message that told it."""

from odoo import fields, models

from ..core.records import KINDS
from .light_reference import LightMany2one

LABELS = {
    "authorize": "Authorised", "authorize_adjust": "Authorisation changed", "void": "Voided", "expire": "Expired",
    "fail": "Failed", "capture": "Captured", "capture_fail": "Capture failed", "refund": "Refunded",
    "refund_fail": "Refund failed", "dispute_open": "Dispute opened", "dispute_update": "Dispute updated",
    "dispute_won": "Dispute won", "dispute_lost": "Dispute lost", "dispute_fee": "Dispute fee", "fee": "Fee",
    "fee_refund": "Fee returned", "fee_tax": "Tax on fee", "reserve_hold": "Held in reserve",
    "reserve_release": "Released from reserve", "adjustment": "Adjustment", "fx": "Currency conversion",
    "payout": "Payout", "payout_paid": "Payout arrived", "payout_fail": "Payout failed", "transfer": "Transfer",
    "review_open": "Review opened", "review_close": "Review closed",
    "mandate_create": "Mandate created", "mandate_activate": "Mandate active", "mandate_end": "Mandate ended",
}  # fmt: skip


class FinanceMovement(models.Model):
    _name = "finance.movement"
    _description = "Movement"
    _inherit = ["finance.append.only"]
    _order = "occurred_at, id"
    _rec_name = "external_id"
    # A fact has its own instant and its message; two more references a row would cost a fifth of storing it. Those it has are
    # kept by the other side, since checking each would cost more than storing the fact (decision 0035).
    _log_access = False
    _mutable_columns = frozenset({"move_id", "posted_amount", "posted_at", "settlement_id"})
    # What names a refund alone gets the payment when the refund is known.
    _completed_columns = frozenset({"transaction_id"})
    _told = "OLD.transaction_id IS NOT NULL AND NEW.transaction_id IS DISTINCT FROM OLD.transaction_id"

    transaction_id = LightMany2one("finance.transaction", index="btree_not_null", readonly=True, ondelete="restrict")
    provider_id = LightMany2one("finance.provider", required=True, readonly=True, ondelete="restrict")
    company_id = LightMany2one("res.company", required=True, readonly=True, guarded=False)
    message_id = LightMany2one(
        "finance.message", required=True, readonly=True, ondelete="restrict", guarded=False
    )
    kind = fields.Selection([(kind, LABELS[kind]) for kind in KINDS], required=True, readonly=True)
    external_id = fields.Char(required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    currency_id = LightMany2one("res.currency", required=True, readonly=True, ondelete="restrict")
    counter_amount = fields.Monetary(
        currency_field="counter_currency_id", readonly=True, help="What left the balance in the other currency."
    )
    counter_currency_id = LightMany2one("res.currency", readonly=True, ondelete="restrict")
    occurred_at = fields.Datetime(required=True, readonly=True)
    group_key = fields.Char(string="Belongs to", readonly=True, help="The charge, refund or dispute of the fact.")
    cumulative = fields.Boolean(readonly=True, help="The amount is the total of its charge so far.")
    reference = fields.Char(readonly=True)
    status = fields.Char(readonly=True)
    reason = fields.Char(readonly=True)
    data = fields.Json(readonly=True)
    settlement_key = fields.Char(readonly=True)
    settlement_id = LightMany2one("finance.settlement", index="btree_not_null", readonly=True, ondelete="restrict")

    move_id = fields.Many2one("account.move", string="Journal entry", index="btree_not_null", readonly=True)
    posted_amount = fields.Monetary(readonly=True, help="The part of the amount that its journal entry books.")
    posted_at = fields.Datetime(readonly=True, help="When posting was done with it, also when there was nothing to book.")

    # INV-3. The amount is part of the key: a second statement of the same fact with another amount is kept and shows
    # as a contradiction, it is neither dropped nor allowed to win by coming first (INV-4).
    # Only people ask for the facts of a message, and these lie together: no entry for each fact.
    _message_idx = models.Index("USING brin (message_id) WITH (pages_per_range = 16, autosummarize = on)")
    _fact_uniq = models.UniqueIndex("(provider_id, kind, external_id, currency_id, amount)")
    _unposted_idx = models.Index("(provider_id, id) WHERE posted_at IS NULL")
    _of_refund_idx = models.Index(
        "(provider_id, group_key) WHERE transaction_id IS NULL AND kind IN ('refund_fail', 'fee', 'fee_refund')"
    )
    _unsettled_idx = models.Index("(provider_id, settlement_key) WHERE settlement_id IS NULL AND settlement_key IS NOT NULL")
