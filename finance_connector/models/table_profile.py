"""What an administrator says of the tables (CSV, XLS, XLSX) of a bank account; the version that a second person approved reads
them (INV-10)."""

from odoo import fields, models

from .. import formats
from ..formats import Profile, Told
from ..formats.table_profile import ROLES
from .file_profile import parts
from .import_account import currency_of
from .settlement_profile import DELIMITERS
from .statement_journals import DOMAIN

ROLE_LABELS = {
    "date": "Booking date", "value_date": "Value date", "amount": "Amount", "debit": "Money out", "credit": "Money in",
    "indicator": "Direction", "balance": "Balance after the entry", "currency": "Currency", "account": "Our account",
    "text": "Text", "name": "Payer or payee", "counterparty_account": "Account of the payer or payee",
    "counterparty_bank": "Bank of the payer or payee", "reference": "Reference", "end_to_end_id": "End-to-end id",
    "bank_id": "Id of the bank", "fee": "Fee, taken off", "status": "Whether it is booked", "kind": "Kind of transaction",
}  # fmt: skip
_PLAIN = Profile(columns=(("date", "1"), ("amount", "2")))


class FinanceTableProfile(models.Model):
    _name = "finance.table.profile"
    _description = "Table profile"
    _inherit = ["finance.file.profile"]
    _owner_field = "journal_id"
    _order = "name, version desc, id desc"
    _content = (
        "name", "journal_id", "column_ids", "sign", "negated", "debit_words", "credit_words", "date_order", "decimal_sign",
        "delimiter", "encoding", "header_row", "footer_rows", "sheet", "currency_id", "account", "booked_words", "version",
    )  # fmt: skip
    _audited_as = "table_profile"

    journal_id = fields.Many2one(
        "account.journal", string="Bank account", required=True, index=True, ondelete="restrict",
        domain=DOMAIN,
    )  # fmt: skip
    company_id = fields.Many2one(related="journal_id.company_id", store=True, index=True)
    column_ids = fields.One2many("finance.table.profile.column", "profile_id", string="Columns", copy=True)
    sign = fields.Selection(
        [
            ("signed", "The amount has its sign"),
            ("two-columns", "Two columns, money out and money in"),
            ("indicator", "A column says the direction"),
        ],
        string="Direction of an amount", required=True, default="signed",
    )  # fmt: skip
    negated = fields.Boolean(string="Positive is money out")
    debit_words = fields.Char(string="Words for money out", default=lambda self: ", ".join(_PLAIN.debit_words))
    credit_words = fields.Char(string="Words for money in", default=lambda self: ", ".join(_PLAIN.credit_words))
    date_order = fields.Selection(
        [("dmy", "Day, month, year"), ("mdy", "Month, day, year"), ("ymd", "Year, month, day")],
        string="Order of dates", help="Empty takes only dates that can be read in one way.",
    )  # fmt: skip
    decimal_sign = fields.Selection(
        [(".", "Point"), (",", "Comma")], string="Decimal sign", help="Empty takes only amounts that can be read in one way."
    )
    delimiter = fields.Selection(DELIMITERS, required=True, default=",", help="Between the columns of a CSV file.")
    encoding = fields.Char(help="Of a CSV file; empty finds it.")
    header_row = fields.Integer(string="Row of the header", default=1, help="Counted from 1; 0: the table has no header.")
    footer_rows = fields.Integer(string="Rows of sums at the end")
    sheet = fields.Char(help="Of a workbook. Empty: the first.")
    currency_id = fields.Many2one("res.currency", help="Where no column says it; empty: that of the bank account.")
    account = fields.Char(string="Account number", help="Where no column says it; empty: that of the bank account.")
    booked_words = fields.Char(
        string="Words for booked", help="Values of the column of the status that are booked, with commas; others are left out."
    )

    def _pure(self):
        """The `formats.Profile`. Raises FormatError when it contradicts itself."""
        self.ensure_one()
        return Profile(
            columns=tuple((one.role, one.column) for one in self.column_ids if one.role and one.column),
            name=self.name or "",
            sign=self.sign,
            negated=self.negated,
            debit_words=_words(self.debit_words),
            credit_words=_words(self.credit_words),
            date_order=self.date_order or "",
            decimal_sign=self.decimal_sign or "",
            delimiter="\t" if self.delimiter == "tab" else self.delimiter,
            encoding=self.encoding or "",
            header_row=self.header_row,
            footer_rows=self.footer_rows,
            sheet=self.sheet or "",
            currency=self.currency_id.name or "",
            account=self.account or "",
            booked_words=_words(self.booked_words),
        )

    def _told(self):
        """`Told` of the bank account that the tables belong to."""
        journal = self.journal_id
        return Told(account=journal.bank_account_id.acc_number or "", currency=currency_of(journal).name if journal else "")

    def _fitting(self, content):
        """Those of these profiles whose columns the table ``content`` (bytes) has."""
        return self.filtered(lambda profile: formats.fits(content, profile._pure(), profile._told()))

    def _proposed(self):
        found = formats.guess(self._sample_bytes()).profile
        currency = self.env["res.currency"].search([("name", "=", found.currency)]) if found.currency else False
        return {
            "column_ids": parts({"role": role, "column": name} for role, name in found.columns),
            "sign": found.sign,
            "date_order": found.date_order or False,
            "decimal_sign": found.decimal_sign or False,
            "delimiter": "tab" if found.delimiter == "\t" else found.delimiter,
            "header_row": found.header_row,
            "footer_rows": found.footer_rows,
            "currency_id": currency and currency.id,
            "account": found.account or False,
        }


class FinanceTableProfileColumn(models.Model):
    _name = "finance.table.profile.column"
    _description = "Column of a table profile"
    _inherit = ["finance.approved.part"]
    _order = "sequence, id"
    _whole = "profile_id"
    _whole_field = "column_ids"
    _content = ("role", "column")

    profile_id = fields.Many2one("finance.table.profile", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    role = fields.Selection([(role, ROLE_LABELS[role]) for role in ROLES], string="What it is", required=True)
    column = fields.Char(
        string="Name of the column", required=True,
        help="In a table without header its number, from 1; the second column of one name is “name#2”.",
    )  # fmt: skip


def _words(text):
    """The words of a list with commas."""
    return tuple(word.strip() for word in (text or "").split(",") if word.strip())
