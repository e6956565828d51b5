"""Bank lines that bring money of payments back: the bill is open again as it was.

What left is not booked out by a new entry against nothing: what it paid is taken off the bill, and the line that brings it back
is reconciled with that (decision 0033). The same holds for collections, the other way round.
"""

from odoo import models

from .payment_instruction import FAILED


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    def _book_taken_back(self, company, line, named):
        """Open the documents again: what was booked is taken off them and goes with the money that moved back."""
        self._book_safely(company, line, named, lambda: self._open_again(company, line, named))
        self._book_waiting(company, named)

    def _open_again(self, company, line, named):
        booked = self.env["account.move.line"].union(*(self._take_off(one) for one in named))
        if not booked:
            self._nothing_to_take_back(named)
            return
        left = abs(self._exact(line.amount))
        items, write_offs = [], self._charges(company, line, named, booked)
        for item in booked:
            residual = self._exact(item.amount_residual_currency)
            taken = residual if write_offs else min(abs(residual), left) * (1 if residual > 0 else -1)
            left -= abs(taken)
            if taken:
                items.append({"id": item.id, "amount": str(taken)})
        self._choose(line, {"items": items, "write_offs": write_offs}, self.env.user)
        why = self.env._("The bank line was reconciled.")
        self.env["finance.exception"]._clear("posting_failed", f"line-{line.id}", company, why)

    def _nothing_to_take_back(self, named):
        """A payment whose bank line was not booked with its bills is left to the matching, and so is what comes back of it."""

    def _take_off(self, one):
        """Undo what the bank lines of ``one`` paid of its documents; the items of these lines, which are open now."""
        lines = one.bank_line_ids.filtered(lambda line: self._moved(line, one) > 0)
        booked, items = lines.move_id.line_ids, one.item_ids.move_line_id
        partials = (items.matched_credit_ids | items.matched_debit_ids).filtered(
            lambda partial: (partial.debit_move_id | partial.credit_move_id) & booked
        )
        taken = (partials.debit_move_id | partials.credit_move_id) & booked
        partials.unlink()
        return taken or self._set_apart(one, lines.filtered(lambda line: not line.is_reconciled))

    def _set_apart(self, one, lines):
        """Book what left for documents that another payment has paid: it waits for what comes back. Its open items."""
        account = one.item_ids.move_line_id.account_id
        if len(lines) != 1 or len(account) != 1 or abs(self._exact(lines.amount)) != one._money().to_decimal():
            return self.env["account.move.line"]
        before = lines.move_id.line_ids
        apart = {"account_id": account.id, "amount": str(self._exact(lines.amount)), "label": lines.payment_ref or "",
                 "partner_id": one.partner_id.id}  # fmt: skip
        self._choose(lines, {"write_offs": [apart]}, self.env.user)
        return (lines.move_id.line_ids - before).filtered(lambda item: item.account_id == account)

    def _charges(self, company, line, named, booked):
        """The counterpart of what moved back beyond or short of what was booked; without an account for it, that stays open
        (INV-6)."""
        moved = sum(self._exact(item.amount_residual_currency) for item in booked)
        charges, account = self._exact(line.amount) - moved, company.fc_return_charge_account_id
        return [self._charge(account, charges, named)] if charges and account else []

    def _charge(self, account, amount, named):
        label = self.env._("Charges of what came back: %s", ", ".join(named.mapped("partner_id.name")))
        return {"account_id": account.id, "amount": str(amount), "label": label}

    def _is_return(self, line, named):
        """Whether ``line``, by which money moved back, brings back what ``named`` moved."""
        return True

    def _book_waiting(self, company, named):
        """Lines that came too early, of these payments or of others for the same documents, are booked now."""
        payments = self.env["finance.payment.instruction"].sudo()
        around = named | payments.search([("item_ids.move_line_id", "in", named.item_ids.move_line_id.ids)])
        for line in around.bank_line_ids.filtered(lambda other: not other.is_reconciled).sorted("id"):
            told = payments.search([("bank_line_ids", "in", line.ids)])
            if self._moved(line, told) < 0 and self._is_return(line, told):
                self._book_safely(company, line, told, lambda line=line, told=told: self._open_again(company, line, told))
            elif self._moved(line, told) > 0 and not set(told.mapped("state")) & set(FAILED):
                self._book_payment(company, line, told)
