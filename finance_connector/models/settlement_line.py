"""One line of a settlement, as the provider reports it, in the settlement's currency."""

from odoo import fields, models

from .light_reference import LightMany2one
from .movement import LABELS


class FinanceSettlementLine(models.Model):
    _name = "finance.settlement.line"
    _description = "Settlement line"
    _inherit = ["finance.append.only"]
    _order = "settlement_id, occurred_at, id"
    _rec_name = "external_id"
    _log_access = False
    _mutable_columns = frozenset({"transaction_id"})
    # What a report file does not tell, the provider's API may (`core.settlement_tellings`).
    _completed_columns = frozenset(
        {"kind", "category", "description", "source_key", "fee", "tax", "original_amount", "original_currency_id"}
    )
    _told = """(OLD.kind <> 'unknown' AND NEW.kind <> OLD.kind) OR (OLD.tax <> 0 AND NEW.tax <> OLD.tax)
        OR NEW.fee + NEW.tax <> OLD.fee + OLD.tax OR OLD.category <> NEW.category OR OLD.description <> NEW.description
        OR OLD.source_key <> NEW.source_key OR OLD.original_amount <> NEW.original_amount"""

    # References kept by the other side (decision 0035); connection, company and currency are held by the settlement, too.
    settlement_id = LightMany2one("finance.settlement", required=True, readonly=True, ondelete="restrict")
    provider_id = LightMany2one("finance.provider", required=True, readonly=True, ondelete="restrict", guarded=False)
    company_id = LightMany2one("res.company", required=True, readonly=True, guarded=False)
    message_id = LightMany2one("finance.message", readonly=True, ondelete="restrict", guarded=False)
    transaction_id = LightMany2one("finance.transaction", readonly=True, index="btree_not_null", ondelete="restrict")
    external_id = fields.Char(required=True, readonly=True)
    kind = fields.Selection([*LABELS.items(), ("unknown", "Not known")], required=True, readonly=True)
    category = fields.Char(readonly=True, help="The provider's own name for the kind of line.")
    description = fields.Char(readonly=True)
    source_key = fields.Char(readonly=True, help="The provider's id of what caused the line (charge, refund, dispute).")
    occurred_at = fields.Datetime(readonly=True)
    currency_id = LightMany2one("res.currency", required=True, readonly=True, ondelete="restrict", guarded=False)
    gross = fields.Monetary(readonly=True)
    fee = fields.Monetary(readonly=True)
    tax = fields.Monetary(readonly=True)
    net = fields.Monetary(readonly=True)
    original_amount = fields.Monetary(currency_field="original_currency_id", readonly=True)
    original_currency_id = LightMany2one("res.currency", readonly=True, ondelete="restrict")

    _external_uniq = models.UniqueIndex("(settlement_id, external_id)")
