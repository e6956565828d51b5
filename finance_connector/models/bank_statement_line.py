"""What the bank says of a line beyond Odoo's own fields, and the ids by which a line is never taken over
twice (INV-3)."""

from decimal import Decimal

from odoo import api, fields, models


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    fc_import_uid = fields.Char(
        string="Fingerprint",
        readonly=True,
        copy=False,
        help="Names the content of the entry, with its number among equal ones: equal payments stay as many "
        "as they are.",
    )
    fc_bank_id = fields.Char(string="Bank's id", readonly=True, copy=False, index="btree_not_null")
    fc_import_id = fields.Many2one(
        "finance.import",
        string="Imported by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    fc_end_to_end_id = fields.Char(string="End-to-end id", readonly=True, copy=False)
    fc_value_date = fields.Date(string="Value date", readonly=True, copy=False)
    fc_structured_reference = fields.Char(string="Structured reference", readonly=True, copy=False)
    fc_bank_code = fields.Char(string="Bank transaction code", readonly=True, copy=False)
    fc_return_reason = fields.Char(string="Return reason", readonly=True, copy=False)
    fc_is_reversal = fields.Boolean(string="Reversal", readonly=True, copy=False)
    fc_details = fields.Json(
        string="Details", readonly=True, copy=False, help="Members of the batch, charges, exchange."
    )
    fc_settlement_ids = fields.Many2many(
        "finance.settlement",
        "finance_settlement_bank_line_rel",
        string="Settlements",
        readonly=True,
        copy=False,
    )
    fc_announced_ids = fields.Many2many(
        "finance.announced", "finance_announced_line_rel", "line_id", "announced_id", string="Announced as", readonly=True,
        copy=False,
    )  # fmt: skip
    fc_match_ids = fields.One2many("finance.match", "line_id", string="Matches", readonly=True)
    fc_user_id = fields.Many2one("res.users", string="Assigned to", copy=False, index="btree_not_null")
    fc_match_state = fields.Selection(
        [
            ("none", "Unmatched"),
            ("ambiguous", "Ambiguous"),
            ("proposed", "Proposed"),
            ("matched", "Matched"),
        ],
        string="Match",
        compute="_compute_fc_match_state",
    )

    _fc_import_uid_uniq = models.UniqueIndex("(journal_id, fc_import_uid) WHERE fc_import_uid IS NOT NULL")

    @api.depends("is_reconciled", "fc_match_ids.state")
    def _compute_fc_match_state(self):
        for line in self:
            states = set(line.fc_match_ids.mapped("state"))
            line.fc_match_state = (
                "matched"
                if line.is_reconciled
                else next((state for state in ("ambiguous", "proposed") if state in states), "none")
            )

    def _learn_members(self, members):
        """Take up what an announcement tells of the transactions behind the line and its statement does not. ``members``: as the
        details of a staged entry list them."""
        self.ensure_one()
        told = dict(self.fc_details or {})
        if len(members) == 1:
            (member,) = members
            new = {
                "fc_structured_reference": next(iter(member.get("structured", ())), False),
                "fc_end_to_end_id": (member.get("references") or {}).get("EndToEndId", False),
            }
            if new := {name: value for name, value in new.items() if value and not self[name]}:
                self.write(new)
        elif told.get("members_state") != "proven" and self._adds_up(members):
            self.fc_details = told | {"members": members, "members_state": "proven"}

    def _adds_up(self, members):
        amounts = [Decimal(member["amount"]) for member in members if member.get("amount")]
        return len(amounts) == len(members) and not self.currency_id.compare_amounts(float(sum(amounts)), self.amount)

    def action_open_matches(self):
        """What was found for this line, and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Matches of %s", self.payment_ref or self.display_name),
            "res_model": "finance.match",
            "view_mode": "list,form",
            "domain": [("line_id", "=", self.id)],
        }

    def action_open_move(self):
        """The journal entry of this line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }


class AccountBankStatement(models.Model):
    _inherit = "account.bank.statement"

    fc_coverage_id = fields.Many2one(
        "finance.coverage", string="Statement of the bank", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict",
    )  # fmt: skip
    fc_import_id = fields.Many2one(related="fc_coverage_id.import_id", string="Imported by")
