"""A movement as an event of a timeline: when, what, how much, and the way to its bytes and its booking."""

from odoo import fields, models

from ..core.balances import EFFECTS
from .movement import LABELS

# Facts that tell of trouble, and facts that tell of money or rights that ended; the label says the same in
# words.
_TROUBLE = {
    "fail",
    "capture_fail",
    "refund_fail",
    "dispute_open",
    "dispute_lost",
    "payout_fail",
    "review_open",
}
_ENDED = {"void", "expire", "refund", "dispute_update", "review_close"}
# A message that came this much later than its fact is worth a word: it was delayed, or found by asking.
LATE_MINUTES = 10


class FinanceMovement(models.Model):
    _inherit = "finance.movement"

    signed_amount = fields.Monetary(
        compute="_compute_signed_amount",
        help="With the sign it has for the balance at the provider; zero moves nothing.",
    )

    def _compute_signed_amount(self):
        for movement in self:
            movement.signed_amount = EFFECTS[movement.kind][0] * movement.amount

    def _timeline_events(self):
        """The movements as timeline events (JSON-able)."""
        return [movement._timeline_event() for movement in self.sorted(lambda item: (item.occurred_at, item.id))]

    def _timeline_event(self):
        self.ensure_one()
        message, entry = self.message_id, self.move_id
        moves_money = bool(EFFECTS[self.kind][0])
        screen = self.env["finance.screen"]
        return {
            "id": self.id,
            "at": fields.Datetime.to_string(self.occurred_at),
            "kind": self.kind,
            "tone": self._timeline_tone(moves_money),
            "label": LABELS[self.kind],
            "amount": screen._money_text(self.signed_amount if moves_money else self.amount, self.currency_id, moves_money),
            "moves_money": moves_money,
            "external_id": self.external_id,
            "notes": self._timeline_notes(moves_money),
            "message": {"id": message.id, "name": message.external_id, "source": message.source},
            "entry": {"id": entry.id, "name": entry.display_name} if entry else False,
            "settlement": (
                {"id": self.settlement_id.id, "name": self.settlement_id.external_id} if self.settlement_id else False
            ),
        }

    def _timeline_tone(self, moves_money):
        if self.kind in _TROUBLE:
            return "danger"
        if self.kind in _ENDED:
            return "muted"
        return "success" if moves_money and self.signed_amount > 0 else "info"

    def _timeline_notes(self, moves_money):
        notes = [text for text in (self.status, self.reason) if text]
        if late := self._told_late():
            notes.append(late)
        if not self.move_id and moves_money:
            notes.append(self.env._("nothing to book") if self.posted_at else self.env._("not booked yet"))
        return notes

    def _told_late(self):
        """In words, how long after the fact its message came; a report is not late, it comes with the payout."""
        minutes = round((self.message_id.received_at - self.occurred_at).total_seconds() / 60)
        if minutes <= LATE_MINUTES or self.message_id.source not in ("webhook", "poll"):
            return False
        span = self.env._("%s min", minutes)
        if minutes > 48 * 60:
            span = self.env._("%s days", round(minutes / 60 / 24))
        elif minutes > 120:
            span = self.env._("%s h", round(minutes / 60))
        if self.message_id.source == "poll":
            return self.env._("found by asking %s later", span)
        return self.env._("arrived %s later", span)
