"""A payment, its payout and its messages in a real browser: down to the bytes, and replayed."""

from odoo.exceptions import UserError

from .screen_common import ScreenCase


class TestScreenPayment(ScreenCase):
    def test_from_the_list_down_to_the_raw_message(self):
        self.tour("/odoo/finance-transactions", "transaction_timeline", "screen_user")

    def test_replay_a_dead_message(self):
        self.tour("/odoo/finance-messages", "message_replay", "screen_user")
        self.assertEqual(self.dead.state, "received")
        self.assertTrue(self.audited("message.replay", self.dead))

    def test_settlement_says_whether_it_adds_up(self):
        self.assertEqual(self.bad.proof, "differs")
        self.assertEqual(self.good.proof, "equal")
        self.tour("/odoo/finance-settlements", "settlement_proof", "screen_user")

    def test_raw_bytes_are_served_as_they_came(self):
        self.authenticate("screen_auditor", "screen_auditor")
        address = self.captured_by.action_download()["url"]
        answer = self.url_open(address)
        self.assertEqual(answer.content, b'{"id":"evt_screen_capture","amount":10000}')
        self.assertIn("attachment", answer.headers["Content-Disposition"])

    def test_timeline_carries_signs_messages_and_lateness(self):
        events = {event["kind"]: event for event in self.payment.timeline}
        self.assertEqual(list(events), ["authorize", "capture", "fee", "refund"])
        self.assertEqual(
            [event["amount"].replace("\N{NO-BREAK SPACE}", " ") for event in events.values()],
            ["100.00 €", "+100.00 €", "-3.20 €", "-25.00 €"],
        )
        self.assertEqual(events["capture"]["message"]["id"], self.captured_by.id)
        self.assertFalse(events["authorize"]["moves_money"])
        self.assertEqual(events["authorize"]["notes"], [])
        self.assertIn("not booked yet", events["capture"]["notes"])

    def test_lateness_in_words(self):
        late = self.keep("evt_late", source="webhook")
        found = self.keep("evt_found", source="poll")
        self.absorb(self.story("review_open", "prv_1", 0, 48 * 60 - 30), message=late)
        self.absorb(self.story("review_close", "prv_1", 0, 0), message=found)
        self.absorb(self.story("dispute_update", "dp_1", 0, 48 * 60 - 300), message=self.keep("evt_5h", source="webhook"))
        notes = {event["kind"]: event["notes"] for event in self.payment.timeline}
        # On a busy machine the test's transaction, whose instant counts, began some time before the story was told.
        self.assertRegex(notes["review_open"][0], r"^arrived (2\d|30) min later$")
        self.assertEqual(notes["dispute_update"], ["arrived 5 h later"])
        self.assertEqual(notes["review_close"], ["found by asking 48 h later"])

    def test_within_a_moment_a_payment_is_told_from_authorisation_to_fee(self):
        self.absorb(self.story("fee", "txn_early", 20, 4.5))
        self.absorb(self.story("authorize", "ch_skewed", 100, 5.4))
        self.absorb(self.story("authorize", "ch_new", 100, 30))
        kinds = [event["kind"] for event in self.payment.timeline]
        self.assertEqual(kinds, ["authorize", "authorize", "capture", "fee", "fee", "authorize", "refund"])

    def test_steps_are_drawn_from_the_amounts(self):
        steps = {step["key"]: step for step in self.payment.amount_steps}
        self.assertEqual((steps["captured"]["left"], steps["captured"]["width"]), (0.0, 100.0))
        self.assertEqual((steps["refunded"]["left"], steps["refunded"]["width"]), (75.0, 25.0))
        self.assertEqual((steps["fee"]["left"], steps["fee"]["width"]), (71.8, 3.2))
        self.assertEqual((steps["net"]["left"], steps["net"]["width"]), (0.0, 71.8))

    def test_steps_below_zero_move_the_zero_line(self):
        self.absorb(self.story("dispute_open", "dp_screen", 10000, 90))
        net = next(step for step in self.payment.amount_steps if step["key"] == "net")
        self.assertTrue(net["text"].startswith("-"))
        self.assertEqual(net["left"], 0)
        self.assertEqual(net["width"], net["zero_at"])

    def test_content_is_laid_out_with_its_digits(self):
        self.assertEqual(self.dead.body_pretty, '{\n  "id": "evt_screen_dead",\n  "amount": 12.50\n}')
        broken = self.keep("evt_broken", b'{"id": 12.50,')
        self.assertEqual(broken.body_pretty, '{"id": 12.50,')

    def test_a_refused_file_is_tried_again_at_its_import_only(self):
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id), ("id", "!=", self.provider.journal_id.id)], limit=1
        )
        refused = self.env["finance.import"].import_file(b"<Document>", "cut.xml", journal_id=journal.id)
        refused = self.env["finance.import"].browse(getattr(refused, "id", refused))
        self.assertEqual(refused.state, "rejected")
        with self.assertRaisesRegex(UserError, "Open its import"):
            refused.message_id.with_user(self.user).action_replay()
        self.assertEqual(refused.message_id.action_open_import()["res_id"], refused.id)
        self.assertEqual(self.provider.message_waiting_count, 1 + self.env["finance.message"].search_count(
            [("provider_id", "=", self.provider.id), ("state", "=", "received")]))  # fmt: skip
