"""Payouts and their bank lines: unique or not at all; undo restores; nothing is forced to fit (INV-6,
INV-8)."""

from odoo import Command
from odoo.addons.finance_connector.core.money import Money
from odoo.addons.finance_connector.core.records import SettlementLine

from .bank_common import ReconcileCase
from .camt_file import entry
from .common import fact


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

    def test_partly_settled_payout_is_no_candidate(self):
        """Somebody booked a part of it away: what is open is not what is paid out, and nobody guesses why."""
        settlement = self.paid_out()
        account = self.provider.in_transit_account_id
        move = self.env["account.move"].create(
            {
                "date": "2026-03-04",
                "line_ids": [
                    Command.create({"account_id": account.id, "credit": 10}),
                    Command.create({"account_id": self.provider.fee_account_id.id, "debit": 10}),
                ],
            }
        )
        move.action_post()
        self.env["account.move.line"].search([("account_id", "=", account.id)]).reconcile()
        line = self.bank_entries(entry("97.00", "2026-03-05", "TRACE77001"))
        self.assertOpen(line)
        self.assertEqual(settlement.state, "in_transit")
        self.assertFalse(self.exceptions("posting_failed"))

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

    def test_deleted_bank_line(self):
        settlement = self.paid_out()
        line = self.bank_entries(entry("97.00", "2026-03-05", "TRACE77001"))
        line.statement_id.unlink()
        line.unlink()
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
            settlement_key="po_1", external_id="txn_1", kind="capture", gross=Money(10000, "EUR"),
                fee=Money(300, "EUR"),
            tax=Money(0, "EUR"), net=Money(9700, "EUR"), occurred_at=fact("fee", "x", 1).occurred_at,
                transaction_key="pi_1",
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
