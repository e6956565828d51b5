"""What the preview shows is what is posted, line by line; nothing else can be posted from it."""

from odoo import Command
from odoo.addons.finance_connector.core.money import Money
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import fact
from .posting_common import PostingCase


class TestPostingPreview(PostingCase):
    def story(self):
        """One of everything: known and unknown customers, fees, a payout, a conversion, a refund."""
        self.invoice(100)
        self.absorb(
            fact("capture", "ch_1", 10000), fact("fee", "fee_1", 320, 1), fact("fee_tax", "tax_1", 64, 1),
            fact("refund", "re_1", 2500, 30, group="re_1"), payments=(self.info(),),
        )  # fmt: skip
        self.absorb(fact("capture", "ch_2", 4200, key="pi_2"), fact("capture", "ch_3", 1700, currency="USD", key="pi_3"))
        self.absorb(fact("fx", "fx_1", 1500, 2, key="pi_3", counter_amount=Money(1700, "USD")))
        self.absorb(
            fact("payout", "po_1", 9000, 600, key=None, settlement_key="po_1", group="po_1"), settlements=(self.payout(),)
        )
        self.env["finance.document.link"]._link_batch(self.provider, self.env["finance.transaction"].search([]).ids)
        self.env.invalidate_all()
        return self.env["finance.movement"].search([("provider_id", "=", self.provider.id)])

    def shown(self, lines):
        return sorted(
            (
                str(line["date"]), line["account_id"], line["partner_id"] or False, line["name"], line["currency_id"],
                f"{line['amount_currency']:.2f}", f"{line['balance']:.2f}", line["ref"], line["journal_id"],
            )
            for line in lines
        )  # fmt: skip

    def posted(self, movements):
        return sorted(
            (
                str(line.date), line.account_id.id, line.partner_id.id, line.name, line.currency_id.id,
                f"{line.amount_currency:.2f}", f"{line.balance:.2f}", line.move_id.ref, line.journal_id.id,
            )
            for line in movements.move_id.line_ids
        )  # fmt: skip

    def test_what_is_posted_is_what_was_shown(self):
        for mode in ("per_transaction", "per_settlement"):
            with self.subTest(mode=mode):
                self.provider = self.make_provider(name=mode, posting_mode=mode)
                movements = self.story()
                lines = self.env["finance.posting"]._preview(movements)
                self.assertFalse(movements.move_id, "a preview writes nothing")
                self.env["finance.posting"]._post_movements(movements)
                movements.invalidate_recordset()
                self.assertTrue(self.shown(lines))
                self.assertEqual(self.shown(lines), self.posted(movements))
                self.assertTied()

    def test_a_user_opens_it_from_the_transaction_and_posts_it(self):
        user = new_test_user(self.env, "previewer", "finance_connector.group_user", company_id=self.company.id,
                             company_ids=[Command.set(self.company.ids)])  # fmt: skip
        transaction = self.absorb(fact("capture", "ch_1", 10000))
        action = transaction.with_user(user).action_preview_entries()
        preview = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        self.assertEqual(sorted(preview.line_ids.mapped("debit")), [0, 100])
        self.assertEqual(preview.line_ids.company_currency_id, self.eur)
        preview.action_post()
        self.assertEqual(self.balances(), {"clearing": 100, "unapplied": -100})
        with self.assertRaisesRegex(UserError, "posted already"):
            transaction.with_user(user).action_preview_entries()

    def test_a_preview_that_is_out_of_date_posts_nothing(self):
        transaction = self.absorb(fact("capture", "ch_1", 10000), payments=(self.info(),))
        action = transaction.action_preview_entries()
        self.invoice(100)
        self.env["finance.document.link"]._link_batch(self.provider, transaction.ids)
        with self.assertRaisesRegex(UserError, "changed since"):
            self.env[action["res_model"]].browse(action["res_id"]).action_post()
        self.assertFalse(transaction.movement_ids.move_id)

    def test_the_connection_shows_all_that_waits(self):
        self.absorb(fact("capture", "ch_1", 10000), fact("fee", "fee_1", 100, key=None))
        action = self.provider.action_preview_entries()
        self.assertEqual(len(self.env[action["res_model"]].browse(action["res_id"]).line_ids), 4)
