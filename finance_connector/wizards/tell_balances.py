"""A person's word for a file without proof: its balances from another paper of the bank, or that there are none."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import formats
from ..formats import FormatError, Told
from ..models.import_told import BALANCES, NONE
from ..models.statement_journals import DOMAIN


class FinanceImportTell(models.TransientModel):
    _name = "finance.import.tell"
    _description = "State the balances of a file"

    import_id = fields.Many2one("finance.import", required=True, readonly=True, ondelete="cascade")
    journal_id = fields.Many2one(
        "account.journal", string="Bank account", required=True, domain=DOMAIN
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    summary = fields.Text(compute="_compute_summary", string="In the file")
    word = fields.Selection(
        [
            (BALANCES, "Another paper of the bank states the balances"),
            (NONE, "There is no balance: I vouch that the file is complete"),
        ],
        string="What you know", required=True, default=BALANCES,
    )  # fmt: skip
    opening = fields.Monetary(string="Balance before the entries")
    closing = fields.Monetary(string="Balance after the entries")
    date_order = fields.Selection(
        [("dmy", "Day, month, year"), ("mdy", "Month, day, year"), ("ymd", "Year, month, day")],
        string="Order of the dates", help="Only if the file can be read in several ways.",
    )  # fmt: skip
    note = fields.Text(string="What it rests on", help="Which paper states it, or why you know that nothing is missing.")

    @api.depends("journal_id")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = wizard.journal_id.currency_id or wizard.journal_id.company_id.currency_id

    @api.depends("import_id", "journal_id", "date_order")
    def _compute_summary(self):
        for wizard in self:
            try:
                wizard.summary = wizard._in_the_file()
            except FormatError as error:
                wizard.summary = str(error)

    def _in_the_file(self):
        """How many entries there are, of when, and what they add up to. Raises FormatError."""
        data, journal = self.import_id.sudo().message_id._raw(), self.journal_id
        told = Told(currency=self.currency_id.name or "", date_order=self.date_order or "")
        reader = formats.detect(data, self.import_id.filename)
        if reader in formats.TABLES:
            fitting = self.env["finance.table.profile"]._in_force(journal)._fitting(data)[:1]
            if not fitting:
                return False
            reader = fitting._pure()
        lines = []
        for statement in formats.preview(data, reader, told, 0).statements:
            lines.append(
                self.env._(
                    "Entries: %(count)s, from %(first)s to %(last)s, together %(total)s",
                    count=statement.count,
                    first=statement.header.from_date,
                    last=statement.header.to_date,
                    total=statement.proof.total if statement.proof else "?",
                )
            )
        return "\n".join(lines)

    def action_confirm(self):
        """Keep the word with the import, and read the file again."""
        self.ensure_one()
        if self.word == NONE and not (self.note or "").strip():
            raise UserError(self.env._("Say why you know that nothing is missing; nothing was changed."))
        amounts = [self.currency_id.round(amount) for amount in (self.opening, self.closing)]
        opening, closing = (Decimal(f"{amount:.{self.currency_id.decimal_places}f}") for amount in amounts)
        record = self.import_id
        journal = record._allowed_target("account.journal", self.journal_id)
        record._tell(journal, self.word, opening, closing, self.date_order, self.note)
        return record.get_formview_action()
