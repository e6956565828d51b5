"""Bank imports that go well: lines, statements and coverage; overlaps, repeats, archives, several accounts."""

import base64
import hashlib
from decimal import Decimal

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .bank_common import BankCase
from .camt_file import OTHER_IBAN, document, entry, file_of, statement, zipped


class TestImport(BankCase):
    def test_good_file(self):
        partner = self.env["res.partner"].create({"name": "Grace Payer"})
        self.env["res.partner.bank"].create(
            {"acc_number": "FR1420041010050500013M02606", "partner_id": partner.id}
        )
        content = file_of(
            entry(
                "100.00",
                text="Invoice 7",
                bank_id="B1",
                ref="E2E-7",
                name="Grace Payer",
                iban="FR1420041010050500013M02606",
            ),
            entry("-30.25", text="Rent", bank_id="B2", day="2026-03-03"),
            opening="10.00",
            last="2026-03-03",
        )
        record = self.take(content)
        self.assertRecordValues(
            record,
            [
                {
                    "state": "imported",
                    "journal_id": self.bank.id,
                    "format": "camt.053",
                    "line_count": 2,
                    "created_count": 2,
                    "duplicate_count": 0,
                    "opening": 10.0,
                    "closing": 79.75,
                    "date_from": self.day("2026-03-02"),
                    "date_to": self.day("2026-03-03"),
                    "progress": 1.0,
                    "checksum": hashlib.sha256(content).hexdigest(),
                }
            ],
        )
        self.assertEqual(record.message_id._raw(), content)
        self.assertEqual(record.message_id.state, "done")
        first, second = self.lines()
        self.assertRecordValues(
            first,
            [
                {
                    "amount": 100.0,
                    "date": self.day("2026-03-02"),
                    "payment_ref": "Invoice 7",
                    "partner_id": partner.id,
                    "partner_name": "Grace Payer",
                    "account_number": "FR1420041010050500013M02606",
                    "fc_bank_id": "B1",
                    "fc_end_to_end_id": "E2E-7",
                    "fc_value_date": self.day("2026-03-02"),
                    "fc_import_id": record.id,
                    "state": "posted",
                    "is_reconciled": False,
                }
            ],
        )
        self.assertEqual(second.amount, -30.25)
        statements = self.assertStatementsSound()
        self.assertRecordValues(
            statements, [{"balance_start": 10.0, "balance_end_real": 79.75, "name": "STMT-1"}]
        )
        self.assertEqual(record.statement_ids, statements)
        self.assertEqual(statements.line_ids, first | second)
        self.assertFalse(self.exceptions())

    def test_base64_text_and_given_journal(self):
        content = base64.b64encode(file_of(entry("1.00"))).decode()
        record = self.take(content, journal_id=self.bank.id)
        self.assertEqual(record.state, "imported", record.reason)

    def test_same_file_again_is_a_duplicate(self):
        content = file_of(entry("1.00"))
        first = self.take(content)
        again = self.take(content, "renamed.xml")
        self.assertRecordValues(again, [{"state": "duplicate", "original_import_id": first.id}])
        self.assertEqual(again.message_id, first.message_id)
        self.assertEqual(len(self.lines()), 1)

    def test_file_comes_back_after_its_lines_were_deleted(self):
        """What somebody deleted is taken over again from the same file; what is still there is not doubled."""
        content = file_of(entry("1.00", bank_id="B1"), entry("2.00", bank_id="B2"))
        first = self.take(content)
        first.statement_ids.unlink()
        self.lines()[0].unlink()
        again = self.take(content)
        self.assertEqual((again.state, again.created_count, again.duplicate_count), ("imported", 1, 1))
        self.assertEqual(sorted(self.amounts()), [Decimal(1), Decimal(2)])

    def test_identical_payments_stay_as_many_as_they_are(self):
        coffee = entry("-3.20", text="Coffee")
        self.take_good(coffee, coffee, coffee)
        self.assertEqual(self.amounts(), [Decimal("-3.20")] * 3)
        self.assertEqual(len(set(self.lines().mapped("fc_import_uid"))), 3)
        # The whole day again, in another file with one more of them.
        record = self.take_good(coffee, coffee, coffee, coffee, name="STMT-1B", last="2026-03-03")
        self.assertEqual((record.created_count, record.duplicate_count), (1, 3))
        self.assertEqual(self.amounts(), [Decimal("-3.20")] * 4)
        self.assertStatementsSound()

    def test_overlap_brings_only_the_new_entries(self):
        one, two = entry("10.00", "2026-03-02", "one", "B1"), entry("20.00", "2026-03-03", "two", "B2")
        three = entry("30.00", "2026-03-04", "three", "B3")
        self.take_good(one, two, opening="5.00", last="2026-03-03")
        record = self.take_good(
            two, three, opening="15.00", first="2026-03-03", last="2026-03-04", name="STMT-2"
        )
        self.assertEqual((record.created_count, record.duplicate_count), (1, 1))
        self.assertEqual(self.amounts(), [Decimal(10), Decimal(20), Decimal(30)])
        self.assertStatementsSound()
        self.assertFalse(self.exceptions())

    def test_known_entries_in_the_midst_split_the_statement(self):
        one, two = entry("10.00", "2026-03-02", "one", "B1"), entry("20.00", "2026-03-03", "two", "B2")
        three = entry("30.00", "2026-03-04", "three", "B3")
        self.take_good(two, opening="15.00", first="2026-03-03", name="DAY")
        record = self.take_good(one, two, three, opening="5.00", last="2026-03-04", name="RANGE")
        self.assertEqual((record.created_count, record.duplicate_count), (2, 1))
        statements = self.assertStatementsSound()
        self.assertEqual(
            sorted((s.name, s.balance_start, s.balance_end_real) for s in statements),
            [("DAY", 15.0, 35.0), ("RANGE (1)", 5.0, 15.0), ("RANGE (2)", 35.0, 65.0)],
        )

    def test_entries_that_the_bank_put_in_afterwards(self):
        """New entries between known ones of one statement stand behind it, so that the chain of balances holds."""
        one, two, three = (
            entry(f"{number}.00", f"2026-03-0{number}", f"text {number}", f"B{number}")
            for number in (2, 3, 5)
        )
        late, later = entry("7.00", "2026-03-03", "late", "B8"), entry("9.00", "2026-03-04", "later", "B9")
        self.take_good(one, two, three, opening="1.00", last="2026-03-05", name="FIRST")
        self.take_good(one, late, two, later, three, opening="1.00", last="2026-03-05", name="SECOND")
        statements = self.assertStatementsSound()
        self.assertEqual(
            sorted((s.name, s.balance_start, s.balance_end_real) for s in statements),
            [("FIRST", 1.0, 11.0), ("SECOND (1)", 11.0, 18.0), ("SECOND (2)", 18.0, 27.0)],
        )

    def test_late_older_file(self):
        one, two = entry("10.00", "2026-03-02", "one", "B1"), entry("20.00", "2026-03-03", "two", "B2")
        self.take_good(two, opening="15.00", first="2026-03-03")
        self.take_good(one, two, opening="5.00", last="2026-03-03", name="STMT-OLD")
        self.assertEqual(self.amounts(), [Decimal(10), Decimal(20)])
        self.assertStatementsSound()

    def test_same_day_in_two_statements_is_no_overlap(self):
        """The second statement opens with what the first closed with, so an equal entry is another payment."""
        coffee = entry("-3.20", text="Coffee")
        self.take_good(coffee, opening="10.00", name="MORNING")
        self.take_good(coffee, opening="6.80", name="EVENING")
        self.assertEqual(self.amounts(), [Decimal("-3.20")] * 2)
        self.assertStatementsSound()

    def test_known_bank_id_with_other_amount_is_a_conflict(self):
        self.take_good(entry("10.00", text="one", bank_id="B1"), entry("1.00", text="x", bank_id="B0"))
        record = self.take_good(
            entry("99.00", text="one", bank_id="B1"),
            entry("1.00", text="x", bank_id="B0"),
            name="STMT-2",
            last="2026-03-03",
        )
        self.assertEqual((record.created_count, record.conflict_count), (0, 1))
        self.assertEqual(self.amounts(), [Decimal(10), Decimal(1)], "nothing is overwritten")
        conflict = self.exceptions("bank_conflict")
        self.assertEqual(len(conflict), 1)
        self.assertEqual(conflict.amount_at_risk, 99.0)
        staged = self.env["finance.import.entry"].browse(conflict.res_id)
        staged.action_take_over()
        self.assertEqual(sorted(self.amounts()), [Decimal(1), Decimal(10), Decimal(99)])
        self.assertFalse(self.exceptions("bank_conflict"))

    def test_several_statements_and_accounts_in_one_file(self):
        dollars = self.make_bank("Dollars", "BNKU", OTHER_IBAN, self.usd)
        record = self.take(
            document(
                statement([entry("10.00")], name="S1"),
                statement([entry("7.00")], name="S2", iban=OTHER_IBAN, currency="USD"),
                statement([entry("5.00", "2026-03-03")], name="S3", opening="10.00", first="2026-03-03"),
            )
        )
        self.assertEqual(record.state, "imported", record.reason)
        self.assertFalse(record.journal_id)
        self.assertEqual(self.amounts(), [Decimal(10), Decimal(5)])
        self.assertEqual(self.amounts(dollars), [Decimal(7)])
        self.assertStatementsSound()
        self.assertEqual(record.coverage_ids.sorted("sequence").mapped("name"), ["S1", "S2", "S3"])

    def test_archive_is_one_import_with_several_statements(self):
        record = self.take(
            zipped(
                a=file_of(entry("10.00"), name="A"),
                b=file_of(entry("5.00", "2026-03-03"), name="B", opening="10.00", first="2026-03-03"),
            ),
            "month.zip",
        )
        self.assertRecordValues(record, [{"state": "imported", "line_count": 2, "format": "zip"}])
        self.assertEqual(record.coverage_ids.sorted("sequence").mapped("member"), ["a.xml", "b.xml"])
        self.assertStatementsSound()

    def test_foreign_currency_and_details(self):
        more = (
            '<AmtDtls><InstdAmt><Amt Ccy="USD">12.50</Amt></InstdAmt>'
            '<TxAmt><Amt Ccy="{currency}">10.00</Amt></TxAmt></AmtDtls>'
        )
        self.take_good(entry("-10.00", text="Hosting", more=more))
        line = self.lines()
        self.assertRecordValues(
            line, [{"amount": -10.0, "foreign_currency_id": self.usd.id, "amount_currency": -12.5}]
        )
        self.assertTrue(line.fc_details["members"])

    def test_statement_without_entries(self):
        record = self.take_good(opening="12.00")
        self.assertEqual(record.line_count, 0)
        self.assertEqual(record.coverage_ids.state, "proven")
        self.assertFalse(record.statement_ids)

    def test_pending_entries_are_left_out(self):
        record = self.take_good(entry("10.00"), entry("99.00", status="PDNG"))
        self.assertEqual(self.amounts(), [Decimal(10)])
        self.assertEqual(record.coverage_ids.provisional_count, 1)

    def test_provider_report(self):
        content = (
            b"automatic_payout_id,automatic_payout_effective_at_utc,balance_transaction_id,created_utc,currency,gross,"
            b"fee,net,reporting_category,source_id,payment_intent_id,charge_id\n"
            b"po_1,2026-03-05 00:00:00,txn_1,2026-03-02 10:00:00,eur,100.00,3.00,97.00,charge,ch_1,pi_1,ch_1\n"
        )
        record = self.take(content, "report.csv")
        self.assertRecordValues(
            record, [{"state": "imported", "provider_id": self.provider.id, "format": "stripe.report"}]
        )
        self.assertTrue(record.line_count)
        lines = self.env["finance.settlement.line"].search([("message_id", "=", record.message_id.id)])
        self.assertEqual(len(lines), record.line_count)
        again = self.take(content, "report.csv")
        self.assertEqual(again.state, "duplicate")

    def test_roles(self):
        auditor = new_test_user(
            self.env, "auditor", groups="finance_connector.group_auditor", company_id=self.company.id
        )
        user = new_test_user(
            self.env, "clerk", groups="finance_connector.group_user", company_id=self.company.id
        )
        imports = self.env["finance.import"]
        with self.assertRaises(AccessError):
            imports.with_user(auditor).import_file(file_of(entry("1.00")), "a.xml")
        record = imports.with_user(user).import_file(file_of(entry("1.00")), "a.xml")
        self.assertEqual(record.state, "imported", record.reason)
        with self.assertRaises(AccessError):
            record.with_user(auditor).action_retry()
        with self.assertRaises(AccessError):
            record.write({"state": "received"})
        with self.assertRaises(AccessError):
            imports.with_user(user).create({"filename": "x"})

    def test_companies_stay_apart(self):
        """The account of another company's journal is no account of ours."""
        foreign = self.env["res.company"].create({"name": "Elsewhere", "currency_id": self.eur.id})
        self.env["account.chart.template"].try_loading("generic_coa", foreign, install_demo=False)
        journal = (
            self.env["account.journal"]
            .with_company(foreign)
            .create({"name": "Foreign", "code": "FRGN", "type": "bank", "company_id": foreign.id})
        )
        journal.bank_account_id = self.env["res.partner.bank"].create(
            {"acc_number": OTHER_IBAN, "partner_id": foreign.partner_id.id}
        )
        record = self.take(file_of(entry("1.00"), iban=OTHER_IBAN))
        self.assertRefused(record, OTHER_IBAN)
        user = new_test_user(
            self.env, "clerk", groups="finance_connector.group_user", company_id=self.company.id
        )
        with self.assertRaises(AccessError):
            self.env["finance.import"].with_user(user).import_file(
                file_of(entry("1.00")), "a.xml", journal_id=journal.id
            )
