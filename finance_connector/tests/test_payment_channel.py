"""Orders that go by a channel: what is sent, what is not, and who may change by which way payments leave."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user

from .channel_common import FolderCase


class TestFolderChannel(FolderCase):
    def test_an_approved_order_lands_in_the_folder_once(self):
        order = self.queued()
        self.assertEqual((order.channel_id, order.state, order.is_queued), (self.way, "approved", True))
        self.assertFalse(self.files(), "the button sends nothing itself")
        self.send()
        self.assertEqual(self.states(order), {"sent"})
        self.assertEqual(self.files(), [order.file_ids.filename])
        self.assertEqual((self.folder / order.file_ids.filename).read_bytes(), order.file_ids._bytes())
        kinds = order.instruction_ids.fact_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["approve", "send_start", "send_done"])
        self.assertEqual((order.request_ids.outcome, order.request_ids.attempts), ("done", 1))
        with self.assertRaises(UserError):
            order.action_send()
        self.send()
        self.assertEqual(len(self.files()), 1)

    def test_a_channel_may_send_as_soon_as_the_order_is_approved(self):
        mine = self.way.with_user(self.boss)
        mine.action_revise()
        mine.sends_when_approved = True
        with self.assertRaisesRegex(UserError, "edited"):
            mine.action_approve()
        self.way.with_user(self.chief).action_approve()
        order = self.approved(self.bill(100))
        self.send()
        self.assertEqual(self.states(order), {"sent"})

    def test_inv_10_a_channel_that_nobody_else_put_into_force_sends_nothing(self):
        self.way.action_revise()
        order = self.approved(self.bill(100))
        self.assertFalse(order.channel_id, "it is not proposed")
        order.action_recall()
        order.channel_id = self.way
        self.approve_again(order)
        with self.assertRaisesRegex(UserError, "not in force"):
            order.action_send()
        self.send()
        self.assertFalse(self.files())

    def test_what_is_taken_back_before_it_is_sent_does_not_go(self):
        order = self.queued()
        order.action_recall()
        self.send()
        self.assertEqual((order.state, self.files(), order.request_ids.outcome), ("draft", [], "failed"))
        self.approve_again(order)
        order.action_send()
        self.send()
        self.assertEqual((self.states(order), len(self.files()), len(order.request_ids)), ({"sent"}, 1, 1))

    def test_what_was_changed_behind_the_approval_does_not_go(self):
        order = self.queued()
        order.instruction_ids.sudo().bank_account_id.acc_number = "NL91ABNA0417164300"
        self.send()
        self.assertEqual((order.state, self.files()), ("to_approve", []))
        self.assertIn("approved again", order.request_ids.error)

    def test_a_paused_channel_keeps_what_waits(self):
        order = self.queued()
        self.way.action_pause()
        self.send()
        self.assertEqual(self.files(), [])
        self.assertIn("paused", order.transmission)
        self.way.action_resume()
        self.send()
        self.assertEqual(len(self.files()), 1)

    def test_how_an_order_is_sent_is_settled_when_it_is_submitted(self):
        order = self.order(self.bill(100))
        with self.assertRaisesRegex(UserError, "settled when it is submitted"):
            order.channel_id = False

    def test_a_folder_that_is_not_there_is_no_transmission(self):
        order = self.queued()
        self.folder.rmdir()
        with self.assertRaisesRegex(UserError, "not there"):
            self.way.action_test_connection()
        self.send()
        self.assertEqual((order.state, self.states(order)), ("approved", {"approved"}), "nothing has begun")
        self.assertIn("cannot be written", order.transmission)
        self.folder.mkdir()
        self.send()
        self.assertEqual((self.states(order), len(self.files())), ({"sent"}, 1))

    def test_a_folder_outside_the_root_is_refused(self):
        for folder in ("..", "/etc", "."):
            with self.assertRaises(ValidationError, msg=folder):
                self.channel("folder", approve=False, folder=folder)


class TestChannelRoles(FolderCase):
    def test_only_an_administrator_changes_a_channel_and_only_an_approver_puts_it_into_force(self):
        for person in (self.maker, self.treasurer):
            mine = self.way.with_user(person)
            self.assertEqual(mine.circuit_state, "closed")
            for act in (
                lambda mine=mine: mine.write({"sends_when_approved": True}),
                lambda mine=mine: mine.write({"failures": 0}),
                mine.action_revise,
                mine.action_pause,
                mine.unlink,
                lambda mine=mine: mine.set_secret("password", "x"),
            ):
                with self.assertRaises(UserError):
                    act()
        draft = self.channel("folder", approve=False, folder="out")
        with self.assertRaises(UserError):
            draft.with_user(self.maker).action_approve()
        with self.assertRaisesRegex(UserError, "observed"):
            draft.with_user(self.boss).write({"proven_probe_url": "https://bank.example"})
        with self.assertRaisesRegex(UserError, "never by writing"):
            draft.with_user(self.boss).write({"state": "approved"})

    def test_the_screens_open_for_everybody_who_may_read(self):
        order = self.queued()
        self.send()
        auditor = self.person("auditor", "auditor")
        for person in (auditor, self.maker, self.treasurer, self.boss):
            screens = [(self.way, "payment_channel"), (order, "payment_order"), (order.request_ids, "request")]
            for record, name in screens:
                shown = record.with_user(person).with_context(allowed_company_ids=self.company.ids)
                Form(shown, view=f"finance_connector.view_{name}_form")

    def test_inv_10_what_is_in_force_is_changed_by_nobody(self):
        for values in ({"folder": "other"}, {"sends_when_approved": True}, {"url": "https://elsewhere.example"}):
            with self.assertRaisesRegex(UserError, "stays as it was approved"):
                self.way.with_user(self.boss).write(values)

    def test_inv_15_a_channel_of_another_company_is_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        groups = "base.group_user,finance_connector.group_user"
        stranger = new_test_user(self.env, "stranger", groups=groups, company_id=other.id, company_ids=other.ids)
        theirs = self.way.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(theirs.search([("id", "=", self.way.id)]))
        with self.assertRaises(AccessError):
            theirs.action_try_again()

    def test_a_live_channel_goes_over_https_and_to_the_services_own_address(self):
        for code, url in (("http", "http://bank.example"), ("stripe", "https://elsewhere.example")):
            file_format = "payouts" if code == "stripe" else "pain.001.001.09"
            with self.assertRaises(ValidationError):
                self.channel(code, approve=False, environment="live", url=url, file_format=file_format)

    def test_a_channel_that_lacks_something_says_what(self):
        draft = self.channel("sftp", approve=False, host="bank.example", username="us")
        self.assertIn("Host Key", draft.missing)
        self.assertIn("Password", draft.missing)
        with self.assertRaisesRegex(UserError, "lacks"):
            draft.with_user(self.chief).action_approve()
