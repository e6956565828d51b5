"""What is to be transmitted, as rows of the outbox: one a parcel, with one intent key however often it is tried (INV-3)."""

from odoo import api, fields, models

from ..channels.base import PAYMENT, Collect, Parcel, Payout
from ..core import instruction_intent
from ..payments import payouts

# The files whose bytes are calls, and what each of these pays or collects.
_MADE = {payouts.FORMAT: Payout, payouts.COLLECTIONS: Collect}


class FinanceRequest(models.Model):
    _inherit = "finance.request"

    channel_id = fields.Many2one("finance.payment.channel", readonly=True, index="btree_not_null", ondelete="restrict")
    order_id = fields.Many2one("finance.payment.order", readonly=True, index="btree_not_null", ondelete="restrict",
                               help="The order that is transmitted. Empty for a single call on its way.")  # fmt: skip
    instruction_id = fields.Many2one("finance.payment.instruction", readonly=True, index="btree_not_null", ondelete="restrict",
                                     help="The payment that is transmitted, where a channel takes them one by one.")  # fmt: skip
    begun_at = fields.Datetime(readonly=True, help="When the last transmission began.")
    next_attempt_at = fields.Datetime(readonly=True)
    reference = fields.Char(readonly=True, string="Name at the bank", help="What the bank calls it.")

    _parcel_uniq = models.UniqueIndex("(intent_key) WHERE order_id IS NOT NULL")
    _due_idx = models.Index("(channel_id, outcome) WHERE order_id IS NOT NULL AND outcome IN ('pending', 'unknown')")

    def _payments(self):
        """The payments of the parcel."""
        self.ensure_one()
        return self.instruction_id or self.order_id.instruction_ids.filtered(lambda one: one.state != "cancelled")

    def _attempt_name(self):
        """Names the last transmission, as the facts of its payments do."""
        self.ensure_one()
        return f"{self.intent_key}/{self.attempts}"

    def _parcel(self, file):
        """The `Parcel` of one row. ``file``: the approved `finance.payment.file`."""
        self.ensure_one()
        names, content = tuple(self._payments().sorted("id").mapped("end_to_end_id")), file._bytes()
        # The calls are made of the bytes that were approved.
        make = _MADE.get(file.format)
        told = payouts.read(content, make) if make else ()
        return Parcel(
            self.intent_key,
            file.message_name,
            file.filename,
            content,
            names,
            tuple(one for one in told if one.end_to_end_id in names),
            self.reference or "",
        )


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    request_ids = fields.One2many("finance.request", "order_id", string="Transmissions", readonly=True)

    def _parcels(self):
        """The rows of the outbox for what is still to be transmitted; made where there are none yet. To be called with the order
        locked."""
        self.ensure_one()
        file, requests = self._current_file(), self.env["finance.request"].sudo()
        for vals in self._parcel_vals(file):
            known = requests.search([("intent_key", "=", vals["intent_key"]), ("order_id", "!=", False)], limit=1)
            if not known:
                known = requests.create({**vals, "outcome": "pending"})
            elif known.outcome == "failed":
                known.write({**vals, "outcome": "pending", "next_attempt_at": False, "error": False, "finished_at": False})
            requests |= known
        self.invalidate_recordset(["request_ids"])
        return requests

    @api.model
    def _call_of(self, channel):
        """(method, path) by which a parcel goes, as the outbox shows it."""
        return ("POST", channel.url) if channel and channel.url else (channel.code.upper() if channel else "MANUAL", None)

    def _parcel_vals(self, file):
        method, path = self._call_of(self.channel_id)
        shared = {
            "company_id": self.company_id.id, "channel_id": self.channel_id.id, "order_id": self.id, "method": method,
            "path": path or file.filename,
        }  # fmt: skip
        if self.channel_id._adapter().unit != PAYMENT:
            return [{**shared, "intent_key": file.message_name}]
        waiting = self.instruction_ids.filtered(lambda one: one.state == "approved").sorted("id")
        return [
            {
                **shared,
                "intent_key": instruction_intent.message_id([one.intent_key], file.content_hash),
                "instruction_id": one.id,
            }
            for one in waiting
        ]
