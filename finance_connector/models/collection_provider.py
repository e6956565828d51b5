"""Collections by a provider's API: the receipt is the provider's transaction, which is linked with the invoices of the collection
and pays them as every other receipt does, once; what comes back takes it off them again.

A late failure is booked as one. A chargeback takes the receipt off at once, although it may still be taken back; when it is
settled, the debtor owes the money again.
"""

from odoo import api, models

from ..core import direct_debit
from ..core.approval_content import COLLECTION

_OWN = """
SELECT t.id, i.id
  FROM finance_transaction t
  JOIN finance_payment_instruction i ON i.end_to_end_id = t.reference AND i.company_id = t.company_id AND i.kind = 'collection'
  JOIN finance_payment_order o ON o.id = i.order_id
  JOIN finance_payment_channel c ON c.id = o.channel_id AND c.provider_id = t.provider_id
 WHERE t.id = ANY(%s) AND i.state != 'cancelled'
"""
_DISPUTES = ("dispute_open", "dispute_won", "dispute_lost")
# In these nothing of the money is ours, whatever the receipt was matched with before.
_BACK = ("rejected", "returned")


class FinanceMandate(models.Model):
    _inherit = "finance.mandate"

    def _collecting_channel(self):
        """The channel in force that collects with it; none where a file does."""
        channels = self.env["finance.payment.channel"].sudo()
        if self.scheme != direct_debit.GOCARDLESS:
            return channels
        own = [("code", "=", direct_debit.GOCARDLESS), ("company_id", "=", self.company_id.id), ("state", "=", "approved")]
        return channels.search([*own, ("provider_id", "=", self.provider_id.id)], limit=1)


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    def _collection_problems(self):
        told, order = super()._collection_problems(), self.order_id
        if order.scheme == direct_debit.GOCARDLESS and self.mandate_id.provider_id != order.channel_id.provider_id:
            told.append(
                self.env._(
                    "The mandate %(mandate)s is not at the account of %(channel)s.",
                    mandate=self.mandate_id.reference,
                    channel=order.channel_id.name or self.env._("the channel"),
                )
            )
        return told

    def _transactions(self):
        """The transactions at the provider that collected these."""
        transactions = self.env["finance.transaction"].sudo()
        named = self.filtered(lambda one: one.kind == COLLECTION and one.order_id.channel_id.provider_id)
        return transactions.union(
            *(
                transactions.search(
                    [("provider_id", "=", one.order_id.channel_id.provider_id.id), ("reference", "=", one.end_to_end_id)]
                )
                for one in named
            )
        )

    def _receipt_lines(self):
        """The customers' items of the receipts that these are."""
        captures = self._transactions().movement_ids.filtered(lambda fact: fact.kind == "capture")
        lines = self.env["account.move.line"].search([("finance_movement_id", "in", captures.ids)])
        return lines.filtered(lambda line: line.account_type == "asset_receivable")


class FinanceDocumentLink(models.AbstractModel):
    _inherit = "finance.document.link"

    def _candidates(self, ids):
        """What we collected ourselves belongs to the invoices of the collection, whatever else bears its name."""
        links, ambiguous = super()._candidates(ids)
        for key, one in self.env["finance.posting"]._collections_of(ids).items():
            invoices = one.item_ids.move_id.filtered(lambda move: move.move_type in ("out_invoice", "out_receipt"))
            if invoices:
                links[key] = ("account.move", invoices[0].id, ", ".join(invoices.mapped("name")), one.partner_id.id)
                ambiguous.pop(key, None)
        return links, ambiguous

    def _store_links(self, links):
        super()._store_links(links)
        own = self.env["finance.posting"]._collections_of(list(links))
        self._add_invoices([(key, move.id) for key, one in own.items() for move in one.item_ids.move_id])


class FinancePosting(models.AbstractModel):
    _inherit = "finance.posting"

    @api.model
    def _collections_of(self, transaction_ids):
        """Transaction id -> the collection that it is."""
        if not transaction_ids:
            return {}
        self.env.flush_all()
        self.env.cr.execute(_OWN, [list(transaction_ids)])
        found = dict(self.env.cr.fetchall())
        return {key: self.env["finance.payment.instruction"].sudo().browse(one) for key, one in found.items()}

    def _payments(self, transaction_ids):
        payments = super()._payments(transaction_ids)
        for key in self._collections_of(transaction_ids):
            payments[key].is_collection = True
        return payments

    def _match(self, provider, moves):
        super()._match(provider, moves)
        rows = [row for entry in moves for row in entry.rows if row.kind in _DISPUTES and row.info.is_collection]
        self._match_customers(provider, {row.transaction_id for row in rows})

    def _match_customers(self, provider, transaction_ids):
        """Of collections: what came back is taken off the invoices; what stands pays the items that were collected, less the
        credit notes that were taken off."""
        own = self._collections_of(transaction_ids)
        back = {key for key, one in own.items() if one.state in _BACK}
        if back:
            self._reconcile(provider, self._failure_nodes(self._own_lines(back)))
            self._take_off_receipts(own[key] for key in back)
        for key, one in own.items():
            receipts = one._receipt_lines().filtered(lambda line: not line.reconciled)
            if receipts and key not in back:
                items = one.item_ids.move_line_id.filtered(lambda line: not line.reconciled)
                self._reconcile(provider, [(key, receipts | items)])
        super()._match_customers(provider, set(transaction_ids) - back)

    def _take_off_receipts(self, collections):
        """Open the invoices of ``collections``; their receipts wait for what the provider takes back."""
        for one in collections:
            items, receipts = one.item_ids.move_line_id, one._receipt_lines()
            partials = (items.matched_credit_ids | items.matched_debit_ids).filtered(
                lambda partial, receipts=receipts: (partial.credit_move_id | partial.debit_move_id) & receipts
            )
            partials.unlink()


class FinanceDunning(models.Model):
    _inherit = "finance.dunning"

    def _taken_back_lines(self):
        """Receipts that came back pay nothing, also while their entry is not booked yet."""
        return super()._taken_back_lines() | self.instruction_ids._receipt_lines()


class FinanceTransaction(models.Model):
    _inherit = "finance.transaction"

    def _dunned_partner(self):
        """What we collected ourselves has a case by its collection."""
        if self.env["finance.posting"]._collections_of(self.ids):
            return self.env["res.partner"]
        return super()._dunned_partner()
