"""A bank feed on a real server: the consent through the owner's browser, pulls beside their outbox, and kills in the midst."""
from datetime import date, timedelta

import pytest
import requests
from support.gate import Gate

from simulator.enablebanking_api import APPLICATION, EnableBankingApi, entry
from simulator.feed_server import FeedServer
from simulator.story import story

ADMIN = "admin"


class Feed:
    """A feed of ``shop``'s bank journal, active, with the stand-in of its service."""

    def __init__(self, shop):
        self.shop, self.rpc = shop, shop.rpc
        journal = self.rpc.call("account.journal", "search_read", domain=[["name", "=", story.BANK_NAME]],
                                fields=["bank_acc_number", "company_id"])[0]
        self.api = EnableBankingApi(journal["bank_acc_number"].replace(" ", ""))
        self.server = FeedServer(self.api).start()
        germany = self.rpc.call("res.country", "search", domain=[["code", "=", "DE"]])[0]
        self.id = self.rpc.call("finance.feed", "create", vals_list=[{
            "name": "Bank feed", "code": "enablebanking", "application": APPLICATION, "bank_name": "Bank",
            "country_id": germany, "api_base": self.server.url, "company_id": journal["company_id"][0],
        }])[0]
        self.rpc.call("finance.feed", "set_secret", [self.id], name="private_key", value=self.api.private_pem)
        self.browser = self._signed_in()
        self.consent()
        self.account = self.rpc.call("finance.feed.account", "search", domain=[["feed_id", "=", self.id]])[0]
        # The story's own statements have these days; the feed begins where nothing is booked.
        self.rpc.call("finance.feed.account", "write", [self.account], vals={"start_date": str(day(60))})
        self.rpc.call("finance.feed", "action_activate", [self.id])

    def consent(self, **answer):
        """The owner is sent to the bank and comes back; the answer of our page."""
        self.rpc.call("finance.feed", "action_renew_consent", [self.id])
        return self.browser.get(f"{self.shop.server.url}/finance/feed/consent",
                                params={"state": self.api.state, "code": "good-code"} | answer, allow_redirects=False)

    def pull(self):
        """The scheduled action, with the account due now."""
        self.shop.rows("UPDATE finance_feed_account SET next_pull_at = NULL")
        self.shop.run_action("cron_pull_statements")

    def lines(self):
        return self.shop.value("SELECT count(*) FROM account_bank_statement_line WHERE fc_bank_id LIKE 'feed-%%'")

    def _signed_in(self):
        session = requests.Session()
        told = {"jsonrpc": "2.0", "params": {"db": self.shop.name, "login": ADMIN, "password": ADMIN}}
        session.post(f"{self.shop.server.url}/web/session/authenticate", json=told, timeout=60).raise_for_status()
        return session


def day(ago):
    return date.today() - timedelta(days=ago)


@pytest.fixture
def feed(open_shop):
    made = Feed(open_shop())
    made.api.entries["uid-1"] = [entry(day(50 - n), f"{n + 1}.00", f"entry {n}", f"feed-{n}") for n in range(20)]
    yield made
    made.server.stop()


def test_consent_and_pulls(feed):
    feed.pull()
    assert feed.lines() == 20
    assert feed.shop.value("SELECT count(*) FROM finance_request WHERE counted AND outcome = 'done'") == 1
    refused = feed.browser.get(f"{feed.shop.server.url}/finance/feed/consent", params={"state": "made up", "code": "x"})
    assert (refused.status_code, "was not begun here" in refused.text) == (400, True)
    denied = feed.consent(code="", error="access_denied")
    assert (denied.status_code, "access_denied" in denied.text) == (400, True)
    again = feed.consent()
    assert (again.status_code, again.headers["Location"].rsplit("/", 1)[-1]) == (303, str(feed.id))


@pytest.mark.parametrize(("table", "event", "nth"), [
    ("finance_message", "INSERT", 1),
    ("finance_import", "INSERT", 1),
    ("finance_import_entry", "INSERT", 10),
    ("account_bank_statement_line", "INSERT", 15),
    ("finance_coverage", "UPDATE", 1),
])
def test_a_kill_anywhere_loses_nothing_and_doubles_nothing(feed, table, event, nth):
    feed.shop.crash_at(Gate(feed.shop.name, table, event, nth), feed.pull)
    with_cursor = feed.shop.value("SELECT count(*) FROM finance_feed_account WHERE cursor IS NOT NULL")
    kept = feed.shop.value("SELECT count(*) FROM finance_import WHERE feed_account_id IS NOT NULL")
    assert with_cursor == min(kept, 1), "the cursor is there with its data, or neither is"
    feed.pull()
    feed.shop.run_actions()
    assert feed.lines() == 20
    different = "SELECT count(DISTINCT fc_bank_id) FROM account_bank_statement_line WHERE fc_bank_id LIKE 'feed-%%'"
    assert feed.shop.value(different) == 20
