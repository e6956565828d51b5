"""A feed of changes behind a cursor (Plaid): nothing twice and nothing lost, whatever it changes later, and its webhooks."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo.addons.finance_connector.core.records import Request
from odoo.tests import HttpCase

from .feed_common import PlaidCase, day, plaid_api

told = plaid_api.transaction


class TestPlaidFeed(PlaidCase):
    def test_changes_become_bank_lines_once(self):
        self.api.page = 2
        self.api.add(*(told(f"t{n}", day(5), 1.5 + n, f"no {n}") for n in range(5)))
        (first,) = self.pull()
        self.assertEqual((first.state, first.created_count), ("imported", 5), first.reason)
        self.assertEqual(sorted(line.amount for line in self.lines()), [-5.5, -4.5, -3.5, -2.5, -1.5])
        self.api.add(told("new", day(1), -20, "refund"))
        self.pull()
        self.assertEqual(len(self.lines()), 6)
        self.assertEqual(self.account.cursor, {"cursor": "6"})
        self.assertFalse(self.exceptions())

    def test_inv_13_accounts_left_for_lack_of_time_are_work_that_remains(self):
        self.assertEqual(self.progress_of_a_run(time_after_an_account=0)[-1], (1, 1))
        self.assertEqual(self.progress_of_a_run(time_after_an_account=9)[-1], (0, 0))
        # Looking for files is no work done: a run that fails behind it has failed.
        with patch.object(type(self.feed), "has_files", True), patch.object(type(self.feed), "_can_be_asked", lambda _: False):
            self.assertEqual({done for done, _remaining in self.progress_of_a_run(time_after_an_account=9)}, {0})

    def progress_of_a_run(self, time_after_an_account):
        """[(what is done, what remains)] that a run tells of, with the account due."""
        told = []

        def committed(_cron, processed=0, *, remaining=None):
            told.append((processed, remaining))
            return time_after_an_account if processed else 9

        feed, cron = type(self.feed), type(self.env["ir.cron"])
        self.account.next_pull_at = False
        with (
            patch.object(cron, "_commit_progress", committed),
            patch.object(type(self.account), "_pull_isolated", lambda _account, **_how: None),
            patch.object(feed, "_pull_files", lambda _feed, **_how: None),
        ):
            self.feed._cron_pull()
        return told

    def test_a_lost_cursor_brings_nothing_twice(self):
        self.api.add(told("a", day(5), 1, "x"), told("b", day(5), 1, "x"))
        self.pull()
        self.account.cursor = False
        again = self.pull()[-1]
        self.assertIn((again.state, again.created_count), (("imported", 0), ("duplicate", 0)))
        self.assertEqual(len(self.lines()), 2)

    def test_equal_payments_that_come_in_different_pulls_are_two(self):
        self.api.add(told("a", day(5), 4, "coffee"))
        self.pull()
        self.api.add(told("b", day(5), 4, "coffee"), told("c", day(5), 4, "another"))
        self.pull()
        self.assertEqual(self.lines().mapped("fc_bank_id"), ["a", "b", "c"])
        self.assertFalse(self.exceptions())

    def test_what_it_does_not_repeat_is_not_missing(self):
        self.api.add(*(told(f"t{n}", day(n), n, f"no {n}") for n in (9, 5, 2)))
        self.pull()
        self.api.add(told("late", day(8), 1, "late"), told("now", day(1), 1, "now"))
        self.pull()
        self.assertFalse(self.exceptions("bank_conflict"))

    def test_announced_is_never_booked_and_ends_when_it_is_booked_with_another_amount(self):
        self.api.add(told("p", day(3), 20, "Dinner", pending=True))
        self.pull()
        self.assertEqual((self.announced().amount, len(self.lines())), (-20, 0))
        self.api.remove("p")
        self.api.add(told("b", day(2), 23.5, "Dinner", was="p"))
        self.pull()
        self.assertEqual((len(self.announced()), self.announced("confirmed").external_id), (0, "p"))
        self.assertEqual([line.amount for line in self.lines()], [-23.5])

    def test_announced_and_dropped(self):
        self.api.add(told("p", day(3), 20, "Hotel", pending=True))
        self.pull()
        self.api.remove("p")
        self.pull()
        self.assertEqual((len(self.announced()), self.announced("dropped").external_id, len(self.lines())), (0, "p", 0))

    def test_a_booked_entry_that_changes_is_a_question_whatever_its_day(self):
        self.api.add(told("a", day(20), 10, "x"))
        self.pull()
        self.api.modify(told("a", day(2), 12, "x"))
        changed = self.pull()[-1]
        self.assertEqual((changed.created_count, changed.conflict_count), (0, 1))
        self.assertEqual(len(self.exceptions("bank_conflict")), 1)
        self.assertEqual([line.amount for line in self.lines()], [-10])

    def test_other_words_for_a_booked_entry_change_nothing(self):
        self.api.add(told("a", day(20), 10, "x"))
        self.pull()
        self.api.modify(told("a", day(20), 10, "in other words"))
        again = self.pull()[-1]
        self.assertEqual((again.duplicate_count, again.state), (1, "imported"))
        self.assertFalse(self.exceptions())

    def test_a_booked_entry_that_is_removed_is_a_question(self):
        self.api.add(told("a", day(5), 10, "x"))
        self.pull()
        self.api.remove("a")
        self.pull()
        self.assertEqual(self.exceptions("bank_conflict").res_id, self.lines().id)
        self.assertEqual(len(self.lines()), 1)

    def test_a_change_while_pages_are_read_loses_nothing(self):
        self.api.page, self.api.mutate_at = 2, [2, 4]
        self.api.add(*(told(f"t{n}", day(5), n + 1, f"no {n}") for n in range(5)))
        self.pull()
        self.assertEqual(len(self.lines()), 5)

    def test_a_broken_connection_is_no_quiet_bank(self):
        self.api.item_error = "ITEM_LOGIN_REQUIRED"
        self.pull()
        self.assertEqual(self.exceptions("consent_ended").res_id, self.feed.id)
        self.assertFalse(self.account.cursor)

    def test_history_that_is_not_there_yet_proves_nothing(self):
        self.api.status = "NOT_READY"
        self.pull()
        self.assertIn("fetched nothing", self.exceptions("feed_failed").detail)
        self.assertFalse(self.account.cursor)

    def test_only_the_days_that_the_service_reached_are_proven(self):
        self.api.updated -= timedelta(days=4)
        self.api.add(told("a", day(6), 1, "x"))
        self.pull()
        self.assertEqual(self.account.covered_until, day(5))


class TestPlaidWebhook(PlaidCase):
    def take(self, code, kind="TRANSACTIONS", **values):
        body, headers = self.api.webhook(code, kind, **values)
        call = Request(body, tuple(headers.items()))
        with self.enter_registry_test_mode():
            verdict = self.feed._judge(call)
            if verdict.ok:
                self.feed._take_webhook(call)
        return verdict

    def test_news_of_entries_asks_at_once(self):
        self.pull()
        self.assertTrue(self.account.next_pull_at)
        self.assertTrue(self.take("SYNC_UPDATES_AVAILABLE").ok)
        self.assertFalse(self.account.next_pull_at)
        kept = self.env["finance.message"].search([("event_type", "=", "TRANSACTIONS.SYNC_UPDATES_AVAILABLE")])
        self.assertEqual((kept.state, kept.source), ("done", "webhook"))

    def test_news_of_the_consent_look_it_up(self):
        self.take("PENDING_EXPIRATION", "ITEM")
        self.api.consent_until -= timedelta(days=85)
        self.pull()
        self.assertEqual(self.feed.consent_state, "expiring")
        self.take("ERROR", "ITEM")
        self.api.item_error = "ITEM_LOGIN_REQUIRED"
        self.pull()
        self.assertEqual((self.feed.consent_state, len(self.exceptions("consent_ended"))), ("ended", 1))
        self.take("LOGIN_REPAIRED", "ITEM")
        self.api.item_error = None
        self.pull()
        self.assertFalse(self.exceptions("consent_ended"))

    def test_keys_are_fetched_once_and_made_up_ones_not_for_ever(self):
        for _time in range(3):
            self.assertTrue(self.take("DEFAULT_UPDATE").ok)
        self.assertEqual(self.api.keys_asked, [plaid_api.KEY])
        for number in range(30):
            self.assertEqual(self.take("DEFAULT_UPDATE", kid=f"made-up-{number}").reason, "no_secret")
        self.assertLessEqual(len(self.api.keys_asked), 10)
        self.assertTrue(self.take("DEFAULT_UPDATE").ok, "the known key goes on")


class TestFeedRoute(HttpCase):
    def test_inv_2_an_unknown_address_or_a_forged_call_is_refused(self):
        answer = self.url_open("/finance/feed/webhook/nobody", data=b"{}", headers={"Content-Type": "application/json"})
        self.assertEqual((answer.status_code, json.loads(answer.text)["reason"]), (404, "unknown_token"))
        feed = self.env["finance.feed"].create({"name": "US bank", "code": "plaid", "application": "c", "state": "active"})
        answer = self.url_open(
            f"/finance/feed/webhook/{feed.webhook_token}", data=b"{}", headers={"Content-Type": "application/json"}
        )
        self.assertEqual((answer.status_code, json.loads(answer.text)["reason"]), (401, "missing"))
        self.assertFalse(self.env["finance.message"].search([("external_id", "like", "feed-%")]))
