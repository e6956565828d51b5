"""Giving an approved order to the bank, once: the file is checked against what was approved, the transmission is written down
before it begins, and while its outcome is not known nothing is sent again (INV-9).

By hand: one person takes the file, and a second one confirms that it is at the bank.
"""

import hashlib
from datetime import datetime, timezone

from odoo import fields, models
from odoo.exceptions import UserError

from ..core.instruction import may_send


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    sent_by_id = fields.Many2one("res.users", string="Taken by", readonly=True, copy=False)
    attempt = fields.Char(readonly=True, copy=False, help="The transmission that is under way.")
    waits_for_outcome = fields.Boolean(compute="_compute_waits_for_outcome")

    def _compute_waits_for_outcome(self):
        for order in self:
            order.waits_for_outcome = bool(order.attempt) and "unknown" in order.instruction_ids.mapped("state")

    def action_send(self):
        """Take the file to the bank: written down before anybody has it. Returns the download of the file."""
        self.ensure_one()
        self._check_maker()
        self._locked()
        if self.state != "approved":
            raise UserError(self.env._("%s is not approved, so it cannot be sent.", self.name))
        file = self._checked_file()
        attempt = (
            f"{file.message_name}/{len(self.sudo().instruction_ids.fact_ids.filtered(lambda one: one.kind == 'send_start')) + 1}"
        )
        order = self.sudo()
        order.write({"sent_by_id": self.env.uid, "attempt": attempt})
        self._open_request(attempt, file)
        order.instruction_ids._tell("send_start", attempt, attempt=attempt, content=file.content_hash)
        self._audit("send", file=file.checksum, attempt=attempt)
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/web/content/finance.payment.file/{file.id}/content/{file.filename}?download=1",
        }

    def _checked_file(self):
        """The file that was approved, byte for byte. Raises UserError if anything is not as it was approved."""
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
        for one in order.instruction_ids:
            verdict = may_send(one._folded(), now)
            if not verdict.ok:
                raise UserError(self.env._("%(payment)s cannot be sent: %(why)s", payment=one.display_name, why=verdict.reason))
        return file

    def _open_request(self, attempt, file):
        self.env["finance.request"].sudo().create(
            {
                "company_id": self.company_id.id,
                "intent_key": attempt,
                "method": "FILE",
                "path": file.filename,
                "attempts": 1,
                "outcome": "pending",
            }
        )

    def action_confirm_sent(self):
        """The bank has the file: said by somebody else than who took it."""
        return self._settle_attempt("send_done", "done")

    def action_confirm_not_sent(self):
        """The bank does not have the file, and will not get it: it may be sent again."""
        return self._settle_attempt("send_fail", "failed")

    def _settle_attempt(self, kind, outcome):
        self.ensure_one()
        self._check_maker()
        self._locked()
        if not self.attempt or not self.waits_for_outcome:
            raise UserError(self.env._("%s waits for no confirmation.", self.name))
        if self.env.user == self.sent_by_id:
            raise UserError(self.env._("You took the file of %s; a second person confirms what became of it.", self.name))
        order = self.sudo()
        order.instruction_ids._tell(kind, order.attempt, attempt=order.attempt)
        requests = self.env["finance.request"].sudo().search([("intent_key", "=", order.attempt)])
        requests.write({"outcome": outcome, "finished_at": fields.Datetime.now()})
        self._audit(kind, attempt=order.attempt)
        return True
