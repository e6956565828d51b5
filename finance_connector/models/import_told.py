"""What a person says of a file that does not say it itself: balances from another paper of the bank, the order of its dates, or
that there is no balance and the file is complete (decision 0011). It is kept with the import, and audited."""

import base64
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from .. import formats
from ..formats import Told
from .import_account import ImportRefused, currency_of

# What can still let a refused file in: a person's word, or a profile of its table.
WORD, PROFILE = "word", "profile"
BALANCES, NONE = "balances", "none"


class FinanceImport(models.Model):
    _inherit = "finance.import"

    way_out = fields.Selection(
        [(WORD, "A person's word"), (PROFILE, "A profile of the table")], readonly=True, help="What would let the file in."
    )
    told = fields.Json(readonly=True, help="What a person said of the file.")
    told_by_id = fields.Many2one("res.users", string="Vouched for by", readonly=True, ondelete="restrict")
    told_at = fields.Datetime(string="Vouched for at", readonly=True)
    told_note = fields.Text(string="What it rests on", readonly=True)
    table_profile_id = fields.Many2one(
        "finance.table.profile", string="Read by table profile", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    def _tell(self, journal, word, opening, closing, date_order, note):
        """Take a person's word for a refused file, and read it again.

        ``word``: `balances` (then ``opening`` and ``closing``, Decimals) or `none`; ``date_order``: "" or as in `Told`.
        Raises UserError for a file that is not refused for want of it.
        """
        self._check_role()
        if self.state != "rejected" or self.way_out != WORD:
            raise UserError(self.env._("%s does not wait for anybody's word.", self.filename))
        told = {"word": word, "date_order": date_order or ""}
        if word == BALANCES:
            told |= {"opening": str(opening), "closing": str(closing)}
        self.sudo().write(
            {
                "told": told,
                "told_by_id": self.env.uid,
                "told_at": fields.Datetime.now(),
                "told_note": note,
                "journal_id": journal.id,
            }
        )
        payload = {**told, "file": self.checksum, "journal": journal.name, "note": note or ""}
        self.env["finance.audit.entry"]._record("import.told", self.sudo(), payload)
        self.sudo()._read_again()

    def action_tell(self):
        """Ask for the balances, or for the word that there are none."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("State the balances of %s", self.filename),
            "res_model": "finance.import.tell",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_import_id": self.id, "default_journal_id": self.journal_id.id},
        }

    def action_define_profile(self):
        """A new table profile with this file as its sample, of an archive with the first table in it that none reads."""
        self.ensure_one()
        self.check_access("read")
        sample, name = self.sudo()._table_without_profile()
        made = self.env["finance.table.profile"].create(
            {
                "name": self.env._("Table of %s", self.journal_id.name or name),
                "journal_id": self.journal_id.id or self._only_journal().id,
                "sample": base64.b64encode(sample),
                "sample_name": name,
            }
        )
        return made.get_formview_action()

    def _only_journal(self):
        """The bank journal to begin with where none was chosen. Raises UserError when the company has none."""
        found = self.env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", self.company_id.id)])
        own = found - self.env["finance.provider"].sudo().search([("company_id", "=", self.company_id.id)]).journal_id
        if not own:
            raise UserError(self.env._("%s has no bank journal; make one first.", self.company_id.name))
        return own[:1]

    def _told(self):
        """`Told` of the file: account and currency of the journal that was chosen, and what a person said."""
        self.ensure_one()
        told, journal = self.told or {}, self.journal_id
        return Told(
            account=(journal.bank_account_id.acc_number or "") if journal else "",
            currency=currency_of(journal).name if journal else "",
            date_order=told.get("date_order", ""),
            opening=Decimal(told["opening"]) if "opening" in told else None,
            closing=Decimal(told["closing"]) if "closing" in told else None,
        )

    def _is_vouched(self):
        """Whether a person vouches that the file is complete although nothing proves it."""
        return (self.told or {}).get("word") == NONE

    def _asking(self, events, way_out, profile=False):
        """(member, event, ``profile``) of ``events``, where what refuses them says that a person can add something."""
        try:
            for member, event in events:
                yield member, event, profile
        except formats.FormatError as error:
            error.way_out = way_out
            raise

    def _table_profile(self, data):
        """The approved profile that reads the table ``data`` (bytes). Raises ImportRefused when not exactly one does."""
        journals = self.journal_id or self.env["account.journal"].search([("company_id", "in", self.env.companies.ids)])
        approved = self.env["finance.table.profile"]._in_force(journals)
        fitting = approved._fitting(data) if len(approved) > 1 or not self.journal_id else approved
        if len(fitting) == 1:
            return fitting
        if fitting:
            reason = self.env._(
                "Several table profiles fit the file: %s. Choose the bank account that it belongs to, or archive the profile "
                "that is not used any more.",
                ", ".join(f"{profile.display_name} ({profile.journal_id.name})" for profile in fitting),
            )
        else:
            reason = self.env._(
                "A table says nothing of its signs, dates and columns by itself, and no approved profile fits this one. Define "
                "its profile: what can be told from the file is proposed, and a second person approves it."
            )
        raise ImportRefused(reason, None, PROFILE)
