"""Reading a file into staging: streamed, proven, its accounts found, and nothing booked yet.

What cannot be trusted or does not belong here refuses the whole file with a reason (`ImportRefused`,
`formats.FormatError`).
"""

from odoo import models

from .. import formats
from ..formats import camt, zip_guard
from .import_entry import entry_row

_PAGE = 1000


class ImportRefused(Exception):
    """The file cannot be taken over: ``reason`` says what is wrong and what to do; ``line`` in the file, if
    one is to blame."""

    def __init__(self, reason, line=None):
        self.reason, self.line = reason, line
        super().__init__(reason)


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _stage(self, data):
        """Read ``data`` into `finance.coverage` and `finance.import.entry`. Raises FormatError or
        ImportRefused; the caller rolls back."""
        self.ensure_one()
        self._drop_staging()
        name = formats.detect(data, self.filename)
        total = 0
        coverage, pending, first, last, journals = None, [], None, None, {}
        for member, event in _events(data, name):
            if isinstance(event, formats.Entry):
                total += 1
                first = min(first or event.booking_date, event.booking_date)
                last = max(last or event.booking_date, event.booking_date)
                pending.append(entry_row(self.id, coverage.id, coverage.journal_id.id, total, event))
                if len(pending) >= _PAGE:
                    self.env["finance.import.entry"]._insert(pending)
                    pending.clear()
            elif isinstance(event, formats.StatementHeader):
                coverage = self._begin_statement(event, member, journals)
                first = last = None
            else:
                coverage.write(
                    {
                        "closing": event.closing,
                        "entry_count": event.count,
                        "provisional_count": event.provisional_count,
                        "first_day": first,
                        "last_day": last,
                        "date_from": coverage.date_from or first,
                        "date_to": event.closing_date or coverage.date_to or last,
                    }
                )
        if pending:
            self.env["finance.import.entry"]._insert(pending)
        covered = self.coverage_ids
        self.write(
            {
                "format": name,
                "staged": True,
                "planned": False,
                "line_count": total,
                "journal_id": covered.journal_id.id if len(covered.journal_id) == 1 else False,
                "company_id": covered.journal_id.company_id.id,
            }
        )

    def _drop_staging(self):
        self.env.cr.execute("DELETE FROM finance_import_entry WHERE import_id = %s", [self.id])
        self.coverage_ids.unlink()

    def _begin_statement(self, header, member, journals):
        key = (header.account, header.currency)
        if key not in journals:
            journals[key] = self._find_journal(header, member)
            self._refuse_unusable(journals[key], header)
        journal = journals[key]
        companies = {one.company_id for one in journals.values()}
        if len(companies) > 1:
            raise ImportRefused(
                self.env._(
                    "The file has accounts of several companies (%s). Import one file a company.",
                    ", ".join(sorted(company.name for company in companies)),
                ),
                header.line,
            )
        currency = journal.currency_id or journal.company_id.currency_id
        opened = header.from_date or header.opening_date
        return self.env["finance.coverage"].create(
            {
                "import_id": self.id,
                "sequence": len(self.coverage_ids) + 1,
                "company_id": journal.company_id.id,
                "journal_id": journal.id,
                "name": header.statement_id or self.filename,
                "member": member,
                "account": header.account,
                "currency_id": currency.id,
                "date_from": opened,
                "date_to": header.to_date or header.closing_date,
                "opening": header.opening,
                "closing": header.closing,
                "electronic_number": header.electronic_number,
                "legal_number": header.legal_number,
                "is_copy": header.is_copy,
                "notes": ", ".join(header.notes),
            }
        )

    # --- whose account is it
    # ------------------------------------------------------------------------------------------

    def _find_journal(self, header, member):
        """The bank journal of the account that ``header`` names. Raises ImportRefused, naming both sides."""
        if self.journal_id:
            self._refuse_other_account(self.journal_id, header)
            return self.journal_id
        number = sanitized(header.account)
        known = self.env["account.journal"].search(
            [
                ("bank_account_id.sanitized_acc_number", "=", number),
                ("type", "in", ("bank", "credit", "cash")),
                ("company_id", "in", (self.env.companies | self.company_id).ids),
            ]
        )
        if not known:
            raise ImportRefused(
                self.env._(
                    "The file is about account %(account)s (%(currency)s), which no bank journal of "
                    "%(company)s has. Enter the account number on its journal, or choose the journal, and "
                    "import the file again.",
                    account=header.account,
                    currency=header.currency,
                    company=self.company_id.name,
                ),
                header.line,
            )
        fitting = known.filtered(lambda journal: _currency_of(journal).name == header.currency)
        if len(fitting) != 1:
            names = ", ".join(f"{journal.name} ({_currency_of(journal).name})" for journal in known)
            raise ImportRefused(
                self.env._(
                    "The file is about account %(account)s in %(currency)s, but this account is that of "
                    "%(journals)s. Exactly one journal must have the account and its currency.",
                    account=header.account,
                    currency=header.currency,
                    journals=names,
                ),
                header.line,
            )
        return fitting

    def _refuse_other_account(self, journal, header):
        account = journal.bank_account_id.acc_number
        if not account:
            account = (
                self.env["finance.coverage"]
                .search(
                    [("journal_id", "=", journal.id), ("state", "=", "proven"), ("account", "!=", False)],
                    limit=1,
                )
                .account
            )
        if account and sanitized(account) != sanitized(header.account):
            raise ImportRefused(
                self.env._(
                    "The file is about account %(found)s, but %(journal)s is account %(expected)s. Choose "
                    "the journal of %(found)s.",
                    found=header.account,
                    journal=journal.name,
                    expected=account,
                ),
                header.line,
            )
        if _currency_of(journal).name != header.currency:
            raise ImportRefused(
                self.env._(
                    "The file is in %(found)s, but %(journal)s is kept in %(expected)s. Choose the journal "
                    "of the account in %(found)s.",
                    found=header.currency,
                    journal=journal.name,
                    expected=_currency_of(journal).name,
                ),
                header.line,
            )

    def _refuse_unusable(self, journal, header):
        """Whatever would make Odoo refuse or bend the lines later is said before anything is booked."""
        provider = self.env["finance.provider"].search([("journal_id", "=", journal.id)], limit=1)
        reason = None
        if provider:
            reason = self.env._(
                "%(journal)s holds the balance at %(provider)s and is booked from its messages; a bank "
                "statement does not belong there. Choose the journal of the bank account.",
                journal=journal.name,
                provider=provider.name,
            )
        elif journal.restrict_mode_hash_table:
            reason = self.env._(
                "%s secures posted entries with a hash, and Odoo refuses every bank line in such a journal "
                "until it is reconciled. Take off “Secure Posted Entries with Hash” of the journal.",
                journal.name,
            )
        elif not journal.suspense_account_id or not journal.default_account_id:
            reason = self.env._(
                "%s has no bank account or no suspense account in the general ledger. Set both on the "
                "journal.",
                journal.name,
            )
        elif not journal.active:
            reason = self.env._("%s is archived. Restore it, or choose another journal.", journal.name)
        if reason:
            raise ImportRefused(reason, header.line)


def _currency_of(journal):
    return journal.currency_id or journal.company_id.currency_id


def sanitized(account):
    """An account number without separators, as Odoo compares them."""
    return "".join(character for character in account or "" if character.isalnum()).upper()


def _events(data, name):
    """(member, event) of all statements in ``data``: header, entries, proof. One entry at a time where the
    format can."""
    if name == formats.ARCHIVE:
        for member, content in zip_guard.members(data):
            try:
                for _member, event in _events(content, formats.detect(content, member)):
                    yield member, event
            except formats.FormatError as error:
                raise error.within(member=member) from None
    elif name in camt.NAMES:
        for event in camt.stream(data):
            yield None, event
    else:
        for statement in formats.parse(data, name):
            yield None, statement
            for entry in statement.entries:
                yield None, entry
            total = sum(
                (entry.amount for entry in statement.entries), start=statement.opening - statement.opening
            )
            yield None, formats.StatementProof(
                statement.opening, total, statement.closing, len(statement.entries), statement.closing_date,
                statement.closing_kind, statement.provisional_count,
            )  # fmt: skip
