"""The dashboard in a real browser: its numbers, the lists behind them, and what it says when it cannot know."""

from unittest.mock import patch

from odoo.addons.finance_connector.models.dashboard_money import FinanceDashboard
from odoo.exceptions import UserError

from .screen_common import ScreenCase


class TestScreenDashboard(ScreenCase):
    def data(self, user=None):
        dashboard = self.env["finance.dashboard"].with_user(user or self.user)
        return dashboard.with_context(allowed_company_ids=self.company.ids).get_data()

    def test_numbers_lead_to_their_lists(self):
        self.tour("/odoo/finance-dashboard", "dashboard", "screen_user")

    def test_says_when_the_numbers_cannot_be_loaded(self):
        def refuse(_self):
            raise UserError("The ledger sleeps.")  # pylint: disable=translation-required

        with patch.object(FinanceDashboard, "_settlements", refuse):
            self.tour("/odoo/finance-dashboard", "dashboard_error", "screen_user")

    def test_nothing_there_yet(self):
        empty = self.env["res.company"].create({"name": "Empty", "currency_id": self.eur.id})
        self.administrator.write({"company_ids": [(6, 0, empty.ids)], "company_id": empty.id})
        self.tour("/odoo/finance-dashboard", "dashboard_empty", "screen_administrator")

    def test_exceptions(self):
        got = self.data()["exceptions"]
        kinds = {row["kind"]: row for row in got["kinds"]}
        self.assertEqual((got["open"], got["mine"], got["unassigned"], got["overdue"]), (2, 0, 2, 0))
        self.assertEqual(kinds["no_document"]["at_risk"], ["100.00\N{NO-BREAK SPACE}€"])
        self.assertEqual([row["severity"] for row in got["kinds"]], ["high", "medium"])

    def test_inbox_and_providers(self):
        got = self.data()
        self.assertEqual(got["inbox"]["dead"], 1)
        self.assertEqual(got["inbox"]["waiting"], len(self.env["finance.message"].search([("state", "=", "received")])))
        row = next(row for row in got["providers"] if row["id"] == self.provider.id)
        self.assertTrue(row["message_at"])
        self.assertEqual(row["poll_warning"], "Cannot be asked: no API key")

    def test_money(self):
        got = self.data()
        chart = got["flow"][0]
        self.assertEqual(chart["currency"], "EUR")
        self.assertEqual(sum(chart["series"]["captured"]), 100)
        self.assertEqual(chart["totals"]["fees"], "3.20\N{NO-BREAK SPACE}€")
        self.assertEqual([row["state"] for row in got["transactions"]["states"]], ["partially_refunded"])
        self.assertEqual(got["transactions"]["without_document"], 1)
        self.assertEqual(got["settlements"]["differing"], 1)

    def test_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.eur.id})
        self.user.write({"company_ids": [(4, other.id)]})
        dashboard = self.env["finance.dashboard"].with_user(self.user).with_context(allowed_company_ids=other.ids)
        got = dashboard.get_data()
        self.assertEqual((got["exceptions"]["open"], got["transactions"]["total"], got["providers"]), (0, 0, []))

    def test_every_role_gets_it(self):
        for user in (self.user, self.approver, self.administrator, self.auditor):
            self.assertEqual(self.data(user)["exceptions"]["open"], 2)
