"""How an order is written where that is not ISO 20022: NACHA, Bacs Standard 18, and tables by profile.

What these need to know of us is set at the channel; everything is checked when the order is submitted.
"""

import hashlib
from string import ascii_uppercase, digits

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..channels.base import Payout
from ..core.errors import FinanceError
from ..payments import bacs, nacha, pain001, payouts, table

# Formats in which the holder of the account is named, and not the payee: names have little room there.
SHORT_NAMES = (nacha.FORMAT, bacs.FORMAT)
SUFFIXES = {nacha.FORMAT: "ach", bacs.FORMAT: "txt", table.FORMAT: "csv", payouts.FORMAT: "json", payouts.COLLECTIONS: "json"}
_MODIFIERS = ascii_uppercase + digits
# How many characters an entry has for the reference that comes back in answers.
_ID_WIDTHS = {nacha.FORMAT: 15, bacs.FORMAT: 18}
SHORT_IDS = frozenset(_ID_WIDTHS.values())
_MOST_TRACES = 10**7


class FinancePaymentChannel(models.Model):
    _inherit = "finance.payment.channel"

    company_short_name = fields.Char(string="Our short name", help="NACHA: at most 16 characters; Bacs: at most 18.")
    nacha_class = fields.Selection(
        [("PPD", "PPD: to individuals"), ("CCD", "CCD: to companies"), ("CTX", "CTX: to companies, with long texts")],
        string="Entry class", default="CCD",
    )  # fmt: skip
    nacha_destination = fields.Char(string="Routing number of the receiver", help="Empty: that of our own bank account.")
    nacha_destination_name = fields.Char(string="Name of our bank")
    nacha_origin = fields.Char(string="Origin", help="Ten characters by which the bank knows us.")
    nacha_company_id = fields.Char(string="Company id", help="Empty: the same as the origin.")
    nacha_description = fields.Char(
        string="Entry description", default="PAYMENT", help="What the payee reads, at most 10 characters."
    )
    bacs_service_user = fields.Char(string="Service user number")
    csv_columns = fields.Text(
        string="Columns",
        help="A line for each column: title; what it holds; longest text. What it can hold: " + ", ".join(table.ROLES) + ".",
    )
    csv_delimiter = fields.Char(string="Delimiter", default=";", size=1)
    csv_decimal_sign = fields.Char(string="Decimal sign", default=".", size=1)
    csv_date_format = fields.Char(string="Date format", default="%Y-%m-%d")
    csv_encoding = fields.Char(string="Encoding", default="utf-8")
    csv_has_titles = fields.Boolean(string="First row has titles", default=True)
    csv_minor_units = fields.Boolean(string="Amounts in cents")

    @api.constrains("csv_columns", "csv_delimiter", "csv_decimal_sign", "csv_encoding", "file_format")
    def _check_profile(self):
        for channel in self.filtered(lambda one: one.file_format == table.FORMAT):
            try:
                channel._profile()
            except FinanceError as error:
                raise ValidationError(str(error)) from error

    def _profile(self):
        """The `table.Profile`. Raises FinanceError for what is none."""
        self.ensure_one()
        columns = [_column(line) for line in (self.csv_columns or "").splitlines() if line.strip()]
        return table.Profile(
            tuple(columns), self.name or "", self.csv_delimiter or ";", self.csv_decimal_sign or ".",
            self.csv_date_format or "%Y-%m-%d", self.csv_encoding or "utf-8", header=self.csv_has_titles,
            minor_units=self.csv_minor_units,
        )  # fmt: skip


