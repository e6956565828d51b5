"""Giving an approved order to the bank, once: the file is checked against what was approved, the transmission is written down
before it begins, and while its outcome is not known nothing is sent again (INV-9).

By hand: one person takes the file, and a second one confirms that it is at the bank. By a channel that sends
(`payment_transmit`): the order is queued, and only where the bank cannot be asked does a person say what became of it.
"""

import hashlib
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..core.instruction import PROBE_GRACE, may_send


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    sent_by_id = fields.Many2one("res.users", string="Sent by", readonly=True, copy=False)
    waits_for_outcome = fields.Boolean(compute="_compute_transmission")
    is_queued = fields.Boolean(compute="_compute_transmission")
    is_automatic = fields.Boolean(compute="_compute_transmission")
    transmission = fields.Char(compute="_compute_transmission", help="How far the way to the bank is.")

    @api.depends(
        "request_ids.outcome", "request_ids.error", "instruction_ids.state", "channel_id.is_paused", "channel_id.opened_at"
    )
    def _compute_transmission(self):
        for order in self:
            requests, channel = order.sudo().request_ids, order.sudo().channel_id
            order.is_automatic = channel._is_automatic()
            order.is_queued = "pending" in requests.mapped("outcome")
            states = order.instruction_ids.mapped("state")
            order.waits_for_outcome = "unknown" in requests.mapped("outcome") and "unknown" in states
            order.transmission = order._told_transmission(requests, channel)

    def _told_transmission(self, requests, channel):
        waiting = requests.filtered(lambda one: one.outcome == "pending")
        unknown = requests.filtered(lambda one: one.outcome == "unknown")
        if unknown and channel._may_ask():
            return self.env._("It is not known whether the bank has it. The bank is asked; nothing is sent again before.")
        if not waiting:
            return ""
        if why := channel._why_not():
            return self.env._("It waits: %s", why)
        if channel.circuit_state == "open":
            return self.env._("It waits: %s does not answer and is tried again later.", channel.name)
        if waiting[:1].error:
            return self.env._("Not transmitted yet: %s", waiting[:1].error)
        return self.env._("It waits to be sent by %s.", channel.name)

    def action_send(self):
        """Send it: by its channel, or, by hand, take the file to the bank. Returns the download of the file then."""
        self.ensure_one()
        self._check_maker()
        self._locked()
        # Where payments go one by one, some may be on their way already.
        left = "approved" in self.instruction_ids.mapped("state")
        if not (self.state == "approved" or (self.state == "sent" and self.is_automatic and left)):
            raise UserError(self.env._("%s is not approved, so it cannot be sent.", self.name))
        self.sudo().sent_by_id = self.env.user
        return self._enqueue() if self.is_automatic else self._take_file()

    def _enqueue(self):
        """Put it into the outbox; the scheduled action sends it."""
        channel = self.sudo().channel_id
        if why := channel._why_not():
            raise UserError(why)
        self._checked_file(self.instruction_ids.filtered(lambda one: one.state == "approved"))
        self._parcels()
        self._audit("queue", channel=channel.name)
        return channel._wake()

    def _take_file(self):
        """Take the file to the bank: written down before anybody has it."""
        file = self._checked_file(self.instruction_ids)
        self._parcels()._begin_transmission(file)
        return {"type": "ir.actions.act_url", "target": "download",
                "url": f"/web/content/finance.payment.file/{file.id}/download/{file.filename}?download=1"}  # fmt: skip

    def _checked_file(self, payments):
        """The file that was approved, byte for byte. Raises UserError if anything is not as it was approved, or if one of
        ``payments`` may not be sent now."""
        order = self.sudo()
        if not self._standing().approved:
            order._derive()
            raise UserError(self.env._("%s was changed after it was approved; it has to be approved again.", self.name))
        file = self._current_file()
        if not file or hashlib.sha256(file._bytes()).hexdigest() != file.checksum:
            raise UserError(
                self.env._("The file of %s is not the one that was approved. Recall the order and submit it again.", self.name)
            )
        now = datetime.now(timezone.utc)
        folded = payments._folded()
        for one in payments.sudo():
            verdict = may_send(folded[one.id], now)
            if not verdict.ok:
                raise UserError(self.env._("%(payment)s cannot be sent: %(why)s", payment=one.display_name, why=verdict.reason))
        return file

    # --- what a person found out ---------------------------------------------------------------------------------------------

    def action_confirm_sent(self):
        """The bank has it: said by somebody else than who sent it."""
        return self._settle_by_hand(True)

    def action_confirm_not_sent(self):
        """The bank does not have it, and will not get it: it may be sent again."""
        return self._settle_by_hand(False)

    def _settle_by_hand(self, is_there):
        self.ensure_one()
        self._check_maker()
        self._locked()
        if not self.waits_for_outcome:
            raise UserError(self.env._("%s waits for no confirmation.", self.name))
        if self.env.user == self.sent_by_id:
            raise UserError(self.env._("You sent %s; a second person confirms what became of it.", self.name))
        requests = self.sudo().request_ids.filtered(lambda one: one.outcome == "unknown")
        if self.is_automatic and not is_there:
            requests._require_grace()
        for request in requests:
            # A person who took the file knows what he did; what a machine sent can only be asked for.
            kinds = ("probe_present", "probe_absent") if self.is_automatic else ("send_done", "send_fail")
            kind = kinds[0] if is_there else kinds[1]
            request._tell(kind, text=self.env.user.name)
            request.write({"outcome": "done" if is_there else "failed", "finished_at": fields.Datetime.now()})
        self._audit("confirm_sent" if is_there else "confirm_not_sent", attempts=requests.mapped("intent_key"))
        return True

    def action_recall(self):
        result = super().action_recall()
        self._leave_outbox()
        return result

    def action_cancel(self):
        result = super().action_cancel()
        self._leave_outbox()
        return result

    def _leave_outbox(self):
        waiting = self.sudo().request_ids.filtered(lambda one: one.outcome == "pending")
        waiting.write(
            {"outcome": "failed", "error": self.env._("Taken back before it was sent."), "finished_at": fields.Datetime.now()}
        )
        for request in self.sudo().request_ids.filtered(lambda one: one.outcome == "failed"):
            request._clear_failure(self.env._("The order was taken back."))

    def _derive_approval(self, facts=None):
        before = self.state
        super()._derive_approval(facts)
        if self.state == "approved" != before and self.channel_id.sends_when_approved and self.is_automatic:
            self._parcels()
            self.channel_id._wake()


