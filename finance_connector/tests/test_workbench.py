"""What the workbench's screen asks for: lines by page and filter, what explains one, what was nearest, previews."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .bank_common import ReconcileCase
from .camt_file import entry


class TestWorkbench(ReconcileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,finance_connector.group_{}"
        cls.clerk, cls.auditor = (
            new_test_user(cls.env, role, groups=groups.format(role), company_id=cls.company.id, company_ids=cls.company.ids)
            for role in ("user", "auditor")
        )

    def setUp(self):
        super().setUp()
        self.bench = self.env["finance.workbench"].with_user(self.clerk).with_context(allowed_company_ids=self.company.ids)

    def listed(self, **wanted):
        found = self.bench.get_lines(wanted)
        self.assertEqual(found["total"], len(found["lines"]))
        return [(line["label"], line["state"]) for line in found["lines"]]

    def item(self, invoice):
        return invoice.line_ids.filtered(lambda item: item.account_id == self.receivable)

    def test_lines_by_state_text_amount_and_owner(self):
        for number in (1, 2):
            self.invoice(50, ref=f"A-2026-{number}")
        self.invoice(70, ref="A-2026-3")
        lines = self.bank_entries(
            entry("50.00", text="one of two", name=self.partner.name), entry("-12.00", text="bank costs"),
            entry("70.00", text="A-2026-3"))  # fmt: skip
        self.assertEqual(self.listed(), [("bank costs", "unmatched"), ("one of two", "ambiguous")])
        self.assertEqual(self.listed(state="ambiguous"), [("one of two", "ambiguous")])
        self.assertEqual(self.listed(state="unmatched"), [("bank costs", "unmatched")])
        self.assertEqual(self.listed(state="done"), [("A-2026-3", "done")])
        self.assertEqual(self.listed(search="COSTS"), [("bank costs", "unmatched")])
        self.assertEqual(self.listed(search="12,00"), [("bank costs", "unmatched")])
        self.assertEqual(self.listed(at_least=20), [("one of two", "ambiguous")])
        self.assertEqual(len(self.listed(older_than=1)), 2)
        self.assertEqual(self.listed(older_than=100_000 // 30), [])
        self.assertEqual(self.listed(state="mine"), [])
        self.bench.assign(lines[1].ids, self.clerk.id)
        self.assertEqual(self.listed(state="mine"), [("bank costs", "unmatched")])
        summary = self.bench.get_summary()
        self.assertEqual(summary["states"], {"proposed": 0, "ambiguous": 1, "unmatched": 1})
        self.assertEqual((summary["open"], summary["done_today"], summary["mine"]), (2, 1, 1))
        self.assertIn("62.00", summary["money"][0])

    def test_a_page_is_a_page(self):
        self.bank_entries(*(entry("1.00", text=f"line {number:03}") for number in range(90)))
        first, second = self.bench.get_lines({}, 0), self.bench.get_lines({}, 80)
        self.assertEqual((first["total"], len(first["lines"]), len(second["lines"])), (90, 80, 10))
        self.assertFalse({line["id"] for line in first["lines"]} & {line["id"] for line in second["lines"]})

    def test_what_was_nearest_says_why_it_is_not(self):
        self.invoice(70, ref="A-2026-1")
        self.invoice(33, ref="A-2026-2")
        line = self.bank_entries(entry("99.00", text="A-2026-1 and more", name=self.partner.name))
        found = self.bench.get_nearest(line.id)
        self.assertEqual([one["name"].split(" · ")[-1] for one in found], ["A-2026-1", "A-2026-2"])
        self.assertIn("The text names it.", found[0]["speaks_for"])
        self.assertIn("29.00", found[0]["refused_by"][0])

    def test_items_to_pick_begin_with_what_the_line_means(self):
        meant = self.invoice(70, ref="A-2026-1")
        payers, exact = self.invoice(33, ref="A-2026-2"), self.invoice(
            99, ref="A-2026-3", partner=self.env["res.partner"].create({"name": "Somebody else"}))  # fmt: skip
        line = self.bank_entries(entry("98.00", text="A-2026-1 and more", name=self.partner.name))
        names = [one["name"].split(" · ")[-1] for one in self.bench.search_items(line.id)]
        self.assertEqual(names, ["A-2026-1", "A-2026-2", "A-2026-3"])
        found = self.bench.search_items(line.id, "Somebody")
        self.assertEqual([one["id"] for one in found], self.item(exact).ids)
        # What is near is used by its id: a document has a number and a reference, which no search finds together.
        near = [one["id"] for one in self.bench.get_nearest(line.id)]
        self.assertEqual({one["id"] for one in self.bench.get_items(line.id, near)}, set(near))
        self.assertIn(self.item(meant).id, near)
        self.assertIn(self.item(payers).id, near)

    def test_each_proposal_shows_the_entry_that_accepting_it_books(self):
        for number in (1, 2):
            self.invoice(50, ref=f"A-2026-{number}")
        line = self.bank_entries(entry("50.00", text="one of two", name=self.partner.name))
        shown = self.bench.get_line(line.id)["matches"]
        self.assertEqual(len(shown), 2)
        for match in shown:
            self.assertEqual([row["account"] for row in match["entry"]], [self.receivable.display_name])
            self.assertEqual(match["entry"][0]["label"], match["name"])
            self.assertTrue(match["due"])
        self.env["finance.match"].browse(shown[0]["id"]).with_user(self.clerk).action_apply()
        booked = self.bench.get_line(line.id)["entry"]
        self.assertEqual([row["amount"] for row in booked], [row["amount"] for row in shown[0]["entry"]])
        self.assertEqual([row["account"] for row in booked], [row["account"] for row in shown[0]["entry"]])

    def test_the_preview_is_what_is_booked(self):
        invoice = self.invoice(100, ref="A-2026-1")
        line = self.bank_entries(entry("97.00", text="thanks"))
        account = self.provider.fee_account_id
        choice = {"items": [{"id": self.item(invoice).id, "amount": "100"}],
                  "write_offs": [{"account_id": account.id, "amount": "-3.00", "label": "Kept"}]}  # fmt: skip
        shown = self.bench.preview(line.id, choice)
        self.assertEqual(float(shown["open"]), 0)
        self.bench.choose(line.id, choice)
        booked = self.bench.get_line(line.id)["entry"]
        same = [(row["account"], row["label"], row["amount"]) for row in shown["rows"]]
        self.assertEqual(sorted(same), sorted((row["account"], row["label"], row["amount"]) for row in booked))
        self.assertEqual(invoice.payment_state, "paid")

    def test_safe_proposals_are_shown_before_all_of_them_are_accepted(self):
        for number in (1, 2):
            self.invoice(number * 10, ref=f"A-2026-{number}")
        self.company.fc_match_limit = 9.99
        lines = self.bank_entries(entry("10.00", text="A-2026-1"), entry("20.00", text="A-2026-2"))
        self.assertEqual(lines.mapped("is_reconciled"), [False, False])
        self.assertIn("above what may be applied without a person", lines[0].fc_match_ids.explanation)
        self.assertEqual(self.bench.get_summary()["safe"], 2)
        shown = self.bench.preview_safe()
        self.assertEqual([one["amount"] for one in shown], ["+10.00\xa0€", "+20.00\xa0€"])
        self.assertEqual(self.bench.accept([one["id"] for one in shown]), {"applied": 2, "refused": []})
        self.env.invalidate_all()
        self.assertEqual(lines.mapped("is_reconciled"), [True, True])

    def test_filters_are_saved_for_a_person_or_for_everybody(self):
        other = self.env["finance.workbench"].with_user(self.auditor)
        self.bench.save_filter("Large and old", {"state": "unmatched", "at_least": 1000, "older_than": 7, "x": "y"}, False, True)
        (mine,) = self.bench.get_filters()
        self.assertEqual(mine["wanted"], {"state": "unmatched", "at_least": 1000, "older_than": 7})
        self.assertTrue(mine["is_mine"] and mine["is_default"])
        self.assertFalse(other.get_filters())
        self.bench.save_filter("Ambiguous", {"state": "ambiguous"}, True)
        (shared,) = other.get_filters()
        self.assertEqual((shared["name"], shared["is_mine"], shared["is_default"]), ("Ambiguous", False, False))
        self.bench.save_filter("Large and old", {"at_least": 10000})
        self.assertEqual([one["wanted"] for one in self.bench.get_filters() if one["is_mine"]], [{"at_least": 10000}])
        with self.assertRaisesRegex(AccessError, "not reconcile"):
            other.delete_filter(shared["id"])
        colleague = new_test_user(self.env, "colleague", groups="base.group_user,finance_connector.group_user",
                                  company_id=self.company.id, company_ids=self.company.ids)  # fmt: skip
        with self.assertRaisesRegex(AccessError, "somebody else"):
            self.bench.with_user(colleague).delete_filter(shared["id"])
        self.assertEqual(len(self.bench.delete_filter(shared["id"])), 1)
        with self.assertRaisesRegex(UserError, "a name"):
            self.bench.save_filter(" ", {})

    def test_files_stay_with_the_line(self):
        line = self.bank_entries(entry("5.00", text="what is this"))
        self.bench.attach(line.id, "letter.txt", base64.b64encode(b"Dear Sirs").decode())
        (file,) = self.bench.get_line(line.id)["attachments"]
        self.assertEqual(file["name"], "letter.txt")
        kept = self.env["ir.attachment"].search([("res_model", "=", "account.move"), ("res_id", "=", line.move_id.id)])
        self.assertEqual(kept.raw, b"Dear Sirs")
        self.assertEqual(len(self.env["finance.audit.entry"].search([("action", "=", "line.attach")])), 1)
        with self.assertRaisesRegex(UserError, "empty"):
            self.bench.attach(line.id, "nothing.txt", "")

    def test_comments_stay_with_the_line(self):
        line = self.bank_entries(entry("5.00", text="what is this"))
        self.bench.comment(line.id, "Asked sales.")
        (comment,) = self.bench.get_line(line.id)["comments"]
        self.assertEqual((comment["author"], comment["text"]), (self.clerk.name, "Asked sales."))

    def test_an_auditor_looks_and_changes_nothing(self):
        line = self.bank_entries(entry("5.00", text="what is this"))
        bench = self.bench.with_user(self.auditor)
        self.assertEqual(bench.get_line(line.id)["label"], "what is this")
        self.assertFalse(bench.get_summary()["may_reconcile"])
        for method, arguments in (("assign", (line.ids, self.auditor.id)), ("choose", (line.id, {})), ("undo", (line.id,)),
                                  ("comment", (line.id, "x")), ("attach", (line.id, "x", "eA==")),
                                  ("save_filter", ("x", {})), ("accept", ([],)), ("reject", (0,))):  # fmt: skip
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(bench, method)(*arguments)

    def test_inv_15_what_may_not_be_seen_cannot_be_chosen(self):
        other = self.env["res.company"].create({"name": "Somebody else"})
        self.env["account.chart.template"].try_loading("generic_coa", other, install_demo=False)
        receivable = self.env["account.account"].with_company(other).search(
            [("company_ids", "in", other.ids), ("account_type", "=", "asset_receivable")], limit=1
        )
        journal = self.env["account.journal"].search([("company_id", "=", other.id), ("type", "=", "general")], limit=1)
        move = self.env["account.move"].with_company(other).create(
            {"journal_id": journal.id, "line_ids": [
                (0, 0, {"account_id": receivable.id, "balance": sign * 5, "name": "secret"}) for sign in (1, -1)]}
        )  # fmt: skip
        move.action_post()
        line = self.bank_entries(entry("5.00", text="what is this"))
        choices = {"items": [{"id": move.line_ids[0].id}]}, {"write_offs": [{"account_id": receivable.id, "amount": "5.00"}]}
        for choice in choices:
            for method in (self.bench.preview, self.bench.choose):
                with self.subTest(choice=list(choice)), self.assertRaises(AccessError):
                    method(line.id, choice)

    def test_another_companys_lines_are_not_shown(self):
        line = self.bank_entries(entry("5.00", text="what is this"))
        other = self.env["res.company"].create({"name": "Somebody else"})
        groups = "base.group_user,finance_connector.group_user"
        stranger = new_test_user(self.env, "stranger", groups=groups, company_id=other.id, company_ids=other.ids)
        bench = self.bench.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertEqual(bench.get_lines({})["total"], 0)
        with self.assertRaises(AccessError):
            bench.get_line(line.id)
