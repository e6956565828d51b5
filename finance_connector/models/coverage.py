"""Proven coverage: which days of an account are known from statements, and where the chain of balances is
broken.

Statements are ordered as Odoo orders them, by their first line; one without entries stands at its last day.
Each must open with the balance that the one before closed with (INV-12, INV-13). What does not fit is an
exception with the difference, and the exception is closed when the missing file arrives.
"""

from decimal import Decimal

from odoo import api, fields, models

_CHAIN = """
WITH links AS (
    SELECT s.first_line_index AS place, s.id AS statement_id, c.id AS coverage_id, s.balance_start AS opening,
           s.balance_end_real AS closing, s.date AS day, s.name AS name, NULLIF(c.electronic_number, 0) AS
               number
      FROM account_bank_statement s LEFT JOIN finance_coverage c ON c.id = s.fc_coverage_id
     WHERE s.journal_id = %(journal)s AND s.first_line_index IS NOT NULL
     UNION ALL
    SELECT to_char(c.date_to, 'YYYYMMDD') || 'empty' || lpad(c.id::text, 10, '0'), NULL, c.id, c.opening,
           c.closing,
           c.date_to, c.name, NULLIF(c.electronic_number, 0)
      FROM finance_coverage c
     WHERE c.journal_id = %(journal)s AND c.state = 'proven' AND c.proof IN ('balances', 'running-balance')
       AND c.entry_count = 0 AND c.date_to IS NOT NULL
), pairs AS (
    SELECT lag(coverage_id) OVER w AS before_coverage, lag(statement_id) OVER w AS before_statement,
           lag(closing) OVER w AS before_closing, lag(name) OVER w AS before_name, lag(day) OVER w AS
                  before_day,
           lag(number) OVER w AS before_number, links.*
      FROM links WINDOW w AS (ORDER BY place)
)
SELECT before_coverage, before_statement, round(before_closing, %(decimals)s)::text, before_name, before_day,
       before_number,
       coverage_id, statement_id, round(opening, %(decimals)s)::text, name, day, number,
       round(opening - before_closing, %(decimals)s)::text
  FROM pairs
 WHERE (before_coverage IS NOT NULL OR before_statement IS NOT NULL)
   AND (round(opening, %(decimals)s) != round(before_closing, %(decimals)s)
        OR (number > before_number + 1 AND date_trunc('year', day) = date_trunc('year', before_day)))
 ORDER BY place
"""


