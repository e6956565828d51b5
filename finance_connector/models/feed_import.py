"""A pull of a feed as an import: the same staging, deduplication, coverage and bank lines as for a file, and what files have not:
announced entries, and entries that the bank takes back by their id."""

from datetime import date
from decimal import Decimal

from odoo import fields, models

from ..feeds.pages import unpack
from ..formats import dedupe
from .import_account import ImportRefused

# Lines of the same feed by their ids, whatever their day; those of other sources by day, as for files.
_BY_ID = """
SELECT COALESCE(l.fc_bank_id, ''), l.fc_import_uid, m.date, l.amount::text, l.id
  FROM account_bank_statement_line l
  JOIN account_move m ON m.id = l.move_id
  LEFT JOIN finance_import i ON i.id = l.fc_import_id
 WHERE l.journal_id = %(journal)s AND l.fc_import_uid IS NOT NULL AND l.fc_import_id IS DISTINCT FROM %(import)s
   AND CASE WHEN i.feed_account_id = %(account)s THEN l.fc_bank_id = ANY(%(ids)s)
            ELSE m.date BETWEEN %(first)s AND %(last)s END
"""


class FinanceImport(models.Model):
    _inherit = "finance.import"

    feed_account_id = fields.Many2one(
        "finance.feed.account", string="Pulled from", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    def _reading(self, data):
        """The `feeds.base.Reading` of a pull. Raises FormatError, UnknownStatus."""
        account = self.feed_account_id
        return account.feed_id._adapter().parse(data, account._pure())

    def _events_of(self, data):
        if not self.feed_account_id:
            return super()._events_of(data)
        reading = self._reading(data)
        if reading.complete and not reading.entries:
            self._refuse_silence(reading)
        return self.feed_account_id.feed_id.code, [
            (None, event, False) for event in (reading.header, *reading.entries, reading.proof)
        ]

    def _refuse_unproven(self, header):
        # What proves a pull is not its balances (decision 0020).
        if not self.feed_account_id:
            super()._refuse_unproven(header)

    def _refuse_silence(self, reading):
        """An empty list of days on which there are entries is no answer (INV-13). Raises ImportRefused."""
        header = reading.header
        known = self.env["account.bank.statement.line"].search_count(
            [
                ("fc_import_id.feed_account_id", "=", self.feed_account_id.id),
                ("date", ">=", header.from_date),
                ("date", "<=", header.to_date),
            ]
        )
        if known:
            raise ImportRefused(
                self.env._(
                    "The bank lists nothing from %(first)s to %(last)s, although it listed %(count)s entries of these days "
                    "before. An empty answer is not taken for quiet days; it is asked again.",
                    first=header.from_date,
                    last=header.to_date,
                    count=known,
                )
            )

    def _known_entries(self, coverage, first, last):
        account = self.feed_account_id
        if not account or not account.feed_id._adapter().ids_are_stable:
            return super()._known_entries(coverage, first, last)
        self.env.cr.execute(
            "SELECT bank_id FROM finance_import_entry WHERE coverage_id = %s AND bank_id IS NOT NULL", [coverage.id]
        )
        values = {
            "journal": coverage.journal_id.id, "import": self.id, "account": account.id, "first": first, "last": last,
            "ids": [row[0] for row in self.env.cr.fetchall()],
        }  # fmt: skip
        self.env.cr.execute(_BY_ID, values)
        return [dedupe.Known(*row[:3], Decimal(row[3]), row[4]) for row in self.env.cr.fetchall()]

    def _plan_statement(self, coverage):
        super()._plan_statement(coverage)
        if self.feed_account_id.feed_id and self.feed_account_id.feed_id._adapter().ids_are_stable:
            # It lists changes, not days: what it does not repeat is not missing.
            coverage.missing_line_ids = []

    def _finish(self):
        super()._finish()
        if self.feed_account_id:
            self._finish_pull()
        # A file may close what the bank does not give any more.
        for one in self.env["finance.feed.account"].sudo().search([("journal_id", "in", self.coverage_ids.journal_id.ids)]):
            one._check_days()

    def _finish_pull(self):
        account, data = self.feed_account_id, self.message_id._raw()
        # A pull that is taken over late says nothing about what is announced now.
        if account.last_import_id.id < self.id:
            reading = self._reading(data)
            self.env["finance.announced"].sudo()._take_up(account.sudo(), reading)
            self._raise_removed(account, reading)
            account.sudo().last_import_id = self
        self._cover_empty(data)

    def _raise_removed(self, account, reading):
        """What the bank takes back is never taken out of the books by a machine."""
        lines = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", account.journal_id.id), ("fc_bank_id", "in", reading.removed)]
        )
        for line in lines.filtered(lambda line: line.fc_import_id.feed_account_id == account):
            self._raise_missing(self.coverage_ids[:1], line)

    def _cover_empty(self, data):
        """A pull whose window holds no whole day proves none: its coverage is no interval."""
        asked, _pages = unpack(data)
        if asked.get("from") and asked.get("until") and date.fromisoformat(asked["from"]) > date.fromisoformat(asked["until"]):
            self.coverage_ids.write({"date_from": False, "date_to": False})
