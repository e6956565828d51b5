"""The matrix of capabilities: what the screen draws is what the adapters declare."""

from odoo.addons.finance_connector import feeds, providers
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install", "finance_connector")
class TestCapability(TransactionCase):
    def test_the_matrix_has_every_adapter_and_its_doubts(self):
        auditor = new_test_user(self.env, "capability_auditor", groups="base.group_user,finance_connector.group_auditor")
        tables = self.env["finance.capability"].with_user(auditor).matrix()
        labels = [{column["label"] for column in table["columns"]} for table in tables]
        self.assertEqual(labels[0], {providers.get(code).label for code in providers.codes()})
        self.assertLessEqual({feeds.get(code).label for code in feeds.codes()}, labels[1])
        self.assertIn("CAMT.053 (01 to 14)", labels[2])
        mollie = next(column for column in tables[0]["columns"] if column["label"] == "Mollie")
        self.assertEqual(mollie["doubts"], len(providers.get("mollie").unverified))

    def test_it_is_for_people_with_a_role(self):
        nobody = new_test_user(self.env, "capability_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["finance.capability"].with_user(nobody).matrix()
