"""What files only announce: staged like any entry, kept as `finance.announced`, settled with what is booked; never a bank line.

Reports of a day repeat each other, and a notification may detail a batch that a report announced: `formats.dedupe` says which
announcements are new. What it cannot decide is shown twice rather than lost, since no money depends on it.
"""

from decimal import Decimal

from odoo import fields, models

from ..formats import dedupe
from .bank_links import links_sql
from .import_plan import STAGED, Staged, free_uid, write_decisions

_STORED = """
SELECT COALESCE(external_id, ''), fingerprint, date, amount::text, id, COALESCE(links, '[]'::jsonb)
  FROM finance_announced
 WHERE journal_id = %(journal)s AND fingerprint IS NOT NULL AND date BETWEEN %(first)s AND %(last)s
"""
# What earlier reports of the same file announce.
_EARLIER = f"""
SELECT COALESCE(bank_id, ''), uid, booking_date, amount::text, NULL, {links_sql("data->'details'", "data->>'end_to_end_id'")}
  FROM finance_import_entry
 WHERE import_id = %(import)s AND journal_id = %(journal)s AND coverage_id < %(coverage)s AND decision = 'announced'
   AND booking_date BETWEEN %(first)s AND %(last)s
"""
_KEPT = f"""
SELECT journal_id, bank_id, uid, booking_date, value_date, amount::text AS amount, data, reason,
       {links_sql("data->'details'", "data->>'end_to_end_id'")} AS links
  FROM finance_import_entry WHERE import_id = %s AND decision = 'announced' ORDER BY sequence
"""
_REPEATED = """
SELECT e.journal_id, e.uid, json_agg(json_build_array(e.data, e.amount::text) ORDER BY e.sequence)
  FROM finance_import_entry e JOIN finance_coverage c ON c.id = e.coverage_id
 WHERE e.import_id = %s AND c.provisional AND e.decision = 'known' GROUP BY 1, 2
"""


class FinanceImport(models.Model):
    _inherit = "finance.import"

    announced_count = fields.Integer(
        string="Announced", readonly=True, help="Entries that the file announces for the first time."
    )

    def _plan_announced(self, coverage):
        """Decide which entries of an announcing report are announced for the first time."""
        self.env.cr.execute(STAGED, [coverage.id])
        incoming = [Staged.of(row) for row in self.env.cr.fetchall()]
        if not incoming:
            return
        days = [entry.booking_date for entry in incoming]
        values = {"journal": coverage.journal_id.id, "import": self.id, "coverage": coverage.id}
        self.env.cr.execute(f"{_STORED} UNION ALL {_EARLIER}", values | {"first": min(days), "last": max(days)})
        rows = self.env.cr.fetchall()
        known = [dedupe.Known(*row[:3], Decimal(row[3]), row[4], frozenset(row[5])) for row in rows]
        decisions = dedupe.decide(known, incoming)
        taken = {one.fingerprint for one in known}
        rows = [(new.entry.row_id, "announced", free_uid(new.fingerprint, taken), None) for new in decisions.new]
        rows += [(pair.entry.row_id, "known", pair.known.fingerprint, pair.reason) for pair in decisions.duplicates]
        for pair in decisions.conflicts:
            if _is_another(pair):
                rows.append((pair.entry.row_id, "announced", free_uid(pair.entry.fingerprint, taken), pair.reason))
            else:
                rows.append((pair.entry.row_id, "known", pair.known.fingerprint, pair.reason))
        write_decisions(self.env.cr, rows)
        coverage.duplicate_count = sum(row[1] == "known" for row in rows)

    def _keep_announced(self):
        """Keep what the file announces for the first time, and what it adds to what was announced before."""
        self.env.flush_all()
        announced = self.env["finance.announced"].sudo()
        self.env.cr.execute(_KEPT, [self.id])
        rows = self.env.cr.dictfetchall()
        changed = [(row["journal_id"], row["bank_id"]) for row in rows if row["reason"] == dedupe.UNCLEAR_ID]
        for journal_id, bank_id in changed:
            # The bank announces it with another amount or day now.
            announced.search(
                [("journal_id", "=", journal_id), ("external_id", "=", bank_id), ("state", "=", "announced")]
            )._end("dropped")
        journals = {row["journal_id"]: self.env["account.journal"].browse(row["journal_id"]) for row in rows}
        announced.create([self._announced_values(row, journals[row["journal_id"]]) for row in rows])
        self.announced_count = len(rows)
        self.env.cr.execute(_REPEATED, [self.id])
        for journal_id, uid, told in self.env.cr.fetchall():
            if any("members" in data.get("details", {}) for data, _amount in told) or len(told) > 1:
                announced.search([("journal_id", "=", journal_id), ("fingerprint", "=", uid)])._learn(told)

    def _announced_values(self, row, journal):
        told = row["data"] or {}
        return {
            "journal_id": journal.id,
            "import_id": self.id,
            "external_id": row["bank_id"],
            "fingerprint": row["uid"],
            "date": row["booking_date"],
            "value_date": row["value_date"],
            "amount": Decimal(row["amount"]),
            "currency_id": (journal.currency_id or journal.company_id.currency_id).id,
            "text": told.get("text") or "/",
            "counterparty_name": told.get("name"),
            "data": told,
            "links": [link for link in row["links"] if link],
        }

    def action_open_announced(self):
        """What this file announced for the first time."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Announced by %s", self.filename),
            "res_model": "finance.announced",
            "view_mode": "list,form",
            "domain": [("import_id", "=", self.id)],
        }


def _is_another(pair):
    """Whether an entry that looks like a known one is shown as another: the bank gave it its own id, or another amount."""
    ids = pair.entry.bank_id, pair.known.bank_id
    return pair.reason == dedupe.UNCLEAR_ID or (pair.reason == dedupe.UNCLEAR_AMOUNT and all(ids) and ids[0] != ids[1])
