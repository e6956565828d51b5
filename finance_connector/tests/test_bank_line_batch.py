"""The batch gives what Odoo's own `create` gives: every stored column of line, move and journal items, ids and times apart."""

from odoo import Command
from odoo.tools import SQL

from .bank_common import BankCase

# Ids, their derivatives and times: what must differ between two sets of rows.
DIFFERENT = {
    "id", "move_id", "statement_line_id", "create_date", "write_date", "internal_index", "access_token", "matching_number",
}  # fmt: skip


class TestBankLineBatch(BankCase):
    def vals_list(self, journal=None):
        other = self.env["res.partner"].create({"name": "Bob Payee"})
        base = {"journal_id": (journal or self.bank).id}
        return [
            base
            | {
                "date": f"2026-0{1 + number % 4}-{1 + number % 28:02d}",
                "payment_ref": f"Text {number}",
                "amount": (number + 1) * (-1) ** number,
                "partner_id": (False, self.partner.id, other.id)[number % 3],
                "partner_name": "Someone" if number % 2 else False,
                "account_number": f"DE{number:020d}",
                "ref": f"R{number}",
                "narration": f"<p>{number}</p>" if number % 5 == 0 else False,
                "fc_import_uid": f"{number}:1",
                "fc_details": {"members": [{"amount": "1.00"}]} if number % 4 == 0 else False,
                **(
                    {"foreign_currency_id": self.usd.id, "amount_currency": 2 * (number + 1) * (-1) ** number}
                    if number % 7 == 0
                    else {}
                ),
            }
            for number in range(30)
        ]

    def rows(self, create, vals_list):
        """What ``create`` stores, all columns; taken back afterwards."""
        with self.env.cr.savepoint() as savepoint:
            lines = create([dict(vals) for vals in vals_list])
            self.env.flush_all()
            found = {}
            for model, ids in (
                ("account_bank_statement_line", lines.ids),
                ("account_move", lines.move_id.ids),
                ("account_move_line", lines.move_id.line_ids.ids),
            ):
                self.env.cr.execute(
                    SQL("SELECT * FROM %s WHERE id IN %s ORDER BY id", SQL.identifier(model), tuple(ids))
                )
                found[model] = [
                    {name: value for name, value in row.items() if name not in DIFFERENT}
                    for row in self.env.cr.dictfetchall()
                ]
            savepoint.rollback()
        self.env.invalidate_all()
        return found

    def assertSameRows(self, journal=None):
        lines = self.env["account.bank.statement.line"]
        vals_list = self.vals_list(journal)
        bare, batch = self.rows(lines.create, vals_list), self.rows(lines._create_batch, vals_list)
        self.assertEqual([len(rows) for rows in bare.values()], [30, 30, 60])
        for model, rows in bare.items():
            for expected, found in zip(rows, batch[model], strict=True):
                self.assertEqual(found, expected, model)

    def test_equal_rows(self):
        self.assertSameRows()

    def test_equal_rows_after_a_year_with_other_numbers(self):
        """Someone renamed the entries of February: the numbers go on from there, as with Odoo's own create."""
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "date": "2026-02-01", "amount": 1, "payment_ref": "first"}
        )
        line.move_id.name = "MINE/2026/02/0007"
        self.assertSameRows()

    def test_equal_rows_in_a_foreign_currency_journal(self):
        journal = self.make_bank("Dollars", "BNKU", "GB33BUKB20201555555555", self.usd)
        vals_list = [vals for vals in self.vals_list(journal) if "foreign_currency_id" not in vals]
        lines = self.env["account.bank.statement.line"]
        self.assertEqual(self.rows(lines._create_batch, vals_list), self.rows(lines.create, vals_list))

    def test_accounts_with_taxes_and_analytic_models(self):
        """Analytic models are left to Odoo where there are any; default taxes of an account are not for entries."""
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        analytic = self.env["account.analytic.account"].create({"name": "Bank costs", "plan_id": plan.id})
        self.env["account.analytic.distribution.model"].create(
            {
                "account_prefix": self.bank.suspense_account_id.code[:3],
                "analytic_distribution": {str(analytic.id): 100},
            }
        )
        tax = self.env["account.tax"].search(
            [("company_id", "=", self.company.id), ("type_tax_use", "=", "sale")], limit=1
        )
        self.bank.suspense_account_id.tax_ids = [Command.set(tax.ids)]
        self.assertSameRows()
        lines = self.env["account.bank.statement.line"]._create_batch(self.vals_list()[:1])
        self.assertTrue(lines.line_ids.filtered("analytic_distribution"))

    def test_numbers_are_looked_up_once_a_day(self):
        lines = self.env["account.bank.statement.line"]
        vals_list = [vals | {"date": "2026-03-02"} for vals in self.vals_list()]
        self.rows(lines.create, vals_list)
        queries = []
        for create in (lines.create, lines._create_batch):
            before = self.env.cr.sql_log_count
            self.rows(create, vals_list)
            queries.append(self.env.cr.sql_log_count - before)
        bare, batch = queries
        self.assertGreater(bare - batch, 2 * len(vals_list))
