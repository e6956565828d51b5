"""A match rule tried on what has happened: which lines it would have explained, and where people had decided otherwise.

The lines of a year are worked by a scheduled action, batch by batch: a rehearsal shows its progress, goes on after a crash where
it was, and can be stopped. Nothing but its own rows is changed.
"""

from odoo import api, fields, models

from .statement_journals import STATEMENT_TYPES

DAYS = 365
# Lines a step; the first step is taken at once.
STEP = 500
OUTCOMES = [
    ("new", "Newly explained"),
    ("same", "As people decided"),
    ("moved", "Otherwise than people decided"),
    ("lost", "No longer explained"),
]


class FinanceMatchRehearsal(models.Model):
    _name = "finance.match.rehearsal"
    _description = "Rehearsed bank line"
    _order = "rule_id, line_id desc"
    _log_access = False

    rule_id = fields.Many2one("finance.match.rule", required=True, readonly=True, index=True, ondelete="cascade")
    line_id = fields.Many2one(
        "account.bank.statement.line", string="Bank line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    date = fields.Date(related="line_id.date", store=True)
    journal_id = fields.Many2one(related="line_id.journal_id", store=True)
    label = fields.Char(related="line_id.payment_ref", string="Text of the bank")
    partner_id = fields.Many2one(related="line_id.partner_id")
    currency_id = fields.Many2one(related="line_id.currency_id")
    amount = fields.Monetary(related="line_id.amount")


class FinanceMatchRule(models.Model):
    _inherit = "finance.match.rule"

    rehearsal_state = fields.Selection(
        [("running", "Running"), ("done", "Finished"), ("stopped", "Stopped")], readonly=True, copy=False, index="btree_not_null"
    )
    rehearsal_since = fields.Date(readonly=True, copy=False, help="From this day on the bank lines are tried.")
    rehearsal_cursor = fields.Integer(readonly=True, copy=False, help="The last bank line that was tried.")
    rehearsal_done = fields.Integer(string="Lines tried", readonly=True, copy=False)
    rehearsal_total = fields.Integer(string="Lines to try", readonly=True, copy=False)
    rehearsal_ids = fields.One2many("finance.match.rehearsal", "rule_id", readonly=True, copy=False)
    rehearsed_at = fields.Datetime(readonly=True, copy=False)
    rehearsed_hash = fields.Char(readonly=True, copy=False)
    rehearsed_new = fields.Integer(
        string="Newly explained", readonly=True, copy=False, help="Open bank lines that it would explain."
    )
    rehearsed_same = fields.Integer(string="As people decided", readonly=True, copy=False)
    rehearsed_other = fields.Integer(string="Otherwise than people decided", readonly=True, copy=False)
    rehearsed_lost = fields.Integer(
        string="No longer explained", readonly=True, copy=False, help="Lines that the version in force booked and this one not."
    )
    rehearsed_amount = fields.Float(string="Money affected", digits=(16, 2), readonly=True, copy=False)
    rehearsed_precision = fields.Float(
        string="Precision, %", readonly=True, copy=False, help="Of the lines that people had decided: how many as the rule would."
    )
    is_rehearsed = fields.Boolean(compute="_compute_is_rehearsed", help="The rehearsal was of the rule as it stands.")

    @api.depends(lambda self: ("rehearsed_hash", "rehearsal_state", *self._content))
    def _compute_is_rehearsed(self):
        for rule in self:
            told = rule.rehearsal_state == "done" and rule.rehearsed_hash
            rule.is_rehearsed = bool(told) and rule.rehearsed_hash == rule._content_hash()

    # --- what people do -----------------------------------------------------------------------------------------------

    def action_rehearse(self):
        """Try the rule on the bank lines of the last year, from the beginning."""
        self.check_access("read")
        for rule in self.sudo():
            rule._begin_rehearsal()
            rule._rehearse_step()
        if self.sudo().filtered(lambda rule: rule.rehearsal_state == "running"):
            self.env["finance.provider"]._wake("finance_connector.cron_rehearse")
        return True

    def action_stop_rehearsal(self):
        """Stop a running rehearsal; what it has found so far stays to be seen."""
        self.check_access("read")
        self.sudo().filtered(lambda rule: rule.rehearsal_state == "running").rehearsal_state = "stopped"
        return True

    def action_open_rehearsal(self):
        """All lines that the rehearsal has something to say of."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rehearsal of %s", self.name),
            "res_model": "finance.match.rehearsal",
            "view_mode": "list",
            "domain": [("rule_id", "=", self.id)],
            "context": {"search_default_by_outcome": 1},
        }

    # --- the work -----------------------------------------------------------------------------------------------------

    @api.model
    def _cron_rehearse(self):
        """Scheduled action: go on with every running rehearsal, committing after each step."""
        cron = self.env["ir.cron"]
        running = self.sudo().search([("rehearsal_state", "=", "running")], order="id")
        left = sum(rule.rehearsal_total - rule.rehearsal_done for rule in running)
        if not cron._commit_progress(remaining=left):
            return
        for rule in running:
            while rule.rehearsal_state == "running":
                done = rule._rehearse_step()
                left = max(0, left - done)
                if not cron._commit_progress(done, remaining=left):
                    return
                rule.invalidate_recordset()

    def _begin_rehearsal(self):
        self.rehearsal_ids.unlink()
        since = fields.Date.subtract(fields.Date.context_today(self), days=DAYS)
        self.write(
            {
                "rehearsal_state": "running",
                "rehearsal_since": since,
                "rehearsal_cursor": 0,
                "rehearsal_done": 0,
                "rehearsal_total": self.env["account.bank.statement.line"].search_count(self._rehearsed(since)),
                "rehearsed_hash": self._content_hash(),
                "rehearsed_at": fields.Datetime.now(),
                **dict.fromkeys(("rehearsed_new", "rehearsed_same", "rehearsed_other", "rehearsed_lost", "rehearsed_amount"), 0),
                "rehearsed_precision": 100.0,
            }
        )

    def _rehearsed(self, since):
        """The domain of the bank lines on which the rule is tried."""
        own = [("journal_id", "in", self.journal_ids.ids)] if self.journal_ids else []
        return [("company_id", "=", self.company_id.id), ("journal_id.type", "in", STATEMENT_TYPES), ("date", ">=", since), *own]

    def _rehearse_step(self):
        """Try the next lines; how many there were."""
        self.ensure_one()
        domain = [*self._rehearsed(self.rehearsal_since), ("id", ">", self.rehearsal_cursor)]
        lines = self.env["account.bank.statement.line"].search(domain, order="id", limit=STEP)
        before = self.search([*self._same_name(), ("state", "=", "approved"), ("id", "!=", self.id)])
        found = [(line, outcome) for line in lines if (outcome := self._rehearsed_outcome(line, before))]
        self.env["finance.match.rehearsal"].create(
            [{"rule_id": self.id, "line_id": line.id, "outcome": outcome} for line, outcome in found]
        )
        self._note_rehearsed(lines, found)
        if len(lines) < STEP:
            self._end_rehearsal()
        return len(lines)

    def _rehearsed_outcome(self, line, before):
        """One of OUTCOMES for a bank line; None if the rule has no say. ``before``: the versions in force."""
        if not self._fits(line) or not self._is_its_business(line):
            applied = line.fc_match_ids.filtered(lambda match: match.state == "applied")
            return "lost" if applied.rule_id & before else None
        if not line.is_reconciled:
            return "new"
        return "same" if self._as_decided(line) else "moved"

    def _note_rehearsed(self, lines, found):
        count = {outcome: sum(one == outcome for _line, one in found) for outcome, _name in OUTCOMES}
        same, moved = self.rehearsed_same + count["same"], self.rehearsed_other + count["moved"]
        self.write(
            {
                "rehearsal_cursor": lines[-1:].id or self.rehearsal_cursor,
                "rehearsal_done": self.rehearsal_done + len(lines),
                "rehearsed_new": self.rehearsed_new + count["new"],
                "rehearsed_same": same,
                "rehearsed_other": moved,
                "rehearsed_lost": self.rehearsed_lost + count["lost"],
                "rehearsed_amount": self.rehearsed_amount + sum(abs(line.amount) for line, _outcome in found),
                "rehearsed_precision": 100.0 * same / (same + moved) if same + moved else 100.0,
            }
        )

    def _end_rehearsal(self):
        self.rehearsal_state = "done"
        told = {name: self[f"rehearsed_{name}"] for name in ("new", "same", "other", "lost")}
        self.env["finance.audit.entry"]._record("match_rule.rehearse", self, told)

    def _is_its_business(self, line):
        """A rule for differences has a say only where there is a proposal with a difference, or was one."""
        if self.purpose == "book":
            return True
        return any(match.difference for match in line.fc_match_ids) or (line.is_reconciled and self._as_decided(line))

    def _as_decided(self, line):
        """Whether the counterparts of a line that is explained have the account of the rule."""
        _liquidity, _suspense, other = line._seek_for_lines()
        return self.account_id in other.account_id
