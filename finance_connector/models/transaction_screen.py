"""What the transaction screen draws: the steps from authorised to net, and the payment's timeline."""

from datetime import timedelta

from odoo import api, fields, models

from .amount_steps import LESS, TOTAL

# A report and an event put the same act at times that differ by so much at most; within it this order is told.
CLOCKS_DIFFER = timedelta(minutes=1)
TOLD_FIRST = {"authorize": 0, "authorize_adjust": 1, "capture": 2, "fee": 3, "fee_tax": 4}


class FinanceTransaction(models.Model):
    _inherit = "finance.transaction"

    amount_steps = fields.Json(compute="_compute_amount_steps", string="From authorised to net")
    timeline = fields.Json(compute="_compute_timeline")
    has_document = fields.Boolean(compute="_compute_has_document", search="_search_has_document")

    @api.depends(
        "amount_authorized",
        "amount_captured",
        "amount_refunded",
        "amount_disputed",
        "amount_fee",
        "amount_net",
    )
    def _compute_amount_steps(self):
        screen = self.env["finance.screen"]
        for transaction in self:
            rows = [("authorized", self.env._("Authorised"), transaction.amount_authorized, TOTAL)]
            rows.append(("captured", self.env._("Captured"), transaction.amount_captured, TOTAL))
            rows.append(("refunded", self.env._("Refunded"), transaction.amount_refunded, LESS))
            rows.append(("disputed", self.env._("Disputed"), transaction.amount_disputed, LESS))
            rows.append(("fee", self.env._("Fees"), transaction.amount_fee, LESS))
            rows.append(("net", self.env._("Net"), transaction.amount_net, TOTAL))
            transaction.amount_steps = screen._amount_steps(rows, transaction.currency_id)

    @api.depends("movement_ids.move_id", "movement_ids.posted_at", "linked_at", "document_name")
    def _compute_timeline(self):
        for transaction in self:
            events = transaction.movement_ids._timeline_events()
            if transaction.linked_at:
                events.append(transaction._linked_event())
            transaction.timeline = _in_telling_order(events)

    def _linked_event(self):
        self.ensure_one()
        return {
            "id": f"linked-{self.id}",
            "at": fields.Datetime.to_string(self.linked_at),
            "kind": "linked",
            "tone": "info",
            "label": self.env._("Linked to %s", self.document_name or self.env._("its document")),
            "amount": "",
            "external_id": self.reference or "",
            "notes": [],
        }

    @api.depends("linked_at")
    def _compute_has_document(self):
        for transaction in self:
            transaction.has_document = bool(transaction.linked_at)

    def _search_has_document(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("linked_at", "!=" if True in value else "=", False)]

    def action_open_settlements(self):
        """The payouts that this payment is part of."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settlements of %s", self.display_name),
            "res_model": "finance.settlement",
            "view_mode": "list,form",
            "domain": [("id", "in", self.settlement_ids.ids)],
        }


def _in_telling_order(events):
    """``events`` by time; within one moment a payment is told from its authorisation to its fee, whatever the seconds."""
    moment, start, keyed = 0, None, []
    for event in sorted(events, key=lambda event: event["at"]):
        at = fields.Datetime.to_datetime(event["at"])
        if start is None or at - start > CLOCKS_DIFFER:
            moment, start = moment + 1, at
        keyed.append((moment, TOLD_FIRST.get(event["kind"], len(TOLD_FIRST)), len(keyed), event))
    return [event for *_key, event in sorted(keyed, key=lambda row: row[:3])]
