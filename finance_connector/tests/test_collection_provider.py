"""Collections by GoCardless: by its mandates and API, over HTTP to a stand-in; each debtor is debited once, each invoice is paid
once by the transaction at the provider, and open again when the money comes back; dunning follows."""

import hashlib
import hmac

from odoo.addons.finance_connector.core.records import Request
from odoo.exceptions import UserError, ValidationError

from .collection_common import CollectionCase
from .feed_common import ROOT  # makes the simulator importable

assert ROOT
from simulator.feed_server import FeedServer  # noqa: E402
from simulator.gocardless_api import GoCardlessApi, webhook  # noqa: E402

SECRET = "endpoint secret of the tests"


class TestCollectionByProvider(CollectionCase):
    @classmethod
    def _request_handler(cls, session, prepared, /, **arguments):
        # Odoo's own handler compares the timeout with a number; ours has one for connecting and one for reading.
        return super()._request_handler(session, prepared, **arguments | {"timeout": 30})

    def setUp(self):
        super().setUp()
        self.api = GoCardlessApi("MD1", "MD2")
        self.server = FeedServer(self.api).start()
        self.addCleanup(self.server.stop)
        self.gocardless = self.env["finance.provider"].create(
            {"name": "GoCardless", "code": "gocardless", "company_id": self.company.id, "grace_minutes": 0,
             "api_base": self.server.url}
        )  # fmt: skip
        self.gocardless.set_secret("webhook_secret", SECRET)
        self.gocardless.set_secret("api_key", "read-only token")
        self.gocardless.action_activate()
        self.mandates = [self.at_provider(f"MD{number}", f"Payer {number}") for number in (1, 2)]
        self.way = self.channel("gocardless", file_format="collections", url=self.server.url, secrets={"api_key": "token"})

    def at_provider(self, key, name):
        partner = self.env["res.partner"].create({"name": name, "is_company": True, "email": "payer@example.com"})
        made = self.env["finance.mandate"].sudo()._of_provider(self.gocardless, key)
        made.partner_id = partner
        made._move_to("active", "active")
        return made

    def queued(self, *invoices):
        order = self.collection(*invoices)
        order.with_user(self.treasurer).action_approve()
        order.action_send()
        return order

    def collected(self, *invoices):
        order = self.queued(*invoices)
        self.send()
        self.assertEqual(set(self.api.paid.values()), {1})
        return order

    def tell(self, action, order=None, **details):
        """GoCardless' payments of ``order`` change; its webhook is stored and worked."""
        known = order and set(order.instruction_ids.mapped("end_to_end_id"))
        events = [
            self.api.tell(one["id"], action, **details)
            for one in self.api.payments
            if not known or one["metadata"]["end_to_end_id"] in known
        ]
        self.hear(webhook(*events))
        self.post()
        self.assertTied(self.gocardless)

    def hear(self, body):
        adapter = self.gocardless._adapter()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        for told in adapter.messages(Request(body, (("Webhook-Signature", digest),))):
            self.env["finance.message"]._store(
                self.env.cr, self.gocardless.id, self.company.id, "webhook", told.envelope, told.body
            )
        self.env.flush_all()
        with self.enter_registry_test_mode():
            while self.env["finance.inbox"]._process_batch():
                pass
        self.env.invalidate_all()
        dead = self.env["finance.message"].search([("provider_id", "=", self.gocardless.id), ("state", "in", ("failed", "dead"))])
        self.assertFalse(dead.mapped("error"))

    # --- the order ----------------------------------------------------------------------------------------------------------

    def test_the_order_goes_by_the_channel_of_the_mandates(self):
        order = self.collection(self.invoice(100), self.invoice(60, debtor=1))
        self.assertEqual((order.scheme, order.file_format, order.channel_id), ("gocardless", "collections", self.way))
        self.assertFalse(any(order.instruction_ids.mapped("sequence_type")), "GoCardless knows that itself")
        order.with_user(self.treasurer).action_approve()
        self.assertIn("MD2", order.file_ids.text)
        self.assertFalse(self.api.payments, "approved is not sent")

    def test_without_a_channel_in_force_nothing_is_collected_by_it(self):
        self.way.action_revise()
        with self.assertRaisesRegex(UserError, "no active mandate"):
            self.collection(self.invoice(100))
        self.assertIn("no payment channel", self.mandates[0]._unusable(self.day("2026-12-10")))

    def test_files_and_payouts_do_not_go_by_it(self):
        self.assertNotIn(self.way, self.order(self.bill(10), submit=False).channel_id)
        with self.assertRaises(ValidationError):
            self.channel("gocardless", approve=False, file_format="payouts")
        self.mandates[0].provider_id = self.gocardless.copy({"name": "Other"})
        with self.assertRaisesRegex(UserError, "no active mandate"):
            self.collection(self.invoice(100))

    # --- its way --------------------------------------------------------------------------------------------------------------

    def test_a_lost_answer_is_asked_for_and_the_debtor_is_debited_once(self):
        self.server.lose_next(after=1)
        order = self.queued(self.invoice(100))
        self.send()
        self.assertEqual((self.states(order), self.api.paid), ({"unknown"}, {order.instruction_ids.end_to_end_id: 1}))
        for minutes in (16, 32):
            with self.later(minutes=minutes):
                self.send()
        self.assertEqual((self.states(order), set(self.api.paid.values())), ({"sent"}, {1}))
        self.assertEqual(order.request_ids.reference, self.api.payments[0]["id"])

    def test_a_collection_is_paid_when_it_is_confirmed_and_once(self):
        invoices = self.invoice(100), self.invoice(60, debtor=1)
        order = self.collected(*invoices)
        self.tell("submitted")
        self.assertEqual((self.states(order), order.state), ({"accepted"}, "accepted"))
        self.assertEqual([one.payment_state for one in invoices], ["not_paid"] * 2)
        self.tell("confirmed")
        self.assertEqual((self.states(order), order.state), ({"executed"}, "executed"))
        self.assertEqual([one.payment_state for one in invoices], ["paid"] * 2)
        self.tell("paid_out")
        with self.later(days=1, minutes=1):
            self.cron("cron_send_payments")
        self.post()
        payments = self.env["finance.transaction"].search([("provider_id", "=", self.gocardless.id)])
        self.assertEqual((len(payments), payments.invoice_ids), (2, invoices[0] | invoices[1]))
        self.assertEqual(self.balance(self.gocardless.clearing_account_id), 160, "by one path")
        self.assertFalse(order.instruction_ids.settle_move_id)
        self.assertFalse(self.exceptions("no_document") | self.exceptions("contradiction"))

    def test_inv_4_any_order_and_number_of_webhooks_gives_the_same_collection(self):
        found = set()
        for places in ((0, 1, 2), (2, 1, 0), (1, 1, 2, 0, 2)):
            invoice = self.invoice(100)
            order = self.collected(invoice)
            own = next(
                one for one in self.api.payments if one["metadata"]["end_to_end_id"] == order.instruction_ids.end_to_end_id
            )
            events = [self.api.tell(own["id"], action) for action in ("submitted", "confirmed", "failed")]
            for place in places:
                self.hear(webhook(events[place]))
                self.post()
            one = order.instruction_ids
            found.add((one.state, one.amount_returned, invoice.payment_state, invoice.amount_residual))
            self.assertTied(self.gocardless)
        self.assertEqual(found, {("returned", 100, "not_paid", 100)})

    def test_an_invoice_less_its_credit_note_is_paid_by_what_is_collected(self):
        invoice = self.invoice(100)
        note = self.invoice(30, move_type="out_refund")
        order = self.collected(invoice, note)
        self.assertEqual(order.amount_total, 70)
        self.tell("confirmed")
        self.assertEqual((invoice.amount_residual, note.amount_residual), (0, 0))

    # --- when it does not go through --------------------------------------------------------------------------------------------

    def test_what_fails_leaves_the_invoice_open_and_can_be_collected_again(self):
        invoice = self.invoice(100)
        order = self.collected(invoice)
        self.tell("failed", reason_code="AM04")
        one = order.instruction_ids
        self.assertEqual((one.state, one.reason_codes, invoice.payment_state), ("rejected", "AM04", "not_paid"))
        self.assertFalse(one.item_ids.is_open)
        self.assertEqual(len(self.exceptions("payment_failed")), 1)
        again = one.action_pay_again()
        self.assertEqual(self.env["finance.payment.order"].browse(again["res_id"]).scheme, "gocardless")

    def comes_back(self, action, settled):
        """A collection that was paid comes back by ``action``: the invoice is open, and its debtor is dunned."""
        self.dunning_policy()
        invoice = self.invoice(100)
        order = self.collected(invoice)
        self.tell("confirmed")
        self.assertEqual(invoice.payment_state, "paid")
        self.tell(action, reason_code="MD06")
        self.assertEqual((self.states(order), invoice.amount_residual), ({"returned"}, 100))
        case = self.env["finance.dunning"].search([("instruction_ids", "in", order.instruction_ids.ids)])
        self.cron("cron_dunning")
        self.assertEqual((len(case), case.state, self.env["finance.dunning"].search_count([])), (1, "running", 1))
        self.tell(settled)
        self.assertEqual(invoice.amount_residual, 100)
        receivable = self.open_items(invoice).account_id
        self.assertEqual(self.balance(receivable), 100, "the debtor owes it again")
        self.assertEqual(self.balances(self.gocardless), {"receivable": 100} if receivable == self.receivable else {})

    def test_a_late_failure_opens_the_invoice_again_and_starts_dunning(self):
        self.comes_back("failed", "late_failure_settled")

    def test_a_chargeback_opens_the_invoice_again_and_starts_dunning(self):
        self.comes_back("charged_back", "chargeback_settled")

    def dunning_policy(self):
        policy = self.env["finance.dunning.policy"].create(
            {
                "name": "Collections",
                "company_id": self.company.id,
                "trigger": "collection",
                "user_id": self.maker.id,
                "step_ids": [(0, 0, {"after_days": 30, "action": "activity"})],
            }
        )
        policy.with_user(self.chief).action_approve()
        return policy

    def test_a_chargeback_that_is_taken_back_pays_the_invoice_again(self):
        invoice = self.invoice(100)
        order = self.collected(invoice)
        self.tell("confirmed")
        self.tell("charged_back")
        self.assertEqual(invoice.amount_residual, 100)
        self.tell("chargeback_cancelled")
        self.assertEqual((self.states(order), invoice.payment_state), ({"executed"}, "paid"))
        self.assertFalse(self.exceptions("contradiction"))

    def test_what_gocardless_refuses_is_rejected_and_the_invoice_free(self):
        invoice = self.invoice(100)
        self.api.mandates["MD1"]["status"] = "cancelled"
        order = self.queued(invoice)
        self.send()
        self.assertEqual((self.states(order), self.api.payments), ({"rejected"}, []))
        self.assertFalse(order.instruction_ids.item_ids.is_open)
