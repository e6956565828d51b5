"""Reconciliation: what is unique is applied, what is not is told; undo restores; nothing is forced to fit (INV-6, INV-8)."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from odoo.addons.finance_connector.core.money import Money
from odoo.addons.finance_connector.core.records import SettlementLine
from odoo.addons.finance_connector.models.reconcile_apply import FinanceReconciliation as Apply

from .bank_common import BankCase
from .camt_file import entry
from .common import fact


class ReconcileCase(BankCase):
    def paid_out(self, key="po_1", minor=9700, trace="TRACE77001", arrival="2026-03-05", currency="EUR"):
        """A posted payout of the provider; its settlement."""
        payment = f"pi_{key}"
        self.absorb(
            fact("capture", f"ch_{key}", abs(minor), key=payment, currency=currency),
            fact("payout", key, minor, 600, key=None, currency=currency, settlement_key=key, group=key),
            settlements=(self.payout(key, minor, currency, trace=trace, arrival_date=self.day(arrival)),),
        )
        self.post()
        return self.env["finance.settlement"].search([("external_id", "=", key)])

    def bank_entries(self, *entries, **values):
        """Import and reconcile; the bank lines of the journal."""
        self.take_good(*entries, **values)
        self.reconcile()
        return self.lines()

    def assertOpen(self, line):
        self.assertFalse(line.is_reconciled)
        self.assertEqual(
            line.move_id.line_ids.account_id, self.bank.default_account_id | self.bank.suspense_account_id
        )


class TestReconcilePayout(ReconcileCase):
    def test_by_trace(self):
        settlement = self.paid_out()
        self.assertEqual(self.balance(self.provider.in_transit_account_id), 97)
        line = self.bank_entries(entry("97.00", "2026-03-05", "STRIPE PAYOUT TRACE77001"))
        self.assertTrue(line.is_reconciled)
        self.assertEqual(settlement.state, "reconciled")
        self.assertEqual(settlement.bank_line_ids, line)
        self.assertEqual(line.fc_settlement_ids, settlement)
        self.assertEqual(self.balance(self.provider.in_transit_account_id), 0)
        match = line.fc_match_ids
        self.assertRecordValues(match, [{"state": "applied", "score": 100, "settlement_id": settlement.id}])
        self.assertIn("TRACE77001", match.explanation)
        self.assertFalse(match.applied_by_id)
        audit = self.env["finance.audit.entry"].search([("action", "=", "match.apply")])
        self.assertEqual(len(audit), 1)
        self.assertTied()

    def test_by_amount_and_date(self):
        settlement = self.paid_out()
        line = self.bank_entries(entry("97.00", "2026-03-06", "some transfer"))
        self.assertEqual(settlement.bank_line_ids, line)

    def test_outside_the_window_is_left_alone(self):
        settlement = self.paid_out()
        line = self.bank_entries(entry("97.00", "2026-03-25", "some transfer"))
        self.assertOpen(line)
        self.assertEqual(settlement.state, "in_transit")

    def test_two_equal_payouts_are_ambiguous(self):
        self.paid_out("po_1", trace=None)
        self.paid_out("po_2", trace=None)
        line = self.bank_entries(entry("97.00", "2026-03-05", "transfer"))
        self.assertOpen(line)
        self.assertEqual(line.fc_match_ids.mapped("state"), ["ambiguous", "ambiguous"])
        self.assertEqual(line.fc_match_state, "ambiguous")
        told = self.exceptions("match_ambiguous")
        self.assertEqual(told.amount_at_risk, 97)
        self.reconcile()
        self.assertEqual(told.count, 1, "the next night does not tell it again")
        self.assertEqual(len(line.fc_match_ids), 2)

    def test_payout_that_collects_money(self):
        settlement = self.paid_out("po_neg", -700)
        line = self.bank_entries(entry("-7.00", "2026-03-05", "TRACE77001"))
        self.assertTrue(line.is_reconciled)
        self.assertEqual(settlement.state, "reconciled")
        self.assertEqual(self.balance(self.provider.in_transit_account_id), 0)

    def test_other_currency_is_no_match(self):
        settlement = self.paid_out(currency="USD")
        line = self.bank_entries(entry("97.00", "2026-03-05", "TRACE77001"))
        self.assertOpen(line)
        self.assertNotEqual(settlement.state, "reconciled")
        told = self.exceptions("match_missing")
        self.assertIn("97.00 USD", told.detail)

    def test_other_amount_is_told_and_not_forced(self):
        settlement = self.paid_out()
        line = self.bank_entries(entry("96.99", "2026-03-05", "TRACE77001"))
        self.assertOpen(line)
        self.assertEqual(settlement.state, "in_transit")
        self.assertIn("97.00", self.exceptions("match_missing").detail)

    def test_unposted_payout_is_no_candidate(self):
        self.absorb(
            fact("payout", "po_1", 9700, 600, key=None, settlement_key="po_1", group="po_1"),
            settlements=(self.payout(trace="TRACE77001"),),
        )
        self.assertOpen(self.bank_entries(entry("97.00", "2026-03-05", "TRACE77001")))

    def test_per_settlement_mode(self):
        self.provider.posting_mode = "per_settlement"
        settlement = self.paid_out()
        line = self.bank_entries(entry("97.00", "2026-03-05", "TRACE77001"))
        self.assertTrue(line.is_reconciled)
        self.assertEqual(settlement.state, "reconciled")
        self.assertTied()

    def test_undo_and_again(self):
        settlement = self.paid_out()
        line = self.bank_entries(entry("97.00", "2026-03-05", "TRACE77001"))
        match = line.fc_match_ids
        match.action_undo()
        self.env.invalidate_all()
        self.assertOpen(line)
        self.assertEqual(match.state, "undone")
        self.assertEqual(settlement.state, "in_transit")
        self.assertFalse(settlement.bank_line_ids)
        self.assertEqual(self.balance(self.provider.in_transit_account_id), 97)
        self.assertTied()
        self.reconcile()
        self.assertOpen(line)
        self.assertEqual(match.state, "undone", "the machine does not come back with what a person took back")

    def test_undo_by_odoos_own_button(self):
        settlement = self.paid_out()
        line = self.bank_entries(entry("97.00", "2026-03-05", "TRACE77001"))
        line.action_undo_reconciliation()
        self.assertEqual(line.fc_match_ids.state, "undone")
        self.assertEqual(settlement.state, "in_transit")

    def test_reconciled_by_hand_is_adopted(self):
        settlement = self.paid_out(trace=None, arrival="2026-04-20")
        line = self.bank_entries(entry("97.00", "2026-03-05", "transfer"))
        self.assertOpen(line)
        _liquidity, suspense, _other = line._seek_for_lines()
        target = self.env["account.move.line"].search(
            [("account_id", "=", self.provider.in_transit_account_id.id), ("reconciled", "=", False)]
        )
        suspense.account_id = target.account_id
        (suspense | target).reconcile()
        self.reconcile()
        self.assertEqual(settlement.state, "reconciled")
        self.assertEqual(settlement.bank_line_ids, line)

    def test_settlement_state_of_the_transactions(self):
        line = SettlementLine(
            settlement_key="po_1", external_id="txn_1", kind="capture", gross=Money(10000, "EUR"), fee=Money(300, "EUR"),
            tax=Money(0, "EUR"), net=Money(9700, "EUR"), occurred_at=fact("fee", "x", 1).occurred_at, transaction_key="pi_1",
        )  # fmt: skip
        transaction = self.absorb(
            fact("capture", "ch_1", 10000),
            fact("fee", "fee_1", 300, group="ch_1"),
            fact("payout", "po_1", 9700, 600, key=None, settlement_key="po_1", group="po_1"),
            settlements=(self.payout(trace="TRACE77001", complete=True),),
            lines=(line,),
        )
        self.post()
        self.bank_entries(entry("97.00", "2026-03-05", "TRACE77001"))
        transaction.invalidate_recordset()
        self.assertEqual(transaction.settlement_state, "reconciled")
        self.assertEqual(self.balances(), {"unapplied": -100, "fees": 3})


class TestReconcileInvoice(ReconcileCase):
    def test_by_reference(self):
        invoice = self.invoice(350, ref="INV/2026/00017")
        other = self.invoice(350, ref="INV/2026/00018")
        line = self.bank_entries(entry("350.00", text="Payment INV/2026/00017 thank you"))
        self.assertTrue(line.is_reconciled)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(other.payment_state, "not_paid")
        self.assertEqual(line.partner_id, self.partner)
        self.assertIn("INV/2026/00017", line.fc_match_ids.explanation)

    def test_by_amount_and_partner_name(self):
        marco = self.env["res.partner"].create({"name": "Marco Neri"})
        invoice = self.invoice(218.75, ref="A-1001", partner=marco)
        other = self.invoice(218.75, ref="A-1002")
        line = self.bank_entries(entry("218.75", text="thank you for the goods", name="MARCO NERI"))
        self.assertTrue(line.is_reconciled)
        self.assertEqual((invoice.payment_state, other.payment_state), ("paid", "not_paid"))
        self.assertEqual(line.fc_match_ids.score, 80)
        self.assertEqual(line.partner_id, marco)

    def test_two_partners_of_one_name_are_none(self):
        for _number in range(2):
            marco = self.env["res.partner"].create({"name": "Marco Neri"})
        invoice = self.invoice(218.75, ref="A-1001", partner=marco)
        self.assertOpen(self.bank_entries(entry("218.75", text="thanks", name="Marco Neri")))
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_ambiguous_is_never_applied_until_a_person_does(self):
        first, second = self.invoice(100, ref="A-1001"), self.invoice(100, ref="A-1002")
        line = self.bank_entries(entry("100.00", text="thanks", name=self.partner.name))
        self.assertOpen(line)
        self.assertEqual((first.payment_state, second.payment_state), ("not_paid", "not_paid"))
        self.assertEqual(len(self.exceptions("match_ambiguous")), 1)
        match = line.fc_match_ids.filtered(lambda row: row.move_line_ids.move_id == second)
        user = new_test_user(
            self.env, "clerk", groups="finance_connector.group_user", company_id=self.company.id
        )
        match.with_user(user).action_apply()
        self.assertEqual((first.payment_state, second.payment_state), ("not_paid", "paid"))
        self.assertEqual(line.fc_match_ids, match, "the alternatives are gone")
        self.assertEqual(match.applied_by_id, user)
        self.assertFalse(self.exceptions("match_ambiguous"))

    def test_rejected_candidates_are_not_proposed_again(self):
        self.invoice(100, ref="A-1001"), self.invoice(100, ref="A-1002")
        line = self.bank_entries(entry("100.00", text="thanks", name=self.partner.name))
        rejected, kept = line.fc_match_ids.sorted("id")
        rejected.action_reject()
        self.reconcile()
        self.assertOpen(line)
        self.assertEqual(rejected.state, "rejected")
        self.assertEqual(kept.exists().state, "proposed", "one is left, and it waits for a person")
        kept.action_apply()
        self.assertTrue(line.is_reconciled)

    def test_all_rejected(self):
        self.invoice(100, ref="A-1001"), self.invoice(100, ref="A-1002")
        line = self.bank_entries(entry("100.00", text="thanks", name=self.partner.name))
        line.fc_match_ids.action_reject()
        self.assertFalse(self.exceptions("match_ambiguous"))
        self.reconcile()
        self.assertOpen(line)

    def test_two_lines_for_one_invoice(self):
        self.invoice(100, ref="A-1001")
        lines = self.bank_entries(
            entry("100.00", text="A-1001", bank_id="B1"), entry("100.00", text="A-1001 again", bank_id="B2")
        )
        for line in lines:
            self.assertOpen(line)
        self.assertEqual(len(self.exceptions("match_ambiguous")), 2)

    def test_vendor_bill(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2026-03-01",
                "ref": "BILL-2026-9",
                "invoice_line_ids": [Command.create({"name": "Paper", "price_unit": 80, "tax_ids": []})],
            }
        )
        bill.action_post()
        line = self.bank_entries(entry("-80.00", text="your bill BILL-2026-9"))
        self.assertTrue(line.is_reconciled)
        self.assertEqual(bill.payment_state, "paid")

    def test_foreign_currency_journal(self):
        dollars = self.make_bank("Dollars", "BNKU", "GB33BUKB20201555555555", self.usd)
        invoice = self.invoice(125, ref="USD-2026-1", currency=self.usd)
        self.take_good(entry("125.00", text="USD-2026-1"), iban="GB33BUKB20201555555555", currency="USD")
        self.reconcile()
        line = self.lines(dollars)
        self.assertTrue(line.is_reconciled)
        self.assertEqual(invoice.payment_state, "paid")

    def test_line_with_an_original_amount(self):
        """The bank booked euros for dollars; the invoice in euros is paid to the cent."""
        more = (
            '<AmtDtls><InstdAmt><Amt Ccy="USD">125.00</Amt></InstdAmt>'
            '<TxAmt><Amt Ccy="{currency}">100.00</Amt></TxAmt></AmtDtls>'
        )
        invoice = self.invoice(100, ref="A-2026-1")
        line = self.bank_entries(entry("100.00", text="A-2026-1", more=more))
        self.assertTrue(line.is_reconciled, self.exceptions().mapped("detail"))
        self.assertEqual(invoice.payment_state, "paid")

    def test_locked_period(self):
        invoice = self.invoice(100, ref="A-2026-1")
        self.take_good(entry("100.00", text="A-2026-1"))
        with patch.object(
            type(self.company), "_get_lock_date_violations", lambda *a, **k: [(a[1], "hard_lock_date")]
        ):
            self.reconcile()
        line = self.lines()
        self.assertOpen(line)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertIn("locked", self.exceptions("posting_failed").detail)
        self.reconcile()
        self.assertTrue(line.is_reconciled)
        self.assertFalse(self.exceptions("posting_failed"))

    def test_one_failure_does_not_stop_the_others(self):
        good, bad = self.invoice(100, ref="A-2026-1"), self.invoice(200, ref="A-2026-2")
        refuse = Apply._refuse_unfit

        def failing(self, match, suspense, target):
            if target.move_id == bad:
                raise UserError("not this one")
            return refuse(self, match, suspense, target)

        self.take_good(entry("100.00", text="A-2026-1"), entry("200.00", text="A-2026-2"))
        with patch.object(Apply, "_refuse_unfit", failing):
            self.reconcile()
        self.assertEqual((good.payment_state, bad.payment_state), ("paid", "not_paid"))
        self.assertEqual(self.exceptions("posting_failed").detail, "not this one")

    def test_undo_restores(self):
        invoice = self.invoice(100, ref="A-2026-1")
        line = self.bank_entries(entry("100.00", text="A-2026-1"))
        line.fc_match_ids.action_undo()
        self.assertOpen(line)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(invoice.amount_residual, 100)
        audit = self.env["finance.audit.entry"].search([("action", "=", "match.undo")])
        self.assertEqual(len(audit), 1)

    def test_old_unexplained_line(self):
        line = self.bank_entries(entry("12.00", text="who knows"))
        told = self.exceptions("match_missing")
        self.assertEqual((told.res_id, told.severity), (line.id, "low"))
        self.reconcile()
        self.assertEqual(self.exceptions("match_missing"), told)
        self.assertEqual(told.count, 1)
        self.invoice(12, ref="A-2026-1")
        line.action_undo_reconciliation()
        line.write({"payment_ref": "A-2026-1"})
        self.reconcile()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(told.state, "resolved")

    def test_young_unexplained_line_waits(self):
        self.env["ir.config_parameter"].set_param("finance_connector.match_missing_days", "100000")
        self.bank_entries(entry("12.00", text="who knows"))
        self.assertFalse(self.exceptions("match_missing"))

    def test_batch_of_many(self):
        invoices = [self.invoice(100 + number, ref=f"A-2026-{number:03d}") for number in range(12)]
        self.bank_entries(
            *[entry(f"{100 + n}.00", text=f"A-2026-{n:03d}", bank_id=f"B{n}") for n in range(12)]
        )
        self.assertEqual({invoice.payment_state for invoice in invoices}, {"paid"})
        self.assertEqual(self.env["finance.audit.entry"].search_count([("action", "=", "match.apply")]), 1)
