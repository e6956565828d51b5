"""The same story on the other ways to run it: worker processes instead of threads, and aggregated entries."""
import time
from concurrent.futures import ThreadPoolExecutor

from support.play import play
from support.shop import plain_event

from simulator.play.dump import dump
from simulator.story import reading, truth


def deliver_until_answered(shop, event):
    """Deliver, and again when the connection is refused, as a provider does: two workers queue 16 connections only."""
    for _attempt in range(30):
        try:
            return shop.deliver(event)
        except ConnectionError:
            time.sleep(0.2)
    return None


def test_worker_processes_take_the_same_event_once(open_shop):
    shop = open_shop(workers=2)
    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(lambda event: deliver_until_answered(shop, event), [plain_event(1)] * 50))
    assert set(statuses) == {200}
    assert shop.value("SELECT count(*) FROM finance_message") == 1
    assert set(shop.deliver_all([plain_event(number) for number in range(2, 32)])) == {200}
    shop.run_actions()
    assert shop.rows("SELECT state, count(*) FROM finance_message GROUP BY 1") == [("ignored", 31)]


def test_one_entry_a_payout_ties_like_one_receipt_a_payment(open_shop):
    shop = open_shop(posting_mode="per_settlement")
    play(shop)
    found, wanted = reading.figures(shop.rpc, shop.connection), truth.expected(shop.cards)
    same = ("states", "amounts", "payout", "ledger", "subledger", "in_transit", "unposted", "bank_lines", "exceptions",
            "paid_documents", "orders")
    assert {name: getattr(found, name) for name in same} == {name: getattr(wanted, name) for name in same}
    assert reading.entries(shop.rpc, shop.connection) < len(truth.story.PAYMENTS)


def test_the_lines_of_a_payout_lead_to_the_same_books_from_the_api_as_from_the_report(open_shop, undisturbed):
    shop = open_shop()
    play(shop, report=False)
    assert shop.value("SELECT count(*) FROM finance_message WHERE event_type = 'settlement_lines'") == 1
    assert _without_messages(dump(shop)) == _without_messages(undisturbed)


def _without_messages(books):
    return [line for line in books if not line.startswith(("message: ", "file: "))]


def test_a_provider_that_fails_is_told_and_asked_again(open_shop):
    shop = open_shop()
    shop.enter_api_key()
    for status, wait in ((500, None), (429, 30), (401, None)):
        shop.stripe.fail_next(status, retry_after=wait)
        shop.run_action("cron_poll")
        assert shop.rows("SELECT kind, state FROM finance_exception") == [("poll_failed", "open")]
    assert shop.value("SELECT count(*) FROM finance_message") == 0
    shop.run_action("cron_poll")
    assert shop.value("SELECT count(*) FROM finance_message WHERE source = 'poll'") == len(shop.cards.events)
    assert shop.rows("SELECT state FROM finance_exception") == [("resolved",)]
    outcomes = shop.rows("SELECT status, outcome FROM finance_request ORDER BY id")
    assert outcomes[:3] == [(500, "failed"), (429, "failed"), (401, "failed")]
    assert set(outcomes[3:]) == {(200, "done")}
