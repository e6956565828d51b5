"""What matching found, written down before anything is booked: a row for each line and candidate, brought up to date for
thousands of lines by few statements."""

import json

from odoo import api, models
from odoo.tools import split_every

from .reconcile_answer import JOIN

# Rows a statement.
_CHUNK = 5000
_TOLD = """
jsonb_to_recordset(%s::jsonb) AS t (
    id int, line_id int, candidate_key text, state text, score int, runner_up_score int, reasons jsonb, bundle text,
    difference numeric, settlement_id int, other_line_id int, items int[], amount numeric, currency_id int)
"""
_INSERT = f"""
WITH told AS (SELECT * FROM {_TOLD}), made AS (
    INSERT INTO finance_match (line_id, company_id, candidate_key, state, score, runner_up_score, reasons, bundle, difference,
                               settlement_id, other_line_id, amount, currency_id)
    SELECT line_id, %s, candidate_key, state, score, runner_up_score, reasons, bundle, difference,
           settlement_id, other_line_id, amount, currency_id
      FROM told
    RETURNING id, line_id, candidate_key
)
INSERT INTO finance_match_move_line_rel (finance_match_id, account_move_line_id)
SELECT made.id, unnest(told.items) FROM made JOIN told USING (line_id, candidate_key)
"""
_UPDATE = f"""
UPDATE finance_match m
   SET state = t.state, score = t.score, runner_up_score = t.runner_up_score, reasons = t.reasons, bundle = t.bundle,
       difference = t.difference
  FROM {_TOLD}
 WHERE m.id = t.id AND (m.state, m.score, m.runner_up_score, m.reasons, m.bundle, m.difference)
       IS DISTINCT FROM (t.state, t.score, t.runner_up_score, t.reasons, t.bundle, t.difference)
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
            keys = answer.rows
            for key in keys:
                row = self._row(answer, key) | {
                    "id": known.pop((answer.line.id, key), None),
                    "state": state if len(keys) > 1 else "proposed",
                    "currency_id": currencies[answer.line.amount.currency],
                }
                (kept if row["id"] else fresh).append(row)
        cr.execute("DELETE FROM finance_match WHERE id = ANY(%s)", [list(known.values())])
        for chunk in split_every(_CHUNK, kept):
            cr.execute(_UPDATE, [json.dumps(chunk)])
        for chunk in split_every(_CHUNK, fresh):
            cr.execute(_INSERT, [json.dumps(chunk), company.id])
        if len(fresh) >= _CHUNK:
            # Applying reads them in batches at once; without fresh statistics each would read the whole table.
            cr.execute("ANALYZE finance_match, finance_match_move_line_rel")
        matches.invalidate_model()
        self.env["account.bank.statement.line"].invalidate_model(["fc_match_ids", "fc_match_state"])

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
    def _row(answer, key):
        line, result = answer.line, answer.result
        ids = {"s": [], "i": [], "l": [], "r": []}
        for part in key.split(JOIN):
            ids[part[0]].append(int(part[2:]))
        return {
            "line_id": line.id,
            "candidate_key": key,
            "score": result.score,
            "runner_up_score": result.runner_up_score,
            "reasons": result.reasons,
            "bundle": answer.bundle or None,
            "difference": str(result.difference.to_decimal()) if result.difference else 0,
            "settlement_id": ids["s"][0] if ids["s"] else None,
            "other_line_id": next(iter(ids["l"] + ids["r"]), None),
            "items": ids["i"],
            "amount": str(line.amount.to_decimal()),
        }

    @api.model
    def _stored(self, answers):
        """The open rows of ``answers``."""
        return self.env["finance.match"].search(
            [("line_id", "in", [answer.line.id for answer in answers]), ("state", "in", ("proposed", "ambiguous"))]
        )

    def _currency(self, line):
        ids = self.env["finance.subledger"]._currency_ids()
        return self.env["res.currency"].browse(ids[line.amount.currency])