def _column(line):
    title, _, rest = line.partition(";")
    role, _, limit = (part.strip() for part in rest.partition(";"))
    if limit and not limit.isdigit():
        raise FinanceError(f"The column {line!r} has no number as its longest text: write title; what it holds; number.")
    return table.Column(title.strip(), role, int(limit or 0))


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    fc_account_kind = fields.Selection([("checking", "Checking"), ("savings", "Savings")], string="Kind of account (USA)",
                                       default="checking")  # fmt: skip


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    def _write_file(self, paid=None):
        """The `WrittenFile` of the order in its format. Raises PaymentFileError, or FinanceError for settings that are none.

        ``paid``: its `PaidRows`, if they are at hand.
        """
        if self.file_format == nacha.FORMAT:
            return nacha.write(self._nacha_file())
        if self.file_format == bacs.FORMAT:
            return bacs.write(self._bacs_file())
        if self.file_format == payouts.FORMAT:
            payments = tuple(self._payout(one) for one in self.instruction_ids.sorted("id"))
            return payouts.write(self._message_id(), payments, self._settings_of_file()._adapter().problem)
        if self.file_format == table.FORMAT:
            return table.write(self._message(paid), self._settings_of_file()._profile())
        return pain001.write(self._message(paid), self.file_format)

    def _settings_of_file(self):
        """The channel whose settings the file is written by. Raises FinanceError if there is none."""
        if not self.channel_id:
            raise FinanceError(f"{self.name} has no channel, which says how {self.file_format} is written; choose one.")
        return self.channel_id

    def _payout(self, one):
        """One payment as an API is told it."""
        account = one.bank_account_id
        return Payout(
            one.end_to_end_id or f"D{one.id}", one._money(), self._payee_name(one), account.acc_number or "",
            account.clearing_number or account.bank_bic or "", one.text or one.reference or "",
            one.partner_id.country_id.code or "",
        )  # fmt: skip

    def _payee_name(self, one):
        """The name that the bank gets."""
        holder = one.bank_account_id.acc_holder_name if self.file_format in SHORT_NAMES else ""
        return holder or one.partner_id.name or ""

    def _nacha_file(self):
        channel, own, message = self._settings_of_file(), self.journal_id.bank_account_id, self._message()
        payments = self.instruction_ids.sorted("id")
        entries = tuple(
            nacha.Entry(
                _short_id(one, nacha.FORMAT), one._money(), self._payee_name(one), one.bank_account_id.clearing_number or "",
                one.bank_account_id.acc_number or "", kind=one.bank_account_id.fc_account_kind or "checking",
                addenda=tuple(filter(None, (one.text or one.reference,))),
            )
            for one in payments
        )  # fmt: skip
        batch = nacha.Batch(channel.nacha_class or "", channel.nacha_description or "", self.execution_date, entries)
        origin, odfi = channel.nacha_origin or "", own.clearing_number or ""
        return nacha.File(
            message.message_id, message.created_at, channel.nacha_destination or odfi, origin,
            channel.company_short_name or self.company_id.name, channel.nacha_company_id or origin, odfi, (batch,),
            channel.nacha_destination_name or "", _MODIFIERS[self.id % len(_MODIFIERS)],
            _first_trace(message.message_id, len(entries)),
        )  # fmt: skip

    def _bacs_file(self):
        channel, own, message = self._settings_of_file(), self.journal_id.bank_account_id, self._message()
        items = tuple(
            bacs.Item(
                one.end_to_end_id or f"D{one.id}", one._money(), self._payee_name(one), one.bank_account_id.clearing_number or "",
                one.bank_account_id.acc_number or "", _short_id(one, bacs.FORMAT),
            )
            for one in self.instruction_ids.sorted("id")
        )  # fmt: skip
        return bacs.File(
            message.message_id, message.created_at, channel.bacs_service_user or "",
            channel.company_short_name or self.company_id.name, own.clearing_number or "", own.acc_number or "",
            self.execution_date, items, f"{self.id % 10**6:06d}",
        )  # fmt: skip

    def _names_of(self, written):
        """End-to-end id -> what answers may call the payment otherwise."""
        if written.format not in _ID_WIDTHS:
            return {}
        short = {one.end_to_end_id: _short_id(one, written.format) for one in self.instruction_ids}
        return {name: sorted({other, written.names.get(other, other)}) for name, other in short.items()}


def _short_id(one, format_):
    """The end-to-end id where there is less room: its beginning tells payments apart as well."""
    return (one.end_to_end_id or f"D{one.id}")[: _ID_WIDTHS[format_]]


def _first_trace(message_id, count):
    """The number of the first entry: the same for the same file, and another for others."""
    return int(hashlib.sha256(message_id.encode()).hexdigest(), 16) % (_MOST_TRACES - count) + 1
