"""The entry that accepting a match would book, row by row: made by the plan that books it, and nothing is written."""

from odoo import models
from odoo.exceptions import UserError


class FinanceWorkbench(models.AbstractModel):
    _inherit = "finance.workbench"

    def _would_book(self, match):
        """The counterparts of the bank line if ``match`` were accepted; none while a person must say what becomes of a
        difference."""
        line, books = match.line_id, self.env["finance.reconciliation"].sudo().with_company(match.company_id)
        choice = books._choice_of(match)
        if choice:
            try:
                rows, _remainder = books._plan_choice(line.with_env(books.env), choice)
            except UserError:
                return []
            return [self._entry_row(line, row.account, row.partner, row.label, row.amount) for row in rows]
        if match.difference:
            return []
        if match.other_line_id:
            return self._would_answer(match, line)
        items = books._targets(match)[match.id]
        if match.bundle and match.sudo()._siblings(("proposed", "ambiguous")):
            label = ", ".join(dict.fromkeys(self._name_of(item) for item in items))
            return [self._entry_row(line, items.account_id[:1], items.partner_id[:1], label, line.amount)]
        return [
            self._entry_row(line, item.account_id, item.partner_id, self._name_of(item), item.amount_residual_currency)
            for item in items
        ]

    def _would_answer(self, match, line):
        """Two bank lines that answer each other: on the account for transfers, or on that of what is taken back."""
        items = self.env["account.move.line"]
        if match.candidate_key.startswith("r:"):
            _liquidity, _suspense, items = match.other_line_id._seek_for_lines()
        account = items.account_id[:1] or line.company_id.transfer_account_id
        label = match.other_line_id.payment_ref or ""
        return [self._entry_row(line, account, items.partner_id[:1], label, line.amount)]

    def _entry_row(self, line, account, partner, label, amount):
        return {
            "account": account.display_name,
            "partner": partner.name or "",
            "label": label,
            "amount": self._text(amount, line, signed=True),
        }
