"""The limits that an administrator may change: each has a name, a default, and says when it is reached (INV-14)."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# name of the limit -> (system parameter, default)
LIMITS = {
    "body_bytes": ("finance_connector.max_body_bytes", 1024 * 1024),
    "attempts": ("finance_connector.max_attempts", 10),
    "rotation_hours": ("finance_connector.secret_rotation_hours", 24),
    "import_entries": ("finance_connector.import_entry_limit", 500),
    "import_bytes": ("finance_connector.import_byte_limit", 16 * 1024 * 1024),
    "import_chunk": ("finance_connector.import_chunk_size", 500),
    "statement_lines": ("finance_connector.statement_lines", 20_000),
    "match_days": ("finance_connector.match_missing_days", 5),
    "announced_days": ("finance_connector.announced_days", 10),
    "notice_days": ("finance_connector.collection_notice_days", 14),
    "return_charges": ("finance_connector.collection_return_charges", 50),
    "feed_calls": ("finance_connector.feed_calls_a_day", 4),
    "feed_pages": ("finance_connector.feed_page_limit", 200),
    "feed_overlap": ("finance_connector.feed_overlap_days", 7),
    "consent_days": ("finance_connector.consent_warning_days", 14),
    "transmission_attempts": ("finance_connector.transmission_attempts", 5),
    "channel_failures": ("finance_connector.channel_failures", 3),
    "channel_rest_minutes": ("finance_connector.channel_rest_minutes", 15),
    "payment_unknown_minutes": ("finance_connector.payment_unknown_minutes", 120),
    "payee_cooling_off_hours": ("finance_connector.payee_cooling_off_hours", 168),
}


def limit(env, name):
    """The value of limit ``name``: a whole number above zero."""
    parameter, default = LIMITS[name]
    value = env["ir.config_parameter"].sudo().get_param(parameter)
    return int(value) if value and value.isdigit() and int(value) > 0 else default


def _setting(name, label, text):
    parameter, default = LIMITS[name]
    return fields.Integer(string=label, config_parameter=parameter, default=default, help=text)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    finance_body_bytes = _setting(
        "body_bytes",
        "Webhook body, bytes",
        "A larger webhook is answered with 413 and listed among the refused calls.",
    )
    finance_attempts = _setting(
        "attempts", "Tries of a message", "After so many failed tries a message is given up, with an exception."
    )
    finance_rotation_hours = _setting(
        "rotation_hours", "Replaced secret, hours", "How long a secret stays valid after it was replaced."
    )
    finance_import_entries = _setting(
        "import_entries",
        "Entries imported at once",
        "A file with more entries is worked by the scheduled action; its progress is shown at the import.",
    )
    finance_import_bytes = _setting(
        "import_bytes", "Bytes imported at once", "A larger file is worked by the scheduled action."
    )
    finance_import_chunk = _setting(
        "import_chunk", "Bank lines a step", "How many bank lines a big import makes before it commits."
    )
    finance_statement_lines = _setting(
        "statement_lines",
        "Lines of a statement",
        "A statement of the bank with more lines becomes several that follow each other; Odoo has to make each of them at once.",
    )
    finance_payee_cooling_off_hours = _setting(
        "payee_cooling_off_hours",
        "Changed account of a payee, hours",
        "For so long whoever changed the bank account of a payee cannot approve payments to it.",
    )
    finance_transmission_attempts = _setting(
        "transmission_attempts",
        "Tries of a transmission",
        "After so many failed tries payments are not sent by themselves any more.",
    )
    finance_channel_failures = _setting(
        "channel_failures", "Calls without answer in a row", "After so many a payment channel rests and is then tried again."
    )
    finance_channel_rest_minutes = _setting(
        "channel_rest_minutes", "Rest of a payment channel, minutes", "How long a channel that does not answer is left alone."
    )
    finance_payment_unknown_minutes = _setting(
        "payment_unknown_minutes",
        "Payment with unknown outcome, minutes",
        "A payment of which nobody knows for longer whether the bank has it is an exception.",
    )
    finance_match_days = _setting(
        "match_days", "Unexplained bank line, days", "After so many days a bank line that nothing explains is an exception."
    )
    finance_announced_days = _setting(
        "announced_days",
        "Announced entry, days",
        "After so many days an announced entry that no statement has confirmed or dropped is an exception.",
    )
    finance_notice_days = _setting(
        "notice_days",
        "Notice before a collection, days",
        "So many days before a direct debit the debtor is told of it, unless the mandate agrees another number.",
    )
    finance_return_charges = _setting(
        "return_charges",
        "Charges of a returned payment, at most",
        "A bank line that moves a payment or a collection back, and differs from it by more than this amount, is not booked by "
        "itself; an exception tells of it.",
    )
    finance_feed_calls = _setting(
        "feed_calls",
        "Calls of a bank feed a day",
        "How often in 24 hours an account may be asked without a person, where the bank counts that (PSD2: 4).",
    )
    finance_feed_pages = _setting(
        "feed_pages", "Pages of a pull", "A pull with more answers is refused with an exception; nothing of it is taken."
    )
    finance_feed_overlap = _setting(
        "feed_overlap", "Days asked for again", "Banks book late: so many proven days are asked for again with each pull."
    )
    finance_consent_days = _setting(
        "consent_days", "Consent ends, days ahead", "So many days before a bank's consent ends there is an exception."
    )

    @api.constrains(*(f"finance_{name}" for name in LIMITS))
    def _check_limits(self):
        for settings in self:
            for name in LIMITS:
                if settings[f"finance_{name}"] <= 0:
                    field = settings._fields[f"finance_{name}"]
                    raise ValidationError(self.env._("“%s” must be above zero.", field.string))
