"""Reading a file into staging: streamed, proven, its accounts found, and nothing booked yet.

What cannot be trusted or does not belong here refuses the whole file with a reason (`ImportRefused`,
`formats.FormatError`).
"""

from odoo import models

from .. import formats
from .import_account import ImportRefused, currency_of
from .import_archive import ArchiveTables
from .import_entry import entry_row
from .import_told import PROFILE, WORD

_PAGE = 1000


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _stage(self, data):
        """Read ``data`` into `finance.coverage` and `finance.import.entry`. Raises FormatError or "
        "ImportRefused;
        the caller rolls back."""
        self.ensure_one()
        self._drop_staging()
        name, events = self._events_of(data)
        total = self._stage_events(events)
        covered, profiles = self.coverage_ids, self.coverage_ids.table_profile_id
        self.write(
            {
                "format": name,
                "staged": True,
                "planned": False,
                "line_count": total,
                "journal_id": covered.journal_id.id if len(covered.journal_id) == 1 else False,
                "table_profile_id": profiles.id if len(profiles) == 1 else False,
                "company_id": covered.journal_id.company_id.id,
            }
        )

    def _events_of(self, data):
        """(name of the format, (member, event, table profile or none) of what is in ``data``). Raises FormatError, also while
        they are iterated over."""
        name = formats.detect(data, self.filename)
        if name in formats.CONTAINERS:
            return name, ArchiveTables(self).events(name, data)
        if name not in formats.TABLES:
            events = formats.stream(data, name, self._told())
            return name, self._asking(events, WORD if self.told or name == "qif" else False)
        profile = self._table_profile(data)
        self.journal_id = profile.journal_id
        events = formats.stream(data, profile._pure(), self._told())
        return name, self._asking(events, WORD if self.told else PROFILE, profile)

    def _stage_events(self, events):
        """Stage what the reader gives, page by page; how many entries there were."""
        staging = self.env["finance.import.entry"]
        coverage, days, page, journals, total = None, set(), [], {}, 0
        for member, event, profile in events:
            if isinstance(event, formats.Entry):
                total += 1
                days.add(event.booking_date)
                page.append(entry_row(self.id, coverage.id, coverage.journal_id.id, total, event))
                if len(page) == _PAGE:
                    staging._insert(page)
                    page.clear()
            elif isinstance(event, formats.StatementHeader):
                coverage, days = self._begin_statement(event, member, profile, journals), set()
            else:
                self._end_statement(coverage, event, min(days, default=False), max(days, default=False))
        if page:
            staging._insert(page)
        return total

    def _end_statement(self, coverage, proof, first_day, last_day):
        coverage.write(
            {
                "closing": proof.closing,
                "entry_count": proof.count,
                "provisional_count": proof.provisional_count,
                "first_day": first_day,
                "last_day": last_day,
                "date_from": coverage.date_from or first_day,
                "date_to": proof.closing_date or coverage.date_to or last_day,
            }
        )

    def _drop_staging(self):
        self.env.cr.execute("DELETE FROM finance_import_entry WHERE import_id = %s", [self.id])
        self.coverage_ids.unlink()

    def _begin_statement(self, header, member, profile, journals):
        chosen = self.journal_id or (profile.journal_id if profile else self.journal_id)
        journal = self._journal_of(header, member, chosen, journals)
        opened = header.from_date or header.opening_date
        return self.env["finance.coverage"].create(
            {
                "import_id": self.id,
                "sequence": len(self.coverage_ids) + 1,
                "company_id": journal.company_id.id,
                "journal_id": journal.id,
                "name": header.statement_id or self.filename,
                "member": member,
                "table_profile_id": profile and profile.id,
                "account": header.account,
                "currency_id": currency_of(journal).id,
                "date_from": opened,
                "date_to": header.to_date or header.closing_date,
                "opening": header.opening,
                "closing": header.closing,
                "electronic_number": header.electronic_number,
                "legal_number": header.legal_number,
                "is_copy": header.is_copy,
                "notes": ", ".join(header.notes),
                "proof": header.proof,
                "provisional": header.provisional,
            }
        )

    def _journal_of(self, header, member, chosen, journals):
        """The journal of the statement: the one that was ``chosen``, or found by its account; ``journals`` has those of the
        statements before it."""
        key = (header.account, header.currency, chosen)
        try:
            self._refuse_unproven(header)
            if key not in journals:
                journals[key] = self._find_journal(header, chosen)
                self._refuse_unusable(journals[key], header)
        except ImportRefused as refused:
            if member:
                raise ImportRefused(f"{member}: {refused.reason}", refused.line, refused.way_out) from None
            raise
        companies = {journal.company_id for journal in journals.values()}
        if len(companies) > 1:
            raise ImportRefused(
                self.env._(
                    "The file has accounts of several companies (%s). Import one file a company.",
                    ", ".join(sorted(company.name for company in companies)),
                ),
                header.line,
            )
        return journals[key]

    def _refuse_unproven(self, header):
        """Only what lies between two balances is booked: a file without them may lack anything. What is only announced is not
        booked at all."""
        if not header.is_proven and not header.provisional and not self._is_vouched():
            raise ImportRefused(
                self.env._(
                    "The file states no balance before and after its entries, so that nothing proves that they are all of them. "
                    "State the balances from another paper of the bank, or ask the bank for a format with balances, such as "
                    "CAMT.053, MT940 or a table with a balance in each row."
                ),
                header.line,
                WORD,
            )
