"""What the provider screen shows beside its checklist: when the provider was last heard, and what belongs to it."""

from datetime import timedelta

from odoo import api, fields, models

from ..capabilities import unverified_text

# INV-13: an active connection that was not heard, or not asked completely, for this long says so.
QUIET_HOURS = 24
POLL_OVERDUE_HOURS = 3
# Files are judged by their imports, not by the inbox.
UNPROCESSED = [("state", "in", ("received", "failed", "dead")), ("source", "!=", "file")]


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    has_webhook = fields.Boolean(compute="_compute_adapter_says")
    has_poll = fields.Boolean(compute="_compute_adapter_says")
    has_secrets = fields.Boolean(compute="_compute_adapter_says")
    has_certificate = fields.Boolean(compute="_compute_adapter_says")
    unverified = fields.Text(compute="_compute_adapter_says", string="Not verified with the provider")
    message_warning = fields.Char(compute="_compute_warnings")
    poll_warning = fields.Char(compute="_compute_warnings")
    message_waiting_count = fields.Integer(compute="_compute_counts")
    transaction_count = fields.Integer(compute="_compute_counts")
    exception_count = fields.Integer(compute="_compute_counts")

    @api.depends("code")
    def _compute_adapter_says(self):
        for provider in self:
            adapter = provider._adapter() if provider.code else None
            capabilities = adapter.capabilities if adapter else ()
            for name in ("webhook", "poll", "certificate"):
                provider[f"has_{name}"] = name in capabilities
            provider.has_secrets = bool(adapter and adapter.secret_names)
            provider.unverified = unverified_text(adapter)

    def _secret_names_set(self):
        """provider id -> names of its secrets. Only the names: nothing is decrypted for a screen."""
        rows = self.env["finance.provider.secret"].sudo().search([("provider_id", "in", self.ids)])
        names = {}
        for row in rows:
            names.setdefault(row.provider_id.id, set()).add(row.name)
        return names

    @api.depends("state", "polled_at", "secret_ids.name")
    def _compute_warnings(self):
        names = self._secret_names_set()
        for provider in self:
            polls = provider.state == "active" and provider.has_poll
            provider.message_warning = provider.poll_warning = False
            if provider.has_webhook:
                provider.message_warning = provider._quiet(provider.last_message_at, QUIET_HOURS, self.env._("No message yet"))
            if polls and "api_key" not in names.get(provider.id, set()):
                provider.poll_warning = self.env._("Cannot be asked: no API key")
            elif polls:
                provider.poll_warning = provider._quiet(
                    provider.polled_at, POLL_OVERDUE_HOURS, self.env._("Never asked completely")
                )

    def _quiet(self, at, hours, never):
        """A warning in words when an active connection was never heard, or not for ``hours``; else False."""
        if self.state != "active":
            return False
        if not at:
            return never
        late = at < fields.Datetime.now() - timedelta(hours=hours)
        return self.env._("Quiet for more than %s hours", hours) if late else False

    def _compute_counts(self):
        waiting = self._count("finance.message", UNPROCESSED)
        transactions = self._count("finance.transaction", [])
        exceptions = self._count("finance.exception", [("state", "in", ("open", "in_progress"))])
        for provider in self:
            provider.message_waiting_count = waiting.get(provider, 0)
            provider.transaction_count = transactions.get(provider, 0)
            provider.exception_count = exceptions.get(provider, 0)

    def _count(self, model, domain):
        return dict(self.env[model]._read_group([("provider_id", "in", self.ids), *domain], ["provider_id"], ["__count"]))

    def _screen_action(self, name, model, domain):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(what)s of %(name)s", what=name, name=self.name),
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("provider_id", "=", self.id), *domain],
        }

    def action_open_unprocessed(self):
        """Messages of this connection that are not processed."""
        return self._screen_action(self.env._("Unprocessed messages"), "finance.message", UNPROCESSED)

    def action_open_transactions(self):
        """Transactions of this connection."""
        return self._screen_action(self.env._("Transactions"), "finance.transaction", [])

    def action_open_exceptions(self):
        """Open exceptions of this connection."""
        domain = [("state", "in", ("open", "in_progress"))]
        return self._screen_action(self.env._("Exceptions"), "finance.exception", domain)

    def action_set_secret(self):
        """Ask for a secret value; it is stored encrypted and never shown again."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set a secret of %s", self.name),
            "res_model": "finance.provider.secret.set",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_provider_id": self.id, "default_name": self.env.context.get("secret_name", "webhook_secret")},
        }
