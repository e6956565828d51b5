"""Proven coverage: gaps between statements are exceptions with the difference, closed by the missing file (INV-12, INV-13)."""

from datetime import date

from .bank_common import BankCase
from .camt_file import entry


class TestCoverage(BankCase):
    def day_file(self, day, opening, amount, **values):
        return self.take_good(
            entry(amount, f"2026-03-{day:02d}", bank_id=f"D{day}"),
            opening=opening,
            first=f"2026-03-{day:02d}",
            name=f"STMT-{day}",
            **values,
        )

    def test_gap_and_its_clearing(self):
        self.day_file(2, "0.00", "10.00")
        self.day_file(4, "15.00", "1.00")
        gap = self.exceptions("statement_gap")
        self.assertEqual(len(gap), 1)
        self.assertEqual(gap.amount_at_risk, 5.0)
        self.assertIn("difference 5.00", gap.detail)
        self.assertIn("STMT-4", gap.summary)
        self.day_file(3, "10.00", "5.00")
        self.assertFalse(self.exceptions("statement_gap"))
        self.assertEqual(gap.state, "resolved")
        self.assertStatementsSound()

    def test_missing_number_without_difference(self):
        self.day_file(2, "0.00", "10.00", number=41)
        self.day_file(3, "10.00", "1.00", number=43)
        gap = self.exceptions("statement_gap")
        self.assertEqual(gap.amount_at_risk, 0.0)
        self.assertIn("1 statements are missing", gap.detail)

    def test_consecutive_numbers(self):
        self.day_file(2, "0.00", "10.00", number=41)
        self.day_file(3, "10.00", "1.00", number=42)
        self.assertFalse(self.exceptions())

    def test_the_calendar_of_the_account(self):
        """Whatever brought its statements: complete, carried over a weekend, missing, and not reached yet."""
        self.assertFalse(self.bank.fc_calendar)
        for day, opening, amount in ((2, "0.00", "10.00"), (5, "10.00", "1.00"), (8, "15.00", "1.00")):
            self.day_file(day, opening, amount)
        self.env.invalidate_all()
        self.assertEqual((str(self.bank.fc_covered_until), self.bank.fc_gap_count), ("2026-03-08", 1))
        states = self.bank._day_states(date(2026, 3, 1), date(2026, 3, 10))
        self.assertEqual(
            [states[date(2026, 3, day)]["state"] for day in range(1, 12)],
            ["before", "proven", "carried", "carried", "proven", "missing", "missing", "proven", "awaited", "open", "open"],
        )
        self.assertEqual(states[date(2026, 3, 5)]["entries"], 1)
        action = self.bank.action_open_fc_gaps()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), self.exceptions("statement_gap"))
        action = self.bank.action_open_fc_statements()
        self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), 3)
        self.assertTrue(self.env["account.journal"].search([("fc_coverage_ids", "!=", False), ("id", "=", self.bank.id)]))

    def test_a_gap_that_a_person_closed_stays_closed(self):
        self.day_file(2, "0.00", "10.00")
        self.day_file(4, "15.00", "1.00")
        self.exceptions("statement_gap")._close("ignored", "The account was moved in between.")
        self.day_file(5, "16.00", "1.00")
        self.assertFalse(self.exceptions("statement_gap"))

    def test_day_without_entries(self):
        self.day_file(2, "0.00", "10.00")
        self.take_good(opening="12.00", first="2026-03-03", name="QUIET")
        gap = self.exceptions("statement_gap")
        self.assertEqual(gap.amount_at_risk, 2.0)
        self.day_file(4, "12.00", "1.00")
        self.assertEqual(self.exceptions("statement_gap"), gap, "the next one follows the quiet day")

    def test_bank_takes_an_entry_back(self):
        """A newer file of the same days no longer lists what an earlier one had: told, and nothing changed."""
        days = [entry("1.00", f"2026-03-{day:02d}", f"text {day}", f"B{day}") for day in (2, 3, 4)]
        self.take_good(*days, last="2026-03-04", name="FIRST")
        self.take_good(days[0], days[2], last="2026-03-04", name="SECOND")
        self.assertEqual(len(self.lines()), 3)
        told = self.exceptions("bank_conflict")
        self.assertEqual(told.res_model, "account.bank.statement.line")
        self.assertIn("no longer lists text 3", told.summary)
