"""Polling: what was never delivered is found once, and the cursor moves only with what was kept (INV-12)."""

import json
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

import psycopg2.errors
from odoo.addons.finance_connector.core.errors import ProviderUnavailable
from odoo.addons.finance_connector.core.money import Money
from odoo.addons.finance_connector.core.records import SettlementInfo
from odoo.addons.finance_connector.models.provider_call import FinanceProvider

from .common import FinanceCase

NOW = datetime.now(timezone.utc).replace(microsecond=0)


def listed_event(number, minutes_ago):
    """An event as Stripe lists it: a captured charge."""
    created = int((NOW - timedelta(minutes=minutes_ago)).timestamp())
    charge = {
        "id": f"ch_{number}", "object": "charge", "amount": 1000, "amount_captured": 1000, "amount_refunded": 0,
        "captured": True, "currency": "eur", "created": created, "payment_intent": f"pi_{number}", "status": "succeeded",
        "livemode": False, "metadata": {}, "description": None,
    }  # fmt: skip
    return {
        "id": f"evt_{number}", "object": "event", "type": "charge.succeeded", "created": created, "livemode": False,
        "data": {"object": charge},
    }  # fmt: skip


FEE = {
    "id": "txn_1", "object": "balance_transaction", "amount": -50, "fee": 0, "fee_details": [], "net": -50, "currency": "eur",
    "created": int(NOW.timestamp()), "type": "stripe_fee", "reporting_category": "fee", "source": None, "description": "Fees",
}  # fmt: skip


class Api:
    """Stripe's list of events: newest first, filtered by time, paged by id."""

    def __init__(self, events, page=100):
        self.events, self.page, self.calls, self.fail_at = events, page, 0, None
        self.payouts = []

    def __call__(self, _method, path, params):
        self.calls += 1
        if self.calls == self.fail_at:
            raise ProviderUnavailable("Stripe answered 500.", status=500)
        if path == "/v1/balance_transactions":
            self.payouts.append(params["payout"])
            return json.dumps({"object": "list", "data": [FEE], "has_more": False}).encode()
        found = [
            event
            for event in sorted(self.events, key=lambda event: -event["created"])
            if event["created"] >= params["created[gte]"] and event["created"] < params.get("created[lt]", 1 << 40)
        ]
        if "starting_after" in params:
            found = found[[event["id"] for event in found].index(params["starting_after"]) + 1 :]
        more = len(found) > self.page
        return json.dumps({"object": "list", "data": found[: self.page], "has_more": more}).encode()


