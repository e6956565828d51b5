"""Notifications of the account: payments that they name are executed at once; bills are paid when the statement comes, once."""

from .camt_file import IBAN, entry
from .payment_common import PaymentCase


def notification(*entries):
    """A camt.054 with ``entries`` (`camt_file.entry`)."""
    body = "".join(xml for xml, _amount in entries).replace("{currency}", "EUR")
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">'
        "<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N-1</MsgId><CreDtTm>2026-03-02T12:00:00</CreDtTm></GrpHdr><Ntfctn><Id>N-1</Id>"
        f"<CreDtTm>2026-03-02T12:00:00</CreDtTm><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>{body}</Ntfctn>"
        "</BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()


class TestNotification(PaymentCase):
    def test_a_payment_is_executed_when_it_is_notified_and_its_bill_paid_when_the_statement_comes(self):
        bill = self.bill(100)
        order = self.sent(bill)
        one = order.instruction_ids
        debit = entry("-100.00", text="outgoing payment", ref=one.end_to_end_id, bank_id="B1")
        taken = self.take(notification(debit), "notification.xml", journal_id=self.bank)
        self.assertEqual((taken.state, taken.format[:8]), ("imported", "camt.054"), taken.reason)
        self.assertEqual((one.state, one.amount_executed, bill.payment_state), ("executed", 100, "not_paid"))
        self.bank_entries(debit)
        self.assertEqual((one.state, one.amount_executed, bill.payment_state), ("executed", 100, "paid"))
        self.assertFalse(self.exceptions("contradiction"))

    def test_what_a_notification_tells_beside_payments_is_announced(self):
        one = self.sent(self.bill(100)).instruction_ids
        debit = entry("-100.00", text="outgoing payment", ref=one.end_to_end_id, bank_id="B1")
        rent = entry("-700.00", text="rent", ref="SOMETHING", bank_id="B2")
        taken = self.take(notification(debit, rent), "notification.xml", journal_id=self.bank)
        self.assertEqual((taken.state, taken.announced_count, one.state), ("imported", 2, "executed"), taken.reason)
