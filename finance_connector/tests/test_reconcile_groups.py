"""Lines that pay several items, several lines that pay one, transfers between own accounts, payments that are taken back."""

from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .bank_common import ReconcileCase
from .camt_file import OTHER_IBAN, entry, file_of


class TestReconcileGroups(ReconcileCase):
    def assertPaid(self, *invoices):
        self.assertEqual([invoice.payment_state for invoice in invoices], ["paid"] * len(invoices))

    def assertUnpaid(self, *invoices):
        self.assertEqual([invoice.payment_state for invoice in invoices], ["not_paid"] * len(invoices))

    def test_one_line_pays_the_invoices_that_it_names(self):
        first, second = self.invoice(60, ref="A-2026-1"), self.invoice(40, ref="A-2026-2")
        line = self.bank_entries(entry("100.00", text="A-2026-1, A-2026-2"))
        self.assertTrue(line.is_reconciled, self.exceptions().mapped("detail"))
        self.assertPaid(first, second)
        match = line.fc_match_ids
        self.assertEqual((match.state, match.score, len(match.move_line_ids)), ("applied", 93, 2))
        match.action_undo()
        self.assertFalse(line.is_reconciled)
        self.assertUnpaid(first, second)

    def test_open_invoices_of_the_payer_that_make_the_amount(self):
        kept, first, second = (self.invoice(amount, ref=f"A-2026-{amount}") for amount in (60, 50, 51))
        line = self.bank_entries(entry("101.00", text="thanks", name=self.partner.name))
        self.assertTrue(line.is_reconciled)
        self.assertPaid(first, second)
        self.assertUnpaid(kept)
        self.assertIn("make the amount together", line.fc_match_ids.explanation)
        self.assertIn(self.partner.name, line.fc_match_ids.explanation)

    def test_several_ways_to_make_the_amount_are_a_question(self):
        invoices = [self.invoice(50, ref=f"A-2026-{number}") for number in range(3)]
        line = self.bank_entries(entry("100.00", text="thanks", name=self.partner.name))
        self.assertFalse(line.is_reconciled)
        self.assertUnpaid(*invoices)
        self.assertEqual(self.exceptions("match_ambiguous").amount_at_risk, 100)

    def test_a_credit_note_is_netted_with_the_invoice(self):
        invoice, credit = self.invoice(100, ref="A-2026-1"), self.invoice(30, ref="C-2026-1", move_type="out_refund")
        line = self.bank_entries(entry("70.00", text="A-2026-1 less C-2026-1"))
        self.assertTrue(line.is_reconciled, self.exceptions().mapped("detail"))
        self.assertPaid(invoice, credit)

    def test_lines_that_pay_one_invoice_together_are_applied_and_undone_together(self):
        invoice = self.invoice(100, ref="A-2026-1")
        first = self.bank_entries(entry("60.00", text="A-2026-1 first part", bank_id="B1"))
        self.assertFalse(first.is_reconciled)
        self.assertUnpaid(invoice)
        self.take_good(entry("40.00", text="A-2026-1 the rest", bank_id="B2", day="2026-03-03"),
                       first="2026-03-03", opening="60.00", name="STMT-2")  # fmt: skip
        self.reconcile()
        lines = self.lines()
        self.assertEqual(lines.mapped("is_reconciled"), [True, True], self.exceptions().mapped("detail"))
        self.assertPaid(invoice)
        lines[0].fc_match_ids.filtered(lambda match: match.state == "applied").action_undo()
        self.assertEqual(lines.mapped("is_reconciled"), [False, False])
        self.assertUnpaid(invoice)

    def test_a_transfer_between_own_accounts_is_one_thing(self):
        other = self.make_bank("Savings", "BNKB", OTHER_IBAN)
        self.take_good(entry("-500.00", text="to savings", iban=OTHER_IBAN))
        self.take(file_of(entry("500.00", text="from current account", iban=self.bank.bank_account_id.acc_number,
                                day="2026-03-03"), iban=OTHER_IBAN, first="2026-03-03"))  # fmt: skip
        self.reconcile()
        lines = self.lines() | self.lines(other)
        self.assertEqual(lines.mapped("is_reconciled"), [True, True], self.exceptions().mapped("detail"))
        between = lines.move_id.line_ids.filtered(lambda item: item.account_id == self.company.transfer_account_id)
        self.assertEqual((len(between), sum(between.mapped("balance")), between.mapped("reconciled")), (2, 0, [True, True]))
        lines[1].fc_match_ids.action_undo()
        self.assertEqual(lines.mapped("is_reconciled"), [False, False])

    def test_a_payment_that_is_taken_back_opens_the_invoice_again(self):
        invoice = self.invoice(100, ref="A-2026-1")
        paid = self.bank_entries(entry("100.00", text="A-2026-1", bank_id="BANK0001"))
        self.assertPaid(invoice)
        self.take_good(entry("-100.00", text="RETURN BANK0001", bank_id="BANK0002", day="2026-03-05"),
                       first="2026-03-05", opening="100.00", name="STMT-2")  # fmt: skip
        self.reconcile()
        lines = self.lines()
        self.assertEqual(lines.mapped("is_reconciled"), [True, True], self.exceptions().mapped("detail"))
        self.assertUnpaid(invoice)
        items = lines.move_id.line_ids.filtered(lambda item: item.account_id == self.receivable)
        self.assertEqual((sum(items.mapped("balance")), items.mapped("reconciled")), (0, [True, True]))
        self.assertEqual(items.partner_id, self.partner)
        self.assertEqual(paid.fc_match_ids.filtered(lambda match: match.state == "applied").other_line_id, lines[1])
        self.take_good(entry("100.00", text="A-2026-1 again", bank_id="BANK0003", day="2026-03-06"),
                       first="2026-03-06", name="STMT-3")  # fmt: skip
        self.reconcile()
        self.assertPaid(invoice)

    def test_a_return_has_an_id_of_its_own_that_names_nothing(self):
        lines = self.bank_entries(entry("100.00", text="A-2026-1", bank_id="BANK0001"),
                                  entry("-100.00", text="RETURN BANK0001", ref="E2E-4713"),
                                  entry("100.00", text="by somebody else"))  # fmt: skip
        self.assertEqual(lines.mapped("is_reconciled"), [True, True, False], self.exceptions().mapped("detail"))
        self.assertEqual(lines[1].fc_match_ids.other_line_id, lines[0])

    def test_a_payment_and_its_return_in_one_file(self):
        invoice = self.invoice(100, ref="A-2026-1")
        lines = self.bank_entries(entry("100.00", text="A-2026-1", bank_id="BANK0001"),
                                  entry("-100.00", text="RETURN BANK0001", bank_id="BANK0002"))  # fmt: skip
        self.assertEqual(lines.mapped("is_reconciled"), [True, True], self.exceptions().mapped("detail"))
        self.assertUnpaid(invoice)

    def test_both_sides_of_a_transfer_may_have_one_end_to_end_id(self):
        other = self.make_bank("Savings", "BNKB", OTHER_IBAN)
        own = self.bank.bank_account_id.acc_number
        self.take_good(entry("-500.00", text="to savings", ref="E2E-4711", iban=OTHER_IBAN))
        self.take(file_of(entry("500.00", text="savings", ref="E2E-4711", iban=own), iban=OTHER_IBAN))
        self.reconcile()
        lines = self.lines() | self.lines(other)
        self.assertEqual(lines.mapped("is_reconciled"), [True, True], self.exceptions().mapped("detail"))
        self.assertEqual({key[0] for key in lines.fc_match_ids.mapped("candidate_key")}, {"l"})

    def test_a_return_with_the_end_to_end_id_of_the_payment_takes_back_the_earlier_line(self):
        lines = self.bank_entries(entry("-80.00", text="rent", ref="E2E-4712"), entry("80.00", text="returned", ref="E2E-4712"))
        self.assertEqual(lines.mapped("is_reconciled"), [True, True], self.exceptions().mapped("detail"))
        self.assertEqual(lines[1].fc_match_ids.other_line_id, lines[0])

    def test_a_batch_whose_members_name_their_invoices(self):
        first, second = self.invoice(60, ref="A-2026-1"), self.invoice(40, ref="A-2026-2")
        member = "<TxDtls><Refs><EndToEndId>{}</EndToEndId></Refs><Amt Ccy='EUR'>{}</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>"
        xml, amount = entry("100.00", text="COLLECTION")
        head, _details = xml.split("<NtryDtls>")
        members = member.format("A-2026-1", "60.00") + member.format("A-2026-2", "40.00")
        batch = f"{head}<NtryDtls>{members}</NtryDtls></Ntry>"
        line = self.bank_entries((batch, amount))
        self.assertTrue(line.is_reconciled, self.exceptions().mapped("detail"))
        self.assertPaid(first, second)

    def test_a_payer_is_known_by_the_account_that_he_paid_from(self):
        self.invoice(100, ref="A-2026-1")
        self.bank_entries(entry("100.00", text="A-2026-1", iban=OTHER_IBAN, name="Somebody Else Ltd"))
        invoice = self.invoice(80, ref="A-2026-2")
        self.take_good(entry("80.00", text="thanks", iban=OTHER_IBAN, day="2026-03-03"),
                       first="2026-03-03", opening="100.00", name="STMT-2")  # fmt: skip
        self.reconcile()
        self.assertPaid(invoice)
        self.assertIn(OTHER_IBAN, self.lines()[1].fc_match_ids.explanation)

    def test_an_account_of_one_partner_and_the_name_of_another_tell_nobody(self):
        self.invoice(100, ref="A-2026-1")
        self.bank_entries(entry("100.00", text="A-2026-1", iban=OTHER_IBAN))
        other = self.env["res.partner"].create({"name": "Ada Ibsen"})
        invoice = self.invoice(80, ref="A-2026-2")
        self.take_good(entry("80.00", text="thanks", iban=OTHER_IBAN, name=other.name, day="2026-03-03"),
                       first="2026-03-03", opening="100.00", name="STMT-2")  # fmt: skip
        self.reconcile()
        self.assertUnpaid(invoice)

    def test_the_key_of_very_many_items_can_be_kept_once(self):
        line = self.bank_entries(entry("7.00", text="thanks"))
        key = "+".join(f"i:{number * 7919}" for number in range(1, 2001))
        vals = {"line_id": line.id, "company_id": self.company.id, "candidate_key": key, "reasons": []}
        self.env["finance.match"].create(vals)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["finance.match"].create(vals)