class FinanceCoverage(models.Model):
    _name = "finance.coverage"
    _description = "Statement coverage"
    _order = "date_to desc, sequence desc, id desc"

    import_id = fields.Many2one(
        "finance.import", required=True, readonly=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(readonly=True, help="Place in the file.")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    journal_id = fields.Many2one(
        "account.journal", required=True, readonly=True, index=True, ondelete="restrict"
    )
    state = fields.Selection(
        [("staged", "Being imported"), ("proven", "Proven"), ("announced", "Announced only")],
        required=True, default="staged", readonly=True,
    )
    name = fields.Char(string="Statement", readonly=True, help="The bank's id of the statement.")
    member = fields.Char(string="File in the archive", readonly=True)
    table_profile_id = fields.Many2one(
        "finance.table.profile", string="Read by table profile", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    account = fields.Char(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True, index=True)
    first_day = fields.Date(readonly=True, help="First booking date of its entries.")
    last_day = fields.Date(readonly=True, help="Last booking date of its entries.")
    proof = fields.Selection(
        [
            ("balances", "Balances"),
            ("running-balance", "A balance after each entry"),
            ("totals", "Counts and sums"),
            ("one-balance", "One balance"),
            ("none", "Nothing"),
        ],
        string="Vouched for by",
        readonly=True,
        default="balances",
        help="What the bank states that the entries were checked against.",
    )
    # A sum of balances says nothing, nor does one of numbers.
    opening = fields.Monetary(readonly=True, aggregator=None)
    closing = fields.Monetary(readonly=True, aggregator=None)
    electronic_number = fields.Integer(readonly=True, aggregator=None)
    legal_number = fields.Integer(readonly=True)
    is_copy = fields.Boolean(string="Sent again by the bank", readonly=True)
    entry_count = fields.Integer(string="Entries", readonly=True)
    duplicate_count = fields.Integer(string="Known before", readonly=True)
    missing_line_ids = fields.Json(
        readonly=True, help="Bank lines that it should have repeated and does not."
    )
    provisional = fields.Boolean(
        string="Announces", readonly=True, help="Its entries are only announced; a statement brings them again."
    )
    provisional_count = fields.Integer(string="Pending, left out", readonly=True)
    notes = fields.Char(
        readonly=True, help="What was read although the file does not follow its schema to the letter."
    )
    statement_ids = fields.One2many(
        "account.bank.statement", "fc_coverage_id", string="Statements in the books", readonly=True
    )

    _import_uniq = models.UniqueIndex("(import_id, sequence)")
    _chain_idx = models.Index("(journal_id, date_to) WHERE state = 'proven'")

    def _has_balances(self):
        """Whether the bank states the balances that the entries lie between."""
        self.ensure_one()
        return self.proof in ("balances", "running-balance")

    @api.model
    def _check_continuity(self, journal):
        """Raise `statement_gap` for every break in the chain of ``journal``, and clear those that are
        mended."""
        self.env.flush_all()
        currency = journal.currency_id or journal.company_id.currency_id
        self.env.cr.execute(_CHAIN, {"journal": journal.id, "decimals": currency.decimal_places})
        broken = {}
        for row in self.env.cr.fetchall():
            broken[f"{journal.id}:{row[0] or ''}/{row[1] or ''}:{row[6] or ''}/{row[7] or ''}"] = row
        rows = (
            self.env["finance.exception"]
            .sudo()
            .search(
                [
                    ("kind", "=", "statement_gap"),
                    ("company_id", "=", journal.company_id.id),
                    ("cause_key", "=like", f"statement_gap:{journal.id}:%"),
                ]
            )
        )
        known = {row.cause_key.partition(":")[2]: row for row in rows}
        mended = rows.filtered(
            lambda row: row.state in ("open", "in_progress") and row.cause_key.partition(":")[2] not in broken
        )
        mended._close("resolved", self.env._("The statements are continuous again."), automatic=True)
        for cause, row in broken.items():
            # A gap that a person has closed stays closed; one that is open is not told twice.
            if cause not in known or (known[cause].state == "resolved" and not known[cause].resolved_by_id):
                self._raise_gap(journal, currency, cause, row)
        return len(broken)

    def _raise_gap(self, journal, currency, cause, row):
        _bc, _bs, before_closing, before_name, before_day, before_number = row[:6]
        coverage_id, _statement, opening, name, day, number, difference = row[6:]
        numbers = ""
        if number and before_number and number > before_number + 1:
            numbers = self.env._(
                " Their numbers are %(before)s and %(after)s: %(count)s statements are missing.",
                before=before_number,
                after=number,
                count=number - before_number - 1,
            )
        self.env["finance.exception"]._raise(
            "statement_gap",
            cause,
            journal.company_id,
            self.env._(
                "%(journal)s: statements are missing before %(name)s", journal=journal.name, name=name
            ),
            detail=self.env._(
                "%(before)s of %(before_day)s closed with %(closing)s %(currency)s; %(name)s of %(day)s "
                "opened with %(opening)s %(currency)s: difference %(difference)s "
                "%(currency)s.%(numbers)s\n\nFetch the statements between them from the bank and import "
                "them; this closes by itself when they are there.",
                before=before_name,
                before_day=before_day,
                closing=before_closing,
                name=name,
                day=day,
                opening=opening,
                difference=difference,
                currency=currency.name,
                numbers=numbers,
            ),
            record=self.browse(coverage_id) if coverage_id else journal,
            amount=abs(Decimal(difference)),
            currency=currency,
        )
