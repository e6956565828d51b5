"""What is done when money does not move: step by step, in the debtor's language, until it comes or is given up."""

from datetime import timedelta

from odoo import fields
from odoo.addons.finance_connector.core.money import Money
from odoo.addons.finance_connector.core.records import PaymentInfo
from odoo.exceptions import UserError, ValidationError

from .camt_file import entry
from .collection_common import CollectionCase
from .common import at, fact


class TestDunning(CollectionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy_of = {
            "collection": cls.dunning("collection", (0, "mail"), (3, "retry"), (10, "activity"), (20, "stop")),
            "payout": cls.dunning("payout", (0, "activity")),
            "subscription": cls.dunning("subscription", (0, "mail")),
        }

    @classmethod
    def dunning(cls, trigger, *steps, approve=True, **values):
        policy = cls.env["finance.dunning.policy"].create(
            {
                "name": f"Dunning {trigger}", "trigger": trigger, "company_id": cls.company.id, "user_id": cls.maker.id,
                "step_ids": [(0, 0, {"after_days": days, "action": action}) for days, action in steps], **values,
            }
        )  # fmt: skip
        if approve:
            policy.with_user(cls.chief).action_approve()
        return policy

    def rejected(self, invoice, code="AM04", report="A1"):
        order = self.sent_collection(invoice)
        self.take(self.answer(order, report=report, p1=("RJCT", code)), f"{report}.xml")
        return order.instruction_ids

    def case(self):
        return self.env["finance.dunning"].search([("company_id", "=", self.company.id)])

    def days_later(self, case, days):
        """Have the case be as old as it is after ``days``, and let the scheduled action work."""
        case.started_on -= timedelta(days=days)
        if case.next_on:
            case.next_on -= timedelta(days=days)
        self.cron("cron_dunning")

    def mails(self, case):
        """What the debtor was sent; the responsible person hears of the case too."""
        sent = [("model", "=", case._name), ("res_id", "in", case.ids), ("recipient_ids", "in", case.partner_id.ids)]
        return self.env["mail.mail"].search(sent)

    def test_a_rejected_collection_is_dunned_step_by_step_and_given_up(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.ref("finance_connector.mail_dunning").with_context(lang="fr_FR").subject = "Relance {{ object.document_names }}"
        self.mandates[0].partner_id.sudo().lang = "fr_FR"
        invoice = self.invoice(100)
        one = self.rejected(invoice)
        case = self.case()
        self.assertEqual((case.trigger, case.state, case.amount, case.instruction_ids), ("collection", "running", 100, one))
        self.cron("cron_dunning")
        self.assertIn(f"Relance {invoice.name}", self.mails(case).subject)
        self.assertEqual((case.step_count, case.next_on), (1, case.started_on + timedelta(days=3)))
        self.cron("cron_dunning")
        self.assertEqual(len(self.mails(case)), 1)
        self.days_later(case, 3)
        again = one.search([("replaces_id", "=", one.id)])
        self.assertEqual((again.state, again.order_id.state, again.item_ids.move_id), ("draft", "draft", invoice))
        self.assertIn(again.order_id.name, case.activity_ids.summary)
        self.days_later(case, 7)
        self.assertEqual(len(case.activity_ids), 2)
        self.days_later(case, 10)
        self.assertEqual((case.state, case.next_on), ("stopped", False))
        self.assertEqual(self.exceptions("dunning_ended").amount_at_risk, 100)

    def test_it_stops_when_the_money_comes(self):
        one = self.rejected(self.invoice(100))
        case = self.case()
        self.bank_entries(entry("100.00", text=one.item_ids.move_id.name, bank_id="PAID1"))
        self.assertEqual(one.item_ids.move_id.payment_state, "paid")
        self.assertEqual((case.state, case.next_on), ("done", False))

    def test_a_return_that_is_only_told_is_not_settled_by_its_own_receipt(self):
        invoice = self.invoice(100)
        one = self.sent_collection(invoice).instruction_ids
        self.bank_entries(entry("100.00", text="direct debit", ref=one.end_to_end_id, bank_id="C1"))
        one.sudo()._tell("return", "P1", amount=one._money(), source="pacs.004", reasons=("AM04",))
        one.sudo()._tell_failures()
        case = self.case()
        self.cron("cron_dunning")
        self.assertEqual((case.state, invoice.payment_state), ("running", "paid"))
        back = entry("-100.00", day="2026-03-05", text="returned", ref=one.end_to_end_id, bank_id="R1")
        self.bank_entries(back, opening="100.00", first="2026-03-05", name="STMT-2")
        self.assertEqual((case.state, invoice.payment_state, one.amount_returned), ("running", "not_paid", 100))

    def test_a_second_failure_belongs_to_the_same_case(self):
        invoice = self.invoice(100)
        self.rejected(invoice)
        self.rejected(invoice, report="A2")
        self.assertEqual((len(self.case()), len(self.case().instruction_ids)), (1, 2))

    def test_while_the_money_is_under_way_no_step_is_done(self):
        invoice = self.invoice(100)
        self.rejected(invoice)
        self.sent_collection(invoice)
        self.cron("cron_dunning")
        case = self.case()
        self.assertEqual((case.step_count, len(self.mails(case))), (0, 0))
        self.assertEqual(case.next_on, fields.Date.today() + timedelta(days=1))

    def test_what_is_refused_for_good_is_not_tried_again(self):
        one = self.rejected(self.invoice(100), code="MD01")
        case = self.case()
        self.cron("cron_dunning")
        self.days_later(case, 3)
        self.assertFalse(one.search([("replaces_id", "=", one.id)]))
        self.assertIn("not collected again", case.activity_ids.summary)

    def test_a_step_that_cannot_be_done_asks_a_person(self):
        self.mandates[0].partner_id.sudo().email = False
        self.rejected(self.invoice(100))
        self.cron("cron_dunning")
        case = self.case()
        self.assertEqual(case.step_count, 1)
        self.assertIn("no e-mail address", case.activity_ids.summary)
        self.assertEqual(case.activity_ids.user_id, self.maker)

    def test_a_held_case_waits_and_a_held_debtor_is_not_collected_from(self):
        held = self.dunning("collection", (0, "mail"), hold=True, version=2)
        self.rejected(self.invoice(100))
        case = self.case()
        self.assertEqual(case.policy_id, held)
        with self.assertRaisesRegex(UserError, "nothing else is collected"):
            self.collection(self.invoice(50))
        case.with_user(self.maker).action_hold()
        self.cron("cron_dunning")
        self.assertFalse(self.mails(case))
        case.with_user(self.maker).action_resume()
        case.with_user(self.maker).action_stop()
        self.assertEqual(case.state, "stopped")
        self.assertEqual(self.collection(self.invoice(60)).state, "to_approve")

    def test_a_rejected_payout_asks_a_person(self):
        order = self.sent(self.bill(100))
        self.take(self.answer(order, p1=("RJCT", "AC04")), "answer.xml")
        case = self.case()
        self.cron("cron_dunning")
        self.assertEqual((case.trigger, case.activity_ids.user_id), ("payout", self.maker))

    def test_a_failed_payment_at_a_provider_is_dunned_until_it_is_captured(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE finance_dunning_policy SET approved_at = '2026-01-01'")
        self.env.invalidate_all()
        invoice = self.invoice(30)
        named = PaymentInfo("pi_1", at(), amount=Money(3000, "EUR"), reference=invoice.name)
        self.absorb(fact("fail", "ch_1", 3000, reason="card_declined"), payments=(named,))
        self.absorb(fact("fail", "ch_2", 3000, key="pi_2", reason="card_declined"))
        self.cron("cron_dunning")
        case = self.case()
        self.assertEqual((case.trigger, case.partner_id), ("subscription", self.mandates[0].partner_id))
        self.assertEqual((len(self.mails(case)), case.reason_text), (1, "card_declined"))
        self.absorb(fact("capture", "ch_3", 3000, 60))
        self.cron("cron_dunning")
        self.assertEqual(case.state, "done")

    def test_a_policy_is_put_into_force_by_a_second_person_and_stays_as_it_is(self):
        draft = self.dunning("collection", (0, "mail"), approve=False)
        with self.assertRaises(UserError):
            draft.action_approve()
        with self.assertRaisesRegex(UserError, "stays as it was approved"):
            self.policy_of["collection"].step_ids[:1].after_days = 1
        with self.assertRaises(ValidationError):
            self.dunning("payout", (0, "retry"), approve=False)
        with self.assertRaises(UserError):
            self.dunning("payout")

    def test_without_a_policy_a_failure_is_an_exception_only(self):
        self.dunning("collection", (0, "mail"), active=False, version=2)
        self.rejected(self.invoice(100))
        self.assertFalse(self.case())
        self.assertEqual(len(self.exceptions("payment_failed")), 1)

    def test_the_state_of_a_case_is_nobodys_typing(self):
        self.rejected(self.invoice(100))
        with self.assertRaises(UserError):
            self.case().with_user(self.maker).write({"state": "done"})
