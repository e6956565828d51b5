"""What each role sees: every menu, view and filter opens; an auditor finds nothing to press that writes."""

from odoo.tests import new_test_user

from .screen_common import ScreenCase

_CLICK_ALL = (
    "odoo.loader.modules.get('@web/webclient/clickbot/clickbot_loader').startClickEverywhere('finance_connector.menu_root')"
)


class TestScreenRoles(ScreenCase):
    def click_everything(self, login):
        self.env["res.users"].search([("login", "=", login)]).tour_enabled = False
        self.browser_js(
            "/odoo",
            _CLICK_ALL,
            "odoo.isReady === true",
            login=login,
            timeout=900,
            success_signal="clickbot test succeeded",
        )

    def test_everything_opens_for_a_user(self):
        self.click_everything("screen_user")

    def test_everything_opens_for_an_administrator(self):
        self.click_everything("screen_administrator")

    def test_everything_opens_for_an_auditor(self):
        self.click_everything("screen_auditor")

    def test_an_auditor_only_reads(self):
        self.tour("/odoo/finance-exceptions", "auditor_reads", "screen_auditor")

    def test_the_application_opens_on_the_exceptions(self):
        menus = self.env["ir.ui.menu"].with_user(self.user).load_web_menus(False)
        root = self.env.ref("finance_connector.menu_root")
        self.assertEqual(menus[root.id]["actionPath"], "finance-exceptions")
        first = self.env["ir.ui.menu"].browse(menus[root.id]["children"][0])
        self.assertEqual(first, self.env.ref("finance_connector.menu_dashboard"))

    def test_the_application_is_hidden_from_everybody_else(self):
        stranger = new_test_user(self.env, login="screen_stranger", groups="base.group_user")
        menus = self.env["ir.ui.menu"].with_user(stranger).load_web_menus(False)
        self.assertNotIn(self.env.ref("finance_connector.menu_root").id, menus)
