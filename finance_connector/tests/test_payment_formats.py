"""Orders in formats beside ISO 20022: written by the settings of their channel, checked at submission, known by short names."""

from odoo.addons.finance_connector.payments import nacha_reader
from odoo.exceptions import UserError, ValidationError

from .payment_common import PaymentCase

ROUTING, OWN_ROUTING = "021000021", "091000019"
COLUMNS = "Name; payee; 70\nAccount; iban\nAmount; amount\nCurrency; currency\nPurpose; text; 140"


class FormatCase(PaymentCase):
    def abroad(self, code, account, clearing):
        """A bank journal in the currency ``code``, and an approval rule for it."""
        currency = self.env.ref(f"base.{code}")
        currency.active = True
        self.bank = self.make_bank(f"Bank {code}", f"B{code}", account, currency)
        self.bank.bank_account_id.clearing_number = clearing
        self.policy(f"In {code}", [(1, "Treasury", self.treasurer)], currency_id=currency.id)
        return currency

    def payee(self, account, clearing, holder="Jane Doe", vendor=0):
        bank = self.vendors[vendor].bank_ids
        bank.write({"acc_number": account, "clearing_number": clearing, "acc_holder_name": holder})
        return bank

    def problems(self, order):
        with self.assertRaises(UserError) as raised:
            order.action_submit()
        return str(raised.exception)


class TestNacha(FormatCase):
    def setUp(self):
        super().setUp()
        self.dollars = self.abroad("USD", "1234567890", OWN_ROUTING)
        self.way = self.channel("manual", file_format="nacha", nacha_origin="1234567890", company_short_name="FINANCE TEST")

    def dollar_bill(self, amount, **values):
        return self.bill(amount, currency_id=self.dollars.id, **values)

    def test_an_order_becomes_a_file_that_proves_itself_and_its_return_is_known(self):
        self.payee("987654321", ROUTING)
        self.payee("555444333", ROUTING, vendor=1).fc_account_kind = "savings"
        order = self.approved(self.dollar_bill(100), self.dollar_bill(50, vendor=1, ref="R-2"))
        self.assertEqual((order.file_format, order.file_ids.format, order.file_ids.filename[-4:]), ("nacha", "nacha", ".ach"))
        batch = nacha_reader.read(order.file_ids._bytes()).batches[0]
        self.assertEqual([(entry.code, entry.amount.minor) for entry in batch.entries], [(22, 10000), (32, 5000)])
        first = order.instruction_ids.sorted("id")[0]
        self.assertEqual(batch.entries[0].identification, first.end_to_end_id[:15])
        self.assertIn(batch.entries[0].trace, order.file_ids.names[first.end_to_end_id])
        found = self.env["finance.payment.instruction"]._index(self.company, (), [first.end_to_end_id[:15]])
        self.assertEqual([one.key for one in found.find("", "", batch.entries[0].trace)], [str(first.id)])

    def test_everything_that_is_wrong_is_told_at_submission(self):
        self.payee("987654321", "021000022", holder="A name that is far too long for it")
        told = self.problems(self.order(self.dollar_bill(100), submit=False))
        for words in ("check digit", "22 are allowed", "Vendor 1"):
            self.assertIn(words, told)

    def test_inv_10_another_clearing_number_or_kind_of_account_voids_the_approval(self):
        bank = self.payee("987654321", ROUTING)
        changes = ({"clearing_number": OWN_ROUTING}, {"fc_account_kind": "savings"}, {"acc_holder_name": "Joe Doe"})
        for number, change in enumerate(changes):
            order = self.approved(self.dollar_bill(100 + number, ref=f"R-{number}"))
            bank.write(change)
            self.assertEqual((order.state, order.instruction_ids.state), ("to_approve", "draft"), change)
            order.action_cancel()

    def test_euros_are_refused(self):
        self.payee("987654321", ROUTING)
        self.assertIn("USD", self.problems(self.order(self.bill(100), submit=False)))


class TestBacs(FormatCase):
    def test_an_order_becomes_a_file_with_contra_and_labels(self):
        pounds = self.abroad("GBP", "31926819", "601613")
        self.channel("manual", file_format="bacs", bacs_service_user="123456", company_short_name="FINANCE TEST")
        self.payee("12345678", "200415")
        order = self.approved(self.bill(100, currency_id=pounds.id))
        lines = order.file_ids._bytes().decode().split("\r\n")
        self.assertEqual([line[:4] for line in lines[:4]], ["VOL1", "HDR1", "HDR2", "UHL1"])
        self.assertTrue(lines[4].startswith("20041512345678"))
        self.assertIn("CONTRA", lines[5])
        one = order.instruction_ids
        self.assertEqual(order.file_ids.names[one.end_to_end_id], [one.end_to_end_id[:18]])

    def test_what_is_missing_is_told(self):
        pounds = self.abroad("GBP", "31926819", "601613")
        self.channel("manual", file_format="bacs", company_short_name="FINANCE TEST")
        self.payee("12345678", False)
        told = self.problems(self.order(self.bill(100, currency_id=pounds.id), submit=False))
        for words in ("service user", "sort code"):
            self.assertIn(words, told)


class TestTable(FormatCase):
    def test_an_order_becomes_a_table_by_the_profile_of_its_channel(self):
        self.channel("manual", file_format="csv", csv_columns=COLUMNS, csv_decimal_sign=",")
        order = self.approved(self.bill(100), self.bill(50.5, vendor=1, ref="R-2"))
        rows = order.file_ids._bytes().decode().split("\r\n")
        self.assertEqual(rows[0], "Name;Account;Amount;Currency;Purpose")
        self.assertEqual(rows[1], "Vendor 1;DE89370400440532013000;100,00;EUR;R-1")
        self.assertEqual(order.file_ids.filename[-4:], ".csv")

    def test_a_profile_that_is_none_is_refused_with_the_reason(self):
        wrong = {"Name; payee": "amount", "A; amount\nB; colour": "colour", "A; amount; many\nB; iban": "number", "": "amount"}
        for columns, words in wrong.items():
            with self.assertRaisesRegex(ValidationError, words):
                self.channel("manual", approve=False, file_format="csv", csv_columns=columns)

    def test_a_text_that_a_spreadsheet_would_run_is_refused(self):
        self.channel("manual", file_format="csv", csv_columns=COLUMNS)
        self.vendors[0].name = "=1+1"
        self.assertIn("begins as a formula", self.problems(self.order(self.bill(100), submit=False)))

    def test_a_format_without_channel_says_what_it_needs(self):
        order = self.order(self.bill(100), submit=False)
        order.file_format = "csv"
        self.assertIn("choose one", self.problems(order))
