"""Settlement reports of providers: found by their columns, read by the adapter, taken up by the subledger."""

from odoo import models

from .. import providers
from .import_account import ImportRefused


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _take_report(self, data):
        """Take over ``data`` if it is a provider's settlement report. Whether it was one.

        Raises PayloadError when the adapter cannot trust it, ImportRefused when nobody can tell whose it is.
        """
        provider = self._report_provider(data)
        if not provider:
            return False
        provider = provider.with_company(provider.company_id)
        parsed = provider._adapter().parse_report(data, self.filename)
        touched = self.env["finance.subledger"]._absorb(provider, [(self.message_id.id, parsed)])
        self.env["finance.transaction"]._check_contradictions(provider, touched)
        self.write(
            {
                "provider_id": provider.id,
                "company_id": provider.company_id.id,
                "format": f"{provider.code}.report",
                "line_count": len(parsed.lines),
            }
        )
        self._set_imported(self.env._("%s settlement lines were read.", len(parsed.lines)))
        provider._wake("finance_connector.cron_post", "finance_connector.cron_reconcile")
        return True

    def _report_provider(self, data):
        """The connection whose report this is, or an empty recordset for a bank file."""
        if self.provider_id:
            if "report_file" not in self.provider_id._adapter().capabilities:
                raise ImportRefused(
                    self.env._(
                        "Files of %s are not read; choose a bank journal instead.", self.provider_id.name
                    )
                )
            return self.provider_id
        none = self.env["finance.provider"]
        if self.journal_id:
            return none
        code = next((code for code in providers.codes() if providers.get(code).detect_report(data)), None)
        if not code:
            return none
        found = none.search(
            [("code", "=", code), ("company_id", "in", self.env.companies.ids), ("state", "=", "active")]
        )
        if len(found) != 1:
            raise ImportRefused(
                self.env._(
                    "This is a settlement report of %(label)s, and %(count)s active connections of that "
                    "kind exist. Choose the connection that it belongs to.",
                    label=providers.get(code).label,
                    count=len(found),
                )
            )
        return found
