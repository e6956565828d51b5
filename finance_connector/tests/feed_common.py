"""What the tests of bank feeds share: a feed with a consent, and the stand-in of its service on a loopback port."""

import sys
from datetime import timedelta
from pathlib import Path

from odoo import fields

from .bank_common import BankCase
from .camt_file import IBAN

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from simulator import enablebanking_api, plaid_api  # noqa: E402
from simulator.feed_server import FeedServer  # noqa: E402


def day(ago):
    """The day ``ago`` days before today."""
    return fields.Date.today() - timedelta(days=ago)


class FeedCase(BankCase):
    """``self.server`` and ``self.api`` stand in for the service; ``self.feed`` has one account, ``self.account``."""

    @classmethod
    def _request_handler(cls, session, prepared, /, **arguments):
        # Odoo's own handler compares the timeout with a number; ours has one for connecting and one for reading.
        return super()._request_handler(session, prepared, **arguments | {"timeout": 30})

    def setUp(self):
        super().setUp()
        self.api = self.make_api()
        self.server = FeedServer(self.api).start()
        self.addCleanup(self.server.stop)
        self.feed = self.env["finance.feed"].create({"company_id": self.company.id, **self.feed_values()})
        self.feed.api_base = self.server.url
        for name, value in self.feed_secrets().items():
            self.feed.set_secret(name, value)
        self.feed._take_consent(self.consent())
        self.account = self.feed.account_ids
        self.account.write({"journal_id": self.feed_journal().id, "start_date": day(30)})
        self.feed.action_activate()

    def pull(self):
        """The scheduled action, with the account due now."""
        self.account.next_pull_at = False
        self.cron("cron_pull_statements")
        return self.env["finance.import"].search([("feed_account_id", "=", self.account.id)], order="id")

    def button(self):
        """“Pull now”, as a person presses it; what it says."""
        with self.enter_registry_test_mode():
            told = self.feed.action_pull()
        self.env.invalidate_all()
        return told["params"]

    def announced(self, state="announced"):
        return self.env["finance.announced"].search([("account_id", "=", self.account.id), ("state", "=", state)])


class EnableBankingCase(FeedCase):
    def make_api(self):
        return enablebanking_api.EnableBankingApi(IBAN)

    def feed_values(self):
        return {
            "name": "Main bank", "code": "enablebanking", "application": enablebanking_api.APPLICATION, "bank_name": "Bank",
            "country_id": self.env.ref("base.de").id,
        }  # fmt: skip

    def feed_secrets(self):
        return {"private_key": self.api.private_pem}

    def consent(self):
        adapter = self.feed._adapter()
        with self.enter_registry_test_mode():
            return adapter.finish_consent(self.feed._caller("consent"), self.feed._settings(), "", {"code": "good-code"})

    def feed_journal(self):
        return self.bank

    def tell(self, *entries):
        self.api.entries["uid-1"] = list(entries)


class PlaidCase(FeedCase):
    def make_api(self):
        return plaid_api.PlaidApi()

    def feed_values(self):
        return {"name": "US bank", "code": "plaid", "application": plaid_api.CLIENT, "country_id": self.env.ref("base.us").id}

    def feed_secrets(self):
        return {"secret": plaid_api.SECRET}

    def consent(self):
        adapter = self.feed._adapter()
        with self.enter_registry_test_mode():
            return adapter.finish_consent(self.feed._caller("consent"), self.feed._settings(), "link-1", {})

    def feed_journal(self):
        self.bank = self.make_bank("Dollars", "USDB", "US-1", self.usd)
        return self.bank
