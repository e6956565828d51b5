"""What becomes of a live connection whose approved settings were changed: what comes in is kept, and nothing of it is used,
until a second person approved the settings as they are now (INV-10, decision 0036)."""

from odoo import api, fields, models

from .import_account import ImportRefused
from .provider_approval import BUTTON, CONTENT


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    predates_approval = fields.Boolean(
        readonly=True, copy=False, help="It was live before live connections needed an approval; its first change ends that."
    )
    held = fields.Boolean(
        compute="_compute_held", store=True, string="Waits for a second person",
        help="Live, and changed since it was approved: messages are kept, but neither worked nor booked.",
    )  # fmt: skip

    def _init_column(self, column_name):
        super()._init_column(column_name)
        if column_name == "predates_approval":
            self.env.cr.execute(
                "UPDATE finance_provider SET predates_approval = true WHERE environment = 'live' AND state != 'draft'"
            )

    @api.depends("state", "approved_hash", "predates_approval", *CONTENT)
    def _compute_held(self):
        for provider in self:
            live = provider.environment == "live" and provider.state != "draft"
            provider.held = live and not provider.predates_approval and not provider.is_approved

    def _hold_if_changed(self, was_held):
        """The settings were changed: hold the connection if it needs a second person now, let it go if it no longer does."""
        self.with_context(finance_connection=BUTTON).write({"predates_approval": False})
        # The inbox reads it by SQL.
        self.flush_recordset(["held"])
        if self.held and not was_held:
            self._hold()
        elif was_held and not self.held:
            self._let_go()

    def _hold(self):
        """Say that a second person is waited for."""
        self._audit("provider.hold", {"name": self.name})
        self.env["finance.exception"]._raise(
            "connection_held",
            self.id,
            self.company_id,
            self.env._("%s waits for a second person", self.name),
            detail=self.env._(
                "%s changed its settings while it is live. Its messages are kept, but neither worked nor booked, and it is not "
                "asked for new ones, until an approver who did not change it approves the settings as they are now.",
                self.edited_by_id.name,
            ),
            record=self,
            provider=self,
        )

    def _let_go(self):
        """Nothing holds the connection any more: go on with what was kept."""
        self.flush_recordset(["held"])
        self.env["finance.exception"]._clear(
            "connection_held", self.id, self.company_id, self.env._("The settings are approved, or as they were approved.")
        )
        if self.state == "active":
            self._wake("finance_connector.cron_inbox_0", "finance_connector.cron_inbox_1", "finance_connector.cron_post")


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _report_provider(self, data):
        """A report is evidence of a held connection too: it is kept, and read when a second person approved the settings."""
        provider = super()._report_provider(data)
        if provider.held:
            raise ImportRefused(
                self.env._(
                    "The settings of %s were changed and wait for a second person. The file is kept: have the connection "
                    "approved, then try it again.",
                    provider.name,
                )
            )
        return provider
