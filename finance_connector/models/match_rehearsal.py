"""A match rule tried on what has happened: which lines it would have explained, and where people had decided otherwise."""

from odoo import api, fields, models

DAYS = 365
LISTED = 200


class FinanceMatchRule(models.Model):
    _inherit = "finance.match.rule"

    rehearsed_at = fields.Datetime(readonly=True, copy=False)
    rehearsed_hash = fields.Char(readonly=True, copy=False)
    rehearsed_new = fields.Integer(
        string="Newly explained", readonly=True, copy=False, help="Open bank lines that it would explain."
    )
    rehearsed_same = fields.Integer(string="As people decided", readonly=True, copy=False)
    rehearsed_other = fields.Integer(string="Otherwise than people decided", readonly=True, copy=False)
    rehearsed_amount = fields.Float(string="Money affected", digits=(16, 2), readonly=True, copy=False)
    rehearsed_precision = fields.Float(
        string="Precision, %", readonly=True, copy=False, help="Of the lines that people had decided: how many as the rule would."
    )
    rehearsal_line_ids = fields.Many2many(
        "account.bank.statement.line", "finance_match_rehearsal_rel", string="Decided otherwise", readonly=True, copy=False,
        help=f"The first {LISTED} of them."
    )
    is_rehearsed = fields.Boolean(compute="_compute_is_rehearsed", help="The rehearsal was of the rule as it stands.")

    @api.depends(lambda self: ("rehearsed_hash", *self._content))
    def _compute_is_rehearsed(self):
        for rule in self:
            rule.is_rehearsed = bool(rule.rehearsed_hash) and rule.rehearsed_hash == rule._content_hash()

    def action_rehearse(self):
        """Try the rule on the bank lines of the last year. Nothing of them is changed."""
        self.check_access("read")
        for rule in self:
            rule.sudo()._rehearse()
        return True

    def _rehearse(self):
        since = fields.Date.subtract(fields.Date.context_today(self), days=DAYS)
        journals = self.journal_ids or self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company_id.id)]
        )
        lines = self.env["account.bank.statement.line"].search([("journal_id", "in", journals.ids), ("date", ">=", since)])
        new = same = 0
        other, amount = lines.browse(), 0.0
        for line in lines:
            if not self._fits(line) or not self._is_its_business(line):
                continue
            amount += abs(line.amount)
            if not line.is_reconciled:
                new += 1
            elif self._as_decided(line):
                same += 1
            else:
                other |= line
        decided = same + len(other)
        self.write(
            {
                "rehearsed_at": fields.Datetime.now(),
                "rehearsed_hash": self._content_hash(),
                "rehearsed_new": new,
                "rehearsed_same": same,
                "rehearsed_other": len(other),
                "rehearsed_amount": amount,
                "rehearsed_precision": 100.0 * same / decided if decided else 100.0,
                "rehearsal_line_ids": [fields.Command.set(other[:LISTED].ids)],
            }
        )
        self.env["finance.audit.entry"]._record("match_rule.rehearse", self, {"new": new, "same": same, "other": len(other)})

    def _is_its_business(self, line):
        """A rule for differences has a say only where there is a proposal with a difference, or was one."""
        if self.purpose == "book":
            return True
        return any(match.difference for match in line.fc_match_ids) or (line.is_reconciled and self._as_decided(line))

    def _as_decided(self, line):
        """Whether the counterparts of a line that is explained have the account of the rule."""
        _liquidity, _suspense, other = line._seek_for_lines()
        return self.account_id in other.account_id
