"""Who may approve, what an approval is of, and that nothing goes out otherwise."""

import base64
import zlib
from datetime import timedelta

from freezegun import freeze_time
from odoo import SUPERUSER_ID, fields
from odoo.exceptions import AccessError, UserError, ValidationError

from .payment_common import PaymentCase


class TestPaymentApproval(PaymentCase):
    def test_inv_10_nobody_approves_their_own_order_whoever_they_are(self):
        for person in (self.treasurer, self.boss):
            self.policy(f"Everybody {person.id}", [(1, "Everybody", self.treasurer | self.chief | self.boss)])
            order = self.order(self.bill(100, ref=f"R-{person.id}"), user=person)
            with self.assertRaisesRegex(UserError, "second person"):
                order.with_user(person).action_approve()
            with self.assertRaisesRegex(UserError, "second person"):
                order.with_user(person).sudo().action_approve()
            self.assertEqual((order.state, len(order.approval_ids)), ("to_approve", 0))
            self.assertIn("second person", order.with_user(person).my_reasons)
            order.action_cancel()

    def test_inv_10_the_superuser_approves_nothing(self):
        order = self.order(self.bill(100))
        with self.assertRaises(UserError):
            order.with_user(SUPERUSER_ID).action_approve()
        self.assertEqual(order.state, "to_approve")

    def test_an_approval_is_given_by_its_button_alone(self):
        order = self.order(self.bill(100))
        vals = {
            "order_id": order.id,
            "user_id": self.treasurer.id,
            "verdict": "approved",
            "content_hash": order.content_hash,
            "level": 1,
            "group": "Treasury",
            "at": fields.Datetime.now(),
        }
        for user in (self.maker, self.treasurer, self.boss):
            with self.assertRaises(UserError):
                self.env["finance.payment.approval"].with_user(user).create(vals)
        with self.assertRaises(UserError):
            self.env["finance.payment.approval"].create(vals)

    def test_what_follows_from_facts_is_never_written(self):
        order = self.order(self.bill(100))
        for vals in ({"state": "approved"}, {"edited_by_id": self.chief.id}, {"submitted_at": False}, {"content_hash": "x"}):
            with self.assertRaisesRegex(UserError, "never written"):
                order.with_user(self.maker).write(vals)
        one = order.instruction_ids.with_user(self.maker)
        for vals in ({"state": "executed"}, {"intent_key": "x"}, {"replaces_id": one.id}):
            with self.assertRaisesRegex(UserError, "never written"):
                one.write(vals)
        with self.assertRaisesRegex(UserError, "never written"):
            self.env["finance.payment.order"].with_user(self.maker).create({"journal_id": self.bank.id, "state": "sent"})

    def test_the_money_goes_to_an_account_of_the_payee(self):
        order = self.order(self.bill(100))
        with self.assertRaisesRegex(ValidationError, "belongs to Vendor 2"):
            order.instruction_ids.bank_account_id = self.vendors[1].bank_ids

    def test_inv_10_any_edit_makes_the_approval_void(self):
        edits = {
            "amount": lambda order: order.instruction_ids.write({"amount": 99}),
            "text": lambda order: order.instruction_ids.write({"text": "another text"}),
            "day": lambda order: order.write({"execution_date": fields.Date.add(fields.Date.today(), days=3)}),
            "payee's account": lambda order: order.instruction_ids.bank_account_id.write({"acc_number": "NL91ABNA0417164300"}),
        }
        for number, (name, edit) in enumerate(edits.items()):
            with self.subTest(name):
                self.vendors[0].bank_ids.acc_number = "DE89370400440532013000"
                order = self.approved(self.bill(100 + number, ref=f"R-{number}"))
                edit(order.sudo())
                self.env.flush_all()
                self.assertEqual(order.state, "to_approve", name)
                self.assertEqual(order.instruction_ids.state, "draft", name)
                with self.assertRaises(UserError):
                    order.action_send()
                order.action_cancel()

    def test_inv_10_who_changed_the_account_of_the_payee_waits(self):
        self.vendors[0].bank_ids.with_user(self.treasurer).sudo().write({"acc_holder_name": "Another name"})
        order = self.order(self.bill(100))
        self.assertIn("bank account", order.with_user(self.treasurer).my_reasons)
        with self.assertRaisesRegex(UserError, "bank account"):
            order.with_user(self.treasurer).action_approve()
        order.with_user(self.chief).action_approve()
        self.assertEqual(order.state, "approved")

    def test_levels_sign_one_after_the_other(self):
        self.policy("Large", [(1, "Treasury", self.treasurer | self.chief), (2, "Board", self.boss)], amount_from=1000)
        order = self.order(self.bill(5000))
        with self.assertRaisesRegex(UserError, "turn of Treasury"):
            order.with_user(self.boss).action_approve()
        order.with_user(self.treasurer).action_approve()
        self.assertEqual(order.state, "to_approve")
        self.assertIn("Board", order.missing)
        order.with_user(self.boss).action_approve()
        self.assertEqual(order.state, "approved")

    def test_limits_and_deputies(self):
        limit = self.env["finance.payment.limit"].create(
            {
                "user_id": self.treasurer.id,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "per_order": 500,
            }
        )
        small = self.order(self.bill(100, ref="R-small"))
        with self.assertRaisesRegex(UserError, "up to"):
            small.with_user(self.treasurer).action_approve()
        limit.with_user(self.chief).action_approve()
        small.with_user(self.treasurer).action_approve()
        order = self.order(self.bill(5000, ref="R-large"))
        with self.assertRaisesRegex(UserError, "up to"):
            order.with_user(self.treasurer).action_approve()
        now = fields.Datetime.now()
        standing_in = self.person("deputy", "approver")
        deputy = (
            self.env["finance.payment.deputy"]
            .with_user(self.chief)
            .create(
                {
                    "user_id": self.chief.id,
                    "deputy_id": standing_in.id,
                    "company_id": self.company.id,
                    "start": now - timedelta(days=1),
                    "end": now + timedelta(days=1),
                }
            )
        )
        with self.assertRaises(UserError):
            order.with_user(standing_in).action_approve()
        deputy.with_user(self.treasurer).action_approve()
        order.with_user(standing_in).action_approve()
        self.assertEqual(order.approval_ids.for_user_id, self.chief)
        self.assertEqual(order.state, "approved")

    def test_without_a_rule_nobody_can_approve(self):
        self.env.cr.execute("UPDATE finance_payment_policy SET active = false WHERE id = %s", [self.rule.id])
        self.env.invalidate_all()
        order = self.order(self.bill(100))
        with self.assertRaisesRegex(UserError, "No rule"):
            order.with_user(self.treasurer).action_approve()

    def test_a_rule_that_was_changed_after_its_approval_is_in_force_no_more(self):
        self.env.cr.execute("UPDATE finance_payment_policy SET amount_below = 10 WHERE id = %s", [self.rule.id])
        self.env.invalidate_all()
        order = self.order(self.bill(100))
        with self.assertRaisesRegex(UserError, "No rule"):
            order.with_user(self.treasurer).action_approve()

    def test_several_are_approved_after_a_summary_and_only_as_it_was_shown(self):
        orders = self.order(self.bill(100, ref="R-a")) | self.order(self.bill(50, vendor=1, ref="R-b"))
        action = orders.with_user(self.treasurer).action_open_signing()
        dialogue = self.env["finance.payment.signing"].with_user(self.treasurer).browse(action["res_id"])
        self.assertEqual(sorted(dialogue.line_ids.mapped("news")), ["new", "new"])
        orders[0].sudo().instruction_ids.text = "changed meanwhile"
        with self.assertRaisesRegex(UserError, "changed since"):
            dialogue.action_confirm()
        self.assertEqual(set(orders.mapped("state")), {"to_approve"})
        action = orders.with_user(self.treasurer).action_open_signing()
        self.env["finance.payment.signing"].with_user(self.treasurer).browse(action["res_id"]).action_confirm()
        self.assertEqual(set(orders.mapped("state")), {"approved"})

    def test_a_rejection_has_a_reason_and_goes_back_to_the_maker(self):
        order = self.order(self.bill(100))
        with self.assertRaisesRegex(UserError, "Say why"):
            order.with_user(self.treasurer).action_reject(" ")
        order.with_user(self.treasurer).action_reject("Wrong supplier")
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.approval_ids.reason, "Wrong supplier")
        order.action_submit()
        self.assertEqual(order.state, "to_approve")

    def test_inv_9_what_may_be_at_the_bank_is_not_sent_again(self):
        order = self.approved(self.bill(100))
        order.action_send()
        one = order.instruction_ids
        self.assertEqual((one.state, order.state), ("unknown", "sent"))
        with self.assertRaises(UserError):
            order.action_send()
        with self.assertRaisesRegex(UserError, "second person"):
            order.action_confirm_sent()
        order.with_user(self.other_maker).action_confirm_not_sent()
        self.assertEqual((one.state, order.state), ("approved", "approved"))
        order.action_send()
        order.with_user(self.other_maker).action_confirm_sent()
        self.assertEqual(one.state, "sent")
        self.assertEqual(len(order.file_ids), 1, "the same file goes out again")
        with self.assertRaises(UserError):
            order.action_send()

    def test_a_file_that_is_not_the_approved_one_is_not_sent(self):
        order = self.approved(self.bill(100))
        self.env.cr.execute("ALTER TABLE finance_payment_file DISABLE TRIGGER USER")
        packed = base64.b64encode(zlib.compress(b"<x></x>"))
        for content in (packed, packed[:-8], base64.b64encode(b"<x></x>"), b"<x>"):
            self.env.cr.execute("UPDATE finance_payment_file SET content = %s WHERE id = %s", [content, order.file_ids.id])
            self.env.invalidate_all()
            with self.subTest(content), self.assertRaisesRegex(UserError, "not the one that was approved"):
                order.action_send()

    def test_inv_10_an_approval_in_the_second_of_a_new_submission_is_not_of_it(self):
        with freeze_time(fields.Datetime.now().replace(microsecond=0)):
            order = self.approved(self.bill(100))
            order.action_recall()
            order.action_submit()
            self.assertEqual(order.state, "to_approve")
            self.assertEqual(order.approval_ids.mapped("counts"), [False])
            with self.assertRaisesRegex(UserError, "not approved"):
                order.action_send()
            order.with_user(self.treasurer).action_approve()
        self.assertEqual(order.state, "approved")
        self.assertEqual(sorted(order.approval_ids.mapped("counts")), [False, True])

    def test_nobody_reads_a_file_before_it_is_taken(self):
        order = self.approved(self.bill(100))
        auditor = self.person("auditor", "auditor")
        people = (self.maker, self.treasurer, self.boss, auditor)
        for person in people:
            file = order.file_ids.with_user(person)
            self.assertEqual((file.text, file.download), ("", False), person.login)
            with self.assertRaises(AccessError):
                file.read(["content"])
        action = order.action_send()
        self.assertIn(f"/{order.file_ids.id}/download/", action["url"])
        for person in people:
            file = order.file_ids.with_user(person)
            file.invalidate_recordset()
            self.assertEqual(base64.b64decode(file.download), order.sudo().file_ids._bytes(), person.login)
            self.assertIn(order.instruction_ids.end_to_end_id, file.text)
