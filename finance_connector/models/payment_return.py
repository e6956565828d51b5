"""Bank lines that move back what payments moved before: the documents are open again, and charges are booked.

What was booked is not booked out by a new entry against nothing: the payment is taken off its documents, and the line that moves
it back is reconciled with that payment. A cash discount that was taken is given back with it.
"""

from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..core.approval_content import COLLECTION
from .payment_instruction import FAILED


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    def _book_taken_back(self, company, line, named):
        """Open the documents of ``named`` again and book ``line``: all of it, or nothing and an exception tells why."""
        self._book_safely(company, line, named, lambda: self._open_again(company, line, named))

    def _open_again(self, company, line, named):
        entries, discounts = self.env["account.move.line"], self.env["account.move.line"]
        documented = named.filtered("item_ids")
        for one in documented:
            taken = self._take_off(line, one)
            if not taken:
                raise UserError(
                    self.env._(
                        "The bank line that moved the money of %s is not booked, so there is nothing to take back. Book both "
                        "bank lines by hand.",
                        one.display_name,
                    )
                )
            entries |= taken
            discounts |= one.item_ids.filtered("takes_discount").move_line_id
        rows = []
        for one in named - documented:
            left_open = self._free_entries(line, one)
            entries |= left_open
            rows += [] if left_open else [self._free_row(one, 1)]
        choice = {
            "items": [{"id": item.id, "amount": str(self._exact(item.amount_residual_currency))} for item in entries],
            "write_offs": rows + self._charges(company, line, named),
            "discounts_back": discounts.ids,
        }
        self._choose(line, choice, self.env.user)
        why = self.env._("The bank line was reconciled.")
        self.env["finance.exception"]._clear("posting_failed", f"line-{line.id}", company, why)

    def _take_off(self, line, one):
        """Undo what the bank lines of ``one`` paid of its documents; the items of these lines, which are open now.

        ``line`` moves the money back: the others are those of the opposite sign."""
        booked = one.bank_line_ids.filtered(lambda other: other.amount * line.amount < 0).move_id.line_ids
        items = one.item_ids.move_line_id
        partials = (items.matched_credit_ids | items.matched_debit_ids).filtered(
            lambda partial: (partial.debit_move_id | partial.credit_move_id) & booked
        )
        taken = (partials.debit_move_id | partials.credit_move_id) & booked
        partials.unlink()
        return taken or self._set_apart(line, one)

    def _set_apart(self, line, one):
        """Book the line that moved money for documents which another payment has paid meanwhile; its open item, which ``line``
        brings back."""
        moved = one.bank_line_ids.filtered(lambda other: other.amount * line.amount < 0 and not other.is_reconciled)
        account = one.item_ids.move_line_id.account_id
        fits = len(moved) == len(account) == 1 and abs(self._exact(moved.amount)) == self._ordered(one)
        if not fits or any(one.item_ids.mapped("takes_discount")):
            return self.env["account.move.line"]
        before = moved.move_id.line_ids
        apart = {"account_id": account.id, "amount": str(self._exact(moved.amount)), "partner_id": one.partner_id.id}
        self._choose(moved, {"write_offs": [apart]}, self.env.user)
        return (moved.move_id.line_ids - before).filtered(lambda item: item.account_id == account)

    def _brings_back(self, line, named):
        """Whether ``line`` moves back what ``named`` moved."""
        return self._moved(line, named) < 0

    def _is_untouched(self, line):
        """Whether nothing of ``line`` is booked."""
        return not line.is_reconciled and self._exact(line.amount_residual) == -self._exact(line.amount)

    def _book_waiting(self, company, booked, named):
        """Book what waited for ``booked``: what came back before what left was told, and then what was paid anew before what came
        back, ``booked`` itself among it."""
        payments = self.env["finance.payment.instruction"].sudo()
        around = named | payments.search([("item_ids.move_line_id", "in", named.item_ids.move_line_id.ids)])
        waiting = around.bank_line_ids.filtered(self._is_untouched).sorted("id")
        told = {line: payments.search([("bank_line_ids", "in", line.ids)]) for line in waiting}
        for line, those in told.items():
            if line != booked and self._brings_back(line, those):
                self._book_taken_back(company, line, those)
        for line, those in told.items():
            if not line.is_reconciled and self._moved(line, those) > 0 and not set(those.mapped("state")) & set(FAILED):
                self._book_payment(company, line, those)

    def _charges(self, company, line, named):
        """The counterpart of what the bank kept or took beyond the payments; without an account for it, it stays open on the line
        (INV-6)."""
        charges, account = self._exact(line.amount) + self._moved_before(named), company.fc_return_charge_account_id
        return [self._charge(account, charges, named)] if charges and account else []

    def _moved_before(self, named):
        """What ``named`` moved when they were executed, with the sign of its bank line."""
        ordered = self._ordered(named)
        return ordered if named[0].kind == COLLECTION else -ordered

    @staticmethod
    def _ordered(named):
        return sum((one._money().to_decimal() for one in named), Decimal(0))

    def _charge(self, account, amount, named):
        label = self.env._("Charges of a returned payment: %s", ", ".join(named.mapped("partner_id.name")))
        return {"account_id": account.id, "amount": str(amount), "label": label}
