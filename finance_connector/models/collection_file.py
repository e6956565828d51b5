"""The file of an order of direct debits: pain.008 with a batch for each instrument, sequence and day, Bacs Standard 18, or the
calls of a provider's API."""

from odoo import models
from odoo.exceptions import UserError

from ..channels.base import Collect
from ..core import direct_debit
from ..payments import bacs, pain008, payouts, records
from .payment_file import account, agent, postal

# Sequence -> transaction code of Bacs; what is collected again after a return has a code of its own.
_BACS_CODES = {
    direct_debit.FIRST: bacs.FIRST,
    direct_debit.RECURRENT: bacs.USUAL,
    direct_debit.ONCE: bacs.FIRST,
    direct_debit.FINAL: bacs.LAST,
}


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    def _write_file(self, paid=None):
        if not self.is_collection:
            return super()._write_file(paid)
        if self.scheme == "bacs_debit":
            return bacs.write(self._bacs_collections())
        if self.scheme == direct_debit.GOCARDLESS:
            told = tuple(self._collect(one) for one in self.instruction_ids.sorted("id"))
            return payouts.write(self._message_id(), told, self._settings_of_file()._adapter().problem, payouts.COLLECTIONS)
        return pain008.write(self._collection_message(), self.file_format)

    def _names_of(self, written):
        """Bacs repeats the reference of the mandate alone."""
        if not self.is_collection:
            return super()._names_of(written)
        if self.scheme != "bacs_debit":
            return {}
        return {one.end_to_end_id: [one.mandate_id.reference] for one in self.instruction_ids}

    @staticmethod
    def _collect(one):
        """One collection as an API is told it."""
        name, mandate = one.end_to_end_id or f"D{one.id}", one.mandate_id.provider_reference or ""
        return Collect(name, one._money(), mandate, one._day().isoformat(), one.text or "")

    # --- pain.008 ---------------------------------------------------------------------------------------------------------

    def _collection_message(self):
        """The `PaymentMessage` of the order."""
        company, own, message_id = self.company_id, self._own_account(), self._message_id()
        if not company.fc_creditor_id:
            raise UserError(self.env._("%s has no SEPA creditor identifier; enter it in the settings.", company.name))
        creditor = records.Party(company.name, postal(company.partner_id))
        batches = tuple(
            records.CollectionBatch(
                f"{message_id}{number}",
                instrument,
                sequence,
                day,
                creditor,
                company.fc_creditor_id,
                account(own),
                agent(own),
                tuple(self._collection(one) for one in group),
                self.batch_booking or None,
            )
            for number, ((instrument, sequence, day), group) in enumerate(self._batches().items(), 1)
        )
        return records.PaymentMessage(message_id, self._made_at(), creditor, batches)

    def _collection(self, one):
        mandate = one.mandate_id
        told = records.Mandate(mandate.reference, mandate.signed_on, **mandate._amendments(one))
        return records.Collection(
            one.end_to_end_id or f"D{one.id}",
            one._money(),
            records.Party(one.partner_id.name or "", postal(one.partner_id)),
            account(one.bank_account_id),
            told,
            agent(one.bank_account_id),
            text=one.text or "",
            reference=one.reference or "",
        )

    # --- Bacs -------------------------------------------------------------------------------------------------------------

    def _bacs_collections(self):
        company, message_id = self.company_id, self._message_id()
        if not company.fc_bacs_service_user:
            raise UserError(self.env._("%s has no Bacs service user number; enter it in the settings.", company.name))
        sort_code, number = self._british(self._own_account())
        return bacs.File(
            message_id,
            self._made_at(),
            company.fc_bacs_service_user,
            company.name,
            sort_code,
            number,
            self.execution_date,
            tuple(self._bacs_item(one) for one in self.instruction_ids.sorted("id")),
        )

    def _bacs_item(self, one):
        sort_code, number = self._british(one.bank_account_id)
        again = one.replaces_id.state == "returned" and one.replaces_id.mandate_id == one.mandate_id
        code = bacs.REPRESENTED if again else _BACS_CODES[one.sequence_type or direct_debit.FIRST]
        holder = one.bank_account_id.acc_holder_name or one.partner_id.name or ""
        return bacs.Item(
            one.end_to_end_id or f"D{one.id}", one._money(), holder, sort_code, number, one.mandate_id.reference, code, one._day()
        )

    def _british(self, bank):
        """(sort code, account number) of an account that is written as British IBAN or as its fourteen digits."""
        number = bank.sanitized_acc_number or ""
        if number.startswith("GB") and len(number) == 22:
            return number[8:14], number[14:]
        digits = "".join(sign for sign in number if sign.isdigit())
        if len(digits) != 14:
            raise UserError(
                self.env._(
                    "%s is no British account: write the six digits of the sort code and the eight of the account.",
                    bank.acc_number or "/",
                )
            )
        return digits[:6], digits[6:]
