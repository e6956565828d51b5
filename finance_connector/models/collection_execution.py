"""Bank lines of collections: money that comes in pays the invoices; money that leaves again opens them, and its charges are
booked."""

from odoo import models

from ..core import direct_debit
from ..core.approval_content import COLLECTION
from ..core.money import Money
from .limits import limit


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    def _returned_facts(self, line, named, moved):
        """A collection comes back whole; what leaves beyond it, or by a line of its own, are charges of the bank, up to a named
        limit for each (INV-14)."""
        if named[0].kind != COLLECTION:
            return super()._returned_facts(line, named, moved)
        charges = moved - self._ordered(named)
        most = limit(self.env, "return_charges") * len(named)
        if charges < 0:
            is_charge = moved <= most and all(one.state in ("rejected", "returned") for one in named)
            return dict.fromkeys(named.ids) if is_charge else None
        if charges > most:
            return None
        kept = Money.from_decimal(charges, line.currency_id.name) if charges and len(named) == 1 else None
        return {one.id: self._line_fact("return", line, one, one._money(), charges=kept) for one in named}

    def _book_payment_line(self, company, line, named):
        if self._moved(line, named) < 0 and not self._brings_back(line, named):
            self._book_charges(company, line, named)
        else:
            super()._book_payment_line(company, line, named)

    def _brings_back(self, line, named):
        """Less than was collected are charges by a line of their own."""
        is_whole = named[0].kind != COLLECTION or -self._exact(line.amount) >= self._ordered(named)
        return is_whole and super()._brings_back(line, named)

    def _book_payment(self, company, line, named):
        """Pay the invoices that are still open; what was paid otherwise meanwhile stays open on the line, and is told."""
        if named[0].kind != COLLECTION:
            super()._book_payment(company, line, named)
            return
        items = named.item_ids.filtered(lambda item: not item.move_line_id.reconciled)
        if items:
            choice = {"items": [{"id": item.move_line_id.id, "amount": str(self._exact(item.amount))} for item in items]}
            self._book_safely(company, line, named, lambda: self._choose(line, choice, self.env.user))

    def _book_taken_back(self, company, line, named):
        for one in named.filtered(lambda one: one.kind == COLLECTION):
            self._tell_late(company, line, one)
        super()._book_taken_back(company, line, named)

    def _book_charges(self, company, line, named):
        """Charges that the bank books by a line of their own."""
        account = company.fc_return_charge_account_id
        if account:
            choice = {"write_offs": [self._charge(account, line.amount, named)]}
            self._book_safely(company, line, named, lambda: self._choose(line, choice, self.env.user))

    def _tell_late(self, company, line, one):
        """A collection that came back after its term can be contested with our bank."""
        reasons = tuple((one.reason_codes or "").split())
        right = direct_debit.taken_back(one.mandate_id.scheme, one._day(), line.fc_value_date or line.date, reasons)
        if right == direct_debit.LATE:
            self.env["finance.exception"]._raise(
                "collection_late",
                f"payment-{one.id}",
                company,
                self.env._("The collection from %s came back after its term", one.partner_id.name),
                detail=self.env._(
                    "It was collected on %(day)s and taken back on %(back)s. Ask our bank for the money, with the "
                    "mandate as evidence.",
                    day=one._day(),
                    back=line.fc_value_date or line.date,
                ),
                record=one,
                amount=one.amount,
                currency=one.currency_id,
            )
