"""Movements become entries: both modes, known and unknown customers, once and only once."""

from itertools import permutations
from unittest.mock import patch

from odoo import Command
from odoo.addons.finance_connector.core.balances import EFFECTS
from odoo.addons.finance_connector.core.money import Money
from odoo.addons.finance_connector.core.records import SettlementLine
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import at, fact
from .posting_common import PostingCase


class TestPosting(PostingCase):
    def test_receipt_of_a_known_customer_is_a_native_payment_reconciled_with_the_invoice(self):
        invoice = self.invoice(100)
        transaction = self.absorb(fact("capture", "ch_1", 10000, reference="SO100"), payments=(self.info(),))
        self.post()
        payment = transaction.payment_id
        self.assertEqual(transaction.invoice_ids, invoice)
        self.assertEqual(transaction.partner_id, self.partner)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual((payment.amount, payment.memo, payment.state), (100, "SO100", "paid"))
        self.assertEqual(payment.outstanding_account_id, self.provider.clearing_account_id)
        self.assertEqual(str(payment.date), "2026-03-02")
        self.assertEqual(transaction.movement_ids.move_id, payment.move_id)
        self.assertEqual(self.balances(), {"clearing": 100})
        self.assertTied()

    def test_receipt_of_an_unknown_customer_waits_and_is_applied_when_the_invoice_appears(self):
        transaction = self.absorb(fact("capture", "ch_1", 10000), payments=(self.info(),))
        self.post()
        self.assertEqual(self.balances(), {"clearing": 100, "unapplied": -100})
        self.assertTrue(transaction.movement_ids.unapplied)
        self.assertEqual(self.exceptions("no_document").amount_at_risk, 100)
        invoice = self.invoice(100)
        self.post()
        self.assertEqual(self.balances(), {"clearing": 100})
        self.assertEqual(invoice.payment_state, "paid")
        self.assertFalse(transaction.movement_ids.unapplied)
        self.assertFalse(self.exceptions("no_document"))
        unapplied = self.provider.unapplied_account_id
        lines = self.env["account.move.line"].search([("account_id", "=", unapplied.id)])
        self.assertTrue(all(lines.mapped("reconciled")))

    def test_inv_15_a_receipt_without_invoice_is_booked_in_the_company_of_its_connection(self):
        """Whatever company the scheduled action runs in, the receivable account is the one of the connection's company."""
        transaction = self.absorb(fact("capture", "ch_1", 10000), payments=(self.info(),))
        transaction.partner_id = self.partner
        self.post()
        self.assertFalse(self.exceptions("posting_failed"))
        receipt = transaction.movement_ids.move_id
        receivable = receipt.line_ids.account_id.filtered(lambda account: account.account_type == "asset_receivable")
        self.assertEqual(receivable, self.receivable)
        self.assertEqual(receivable.company_ids, self.company)

    def test_inv_15_a_preview_and_what_a_person_posts_are_of_the_company_of_the_connection(self):
        """The button may be pressed by somebody who works in another company."""
        transaction = self.absorb(fact("capture", "ch_1", 10000), payments=(self.info(),))
        transaction.partner_id = self.partner
        elsewhere = self.env["finance.posting"].with_company(self.env.ref("base.main_company"))
        self.assertNotEqual(elsewhere.env.company, self.company)
        shown = {line["account_id"] for line in elsewhere._preview(transaction.movement_ids)}
        self.assertIn(self.receivable.id, shown)
        elsewhere._post_movements(transaction.movement_ids)
        self.assertEqual(set(transaction.movement_ids.move_id.line_ids.account_id.ids), shown)

    def test_a_second_run_posts_nothing(self):
        self.absorb(fact("capture", "ch_1", 10000), fact("fee", "fee_1", 300, group="ch_1"))
        self.post()
        before = self.env["account.move"].search_count([("journal_id", "=", self.provider.journal_id.id)])
        self.post()
        after = self.env["account.move"].search_count([("journal_id", "=", self.provider.journal_id.id)])
        self.assertEqual((before, after), (2, 2))
        self.assertEverythingPosted()

    def test_kinds_without_effect_are_done_without_an_entry(self):
        transaction = self.absorb(fact("authorize", "ch_1", 10000), fact("dispute_update", "dp", 0))
        self.post()
        self.assertTrue(all(transaction.movement_ids.mapped("posted_at")))
        self.assertFalse(transaction.movement_ids.move_id)
        self.assertEqual(transaction.movement_ids.mapped("posted_amount"), [0, 0])

    def test_every_rule_moves_the_balances_as_the_provider_does(self):
        for mode in ("per_transaction", "per_settlement"):
            provider = self.make_provider(name=mode, posting_mode=mode)
            before = (0, 0, 0, 0)
            for number, (kind, signs) in enumerate(EFFECTS.items()):
                counter = {"counter_amount": Money(900, "USD")} if kind == "fx" else {}
                self.absorb(fact(kind, f"x{number}", 1000, key=f"pi_{number}", **counter), provider=provider)
                self.post_now(provider)
                after = tuple(
                    self.balance(provider._role_account(role), self.eur)
                    for role in ("clearing", "reserve", "disputes", "in_transit")
                )
                moved = tuple(round(new - old) for new, old in zip(after, before, strict=True))
                self.assertEqual(moved, tuple(10 * sign for sign in signs), f"{kind}, {mode}")
                before = after
            self.assertEqual(self.balance(provider.clearing_account_id, self.usd), -9)
            self.assertTied(provider)
            self.assertEverythingPosted()

    def test_per_settlement_books_one_entry_a_day_with_one_line_an_account(self):
        self.provider.posting_mode = "per_settlement"
        for number in range(5):
            key = f"pi_{number}"
            self.absorb(
                fact("capture", f"ch_{number}", 1000, number, key=key), fact("fee", f"fee_{number}", 30, number, key=key)
            )
        self.absorb(fact("capture", "ch_next", 700, 24 * 60, key="pi_next"))
        self.post()
        moves = self.env["account.move"].search([("journal_id", "=", self.provider.journal_id.id)], order="date")
        self.assertEqual([str(move.date) for move in moves], ["2026-03-02", "2026-03-03"])
        first = {(line.account_id, line.balance) for line in moves[0].line_ids}
        role = self.provider._role_account
        self.assertEqual(
            first,
            {(role("clearing"), 50), (role("unapplied"), -50), (role("fees"), 1.5), (role("clearing"), -1.5)},
        )
        self.assertEqual(len(moves[0].line_ids), 4)
        self.assertTied()

    def test_per_settlement_pays_each_known_invoice_and_applies_late_ones(self):
        self.provider.posting_mode = "per_settlement"
        first = self.invoice(100, "SO1")
        for number in (1, 2, 3):
            self.absorb(
                fact("capture", f"ch_{number}", 10000, key=f"pi_{number}"),
                payments=(self.info(f"SO{number}", f"pi_{number}"),),
            )
        self.post()
        self.assertEqual(first.payment_state, "paid")
        self.assertEqual(self.balances(), {"clearing": 300, "unapplied": -200})
        moves = self.env["account.move"].search([("journal_id", "=", self.provider.journal_id.id)])
        self.assertEqual(len(moves), 1)
        second = self.invoice(100, "SO2")
        self.post()
        self.assertEqual(second.payment_state, "paid")
        self.assertEqual(self.balances(), {"clearing": 300, "unapplied": -100})
        third = self.invoice(80, "SO3")
        self.post()
        self.assertEqual(third.payment_state, "paid")
        self.assertEqual(self.balances(), {"clearing": 300, "receivable": -20})
        self.assertTied()

    def test_totals_that_grow_post_the_same_in_any_order(self):
        captures = [
            fact("capture", f"ch/{minor}", minor, minutes, group="ch", cumulative=True)
            for minutes, minor in enumerate((4000, 7500, 10000))
        ]
        seen = set()
        stories = [[[one] for one in order] for order in permutations(captures)]
        stories += [[captures], [captures[1:], captures[:1]]]
        for number, portions in enumerate(stories):
            provider = self.make_provider(name=f"Stripe {number}")
            for portion in portions:
                self.absorb(*portion, provider=provider)
                self.post_now(provider)
            transaction = self.env["finance.transaction"].search([("provider_id", "=", provider.id)])
            posted = sum(transaction.movement_ids.mapped("posted_amount"))
            seen.add((self.balance(provider.clearing_account_id), posted))
            self.assertTied(provider)
        self.assertEqual(seen, {(100, 100)})

    def test_copies_that_disagree_post_the_one_that_counts(self):
        self.absorb(fact("capture", "ch_1", 10000), fact("refund", "re_1", 500))
        self.post()
        self.absorb(fact("refund", "re_1", 700))
        self.post()
        self.absorb(fact("refund", "re_1", 600))
        self.post()
        self.assertEqual(self.balance(self.provider.clearing_account_id), 93)
        self.assertTied()
        self.assertEverythingPosted()

    def test_a_bad_movement_is_parked_alone_and_posts_when_it_can(self):
        self.absorb(fact("capture", "ch_1", 10000, key="pi_1"), fact("capture", "ch_2", 5000, currency="GBP", key="pi_2"))
        self.absorb(fact("capture", "ch_3", 2000, key="pi_3"))
        gbp = self.env.ref("base.GBP")
        gbp.active = False
        self.post()
        self.assertEqual(self.balance(self.provider.clearing_account_id), 120)
        exception = self.exceptions("posting_failed")
        self.assertEqual((exception.amount_at_risk, exception.currency_id), (50, gbp))
        self.assertEqual((exception.res_model, exception.res_id and True), ("finance.transaction", True))
        self.assertIn("GBP", exception.detail)
        self.assertTied()
        gbp.active = True
        user = new_test_user(self.env, "retrier", "finance_connector.group_user", company_id=self.company.id,
                             company_ids=[Command.set(self.company.ids)])  # fmt: skip
        exception.with_user(user).action_retry()
        self.post()
        self.assertIn("exchange rate", exception.detail)
        self.env["res.currency.rate"].create(
            {"name": "2020-01-01", "currency_id": gbp.id, "company_id": self.company.id, "rate": 0.8}
        )
        exception.action_retry()
        self.post()
        self.assertEqual(exception.state, "resolved")
        self.assertEqual(self.balance(self.provider.clearing_account_id, gbp), 50)
        self.assertEverythingPosted()
        self.assertTied()

    def test_without_an_approved_rule_nothing_is_booked_and_it_says_so(self):
        rule = self.env.ref("finance_connector.posting_rule_reserve_hold")
        self.env.cr.execute("UPDATE finance_posting_rule SET debit_role = 'disputes' WHERE id = %s", [rule.id])
        rule.invalidate_recordset()
        self.absorb(fact("reserve_hold", "rh_1", 1000))
        self.post()
        self.assertIn("posting rule", self.exceptions("posting_failed").detail)
        self.assertFalse(self.balances())

    def test_a_connection_that_fails_as_a_whole_does_not_stop_the_next(self):
        broken, other = self.provider, self.make_provider(name="Other")
        self.absorb(fact("capture", "ch_1", 1000), provider=broken)
        self.absorb(fact("capture", "ch_2", 2000), provider=other)
        posting = type(self.env["finance.posting"])
        claim = posting._claim

        def fail_first(self, provider, limit, failed):
            if provider.id == broken.id:
                raise ValueError("broken on purpose")
            return claim(self, provider, limit, failed)

        with patch.object(posting, "_claim", fail_first), self.assertLogs("odoo.addons.finance_connector", "ERROR"):
            self.post()
        self.assertEqual(self.exceptions("posting_failed").cause_key, f"posting_failed:provider:{broken.id}")
        self.assertEqual(self.balance(other.clearing_account_id), 20)
        self.post()
        self.assertEqual(self.balance(broken.clearing_account_id), 10)
        self.assertFalse(self.exceptions("posting_failed"))

    def test_a_settled_receipt_cannot_be_cancelled(self):
        self.invoice(100)
        transaction = self.absorb(fact("capture", "ch_1", 10000), payments=(self.info(),))
        self.post()
        line = SettlementLine(
            "po_1", "txn_1", "capture", Money(10000, "EUR"), Money(300, "EUR"), Money(0, "EUR"), Money(9700, "EUR"), at(5),
            transaction_key="pi_1",
        )  # fmt: skip
        self.absorb(settlements=(self.payout(),), lines=(line,))
        self.assertEqual(transaction.settlement_state, "settled")
        for act in ("action_cancel", "action_draft", "unlink"):
            with self.assertRaisesRegex(UserError, "po_1"):
                getattr(transaction.payment_id, act)()
        with self.assertRaisesRegex(UserError, "po_1"):
            transaction.payment_id.move_id.button_draft()

    def test_chatter_is_left_out_unless_the_company_must_keep_it(self):
        posting = self.env["finance.posting"].with_env(self.env(context={}))
        provider = self.provider.with_env(posting.env)
        self.assertTrue(posting._books(provider).env.context.get("tracking_disable"))
        self.company.restrictive_audit_trail = True
        self.assertFalse(posting._books(provider).env.context.get("tracking_disable"))
        self.absorb(fact("fee", "fee_1", 100))
        posting._post_movements(self.env["finance.movement"].search([("external_id", "=", "fee_1")]))
        move = self.env["finance.movement"].search([("external_id", "=", "fee_1")]).move_id
        self.assertTrue(move.message_ids, "the audit trail of the company is kept")

    def test_an_aggregated_entry_cannot_be_undone(self):
        self.absorb(fact("fee", "fee_1", 100))
        self.post()
        move = self.env["finance.movement"].search([("external_id", "=", "fee_1")]).move_id
        for act in ("button_draft", "button_cancel"):
            with self.assertRaisesRegex(UserError, "Reverse"):
                getattr(move, act)()
        with self.assertRaises(UserError):
            move.unlink()
