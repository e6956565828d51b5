"""A bank feed: the connection to banks' API in a company's name, the owner's consent behind it, and the accounts it opens."""

import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import feeds

# Changes of these are noted in the audit chain.
_AUDITED = ("api_base", "application", "bank_name", "code", "company_id", "country_id", "environment")


class FinanceFeed(models.Model):
    _name = "finance.feed"
    _description = "Bank feed"
    _inherit = ["mail.thread"]
    _check_company_auto = True
    _order = "sequence, id"

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    code = fields.Selection(
        selection=lambda self: [(code, feeds.get(code).label) for code in feeds.codes()],
        string="Service",
        required=True,
        default="enablebanking",
        help="Through which service the banks are asked.",
    )
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    environment = fields.Selection([("test", "Test"), ("live", "Live")], required=True, default="test", tracking=True)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("paused", "Paused")],
        required=True,
        default="draft",
        copy=False,
        tracking=True,
        help="Only an active feed asks its bank.",
    )
    application = fields.Char(help="Our id at the service: the application id (Enable Banking) or client_id (Plaid).")
    bank_name = fields.Char(string="Bank", help="The bank's name as the service lists it (Enable Banking).")
    country_id = fields.Many2one("res.country", string="Country of the bank")
    business = fields.Boolean(string="Business account", default=True)
    api_base = fields.Char(
        string="API address",
        groups="finance_connector.group_administrator",
        help="Only for a test connection: the address of a stand-in for the service's API.",
    )
    secret_ids = fields.One2many("finance.provider.secret", "feed_id")
    account_ids = fields.One2many("finance.feed.account", "feed_id", string="Accounts")
    webhook_token = fields.Char(
        copy=False,
        required=True,
        default=lambda self: secrets.token_urlsafe(24),
        groups="finance_connector.group_administrator",
    )
    webhook_url = fields.Char(compute="_compute_webhook_url", groups="finance_connector.group_administrator")
    has_webhook = fields.Boolean(compute="_compute_capabilities")
    has_consent = fields.Boolean(compute="_compute_capabilities")
    unverified = fields.Text(compute="_compute_capabilities", string="Not verified")

    _webhook_token_uniq = models.UniqueIndex("(webhook_token)", "A webhook token belongs to one feed.")

    @api.depends("webhook_token")
    def _compute_webhook_url(self):
        for feed in self:
            feed.webhook_url = f"{feed.get_base_url()}/finance/feed/webhook/{feed.webhook_token}"

    @api.depends("code")
    def _compute_capabilities(self):
        for feed in self:
            capabilities = feed._adapter().capabilities if feed.code else ()
            feed.has_webhook = "webhook" in capabilities
            feed.has_consent = "consent" in capabilities
            feed.unverified = "\n".join(feed._adapter().unverified) if feed.code else False

    @api.constrains("api_base", "environment")
    def _check_api_base(self):
        for feed in self.sudo():
            if feed.api_base and feed.environment == "live":
                raise ValidationError(
                    self.env._("%s is live: a live feed always calls the service's own API address.", feed.name)
                )

    def _adapter(self):
        """The pure adapter of this feed."""
        self.ensure_one()
        return feeds.get(self.code)

    def set_secret(self, name, value):
        """Store ``value`` encrypted under ``name``; it can never be read again."""
        self.ensure_one()
        self.check_access("write")
        return self.env["finance.provider.secret"]._store(self, name, value)

    def _secrets(self):
        """Canonical name -> newest value. Never log, store or return them to a client."""
        self.ensure_one()
        store = self.env["finance.provider.secret"]
        found = {name: store._values(self, name)[:1] for name in self._adapter().secret_names}
        return {name: values[0] for name, values in found.items() if values}

    def action_activate(self):
        """Begin to ask the bank: refuses, with what is missing, unless it can be asked and booked."""
        self.check_access("write")
        for feed in self:
            missing = feed._missing_for_activation()
            if missing:
                raise UserError(
                    self.env._(
                        "%(name)s cannot be activated yet. Missing: %(missing)s.", name=feed.name, missing=", ".join(missing)
                    )
                )
            feed.state = "active"
            feed._audit("feed.activate", {"name": feed.name, "environment": feed.environment})
        self.env["finance.provider"]._wake("finance_connector.cron_pull_statements")
        return True

    def action_pause(self):
        """Stop asking the bank; nothing that was received is lost."""
        self.check_access("write")
        for feed in self:
            feed.state = "paused"
            feed._audit("feed.pause", {"name": feed.name})
        return True

    def action_set_secret(self):
        """Ask for a secret value; it is stored encrypted and never shown again."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set a secret of %s", self.name),
            "res_model": "finance.feed.secret.set",
            "view_mode": "form",
            "target": "new",
            "context": {"default_feed_id": self.id},
        }

    def _missing_for_activation(self):
        self.ensure_one()
        held = self._secrets()
        missing = [label for name, label in self._adapter().secret_names.items() if name not in held]
        if not self.application:
            missing.append(self._fields["application"].get_description(self.env)["string"])
        if self.has_consent and not self.consent_reference:
            missing.append(self.env._("the bank's consent"))
        if not self.account_ids.journal_id:
            missing.append(self.env._("a bank journal for one of its accounts"))
        return missing

    def _audit(self, action, payload):
        self.ensure_one()
        self.env["finance.audit.entry"]._record(action, self, payload)

    def write(self, vals):
        watched = sorted(set(vals) & set(_AUDITED))
        result = super().write(vals)
        for feed in self if watched else self.browse():
            feed._audit("feed.change", {"fields": watched})
        return result

    @api.ondelete(at_uninstall=False)
    def _refuse_with_history(self):
        if self.env["finance.import"].sudo().search_count([("feed_account_id.feed_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("A feed that brought entries is evidence and cannot be deleted. Pause it instead."))
