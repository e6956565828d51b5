"""A payment channel: by which way the orders of a bank account leave, put into force by a second person (INV-10)."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import channels
from ..capabilities import unverified_text
from ..channels.base import Settings, Way
from ..core.errors import FinanceError
from ..payments import payouts

# field of the model -> field of `channels.base.Settings`
SETTINGS = {
    "environment": "environment", "host": "host", "port": "port", "username": "user", "host_key": "host_key", "url": "url",
    "probe_url": "probe_url", "answers_url": "answers_url", "content_type": "content_type", "sign_in": "sign_in",
    "key_header": "key_header", "profile": "profile",
}  # fmt: skip
FILE_FORMATS = [
    ("pain.001.001.09", "pain.001.001.09"), ("pain.001.001.03", "pain.001.001.03"), ("nacha", "NACHA"),
    ("bacs", "Bacs Standard 18"), ("csv", "CSV by profile"), ("payouts", "Payouts by API"),
    ("collections", "Collections by API"),
]  # fmt: skip
# Settings of the formats, which the file is written by (`payment_format`).
_OF_FORMATS = (
    "company_short_name", "nacha_class", "nacha_destination", "nacha_destination_name", "nacha_origin", "nacha_company_id",
    "nacha_description", "bacs_service_user", "csv_columns", "csv_delimiter", "csv_decimal_sign", "csv_date_format",
    "csv_encoding", "csv_has_titles", "csv_minor_units",
)  # fmt: skip

# What is seen of the bank; nobody enters it.
_OBSERVED = {"proven_probe_url", "failures", "opened_at", "last_error"}


class FinancePaymentChannel(models.Model):
    _name = "finance.payment.channel"
    _description = "Payment channel"
    _inherit = ["finance.approved.content"]
    _order = "sequence, id"
    _check_company_auto = True
    _audited_as = "payment_channel"
    _content = (
        "name", "journal_id", "code", "file_format", "folder", "sends_when_approved", "provider_id", *SETTINGS, *_OF_FORMATS,
    )  # fmt: skip

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10, help="The first channel of a bank account is proposed for its orders.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    journal_id = fields.Many2one("account.journal", string="Our bank account", required=True, index=True, ondelete="restrict",
                                 check_company=True, domain="[('type', '=', 'bank')]")  # fmt: skip
    code = fields.Selection(
        selection=lambda self: [(code, channels.get(code).label) for code in channels.codes()], string="Way", required=True,
        default="manual",
    )  # fmt: skip
    file_format = fields.Selection(FILE_FORMATS, required=True, default="pain.001.001.09")
    environment = fields.Selection([("test", "Test"), ("live", "Live")], required=True, default="test")
    sends_when_approved = fields.Boolean(
        string="Send as soon as approved", help="Without it somebody presses “Send” on each order that is approved."
    )
    is_paused = fields.Boolean(string="Paused", copy=False, help="Nothing is sent while it is paused; orders wait.")
    folder = fields.Char(
        help="Where the bank's software takes the files: a folder inside the root that this server allows for drop folders, or "
        "the folder on the bank's server."
    )
    host = fields.Char(string="Server")
    port = fields.Integer(default=22)
    username = fields.Char(string="User")
    host_key = fields.Char(help="The server's key as the bank tells it: its fingerprint (SHA256:…) or the whole public key.")
    url = fields.Char(string="Address of the API")
    probe_url = fields.Char(
        string="Address to ask for a file",
        help="Answers 2xx when the bank has the file, 404 when it does not know it. {message_id} and {end_to_end_id} stand for "
        "the file and its first payment. Without it a person finds out what became of a transmission without answer.",
    )
    answers_url = fields.Char(
        string="Address to fetch answers from",
        help="Gives the bank's answer to a file (pain.002, camt), or 404 as long as there is none. {message_id} and "
        "{end_to_end_id} stand for the file and its first payment. It is asked once an hour until every payment is executed or "
        "over.",
    )
    proven_probe_url = fields.Char(readonly=True, copy=False, help="It has known a file that the bank surely had.")
    is_probe_proven = fields.Boolean(compute="_compute_is_probe_proven")
    content_type = fields.Char(default="application/xml")
    sign_in = fields.Selection([("none", "Nothing"), ("bearer", "Bearer token"), ("basic", "User and password")], default="none",
                               required=True, string="Signs in by")  # fmt: skip
    key_header = fields.Char(
        string="Header of the intent key", help="Where the bank wants the key that makes repeated calls one act."
    )
    profile = fields.Char(string="Profile at the provider", help="Wise: the number of the profile that pays.")
    has_secrets = fields.Boolean(compute="_compute_adapter_says")
    unverified = fields.Text(compute="_compute_adapter_says", string="Not verified")
    missing = fields.Char(compute="_compute_missing", string="Still missing")
    secret_ids = fields.One2many("finance.provider.secret", "channel_id")
    request_ids = fields.One2many("finance.request", "channel_id", string="Transmissions", readonly=True,
                                  domain=[("order_id", "!=", False)])  # fmt: skip

    @api.depends("code")
    def _compute_adapter_says(self):
        for channel in self:
            adapter = channel._adapter()
            channel.has_secrets = bool(adapter.secret_names)
            channel.unverified = unverified_text(adapter)

    @api.depends("code", "probe_url", "proven_probe_url")
    def _compute_is_probe_proven(self):
        for channel in self:
            same = channel.probe_url and channel.probe_url == channel.proven_probe_url
            channel.is_probe_proven = bool(same) or channel._adapter().absence_is_proof

    @api.depends("code", "secret_ids", "folder", *SETTINGS)
    def _compute_missing(self):
        for channel in self:
            channel.missing = ", ".join(channel._missing())

    @api.onchange("code")
    def _onchange_code(self):
        formats = self._adapter().formats
        if formats and self.file_format not in formats:
            self.file_format = formats[0]
        elif not formats and self.file_format in payouts.FORMATS:
            self.file_format = FILE_FORMATS[0][0]

    @api.constrains("code", "file_format")
    def _check_file_format(self):
        for channel in self:
            formats = channel._adapter().formats
            if channel.file_format not in formats if formats else channel.file_format in payouts.FORMATS:
                raise ValidationError(self.env._("%(channel)s does not go by %(way)s; choose another format.",
                                                 channel=channel.file_format, way=channel._adapter().label))  # fmt: skip

    @api.constrains("code", "folder")
    def _check_folder(self):
        for channel in self.sudo().filtered(lambda one: one.code == "folder" and one.folder):
            channel._local_folder()

    @api.constrains("code", "url", "probe_url", "answers_url", "environment")
    def _check_addresses(self):
        for channel in self:
            for address in filter(None, (channel.url, channel.probe_url, channel.answers_url)):
                if channel.environment == "live" and not address.startswith("https://"):
                    raise ValidationError(self.env._("%s is live: payments go over https only.", channel.name))
            if channel.environment == "live" and channel.url and channel._adapter().api_bases:
                raise ValidationError(
                    self.env._("%s is live: it calls the service's own address. Leave the address empty.", channel.name)
                )

    def _adapter(self):
        """The pure adapter of this channel; by hand where there is none."""
        return channels.get(self.code or "manual")

    def _local_folder(self):
        return self.env["account.journal"]._inside_drop_root(self.folder, self.name)

    def _settings(self):
        """What the adapter knows of it; nothing of it is secret."""
        self.ensure_one()
        told = {theirs: self[ours] or Settings.__dataclass_fields__[theirs].default for ours, theirs in SETTINGS.items()}
        folder = str(self._local_folder()) if self.code == "folder" and self.folder else self.folder or ""
        return Settings(folder=folder, **told)

    def _secrets(self):
        """Canonical name -> newest value. Never log, store or return them to a client."""
        self.ensure_one()
        store = self.env["finance.provider.secret"]
        found = {name: store._values(self, name)[:1] for name in self._adapter().secret_names}
        return {name: values[0] for name, values in found.items() if values}

    def _way(self, request):
        """The `Way` to its bank. ``request``: the row of the outbox whose calls are noted."""
        return Way(self._settings(), self._secrets(), self._caller(request))

    def _missing(self):
        """What is to be entered before it can send, in words."""
        held = set(self.env["finance.provider.secret"].sudo().search([("channel_id", "=", self._origin.id)]).mapped("name"))
        adapter, labels = self._adapter(), {theirs: ours for ours, theirs in SETTINGS.items()}
        try:
            settings = self._settings()
        except ValidationError as error:
            return [str(error)]
        told = []
        for name in adapter.missing(settings, held):
            field = self._fields.get(labels.get(name, name))
            told.append(adapter.secret_names.get(name) or field.get_description(self.env)["string"])
        return told

    # --- in force -----------------------------------------------------------------------------------------------------------

    def _is_automatic(self):
        """Whether it sends by itself, and no person takes the file."""
        return bool(self) and "send" in self._adapter().capabilities

    def _may_ask(self):
        """Whether the bank can be asked what it has."""
        return bool(self) and "probe" in self._adapter().capabilities

    def _why_not(self):
        """Why nothing goes out by it now; "" if it may."""
        self.ensure_one()
        if not self._is_valid():
            return self.env._("%s is not in force: a second person has to put it into force.", self.name)
        if not self.active:
            return self.env._("%s is archived.", self.name)
        if self.is_paused:
            return self.env._("%s is paused.", self.name)
        missing = self._missing()
        return self.env._("%(channel)s lacks %(what)s.", channel=self.name, what=", ".join(missing)) if missing else ""

    def action_approve(self):
        """Put it into force: by an approver who neither made nor edited it."""
        for channel in self:
            if missing := channel._missing():
                raise UserError(self.env._("%(channel)s lacks %(what)s.", channel=channel.name, what=", ".join(missing)))
        return super().action_approve()

    def action_revise(self):
        """Back to the draft, to change it; nothing is sent by it until a second person has put it into force again."""
        self.check_access("write")
        self.filtered(lambda one: one.state == "approved")._reopen()
        return True

    def action_pause(self):
        """Send nothing any more for now; what is under way is still asked for."""
        return self._set_paused(True)

    def action_resume(self):
        """Go on sending what waits."""
        self._set_paused(False)
        return self._wake()

    def _set_paused(self, paused):
        self.check_access("write")
        for channel in self:
            channel.is_paused = paused
            channel._audit("pause" if paused else "resume")
        return True

    def _wake(self):
        self.env["finance.provider"]._wake("finance_connector.cron_send_payments")
        return True

    def action_test_connection(self):
        """Sign in and look, sending nothing: says that it works, or what is wrong."""
        self.ensure_one()
        self.check_access("write")
        try:
            said = self._adapter().look(self._way(self.env["finance.request"]))
        except FinanceError as error:
            raise UserError(str(error)) from error
        return {"type": "ir.actions.client", "tag": "display_notification", "params": {"type": "success", "message": said}}

    def set_secret(self, name, value):
        """Store ``value`` encrypted under ``name``; it can never be read again."""
        self.ensure_one()
        self.check_access("write")
        return self.env["finance.provider.secret"]._store(self, name, value)

    def action_set_secret(self):
        """Ask for a secret value; it is stored encrypted and never shown again."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set a secret of %s", self.name),
            "res_model": "finance.payment.channel.secret.set",
            "view_mode": "form",
            "target": "new",
            "context": {"default_channel_id": self.id},
        }

    def _audit(self, act, payload=None):
        if payload is None:
            return super()._audit(act)
        return self.env["finance.audit.entry"]._record(act, self, payload)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_observed(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_observed(vals)
        return super().write(vals)

    def _refuse_observed(self, vals):
        if not self.env.su and set(vals) & _OBSERVED:
            raise UserError(self.env._("What a bank answers is observed, and not entered: %s.", ", ".join(set(vals) & _OBSERVED)))

    @api.ondelete(at_uninstall=False)
    def _refuse_used(self):
        for channel in self:
            if channel.request_ids:
                raise UserError(self.env._("Payments went out by %s. Archive it instead of deleting it.", channel.name))
