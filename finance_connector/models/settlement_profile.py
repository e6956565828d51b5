"""What an administrator says of a provider's settlement files; the version that a second person approved reads them (INV-10)."""

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import ValidationError

from .. import providers
from ..providers.profile import Profile
from ..providers.profile.definition import FIELDS, LINE_KINDS
from ..providers.profile.proposal import propose
from .file_profile import parts
from .movement import LABELS

DELIMITERS = [(",", "Comma"), (";", "Semicolon"), ("tab", "Tab"), ("|", "Vertical bar")]
FIELD_LABELS = {
    "settlement": "Payout it belongs to", "id": "Id of the row", "kind": "Kind of the row", "gross": "Gross amount",
    "debit": "Money out", "credit": "Money in", "fee": "Fee", "tax": "Tax on the fee", "net": "Net amount",
    "currency": "Currency", "date": "Date", "payment": "Id of the payment", "source": "Id of the refund or dispute",
    "reference": "Our reference", "description": "Text", "payout_date": "Date of the payout", "trace": "Text at the bank",
}  # fmt: skip
IGNORE = "ignore"
KIND_LABELS = [(kind, LABELS[kind]) for kind in LABELS if kind in LINE_KINDS]


class FinanceSettlementProfile(models.Model):
    _name = "finance.settlement.profile"
    _description = "Settlement profile"
    _inherit = ["finance.file.profile"]
    _owner_field = "provider_id"
    _order = "name, version desc, id desc"
    _content = (
        "name", "provider_id", "column_ids", "kind_ids", "sign", "minor_units", "decimal", "thousands", "fees_negative",
        "currency_id", "time_zone", "date_format", "delimiter", "encoding", "sheet", "skip_rows", "settlement", "version",
    )  # fmt: skip
    _audited_as = "settlement_profile"

    provider_id = fields.Many2one(
        "finance.provider", string="Connection", required=True, index=True, ondelete="restrict",
        domain="[('code', '=', 'generic')]", help="Whose settlement files these are.",
    )  # fmt: skip
    company_id = fields.Many2one(related="provider_id.company_id", store=True, index=True)
    column_ids = fields.One2many("finance.settlement.profile.column", "profile_id", string="Columns", copy=True)
    kind_ids = fields.One2many("finance.settlement.profile.kind", "profile_id", string="Kinds of rows", copy=True)
    sign = fields.Selection(
        [
            ("signed", "The amount has its sign"),
            ("debit_credit", "Two columns, money out and money in"),
            ("by_kind", "The kind of the row says it"),
        ],
        string="Direction of an amount", required=True, default="signed",
    )  # fmt: skip
    minor_units = fields.Boolean(string="Amounts in minor units", help="1050 is 10.50 EUR, and 1050 JPY (ISO 4217).")
    decimal = fields.Selection([(".", "Point"), (",", "Comma")], string="Decimal sign", required=True, default=".")
    thousands = fields.Selection(
        [(",", "Comma"), (".", "Point"), ("'", "Apostrophe"), ("space", "Space")], string="Thousands separator"
    )
    fees_negative = fields.Boolean(string="Fees have a minus", help="A fee that was charged is written with a minus.")
    currency_id = fields.Many2one("res.currency", help="Where no column says it.")
    time_zone = fields.Selection(_tz_get, required=True, default="UTC", help="Of dates without an offset.")
    date_format = fields.Char(
        string="Dates are written", help="As for strptime: %d.%m.%Y %H:%M. Empty: as ISO 8601, 2026-03-24 or with time."
    )
    delimiter = fields.Selection(DELIMITERS, required=True, default=",", help="Between the columns of a CSV file.")
    encoding = fields.Char(help="Of a CSV file that is not UTF-8, such as cp1252.")
    sheet = fields.Char(help="Of a workbook. Empty: the first.")
    skip_rows = fields.Integer(string="Rows above the header")
    settlement = fields.Char(
        string="Payout without a column", default="{filename}",
        help="What rows belong to where no column says it; {filename} is the name of the file.",
    )  # fmt: skip

    @api.constrains("provider_id")
    def _check_provider(self):
        for profile in self:
            if profile.provider_id.code != "generic":
                raise ValidationError(
                    self.env._("%s reads its own files; a profile is for a connection by profile.", profile.provider_id.name)
                )

    def _pure(self):
        """The `Profile` of the adapter."""
        self.ensure_one()
        return Profile(
            name=self.name or "",
            columns={one.field: one.column for one in self.column_ids if one.field and one.column},
            kinds={one.value: one.kind for one in self.kind_ids if one.value and one.kind},
            sign=self.sign,
            minor_units=self.minor_units,
            decimal=self.decimal,
            thousands=" " if self.thousands == "space" else self.thousands or "",
            fees_negative=self.fees_negative,
            currency=self.currency_id.name or "",
            time_zone=self.time_zone,
            date_format=self.date_format or "",
            delimiter="\t" if self.delimiter == "tab" else self.delimiter,
            encoding=self.encoding or "",
            sheet=self.sheet or "",
            skip_rows=self.skip_rows,
            settlement=self.settlement or "",
        )

    def _proposed(self):
        found = propose(self._sample_bytes(), self.sample_name or self.env._("The sample"))
        return {
            "column_ids": parts({"field": field, "column": column} for field, column in found.columns.items()),
            "kind_ids": parts({"value": value, "kind": kind} for value, kind in found.kinds.items()),
            "sign": found.sign,
            "decimal": found.decimal,
            "thousands": "space" if found.thousands == " " else found.thousands or False,
            "date_format": found.date_format or False,
            "delimiter": "tab" if found.delimiter == "\t" else found.delimiter,
        }

    def _reader(self):
        """The adapter that reads by this profile. Raises ProfileError when the profile contradicts itself."""
        return providers.get("generic").with_profile(self._pure())

    def _fitting(self, content):
        """Those of these profiles whose columns are in the file ``content`` (bytes)."""
        return self.filtered(lambda profile: profile._reader().detect_report(content))


class FinanceSettlementProfileColumn(models.Model):
    _name = "finance.settlement.profile.column"
    _description = "Column of a settlement profile"
    _inherit = ["finance.approved.part"]
    _order = "sequence, id"
    _whole = "profile_id"
    _whole_field = "column_ids"
    _content = ("field", "column")

    profile_id = fields.Many2one("finance.settlement.profile", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    field = fields.Selection([(name, FIELD_LABELS[name]) for name in FIELDS], string="What it is", required=True)
    column = fields.Char(string="Name of the column", required=True)

    _field_uniq = models.UniqueIndex("(profile_id, field)", "Each meaning has one column.")


class FinanceSettlementProfileKind(models.Model):
    _name = "finance.settlement.profile.kind"
    _description = "Kind of rows of a settlement profile"
    _inherit = ["finance.approved.part"]
    _order = "sequence, id"
    _whole = "profile_id"
    _whole_field = "kind_ids"
    _content = ("value", "kind")

    profile_id = fields.Many2one("finance.settlement.profile", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    value = fields.Char(string="Value in the file", required=True)
    kind = fields.Selection([*KIND_LABELS, (IGNORE, "Is not booked")], string="What it means", required=True)

    _value_uniq = models.UniqueIndex("(profile_id, value)", "Each value has one meaning.")
