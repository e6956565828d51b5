"""Big files: worked by the scheduled action in committed steps, and right again after a crash between any two of them."""

from unittest.mock import patch

from odoo.addons.finance_connector.models.import_lines import FinanceImport as Lines

from .bank_common import BankCase
from .camt_file import entry, file_of


class Killed(BaseException):
    """What a kill looks like from inside: nothing may catch it."""


class TestImportSteps(BankCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parameters = cls.env["ir.config_parameter"]
        parameters.set_param("finance_connector.import_entry_limit", "3")
        parameters.set_param("finance_connector.import_chunk_size", "2")
        cls.entries = [
            entry(f"{number}.00", text="same text", bank_id=f"B{number}") for number in range(1, 8)
        ]

    def big(self, **values):
        record = self.take(file_of(*self.entries, opening="1.00", **values))
        self.assertRecordValues(
            record, [{"state": "received", "reason": False, "line_count": 7, "created_count": 0, "staged": True}]
        )
        return record

    def work(self):
        self.cron("cron_import_statements")

    def assertDone(self, record):
        self.assertEqual(record.state, "imported", record.reason)
        self.assertEqual([int(amount) for amount in self.amounts()], [1, 2, 3, 4, 5, 6, 7])
        statements = self.assertStatementsSound()
        self.assertRecordValues(statements, [{"balance_start": 1.0, "balance_end_real": 29.0}])
        self.assertEqual(len(statements.line_ids), 7)
        self.assertEqual(record.coverage_ids.state, "proven")
        self.assertEqual(len(set(self.lines().mapped("name"))), 7)

    def test_in_chunks_by_the_scheduled_action(self):
        record = self.big()
        self.assertFalse(self.lines(), "nothing is booked in the call")
        self.work()
        self.assertDone(record)
        self.assertEqual(record.progress, 1.0)

    def test_a_job_out_of_time_has_done_something_and_goes_on_at_once(self):
        record = self.big()
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cr:
            cron = self.env(cr=cr).ref("finance_connector.cron_import_statements")
            progressed, progress = cron._add_progress()
            work = cron.env["finance.import"].with_context(**progressed.env.context, cron_id=cron.id)
            # The first run decides, the second books, the third has no time for anything.
            steps = [self.one_step(work) for _run in range(2)] + [self.one_step(work, has_time=False)]
            self.assertEqual(steps, [["planned"], ["booked"], []])
            told = record.with_env(cron.env)
            self.assertEqual((told.state, told.created_count), ("received", 2))
            self.assertEqual((progress.done, progress.remaining), (2, 1))
            self.assertEqual(self.told_to_go_on(cron, since=progress.id - 1), 1)
            cron._add_progress()
            self.assertEqual(self.told_to_go_on(cron, since=progress.id), 0, "nothing was done")
            other = cron.env.ref("base.autovacuum_job")
            other._add_progress()[1].done = 1
            self.assertEqual(self.told_to_go_on(other, since=None), 0, "not one of ours")

    def one_step(self, work, has_time=True):
        """Run the scheduled action with time for one step, or for none; the steps that it made."""
        steps, cron = [], work.env["ir.cron"]
        step, commit = type(work)._next_step, type(cron)._commit_progress

        def stepped(record):
            steps.append(step(record))
            return steps[-1]

        def committed(record, *args, **values):
            commit(record, *args, **values)
            return 0 if steps or not has_time else 9

        with patch.object(type(work), "_next_step", stepped), patch.object(type(cron), "_commit_progress", committed):
            work._cron_import_statements()
        return steps

    def told_to_go_on(self, cron, since):
        """How often the cron workers are told when ``cron`` is to run again as soon as possible."""
        cron.env.cr.commit()
        with patch.object(type(cron), "_notifydb") as told:
            cron._reschedule_asap({"id": cron.id, "progress_id": since})
            cron.env.cr.postcommit.run()
        return told.call_count

    def test_killed_between_chunks(self):
        record = self.big()
        create, calls = Lines._create_chunk, []

        def killed_third(self, limit):
            calls.append(1)
            if len(calls) == 3:
                raise Killed
            return create(self, limit)

        with patch.object(Lines, "_create_chunk", killed_third):
            self.assert_killed(record)
        self.assertRecordValues(record, [{"state": "received", "created_count": 4}])
        self.assertEqual(round(record.progress, 3), round(4 / 7, 3))
        self.assertFalse(self.env["account.bank.statement"].search([("journal_id", "=", self.bank.id)]))
        self.work()
        self.assertDone(record)

    def test_killed_in_a_chunk_before_its_commit(self):
        record = self.big()
        create = Lines._create_chunk

        def killed_after(self, limit):
            create(self, limit)
            raise Killed

        with patch.object(Lines, "_create_chunk", killed_after):
            self.assert_killed(record)
        self.assertRecordValues(record, [{"state": "received", "created_count": 0, "planned": True}])
        self.assertFalse(self.lines())
        self.work()
        self.assertDone(record)

    def test_killed_before_the_end(self):
        record = self.big()
        with patch.object(Lines, "_finish", side_effect=Killed):
            self.assert_killed(record)
        self.assertRecordValues(record, [{"state": "received", "created_count": 7}])
        self.work()
        self.assertDone(record)

    def assert_killed(self, record):
        """Work step by step as the scheduled action does, each step its own savepoint, until the kill."""
        self.env.flush_all()
        try:
            while record.state == "received":
                with self.env.cr.savepoint():
                    record._next_step()
        except Killed:
            self.env.invalidate_all()
            return
        self.fail("the import went to its end without being killed")

    def test_more_lines_than_a_statement_takes_become_several_that_follow_each_other(self):
        """However long the bank's statement is: each step makes one of ours, and a kill between them leaves sound ones."""
        self.env["ir.config_parameter"].set_param("finance_connector.statement_lines", "3")
        # The bank lists them in another order than that of their days.
        days = ["2026-03-02", "2026-03-01", "2026-03-03", "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-01"]
        entries = [entry(f"{number}.00", day, bank_id=f"B{number}") for number, day in enumerate(days, 1)]
        record = self.take(file_of(*entries, opening="1.00", first="2026-03-01", last="2026-03-03"))
        steps = []
        while record.state == "received":
            steps.append(record._next_step())
            self.assertStatementsSound()
            if steps.count("stated") == 2 and len(steps) == steps.index("stated") + 2:
                self.env.invalidate_all()
                self.assertEqual(len(record.statement_ids.line_ids), 6)
        self.assertEqual(steps, ["planned", *["booked"] * 4, *["stated"] * 3, "finished"])
        self.assertEqual(len(self.lines()), 7)
        statements = self.assertStatementsSound().sorted("first_line_index")
        # 2, 4, 7 of the first, 1, 5 of the second, 3, 6 of the third.
        self.assertRecordValues(
            statements,
            [
                {"balance_start": 1.0, "balance_end_real": 14.0},
                {"balance_start": 14.0, "balance_end_real": 23.0},
                {"balance_start": 23.0, "balance_end_real": 29.0},
            ],
        )
        self.assertEqual(statements.mapped("fc_coverage_id"), record.coverage_ids)
        self.assertEqual(len(set(statements.mapped("name"))), 3)

    def test_following_files_wait_for_their_turn(self):
        """A small file behind a big one of the same journal is not booked first: the overlap is decided in order."""
        record = self.big()
        small = self.take(file_of(self.entries[-1], entry("9.00", "2026-03-03", bank_id="B9"), opening="22.00",
                                  last="2026-03-03", name="S2"))  # fmt: skip
        self.assertEqual(small.state, "received")
        self.work()
        self.assertEqual((record.state, small.state), ("imported", "imported"))
        self.assertEqual((small.created_count, small.duplicate_count), (1, 1))
        self.assertEqual(len(self.lines()), 8)
        self.assertStatementsSound()

    def test_period_locked_half_way(self):
        """What is booked stays, the rest waits with an exception, and goes on when the period is open again."""
        record = self.big()
        record._next_step(), record._next_step()
        self.assertEqual(record.created_count, 2)
        self.company.fiscalyear_lock_date = False
        with patch.object(
            type(self.company), "_get_lock_date_violations", lambda *a, **k: [(a[1], "hard_lock_date")]
        ):
            self.work()
        self.assertRecordValues(record, [{"state": "received", "created_count": 2, "attempts": 1}])
        self.assertIn("2 of 7", record.reason)
        self.assertEqual(len(self.exceptions("import_rejected")), 1)
        record.next_attempt_at = False
        self.work()
        self.assertDone(record)
        self.assertFalse(self.exceptions("import_rejected"))

    def test_locked_entry_at_the_end_refuses_before_anything_is_booked(self):
        self.company.fiscalyear_lock_date = "2026-02-28"
        record = self.take(
            file_of(*self.entries, entry("8.00", "2026-02-27"), first="2026-02-27", last="2026-03-02")
        )
        self.assertEqual(record.state, "received")
        self.work()
        self.assertRefused(record, "2026-02-27", "locked")
        self.assertFalse(self.lines())

    def test_too_big_to_read_in_the_call(self):
        self.env["ir.config_parameter"].set_param("finance_connector.import_byte_limit", "10")
        record = self.take(file_of(*self.entries, opening="1.00"))
        self.assertRecordValues(record, [{"state": "received", "staged": False}])
        self.work()
        self.assertDone(record)

    def test_a_failing_file_does_not_stop_the_next(self):
        bad = self.take(file_of(*self.entries, opening="1.00"))
        other = self.make_bank("Second", "BNKB", "NL91ABNA0417164300")
        good = self.take(file_of(*self.entries, iban="NL91ABNA0417164300"))
        plan = type(bad)._plan

        def broken(self):
            if self == bad:
                raise ZeroDivisionError("boom")
            return plan(self)

        with patch.object(type(bad), "_plan", broken):
            self.work()
        self.assertEqual((bad.state, good.state), ("rejected", "imported"))
        self.assertEqual(len(self.lines(other)), 7)
