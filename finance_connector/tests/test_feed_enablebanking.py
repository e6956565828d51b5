"""A feed that lists days (Enable Banking): entries once, days proven, consent, calls of a day, and every failure named."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .camt_file import IBAN, entry, file_of
from .feed_common import EnableBankingCase, day, enablebanking_api

told = enablebanking_api.entry


class TestEnableBankingFeed(EnableBankingCase):
    def test_entries_become_bank_lines_once(self):
        self.tell(told(day(5), "100.00", "Invoice 1", "r1"), told(day(4), "-30.00", "Rent", "r2"))
        (first,) = self.pull()
        self.assertEqual((first.state, first.created_count, first.format), ("imported", 2, "enablebanking"), first.reason)
        self.assertEqual((first.message_id.source, first.message_id.state), ("poll", "done"))
        self.assertEqual(self.lines().mapped("fc_bank_id"), ["r1", "r2"])
        self.tell(*self.api.entries["uid-1"], told(day(1), "7.00", "Late", "r3"))
        second = self.pull()[-1]
        self.assertEqual((second.created_count, second.duplicate_count), (1, 2))
        self.assertEqual([line.amount for line in self.lines()], [100, -30, 7])
        self.assertFalse(self.exceptions())

    def test_the_account_is_mapped_by_its_number_and_known_again_in_a_new_consent(self):
        self.assertEqual((self.account.number, self.account.journal_id, self.account.currency_id), (IBAN, self.bank, self.eur))
        self.api.uid = "uid-2"
        self.api.entries["uid-2"] = []
        self.feed._take_consent(self.consent())
        self.assertEqual(self.feed.account_ids, self.account)
        self.assertEqual((self.account.external_id, self.account.journal_id), ("uid-2", self.bank))

    def test_without_balances_no_native_statement_and_no_false_gap(self):
        self.tell(told(day(5), "100.00", "a", "r1"))
        coverage = self.pull().coverage_ids
        self.assertFalse(self.lines().statement_id)
        self.assertEqual((coverage.proof, coverage.date_from, coverage.date_to), ("none", day(30), day(1)))
        self.tell(told(day(5), "100.00", "a", "r1"), told(day(2), "1.00", "b", "r2"))
        coverage = self.pull()[-1].coverage_ids
        self.assertEqual((coverage.date_from, coverage.date_to), (day(7), day(1)), "days are asked for again")
        self.assertFalse(self.exceptions("statement_gap"))

    def test_balances_after_each_entry_make_sound_statements(self):
        self.tell(told(day(5), "100.00", "a", "r1", balance="100.00"), told(day(4), "-30.00", "b", "r2", balance="70.00"))
        self.pull()
        self.tell(*self.api.entries["uid-1"], told(day(1), "5.00", "c", "r3", balance="75.00"))
        self.pull()
        statements = self.assertStatementsSound()
        self.assertEqual(sorted(statements.mapped("balance_end_real")), [70, 75])
        self.assertFalse(self.exceptions("statement_gap"))

    def test_announced_entries_are_kept_apart_until_they_are_booked(self):
        self.tell(told(day(1), "9.00", "soon", "p1", status="PDNG"), told(None, "1.00", "no id", status="PDNG"))
        self.pull()
        self.assertEqual(sorted(self.announced().mapped("text")), ["no id", "soon"])
        self.assertFalse(self.lines())
        self.tell(told(day(1), "9.00", "soon", "p1"))
        self.pull()
        self.assertFalse(self.announced())
        self.assertEqual(self.announced("confirmed").text, "soon")
        self.assertEqual(self.announced("dropped").text, "no id")
        self.assertEqual(len(self.lines()), 1)

    def test_an_entry_that_the_bank_takes_back_is_a_question(self):
        self.tell(*(told(day(n), f"{n}.00", f"e{n}", f"r{n}") for n in (5, 4, 3)))
        self.pull()
        self.tell(*(one for one in self.api.entries["uid-1"] if one["entry_reference"] != "r4"))
        self.pull()
        self.assertEqual(self.exceptions("bank_conflict").res_id, self.lines().filtered(lambda line: line.fc_bank_id == "r4").id)
        self.assertEqual(len(self.lines()), 3, "nothing is taken out of the books")

    def test_inv_13_an_empty_answer_is_not_taken_for_quiet_days(self):
        self.tell(told(day(5), "100.00", "a", "r1"))
        self.pull()
        self.tell()
        silent = self.pull()[-1]
        self.assertEqual(silent.state, "rejected")
        self.assertIn("An empty answer", silent.reason)
        self.assertTrue(self.exceptions("import_rejected"))
        self.assertEqual(len(self.lines()), 1)

    def test_a_statement_of_the_same_days_brings_nothing_twice(self):
        self.tell(told(day(5), "5.00", "from the feed", "r1"))
        self.pull()
        self.take(file_of(entry("5.00", str(day(5)), bank_id="r1"), first=str(day(5))))
        self.assertEqual(len(self.lines()), 1)

    # --- failures -------------------------------------------------------------------------------------------

    def test_inv_12_a_failed_pull_moves_no_cursor_and_says_so(self):
        self.tell(told(day(5), "100.00", "a", "r1"))
        self.pull()
        cursor, kept = self.account.cursor, len(self.pull())
        for fail in (
            lambda: self.server.fail_next(500),
            self.server.cut_next,
            self.server.garble_next,
            lambda: self.server.fail_next(503, retry_after=120),
        ):
            self.api.unattended = 0
            self.env["finance.request"].search([]).counted = False
            fail()
            self.assertEqual(len(self.pull()), kept)
            self.assertEqual(self.account.cursor, cursor)
            self.assertEqual(self.exceptions("feed_failed").res_id, self.feed.id)
            self.assertGreater(self.account.next_pull_at, fields.Datetime.now())
        self.env["finance.request"].search([]).counted = False
        self.pull()
        self.assertFalse(self.exceptions("feed_failed"))
        self.assertEqual(self.account.failures, 0)

    def test_the_calls_of_a_day_are_spread_and_never_exceeded(self):
        for _time in range(6):
            self.pull()
        self.assertEqual(self.api.unattended, 4)
        self.assertEqual(self.account.calls_left, 0)
        told_by = self.exceptions("feed_calls")
        self.assertEqual(told_by.res_id, self.feed.id)
        self.assertGreater(self.account.next_pull_at, fields.Datetime.now() + timedelta(hours=23))
        oldest = self.account._counted_calls()[0]
        oldest.finished_at = fields.Datetime.now() - timedelta(hours=25)
        self.api.unattended = 0
        self.pull()
        self.assertEqual(told_by.state, "resolved")

    def test_a_bank_that_allows_less_is_believed(self):
        self.api.calls_a_day = 1
        self.pull()
        self.pull()
        self.assertIn("no more calls", self.exceptions("feed_calls").detail)

    def test_an_ended_consent_stops_the_calls_and_says_so(self):
        self.api.sessions = dict.fromkeys(self.api.sessions, "EXPIRED")
        self.pull()
        self.assertEqual(self.feed.consent_state, "ended")
        self.assertEqual(self.exceptions("consent_ended").res_id, self.feed.id)
        asked = len(self.server.calls)
        self.pull()
        self.assertEqual(len(self.server.calls), asked, "nobody is asked in vain")
        self.feed._take_consent(self.consent())
        self.assertFalse(self.exceptions("consent_ended"))
        self.tell(told(day(2), "1.00", "meanwhile", "r9"))
        self.pull()
        self.assertEqual(len(self.lines()), 1)

    def test_a_consent_that_ends_is_told_ahead_and_when_it_has_ended(self):
        self.feed.consent_until = fields.Datetime.now() + timedelta(days=10)
        self.pull()
        self.assertEqual((self.feed.consent_state, len(self.exceptions("consent_expiring"))), ("expiring", 1))
        self.feed.consent_until = fields.Datetime.now() - timedelta(minutes=1)
        self.pull()
        self.assertEqual((self.feed.consent_state, len(self.exceptions("consent_ended"))), ("ended", 1))

    def test_days_that_the_bank_no_longer_gives_are_a_gap_until_a_file_brings_them(self):
        self.account.start_date = day(200)
        self.api.window_days = 90
        self.tell(told(day(5), "100.00", "a", "r1"))
        self.pull()
        gap = self.exceptions("feed_gap")
        self.assertIn(str(day(200)), gap.summary)
        self.assertIn(str(day(90)), gap.summary)
        asked = len(self.server.calls)
        self.pull()
        self.assertEqual(len(self.server.calls), asked + 1, "the refused window is not tried again under this consent")
        self.take(file_of(entry("1.00", str(day(150))), first=str(day(201)), last=str(day(80))))
        self.pull()
        self.assertEqual(gap.state, "resolved")

    def test_a_refused_pull_is_asked_for_again(self):
        self.tell(told(day(5), "100.00", "a", "r1", status="MAYB"))
        refused = self.pull()
        self.assertEqual(refused.state, "rejected")
        self.assertIn("MAYB", refused.reason)
        self.assertTrue(refused.message_id.body, "what came is kept")
        self.tell(told(day(5), "100.00", "a", "r1"))
        self.assertEqual(self.pull()[-1].state, "imported")
        self.assertEqual(self.server.calls[-1][2]["date_from"], str(day(30)))

    def test_a_locked_period_is_refused_whole(self):
        self.company.fiscalyear_lock_date = day(3)
        self.tell(told(day(5), "100.00", "a", "r1"))
        self.assertIn("locked", self.pull().reason)

    # --- people ---------------------------------------------------------------------------------------------

    def test_the_consent_is_asked_for_and_finished_once(self):
        with self.enter_registry_test_mode():
            action = self.feed.action_renew_consent()
        self.assertEqual((action["type"], action["url"]), ("ir.actions.act_url", "https://bank.example/allow"))
        state = self.api.state
        self.assertEqual(self.env["finance.feed"]._awaiting(state), self.feed)
        self.assertFalse(self.env["finance.feed"]._awaiting("made up"))
        with self.enter_registry_test_mode():
            self.feed._finish_consent({"code": "good-code"})
        self.assertFalse(self.env["finance.feed"]._awaiting(state), "it counts once")
        with self.enter_registry_test_mode(), self.assertRaisesRegex(UserError, "denied"):
            self.feed._finish_consent({"error": "access_denied"})

    def test_inv_15_secrets_and_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        admin = new_test_user(
            self.env, "feed_admin", "finance_connector.group_administrator", company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        feed = self.feed.with_user(admin).with_context(allowed_company_ids=other.ids)
        for record in (feed, feed.env["finance.feed.account"].browse(self.account.id)):
            with self.assertRaises(AccessError):
                record.read(["name"])
        self.assertFalse(feed.env["finance.provider.secret"].search([]))
        self.env.flush_all()
        for table in ("finance_provider_secret", "finance_request", "finance_audit_entry", "finance_message"):
            self.env.cr.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%PRIVATE KEY%'")
            self.assertEqual(self.env.cr.fetchone()[0], 0, table)

    def test_a_user_pulls_and_only_an_administrator_sets_up(self):
        user = new_test_user(
            self.env, "feed_user", "finance_connector.group_user", company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )  # fmt: skip
        self.tell(told(day(5), "100.00", "a", "r1"))
        with self.enter_registry_test_mode():
            self.feed.with_user(user).action_pull()
        self.assertEqual(len(self.lines()), 1)
        for forbidden in (lambda one: one.action_pause(), lambda one: one.set_secret("private_key", "x"),
                          lambda one: one.write({"name": "x"}), lambda one: one.action_renew_consent()):  # fmt: skip
            with self.assertRaises(AccessError):
                forbidden(self.feed.with_user(user))

    def test_the_wizard_takes_a_private_key_and_never_gives_it_back(self):
        wizards = self.env["finance.feed.secret.set"].with_context(default_feed_id=self.feed.id)
        answer = wizards.web_save({"feed_id": self.feed.id, "name": "private_key", "value": "-----BEGIN\nlines"}, {"value": {}})
        self.assertNotIn("BEGIN", str(answer))
        self.assertEqual(self.feed._secrets()["private_key"], "-----BEGIN\nlines")

    def test_the_calendar_says_what_is_known_of_each_day(self):
        self.tell(told(day(5), "100.00", "a", "r1"))
        self.pull()
        self.account.start_date = day(40)
        self.env.invalidate_all()
        known = self.account._day_states(day(50), fields.Date.today())
        self.assertEqual([known[day(n)]["state"] for n in (45, 35, 5, 1, 0)], ["before", "missing", "proven", "proven", "open"])
        self.assertIn("missing", known[day(35)]["title"])
        self.assertEqual(known[day(5)]["entries"], 1)
        months = self.account.calendar
        self.assertEqual(len(months), 3)
        self.assertTrue(all(len(week) == 7 for month in months for week in month["weeks"]))

    def test_what_is_missing_is_said_before_it_is_active(self):
        feed = self.env["finance.feed"].create({"name": "New", "code": "enablebanking", "company_id": self.company.id})
        with self.assertRaisesRegex(UserError, r"Private key.*consent.*journal"):
            feed.action_activate()
        self.assertEqual({item["state"] for item in feed.health}, {"missing"})
