"""What the tests of direct debits share: customers with mandates, invoices, and orders that collect them."""

from odoo import fields

from .payment_common import PaymentCase

CREDITOR_ID = "DE98ZZZ09999999999"
DEBTOR_IBANS = ("DE02120300000000202051", "FR1420041010050500013M02606", "NL91ABNA0417164300")


class CollectionCase(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {"fc_creditor_id": CREDITOR_ID, "fc_return_charge_account_id": cls.make_account("Return charges", "627001").id}
        )
        cls.mandates = [cls.mandate(cls.debtor(f"Debtor {number}", iban)) for number, iban in enumerate(DEBTOR_IBANS, 1)]

    def setUp(self):
        super().setUp()
        self.mandates = list(self.mandates)

    @classmethod
    def debtor(cls, name, iban, **values):
        partner = cls.env["res.partner"].create(
            {
                "name": name,
                "country_id": cls.env.ref("base.de").id,
                "city": "Bonn",
                "is_company": True,
                "email": f"{name.replace(' ', '.').lower()}@example.com",
                **values,
            }
        )
        cls.env["res.partner.bank"].create({"acc_number": iban, "partner_id": partner.id})
        return partner

    @classmethod
    def mandate(cls, partner, activate=True, **values):
        """A mandate of ``partner``, whose invoices are the notice unless ``values`` say otherwise."""
        made = (
            cls.env["finance.mandate"]
            .with_user(cls.maker)
            .create(
                {
                    "partner_id": partner.id,
                    "bank_account_id": partner.bank_ids[:1].id,
                    "company_id": cls.company.id,
                    "creditor_id": CREDITOR_ID,
                    "signed_on": fields.Date.today(),
                    "evidence_note": "Binder 7",
                    "notice": "document",
                    **values,
                }
            )
        )
        if activate:
            made.action_activate()
        return made

    def invoice(self, amount, debtor=0, move_type="out_invoice", **values):
        """A posted invoice of a debtor, due at once."""
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.mandates[debtor].partner_id.id,
                "company_id": self.company.id,
                "invoice_date": fields.Date.today(),
                "invoice_date_due": fields.Date.today(),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [(0, 0, {"name": "Service", "quantity": 1, "price_unit": amount, "tax_ids": False})],
                **values,
            }
        )
        move.action_post()
        return move

    def open_items(self, *invoices):
        return self.env["account.move"].union(*invoices).line_ids.filtered(lambda item: item.account_type == "asset_receivable")

    def collection(self, *invoices, submit=True, **values):
        """An order that collects ``invoices``, made by the maker."""
        orders = self.env["finance.payment.order"].with_user(self.maker).with_context(allowed_company_ids=self.company.ids)
        items = self.open_items(*invoices).with_user(self.maker)
        made = orders._for_invoices(self.bank.with_user(self.maker), items, **values)
        if submit:
            made.action_submit()
        return made

    def sent_collection(self, *invoices, **values):
        order = self.collection(*invoices, **values)
        order.with_user(self.treasurer).action_approve()
        self.assertEqual(order.state, "approved")
        order.action_send()
        order.with_user(self.other_maker).action_confirm_sent()
        self.assertEqual(order.state, "sent")
        return order