class FinanceRequest(models.Model):
    _inherit = "finance.request"

    def _begin_transmission(self, file):
        """Write down that the transmission begins. From now on its outcome is unknown, until it is known (INV-9)."""
        for request in self:
            now = fields.Datetime.now()
            request.write(
                {"attempts": request.attempts + 1, "outcome": "unknown", "begun_at": now, "finished_at": False, "error": False,
                 "next_attempt_at": now + PROBE_GRACE}
            )  # fmt: skip
            request._tell("send_start", content=file.content_hash)
            request.order_id._audit("send", file=file.checksum, attempt=request._attempt_name())

    def _tell(self, kind, name="", **more):
        """Add a fact of the last transmission to each of its payments."""
        self.ensure_one()
        attempt = self._attempt_name()
        if kind in ("probe_present", "probe_absent"):
            name = name or f"{attempt}/{fields.Datetime.now().isoformat()}"
        self._payments().sudo()._tell(kind, name or attempt, attempt=attempt, **more)

    def _require_grace(self):
        """Raises UserError while the bank may still be filing what it received."""
        for request in self:
            if request.begun_at and fields.Datetime.now() < request.begun_at + PROBE_GRACE:
                raise UserError(
                    self.env._("The bank may still be working on it: ask again after %s.",
                               format_datetime(self.env, request.begun_at + PROBE_GRACE))
                )
