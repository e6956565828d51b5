"""A provider connection: which account at which provider, where its money is booked, and its webhook address."""

import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import providers
from ..providers.certificates import load
from .account_roles import ROLE_FIELDS

# What the webhook door keeps in its cache.
_KEPT_BY_THE_DOOR = frozenset(
    ("api_base", "certificate_anchors", "code", "company_id", "environment", "state", "webhook_token")
)


class FinanceProvider(models.Model):
    _name = "finance.provider"
    _description = "Provider connection"
    _inherit = ["finance.connection"]
    _audited_as = "provider"
    _watched = frozenset(
        (
            "account_key", "api_base", "certificate_anchors", "code", "company_id", "environment", "journal_id", "posting_mode",
            *ROLE_FIELDS,
        )
    )  # fmt: skip

    code = fields.Selection(
        selection=lambda self: [(code, providers.get(code).label) for code in providers.codes()],
        string="Adapter",
        required=True,
        default="stripe",
        help="Which provider this connects to.",
    )
    state = fields.Selection(
        help="Only an active connection accepts webhooks and polls. A paused one answers 404, so the provider sends again later."
    )
    webhook_url = fields.Char(compute="_compute_webhook_url", groups="finance_connector.group_administrator")
    journal_id = fields.Many2one(
        "account.journal",
        string="Provider journal",
        check_company=True,
        domain="[('type', '=', 'bank')]",
        help="A bank journal whose default account is the balance at the provider (clearing account).",
    )
    posting_mode = fields.Selection(
        [
            ("per_transaction", "One receipt per transaction"),
            ("per_settlement", "One entry per payout and day"),
        ],
        required=True,
        default="per_transaction",
    )
    clearing_account_id = fields.Many2one(related="journal_id.default_account_id", string="Clearing account")
    in_transit_account_id = fields.Many2one("account.account", string="In transit", check_company=True)
    reserve_account_id = fields.Many2one("account.account", string="Reserve", check_company=True)
    dispute_account_id = fields.Many2one("account.account", string="Disputes", check_company=True)
    unapplied_account_id = fields.Many2one("account.account", string="Unapplied receipts", check_company=True)
    fee_account_id = fields.Many2one("account.account", string="Fees", check_company=True)
    fee_tax_account_id = fields.Many2one("account.account", string="Input tax on fees", check_company=True)
    chargeback_account_id = fields.Many2one("account.account", string="Chargeback loss", check_company=True)
    adjustment_account_id = fields.Many2one("account.account", string="Adjustments", check_company=True)
    fx_account_id = fields.Many2one("account.account", string="Currency differences", check_company=True)

    account_key = fields.Char(
        string="Account at the provider",
        help="The provider's id of our account, if the address also receives events of connected accounts. Events of any "
        "other account are kept and not booked.",
    )
    secret_ids = fields.One2many("finance.provider.secret", "provider_id")
    api_base = fields.Char(
        help="Only for a test connection: the address of a stand-in for the provider's API. It is then asked for everything, "
        "also for what a message says to lie at another host of the provider.",
    )
    certificate_anchors = fields.Text(
        string="Trusted authorities",
        groups="finance_connector.group_administrator",
        help="Only for a test connection whose provider signs by certificate: certificates (PEM) of authorities that are "
        "trusted beside the public ones.",
    )
    poll_cursor = fields.Json(copy=False, readonly=True)
    polled_at = fields.Datetime(string="Last complete poll", copy=False, readonly=True)
    poll_due_since = fields.Datetime(copy=False, readonly=True, help="It waits for its turn to be asked, or to be asked on.")
    last_message_at = fields.Datetime(compute="_compute_last_message_at")
    grace_minutes = fields.Integer(
        default=60,
        help="How long an incomplete story may wait for its missing message or order before it becomes an exception.",
    )

    _webhook_token_uniq = models.UniqueIndex("(webhook_token)", "A webhook token belongs to one connection.")

    @api.depends("webhook_token")
    def _compute_webhook_url(self):
        for provider in self:
            provider.webhook_url = f"{provider.get_base_url()}/finance/webhook/{provider.webhook_token}"

    def _compute_last_message_at(self):
        latest = dict(
            self.env["finance.message"]._read_group(
                [("provider_id", "in", self.ids)], ["provider_id"], ["received_at:max"]
            )
        )
        for provider in self:
            provider.last_message_at = latest.get(provider, False)

    @api.constrains("certificate_anchors", "environment")
    def _check_certificate_anchors(self):
        for provider in self.sudo().filtered("certificate_anchors"):
            if provider.environment == "live":
                raise ValidationError(
                    self.env._("%s is live: a live connection trusts the public authorities alone.", provider.name)
                )
            try:
                found = load(provider.certificate_anchors.encode())
            except ValueError:
                found = []
            if not found:
                raise ValidationError(
                    self.env._("The trusted authorities of %s are no certificates; paste them as PEM.", provider.name)
                )

    @api.constrains("api_base", "environment")
    def _check_api_base(self):
        self._check_own_address()

    def _adapter(self):
        """The pure adapter of this connection."""
        self.ensure_one()
        return providers.get(self.code)

    def _secret_values(self, name):
        """The active values of secret ``name``, newest first. Never log, store or return them to a client."""
        self.ensure_one()
        return self.env["finance.provider.secret"]._values(self, name)

    def action_rotate_token(self):
        """Give the webhook a new address; the old one answers 404 from now on."""
        self.check_access("write")
        for provider in self.sudo():
            provider.webhook_token = secrets.token_urlsafe(24)
            provider._audit("provider.rotate_token", {"name": provider.name})
        return True

    def _missing_for_activation(self):
        self.ensure_one()
        labels = {"journal_id": self.env._("provider journal")}
        labels |= {name: self._fields[name].string for name in ROLE_FIELDS}
        missing = [label for name, label in labels.items() if not self[name]]
        capabilities = self._adapter().capabilities
        if "webhook" in capabilities and not self._secret_values("webhook_secret"):
            missing.append(self.env._("webhook signing secret"))
        if "fetch" in capabilities and not self._secret_values("api_key"):
            missing.append(self.env._("API key"))
        return missing

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create(vals_list)
        created._complete_accounts()
        return created

    def write(self, vals):
        if not _KEPT_BY_THE_DOOR.isdisjoint(vals):
            self.env.registry.clear_cache()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _refuse_with_history(self):
        if self.env["finance.message"].sudo().search_count([("provider_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("A connection with messages is evidence and cannot be deleted. Pause it instead.")
            )
