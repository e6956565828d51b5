"""The circuit breaker of a payment channel: when a bank that does not answer is left alone, and what the screen says of it."""

from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import circuit
from .limits import limit


class FinancePaymentChannel(models.Model):
    _inherit = "finance.payment.channel"

    failures = fields.Integer(readonly=True, copy=False, string="Calls without answer in a row")
    opened_at = fields.Datetime(readonly=True, copy=False, string="Rests since")
    last_error = fields.Char(readonly=True, copy=False)
    circuit_state = fields.Selection(
        [(circuit.CLOSED, "Answers"), (circuit.HALF_OPEN, "Is tried again"), (circuit.OPEN, "Rests")], string="Connection",
        compute="_compute_circuit_state",
    )  # fmt: skip
    rests_until = fields.Datetime(compute="_compute_circuit_state")

    @api.depends("opened_at")
    def _compute_circuit_state(self):
        rest = self._rest()
        for channel in self:
            channel.circuit_state = circuit.state(channel._circuit(), datetime.now(timezone.utc), rest)
            channel.rests_until = channel.opened_at and channel.opened_at + rest

    def _rest(self):
        return circuit.rest_of(limit(self.env, "channel_rest_minutes"))

    def _circuit(self):
        self.ensure_one()
        return circuit.Circuit(self.failures, self.opened_at.replace(tzinfo=timezone.utc) if self.opened_at else None)

    def _set_circuit(self, found, error=""):
        """Keep the `Circuit`; that it opened or closed is an exception that comes and goes."""
        self.ensure_one()
        since = found.opened_at and found.opened_at.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
        if (found.failures, since or False) == (self.failures, self.opened_at):
            return
        self.write({"failures": found.failures, "opened_at": since, "last_error": error or False})
        exceptions, cause = self.env["finance.exception"], f"channel-{self.id}"
        if since:
            exceptions._raise(
                "channel_down", cause, self.company_id, self.env._("The payment channel %s does not answer", self.name),
                detail=self.env._("%(failures)s calls in a row had no answer. %(error)s\nIt is tried again by itself.",
                                  failures=found.failures, error=error),
                record=self,
            )  # fmt: skip
        else:
            exceptions._clear("channel_down", cause, self.company_id, self.env._("The channel answered again."))

    def _retry_exception(self, exception):
        """The retry button of an exception about this channel."""
        self.action_try_again()

    def action_try_again(self):
        """Let one parcel through now, although the channel rests."""
        self.check_access("read")
        if not self.env.user.has_group("finance_connector.group_user"):
            raise UserError(self.env._("You may not send payments. Ask an administrator for the role User."))
        for channel in self.sudo().filtered("opened_at"):
            channel.opened_at = fields.Datetime.now() - self._rest()
        return self._wake()
