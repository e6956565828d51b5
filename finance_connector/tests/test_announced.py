"""Announced entries: kept, confirmed or dropped by the statement, and never booked; a batch and its split are one money."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.tests import new_test_user

from .bank_common import BankCase, ReconcileCase
from .camt_file import IBAN, announcing, entry, file_of, zipped

DAY, NEXT = "2026-03-02", "2026-03-03"


def members(*amounts):
    """The details of a batch, as XML for an entry: a member of each amount that names invoice M<amount>."""
    return "".join(
        f'<TxDtls><Refs><EndToEndId>E{amount}</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        f"<RmtInf><Ustrd>Invoice M-{amount}</Ustrd></RmtInf></TxDtls>"
        for amount in amounts
    )


def batch(amount, *amounts, bank_id=""):
    """A batch entry; with its members if ``amounts`` are given."""
    xml, signed = entry(amount, text="BATCH", bank_id=bank_id)
    start = xml.index("<NtryDtls>")
    details = f"<NtryDtls>{members(*amounts)}</NtryDtls>" if amounts else ""
    return xml[:start] + details + "</Ntry>", signed


class AnnouncedCase(BankCase):
    def announced(self, state="announced"):
        own = [("journal_id", "=", self.bank.id), ("state", "=", state)]
        return self.env["finance.announced"].search(own, order="id")

    def announce(self, *entries, **values):
        record = self.take(announcing(*entries, **values))
        self.assertEqual((record.state, record.created_count), ("imported", 0), record.reason)
        return record


class TestAnnounced(AnnouncedCase):
    def test_it_is_kept_and_not_booked(self):
        record = self.announce(entry("250.00", bank_id="A1", text="Invoice 7", name="Ada Ibsen"), entry("-7.00", bank_id="A2"))
        self.assertEqual((record.format, record.journal_id, record.announced_count), ("camt.052", self.bank, 2))
        self.assertEqual([row.amount for row in self.announced()], [250, -7])
        first = self.announced()[0]
        self.assertEqual((first.text, first.counterparty_name, first.import_id), ("Invoice 7", "Ada Ibsen", record))
        self.assertFalse(self.lines())
        self.assertFalse(self.exceptions())
        self.assertFalse(self.env["finance.coverage"].search([("journal_id", "=", self.bank.id), ("state", "=", "proven")]))

    def test_reports_of_a_day_repeat_each_other(self):
        self.announce(entry("250.00", bank_id="A1"), entry("5.00", text="same"), entry("5.00", text="same"))
        again = self.announce(
            entry("250.00", bank_id="A1"), entry("5.00", text="same"), entry("5.00", text="same"), entry("9.00", bank_id="A4"),
            name="later",
        )  # fmt: skip
        self.assertEqual((again.announced_count, again.duplicate_count), (1, 3))
        self.assertEqual([row.amount for row in self.announced()], [250, 5, 5, 9])

    def test_the_statement_confirms_and_drops(self):
        self.announce(entry("250.00", bank_id="A1"), entry("-7.00", bank_id="A2"), entry("8.00", day=NEXT, bank_id="A3"))
        self.take_good(entry("250.00", bank_id="A1"), entry("3.00", bank_id="B"))
        confirmed = self.announced("confirmed")
        self.assertEqual((confirmed.external_id, confirmed.reason), ("A1", "same-id"))
        self.assertEqual(confirmed.line_ids, self.lines().filtered(lambda line: line.fc_bank_id == "A1"))
        self.assertEqual(self.announced("dropped").external_id, "A2")
        self.assertEqual(self.announced().external_id, "A3")
        self.assertEqual(len(self.lines()), 2)

    def test_what_was_booked_before_it_is_announced_is_confirmed_at_once(self):
        self.take_good(entry("250.00", bank_id="A1"))
        self.announce(entry("250.00", bank_id="A1"), kind="camt.054")
        self.assertEqual(self.announced("confirmed").line_ids, self.lines())
        self.assertFalse(self.announced())

    def test_a_dropped_entry_that_is_booked_late_is_confirmed(self):
        self.announce(entry("250.00", bank_id="A1"))
        self.take_good(entry("1.00"))
        self.assertEqual(self.announced("dropped").external_id, "A1")
        self.take_good(entry("250.00", day=NEXT, bank_id="A1"), opening="1.00", first=NEXT, name="S2")
        self.assertEqual(self.announced("confirmed").external_id, "A1")

    def test_nothing_is_dropped_while_a_statement_is_missing(self):
        self.take_good(entry("1.00", day="2026-03-01"), first="2026-03-01")
        self.announce(entry("250.00", bank_id="A1"))
        self.take_good(entry("2.00", day=NEXT), opening="251.00", first=NEXT, name="S3")
        self.assertEqual(self.announced().external_id, "A1")
        self.take_good(entry("250.00", bank_id="A9"), opening="1.00", name="S2")
        self.assertEqual(self.announced("confirmed").reason, "same-content")

    def test_another_amount_under_the_same_id_replaces_it(self):
        self.announce(entry("250.00", bank_id="A1"))
        self.announce(entry("240.00", bank_id="A1"), name="later")
        self.assertEqual(([row.amount for row in self.announced()], self.announced("dropped").amount), ([240], 250))

    def test_in_one_archive_with_its_statement(self):
        report, statement = announcing(entry("250.00", bank_id="A1")).decode(), file_of(entry("250.00", bank_id="A1")).decode()
        for members in ({"a": report, "b": statement}, {"a": statement, "b": report}):
            record = self.take(zipped(**members), "day.zip")
            self.assertEqual((record.state, record.journal_id), ("imported", self.bank), record.reason)
        self.assertEqual((len(self.lines()), len(self.announced("confirmed")), len(self.announced())), (1, 1, 0))

    def test_in_text_formats_too(self):
        content = (
            f":20:R\n:25:{IBAN}\n:28C:1/1\n:34F:EUR0,\n:13D:2603021200+0100\n"
            ":61:2603020302C250,00NTRFINV-7//BANK-1\n:86:Invoice 7\n:90D:0EUR0,\n:90C:1EUR250,00\n-\n"
        )
        record = self.take(content.encode(), "day.942")
        self.assertEqual((record.state, record.format, record.announced_count), ("imported", "mt942", 1), record.reason)
        self.assertEqual(self.announced().amount, 250)

    def test_inv_14_too_old_is_an_exception_that_closes_by_itself(self):
        self.announce(entry("250.00", bank_id="A1"))
        rows = self.env["finance.announced"]
        today = fields.Date.to_date(DAY) + timedelta(days=10)
        with freeze_time(today):
            rows._cron_check_overdue()
            self.assertFalse(self.exceptions("announced_overdue"))
        with freeze_time(today + timedelta(days=1)):
            rows._cron_check_overdue()
            rows._cron_check_overdue()
        raised = self.exceptions("announced_overdue")
        self.assertEqual((raised.amount_at_risk, raised.count, raised.res_id), (250, 1, self.announced().id))
        self.take_good(entry("250.00", bank_id="A1"))
        rows._cron_check_overdue()
        self.assertEqual(raised.state, "resolved")

    def test_the_workbench_tells_how_much_is_announced(self):
        self.announce(entry("250.00", bank_id="A1"), entry("-7.00", bank_id="A2"))
        other = self.make_bank("Second bank", "BNKB", "GB33BUKB20201555555555")
        workbench = self.env["finance.workbench"]
        told = workbench.get_summary(self.bank.id)["announced"]
        self.assertEqual(told["count"], 2)
        self.assertIn("243.00", told["money"][0])
        self.assertEqual(workbench.get_summary(other.id)["announced"]["count"], 0)

    def test_companies_stay_apart(self):
        self.announce(entry("250.00"))
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(self.env, "fc-other", "finance_connector.group_user", company_id=other.id, company_ids=other.ids)
        self.assertFalse(self.env["finance.announced"].with_user(user).with_context(allowed_company_ids=other.ids).search([]))


class TestBatches(ReconcileCase, AnnouncedCase):
    def test_a_statement_with_a_batch_and_one_with_its_parts_book_it_once(self):
        whole = batch("300.00", "100.00", "200.00", bank_id="B")
        self.take_good(whole)
        split = [entry("100.00", ref="E100.00", bank_id="P1"), entry("200.00", ref="E200.00", bank_id="P2")]
        again = self.take_good(*split, name="split")
        self.assertEqual((again.created_count, again.duplicate_count, len(self.lines())), (0, 2, 1))

    def test_a_notification_details_the_batch_of_the_statement(self):
        invoices = self.invoice(100, ref="M-100.00"), self.invoice(200, ref="M-200.00")
        for order in ("before", "after"):
            with self.subTest(order), self.env.cr.savepoint() as point:
                if order == "before":
                    self.announce(batch("300.00", "100.00", "200.00"), kind="camt.054")
                self.take_good(batch("300.00"))
                if order == "after":
                    self.announce(batch("300.00", "100.00", "200.00"), kind="camt.054")
                line = self.lines()
                self.assertEqual((len(line), self.announced("confirmed").line_ids), (1, line))
                self.assertEqual(line.fc_details["members_state"], "proven")
                self.reconcile()
                self.assertTrue(line.is_reconciled)
                self.assertEqual({one.payment_state for one in invoices}, {"paid"})
                point.rollback()
                self.env.invalidate_all()

    def test_parts_of_a_notification_are_the_batch_of_the_statement(self):
        self.announce(
            entry("100.00", ref="E1", text="Invoice M-1"), entry("200.00", ref="E2", text="Invoice M-2"), kind="camt.054"
        )
        self.take_good(with_references(batch("300.00"), "E1", "E2"))
        self.assertEqual(set(self.announced("confirmed").mapped("reason")), {"announced-parts-booked-as-batch"})
        self.assertEqual([one["amount"] for one in self.lines().fc_details["members"]], ["100.0", "200.0"])

    def test_a_report_and_then_a_notification_of_its_details(self):
        self.announce(batch("300.00", bank_id="B"))
        told = self.announce(batch("300.00", "100.00", "200.00", bank_id="B"), kind="camt.054")
        self.assertEqual((told.announced_count, told.duplicate_count), (0, 1))
        self.take_good(batch("300.00", bank_id="B"))
        self.assertEqual(len(self.lines().fc_details["members"]), 2)

    def test_the_details_may_come_last(self):
        self.announce(batch("300.00", bank_id="B"))
        self.take_good(batch("300.00", bank_id="B"))
        self.announce(batch("300.00", "100.00", "200.00", bank_id="B"), kind="camt.054")
        self.assertEqual(len(self.lines().fc_details["members"]), 2)

    def test_one_transaction_brings_its_reference(self):
        self.take_good(batch("300.00", bank_id="B"))
        self.announce(entry("300.00", ref="E-1", bank_id="B"), kind="camt.054")
        self.assertEqual((self.lines().fc_end_to_end_id, len(self.lines())), ("E-1", 1))


def with_references(whole, *references):
    """``whole`` with details that have references and no amounts."""
    xml, signed = whole
    details = "".join(f"<TxDtls><Refs><EndToEndId>{one}</EndToEndId></Refs></TxDtls>" for one in references)
    return xml.replace("</Ntry>", f"<NtryDtls>{details}</NtryDtls></Ntry>"), signed
