"""From which balance a channel pays: the provider connection whose books show it. Without one only lines of the bank account
reconcile the documents, and the screen says so."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import providers


class FinancePaymentChannel(models.Model):
    _inherit = "finance.payment.channel"

    provider_id = fields.Many2one(
        "finance.provider", string="Provider connection", compute="_compute_provider_id", store=True, readonly=False,
        precompute=True, check_company=True, ondelete="restrict",
        domain="[('code', '=', code), ('company_id', '=', company_id), ('environment', '=', environment)]",
        help="Where the balance is booked that the payments leave from: what they paid is reconciled there when they are "
        "executed.",
    )  # fmt: skip
    provider_note = fields.Text(compute="_compute_provider_note")

    @api.depends("code", "company_id", "environment")
    def _compute_provider_id(self):
        for channel in self:
            own = [("code", "=", channel.code), ("company_id", "=", channel.company_id.id)]
            found = self.env["finance.provider"].search([*own, ("environment", "=", channel.environment)], limit=2)
            if channel.provider_id not in found or not channel.provider_id:
                channel.provider_id = found if len(found) == 1 else False

    @api.depends("code", "provider_id", "journal_id")
    def _compute_provider_note(self):
        for channel in self:
            channel.provider_note = channel._provider_note()

    def _provider_note(self):
        """What is to be known where an API moves money of which no connection books the balance."""
        if not self._adapter().formats or self.provider_id:
            return False
        told = self.env._(
            "No provider connection books the balance that %(channel)s moves. Documents are reconciled only when lines of "
            "%(account)s show the payments.",
            channel=self.name or self._adapter().label,
            account=self.journal_id.name or self.env._("the bank account"),
        )
        if self.code in providers.codes():
            told += " " + self.env._(
                "Choose a connection, or make one first, so that it happens when the provider executes them."
            )
        return told

    @api.constrains("provider_id", "code", "environment")
    def _check_provider(self):
        for channel in self.filtered("provider_id"):
            if (channel.provider_id.code, channel.provider_id.environment) != (channel.code, channel.environment):
                raise ValidationError(
                    self.env._(
                        "%(connection)s is no connection of %(channel)s; choose one of the same provider and environment.",
                        connection=channel.provider_id.name,
                        channel=channel.name,
                    )
                )

    def action_approve(self):
        """Put it into force, and say what will not be booked by itself."""
        result = super().action_approve()
        notes = "\n".join(filter(None, self.mapped("provider_note")))
        if not notes:
            return result
        told = {"type": "warning", "sticky": True, "message": notes, "next": {"type": "ir.actions.client", "tag": "soft_reload"}}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": told}
