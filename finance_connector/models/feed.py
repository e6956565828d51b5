"""A bank feed: the connection to banks' API in a company's name, the owner's consent behind it, and the accounts it opens."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import feeds
from ..capabilities import unverified_text


class FinanceFeed(models.Model):
    _name = "finance.feed"
    _description = "Bank feed"
    _inherit = ["finance.connection"]
    _audited_as = "feed"
    _watched = frozenset(("api_base", "application", "bank_name", "code", "company_id", "country_id", "environment"))

    code = fields.Selection(
        selection=lambda self: [(code, feeds.get(code).label) for code in feeds.codes()],
        string="Service",
        required=True,
        default="enablebanking",
        help="Through which service the banks are asked.",
    )
    state = fields.Selection(help="Only an active feed asks its bank.")
    application = fields.Char(help="Our id at the service: the application id (Enable Banking) or client_id (Plaid).")
    bank_name = fields.Char(string="Bank", help="The bank's name as the service lists it (Enable Banking).")
    country_id = fields.Many2one("res.country", string="Country of the bank")
    business = fields.Boolean(string="Business account", default=True)
    api_base = fields.Char(help="Only for a test connection: the address of a stand-in for the service's API.")
    secret_ids = fields.One2many("finance.provider.secret", "feed_id")
    account_ids = fields.One2many("finance.feed.account", "feed_id", string="Accounts")
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
            adapter = feed._adapter() if feed.code else None
            capabilities = adapter.capabilities if adapter else ()
            feed.has_webhook = "webhook" in capabilities
            feed.has_consent = "consent" in capabilities
            feed.unverified = unverified_text(adapter)

    @api.constrains("api_base", "environment")
    def _check_api_base(self):
        self._check_own_address()

    def _adapter(self):
        """The pure adapter of this feed."""
        self.ensure_one()
        return feeds.get(self.code)

    def _secrets(self):
        """Canonical name -> newest value. Never log, store or return them to a client."""
        self.ensure_one()
        store = self.env["finance.provider.secret"]
        found = {name: store._values(self, name)[:1] for name in self._adapter().secret_names}
        return {name: values[0] for name, values in found.items() if values}

    def action_activate(self):
        """Begin to ask the bank: refuses, with what is missing, unless it can be asked and booked."""
        super().action_activate()
        self.env["finance.provider"]._wake("finance_connector.cron_pull_statements")
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

    @api.ondelete(at_uninstall=False)
    def _refuse_with_history(self):
        if self.env["finance.import"].sudo().search_count([("feed_account_id.feed_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("A feed that brought entries is evidence and cannot be deleted. Pause it instead."))
