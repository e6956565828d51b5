"""What the tests of payments share: vendors with accounts, bills, people who approve, a rule in force, a bank's answers."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.tests import new_test_user

from .bank_common import ReconcileCase
from .camt_file import entry

GROUPS = "base.group_user,finance_connector.group_{}"
VENDOR_IBANS = ("DE89370400440532013000", "FR1420041010050500013M02606", "NL91ABNA0417164300")


class PaymentCase(ReconcileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker, cls.other_maker = (cls.person(name, "user") for name in ("maker", "other maker"))
        cls.treasurer, cls.chief = (cls.person(name, "approver") for name in ("treasurer", "chief"))
        cls.boss = cls.person("boss", "administrator", "finance_connector.group_approver")
        cls.company.partner_id.write({"country_id": cls.env.ref("base.de").id, "city": "Berlin"})
        cls.vendors = [cls.vendor(f"Vendor {number}", iban) for number, iban in enumerate(VENDOR_IBANS, 1)]
        cls.rule = cls.policy("Treasury pays", [(1, "Treasury", cls.treasurer | cls.chief)])

    @classmethod
    def person(cls, name, role, *more):
        groups = ",".join((GROUPS.format(role), *more))
        return new_test_user(
            cls.env, name.replace(" ", "_"), groups=groups, company_id=cls.company.id, company_ids=cls.company.ids
        )

    @classmethod
    def vendor(cls, name, iban):
        partner = cls.env["res.partner"].create(
            {"name": name, "country_id": cls.env.ref("base.de").id, "city": "Bonn", "supplier_rank": 1}
        )
        cls.env["res.partner.bank"].create({"acc_number": iban, "partner_id": partner.id})
        return partner

    @classmethod
    def policy(cls, name, levels, approve=True, **values):
        """An approval rule; ``levels``: (number, name, users) with further values."""
        rule = cls.env["finance.payment.policy"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "currency_id": cls.company.currency_id.id,
                "level_ids": [
                    (0, 0, {"number": number, "name": who, "user_ids": [(6, 0, people.ids)], **dict(more)})
                    for number, who, people, *more in levels
                ],
                **values,
            }
        )
        if approve:
            rule.with_user(cls.chief).action_approve()
        return rule

    def bill(self, amount, vendor=0, ref="R-1", move_type="in_invoice", **values):
        """A posted bill of a vendor."""
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.vendors[vendor].id,
                "company_id": self.company.id,
                "ref": ref,
                "invoice_date": values.pop("date", fields.Date.today()),
                "invoice_line_ids": [(0, 0, {"name": "Goods", "quantity": 1, "price_unit": amount, "tax_ids": False})],
                **values,
            }
        )
        move.action_post()
        return move

    def payable(self, *bills):
        return self.env["account.move"].union(*bills).line_ids.filtered(lambda item: item.account_type == "liability_payable")

    def order(self, *bills, user=None, submit=True, **values):
        """An order of ``bills``, made by the maker."""
        orders = (
            self.env["finance.payment.order"].with_user(user or self.maker).with_context(allowed_company_ids=self.company.ids)
        )
        made = orders._for_items(
            self.bank.with_user(user or self.maker), self.payable(*bills).with_user(user or self.maker), **values
        )
        if submit:
            made.action_submit()
        return made

    def approved(self, *bills, **values):
        order = self.order(*bills, **values)
        order.with_user(self.treasurer).action_approve()
        self.assertEqual(order.state, "approved")
        return order

    def sent(self, *bills, **values):
        order = self.approved(*bills, **values)
        order.action_send()
        order.with_user(self.other_maker).action_confirm_sent()
        self.assertEqual(order.state, "sent")
        return order

    def executed(self, order, day="2026-03-02"):
        """The bank's statement with a line for each payment of the order."""
        lines = []
        for one in order.instruction_ids.sorted("id"):
            lines.append(
                entry(f"-{one.amount:.2f}", day=day, text="outgoing payment", ref=one.end_to_end_id, bank_id=f"B{one.id}")
            )
        return lines

    def answer(self, order, file_status="", report="ANSWER1", **statuses):
        """A pain.002 of the bank; ``statuses``: `p<place>` of the payment -> status or (status, reason code)."""
        file = order.file_ids[:1]
        told = []
        for place, one in enumerate(order.instruction_ids.sorted("id"), 1):
            status = statuses.get(f"p{place}")
            if status:
                code, reason = status if isinstance(status, tuple) else (status, "")
                why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
                told.append(
                    f"<TxInfAndSts><OrgnlEndToEndId>{one.end_to_end_id}</OrgnlEndToEndId><TxSts>{code}</TxSts>{why}</TxInfAndSts>"
                )
        group = f"<GrpSts>{file_status}</GrpSts>" if file_status else ""
        batch = (
            f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{file.message_name}1</OrgnlPmtInfId>{''.join(told)}</OrgnlPmtInfAndSts>"
            if told
            else ""
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">'
            "<CstmrPmtStsRpt>"
            f"<GrpHdr><MsgId>{report}</MsgId><CreDtTm>2026-11-28T10:00:00+00:00</CreDtTm></GrpHdr>"
            f"<OrgnlGrpInfAndSts><OrgnlMsgId>{file.message_name}</OrgnlMsgId><OrgnlMsgNmId>{file.format}</OrgnlMsgNmId>{group}"
            f"</OrgnlGrpInfAndSts>{batch}</CstmrPmtStsRpt></Document>"
        ).encode()

    # --- channels -----------------------------------------------------------------------------------------------------------

    def channel(self, code, approve=True, secrets=(), **values):
        """A payment channel of the bank journal, put into force by a second person."""
        made = self.env["finance.payment.channel"].create(
            {"name": f"By {code}", "code": code, "journal_id": self.bank.id, "company_id": self.company.id, **values}
        )
        for name, value in dict(secrets).items():
            made.set_secret(name, value)
        if approve:
            made.with_user(self.chief).action_approve()
        return made

    def send(self):
        """The scheduled action that sends, with everything due now."""
        self.env["finance.request"].search([("order_id", "!=", False)]).next_attempt_at = False
        self.cron("cron_send_payments")

    def later(self, **delta):
        """A context in which it is later than now."""
        return freeze_time(fields.Datetime.now() + timedelta(**delta), tick=True)

    def states(self, order):
        return set(order.instruction_ids.mapped("state"))
