"""What an import of a file would do, before anything is booked: it is read, staged and decided about exactly as an import does
it, and then all of that is taken back."""

from contextlib import closing

from odoo import api, models

from ..core.errors import FinanceError
from .finance_import import _as_bytes
from .import_account import ImportRefused
from .import_work import COLLISIONS
from .limits import limit
from .statement_journals import STATEMENT_TYPES

# So many entries of a file are shown.
SHOWN_ENTRIES = 20
_COUNTS = """
SELECT coverage_id, count(*) FILTER (WHERE decision = 'new'), count(*) FILTER (WHERE decision = 'known'),
       count(*) FILTER (WHERE decision = 'conflict'), count(*) FILTER (WHERE decision = 'announced')
  FROM finance_import_entry WHERE import_id = %s GROUP BY coverage_id
"""
_ENTRIES = """
SELECT booking_date, amount::text, data ->> 'name', data ->> 'text', counterparty_account, decision
  FROM finance_import_entry WHERE import_id = %s ORDER BY sequence LIMIT %s
"""


class FinanceImport(models.Model):
    _inherit = "finance.import"

    @api.model
    def import_targets(self):
        """What files can be imported to: bank journals and connections that read files, as [{id, name}]."""
        self._check_role()
        providers = self.env["finance.provider"].search([("state", "=", "active")])
        journals = self.env["account.journal"].search(
            [("type", "in", STATEMENT_TYPES), ("company_id", "in", self.env.companies.ids)]
        )
        connected = self.env["finance.provider"].sudo().search([("company_id", "in", self.env.companies.ids)])
        banks = journals - connected.journal_id
        reading = providers.filtered(lambda one: "report_file" in one._adapter().capabilities)
        return {
            "journals": [{"id": one.id, "name": one.display_name} for one in banks],
            "providers": [{"id": one.id, "name": one.name} for one in reading],
            "may_define": self.env.user.has_group("finance_connector.group_administrator"),
        }

    @api.model
    def preview_file(self, content, filename, journal_id=None, provider_id=None):
        """What `import_file` with the same arguments would do, as JSON-able values; nothing is stored.

        ``verdict``: `good`, `refused` (``reason``, ``line``, ``way_out``), `duplicate` or `large` (worked by the scheduled
        action, so not looked into).
        """
        self._check_role()
        journal = self._allowed_target("account.journal", journal_id)
        provider = self._allowed_target("finance.provider", provider_id)
        data, readable = _as_bytes(content)
        if not readable:
            reason = self.env._("The content of %s is not base64 text. Send the file again.", filename)
            return _refused(reason)
        with closing(self.env.cr.savepoint()):
            record = self.sudo()._receive(data, filename, journal, provider)
            return record._foretold(data)

    def _foretold(self, data):
        """The preview of this import, which nothing has been done for yet."""
        if self.state == "duplicate":
            return {"verdict": "duplicate", "reason": self.reason}
        if len(data) > limit(self.env, "import_bytes"):
            reason = self.env._("The file is large: the scheduled action reads it, and its import shows how far it is.")
            return {"verdict": "large", "reason": reason}
        try:
            return {"verdict": "good", **self._content_foretold(data)}
        except COLLISIONS:
            raise
        except (ImportRefused, FinanceError) as error:
            return _refused(str(error), getattr(error, "way_out", False))
        except Exception as error:
            return _refused(self.env._("The file could not be read: %s.", error))

    def _content_foretold(self, data):
        return self._answer_foretold(data) or self._report_foretold(data) or self._statements_foretold(data)

    def _report_foretold(self, data):
        """Of a provider's settlement report; None if it is none."""
        provider = self._report_provider(data)
        if not provider:
            return None
        count, ignored, settlements = 0, "", []
        for part in self._report_reader(provider, data).report_parts(data, self.filename):
            count += len(part.lines) + len(part.captures)
            ignored = ignored or part.ignored
            settlements += [{"name": one.external_id, "amount": str(one.amount)} for one in part.settlements]
        return {
            "kind": "report",
            "target": provider.name,
            "format": self.env._("Settlement report of %s", provider._adapter().label),
            "profile": self.settlement_profile_id.display_name or "",
            "entry_count": count,
            "reason": ignored,
            "settlements": settlements,
        }

    def _statements_foretold(self, data):
        self._stage(data)
        self._decide()
        self.env.flush_all()
        self.env.cr.execute(_COUNTS, [self.id])
        counts = {row[0]: row[1:] for row in self.env.cr.fetchall()}
        self.env.cr.execute(_ENTRIES, [self.id, SHOWN_ENTRIES])
        entries, statements, notes = self.env.cr.fetchall(), self.coverage_ids.sorted("sequence"), self._staged_notes()
        return {
            "kind": "statement",
            "target": ", ".join(self.coverage_ids.journal_id.mapped("display_name")),
            "format": self.format,
            "profile": ", ".join(self.coverage_ids.table_profile_id.mapped("display_name")),
            "entry_count": self.line_count,
            "statements": [
                self._statement_foretold(one, counts.get(one.id, (0, 0, 0, 0)), notes.get(one.id, ())) for one in statements
            ],
            "entries": [
                {"day": str(day), "amount": amount, "name": name or "", "text": text or "", "account": account or "",
                 "decision": self._decision_in_words(decision), "state": decision}
                for day, amount, name, text, account, decision in entries
            ],
        }  # fmt: skip

    def _statement_foretold(self, coverage, counts, entry_notes):
        new, known, conflicts, announced = counts
        has_balances, currency = coverage._has_balances(), coverage.currency_id
        proofs = dict(coverage._fields["proof"]._description_selection(self.env))
        return {
            "id": coverage.sequence,
            "name": coverage.name,
            "member": coverage.member or "",
            "account": coverage.account or "",
            "journal": coverage.journal_id.display_name,
            "first": str(coverage.date_from or ""),
            "last": str(coverage.date_to or ""),
            "opening": currency.format(coverage.opening) if has_balances else "",
            "closing": currency.format(coverage.closing) if has_balances or coverage.proof == "one-balance" else "",
            "proof": proofs[coverage.proof],
            "is_proven": has_balances,
            "new": new,
            "known": known,
            "conflicts": conflicts,
            "announced": announced,
            "remarks": coverage._remarks(entry_notes),
        }

    def _decision_in_words(self, decision):
        return dict(self.env["finance.import.entry"]._fields["decision"]._description_selection(self.env))[decision]


def _refused(reason, way_out=False):
    return {"verdict": "refused", "reason": reason, "way_out": way_out}
