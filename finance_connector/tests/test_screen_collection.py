"""Mandates, orders of direct debits and dunning cases in a real browser."""

from odoo.tests import HttpCase, common

from .collection_common import CollectionCase
from .screen_common import ScreenCase


class TestScreenCollection(CollectionCase, HttpCase):
    tour = ScreenCase.tour
    _drop_missing_asset = classmethod(ScreenCase._drop_missing_asset.__func__)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As in `ScreenCase`: on a busy machine a browser takes longer to start.
        cls.classPatch(common, "CHECK_BROWSER_ITERATIONS", 900)
        cls._drop_missing_asset()
        cls.collector = cls.person("collector", "user")

    def test_a_mandate_is_suspended_and_used_again(self):
        self.collection(self.invoice(100))
        self.tour("/odoo/finance-mandates", "mandate_suspended", "collector")
        self.assertEqual(self.mandates[0].state, "active")

    def test_an_order_of_direct_debits_is_told_in_its_own_words(self):
        self.collection(self.invoice(100))
        self.tour("/odoo/finance-direct-debits", "collection_order", "collector")

    def test_a_dunning_case_is_held_and_goes_on(self):
        policy = self.env["finance.dunning.policy"].create(
            {
                "name": "Returned direct debits",
                "company_id": self.company.id,
                "user_id": self.maker.id,
                "step_ids": [(0, 0, {"after_days": 0, "action": "mail"})],
            }
        )
        policy.with_user(self.chief).action_approve()
        order = self.sent_collection(self.invoice(100, debtor=1))
        self.take(self.answer(order, p1=("RJCT", "AM04")), "answer.xml")
        self.tour("/odoo/finance-dunning", "dunning_case", "collector")
        self.assertEqual(self.env["finance.dunning"].search([("policy_id", "=", policy.id)]).state, "running")
