"""Where the money of a provider is booked: creates the journal and role accounts a connection still lacks."""

from odoo import Command, models

from .account_roles import ROLES

# Accounts whose lines are matched one against the other.
_RECONCILED = {"in_transit", "unapplied"}


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    def _role_account(self, role):
        """The account that plays ``role`` for this connection."""
        self.ensure_one()
        field = ROLES[role][0]
        return self[field] if field else self.journal_id.default_account_id

    def action_complete_accounts(self):
        """Create what is missing: the provider journal and one account a role."""
        self._complete_accounts()
        return True

    def _complete_accounts(self):
        for provider in self:
            if not provider.journal_id:
                provider.journal_id = provider._create_journal()
            for role, (field, kind, name, own) in ROLES.items():
                if field and not provider[field]:
                    provider[field] = provider._find_or_create_account(role, kind, name, own)

    def _create_journal(self):
        self.ensure_one()
        journals = self.env["account.journal"].with_company(self.company_id).sudo()
        taken = set(journals.search([("company_id", "=", self.company_id.id)]).mapped("code"))
        stem = (self.code or "PSP")[:3].upper()
        code = next(c for c in [stem, *(f"{stem}{n}" for n in range(2, 100))] if c not in taken)
        return journals.create(
            {"name": self.name, "code": code, "type": "bank", "company_id": self.company_id.id}
        )

    def _find_or_create_account(self, role, kind, name, own):
        accounts = self.env["account.account"].with_company(self.company_id).sudo()
        label = f"{self.name}: {name}" if own else name
        if not own:
            found = accounts.search(
                [("company_ids", "in", self.company_id.ids), ("name", "=", label), ("account_type", "=", kind)], limit=1
            )
            if found:
                return found
        prefix = {"asset_current": "1019", "liability_current": "2519"}.get(kind, "6519")
        return accounts.create(
            {
                "name": label,
                "code": accounts._search_new_account_code(f"{prefix}01"),
                "account_type": kind,
                "reconcile": role in _RECONCILED,
                "company_ids": [Command.set(self.company_id.ids)],
            }
        )
