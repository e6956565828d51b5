import base64
from odoo.tests import HttpCase, common, tagged
from odoo.tools import file_path
from .collection_common import CollectionCase
from .screen_common import LEFT_OUT

class TestShot(CollectionCase, HttpCase):
    def test_shot(self):
        try:
            file_path(LEFT_OUT)
        except Exception:
            self.env["ir.asset"].create({"name": "left out", "bundle": "web.assets_backend", "directive": "remove", "path": LEFT_OUT})
        policy = self.env["finance.dunning.policy"].create({"name": "Returned direct debits", "trigger": "collection", "company_id": self.company.id, "user_id": self.maker.id, "step_ids": [(0, 0, {"after_days": 0, "action": "mail"}), (0, 0, {"after_days": 5, "action": "retry"}), (0, 0, {"after_days": 20, "action": "stop"})]})
        policy.with_user(self.chief).action_approve()
        self.mandates[1].notice = "mail"
        order = self.collection(self.invoice(100), self.invoice(50, debtor=1))
        order.with_user(self.treasurer).action_approve()
        sent = self.sent_collection(self.invoice(80, debtor=2))
        self.take(self.answer(sent, p1=("RJCT", "AC04")), "answer.xml")
        case = self.env["finance.dunning"].search([("company_id", "=", self.company.id)])
        self.mandates[0].sudo().reference = "M-NEW"
        old = common.ChromeBrowser.stop
        name = [""]
        def stop(browser):
            r = browser._websocket_request("Page.captureScreenshot")
            open(f"/tmp/shot_{name[0]}.png", "wb").write(base64.b64decode(r["data"]))
            return old(browser)
        self.patch(common.ChromeBrowser, "stop", stop)
        self.patch(common, "CHECK_BROWSER_ITERATIONS", 900)
        self.maker.write({"login": "maker_login", "password": "maker_login"})
        for name[0], path in (("mandate", f"finance-mandates/{self.mandates[2].id}"), ("order", f"finance-direct-debits/{order.id}"), ("dunning", f"finance-dunning/{case.id}"), ("list", "finance-mandates"), ("policy", f"finance-dunning-policies/{policy.id}"), ("one", f"finance-payments/{sent.instruction_ids.id}")):
            self.browser_js(f"/odoo/{path}", "setTimeout(() => console.log('test successful'), 2500)", "!!document.querySelector('.o_form_view, .o_list_view')", login="maker_login", timeout=90)
