"""What is made and read of payments many at once is what the ORM makes and reads of them one by one."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from ..core import approval_content, double_payment, instruction
from ..core.money import Money
from ..hooks import uninstall_hook
from ..models import payment_file, payment_radar
from ..models.payment_new import NewPayment
from ..models.row_source import _MANY
from .payment_common import VENDOR_IBANS, PaymentCase

# What is of the row and not of the payment.
_OWN = {"id", "order_id", "instruction_id", "create_date", "write_date"}


class TestPaymentSets(PaymentCase):
    def rows(self, order):
        """The columns of the payments of ``order`` and of their documents, as the database has them."""
        self.env.flush_all()
        found = []
        for table, where in (
            ("finance_payment_instruction", "order_id = %s"),
            ("finance_payment_item", "instruction_id IN (SELECT id FROM finance_payment_instruction WHERE order_id = %s)"),
        ):
            self.env.cr.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY id", [order.id])
            names = [column.name for column in self.env.cr.description]
            for row in self.env.cr.fetchall():
                told = dict(zip(names, row, strict=True))
                # An empty text, and no tick, are the same as nothing.
                found.append({name: value or None for name, value in told.items() if name not in _OWN})
        return found

    def orders(self, user=None):
        return self.env["finance.payment.order"].with_user(user or self.maker).with_context(allowed_company_ids=self.company.ids)

    def create_one_by_one(self, order, like):
        """The payments of ``like``, made by the ORM in ``order``; ``like`` is deleted before, since a bill is in one order."""
        vals = [
            {
                "order_id": order.id,
                "partner_id": one.partner_id.id,
                "bank_account_id": one.bank_account_id.id,
                "amount": one.amount,
                "currency_id": one.currency_id.id,
                "reference": one.reference,
                "text": one.text,
                "item_ids": [
                    Command.create(
                        {"move_line_id": item.move_line_id.id, "amount": item.amount, "takes_discount": item.takes_discount}
                    )
                    for item in one.item_ids
                ],
            }
            for one in like.instruction_ids.sorted("id")
        ]
        like.unlink()
        return self.env["finance.payment.instruction"].with_user(self.maker).create(vals)

    def test_payments_made_at_once_are_those_that_the_orm_makes(self):
        bills = [
            self.bill(100, ref="R-1"),
            self.bill(0.1, ref="R-2"),
            self.bill(70, vendor=1, ref="RF18539007547034", payment_reference="RF18539007547034"),
            self.bill(30.3, vendor=2, ref=False),
            self.bill(25, ref="C-1", move_type="in_refund"),
        ]
        order = self.order(*bills, submit=False)
        made = self.rows(order)
        self.assertEqual(sorted(order.instruction_ids.mapped("amount")), [30.3, 70, 75.1])
        self.assertEqual((order.instruction_count, round(order.amount_total, 2)), (3, 175.4))
        self.assertIn("RF18539007547034", order.instruction_ids.mapped("reference"))
        other = order.copy()
        other.invalidate_recordset()
        payments = self.create_one_by_one(other, order)
        self.assertFalse(any(payments.mapped("intent_key")), "a draft that is edited has no names")
        other.sudo()._mint()
        self.assertEqual(self.rows(other), made)

    def test_what_is_paid_anew_takes_the_same_place(self):
        bill = self.bill(100)
        failed = self.sent(bill).instruction_ids
        failed.sudo()._tell("reject", "N1", level="instruction", reasons=("AC04",))
        order = self.order(bill, submit=False)
        self.assertEqual(order.instruction_ids.replaces_id, failed)
        made = self.rows(order)
        other = order.copy()
        payments = self.create_one_by_one(other, order)
        payments._take_place_of_failed()
        other.sudo()._mint()
        self.assertEqual(self.rows(other), made)
        self.assertNotEqual(payments.intent_key, failed.intent_key)

    def free(self, order):
        """A payment without a document, with everything that can be told of one."""
        vendor = self.vendors[2]
        other = self.env["res.partner"].create({"name": "Überbau AG", "country_id": self.env.ref("base.ch").id, "city": "Zürich"})
        vals = {"partner_id": vendor.id, "bank_account_id": vendor.bank_ids.id, "amount": 12.3, "text": "Rent, May & June",
                "currency_id": self.company.currency_id.id, "purpose": "RENT", "ultimate_creditor_id": other.id,
                "account_id": vendor.property_account_payable_id.id, "order_id": order.id}  # fmt: skip
        return self.env["finance.payment.instruction"].with_user(self.maker).create(vals)

    def test_inv_10_the_content_that_is_read_at_once_is_that_of_the_records(self):
        bank = self.env["res.bank"].create({"name": "Sparbank", "bic": "COBADEFFXXX"})
        self.vendors[1].bank_ids.write({"bank_id": bank.id, "clearing_number": "123", "fc_account_kind": "savings"})
        self.vendors[0].bank_ids.acc_holder_name = "Ein Inhaber"
        order = self.order(self.bill(100), self.bill(7, ref="R-2"), self.bill(50, vendor=1, ref="R-3"), submit=False)
        self.free(order)
        order.sudo()._mint()
        for file_format in ("pain.001.001.09", "nacha"):
            order.file_format = file_format
            records = tuple(one._content_line() for one in order.sudo().instruction_ids.sorted("id"))
            content = order.sudo()._content()
            self.assertEqual(content.lines, records)
            self.assertEqual(len({line.payee for line in records}), 3)
        self.assertTrue(approval_content.content_hash(content))

    def test_the_radar_reads_the_documents_of_the_records(self):
        note = self.bill(3, ref="C", move_type="in_refund")
        order = self.order(self.bill(100), self.bill(7, ref="R-2", vendor=1), note, submit=False)
        self.free(order)
        payments = order.sudo().instruction_ids
        expected = [one for payment in payments for one in payment._as_paid()]
        found = payments._documents(payment_radar._OF_ORDER, order.id)
        self.assertEqual(sorted(found), sorted(expected))
        self.assertEqual(len(found), 3)

    def test_the_radar_looks_at_everything_that_is_alike(self):
        """Payments are left out beforehand where payee and account occur once: nothing that is suspicious is among these."""
        twin = self.vendor("Twin of Vendor 2", VENDOR_IBANS[1])
        self.vendors = [*self.vendors, twin]
        self.sent(self.bill(80, vendor=2, ref="OLD-1"))
        self.env["account.payment"].create(
            {
                "partner_id": twin.id,
                "amount": 33,
                "journal_id": self.bank.id,
                "payment_type": "outbound",
                "date": fields.Date.today(),
            }
        ).action_post()
        self.vendors = [*self.vendors, self.vendor("Alone", "DE02120300000000202051")]
        order = self.order(
            self.bill(50, ref="R-1"),
            self.bill(50, ref="R-2"),
            self.bill(70, vendor=1, ref="R-3"),
            self.bill(33, vendor=3, ref="R-4"),
            self.bill(70, vendor=3, ref="R-3"),
            self.bill(80, vendor=2, ref="OLD-1"),
            self.bill(90, vendor=4, ref="R-9"),
            submit=False,
        )
        payments = order.sudo().instruction_ids
        alone = payments.filtered(lambda one: one.partner_id == self.vendors[4])
        mine = payments._documents(payment_radar._OF_ORDER, order.id)
        everybody = self.env["res.partner"].sudo().search([])
        earlier = (order.company_id.id, order.id, order.kind, fields.Date.add(order.execution_date, days=-91))
        accounts = everybody.bank_ids.mapped("sanitized_acc_number")
        history = payments._documents(payment_radar._BEFORE, *earlier, everybody.ids, accounts)
        history += order.sudo()._paid_otherwise(set(payments.partner_id.ids))
        expected = double_payment.suspicions(mine, history)
        self.assertEqual(order.sudo()._suspicions(("hold", "look", "note")), expected)
        self.assertEqual({one.level for one in expected}, {"hold", "look"})
        self.assertGreaterEqual(len(expected), 4)
        self.assertEqual(set(order._alike(earlier)), set((payments - alone).ids))

    def test_what_was_paid_to_the_account_under_another_name_is_found(self):
        self.vendors = [*self.vendors, self.vendor("Twin of Vendor 2", VENDOR_IBANS[1])]
        self.sent(self.bill(70, vendor=3, ref="R-3"))
        order = self.order(self.bill(70, vendor=1, ref="R-3"), submit=False)
        self.assertIn("compare the documents", order.suspicion_text)

    def test_news_of_an_order_are_those_of_its_payments(self):
        def told(order):
            return order.sudo()._has_news(), any(order.instruction_ids.mapped("payee_news"))

        first = self.sent(self.bill(100))
        # All of a test is at one time; the account was entered before it.
        self.env.cr.execute("UPDATE finance_payment_order SET create_date = now() + interval '1 hour' WHERE id = %s", [first.id])
        again = self.order(self.bill(50, ref="R-2"), submit=False)
        self.assertEqual(told(again), (False, False))
        other = self.env["res.partner.bank"].create({"acc_number": "DE02120300000000202051", "partner_id": self.vendors[0].id})
        again.instruction_ids.bank_account_id = other
        self.assertEqual(told(again), (True, True))
        new = self.order(self.bill(50, vendor=1, ref="R-3"), submit=False)
        self.assertEqual(told(new), (True, True))
        self.assertEqual(told(first), (True, True))

    def test_payments_with_the_same_story_are_folded_as_each_alone(self):
        order = self.sent(self.bill(100), self.bill(50, vendor=1, ref="R-2"), self.bill(20, vendor=2, ref="R-3"))
        one, other, third = order.sudo().instruction_ids.sorted("id")
        one._tell("execute", "E1", amount=one._money(), source="camt.053")
        other._tell("reject", "N1", level="instruction", reasons=("AC04",))
        facts = self.env["finance.payment.fact"].sudo()._of(order.instruction_ids.ids)
        alone = {each.id: instruction.fold(facts[each.id], each._money()) for each in (one, other, third)}
        self.assertEqual((one | other | third)._folded(), alone)
        self.assertEqual([each.state for each in (one, other, third)], ["executed", "rejected", "sent"])

    def test_more_payments_than_fit_a_parameter_are_copied(self):
        bill = self.bill(10)
        items = self.payable(bill)
        order = self.orders().create({"journal_id": self.bank.id, "company_id": self.company.id})
        (item,) = self.env["account.move.line"]._open_items([("id", "in", items.ids)])
        # One document cannot be in many payments, hence the negative amounts: those of credit notes may.
        note = Money(-1, item.currency)
        new = [
            NewPayment(item.payee_id, item.account_id, Money(100 + number, item.currency), item.currency_id, None,
                       f'Text "{number}", one\nand \\N', ((item.id, note, False),))
            for number in range(_MANY)
        ]  # fmt: skip
        order._insert_payments(new)
        self.assertEqual((order.instruction_count, len(order.instruction_ids)), (_MANY, _MANY))
        self.assertEqual(order.instruction_ids.sorted("id")[-1].text, f'Text "{_MANY - 1}", one\nand \\N')
        self.assertEqual(round(order.amount_total, 2), round(sum(100 + number for number in range(_MANY)) / 100, 2))

    # --- what the ways one by one refuse --------------------------------------------------------------------------------

    def test_whom_one_may_not_read_one_cannot_pay(self):
        bill = self.bill(100)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.vendors[0].company_id = elsewhere
        with self.assertRaises(AccessError):
            self.order(bill, submit=False)

    def test_an_account_of_somebody_else_is_not_paid_to(self):
        bill = self.bill(100)
        bill.partner_bank_id = self.vendors[1].bank_ids
        with self.assertRaisesRegex(UserError, "belongs to Vendor 2"):
            self.order(bill, submit=False)

    def test_a_name_of_a_draft_does_not_outlive_an_edit(self):
        bill, other = self.bill(100), self.bill(100, ref="R-2")
        order = self.order(bill, other, submit=False, together=False)
        one = order.instruction_ids.filtered(lambda each: each.item_ids.move_id == bill)
        self.assertTrue(one.intent_key)
        one.item_ids.unlink()
        self.assertFalse(any(order.instruction_ids.mapped("intent_key")))
        again = self.order(bill, submit=False)
        self.assertTrue(again.instruction_ids.intent_key)

    def test_no_guard_outlives_the_addon(self):
        guards = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'finance%guard' AND tgrelid = 'res_users'::regclass"
        self.env.cr.execute(guards)
        self.assertGreater(self.env.cr.fetchone()[0], 0, "who entered a payment is held by a guard")
        uninstall_hook(self.env)
        self.env.cr.execute(guards)
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    # --- the file -------------------------------------------------------------------------------------------------------

    def test_the_file_names_payees_as_their_records_do(self):
        vendor = self.vendors[0]
        vendor.write({"street": "Weg 1", "zip": "53111"})
        contact = self.env["res.partner"].create({"name": "A person", "parent_id": vendor.id, "type": "other", "street": "Ort 2"})
        abroad = self.env["res.partner"].create({"name": "Abroad", "country_id": self.env.ref("base.ch").id, "city": "Chur"})
        abroad.bank_ids.create({"acc_number": "CH9300762011623852957", "partner_id": abroad.id})
        nowhere = self.env["res.partner"].create({"name": "Nowhere", "street": "Somewhere"})
        order = self.orders().create({"journal_id": self.bank.id, "company_id": self.company.id})
        payments = self.env["finance.payment.instruction"].create(
            [
                {"order_id": order.id, "partner_id": payee.id, "bank_account_id": account.id, "amount": 1, "text": "x",
                 "currency_id": self.company.currency_id.id, "ultimate_creditor_id": other.id}
                for payee, account, other in (
                    (vendor, vendor.bank_ids, contact), (contact, vendor.bank_ids, abroad),
                    (abroad, abroad.bank_ids, nowhere), (nowhere, nowhere.bank_ids, vendor.browse()),
                )
            ]
        )  # fmt: skip
        heading, paid = order.sudo()._heading(), order.sudo()._paid()
        for one, row in zip(payments, paid.rows, strict=True):
            told = row.transfer(heading, True)
            self.assertEqual(told.creditor, payment_file.party(one.partner_id))
            self.assertEqual(told.ultimate_creditor, payment_file.party(one.ultimate_creditor_id))
            self.assertEqual(told.account, payment_file.account(one.bank_account_id))
            self.assertEqual(told.agent, payment_file.agent(one.bank_account_id))

    def test_the_file_that_was_checked_at_the_submission_is_the_one_that_is_approved(self):
        order = self.order(self.bill(100))
        file = order.file_ids
        self.assertEqual((file.count, file.content_hash, file.source_hash), (1, order.content_hash, order.source_hash))
        self.assertFalse(file.is_given_out)
        order.with_user(self.treasurer).action_approve()
        self.assertEqual((order.state, order.file_ids), ("approved", file))
        self.assertEqual(order.sudo()._written().sha256, file.checksum)

    def test_what_an_approval_does_not_bind_is_in_the_file_as_it_is_then(self):
        order = self.order(self.bill(100))
        file, content = order.file_ids, order.content_hash
        self.vendors[0].city = "Kiel"
        order.with_user(self.treasurer).action_approve()
        self.assertEqual(order.content_hash, content)
        self.assertNotEqual(order.source_hash, file.source_hash)
        newest = order.file_ids.sorted("id")[-1].sudo()
        self.assertIn(b"Kiel", newest._bytes())
        self.assertEqual(order.sudo()._current_file(), newest)
        self.assertNotIn(b"Kiel", file.sudo()._bytes())

    def test_inv_10_everything_that_reaches_the_file_is_in_its_source(self):
        order = self.order(self.bill(100), submit=False)
        order.sudo()._mint()
        before = order.sudo()._source_now()
        bank = self.env["res.bank"].create({"name": "Sparbank", "bic": "COBADEFFXXX"})
        changes = [
            (order, {"batch_booking": True}),
            (order, {"category_purpose": "SUPP"}),
            (order, {"scheme": "urgent"}),
            (order, {"execution_date": fields.Date.add(order.execution_date, days=3)}),
            (order, {"ultimate_debtor_id": self.vendors[1].id}),
            (order.instruction_ids, {"amount": 99}),
            (order.instruction_ids, {"text": "other"}),
            (order.instruction_ids, {"purpose": "RENT"}),
            (order.instruction_ids, {"ultimate_creditor_id": self.vendors[1].id}),
            (self.vendors[0], {"name": "Vendor one"}),
            (self.vendors[0], {"city": "Kiel"}),
            (self.vendors[0], {"street": "Weg 1"}),
            (self.vendors[0].bank_ids, {"bank_id": bank.id}),
            (bank, {"bic": "COBADEFF"}),
            (self.vendors[1], {"city": "Ulm"}),
            (self.company, {"name": "Us & Co"}),
            (self.company.partner_id, {"city": "Mainz"}),
            (self.bank, {"fc_sent_currency_ids": [Command.set(self.company.currency_id.ids)]}),
        ]
        for record, vals in changes:
            record.sudo().write(vals)
            now = order.sudo()._source_now()
            self.assertNotEqual(now, before, vals)
            before = now

    def test_a_submitted_order_is_not_deleted(self):
        order = self.order(self.bill(100))
        order.action_recall()
        with self.assertRaisesRegex(UserError, "evidence"):
            order.unlink()
