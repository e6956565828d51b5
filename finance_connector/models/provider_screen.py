"""What the provider screen shows: the checklist before activation, and when the provider was last heard."""

from datetime import timedelta

from odoo import api, fields, models

from .account_roles import ROLE_FIELDS

# INV-13: an active connection that was not heard, or not asked completely, for this long says so.
QUIET_HOURS = 24
POLL_OVERDUE_HOURS = 3
# Files are judged by their imports, not by the inbox.
UNPROCESSED = [("state", "in", ("received", "failed", "dead")), ("source", "!=", "file")]


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    checklist = fields.Json(compute="_compute_checklist", string="Before it can be activated")
    ready = fields.Boolean(compute="_compute_checklist")
    unverified = fields.Text(compute="_compute_unverified", string="Not verified with the provider")
    message_warning = fields.Char(compute="_compute_warnings")
    poll_warning = fields.Char(compute="_compute_warnings")
    message_waiting_count = fields.Integer(compute="_compute_counts")
    transaction_count = fields.Integer(compute="_compute_counts")
    exception_count = fields.Integer(compute="_compute_counts")

    @api.depends("code")
    def _compute_unverified(self):
        for provider in self:
            provider.unverified = "\n".join(provider._adapter().unverified) if provider.code else False

    @api.depends("code", "journal_id", "secret_ids.name", *ROLE_FIELDS)
    def _compute_checklist(self):
        names = self._secret_names_set()
        for provider in self:
            items = provider._checklist_items(names.get(provider.id, set()))
            provider.checklist = items
            provider.ready = all(item["state"] != "missing" for item in items)

    def _checklist_items(self, secret_names):
        no_api_key = self.env._(
            "Without it nothing can be asked: an event that is never delivered stays unknown, and payouts have no lines."
        )
        capabilities = self._adapter().capabilities
        items = [
            self._check_item(
                bool(self.journal_id),
                self.env._("Provider journal and clearing account"),
                self.env._("“Create missing accounts” makes one."),
            ),
            self._check_roles(),
        ]
        if "webhook" in capabilities:
            items += self._check_webhook(secret_names)
        if capabilities & {"fetch", "poll"}:
            needed = "fetch" in capabilities
            items.append(self._check_item("api_key" in secret_names, self.env._("API key"), no_api_key, needed=needed))
        return items

    def _check_webhook(self, secret_names):
        return [
            self._check_item(
                "webhook_secret" in secret_names,
                self.env._("Webhook signing secret"),
                self.env._("Without it every call is refused. “Set a secret” takes it."),
            ),
            self._check_item(
                bool(self.last_message_at),
                self.env._("First message received"),
                self.env._("Register the webhook address at the provider and send a test event."),
                needed=False,
            ),
        ]

    def _check_item(self, done, label, hint, needed=True):
        state = "done" if done else "missing" if needed else "advice"
        return {"state": state, "label": label, "hint": "" if done else hint}

    def _check_roles(self):
        self.ensure_one()
        missing = [self._fields[name].get_description(self.env)["string"] for name in ROLE_FIELDS if not self[name]]
        return self._check_item(
            not missing,
            self.env._("An account for every role"),
            self.env._("Missing: %s.", ", ".join(missing)),
        )

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
            polls = provider.state == "active" and "poll" in provider._adapter().capabilities
            provider.message_warning = provider._quiet(provider.last_message_at, QUIET_HOURS, self.env._("No message yet"))
            provider.poll_warning = False
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
            "target": "new",
            "context": {"default_provider_id": self.id},
        }
