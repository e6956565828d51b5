"""From a mandate to the money and back: collected, paid by the bank line, taken back, and open again."""

from datetime import timedelta

from lxml import etree
from odoo import fields
from odoo.exceptions import UserError, ValidationError

from .camt_file import entry
from .collection_common import CREDITOR_ID, CollectionCase

_NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"}


class TestCollection(CollectionCase):
    def collected(self, one, day="2026-03-02", **values):
        """The bank's entry of a collection that was executed."""
        return entry(f"{one.amount:.2f}", day=day, text="direct debit", ref=one.end_to_end_id, bank_id=f"C{one.id}", **values)

    def taken_back(self, one, charges=0.0, reason="MD06", day="2026-03-05"):
        """The bank's entry of one that came back."""
        xml, signed = entry(f"-{one.amount + charges:.2f}", day=day, text="returned", ref=one.end_to_end_id, bank_id=f"R{one.id}")
        why = f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason else ""
        return xml.replace("</TxDtls>", f"{why}</TxDtls>"), signed

    def paid(self, *invoices, **values):
        order = self.sent_collection(*invoices, **values)
        self.bank_entries(*(self.collected(one) for one in order.instruction_ids.sorted("id")))
        return order

    def xml(self, order):
        return etree.fromstring(order.file_ids[:1]._bytes())

    def texts(self, order, path):
        return [element.text for element in self.xml(order).iterfind(f".//p:{path.replace('/', '/p:')}", _NS)]

    # --- the whole way ------------------------------------------------------------------------------------------------------

    def test_collected_paid_taken_back_and_open_again(self):
        invoice = self.invoice(100)
        order = self.sent_collection(invoice)
        one = order.instruction_ids
        self.assertEqual((order.kind, one.amount, one.sequence_type), ("collection", 100, "FRST"))
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(self.texts(order, "CdtrSchmeId/Id/PrvtId/Othr/Id"), [CREDITOR_ID])
        self.assertEqual(self.texts(order, "MndtId"), [self.mandates[0].reference])
        self.take(self.answer(order, p1="ACSP"), "answer.xml")
        self.assertEqual((one.state, invoice.payment_state), ("accepted", "not_paid"))

        self.bank_entries(self.collected(one))
        self.assertEqual((one.state, order.state, invoice.payment_state), ("executed", "executed", "paid"))

        self.bank_entries(self.taken_back(one, charges=3), opening="100.00", first="2026-03-05", name="STMT-2")
        self.assertEqual((one.state, one.amount_returned, invoice.payment_state), ("returned", 100, "not_paid"))
        self.assertEqual(invoice.amount_residual, 100)
        self.assertIn("MD06", one.reason_text)
        line = one.bank_line_ids.filtered(lambda line: line.amount < 0)
        self.assertTrue(line.is_reconciled)
        charged = line.move_id.line_ids.filtered(lambda item: item.account_id == self.company.fc_return_charge_account_id)
        self.assertEqual(charged.balance, 3)
        self.assertTrue(all(one.bank_line_ids.mapped("is_reconciled")))
        self.assertEqual(len(self.exceptions("payment_failed")), 1)
        self.assertFalse(self.exceptions("posting_failed"))

        again = self.env["finance.payment.order"].browse(one.with_user(self.maker).action_pay_again()["res_id"])
        self.assertEqual((again.instruction_ids.replaces_id, again.instruction_ids.item_ids.move_id), (one, invoice))
        again.with_user(self.maker).action_submit()
        self.assertEqual(again.instruction_ids.sequence_type, "RCUR")
        self.assertNotEqual(again.instruction_ids.intent_key, one.intent_key)

    def test_a_rejected_first_collection_is_first_again(self):
        invoice = self.invoice(100)
        order = self.sent_collection(invoice)
        self.take(self.answer(order, p1=("RJCT", "AM04")), "answer.xml")
        self.assertEqual((order.instruction_ids.state, invoice.payment_state), ("rejected", "not_paid"))
        again = self.collection(invoice)
        self.assertEqual(again.instruction_ids.sequence_type, "FRST")
        self.assertEqual(again.instruction_ids.replaces_id, order.instruction_ids)

    def test_a_batch_for_each_instrument_sequence_and_day(self):
        business = self.mandates[1]
        business.action_cancel()
        self.mandates[1] = self.mandate(business.partner_id, scheme="sepa_b2b")
        self.paid(self.invoice(10, debtor=2))
        order = self.sent_collection(self.invoice(100), self.invoice(50, debtor=1), self.invoice(20, debtor=2))
        kinds = set(zip(self.texts(order, "LclInstrm/Cd"), self.texts(order, "SeqTp"), strict=True))
        self.assertEqual(kinds, {("CORE", "FRST"), ("B2B", "FRST"), ("CORE", "RCUR")})
        self.assertEqual(sorted(order.instruction_ids.mapped("batch_number")), [1, 2, 3])

    def test_one_line_for_a_whole_batch_pays_all_of_it_but_what_was_rejected(self):
        first, second, third = self.invoice(100), self.invoice(50, debtor=1), self.invoice(20, debtor=2)
        order = self.sent_collection(first, second, third, batch_booking=True)
        self.take(self.answer(order, p1="ACSP", p2=("RJCT", "AC04"), p3="ACSP"), "answer.xml")
        xml, signed = entry("120.00", text="direct debits", bank_id="BATCH1")
        batch = f"<Btch><PmtInfId>{order.file_ids.message_name}1</PmtInfId></Btch>"
        self.bank_entries((xml.replace("<NtryDtls><TxDtls>", f"<NtryDtls>{batch}<TxDtls>"), signed))
        self.assertEqual([one.state for one in order.instruction_ids.sorted("id")], ["executed", "rejected", "executed"])
        self.assertEqual([move.payment_state for move in (first, second, third)], ["paid", "not_paid", "paid"])

    def test_a_credit_note_is_taken_off_and_open_again_after_the_return(self):
        invoice, note = self.invoice(100), self.invoice(30, move_type="out_refund")
        order = self.paid(invoice, note)
        one = order.instruction_ids
        self.assertEqual((one.amount, invoice.payment_state, note.payment_state), (70, "paid", "paid"))
        self.bank_entries(self.taken_back(one), opening="70.00", first="2026-03-05", name="STMT-2")
        self.assertEqual((invoice.amount_residual, note.amount_residual), (100, 30))

    def test_charges_beyond_the_limit_are_told_and_nothing_is_booked(self):
        invoice = self.invoice(100)
        one = self.paid(invoice).instruction_ids
        self.bank_entries(self.taken_back(one, charges=51), opening="100.00", first="2026-03-05", name="STMT-2")
        self.assertEqual((one.state, invoice.payment_state), ("executed", "paid"))
        self.assertEqual(len(self.exceptions("payment_answer")), 1)

    def test_charges_without_an_account_stay_open_on_the_line(self):
        self.company.fc_return_charge_account_id = False
        invoice = self.invoice(100)
        one = self.paid(invoice).instruction_ids
        self.bank_entries(self.taken_back(one, charges=3), opening="100.00", first="2026-03-05", name="STMT-2")
        line = one.bank_line_ids.filtered(lambda line: line.amount < 0)
        self.assertEqual((line.is_reconciled, line.amount_residual, invoice.amount_residual), (False, 3, 100))

    def test_what_came_back_after_its_term_can_be_contested(self):
        order = self.sent_collection(self.invoice(100))
        one = order.instruction_ids
        self.env.cr.execute("UPDATE finance_payment_instruction SET collection_date = '2026-01-05' WHERE id = %s", [one.id])
        self.env.invalidate_all()
        self.bank_entries(self.collected(one))
        self.bank_entries(self.taken_back(one, reason="MD06"), opening="100.00", first="2026-03-05", name="STMT-2")
        self.assertEqual(one.state, "returned")
        self.assertEqual(self.exceptions("collection_late").res_id, one.id)

    def test_without_a_usable_mandate_nothing_is_collected(self):
        invoice = self.invoice(100)
        self.mandates[0].action_suspend()
        with self.assertRaisesRegex(UserError, f"{invoice.name}.*no active mandate"):
            self.collection(invoice)
        self.mandates[0].action_resume()
        order = self.collection(invoice)
        self.mandates[0].action_suspend()
        order.with_user(self.treasurer).action_approve()
        with self.assertRaisesRegex(UserError, "suspended"):
            order.action_send()

    def test_inv_10_what_is_told_of_the_mandate_is_approved_with_it(self):
        order = self.collection(self.invoice(100))
        order.with_user(self.treasurer).action_approve()
        self.mandates[0].sudo().reference = "M-OTHER"
        self.assertEqual((order.state, order.instruction_ids.state), ("to_approve", "draft"))
        with self.assertRaises(UserError):
            order.action_send()

    def test_the_sequence_must_still_be_true_when_it_is_sent(self):
        first = self.collection(self.invoice(100))
        second = self.collection(self.invoice(60))
        for order, sequence in ((first, "FRST"), (second, "RCUR")):
            order.with_user(self.treasurer).action_approve()
            self.assertEqual(order.instruction_ids.sequence_type, sequence)
        with self.assertRaisesRegex(UserError, "is FRST now, and was approved as RCUR"):
            second.action_send()
        first.action_send()
        second.action_send()
        self.assertEqual(second.instruction_ids.state, "unknown")

    def test_two_collections_of_one_mandate_in_an_order_are_the_first_and_a_later_one(self):
        later = self.invoice(60, invoice_date_due=fields.Date.today() + timedelta(days=150))
        order = self.collection(self.invoice(100), later)
        self.assertEqual(order.instruction_ids.sorted("collection_date").mapped("sequence_type"), ["FRST", "RCUR"])
        order.with_user(self.treasurer).action_approve()
        order.action_send()

    def test_the_order_of_statements_does_not_matter(self):
        invoice = self.invoice(100)
        one = self.sent_collection(invoice).instruction_ids
        self.bank_entries(self.taken_back(one, charges=3), opening="100.00", first="2026-03-05", name="STMT-2")
        self.assertEqual((one.state, invoice.payment_state), ("returned", "not_paid"))
        self.assertEqual(len(self.exceptions("posting_failed")), 1)
        self.bank_entries(self.collected(one))
        self.assertEqual((one.state, invoice.amount_residual), ("returned", 100))
        self.assertTrue(all(one.bank_line_ids.mapped("is_reconciled")))
        self.assertFalse(self.exceptions("posting_failed"))

    def test_collected_and_taken_back_in_one_statement(self):
        invoice = self.invoice(100)
        one = self.sent_collection(invoice).instruction_ids
        self.bank_entries(self.taken_back(one, day="2026-03-02"), self.collected(one))
        self.assertEqual((one.state, invoice.amount_residual), ("returned", 100))
        self.assertTrue(all(one.bank_line_ids.mapped("is_reconciled")))

    def test_charges_by_a_line_of_their_own_are_booked_as_charges(self):
        invoice = self.invoice(100)
        one = self.paid(invoice).instruction_ids
        charge = entry("-3.00", day="2026-03-06", text="charges", ref=one.end_to_end_id, bank_id="FEE1")
        self.bank_entries(self.taken_back(one), opening="100.00", first="2026-03-05", name="STMT-2")
        self.bank_entries(charge, opening="0.00", first="2026-03-06", name="STMT-3")
        line = self.lines().filtered(lambda line: line.amount == -3)
        self.assertTrue(line.is_reconciled)
        self.assertIn(self.company.fc_return_charge_account_id, line.move_id.line_ids.account_id)
        self.assertEqual((one.amount_returned, invoice.amount_residual), (100, 100))

    def test_what_was_paid_otherwise_meanwhile_stays_open_on_the_line(self):
        invoice = self.invoice(100)
        one = self.sent_collection(invoice).instruction_ids
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {"journal_id": self.bank.id}
        )._create_payments()
        self.bank_entries(self.collected(one))
        self.assertEqual(one.state, "executed")
        self.assertOpen(one.bank_line_ids)

    def test_what_is_derived_is_nobodys_typing(self):
        order = self.collection(self.invoice(100))
        for vals in ({"sequence_type": "RCUR"}, {"mandate_told": ["M"]}, {"notified_on": "2026-01-01"}, {"batch_number": 7}):
            with self.assertRaises(UserError):
                order.instruction_ids.write(vals)

    def test_the_exception_of_a_failed_collection_closes_when_it_is_collected_after_all(self):
        invoice = self.invoice(100)
        order = self.sent_collection(invoice)
        self.take(self.answer(order, p1=("RJCT", "AM04")), "answer.xml")
        self.assertEqual(len(self.exceptions("payment_failed")), 1)
        self.paid(invoice)
        self.assertFalse(self.exceptions("payment_failed"))
        self.assertEqual(invoice.payment_state, "paid")

    def test_the_screens_of_collections_are_in_their_own_words(self):
        order = self.collection(self.invoice(100))
        self.assertEqual(order._as_action()["views"], [(self.env.ref("finance_connector.view_collection_order_form").id, "form")])
        form = self.env.ref("finance_connector.view_collection_form").id
        self.assertEqual(order.instruction_ids.get_formview_id(), form)
        self.assertFalse(self.order(self.bill(10)).instruction_ids.get_formview_id())

    def test_the_proposal_collects_what_is_due_and_says_why_the_rest_is_left(self):
        due, later = self.invoice(100), self.invoice(60, invoice_date_due=fields.Date.today() + timedelta(days=150))
        suspended = self.invoice(40, debtor=1)
        self.mandates[1].action_suspend()
        wizard = (
            self.env["finance.collection.proposal"]
            .with_user(self.maker)
            .create({"company_id": self.company.id, "journal_id": self.bank.id})
        )
        self.assertEqual((wizard.count, wizard.amount_total), (1, 100))
        self.assertIn(f"{suspended.name} (Debtor 2): there is no active mandate", wizard.left_text)
        self.assertNotIn(later.name, wizard.left_text)
        order = self.env["finance.payment.order"].browse(wizard.action_make_order()["res_id"])
        self.assertEqual(order.instruction_ids.item_ids.move_id, due)
        wizard.invalidate_recordset()
        self.assertEqual(wizard.count, 0)
        self.assertIn(f"open order {order.name}", wizard.left_text)
        with self.assertRaisesRegex(UserError, "Nothing is due"):
            wizard.action_make_order()

    def test_the_older_version_of_the_file_is_valid_too(self):
        order = self.collection(self.invoice(100), submit=False)
        with self.assertRaises(ValidationError):
            order.file_format = "pain.001.001.09"
        order.file_format = "pain.008.001.02"
        order.action_submit()
        order.with_user(self.treasurer).action_approve()
        self.assertIn(b"pain.008.001.02", order.file_ids._bytes())
        self.assertEqual(order.file_ids.validated_by, "schema pain.008.001.02")
        with self.assertRaises(UserError):
            order.kind = "transfer"

    def test_a_day_on_which_banks_are_closed_is_told_with_the_next_one(self):
        order = self.collection(self.invoice(100), submit=False)
        order.instruction_ids.collection_date = "2030-12-25"
        with self.assertRaisesRegex(UserError, "2030-12-25 is no day of the banks; collect on 2030-12-27"):
            order.action_submit()
