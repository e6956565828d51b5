"""An account that a feed opens: which journal its entries go to, how far it is known, and when it is asked next."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..feeds.base import FeedAccount

# Where the history of a new account begins, unless its journal is known further.
START_DAYS = 89


class FinanceFeedAccount(models.Model):
    _name = "finance.feed.account"
    _description = "Account of a bank feed"
    _check_company_auto = True
    _order = "feed_id, id"

    feed_id = fields.Many2one("finance.feed", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="feed_id.company_id", store=True, index=True)
    name = fields.Char(readonly=True)
    number = fields.Char(string="Account number", readonly=True)
    external_id = fields.Char(string="Id in calls", required=True, readonly=True)
    key = fields.Char(readonly=True, help="What names the account in every consent.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    journal_id = fields.Many2one(
        "account.journal",
        string="Bank journal",
        check_company=True,
        index="btree_not_null",
        domain="[('type', 'in', ('bank', 'credit'))]",
        help="Where its entries become bank lines. Without a journal the account is not asked.",
    )
    start_date = fields.Date(
        required=True, default=lambda self: fields.Date.today() - timedelta(days=START_DAYS), string="Begin on",
        help="Entries before this day are left out: they are booked already, or not wanted.",
    )  # fmt: skip
    in_consent = fields.Boolean(string="Shared", default=True, readonly=True)
    cursor = fields.Json(readonly=True, copy=False)
    floor_date = fields.Date(readonly=True, help="The bank gives nothing before this day under the present consent.")
    pulled_at = fields.Datetime(string="Last success", readonly=True, copy=False)
    next_pull_at = fields.Datetime(string="Next call", readonly=True, copy=False)
    failures = fields.Integer(readonly=True, help="How often in a row it could not be asked.")
    last_error = fields.Text(readonly=True)
    last_import_id = fields.Many2one("finance.import", readonly=True, help="The newest pull that was taken over.")
    announced_ids = fields.One2many("finance.announced", "account_id", readonly=True)
    import_ids = fields.One2many("finance.import", "feed_account_id", string="Pulls", readonly=True)

    _key_uniq = models.UniqueIndex("(feed_id, key)", "A feed has each account once.")
    _journal_uniq = models.UniqueIndex(
        "(journal_id) WHERE journal_id IS NOT NULL AND in_consent", "A journal is filled by one account of a feed."
    )

    @api.depends("name", "number")
    def _compute_display_name(self):
        for account in self:
            account.display_name = " ".join(filter(None, (account.number, account.name))) or account.external_id

    @api.constrains("journal_id")
    def _check_journal(self):
        for account in self.filtered("journal_id"):
            journal = account.journal_id
            own = journal.currency_id or journal.company_id.currency_id
            if account.currency_id and own != account.currency_id:
                raise ValidationError(
                    self.env._(
                        "%(account)s is kept in %(currency)s, but %(journal)s in %(own)s. Choose the journal of the account.",
                        account=account.display_name,
                        currency=account.currency_id.name,
                        journal=journal.name,
                        own=own.name,
                    )
                )

    def write(self, vals):
        if "journal_id" in vals or "start_date" in vals:
            for account in self:
                told = {name: str(vals[name]) for name in ("journal_id", "start_date") if name in vals}
                account.feed_id._audit("feed.account", {"account": account.display_name, **told})
        return super().write(vals)

    def _pure(self):
        """The account as the adapter knows it."""
        self.ensure_one()
        told = (self.external_id, self.currency_id.name, self.key, self.number, self.name)
        return FeedAccount(*(value or "" for value in told), self.start_date)

    @api.model
    def _from_consent(self, feed, opened):
        """Take up the accounts (`feeds.base.FeedAccount`) that a consent opens: known ones keep journal, cursor and history."""
        known, seen = feed.account_ids, self.browse()
        for one in opened:
            account = known.filtered(lambda row, one=one: row.key == one.key)[:1] or known.filtered(
                lambda row, one=one: one.number and row.number == one.number and row.currency_id.name == one.currency
            )[:1]
            told = {
                "external_id": one.external_id, "key": one.key, "name": one.name, "number": one.number, "in_consent": True,
                "floor_date": False, "failures": 0, "next_pull_at": False,
            }  # fmt: skip
            if account:
                account.write(told)
            else:
                account = self.create(told | self._first_values(feed, one))
            seen |= account
        (known - seen).write({"in_consent": False})
        return seen

    def _first_values(self, feed, one):
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", one.currency)], limit=1)
        journal = self._journal_of(feed, one, currency)
        values = {"feed_id": feed.id, "currency_id": currency.id, "journal_id": journal.id}
        known = self.env["finance.coverage"].search(
            [("journal_id", "=", journal.id), ("state", "=", "proven"), ("date_to", "!=", False)], limit=1
        )
        return values | ({"start_date": known.date_to} if journal and known else {})

    def _journal_of(self, feed, one, currency):
        """The one bank journal with the account's number and currency, or none."""
        journals = self.env["account.journal"]
        if not one.number:
            return journals
        found = journals.search(
            [
                ("bank_account_id.sanitized_acc_number", "=", one.number),
                ("type", "in", ("bank", "credit")),
                ("company_id", "=", feed.company_id.id),
            ]
        ).filtered(lambda journal: (journal.currency_id or journal.company_id.currency_id) == currency)
        taken = self.search([("journal_id", "in", found.ids), ("in_consent", "=", True)]).journal_id
        return found - taken if len(found - taken) == 1 else journals
