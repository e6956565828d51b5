"""Statements in other formats than CAMT.053 take the same road; what is not proven by balances is refused in words."""

from .bank_common import BankCase
from .camt_file import IBAN

MT940 = f"""
:20:STARTUMS
:25:{IBAN}
:28C:00012/001
:60F:C260301EUR1000,00
:61:2603020302C250,00NTRFINV-2026-7//BANK-1
:86:166?00GUTSCHRIFT?20SVWZ+Invoice A-2026-1?32ADA IBSEN
:61:2603020302D12,50NMSCNONREF//BANK-2
:86:805?00ENTGELT?20Account management
:62F:C260302EUR1237,50
-
"""
QIF = "!Type:Bank\nD03/02/2026\nT250.00\nPAda Ibsen\n^\n"


class TestImportFormats(BankCase):
    def test_an_mt940_statement_is_imported(self):
        invoice = self.invoice(250, ref="A-2026-1")
        record = self.take(MT940.encode(), "konto.sta")
        self.assertEqual((record.state, record.format, record.journal_id), ("imported", "mt940", self.bank), record.reason)
        self.assertEqual([str(amount) for amount in self.amounts()], ["250.00", "-12.50"])
        self.assertEqual((record.opening, record.closing), (1000, 1237.5))
        self.assertEqual((invoice.payment_state, self.lines()[0].partner_name), ("paid", "ADA IBSEN"))
        self.assertStatementsSound()
        self.assertEqual(self.take(MT940.encode() + b"\n", "again.sta").duplicate_count, 2)

    def test_a_statement_whose_balances_do_not_fit_is_refused(self):
        self.assertRefused(self.take(MT940.replace("1237,50", "1237,51").encode(), "konto.sta"), "1237.51")

    def test_a_file_without_balances_proves_nothing(self):
        self.assertRefused(self.take(QIF.encode(), "bank.qif", journal_id=self.bank))
