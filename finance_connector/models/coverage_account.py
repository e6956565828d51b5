"""What statements prove of each bank account, wherever they come from: until when it is known, and its days as a calendar."""

from odoo import api, fields, models

from ..feeds import days


class FinanceCoverage(models.Model):
    _inherit = "finance.coverage"

    def _stated(self):
        """The `feeds.days.Stated` of this statement."""
        balances = (self.opening, self.closing) if self._has_balances() else (None, None)
        first = self.date_from or self.first_day or self.date_to
        return days.Stated(first, self.date_to, *balances, self.electronic_number or None)


class AccountJournal(models.Model):
    _name = "account.journal"
    _inherit = ["account.journal", "finance.day.calendar"]

    fc_coverage_ids = fields.One2many("finance.coverage", "journal_id", string="Statement coverage", readonly=True)
    fc_covered_until = fields.Date(compute="_compute_fc_coverage", string="Known until")
    fc_statement_count = fields.Integer(compute="_compute_fc_coverage", string="Statements")
    fc_gap_count = fields.Integer(compute="_compute_fc_coverage", string="Gaps")
    fc_calendar = fields.Json(compute="_compute_fc_calendar", string="Days")

    def _compute_fc_coverage(self):
        groups = self.env["finance.coverage"]._read_group(
            [("journal_id", "in", self.ids), ("state", "=", "proven")], ["journal_id"], ["date_to:max", "__count"]
        )
        told = {journal: (until, count) for journal, until, count in groups}
        for journal in self:
            journal.fc_covered_until, journal.fc_statement_count = told.get(journal, (False, 0))
            journal.fc_gap_count = self.env["finance.exception"].search_count(journal._gaps())

    def _gaps(self):
        """The domain of the exceptions that tell of days or statements that are missing."""
        accounts = self.env["finance.feed.account"].search([("journal_id", "=", self.id)])
        causes = [f"statement_gap:{self.id}:%", *(f"feed_gap:{account.id}:%" for account in accounts)]
        return [
            ("company_id", "=", self.company_id.id), ("state", "in", ("open", "in_progress")),
            *(["|"] * (len(causes) - 1)), *(("cause_key", "=like", cause) for cause in causes),
        ]  # fmt: skip

    @api.depends("fc_coverage_ids.state")
    def _compute_fc_calendar(self):
        for journal in self:
            journal.fc_calendar = journal._months() if journal.fc_coverage_ids else []

    def _calendar_journal(self):
        return self

    def _known_days(self):
        domain = [("journal_id", "=", self.id), ("state", "=", "proven"), ("date_to", "!=", False)]
        told = [one._stated() for one in self.env["finance.coverage"].search(domain)]
        spans = days.merged([(one.first, one.last) for one in told])
        if not spans:
            return days.KnownDays(None, [])
        return days.KnownDays(spans[0][0], spans, days.carried(told), spans[-1][1])

    def action_open_fc_statements(self):
        """The statements of this account."""
        action = self.env["ir.actions.act_window"]._for_xml_id("finance_connector.action_finance_coverage")
        return action | {"domain": [("journal_id", "in", self.ids)], "context": {}}

    def action_open_fc_gaps(self):
        """The open exceptions that tell of days or statements of this account that are missing."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("finance_connector.action_exception")
        return action | {"domain": self._gaps(), "context": {}}
