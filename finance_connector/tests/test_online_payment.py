"""Odoo's own checkout beside the connector: receipts are linked, never doubled, and pending payments are moved on."""

from unittest.mock import patch

from odoo import Command

from .common import fact
from .posting_common import PostingCase


class TestOnlinePayment(PostingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.method = cls.env.ref("payment.payment_method_unknown")
        cls.bank = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "bank"), ("id", "!=", cls.provider.journal_id.id)], limit=1
        )
        cls.checkout = cls.env["payment.provider"].create(
            {
                "name": "Checkout",
                "code": "none",
                "state": "test",
                "company_id": cls.company.id,
                "payment_method_ids": [Command.set(cls.method.ids)],
            }
        )
        cls.outstanding = cls.env["account.chart.template"].ref("account_journal_payment_debit_account_id")
        cls.put_checkout_in(cls.bank, cls.outstanding)

    @classmethod
    def put_checkout_in(cls, journal, account):
        """Have Odoo's checkout book its receipts in ``journal`` on ``account``."""
        lines = cls.env["account.payment.method.line"]
        lines.search([("payment_provider_id", "=", cls.checkout.id)]).payment_provider_id = False
        for direction in ("inbound", "outbound"):
            method = cls.env["account.payment.method"].search([("code", "=", "manual"), ("payment_type", "=", direction)])
            lines.create(
                {
                    "name": f"Checkout {direction}",
                    "payment_method_id": method.id,
                    "journal_id": journal.id,
                    "payment_provider_id": cls.checkout.id,
                    "payment_account_id": account.id,
                }
            )
        cls.checkout.invalidate_recordset()

    def online(self, amount=100, reference="SO100", **values):
        return self.env["payment.transaction"].create(
            {
                "provider_id": self.checkout.id,
                "payment_method_id": self.method.id,
                "amount": amount,
                "currency_id": self.eur.id,
                "partner_id": self.partner.id,
                "reference": reference,
                "operation": "online_redirect",
                **values,
            }
        )

    def capture(self, minor=10000, **values):
        return self.absorb(fact("capture", "ch_1", minor), payments=(self.info(minor=minor, **values),))

    def receipts(self):
        return self.env["account.payment"].search([("company_id", "=", self.company.id), ("state", "!=", "canceled")])

    def test_a_receipt_that_the_checkout_booked_is_moved_to_the_balance_and_not_doubled(self):
        invoice = self.invoice(100, "INVX")
        online = self.online(invoice_ids=[Command.set(invoice.ids)])
        online._set_done()
        online._post_process()
        self.assertEqual(invoice.payment_state, "paid")
        for mode in ("per_transaction", "per_settlement"):
            with self.subTest(mode=mode), self.env.cr.savepoint() as savepoint:
                self.provider.posting_mode = mode
                transaction = self.capture()
                self.post_now()
                self.assertEqual(transaction.payment_transaction_id, online)
                self.assertEqual(transaction.payment_id, online.payment_id)
                self.assertEqual(self.receipts(), online.payment_id)
                self.assertEqual(self.balances(), {"clearing": 100})
                self.assertEqual(self.balance(self.outstanding), 0)
                left = online.payment_id.move_id.line_ids.filtered(lambda line: line.account_id == self.outstanding)
                self.assertTrue(left.reconciled)
                self.assertTied()
                savepoint.rollback()

    def test_a_receipt_of_the_checkout_on_the_same_balance_is_only_linked(self):
        self.put_checkout_in(self.provider.journal_id, self.provider.clearing_account_id)
        online = self.online()
        online._set_done()
        online._post_process()
        transaction = self.capture()
        self.post_now()
        self.assertEqual(transaction.movement_ids.move_id, online.payment_id.move_id)
        self.assertEqual(self.receipts(), online.payment_id)
        self.assertEqual(online.payment_id.finance_movement_id, transaction.movement_ids)
        self.assertEqual(self.balances(), {"clearing": 100, "receivable": -100})
        self.assertTied()

    def test_a_receipt_of_another_amount_is_an_exception(self):
        online = self.online(amount=90)
        online._set_done()
        online._post_process()
        self.capture()
        self.post_now()
        self.assertIn("90.0", self.exceptions("posting_failed").detail)
        self.assertEqual(self.receipts(), online.payment_id)

    def test_a_pending_payment_is_moved_on_and_releases_the_order(self):
        if "sale.order" not in self.env:
            self.skipTest("the sale addon is not installed, so there is no order to release")
        product = self.env["product.product"].create({"name": "Goods", "list_price": 100, "taxes_id": []})
        order = self.env["sale.order"].create(
            {"partner_id": self.partner.id, "order_line": [Command.create({"product_id": product.id})]}
        )
        online = self.online(reference=f"{order.name}-1", sale_order_ids=[Command.set(order.ids)])
        online._set_pending()
        transaction = self.capture(reference=f"{order.name}-1")
        with patch.object(type(order), "_send_order_notification_mail"):
            self.post_now()
        self.assertEqual((online.state, online.is_post_processed, order.state), ("done", True, "sale"))
        self.assertEqual(len(self.receipts()), 1)
        self.assertEqual(transaction.payment_id, online.payment_id)
        self.assertEqual(self.balances(), {"clearing": 100, "receivable": -100})
        self.assertEqual(transaction.document_name, f"{order.name}-1")
        order.invoice_status = "to invoice"
        invoice = self.invoice(100, "later", invoice_origin=order.name)
        self.post_now()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertTied()

    def test_what_breaks_in_the_checkout_does_not_stop_the_books(self):
        online = self.online()
        online._set_pending()
        transaction = self.capture()

        def fail(records):
            if records:
                raise ValueError("no PDF renderer")

        broken = patch.object(type(online), "_post_process", fail)
        with broken:
            self.post_now()
        exception = self.exceptions("posting_failed")
        self.assertIn("no PDF renderer", exception.detail)
        self.assertEqual((online.state, online.is_post_processed), ("done", False))
        self.assertEqual(self.balance(self.provider.clearing_account_id), 100)
        self.assertEqual(online.payment_id, transaction.payment_id)
        with broken:
            self.post_now()
        self.assertEqual(exception.count, 1, "it is not tried again at every run")
        exception.action_retry()
        self.post_now()
        self.assertTrue(online.is_post_processed)
        self.assertEqual(exception.state, "resolved")
        self.assertEqual(len(self.receipts()), 1)
        self.assertTied()

    def test_a_checkout_that_comes_second_takes_the_receipt_that_is_booked(self):
        invoice = self.invoice(100, "SO100")
        transaction = self.capture()
        self.post_now()
        online = self.online(reference="SO100", invoice_ids=[Command.set(invoice.ids)])
        online._set_done()
        online._post_process()
        self.assertEqual(online.payment_id, transaction.payment_id)
        self.assertEqual(len(self.receipts()), 1)
        self.post_now()
        self.assertEqual(transaction.payment_transaction_id, online)
        self.assertEqual(self.balances(), {"clearing": 100})
        self.assertTied()

    def test_a_checkout_that_comes_second_to_an_aggregated_entry_makes_no_receipt(self):
        self.provider.posting_mode = "per_settlement"
        transaction = self.capture()
        self.post_now()
        self.assertEqual(self.balances(), {"clearing": 100, "unapplied": -100})
        invoice = self.invoice(100, "another")
        online = self.online(reference="SO100", invoice_ids=[Command.set(invoice.ids)])
        online._set_done()
        online._post_process()
        self.assertFalse(self.receipts())
        self.post_now()
        self.assertEqual(self.balances(), {"clearing": 100})
        self.assertEqual((invoice.payment_state, transaction.invoice_ids), ("paid", invoice))
        self.assertTied()

    def test_a_checkout_that_confirms_more_than_was_captured_books_nothing_more(self):
        transaction = self.capture(6000)
        self.post_now()
        online = self.online()
        online._set_done()
        online._post_process()
        self.assertFalse(self.receipts())
        self.assertIn("60.00", self.exceptions("posting_failed").detail)
        self.post_now()
        self.assertEqual(transaction.payment_transaction_id, online)
        self.assertEqual(self.balance(self.provider.clearing_account_id), 60)
        self.assertTied()

    def test_a_refund_made_in_odoo_is_not_doubled(self):
        self.put_checkout_in(self.provider.journal_id, self.provider.clearing_account_id)
        online = self.online()
        online._set_done()
        online._post_process()
        transaction = self.capture()
        refund = online._create_child_transaction(40, is_refund=True)
        refund._set_done()
        refund._post_process()
        self.absorb(fact("refund", "re_1", 4000, 50, group="re_1"))
        self.post_now()
        self.assertEqual(self.receipts(), online.payment_id | refund.payment_id)
        moves = transaction.movement_ids.move_id
        self.assertEqual(moves, online.payment_id.move_id | refund.payment_id.move_id)
        self.assertEqual(self.balances(), {"clearing": 60, "receivable": -60})
        self.assertTied()

    def test_a_part_that_was_captured_does_not_release_the_whole_order(self):
        online = self.online()
        online._set_pending()
        self.capture(6000)
        self.post_now()
        self.assertEqual(online.state, "pending")
        self.assertIn("60.00", self.exceptions("posting_failed").detail)
        self.assertEqual(self.balances(), {"clearing": 60, "receivable": -60})

    def test_authorised_voided_and_failed_payments_are_moved_on(self):
        self.checkout.write({"code": "none"})
        stories = {
            "draft": ([fact("fail", "ch_f", 10000)], "error"),
            "pending": ([fact("authorize", "ch_a", 10000), fact("void", "ch_a", 10000, 5)], "cancel"),
        }
        for number, (start, (facts, expected)) in enumerate(stories.items()):
            reference = f"SO{number}"
            online = self.online(reference=reference)
            online.state = start
            moved = [one.__class__(**{**self.values(one), "transaction_key": f"pi_{number}"}) for one in facts]
            self.absorb(*moved, payments=(self.info(reference, f"pi_{number}"),))
            self.post_now()
            self.assertEqual(online.state, expected)
        online = self.online(reference="SO9")
        self.absorb(fact("authorize", "ch_9", 10000, key="pi_9"), payments=(self.info("SO9", "pi_9"),))
        self.post_now()
        self.assertEqual(online.state, "draft", "this checkout cannot hold an authorisation")
        with patch.object(type(self.checkout), "_compute_feature_support_fields", lambda providers: providers.update(
            {"support_manual_capture": "full_only", "support_refund": "none", "support_tokenization": False,
             "support_express_checkout": False}
        )):  # fmt: skip
            self.checkout.invalidate_recordset()
            self.post_now()
        self.assertEqual(online.state, "authorized")
        self.assertFalse(self.exceptions("posting_failed"))

    def values(self, one):
        return {name: getattr(one, name) for name in one.__dataclass_fields__}
