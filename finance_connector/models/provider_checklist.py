"""What a connection still needs, in words and with the button that does it; the screen asks for it again while it is open."""

from odoo import api, fields, models
from odoo.tools import format_datetime

from .account_roles import ROLE_FIELDS
from .import_report import BY_PROFILE

_ADMINISTRATOR, _APPROVER = "finance_connector.group_administrator", "finance_connector.group_approver"


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    checklist = fields.Json(compute="_compute_checklist", string="Before it can be activated")
    ready = fields.Boolean(compute="_compute_checklist")

    @api.depends("code", "environment", "journal_id", "secret_ids.name", "is_approved", "state", *ROLE_FIELDS)
    def _compute_checklist(self):
        names = self._secret_names_set()
        for provider in self:
            items = provider._checklist_items(names.get(provider.id, set()))
            provider.checklist = items
            provider.ready = all(item["state"] != "missing" for item in items)

    def _checklist_items(self, secret_names):
        capabilities = self._adapter().capabilities
        accounts = ("action_complete_accounts", self.env._("Create missing accounts"), _ADMINISTRATOR)
        items = [
            self._check_item(
                bool(self.journal_id),
                self.env._("Provider journal and clearing account"),
                self.env._("“Create missing accounts” makes one."),
                action=accounts,
            ),
            self._check_roles(accounts),
        ]
        if "webhook" in capabilities:
            items += self._check_webhook(secret_names)
        if capabilities & {"fetch", "poll"}:
            items.append(self._check_secret("api_key", secret_names, needed="fetch" in capabilities))
        if self.code == BY_PROFILE:
            items.append(self._check_profile())
        return [*items, self._check_second_person()]

    def _check_item(self, done, label, hint, needed=True, action=None, **more):
        """``action``: (method, label of its button, the group that may press it)."""
        item = {"state": "done" if done else "missing" if needed else "advice", "label": label, "hint": "" if done else hint}
        if action and not done and self.env.user.has_group(action[2]):
            item |= {"method": action[0], "button": action[1]}
        return item | (more if not done else {})

    def _check_roles(self, action):
        self.ensure_one()
        missing = [self._fields[name].get_description(self.env)["string"] for name in ROLE_FIELDS if not self[name]]
        return self._check_item(
            not missing,
            self.env._("An account for every role"),
            self.env._("Missing: %s.", ", ".join(missing)),
            action=action,
        )

    def _check_secret(self, name, secret_names, needed=True):
        label, told = self._adapter().secret_help.get(name, (name, ""))
        why = {
            "webhook_secret": self.env._("Without it every call is refused."),
            "api_key": self.env._(
                "Without it nothing can be asked: an event that is never delivered stays unknown, and payouts have no lines."
            ),
        }[name]
        return self._check_item(
            name in secret_names, label, f"{why} {told}", needed,
            ("action_set_secret", self.env._("Set it"), _ADMINISTRATOR), context={"secret_name": name},
        )  # fmt: skip

    def _check_webhook(self, secret_names):
        more = {"copy": self.webhook_url} if self.env.user.has_group(_ADMINISTRATOR) else {}
        hint = self._adapter().webhook_help
        if refused := self._refused_in_words():
            hint = f"{refused} {hint}"
        return [
            self._check_secret("webhook_secret", secret_names),
            self._check_item(
                bool(self.last_message_at), self.env._("First message received"), hint, needed=False, **more
            ),
        ]

    def _refused_in_words(self):
        """That the last call was refused, and why; "" if none was."""
        refused = self.env["finance.message.rejection"].sudo()
        last = refused.search([("provider_id", "in", self._origin.ids)], order="at desc", limit=1)
        if not last:
            return ""
        return self.env._(
            "A call of %(at)s was refused (%(reason)s): compare the secret with the one of this address.",
            at=format_datetime(self.env, last.at),
            reason=last.reason,
        )

    def _check_profile(self):
        approved = self.env["finance.settlement.profile"]._in_force(self._origin)
        return self._check_item(
            bool(approved),
            self.env._("A settlement profile that is approved"),
            self.env._("Without one no file is read: define on a sample what its columns mean, and have it approved."),
            needed=False,
            action=("action_define_settlement_profile", self.env._("Define it"), _ADMINISTRATOR),
        )

    def _check_second_person(self):
        hint = self.env._("Somebody who neither made nor edited it looks at its accounts and settings, and approves it.")
        if self.approved_by_id:
            hint = self.env._("It was changed since %(name)s approved it. %(hint)s", name=self.approved_by_id.name, hint=hint)
        return self._check_item(
            self.is_approved,
            self.env._("Approved by a second person"),
            hint,
            needed=self.environment == "live",
            action=("action_approve_connection", self.env._("Approve"), _APPROVER),
        )

    def action_define_settlement_profile(self):
        """A new settlement profile of this connection."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "finance.settlement.profile",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"default_provider_id": self.id, "default_name": self.name},
        }
