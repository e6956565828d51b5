"""Bad files: each is refused as a whole with a reason that a person can act on, and nothing of it stays."""

from unittest.mock import patch

from odoo.addons.finance_connector.models.import_plan import FinanceImport as Plan

from .bank_common import BankCase
from .camt_file import IBAN, OTHER_IBAN, announcing, document, entry, file_of, statement, zipped


class TestImportRefused(BankCase):
    def test_empty_file(self):
        self.assertRefused(self.take(b"", "empty.xml"), "empty")

    def test_no_base64(self):
        self.assertRefused(self.take("%%% no base64 %%%", "text.xml"), "base64")

    def test_truncated_xml(self):
        content = file_of(entry("10.00"), entry("5.00"))
        self.assertRefused(self.take(content[: len(content) - 200]), "not well-formed")

    def test_wrong_root(self):
        self.assertRefused(
            self.take(b"<?xml version='1.0'?><Invoice><Id>1</Id></Invoice>"), "Invoice", "camt.053"
        )

    def test_entity_bomb(self):
        content = (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
            b"<Document>&b;</Document>"
        )
        self.assertRefused(self.take(content), "DOCTYPE")

    def test_zip_bomb(self):
        self.assertRefused(self.take(zipped(bomb=b"0" * 50_000_000), "bomb.zip"), "bomb.xml", "MAX_RATIO")

    def test_one_bad_member_refuses_the_archive(self):
        content = zipped(good=file_of(entry("1.00")), bad=b"<Document>")
        self.assertRefused(self.take(content, "month.zip"), "bad.xml")
        self.assertFalse(self.lines())

    def test_unknown_account_in_an_archive_names_the_member(self):
        content = zipped(good=file_of(entry("1.00")), other=file_of(entry("1.00"), iban=OTHER_IBAN))
        self.assertRefused(self.take(content, "month.zip"), "other.xml", OTHER_IBAN)
        self.assertFalse(self.lines())

    def test_arithmetic(self):
        record = self.take(file_of(entry("10.00"), opening="5.00", closing="16.00"))
        self.assertRefused(record, "15.00", "16.00", "1.00")

    def test_second_statement_wrong_refuses_the_file(self):
        record = self.take(
            document(
                statement([entry("10.00")], name="GOOD"),
                statement([entry("5.00")], name="BAD", opening="10.00", closing="1.00", first="2026-03-03"),
            )
        )
        self.assertRefused(record, "BAD")
        self.assertTrue(record.error_line)
        self.assertFalse(self.lines())

    def test_wrong_account_for_the_journal(self):
        self.assertRefused(
            self.take(file_of(entry("1.00"), iban=OTHER_IBAN), journal_id=self.bank.id),
            OTHER_IBAN,
            IBAN,
            "Main bank",
        )

    def test_wrong_currency_for_the_journal(self):
        content = file_of(entry("1.00"), currency="USD")
        self.assertRefused(self.take(content, journal_id=self.bank.id), "USD", "EUR", "Main bank")
        self.assertRefused(self.take(content + b" "), "USD", "EUR", "Main bank")

    def test_unknown_account(self):
        record = self.take(file_of(entry("1.00"), iban=OTHER_IBAN))
        self.assertRefused(record, OTHER_IBAN, "no bank journal", "import the file again")

    def test_what_is_in_no_format_is_kept(self):
        for content in (b"%PDF-1.7 a letter of the bank", bytes(range(256)), b"Dear customer,\nyour statement is ready.\n"):
            record = self.take(content, "statement.xml")
            self.assertRefused(record, "no format that is read")
            self.assertEqual(record.message_id._raw(), content)

    def test_two_companies_share_an_iban(self):
        """A file goes to the company that one works for, and to nobody if that may be either."""
        other = self.env["res.company"].create({"name": "Sister", "currency_id": self.company.currency_id.id})
        twin = self.env["account.journal"].create(
            {"name": "Sister bank", "code": "BNKS", "type": "bank", "company_id": other.id}
        )
        twin.bank_account_id = self.env["res.partner.bank"].create(
            {"acc_number": IBAN, "partner_id": other.partner_id.id, "company_id": other.id}
        )
        both = self.env["finance.import"].with_context(allowed_company_ids=[self.company.id, other.id])
        for kind in (file_of, announcing):
            record = both.import_file(kind(entry("1.00")), "both.xml")
            self.assertRefused(record, "Main bank (EUR, ", "Sister bank (EUR, Sister)", "Choose the bank account")
        chosen = both.import_file(file_of(entry("2.00"), name="S9"), "s.xml", journal_id=twin.id)
        self.assertEqual((chosen.state, chosen.company_id), ("rejected", other), "it has no chart of accounts")
        self.assertIn("Sister bank has no bank account or no suspense account", chosen.reason)
        self.assertEqual(self.take_good(entry("1.00")).journal_id, self.bank)
        self.assertFalse(self.lines(twin))

    def test_a_damaged_announcement_leaves_nothing(self):
        content = announcing(entry("1.00"), entry("2.00"))
        for tenth in range(1, 10):
            record = self.take(content[: len(content) * tenth // 10], f"{tenth}.xml")
            self.assertRefused(record)
        self.assertRefused(self.take(announcing(entry("1.00"), iban=OTHER_IBAN)), OTHER_IBAN)
        self.assertFalse(self.env["finance.announced"].search([("journal_id", "=", self.bank.id)]))

    def test_two_accounts_in_a_journal_without_number(self):
        """A journal without an account number takes the first account that it was told to take, and no
        other."""
        self.bank.bank_account_id = False
        self.assertEqual(self.take(file_of(entry("1.00")), journal_id=self.bank).state, "imported")
        record = self.take(file_of(entry("1.00"), iban=OTHER_IBAN), journal_id=self.bank)
        self.assertRefused(record, OTHER_IBAN, IBAN)

    def test_locked_period(self):
        self.company.fiscalyear_lock_date = "2026-03-02"
        record = self.take(file_of(entry("1.00", "2026-03-03"), entry("1.00"), last="2026-03-03"))
        self.assertRefused(record, "2026-03-02", "locked")
        self.assertFalse(self.lines())

    def test_known_entries_of_a_locked_period_do_no_harm(self):
        one = entry("1.00", bank_id="B1")
        self.take_good(one)
        with patch.object(type(self.company), "_get_lock_date_violations", _locked_until("2026-03-02")):
            record = self.take_good(
                one, entry("2.00", "2026-03-03", bank_id="B2"), last="2026-03-03", name="S2"
            )
        self.assertEqual((record.created_count, record.duplicate_count), (1, 1))

    def test_hash_on_post(self):
        self.bank.restrict_mode_hash_table = True
        self.assertRefused(self.take(file_of(entry("1.00"))), "Main bank", "hash")

    def test_provider_journal(self):
        record = self.take(file_of(entry("1.00")), journal_id=self.provider.journal_id)
        self.assertRefused(record, self.provider.journal_id.name, "Stripe")

    def test_no_suspense_account(self):
        self.bank.suspense_account_id = False
        self.assertRefused(self.take(file_of(entry("1.00"))), "suspense account")

    def test_damaged_report(self):
        content = (
            b"automatic_payout_id,automatic_payout_effective_at_utc,balance_transaction_id,created_utc,currency,gross,"
            b"fee,net,reporting_category,source_id,payment_intent_id\n"
            b"po_1,2026-03-05 00:00:00,txn_1,2026-03-02 10:00:00,eur,100.00,3.00,96.00,charge,ch_1,pi_1\n"
        )
        self.assertRefused(self.take(content, "report.csv"), "line 2")
        self.assertFalse(self.env["finance.settlement"].search([("external_id", "=", "po_1")]))

    def test_error_of_our_own_is_no_crash(self):
        with patch.object(Plan, "_plan", side_effect=ZeroDivisionError("boom")):
            record = self.take(file_of(entry("1.00")))
        self.assertRefused(record, "boom", "can be tried again")

    def test_mended_cause_and_retry(self):
        """A refused file is not a duplicate of itself: it can be retried, and clears its exception."""
        self.bank.bank_account_id = False
        content = file_of(entry("1.00"))
        record = self.take(content)
        self.assertRefused(record, IBAN)
        self.bank.bank_account_id = self.env["res.partner.bank"].search([("acc_number", "=", IBAN)])
        again = self.take(content)
        self.assertEqual(again.state, "imported", again.reason)
        self.assertEqual(again.message_id, record.message_id)
        self.assertFalse(self.exceptions("import_rejected"))
        record.action_retry()
        self.assertEqual(record.state, "duplicate")
        self.assertEqual(len(self.lines()), 1)


def _locked_until(day):
    def violations(company, date, **_kinds):
        return [(date, "hard_lock_date")] if str(date) <= day else []

    return violations
