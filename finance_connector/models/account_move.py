"""Invoices that are posted look for the payment that came before them; entries of the connector are not undone by hand."""

from odoo import api, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    # Payments are linked by equality with these names of an invoice.
    _finance_name_idx = models.Index("(name) WHERE move_type IN ('out_invoice', 'out_receipt')")
    _finance_payment_reference_idx = models.Index("(payment_reference) WHERE move_type IN ('out_invoice', 'out_receipt')")
    _finance_ref_idx = models.Index("(ref) WHERE move_type IN ('out_invoice', 'out_receipt')")
    _finance_origin_idx = models.Index("(invoice_origin) WHERE move_type IN ('out_invoice', 'out_receipt')")

    def _post(self, soft=True):
        posted = super()._post(soft)
        documents = posted.filtered(lambda move: move.move_type in ("out_invoice", "out_receipt", "out_refund"))
        for company, moves in documents.grouped("company_id").items():
            moves.sudo()._tell_finance_transactions(company)
        return posted

    def _tell_finance_transactions(self, company):
        references = set()
        for move in self:
            references |= {move.name, move.payment_reference, move.ref}
            references |= {part.strip() for part in (move.invoice_origin or "").split(",")}
        self.env["finance.transaction"]._documents_posted(
            company,
            references - {False, None, ""},
            self.transaction_ids.ids,
            (self | self.reversed_entry_id).ids,
        )

    def _refuse_if_booked(self):
        """Entries that book movements tie the books with the provider; what is wrong in them is reversed, not undone."""
        self.origin_payment_id._refuse_if_settled()
        movements = self.env["finance.movement"].sudo()
        booked = movements.search(
            ["|", ("move_id", "in", self.ids), ("applied_move_id", "in", self.ids)], limit=1
        )
        move = booked.move_id if booked.move_id in self else booked.applied_move_id
        if booked and not move.origin_payment_id:
            raise UserError(
                self.env._(
                    "%(entry)s books what %(provider)s reported. Reverse it instead of changing it, so that both stay "
                    "visible.",
                    entry=move.name,
                    provider=booked.provider_id.name,
                )
            )
        if settling := self.filtered("finance_instruction_id")[:1]:
            raise UserError(
                self.env._(
                    "%(entry)s books what the provider executed of %(payment)s; it is reversed when the money comes back.",
                    entry=settling.name,
                    payment=settling.sudo().finance_instruction_id.display_name,
                )
            )

    def button_draft(self):
        self._refuse_if_booked()
        return super().button_draft()

    def button_cancel(self):
        self._refuse_if_booked()
        return super().button_cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        self._refuse_if_booked()
