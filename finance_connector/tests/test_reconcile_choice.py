"""What a person chooses for a bank line: parts, several items, differences with tax, other currencies, what stays open."""

from odoo.exceptions import UserError
from odoo.fields import Command

from .bank_common import BankCase
from .camt_file import entry


class TestReconcileChoice(BankCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.costs = cls.make_account("Bank costs", "627000")
        cls.input_tax = cls.make_account("Input tax", "445660", "asset_current")

    def take_line(self, amount, text="thanks"):
        self.take_good(entry(amount, text=text))
        return self.lines()

    def choose(self, line, *items, write_offs=()):
        chosen = [one if isinstance(one, dict) else {"id": self.open_item(one).id} for one in items]
        self.env["finance.reconciliation"]._choose(line, {"items": chosen, "write_offs": list(write_offs)}, self.env.user)
        self.env.flush_all()
        self.env.invalidate_all()

    def open_item(self, invoice):
        return invoice.line_ids.filtered(lambda item: item.account_id == self.receivable)

    def booked(self, line):
        """Account code -> balance of the counterparts of ``line``."""
        _liquidity, suspense, other = line._seek_for_lines()
        found = {}
        for item in suspense | other:
            found[item.account_id.code] = found.get(item.account_id.code, 0) + item.balance
        return found

    def test_several_items_and_an_amount_for_an_account(self):
        first, second = self.invoice(60, ref="A-1"), self.invoice(43, ref="A-2")
        line = self.take_line("100.00")
        self.choose(line, first, second, write_offs=[{"account_id": self.costs.id, "amount": "-3.00", "label": "Fee kept"}])
        self.assertTrue(line.is_reconciled)
        self.assertEqual((first.payment_state, second.payment_state), ("paid", "paid"))
        self.assertEqual(self.booked(line), {self.receivable.code: -103, "627000": 3})
        match = line.fc_match_ids
        self.assertEqual((match.state, match.applied_by_id, len(match.move_line_ids)), ("applied", self.env.user, 2))
        match.action_undo()
        self.assertFalse(line.is_reconciled)
        self.assertEqual((first.payment_state, second.payment_state), ("not_paid", "not_paid"))

    def test_what_the_choice_does_not_use_stays_open_and_can_be_chosen_later(self):
        first, second = self.invoice(60, ref="A-1"), self.invoice(40, ref="A-2")
        line = self.take_line("100.00")
        self.choose(line, first)
        self.assertFalse(line.is_reconciled)
        self.assertEqual(line.amount_residual, -40)
        self.choose(line, second)
        self.assertTrue(line.is_reconciled)
        self.assertEqual((first.payment_state, second.payment_state), ("paid", "paid"))
        self.assertEqual(len(line.fc_match_ids), 1)

    def test_an_item_is_paid_as_far_as_the_money_goes(self):
        invoice = self.invoice(130, ref="A-1")
        line = self.take_line("100.00")
        self.choose(line, invoice)
        self.assertTrue(line.is_reconciled)
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("partial", 30))

    def test_a_part_that_is_asked_for(self):
        invoice = self.invoice(100, ref="A-1")
        line = self.take_line("100.00")
        self.choose(line, {"id": self.open_item(invoice).id, "amount": "25.50"})
        self.assertEqual((invoice.amount_residual, line.amount_residual), (74.5, -74.5))

    def test_an_overpayment_is_kept_as_credit_of_the_partner(self):
        invoice = self.invoice(90, ref="A-1")
        line = self.take_line("100.00")
        credit = {"account_id": self.receivable.id, "amount": "10.00", "partner_id": self.partner.id, "label": "Paid too much"}
        self.choose(line, invoice, write_offs=[credit])
        self.assertTrue(line.is_reconciled)
        kept = line.move_id.line_ids.filtered(lambda item: item.name == "Paid too much")
        self.assertEqual((kept.partner_id, kept.amount_residual, kept.reconciled), (self.partner, -10, False))

    def test_a_difference_with_tax_is_cut_into_both(self):
        tax = self.env["account.tax"].create(
            {
                "name": "20 %", "amount": 20, "type_tax_use": "purchase", "company_id": self.company.id,
                "country_id": self.company.account_fiscal_country_id.id,
                "tax_group_id": self.env["account.tax.group"].create({"name": "T", "company_id": self.company.id}).id,
                "invoice_repartition_line_ids": [
                    Command.create({"repartition_type": "base"}),
                    Command.create({"repartition_type": "tax", "account_id": self.input_tax.id})],
                "refund_repartition_line_ids": [
                    Command.create({"repartition_type": "base"}),
                    Command.create({"repartition_type": "tax", "account_id": self.input_tax.id})],
            }
        )  # fmt: skip
        invoice = self.invoice(100, ref="A-1")
        line = self.take_line("97.60")
        self.choose(line, invoice, write_offs=[{"account_id": self.costs.id, "amount": "-2.40", "tax_id": tax.id}])
        self.assertTrue(line.is_reconciled)
        self.assertEqual(self.booked(line), {self.receivable.code: -100, "627000": 2, "445660": 0.4})
        taxed = line.move_id.line_ids.filtered("tax_repartition_line_id")
        self.assertEqual((taxed.account_id, taxed.balance), (self.input_tax, 0.4))

    def test_an_invoice_in_another_currency_is_paid_at_the_banks_rate(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"name": "2026-01-01", "rate": 1.25, "currency_id": dollar.id, "company_id": self.company.id}
        )
        invoice = self.invoice(125, ref="A-1", currency=dollar)
        line = self.take_line("98.00")
        self.choose(line, invoice)
        self.assertTrue(line.is_reconciled)
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("paid", 0))
        exchange = self.open_item(invoice).matched_credit_ids.exchange_move_id
        self.assertEqual(abs(sum(exchange.line_ids.filtered(lambda item: item.balance > 0).mapped("balance"))), 2)

    def test_what_cannot_be_booked_is_refused_and_nothing_is_half_done(self):
        paid, other = self.invoice(50, ref="A-1"), self.invoice(100, ref="A-2")
        line = self.take_line("100.00")
        for choice, word in (
            ({"items": []}, "at least one"),
            ({"items": [{"id": self.open_item(paid).id, "amount": "60"}]}, "50.00"),
            ({"items": [{"id": self.open_item(paid).id, "amount": "-5"}]}, "50.00"),
            ({"items": [{"id": self.open_item(paid).id, "amount": "x"}]}, "no amount"),
            ({"items": [], "write_offs": [{"account_id": 0, "amount": "1"}]}, "account"),
        ):
            with self.subTest(word), self.assertRaisesRegex(UserError, word):
                self.env["finance.reconciliation"]._choose(line, choice, self.env.user)
        self.choose(line, other)
        with self.assertRaisesRegex(UserError, "open"):
            self.choose(line, paid)
