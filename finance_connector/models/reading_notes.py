"""What a reader took for granted where a file does not follow its schema to the letter, in words for the screens.

The codes are those of `formats.records`; they are kept with the statement and with the entry.
"""

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ..formats import records

_lt = LazyTranslate(__name__)

NOTES = {
    records.STATUS_MISSING: _lt("without a status, taken as booked"),
    records.DETAIL_SIGN_IGNORED: _lt("the details contradict the direction of their entry, whose direction counts"),
    records.AMOUNT_FROM_DETAILS: _lt("the amount in the account's currency is taken from the details"),
    records.BALANCE_SIGN_MISSING: _lt("a balance without debit or credit, proven by the sum of the entries"),
    records.NAMESPACE_MISSING: _lt("the file does not name the version of its format"),
    records.ANNOUNCED_AS_BOOKED: _lt("called booked by the bank, but only announced here: a statement confirms it"),
    records.AVAILABLE_BALANCES: _lt("proven by the available balances, since no ledger balances are stated"),
    records.MIXED_ENCODING: _lt("several encodings in one file: check names with accents"),
    records.DAY_BEYOND_MONTH: _lt("a day beyond the end of February, read as its last day"),
    records.SIGN_FROM_TYPE: _lt("the direction is taken from the type, since no amount has a sign"),
    records.TYPE_AGAINST_SIGN: _lt("the type contradicts the sign of the amount, which counts"),
    records.BANK_ID_REUSED: _lt("the bank used one id for different entries"),
    records.CORRECTION: _lt("the bank calls it a correction"),
}
_OF_ENTRIES = """
SELECT coverage_id, note, count(*)
  FROM finance_import_entry, jsonb_array_elements_text(data -> 'details' -> 'notes') AS note
 WHERE import_id = %s GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
"""


def in_words(env, notes):
    """The ``notes`` (codes) as words; one that is not known is given as it is."""
    return [env._(NOTES[note]) if note in NOTES else note for note in notes]


class FinanceCoverage(models.Model):
    _inherit = "finance.coverage"

    remarks = fields.Text(
        compute="_compute_remarks", help="What was read although the file does not follow its schema to the letter."
    )

    @api.depends("notes", "provisional", "provisional_count", "entry_count")
    def _compute_remarks(self):
        for record in self:
            record.remarks = "\n".join(record._remarks())

    def _remarks(self, entry_notes=()):
        """What a reader should know of the statement, as sentences; ``entry_notes``: (note, how many entries have it)."""
        self.ensure_one()
        found = in_words(self.env, self.notes.split(", ") if self.notes else ())
        for note, count in entry_notes:
            (words,) = in_words(self.env, [note])
            found.append(self.env._("%(what)s (%(count)s of %(all)s entries)", what=words, count=count, all=self.entry_count))
        if self.provisional_count:
            found.append(self.env._("left out until they are booked: %s pending entries", self.provisional_count))
        if self.provisional:
            found.append(self.env._("announces only: a statement confirms or drops its entries"))
        return [_sentence(words) for words in found]


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _staged_notes(self):
        """{id of a staged statement: [(note, how many of its entries have it)]}."""
        self.env.cr.execute(_OF_ENTRIES, [self.id])
        found = {}
        for coverage, note, count in self.env.cr.fetchall():
            found.setdefault(coverage, []).append((note, count))
        return found


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    fc_remarks = fields.Text(
        string="Remarks", compute="_compute_fc_remarks",
        help="What was read although the file does not follow its schema to the letter.",
    )

    @api.depends("fc_details")
    def _compute_fc_remarks(self):
        for line in self:
            found = in_words(self.env, (line.fc_details or {}).get("notes", ()))
            line.fc_remarks = "\n".join(map(_sentence, found))


def _sentence(words):
    return f"{words[:1].upper()}{words[1:]}."
