"""Whose account a file is about: the bank journal that has its number and currency, and can take bank lines.

Everything that does not fit refuses the file, with both sides named.
"""

from odoo import models

from .statement_journals import STATEMENT_TYPES


class ImportRefused(Exception):
    """The file cannot be taken over: ``reason`` says what is wrong and what to do; ``line`` in the file, if
    one is to blame; ``way_out``: what a person can add so that it can (see `import_told`). ``str()`` names the line, as that of a
    FormatError does."""

    def __init__(self, reason, line=None, way_out=False):
        self.reason, self.line, self.way_out = reason, line, way_out
        super().__init__(f"Line {line}: {reason}" if line else reason)


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _find_journal(self, header, chosen):
        """The bank journal of the account that ``header`` names, or the one ``chosen``. Raises ImportRefused, naming both
        sides."""
        if chosen:
            self._refuse_other_account(chosen, header)
            return chosen
        numbers = [sanitized(account) for account in (header.account, *header.other_accounts)]
        known = self.env["account.journal"].search(
            [
                ("bank_account_id.sanitized_acc_number", "in", numbers),
                ("type", "in", STATEMENT_TYPES),
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
        fitting = known.filtered(lambda journal: currency_of(journal).name == header.currency)
        if len(fitting) != 1:
            self._refuse_unclear(header, known, fitting)
        return fitting

    def _refuse_unclear(self, header, known, fitting):
        """Several journals have the account, or none in its currency."""
        companies = len(known.company_id) > 1
        names = ", ".join(
            f"{journal.name} ({currency_of(journal).name}{f', {journal.company_id.name}' if companies else ''})"
            for journal in known
        )
        if fitting:
            way_out = self.env._("Choose the bank account that the file is of, and import it again.")
        else:
            way_out = self.env._("None of them is kept in %s: make a bank journal of the account in it.", header.currency)
        raise ImportRefused(
            self.env._(
                "The file is about account %(account)s in %(currency)s, but this account is that of "
                "%(journals)s. %(way_out)s",
                account=header.account,
                currency=header.currency,
                journals=names,
                way_out=way_out,
            ),
            header.line,
        )

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
        names = map(sanitized, (header.account, *header.other_accounts))
        if account and header.account and sanitized(account) not in names:
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
        if currency_of(journal).name != header.currency:
            raise ImportRefused(
                self.env._(
                    "The file is in %(found)s, but %(journal)s is kept in %(expected)s. Choose the journal "
                    "of the account in %(found)s.",
                    found=header.currency,
                    journal=journal.name,
                    expected=currency_of(journal).name,
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


def currency_of(journal):
    """The currency that the account of ``journal`` is kept in."""
    return journal.currency_id or journal.company_id.currency_id


def sanitized(account):
    """An account number without separators, as Odoo compares them."""
    return "".join(character for character in account or "" if character.isalnum()).upper()
