"""A bank that is asked at an address which somebody entered: its "not known here" is believed once it has known something."""

from unittest.mock import patch

from odoo.addons.finance_connector.core.errors import FinanceError, ProviderUnavailable
from odoo.addons.finance_connector.models.payment_call import FinancePaymentChannel as Caller
from odoo.tools import mute_logger

from .payment_common import PaymentCase

ASK = "https://bank.example/files/{message_id}"


class Bank:
    """Keeps the files that come. ``lose``: before or after the next file the answer is lost; ``knows``: what it answers for."""

    def __init__(self):
        self.files, self.lose, self.wrong_address, self.answer, self.asked = [], "", False, None, 0

    def __call__(self, method, url, headers=None, **content):
        if method == "GET" and "/answers/" in url:
            self.asked += 1
            if self.answer is None:
                raise ProviderUnavailable("It answered 404.", status=404)
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer
        if method == "GET":
            known = any(url.rsplit("/", 1)[-1].encode() in file for file in self.files)
            if self.wrong_address or not known:
                raise ProviderUnavailable("It answered 404.", status=404)
            return b"{}"
        lost, self.lose = self.lose, ""
        if lost != "before":
            self.files.append(content["data"])
        if lost:
            raise ProviderUnavailable("It gave no answer.", outcome="unknown")
        return b"{}"


class TestHttpChannel(PaymentCase):
    def setUp(self):
        super().setUp()
        self.there = Bank()
        calls = patch.object(Caller, "_caller", lambda _channel, _request: self.there)
        calls.start()
        self.addCleanup(calls.stop)
        self.way = self.channel("http", url="https://bank.example/files", probe_url=ASK)

    def queued(self, number):
        order = self.approved(self.bill(100 + number, ref=f"R-{number}"))
        order.action_send()
        return order

    def asked_later(self):
        for minutes in (16, 32):
            with self.later(minutes=minutes):
                self.send()

    def test_an_address_that_never_knew_anything_is_not_believed(self):
        self.there.wrong_address = True
        first = self.queued(1)
        self.send()
        self.assertEqual((self.states(first), self.way.is_probe_proven), ({"sent"}, False))
        order = self.queued(2)
        self.there.lose = "after"
        self.send()
        self.asked_later()
        self.assertEqual((self.states(order), order.request_ids.attempts, len(self.there.files)), ({"unknown"}, 1, 2))
        self.assertIn("proves nothing", order.request_ids.error)

    def test_an_address_that_has_known_a_file_decides(self):
        self.send()
        first = self.queued(1)
        self.send()
        self.assertEqual((self.states(first), self.way.is_probe_proven), ({"sent"}, True))
        for number, lost in enumerate(("before", "after"), 2):
            order = self.queued(number)
            self.there.lose = lost
            self.send()
            self.asked_later()
            self.assertEqual((self.states(order), len(self.there.files)), ({"sent"}, number), lost)

    def test_another_address_has_to_prove_itself_anew(self):
        self.queued(1)
        self.send()
        mine = self.way.with_user(self.boss)
        mine.action_revise()
        mine.probe_url = "https://elsewhere.example/{message_id}"
        self.assertFalse(self.way.is_probe_proven)

    def test_a_channel_that_cannot_be_worked_stops_no_other(self):
        broken = self.channel("http", url="https://bank.example/files", name="Broken", sequence=1)
        order = self.queued(1)
        order.action_recall()
        order.channel_id = self.way
        with self.later(seconds=2):
            order.action_submit()
            order.with_user(self.treasurer).action_approve()
        order.action_send()
        work = type(self.way)._work

        def fails(channel):
            if channel == broken:
                raise FinanceError("The secrets cannot be decrypted.")
            return work(channel)

        with patch.object(type(self.way), "_work", fails), mute_logger("odoo.addons.finance_connector.models.payment_transmit"):
            self.send()
        self.assertEqual(self.states(order), {"sent"})
        self.assertIn("decrypted", self.exceptions("channel_down").detail)
        self.send()
        self.assertFalse(self.exceptions("channel_down"))


class TestFetchedAnswers(PaymentCase):
    def setUp(self):
        super().setUp()
        self.there = Bank()
        calls = patch.object(Caller, "_caller", lambda _channel, _request: self.there)
        calls.start()
        self.addCleanup(calls.stop)
        address = "https://bank.example/answers/{message_id}"
        self.way = self.channel("http", url="https://bank.example/files", answers_url=address)
        self.order_sent = self.approved(self.bill(100))
        self.order_sent.action_send()
        self.send()

    def hour(self, number):
        with self.later(hours=number, minutes=1):
            self.cron("cron_send_payments")

    def imports(self):
        return self.env["finance.import"].search([("company_id", "=", self.company.id)])

    def test_an_answer_is_fetched_and_imported_once(self):
        order = self.order_sent
        self.assertEqual((self.states(order), self.there.asked), ({"sent"}, 0))
        self.hour(1)
        self.assertEqual((self.states(order), self.there.asked, len(self.imports())), ({"sent"}, 1, 0), "there is none yet")
        self.there.answer = self.answer(order, p1="ACSC")
        self.hour(2)
        self.assertEqual((self.states(order), len(self.imports())), ({"accepted"}, 1))
        self.hour(3)
        self.assertEqual((self.there.asked, len(self.imports())), (3, 1), "the same answer is no news")
        self.there.answer = self.answer(order, report="A2", p1=("RJCT", "AC04"))
        self.hour(4)
        self.assertEqual((self.states(order), len(self.imports())), ({"rejected"}, 2))
        self.hour(5)
        self.assertEqual(self.there.asked, 4, "nothing more is expected")

    def test_what_cannot_be_fetched_is_an_exception_until_it_can(self):
        self.there.answer = ProviderUnavailable("It answered 500.", status=500)
        self.hour(1)
        self.assertIn("answered 500", self.exceptions("channel_down").detail)
        self.there.answer = None
        self.hour(2)
        self.assertFalse(self.exceptions("channel_down"))
