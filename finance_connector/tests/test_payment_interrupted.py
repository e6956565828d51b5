"""Transmissions that are interrupted, and banks that do not answer: sent once, asked for before anything is repeated."""

from unittest.mock import patch

from odoo.addons.finance_connector.channels.folder import FolderChannel
from odoo.addons.finance_connector.core.errors import ProviderUnavailable
from odoo.addons.finance_connector.models.payment_transmit import FinancePaymentChannel as Sender
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .channel_common import FolderCase


class Killed(BaseException):
    """The process ends here: nothing below catches it."""


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

    def test_inv_10_a_bank_is_asked_by_approved_settings_only(self):
        order = self.queued()
        self.interrupted(FolderChannel, "send", after=True)
        mine = self.way.with_user(self.boss)
        mine.action_revise()
        mine.folder = "elsewhere"
        (self.root / "elsewhere").mkdir()
        (self.root / "elsewhere" / f".{order.file_ids.filename}.part").write_text("as if it had not been sent")
        for minutes in (16, 32):
            with self.later(minutes=minutes):
                self.send()
        self.assertEqual((self.states(order), order.request_ids.attempts), ({"unknown"}, 1))

    def test_what_an_archived_channel_sent_is_still_asked_for(self):
        waiting, order = self.queued(50, ref="R-2"), self.queued()
        waiting.sudo().request_ids.outcome = "failed"
        self.interrupted(FolderChannel, "send", after=True)
        waiting.sudo().request_ids.outcome = "pending"
        self.way.active = False
        self.send()
        self.assertEqual((self.states(order), self.states(waiting)), ({"sent"}, {"approved"}))
        self.assertIn("archived", waiting.transmission)

    def test_closing_the_exception_does_not_find_the_money(self):
        self.queued()
        self.interrupted(FolderChannel, "send", after=True)
        with self.later(hours=3):
            self.cron("cron_unknown_payments")
            self.cron("cron_unknown_payments")
            told = self.exceptions("payment_unknown")
            self.assertEqual((len(told), told.count), (1, 1))
            told._close("resolved", "I do not care")
            self.cron("cron_unknown_payments")
            self.assertEqual(len(self.exceptions("payment_unknown")), 1)

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
