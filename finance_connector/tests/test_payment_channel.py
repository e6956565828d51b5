"""Orders that go by a channel: written down before, sent once whatever happens, asked for before anything is repeated."""

import os
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.addons.finance_connector.channels.folder import FolderChannel
from odoo.addons.finance_connector.core.errors import ProviderUnavailable
from odoo.addons.finance_connector.models.payment_transmit import FinancePaymentChannel as Sender
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .payment_common import PaymentCase


class Killed(BaseException):
    """The process ends here: nothing below catches it."""


class FolderCase(PaymentCase):
    def setUp(self):
        super().setUp()
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        self.env["ir.config_parameter"].set_param("finance_connector.drop_root", str(self.root))
        environment = patch.dict(os.environ)
        environment.start()
        self.addCleanup(environment.stop)
        os.environ.pop("FINANCE_CONNECTOR_DROP_ROOT", None)
        self.folder = self.root / "out"
        self.folder.mkdir()
        self.way = self.channel("folder", folder="out")

    def queued(self, amount=100, **values):
        order = self.approved(self.bill(amount, **values))
        order.action_send()
        return order

    def approve_again(self, order):
        """An order that was taken back: submitted and approved anew."""
        with self.later(seconds=2):
            order.action_submit()
            order.with_user(self.treasurer).action_approve()

    def files(self):
        """What the bank's software would see."""
        return sorted(path.name for path in self.folder.iterdir() if not path.name.startswith("."))


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
        with self.assertRaisesRegex(UserError, "never by writing"):
            draft.with_user(self.boss).write({"state": "approved"})

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


class TestInterrupted(FolderCase):
    """The process dies at each point between two commits; the bank takes away whatever it sees."""

    def bank_takes(self):
        for name in self.files():
            self.taken.append(name)
            (self.folder / name).unlink()

    def interrupted(self, target, name, after=False):
        """Send and die at ``name``: before it is done, or just after."""
        original = getattr(target, name)

        def die(*arguments, **more):
            if after:
                original(*arguments, **more)
            raise Killed

        with patch.object(target, name, die), mute_logger("odoo.addons.base.models.ir_cron"):
            # Not by assertRaises: that one would take back what was committed before.
            try:
                self.send()
            except Killed:
                self.env.invalidate_all()
            else:
                self.fail(f"{name} was never reached")

    def test_inv_9_a_process_killed_anywhere_never_pays_twice(self):
        points = [
            ("before it is staged", FolderChannel, "stage", False),
            ("staged, not written down", FolderChannel, "stage", True),
            ("written down, not sent", FolderChannel, "send", False),
            ("sent, not written down", FolderChannel, "send", True),
            ("while the outcome is written", Sender, "_finish", False),
        ]
        for number, (what, target, name, after) in enumerate(points):
            with self.subTest(what):
                self.taken = []
                order = self.queued(100 + number, ref=f"R-{number}")
                self.interrupted(target, name, after)
                self.bank_takes()
                self.send()
                self.bank_takes()
                began = "send_start" in order.instruction_ids.fact_ids.mapped("kind")
                if began and name == "send" and not after:
                    self.assertEqual((self.states(order), self.taken), ({"unknown"}, []), "it may just be on its way")
                with self.later(minutes=16):
                    self.send()
                    self.bank_takes()
                with self.later(minutes=32):
                    self.send()
                    self.bank_takes()
                self.assertEqual(self.taken, [order.file_ids.filename])
                self.assertEqual(self.states(order), {"sent"})

    def test_what_is_unknown_is_told_and_cleared(self):
        order = self.queued()
        self.interrupted(FolderChannel, "send", after=True)
        self.bank_takes_all()
        self.assertEqual((self.states(order), order.waits_for_outcome), ({"unknown"}, True))
        self.cron("cron_unknown_payments")
        self.assertFalse(self.exceptions("payment_unknown"), "not before the limit")
        with self.later(hours=3):
            self.cron("cron_unknown_payments")
            told = self.exceptions("payment_unknown")
            self.assertEqual((told.res_id, told.amount_at_risk), (order.id, 100))
            self.send()
        self.assertEqual((self.states(order), told.state), ({"sent"}, "resolved"))

    def bank_takes_all(self):
        self.taken = []
        self.bank_takes()

    def test_a_person_may_say_what_became_of_it_but_not_who_sent_it_and_not_too_soon(self):
        order = self.queued()
        self.interrupted(FolderChannel, "send")
        with self.assertRaisesRegex(UserError, "second person"):
            order.action_confirm_not_sent()
        other = order.with_user(self.other_maker)
        with self.assertRaisesRegex(UserError, "may still be working"):
            other.action_confirm_not_sent()
        with self.later(minutes=16):
            other.action_confirm_not_sent()
        self.assertEqual((order.state, order.request_ids.outcome), ("approved", "failed"))
        with self.later(minutes=17):
            order.action_send()
            self.send()
        self.assertEqual((self.states(order), len(self.files()), order.request_ids.attempts), ({"sent"}, 1, 2))


