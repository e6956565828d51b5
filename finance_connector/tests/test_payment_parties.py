"""Who bears the charges, for whom money is paid and taken, and why: in the file, and bound by the approval."""

from lxml import etree
from odoo.exceptions import UserError

from .payment_common import PaymentCase


class TestPaymentParties(PaymentCase):
    def written(self, order, path):
        """The texts at ``path`` of the file that would be sent."""
        root = etree.fromstring(order.sudo()._written().content)
        found = root.findall(".//" + "/".join(f"{{*}}{tag}" for tag in path.split("/")))
        return [one.text for one in found]

    def test_parties_and_purpose_are_told(self):
        order = self.order(self.bill(100), submit=False)
        order.ultimate_debtor_id = self.env["res.partner"].create({"name": "Daughter Ltd"})
        holder = self.env["res.partner"].create({"name": "Factoring AG"})
        order.instruction_ids.write({"ultimate_creditor_id": holder.id, "purpose": "SUPP"})
        order.action_submit()
        self.assertEqual(self.written(order, "UltmtDbtr/Nm"), ["Daughter Ltd"])
        self.assertEqual(self.written(order, "UltmtCdtr/Nm"), ["Factoring AG"])
        self.assertEqual(self.written(order, "Purp/Cd"), ["SUPP"])

    def test_charges_are_those_of_the_scheme_or_refused(self):
        order = self.order(self.bill(100), submit=False, scheme="urgent", charge_bearer="DEBT")
        self.vendors[0].bank_ids.bank_id = self.env["res.bank"].create({"name": "Bank", "bic": "DEUTDEFF"})
        order.action_submit()
        self.assertEqual(self.written(order, "ChrgBr"), ["DEBT"])
        other = self.order(self.bill(50, vendor=1, ref="R-2"), submit=False, charge_bearer="DEBT")
        with self.assertRaisesRegex(UserError, "SLEV"):
            other.action_submit()

    def test_inv_10_another_beneficiary_voids_the_approval(self):
        order = self.approved(self.bill(100))
        order.instruction_ids.ultimate_creditor_id = self.vendors[1]
        self.assertEqual(order.state, "to_approve")
