"""Mandates: how they become usable, what they tell the bank, how they end; notices; Bacs and GoCardless."""

from datetime import timedelta

from lxml import etree
from odoo import fields
from odoo.addons.finance_connector.core.payment_calendar import TARGET
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import format_date

from .collection_common import CollectionCase
from .common import fact

_NS = "{urn:iso:std:iso:20022:tech:xsd:pain.008.001.08}"


class TestMandate(CollectionCase):
    def test_it_is_used_when_it_is_complete_and_only_then(self):
        partner = self.mandates[0].partner_id
        draft = self.mandate(partner, activate=False, signed_on=False, evidence_note=False)
        with self.assertRaises(UserError) as raised:
            draft.action_activate()
        self.assertIn("on which day it was signed", str(raised.exception))
        self.assertIn("Attach the signed mandate", str(raised.exception))
        draft.write({"signed_on": "2026-01-02", "evidence_note": "Signature service, record 7"})
        draft.action_activate()
        self.assertEqual(draft.state, "active")
        wrong = self.mandate(partner, activate=False, creditor_id="DE00ZZZ09999999999")
        with self.assertRaisesRegex(UserError, "check digits"):
            wrong.action_activate()
        private = self.mandate(
            self.debtor("Person", "DE89370400440532013000", is_company=False), activate=False, scheme="sepa_b2b"
        )
        with self.assertRaisesRegex(UserError, "for companies"):
            private.action_activate()

    def test_its_state_is_nobodys_typing(self):
        for vals in ({"state": "cancelled"}, {"why": "because"}):
            with self.assertRaises(UserError):
                self.mandates[0].write(vals)
        with self.assertRaises(UserError):
            self.mandate(self.mandates[0].partner_id, activate=False, state="active")
        with self.assertRaisesRegex(UserError, "evidence"):
            self.mandates[0].unlink()

    def test_another_debtor_or_scheme_is_another_mandate(self):
        for vals in ({"partner_id": self.mandates[1].partner_id.id}, {"scheme": "sepa_b2b"}, {"signed_on": "2026-01-01"}):
            with self.assertRaisesRegex(UserError, "signed as it is"):
                self.mandates[0].write(vals)

    def test_an_auditor_reads_and_changes_nothing(self):
        auditor = self.person("mandate auditor", "auditor")
        self.assertEqual(self.mandates[0].with_user(auditor).state, "active")
        with self.assertRaises(UserError):
            self.mandates[0].with_user(auditor).action_suspend()
        with self.assertRaises(AccessError):
            self.mandates[0].with_user(auditor).write({"reference": "M-X"})

    def test_inv_15_mandates_of_other_companies_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        groups = "base.group_user,finance_connector.group_user"
        stranger = new_test_user(self.env, "mandate_stranger", groups=groups, company_id=other.id, company_ids=other.ids)
        found = self.env["finance.mandate"].with_user(stranger).with_context(allowed_company_ids=other.ids).search([])
        self.assertFalse(found & self.env["finance.mandate"].union(*self.mandates))

    def test_it_ends_after_36_months_without_a_collection(self):
        old = self.mandate(self.mandates[0].partner_id, signed_on=fields.Date.today() - timedelta(days=37 * 31))
        young = self.mandates[0]
        self.assertLess(old.expires_on, fields.Date.today())
        self.cron("cron_expire_mandates")
        self.assertEqual((old.state, young.state), ("expired", "active"))
        self.assertIn("36 months", old.why)

    def test_a_reason_of_the_bank_suspends_it(self):
        for debtor, (code, state) in enumerate((("AM04", "active"), ("MD01", "suspended"), ("AC04", "suspended"))):
            order = self.sent_collection(self.invoice(100, debtor=debtor))
            self.take(self.answer(order, report=f"A{debtor}", p1=("RJCT", code)), "answer.xml")
            self.assertEqual(self.mandates[debtor].state, state, code)
            self.assertTrue(state == "active" or code in self.mandates[debtor].why)

    def test_one_for_a_single_collection_is_used_up(self):
        partner = self.mandates[0].partner_id
        self.mandates[0].action_cancel()
        once = self.mandate(partner, is_once=True)
        order = self.sent_collection(self.invoice(100))
        self.assertEqual((order.instruction_ids.mandate_id, order.instruction_ids.sequence_type), (once, "OOFF"))
        with self.assertRaisesRegex(UserError, "no active mandate"):
            self.collection(self.invoice(50))
        order.instruction_ids._tell("execute", "E1", amount=order.instruction_ids._money(), source="camt.053")
        self.assertEqual(once.state, "expired")

    def test_what_changed_since_the_last_collection_is_told_once(self):
        mandate = self.mandates[0]
        self.sent_collection(self.invoice(100))
        former = mandate.reference, mandate.bank_account_id.sanitized_acc_number
        mandate.reference = "M-NEW"
        mandate.bank_account_id = self.env["res.partner.bank"].create(
            {"acc_number": "FR7630006000011234567890189", "partner_id": mandate.partner_id.id}
        )
        self.assertIn(former[0], mandate.amendment_text)
        order = self.sent_collection(self.invoice(60))
        told = self.details(order)
        self.assertEqual(told, {"AmdmntInd": "true", "OrgnlMndtId": former[0], "Id": "SMNDA", "MndtId": "M-NEW"})
        self.assertEqual(order.instruction_ids.sequence_type, "RCUR")
        self.assertFalse(mandate.amendment_text)
        self.assertEqual(self.details(self.sent_collection(self.invoice(70))), {"AmdmntInd": "false", "MndtId": "M-NEW"})

    def test_what_a_rejected_collection_told_is_told_again(self):
        mandate = self.mandates[0]
        self.sent_collection(self.invoice(100))
        former, mandate.reference = mandate.reference, "M-NEW"
        order = self.sent_collection(self.invoice(60))
        self.take(self.answer(order, p1=("RJCT", "AM04")), "answer.xml")
        self.assertEqual(self.details(self.sent_collection(self.invoice(70)))["OrgnlMndtId"], former)

    def details(self, order):
        """The told values of the mandate in the file of ``order``."""
        element = etree.fromstring(order.file_ids[:1]._bytes()).find(f".//{_NS}MndtRltdInf")
        names = ("MndtId", "AmdmntInd", "OrgnlMndtId", "Id")
        told = {one.tag.removeprefix(_NS): one.text for one in element.iter()}
        return {name: told[name] for name in names if told.get(name)}

    # --- the notice ---------------------------------------------------------------------------------------------------------

    def test_the_debtor_is_told_in_its_language_in_time(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("finance_connector.mail_collection_notice")
        template.with_context(lang="fr_FR").subject = "Prélèvement du {{ format_date(object.collection_date) }}"
        mandate = self.mandates[0]
        mandate.partner_id.sudo().lang = "fr_FR"
        mandate.notice = "mail"
        order = self.collection(self.invoice(100))
        one = order.instruction_ids
        self.assertGreaterEqual(one.collection_date, fields.Date.today() + timedelta(days=14))
        self.assertFalse(one.notified_on)
        order.with_user(self.treasurer).action_approve()
        mail = self.env["mail.mail"].search([("model", "=", one._name), ("res_id", "=", one.id)])
        self.assertEqual(len(mail), 1)
        self.assertIn("Prélèvement", mail.subject)
        self.assertIn(mandate.reference, mail.body_html)
        self.assertEqual(one.notified_on, fields.Date.today())
        order.action_notify()
        self.assertEqual(self.env["mail.mail"].search_count([("model", "=", one._name), ("res_id", "=", one.id)]), 1)
        order.action_send()

    def test_the_invoice_is_the_notice_where_that_is_agreed(self):
        invoice = self.invoice(100)
        printed = self.env["ir.actions.report"]._render_qweb_html("account.report_invoice", invoice.ids)[0].decode()
        self.assertIn(f"Mandate reference {self.mandates[0].reference}", printed)
        order = self.collection(invoice)
        self.assertIn(format_date(self.env, order.instruction_ids.collection_date), printed)
        self.mandates[1].notice = "mail"
        self.assertFalse(self.invoice(50, debtor=1).fc_collection_notice)

    def test_without_notice_nothing_is_sent(self):
        mandate = self.mandates[0]
        mandate.notice = "mail"
        order = self.collection(self.invoice(100), submit=False)
        order.instruction_ids.collection_date = TARGET.next_open(fields.Date.today() + timedelta(days=5))
        with self.assertRaisesRegex(UserError, "14 days before"):
            order.action_submit()
        mandate.notice_days = 5
        order.action_submit()
        mandate.partner_id.sudo().email = False
        order.with_user(self.treasurer).action_approve()
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            order.action_send()
        mandate.partner_id.sudo().email = "debtor@example.com"
        with self.assertRaisesRegex(UserError, "was not told"):
            order.action_send()
        order.action_notify()
        order.action_send()

    # --- Bacs ---------------------------------------------------------------------------------------------------------------

    def test_bacs_collects_in_its_own_file_and_understands_its_returns(self):
        gbp = self.env.ref("base.GBP")
        gbp.active = True
        self.company.fc_bacs_service_user = "123456"
        self.bank = self.make_bank("Bank GB", "BNKG", "GB33BUKB20201555555555", currency=gbp)
        self.policy("Pounds", [(1, "Treasury", self.treasurer | self.chief)], currency_id=gbp.id)
        partner = self.debtor("Payer Ltd", "GB29NWBK60161331926819")
        self.mandates[0] = self.mandate(partner, scheme="bacs", reference="PAYER001")
        order = self.sent_collection(self.invoice(100, currency_id=gbp.id))
        record = order.file_ids._bytes().decode().split("\r\n")[4]
        self.assertEqual((record[:14], record[15:17], record[35:46], record[64:82].strip()),
                         ("60161331926819", "01", "00000010000", "PAYER001"))  # fmt: skip
        day = order.instruction_ids.collection_date
        report = (
            f'<?xml version="1.0"?><BACSDocument><Data><ARUDD><Header reportType="ARUDD" currentProcessingDate="{day}"/>'
            '<OriginatingAccountRecords><OriginatingAccountRecord><ReturnedDebitItem ref="PAYER001" transCode="17" '
            'returnCode="0" returnDescription="REFER TO PAYER" valueOf="100.00" currency="GBP"/></OriginatingAccountRecord>'
            "</OriginatingAccountRecords></ARUDD></Data></BACSDocument>"
        )
        taken = self.take(report.encode(), "arudd.xml", journal_id=self.bank.id)
        self.assertEqual(taken.state, "imported", taken.reason)
        one = order.instruction_ids
        self.assertEqual((one.state, self.mandates[0].state), ("returned", "active"))
        self.assertIn("want of money", one.reason_text)

    def test_a_wrong_service_user_number_or_creditor_identifier_is_refused(self):
        for vals in ({"fc_bacs_service_user": "12345"}, {"fc_creditor_id": "DE00ZZZ09999999999"}):
            with self.assertRaises(ValidationError):
                self.company.write(vals)

    # --- GoCardless ---------------------------------------------------------------------------------------------------------

    def gocardless(self, *told):
        """Mandate facts ``told`` (kind, status, minutes) of MD1, each in a message of its own."""
        for kind, status, minutes in told:
            self.absorb(fact(kind, f"MD1/{status}", 0, minutes, currency="XXX", key=None, group="MD1", status=status))
        return self.env["finance.mandate"].search([("provider_reference", "=", "MD1")])

    def test_inv_4_a_mandate_of_gocardless_follows_its_webhooks_in_any_order(self):
        story = [("mandate_create", "created", 0), ("mandate_activate", "active", 5), ("mandate_end", "suspended_by_payer", 9)]
        mandate = self.gocardless(story[2], story[0])
        self.assertEqual((mandate.scheme, mandate.state), ("gocardless", "suspended"))
        self.assertEqual(self.gocardless(story[1], story[2]).state, "suspended")
        self.assertEqual(self.gocardless(("mandate_activate", "reinstated", 12)).state, "active")
        self.assertEqual(self.gocardless(("mandate_end", "cancelled", 20)).state, "cancelled")
        with self.assertRaisesRegex(UserError, "at GoCardless"):
            mandate.with_user(self.maker).action_cancel()