class TestCircuit(FolderCase):
    def failing(self, status=0, outcome="failed"):
        def send(_self, _way, _parcel):
            raise ProviderUnavailable("The bank is not there.", outcome=outcome, status=status)

        return patch.object(FolderChannel, "send", send)

    def test_a_bank_that_does_not_answer_is_left_alone_and_tried_again(self):
        orders = [self.queued(100 + number, ref=f"R-{number}") for number in range(4)]
        with self.failing():
            self.send()
            self.assertEqual((self.way.failures, self.way.circuit_state), (3, "open"))
            self.assertEqual([order.request_ids.attempts for order in orders], [1, 1, 1, 0], "the fourth was not even tried")
            self.assertEqual(len(self.exceptions("channel_down")), 1)
            self.assertIn("does not answer", orders[3].transmission)
            self.send()
            self.assertEqual(orders[0].request_ids.attempts, 1)
            with self.later(minutes=16):
                self.send()
                self.assertEqual([order.request_ids.attempts for order in orders], [2, 1, 1, 0], "one trial")
                self.assertEqual(self.way.circuit_state, "open")
        self.way.with_user(self.maker).action_try_again()
        self.assertEqual(self.way.circuit_state, "half_open")
        self.send()
        self.assertEqual((self.way.circuit_state, len(self.files())), ("closed", 4))
        self.assertFalse(self.exceptions("channel_down"))

    def test_what_the_bank_refuses_is_not_tried_again_and_is_told(self):
        order = self.queued()
        with self.failing(status=403):
            self.send()
            self.send()
        self.assertEqual((order.request_ids.attempts, order.request_ids.outcome, order.state), (1, "failed", "approved"))
        self.assertEqual(len(self.exceptions("transmission_failed")), 1)
        self.assertEqual(self.way.failures, 0, "a refusal is an answer")
        order.action_send()
        self.send()
        self.assertEqual((self.states(order), len(self.exceptions("transmission_failed"))), ({"sent"}, 0))

    def test_inv_14_the_tries_of_a_transmission_have_an_end(self):
        self.env["ir.config_parameter"].set_param("finance_connector.transmission_attempts", "2")
        order = self.queued()
        with self.failing():
            self.send()
            self.assertEqual(order.request_ids.outcome, "pending")
            self.send()
        self.assertEqual((order.request_ids.attempts, order.request_ids.outcome), (2, "failed"))
        self.assertEqual(len(self.exceptions("transmission_failed")), 1)

    def test_a_transmission_without_answer_is_not_repeated(self):
        order = self.queued()
        with self.failing(outcome="unknown"):
            self.send()
        self.send()
        self.assertEqual((self.states(order), order.request_ids.attempts, self.files()), ({"unknown"}, 1, []))
