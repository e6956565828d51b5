"""What matching found, written down before anything is booked: a row for each line and candidate, brought up to date for
thousands of lines by few statements."""

from odoo import api, models

from .reconcile_answer import JOIN
from .row_source import copy_rows, row_source
from .set_insert import reserve

# From so many new rows on the statistics are made anew.
_MANY = 5000
_COLUMNS = (
    ("id", "int"), ("line_id", "int"), ("company_id", "int"), ("candidate_key", "text"), ("state", "text"), ("score", "int"),
    ("runner_up_score", "int"), ("reasons", "jsonb"), ("bundle", "text"), ("difference", "numeric"), ("settlement_id", "int"),
    ("other_line_id", "int"), ("amount", "numeric"), ("currency_id", "int"),
)  # fmt: skip
_ITEM_COLUMNS = ("finance_match_id", "int"), ("account_move_line_id", "int")
_UPDATE = """
UPDATE finance_match m
   SET state = v.state, score = v.score, runner_up_score = v.runner_up_score, reasons = v.reasons, bundle = v.bundle,
       difference = v.difference
  FROM {source}
 WHERE m.id = v.id AND (m.state, m.score, m.runner_up_score, m.reasons, m.bundle, m.difference)
       IS DISTINCT FROM (v.state, v.score, v.runner_up_score, v.reasons, v.bundle, v.difference)
"""


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    @api.model
    def _store(self, company, answers, state):
        """Bring the open `finance.match` rows of the lines of ``answers`` up to date. A line with several candidates has them in
        ``state``; a single answer is proposed."""
        matches, cr = self.env["finance.match"], self.env.cr
        matches.flush_model()
        known, currencies = self._known(company, answers), self.env["finance.subledger"]._currency_ids()
        fresh, kept = [], []
        for answer in answers:
            keys, currency = answer.rows, currencies[answer.line.amount.currency]
            for key in keys:
                match_id = known.pop((answer.line.id, key), None)
                row, items = self._row(answer, key, match_id, state if len(keys) > 1 else "proposed", company.id, currency)
                if match_id:
                    kept.append(row)
                else:
                    fresh.append((row, items))
        cr.execute("DELETE FROM finance_match WHERE id = ANY(%s)", [list(known.values())])
        if kept:
            source, parameters = row_source(cr, "matches", _COLUMNS, kept)
            cr.execute(_UPDATE.format(source=source), parameters)
        if fresh:
            self._add(fresh)
        if len(fresh) >= _MANY:
            # Applying reads them in batches at once; without fresh statistics each would read the whole table.
            cr.execute("ANALYZE finance_match, finance_match_move_line_rel")
        matches.invalidate_model()
        self.env["account.bank.statement.line"].invalidate_model(["fc_match_ids", "fc_match_state"])

    def _add(self, fresh):
        """Write new rows, each with the ids of its open items. Copied with their ids, so that none is looked for again."""
        cr, ids = self.env.cr, reserve(self.env["finance.match"], len(fresh))
        copy_rows(cr, "finance_match", _COLUMNS, [(own, *row[1:]) for own, (row, _items) in zip(ids, fresh, strict=True)])
        items = [(own, item) for own, (_row, items) in zip(ids, fresh, strict=True) for item in items]
        copy_rows(cr, "finance_match_move_line_rel", _ITEM_COLUMNS, items)

    def _known(self, company, answers):
        """(line id, candidate key) -> id of the open rows of the lines of ``answers``."""
        self.env.cr.execute(
            """SELECT line_id, candidate_key, id FROM finance_match
                WHERE company_id = %s AND state IN ('proposed', 'ambiguous')""",
            [company.id],
        )
        ids = {answer.line.id for answer in answers}
        return {(line_id, key): match_id for line_id, key, match_id in self.env.cr.fetchall() if line_id in ids}

    @staticmethod
    def _row(answer, key, match_id, state, company_id, currency_id):
        """(the values of _COLUMNS for the candidate ``key``, the ids of its open items)."""
        line, result = answer.line, answer.result
        ids = {"s": [], "i": [], "l": [], "r": []}
        for part in key.split(JOIN):
            ids[part[0]].append(part[2:])
        row = (
            match_id,
            line.id,
            company_id,
            key,
            state,
            result.score,
            result.runner_up_score,
            result.reasons,
            answer.bundle or None,
            result.difference.to_text() if result.difference else 0,
            ids["s"][0] if ids["s"] else None,
            next(iter(ids["l"] + ids["r"]), None),
            line.amount.to_text(),
            currency_id,
        )
        return row, ids["i"]

    @api.model
    def _stored(self, answers):
        """The open rows of ``answers``."""
        return self.env["finance.match"].search(
            [("line_id", "in", [answer.line.id for answer in answers]), ("state", "in", ("proposed", "ambiguous"))]
        )

    def _currency(self, line):
        ids = self.env["finance.subledger"]._currency_ids()
        return self.env["res.currency"].browse(ids[line.amount.currency])
