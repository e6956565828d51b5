"""What a bank line may pay, and why: one row per line and candidate, applied only when there is no doubt
(INV-8)."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .light_reference import LightMany2one

STATES = [
    ("proposed", "Proposed"),
    ("ambiguous", "Ambiguous"),
    ("applied", "Applied"),
    ("rejected", "Rejected"),
    ("undone", "Undone"),
]
OPEN_STATES = ("proposed", "ambiguous")


class FinanceMatch(models.Model):
    _name = "finance.match"
    _description = "Match"
    _order = "line_id desc, score desc, id"
    # A hundred thousand rows a night: company and currency are held by the bank line, and who decided has fields of its own.
    _log_access = False

    line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = LightMany2one("res.company", required=True, readonly=True, guarded=False)
    journal_id = fields.Many2one(related="line_id.journal_id")
    date = fields.Date(related="line_id.date")
    label = fields.Char(related="line_id.payment_ref", string="Text of the bank")
    state = fields.Selection(STATES, required=True, default="proposed", readonly=True)
    score = fields.Integer(readonly=True, help="How strong the evidence is, of 100.")
    runner_up_score = fields.Integer(readonly=True, help="How strong it is for the next best candidate.")
    reasons = fields.Json(readonly=True)
    explanation = fields.Text(compute="_compute_explanation")
    candidate_key = fields.Char(required=True, readonly=True, help="Names the candidate.")
    candidate_name = fields.Char(compute="_compute_candidate_name", string="Candidate")
    settlement_id = fields.Many2one(
        "finance.settlement", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    move_line_ids = fields.Many2many(
        "account.move.line", "finance_match_move_line_rel", string="Open journal items", readonly=True
    )
    other_line_id = fields.Many2one(
        "account.bank.statement.line", string="Other bank line", readonly=True, index="btree_not_null", ondelete="cascade",
        help="The other side of a transfer between own accounts, or the payment that is taken back."
    )  # fmt: skip
    rule_id = fields.Many2one("finance.match.rule", readonly=True, index="btree_not_null", ondelete="restrict")
    bundle = fields.Char(
        readonly=True, index="btree_not_null", help="Matches of the same bundle are applied and undone together."
    )
    amount = fields.Monetary(readonly=True, help="The amount of the bank line.")
    difference = fields.Monetary(readonly=True, help="What the bank line brings more than what it pays asks for.")
    currency_id = LightMany2one("res.currency", readonly=True, guarded=False)
    applied_by_id = fields.Many2one(
        "res.users", string="Applied by", readonly=True, help="Empty: by the machine."
    )
    applied_at = fields.Datetime(readonly=True)

    # The hash, since the key of a payout with a thousand members is longer than an index can hold.
    _open_key_uniq = models.UniqueIndex(
        "(line_id, md5(candidate_key)) WHERE state IN ('proposed', 'ambiguous', 'applied')"
    )
    _open_idx = models.Index("(company_id) WHERE state IN ('proposed', 'ambiguous')")
    _applied_uniq = models.UniqueIndex(
        "(line_id) WHERE state = 'applied'", "A bank line has one applied match."
    )

    @api.depends("line_id", "candidate_name")
    def _compute_display_name(self):
        for match in self:
            match.display_name = f"{match.line_id.payment_ref or match.line_id.id} / {match.candidate_name}"

    @api.depends("reasons")
    def _compute_explanation(self):
        for match in self:
            match.explanation = "\n".join(reason["text"] for reason in match.reasons or [])

    @api.depends("settlement_id", "move_line_ids", "other_line_id", "rule_id")
    def _compute_candidate_name(self):
        for match in self:
            match.candidate_name = match.settlement_id.display_name or ", ".join(
                match.move_line_ids.move_id.mapped(lambda move: move.name or "/")
            ) or match.other_line_id.display_name or match.rule_id.account_id.display_name

    def action_apply(self):
        """Reconcile the bank line with this candidate; the other candidates of the line are no longer
        proposed."""
        self._check_role()
        for match in self:
            if match.state not in OPEN_STATES:
                raise UserError(self.env._("%s is not open, so it cannot be applied.", match.display_name))
        reconciliation = self.env["finance.reconciliation"].sudo()
        chosen = self.sudo().browse()
        for match in self.sudo():
            choice = reconciliation._choice_of(match)
            if choice:
                chosen |= match
                reconciliation._choose(match.line_id, choice, self.env.user)
        rest = self.sudo() - chosen
        for group in (rest | rest._siblings(OPEN_STATES)).grouped("company_id").values():
            reconciliation._apply(group, user=self.env.user)
        return True

    def _siblings(self, states):
        """The other matches of the same bundles."""
        names = [name for name in self.mapped("bundle") if name]
        return self.search([("bundle", "in", names), ("state", "in", states)]) - self if names else self.browse()

    def action_reject(self):
        """This is not what the line pays: the machine will not come back with it."""
        self._check_role()
        matches = self.sudo().filtered(lambda match: match.state in OPEN_STATES)
        if self.sudo() - matches:
            raise UserError(self.env._("Only open matches can be rejected; undo an applied one."))
        matches.write({"state": "rejected"})
        for match in matches:
            self.env["finance.audit.entry"]._record("match.reject", match, match._told())
        self.env["finance.reconciliation"].sudo()._review_ambiguity(matches.line_id)
        return True

    def action_undo(self):
        """Take the reconciliation back: the bank line is open again, and so is what it paid."""
        self._check_role()
        matches = self.sudo()
        if matches.filtered(lambda match: match.state != "applied"):
            raise UserError(self.env._("Only an applied match can be undone."))
        matches.line_id.action_undo_reconciliation()
        return True

    def _check_role(self):
        if not self.env.su and not self.env.user.has_group("finance_connector.group_user"):
            raise UserError(self.env._("You may not reconcile. Ask an administrator for the role User."))
        self.check_access("read")

    def _told(self):
        """What an audit entry says of this match."""
        self.ensure_one()
        return {
            "line": self.line_id.id,
            "candidate": self.candidate_key,
            "amount": f"{self.amount:.{self.currency_id.decimal_places}f} {self.currency_id.name}",
            "score": self.score,
            "reasons": [reason.get("code") for reason in self.reasons or []],
        }

    def action_open_candidate(self):
        """Open the payout or the invoice."""
        self.ensure_one()
        record = self.settlement_id or self.move_line_ids.move_id[:1] or self.other_line_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open_line(self):
        """Open the bank line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.bank.statement.line",
            "res_id": self.line_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def action_undo_reconciliation(self):
        """Whoever undoes it, by our button or Odoo's: the match says so, and the payout is open again."""
        applied = (
            self.env["finance.match"].sudo().search([("line_id", "in", self.ids), ("state", "=", "applied")])
        )
        applied |= applied._siblings(["applied"])
        lines = self | applied.line_id.with_env(self.env)
        settlements = lines.sudo().fc_settlement_ids
        result = super(AccountBankStatementLine, lines).action_undo_reconciliation()
        applied.write({"state": "undone"})
        for match in applied:
            self.env["finance.audit.entry"]._record("match.undo", match, match._told())
        if settlements:
            lines.sudo().write({"fc_settlement_ids": [fields.Command.clear()]})
            self.env["finance.reconciliation"].sudo()._derive(settlements)
        return result

    def unlink(self):
        """A payout whose bank line is deleted has not arrived, as far as the books know."""
        settlements = self.sudo().fc_settlement_ids
        result = super().unlink()
        if settlements:
            self.env["finance.reconciliation"].sudo()._derive(settlements)
        return result

    def _retry_exception(self, exception):
        """The exception's retry button: look for what the line pays once more."""
        self.env["finance.provider"]._wake("finance_connector.cron_reconcile")
