"""Tables of banks: a profile that is proposed from a sample, corrected and approved, then reads the files; what no balance proves
waits for a person's word."""

import base64
import io
from decimal import Decimal

import openpyxl
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .bank_common import BankCase
from .camt_file import IBAN

RUNNING = (
    b"Buchungstag;Valuta;Verwendungszweck;Betrag;Saldo\n"
    b"13.02.2026;13.02.2026;Invoice A-2026-1;250,00;1.250,00\n"
    b"14.02.2026;14.02.2026;Account management;-12,50;1.237,50\n"
)
PLAIN = b"Buchungstag;Verwendungszweck;Betrag\n13.02.2026;Invoice;250,00\n14.02.2026;Charges;-12,50\n"
QIF = b"!Type:Bank\nD03/02/2026\nT250.00\nPAda Ibsen\n^\n"
OFX = f"""OFXHEADER:100
DATA:OFXSGML
VERSION:102

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>1<ACCTID>{IBAN}<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260201<DTEND>20260228
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260213<TRNAMT>250.00<FITID>1<NAME>Ada</STMTTRN></BANKTRANLIST>
<LEDGERBAL><BALAMT>350.00<DTASOF>20260228</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
""".encode()


class ProfileCase(BankCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,finance_connector.group_{}"
        cls.maker, cls.approver, cls.plain = (
            new_test_user(
                cls.env, f"table_{role}", groups=groups.format(role), company_id=cls.company.id, company_ids=cls.company.ids
            )
            for role in ("administrator", "approver", "user")
        )

    def profile(self, sample=RUNNING, approve=True, **values):
        values = {"name": "Online banking", "journal_id": self.bank.id, "sample": base64.b64encode(sample), **values}
        made = self.env["finance.table.profile"].with_user(self.maker).create(values)
        if approve:
            made.with_user(self.approver).action_approve()
        return made


class TestTableProfile(ProfileCase):
    def test_a_sample_proposes_its_profile_and_the_approved_one_reads_files(self):
        profile = self.profile()
        told = {one.role: one.column for one in profile.column_ids}
        self.assertEqual((told["date"], told["amount"], told["balance"]), ("Buchungstag", "Betrag", "Saldo"))
        self.assertEqual((profile.delimiter, profile.decimal_sign, profile.date_order), (";", ",", "dmy"))
        record = self.take(RUNNING, "feb.csv", journal_id=self.bank)
        self.assertEqual((record.state, record.format), ("imported", "csv"), record.reason)
        self.assertEqual(record.table_profile_id, profile.sudo())
        self.assertEqual((record.opening, record.closing), (1000, 1237.5))
        self.assertEqual(self.amounts(), [Decimal("250.00"), Decimal("-12.50")])
        self.assertStatementsSound()
        self.assertEqual(self.take(RUNNING + b"\n", "again.csv", journal_id=self.bank).duplicate_count, 2)

    def test_a_table_without_a_journal_is_found_by_its_columns(self):
        self.profile()
        record = self.take(RUNNING, "feb.csv")
        self.assertEqual((record.state, record.journal_id), ("imported", self.bank), record.reason)

    def test_a_workbook_is_read_too(self):
        book = openpyxl.Workbook()
        rows = (("Date", "Text", "Amount", "Balance"), ("2026-02-13", "Ada", 250, 1250), ("2026-02-14", "Bank", -12.5, 1237.5))
        for row in rows:
            book.active.append(row)
        content = io.BytesIO()
        book.save(content)
        self.profile(content.getvalue())
        record = self.take(content.getvalue(), "feb.xlsx", journal_id=self.bank)
        self.assertEqual((record.state, record.format, record.closing), ("imported", "xlsx", 1237.5), record.reason)

    def test_without_an_approved_profile_a_table_is_refused_with_the_way_out(self):
        record = self.take(RUNNING, "feb.csv", journal_id=self.bank)
        self.assertRefused(record, "no approved profile")
        self.assertEqual(record.way_out, "profile")
        action = record.with_user(self.maker).action_define_profile()
        profile = self.env["finance.table.profile"].browse(action["res_id"])
        self.assertEqual((profile.journal_id, profile.state, profile.preview["problem"]), (self.bank, "draft", ""))
        profile.with_user(self.approver).action_approve()
        record.with_user(self.plain).action_retry()
        self.assertEqual(record.state, "imported", record.reason)
        with self.assertRaises(AccessError):
            record.with_user(self.plain).action_define_profile()

    def test_a_row_that_cannot_be_read_refuses_the_file_with_its_line(self):
        self.profile()
        record = self.take(RUNNING.replace(b"-12,50;", b"twelve;"), "feb.csv", journal_id=self.bank)
        self.assertRefused(record, "twelve")
        self.assertEqual((record.error_line, record.way_out), (3, "profile"))
        missing = RUNNING.replace(b"14.02.2026;14.02.2026;Account management;-12,50;1.237,50", b"14.02.2026;;Late;-1,00;1.237,50")
        self.assertRefused(self.take(missing, "feb.csv", journal_id=self.bank), "1237.50")

    def test_several_profiles_that_fit_are_asked_about(self):
        self.profile()
        self.profile(name="Another")
        self.assertRefused(self.take(RUNNING, "feb.csv", journal_id=self.bank), "Several table profiles", "Another (v1)")

    def test_inv_10_a_table_profile_needs_a_second_person(self):
        profile = self.profile(approve=False)
        self.maker.group_ids |= self.env.ref("finance_connector.group_approver")
        with self.assertRaisesRegex(UserError, "nobody approves their own"):
            profile.with_user(self.maker).action_approve()
        profile.with_user(self.approver).action_approve()
        with self.assertRaisesRegex(UserError, "stays as it was approved"):
            profile.column_ids[0].with_user(self.maker).write({"column": "Betrag"})
        with self.assertRaisesRegex(UserError, "stays as it was approved"):
            profile.with_user(self.maker).action_propose()
        with self.assertRaisesRegex(UserError, "is refused"):
            self.profile(name="Bad", column_ids=[(0, 0, {"role": "date", "column": "Nowhere"})])

    def test_the_preview_follows_corrections_on_the_screen(self):
        form = Form(self.env["finance.table.profile"].with_user(self.maker))
        form.name = "Online banking"
        form.journal_id = self.bank
        form.sample = base64.b64encode(RUNNING)
        self.assertEqual(form.preview["problem"], "")
        self.assertEqual([row["cells"][2] for row in form.preview["rows"]], ["250.00 EUR", "-12.50 EUR"])
        self.assertIn(["Balance before", "1000.00"], form.preview["totals"])
        self.assertTrue(any(note["what"] == "Order of dates" for note in form.preview["notes"]))
        form.negated = True
        self.assertIn("balance", form.preview["problem"])
        form.negated = False
        form.decimal_sign = "."
        self.assertEqual({row["state"] for row in form.preview["rows"]}, {"refused"})
        form.decimal_sign = ","
        profile = form.save()
        self.assertEqual(len(profile.column_ids), 5)

    def test_a_sample_that_is_no_table_says_so(self):
        profile = self.profile(b"nothing\nof the kind\n", approve=False)
        self.assertTrue(profile.preview["problem"])
        with self.assertRaises(UserError):
            profile.action_propose()


class TestTold(ProfileCase):
    def tell(self, record, **values):
        values = {"import_id": record.id, "journal_id": self.bank.id, **values}
        wizard = self.env["finance.import.tell"].with_user(self.plain).create(values)
        action = wizard.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(action["res_id"], record.id)
        return wizard

    def audited(self, record):
        return self.env["finance.audit.entry"].search([("action", "=", "import.told"), ("res_id", "=", record.id)])

    def test_told_balances_prove_a_table(self):
        self.profile(PLAIN)
        record = self.take(PLAIN, "feb.csv", journal_id=self.bank)
        self.assertRefused(record, "no balance")
        self.assertEqual(record.way_out, "word")
        wizard = self.tell(record, opening=1000, closing=1237.5, note="Paper statement 2")
        self.assertIn("Entries: 2, from 2026-02-13 to 2026-02-14, together 237.50", wizard.summary)
        self.assertEqual(record.state, "imported", record.reason)
        self.assertEqual((record.told_by_id, record.told_note, record.way_out), (self.plain, "Paper statement 2", False))
        self.assertEqual((record.opening, record.closing, record.coverage_ids.proof), (1000, 1237.5, "balances"))
        self.assertEqual(self.audited(record).user_id, self.plain)
        self.assertEqual(len(self.assertStatementsSound()), 1)
        self.assertFalse(self.exceptions("import_rejected"))

    def test_told_balances_that_do_not_hold_refuse_it_again(self):
        self.profile(PLAIN)
        record = self.take(PLAIN, "feb.csv", journal_id=self.bank)
        self.tell(record, opening=1000, closing=1237.49)
        self.assertRefused(record, "-0.01 is missing")
        self.assertEqual(record.way_out, "word")
        self.tell(record, opening=1000, closing=1237.5)
        self.assertEqual(record.state, "imported", record.reason)
        self.assertEqual(len(self.audited(record)), 2)

    def test_one_balance_is_completed(self):
        record = self.take(OFX, "feb.ofx")
        self.assertEqual(record.way_out, "word")
        self.tell(record, opening=100, closing=350)
        self.assertEqual((record.state, record.opening, record.closing), ("imported", 100, 350), record.reason)

    def test_a_person_vouches_where_there_is_no_balance(self):
        record = self.take(QIF, "feb.qif", journal_id=self.bank)
        self.assertRefused(record, "can be read")
        self.assertEqual(record.way_out, "word")
        with self.assertRaisesRegex(UserError, "Say why"):
            self.tell(record, word="none", date_order="dmy")
        self.tell(record, word="none", date_order="dmy", note="The bank gives nothing else")
        self.assertEqual((record.state, record.coverage_ids.proof), ("imported", "none"), record.reason)
        self.assertEqual(self.lines().date.isoformat(), "2026-02-03")
        self.assertFalse(record.statement_ids, "no statement with balances that nobody stated")
        self.assertIn('"word":"none"', self.audited(record).payload.replace(" ", ""))

    def test_only_who_imports_may_tell_and_only_what_is_asked(self):
        record = self.take(OFX, "feb.ofx")
        auditor = new_test_user(self.env, "table_auditor", groups="finance_connector.group_auditor", company_id=self.company.id)
        with self.assertRaises(AccessError):
            record.with_user(auditor)._tell(self.bank, "none", Decimal(0), Decimal(0), "", "x")
        good = self.take_good()
        with self.assertRaisesRegex(UserError, "does not wait"):
            self.tell(good, word="none", note="x")
