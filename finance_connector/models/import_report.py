"""Settlement reports of providers: found by their columns, read by the adapter, taken up by the subledger."""

from dataclasses import replace

from odoo import fields, models

from .. import providers
from .capture_rows import capture_rows
from .import_account import ImportRefused
from .read_ahead import read_ahead
from .subledger_captures import SoFar

# The adapter whose files are read by a profile that people define.
BY_PROFILE = "generic"


class FinanceImport(models.Model):
    _inherit = "finance.import"

    settlement_profile_id = fields.Many2one(
        "finance.settlement.profile", string="Read by profile", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    def _take_report(self, data):
        """Take over ``data`` if it is a provider's settlement report. Whether it was one.

        Raises PayloadError when the adapter cannot trust it, ImportRefused when nobody can tell whose it is.
        """
        provider = self._report_provider(data)
        if not provider:
            return False
        provider = provider.with_company(provider.company_id)
        count = self._take_parts(provider, self._report_reader(provider, data).report_parts(data, self.filename))
        self.write(
            {
                "provider_id": provider.id,
                "company_id": provider.company_id.id,
                "format": f"{provider.code}.report",
                "line_count": count,
            }
        )
        self._set_imported(self.env._("%s settlement lines were read.", count))
        provider._wake("finance_connector.cron_post", "finance_connector.cron_reconcile")
        return True

    def _take_parts(self, provider, parts):
        """Take up the ``parts`` of a report; the number of its settlement lines."""
        subledger, message_id, count, so_far = self.env["finance.subledger"], self.message_id.id, 0, SoFar()
        currencies = subledger._currency_ids()
        for part, rows in read_ahead((part, capture_rows(part.captures, currencies)) for part in parts):
            touched = subledger._absorb_captures(provider, message_id, rows, so_far) if rows.count else []
            touched += subledger._absorb(provider, [(message_id, replace(part, captures=()))])
            if touched:
                self.env["finance.transaction"]._check_contradictions(provider, touched)
            count += rows.count + len(part.lines)
        self.env["finance.transaction"]._clear_contradictions(provider, None)
        return count

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
        code = next((code for code in providers.codes() if providers.get(code).detect_report(data)), BY_PROFILE)
        found = none.search(
            [("code", "=", code), ("company_id", "in", self.env.companies.ids), ("state", "=", "active")]
        )
        if code == BY_PROFILE:
            found = self.env["finance.settlement.profile"]._in_force(found)._fitting(data).provider_id
            if not found:
                return none
        if not found:
            raise ImportRefused(
                self.env._(
                    "This is a settlement report of %s, and no connection of that kind is active. Activate one, or make it under "
                    "Configuration, Providers; then try this file again.",
                    providers.get(code).label,
                )
            )
        if len(found) > 1:
            raise ImportRefused(
                self.env._(
                    "This is a settlement report of %(label)s, and %(count)s active connections of that "
                    "kind exist. Choose the connection that it belongs to.",
                    label=providers.get(code).label,
                    count=len(found),
                )
            )
        return found

    def _report_reader(self, provider, data):
        """The adapter that reads the report ``data`` of ``provider``. Raises ImportRefused when not exactly one profile does."""
        if provider.code != BY_PROFILE:
            return provider._adapter()
        approved = self.env["finance.settlement.profile"]._in_force(provider)
        fitting = approved._fitting(data)
        if len(fitting) == 1:
            self.settlement_profile_id = fitting
            return fitting._reader()
        if fitting:
            reason = self.env._(
                "Several profiles of %(provider)s fit the file: %(names)s. Archive the one that is not used any more.",
                provider=provider.name,
                names=", ".join(fitting.mapped("display_name")),
            )
        elif approved:
            reason = self.env._(
                "The file does not have the columns of a profile of %(provider)s (%(names)s). Check that it is the file of this "
                "provider; if its columns changed, make a new version of the profile and have it approved.",
                provider=provider.name,
                names=", ".join(approved.mapped("display_name")),
            )
        else:
            reason = self.env._(
                "No profile says what the columns of the files of %s mean. Define a settlement profile on a sample and have a "
                "second person approve it; then try this file again.",
                provider.name,
            )
        raise ImportRefused(reason)