class TestPoll(FinanceCase):
    def setUp(self):
        super().setUp()
        self.provider.set_secret("api_key", "sk_test_1")

    def poll(self, api):
        self.env.flush_all()
        with self.enter_registry_test_mode(), patch.object(FinanceProvider, "_caller", lambda _self, _intent: api):
            self.env.ref("finance_connector.cron_poll").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["finance.message"].search([("provider_id", "=", self.provider.id)], order="id")

    def test_events_never_delivered_are_found_once(self):
        events = [listed_event(number, 600 - number) for number in range(5)]
        delivered = self.keep("evt_2", json.dumps(events[2]).encode(), source="webhook")
        messages = self.poll(Api(events, page=2))
        self.assertEqual(len(messages), 5)
        self.assertEqual(set((messages - delivered).mapped("source")), {"poll"})
        self.assertEqual((messages - delivered).mapped("external_id"), ["evt_0", "evt_1", "evt_3", "evt_4"])
        self.assertTrue(self.provider.polled_at)
        self.assertEqual(len(self.poll(Api(events))), 5)

    def test_inv_12_a_failed_poll_moves_no_cursor_and_says_so(self):
        self.poll(Api([listed_event(1, 300)]))
        cursor = self.provider.poll_cursor
        failing = Api([listed_event(1, 300), listed_event(2, 5)])
        failing.fail_at = 1
        messages = self.poll(failing)
        self.assertEqual(len(messages), 1)
        self.assertEqual(self.provider.poll_cursor, cursor)
        self.assertEqual(self.exceptions("poll_failed").res_id, self.provider.id)
        self.assertEqual(len(self.poll(Api(failing.events))), 2)
        self.assertFalse(self.exceptions("poll_failed"))

    def test_inv_13_events_that_the_provider_no_longer_lists_are_reported(self):
        old = int((NOW - timedelta(days=40)).timestamp())
        self.provider.poll_cursor = {"created": old, "id": "evt_old", "checked": old}
        self.poll(Api([listed_event(1, 10)]))
        self.assertEqual(self.exceptions("poll_gap").res_id, self.provider.id)

    def test_lines_of_a_payout_are_fetched_once_the_provider_can_list_them(self):
        for key, ready in (("po_early", None), ("po_ready", True)):
            info = SettlementInfo(key, Money(-50, "EUR"), NOW, status="paid", automatic=True, itemizable=ready)
            self.absorb(settlements=(info,))
        api = Api([])
        self.poll(api)
        self.env["finance.inbox"]._process_batch()
        self.poll(api)
        self.assertEqual(api.payouts, ["po_ready"])
        settlement = self.env["finance.settlement"].search([("external_id", "=", "po_ready")])
        self.assertEqual((settlement.complete, settlement.line_ids.mapped("kind")), (True, ["fee"]))
        self.assertEqual(settlement.difference, 0)

    def test_inv_13_what_a_run_has_no_time_for_comes_first_in_the_next(self):
        other = self.provider.copy({"name": "Second"})
        other.set_secret("api_key", "sk_test_2")
        other.state = self.provider.state
        for key in ("po_1", "po_2"):
            info = SettlementInfo(key, Money(-50, "EUR"), NOW, status="paid", automatic=True, itemizable=True)
            self.absorb(settlements=(info,))
        events = [listed_event(number, 600 - number) for number in range(3)]
        api = Api(events)
        runs = []
        while not runs or runs[-1][-1][1] != 0:
            runs.append(self.run_for_one_thing(api))
            self.assertLess(len(runs), 9, "it never ends")
        # The events of the first, each payout, the end of the first; the second's events and its end.
        self.assertEqual([sum(done for done, _remaining in run) for run in runs], [1, 1, 1, 1, 1, 1])
        self.assertEqual(sorted(api.payouts), ["po_1", "po_2"], "each is asked for once")
        self.assertTrue(self.provider.polled_at and other.polled_at)
        self.assertFalse((self.provider + other).filtered("poll_due_since"))

    def test_one_at_which_the_run_breaks_off_does_not_stand_before_the_others(self):
        other = self.provider.copy({"name": "Second"})
        other.set_secret("api_key", "sk_test_2")
        other.state = self.provider.state
        poll = type(other)._poll_events

        def broken(provider):
            if provider == self.provider:
                raise ZeroDivisionError("a bug")
            return poll(provider)

        with patch.object(type(other), "_poll_events", broken):
            # Not by assertRaises, which would take back what was committed.
            try:
                self.run_for_one_thing(Api([]))
                self.fail("the run did not break off")
            except ZeroDivisionError:
                self.run_for_one_thing(Api([]), has_time=True)
        self.assertTrue(other.polled_at)
        self.assertFalse(self.provider.polled_at)

    def test_a_poll_that_meets_another_transaction_goes_on_later(self):
        def met(_provider):
            raise psycopg2.errors.SerializationFailure("could not serialize access")

        with patch.object(type(self.provider), "_poll_events", met):
            self.run_for_one_thing(Api([]), has_time=True)
        self.assertTrue(self.provider.poll_due_since)
        self.assertFalse(self.exceptions("poll_failed"))
        self.run_for_one_thing(Api([]), has_time=True)
        self.assertTrue(self.provider.polled_at)

    def run_for_one_thing(self, api, has_time=False):
        """[(what is done, what remains)] that a run tells, which has time for one thing only."""
        told, remaining_now = [], [None]

        def committed(_cron, processed=0, *, remaining=None):
            remaining_now[0] = remaining if remaining is not None else (remaining_now[0] or 0) - processed
            told.append((processed, remaining_now[0]))
            return 9 if has_time or not any(done for done, _remaining in told) else 0

        with (
            patch.object(self.env.cr, "rollback", self.env.clear),
            patch.object(FinanceProvider, "_caller", lambda _self, _intent: api),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", committed),
        ):
            self.provider._cron_poll()
        return told
