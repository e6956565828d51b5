"""The worker of the inbox: isolation, retries with pauses, giving up with an exception, replay."""

import json
from unittest.mock import patch

from odoo import fields
from odoo.addons.finance_connector.core import retry
from odoo.addons.finance_connector.core.records import Parsed
from odoo.addons.finance_connector.models.message import BUCKETS, bucket_of
from odoo.addons.finance_connector.providers.stripe import StripeAdapter

from .common import FinanceCase, fact


def parse_by_body(_self, request):
    """An adapter that does what the body says: a fact, nothing, an unknown status, or a crash."""
    content = json.loads(request.body)
    if content.get("crash"):
        raise RuntimeError("the handler broke")
    if content.get("unstorable"):
        raise RuntimeError("the handler broke at \0 and \ud800")
    if content.get("ignore"):
        return Parsed(ignored="carries no money")
    if content.get("account"):
        return Parsed(movements=(fact("capture", content["id"], 100),), account=content["account"])
    if content.get("test"):
        return Parsed(movements=(fact("capture", content["id"], 100),), live=False)
    if content.get("too_large"):
        return Parsed(movements=(fact("capture", "x" * 10, 100, key="pi_bad", status="\x00"),))
    return Parsed(movements=(fact("capture", content["id"], 100, key=f"pi_{content['id']}"),))


class TestInbox(FinanceCase):
    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(StripeAdapter, "parse", parse_by_body))

    def put(self, number, **content):
        return self.keep(f"evt_{number}", json.dumps({"id": f"ch_{number}", **content}).encode())

    def work(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            for shard in range(2):
                self.env.ref(f"finance_connector.cron_inbox_{shard}").method_direct_trigger()
        self.env.invalidate_all()

    def due_again(self, message):
        message.next_attempt_at = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self.env.flush_all()

    def test_messages_become_transactions(self):
        messages = self.env["finance.message"].union(*(self.put(number) for number in range(20)))
        self.work()
        self.assertEqual(set(messages.mapped("state")), {"done"})
        transactions = self.env["finance.transaction"].search([("provider_id", "=", self.provider.id)])
        self.assertEqual(len(transactions), 20)
        self.assertEqual(set(transactions.mapped("state")), {"captured"})

    def test_inv_1_a_poison_message_stops_nothing_and_is_kept(self):
        good, bad, also_good = self.put(1), self.put(2, crash=True), self.put(3)
        sql_bad = self.put(4, too_large=True)
        self.work()
        self.assertEqual((good.state, also_good.state), ("done", "done"))
        self.assertEqual((bad.state, sql_bad.state), ("failed", "failed"))
        self.assertIn("the handler broke", bad.error)
        self.assertEqual(json.loads(bad._raw())["id"], "ch_2")
        self.assertGreaterEqual(bad.next_attempt_at, bad.received_at)

    def test_an_error_whose_text_cannot_be_stored_stops_no_other_message(self):
        good, bad = self.put(1), self.put(2, unstorable=True)
        self.work()
        self.assertEqual((good.state, bad.state), ("done", "failed"))
        self.assertIn("the handler broke at", bad.error)

    def test_a_message_that_keeps_failing_is_given_up_with_an_exception_and_replayed(self):
        message = self.put(1, crash=True)
        for attempt in range(1, retry.MAX_ATTEMPTS + 1):
            self.due_again(message)
            self.work()
            self.assertEqual(message.attempts, attempt)
        self.assertEqual(message.state, "dead")
        exception = self.exceptions("message_dead")
        self.assertEqual((exception.res_model, exception.res_id), ("finance.message", message.id))
        with patch.object(StripeAdapter, "parse", lambda _self, _request: Parsed(movements=(fact("capture", "ch_1", 1),))):
            exception.action_retry()
            self.work()
        self.assertEqual(message.state, "done")
        self.assertEqual(exception.state, "resolved")

    def test_an_unmapped_event_is_ignored_by_name(self):
        message = self.put(1, ignore=True)
        self.work()
        self.assertEqual((message.state, message.outcome), ("ignored", "carries no money"))

    def test_events_of_another_account_or_of_test_data_are_kept_and_not_booked(self):
        self.provider.account_key = "acct_ours"
        ours, theirs = self.put(1, account="acct_ours"), self.put(2, account="acct_theirs")
        self.work()
        self.assertEqual((ours.state, theirs.state), ("done", "ignored"))
        self.assertIn("acct_theirs", theirs.outcome)
        self.provider.environment = "live"
        self.approve_connection(self.provider)
        test_event = self.put(3, test=True)
        self.work()
        self.assertEqual(test_event.state, "ignored")

    def test_inv_3_replaying_gives_no_fact_twice(self):
        message = self.put(1)
        self.work()
        message.action_replay()
        self.work()
        self.assertEqual(message.state, "done")
        self.assertEqual(self.env["finance.movement"].search_count([("provider_id", "=", self.provider.id)]), 1)

    def test_messages_of_one_transaction_share_a_bucket(self):
        buckets = {bucket_of(f"pi_{number}") for number in range(1000)}
        self.assertEqual(buckets, set(range(BUCKETS)))
        self.assertEqual(bucket_of("pi_1"), self.keep("evt_x", lane_key="pi_1").bucket)


class TestUnknownStatus(FinanceCase):
    def test_a_status_never_seen_is_an_exception_and_not_retried(self):
        event = {
            "id": "evt_u",
            "object": "event",
            "type": "payout.updated",
            "created": 1772445600,
            "livemode": False,
            "data": {
                "object": {
                    "id": "po_u", "object": "payout", "amount": 100, "currency": "eur", "created": 1772445600,
                    "status": "teleported", "arrival_date": 1772445600, "automatic": True, "method": "standard",
                }
            },
        }  # fmt: skip
        message = self.keep("evt_u", json.dumps(event).encode())
        self.env["finance.inbox"]._process_batch()
        self.env.invalidate_all()
        self.assertEqual(message.state, "dead")
        exception = self.exceptions("unknown_status")
        self.assertIn("teleported", exception.detail)
