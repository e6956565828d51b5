"""Payments find their order or invoice by reference: unique or not at all, in their own company."""

from odoo import Command

from .common import fact
from .posting_common import PostingCase


class TestDocumentLink(PostingCase):
    def capture(self, reference="SO100", number=1):
        return self.absorb(
            fact("capture", f"ch_{number}", 10000, key=f"pi_{number}"), payments=(self.info(reference, f"pi_{number}"),)
        )

    def link(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE finance_transaction SET link_after = NULL")
        self.env.invalidate_all()
        self.post_now()

    def test_every_name_of_an_invoice_finds_it(self):
        for number, field in enumerate(("payment_reference", "ref", "invoice_origin")):
            invoice = self.invoice(100, **{"ref": f"other{number}", field if field != "payment_reference" else "narration": "-"})
            invoice.button_draft()
            invoice.write({"payment_reference": f"p{number}", "ref": f"r{number}", "invoice_origin": f"o{number}"})
            invoice.action_post()
            transaction = self.capture(invoice[field], number)
            self.link()
            self.assertEqual(transaction.invoice_ids, invoice, field)
            self.assertEqual((transaction.document_model, transaction.document_name), ("account.move", invoice.name))
        invoice = self.invoice(100, "own name")
        transaction = self.capture(f"{invoice.name}-2", 9)
        self.link()
        self.assertEqual(transaction.invoice_ids, invoice, "the number of the attempt is not part of the reference")
        self.assertEqual(transaction.partner_id, self.partner)
        self.assertTrue(transaction.linked_at)

    def test_two_candidates_link_none(self):
        self.invoice(100, "SO100")
        second = self.invoice(100, "SO100")
        transaction = self.capture()
        self.link()
        self.assertFalse(transaction.linked_at)
        exception = self.exceptions("match_ambiguous")
        self.assertIn(second.name, exception.detail)
        self.assertEqual(self.balances()["unapplied"], -100)
        self.link()
        self.assertEqual(exception.count, 1)
        second.button_draft()
        second.payment_reference = "SO101"
        second.action_post()
        self.link()
        self.assertEqual(exception.state, "resolved")
        self.assertEqual(len(transaction.invoice_ids), 1)
        self.assertNotIn("unapplied", self.balances())

    def test_drafts_credit_notes_and_other_companies_are_no_candidates(self):
        self.invoice(100, "SO100", post=False)
        self.invoice(100, "SO100", move_type="out_refund")
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.eur.id})
        self.env["account.chart.template"].try_loading("generic_coa", other, install_demo=False)
        with self.allowing(other):
            foreign = self.invoice(100, "SO100", company_id=other.id,
                journal_id=self.env["account.journal"].search([("company_id", "=", other.id), ("type", "=", "sale")]).id,
            )  # fmt: skip
        self.assertEqual(foreign.state, "posted")
        transaction = self.capture()
        self.link()
        self.assertFalse(transaction.linked_at)
        self.assertFalse(transaction.invoice_ids)

    def allowing(self, company):
        case = self

        class Allowed:
            def __enter__(self):
                self.env = case.env
                case.env = case.env(context={**case.env.context, "allowed_company_ids": [company.id, case.company.id]})

            def __exit__(self, *error):
                case.env = self.env

        return Allowed()

    def test_missing_documents_wait_for_the_grace_time_and_clear(self):
        self.provider.grace_minutes = 60
        transaction = self.capture()
        self.absorb(fact("authorize", "ch_8", 100, key="pi_8"))
        self.link()
        self.assertFalse(self.exceptions("no_document"))
        self.provider.grace_minutes = 0
        self.link()
        exception = self.exceptions("no_document")
        self.assertEqual((exception.amount_at_risk, exception.currency_id), (100, self.eur))
        self.assertEqual((exception.res_model, exception.res_id), ("finance.transaction", transaction.id))
        self.link()
        self.assertEqual(exception.count, 1)
        self.invoice(100, "SO100")
        self.post_now()
        self.assertEqual(exception.state, "resolved")

    def test_a_payment_without_order_whose_money_went_back_is_nobodys_work(self):
        """Found by the simulated world (trouble, seed 95253152)."""
        self.absorb(fact("capture", "ch_1", 10000, group="ch_1"))
        self.post_now()
        self.assertEqual(self.exceptions("no_document").amount_at_risk, 100)
        self.absorb(fact("capture", "ch_2", 2000, 5, group="ch_2"))
        self.post_now()
        self.assertEqual(self.exceptions("no_document").amount_at_risk, 120, "the money at risk is kept true")
        self.absorb(
            fact("capture_fail", "ch_1", 10000, 60, group="ch_1"), fact("capture_fail", "ch_2", 2000, 60, group="ch_2")
        )
        self.post_now()
        self.assertFalse(self.exceptions("no_document"))
        self.absorb(fact("capture", "ch_3", 3000, 90, group="ch_3"))
        self.post_now()
        self.assertEqual(self.exceptions("no_document").amount_at_risk, 30, "what closed itself is opened again")

    def test_what_a_person_ignored_stays_ignored(self):
        self.capture()
        self.link()
        self.exceptions("no_document")._close("ignored", "a gift")
        self.link()
        self.assertFalse(self.exceptions("no_document"))

    def test_an_order_gives_the_customer_and_its_only_invoice(self):
        if "sale.order" not in self.env:
            self.skipTest("the sale addon is not installed")
        product = self.env["product.product"].create({"name": "Goods", "list_price": 100, "taxes_id": []})
        order = self.env["sale.order"].create(
            {"partner_id": self.partner.id, "order_line": [Command.create({"product_id": product.id})]}
        )
        transaction = self.capture(order.name)
        self.link()
        self.assertEqual((transaction.document_model, transaction.partner_id), ("sale.order", self.partner))
        self.assertEqual(self.balances(), {"clearing": 100, "receivable": -100})
        invoice = self.invoice(100, "x", invoice_origin=order.name)
        self.post_now()
        self.assertEqual((transaction.invoice_ids, invoice.payment_state), (invoice, "paid"))

    def test_a_credit_note_that_comes_later_takes_the_refund(self):
        invoice = self.invoice(100)
        self.capture()
        self.absorb(fact("refund", "re_1", 3000, 30, group="re_1"))
        self.post_now()
        self.assertEqual(self.balances(), {"clearing": 70, "receivable": 30})
        note = self.invoice(30, "credit", move_type="out_refund", reversed_entry_id=invoice.id)
        self.post_now()
        self.assertEqual(note.payment_state, "paid")
        self.assertEqual(self.balances(), {"clearing": 70})

    def test_looking_again_slows_down_after_a_day(self):
        transaction = self.capture()
        links = self.env["finance.document.link"]
        links._link_batch(self.provider, transaction.ids)
        self.assertEqual(links._due_ids(self.provider, 0), transaction.ids)
        self.env.cr.execute("UPDATE finance_transaction SET create_date = create_date - interval '2 days'")
        links._link_batch(self.provider, transaction.ids)
        self.assertEqual(links._due_ids(self.provider, 0), [])
