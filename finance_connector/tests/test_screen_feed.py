"""The screen of a bank feed in a real browser: its health in words, and the days of an account as a calendar."""

from datetime import timedelta

from odoo import fields

from .screen_common import ScreenCase


class TestScreenFeed(ScreenCase):
    def setUp(self):
        super().setUp()
        today, now = fields.Date.today(), fields.Datetime.now()
        journal = self.env["account.journal"].create(
            {"name": "Main bank", "code": "BNKF", "type": "bank", "company_id": self.company.id}
        )
        self.feed = self.env["finance.feed"].create(
            {"name": "Main bank", "code": "enablebanking", "application": "app", "company_id": self.company.id,
             "country_id": self.env.ref("base.de").id, "bank_name": "Bank"}
        )  # fmt: skip
        self.feed.set_secret("private_key", "no key")
        self.feed.write({"consent_reference": "s", "consent_until": now + timedelta(days=90), "state": "active"})
        self.account = self.env["finance.feed.account"].create(
            {
                "feed_id": self.feed.id, "external_id": "uid", "key": "k", "number": "DE89370400440532013000", "name": "Giro",
                "currency_id": self.eur.id, "journal_id": journal.id, "start_date": today - timedelta(days=40),
                "pulled_at": now, "next_pull_at": now + timedelta(hours=6), "last_error": "The bank gave no answer.",
            }
        )  # fmt: skip
        pull = self.env["finance.import"].create(
            {"filename": "pull", "company_id": self.company.id, "checksum": "x", "journal_id": journal.id, "state": "imported"}
        )
        for sequence, (first, last) in enumerate(((38, 12), (9, 1)), 1):
            self.env["finance.coverage"].create(
                {
                    "import_id": pull.id, "sequence": sequence, "company_id": self.company.id, "journal_id": journal.id,
                    "state": "proven", "closing": sequence, "currency_id": self.eur.id,
                    "date_from": today - timedelta(days=first), "date_to": today - timedelta(days=last),
                }
            )  # fmt: skip

    def test_health_and_calendar(self):
        self.tour("/odoo/finance-feeds", "bank_feed", "screen_administrator")

    def test_the_days_of_an_account_whatever_brings_its_statements(self):
        self.tour("/odoo/finance-account-coverage", "account_coverage", "screen_user")

    def test_a_user_and_an_auditor_see_it(self):
        for user in (self.user, self.auditor):
            feed = self.feed.with_user(user)
            self.assertTrue(feed.health)
            self.assertEqual(feed.account_ids.calls_left, 4)
            self.assertTrue(feed.account_ids.calendar)
            self.assertTrue(feed.account_ids.journal_id.fc_calendar)
