"""How the tests ask a stand-in: ``call`` as the models give it, without a network between."""

import json
from datetime import date, datetime, timezone

from fc.core.errors import ProviderUnavailable
from fc.feeds import get
from fc.feeds.base import FeedAccount, Settings
from simulator import enablebanking_api, plaid_api

NOW = datetime(2026, 3, 20, 9, 30, tzinfo=timezone.utc)
TODAY = NOW.date()
IBAN = "DE89370400440532013000"
EUROS = FeedAccount("uid-1", "EUR", "hash-1", IBAN, "Main account")
DOLLARS = FeedAccount(plaid_api.ACCOUNT, "USD", plaid_api.ACCOUNT, "", "Checking 0000")
FIRST = date(2026, 3, 1)
MAX_PAGES = 50


def march(day):
    return date(2026, 3, day)


def enablebanking(api):
    """(adapter, call, settings) for an `EnableBankingApi`."""
    settings = Settings(application=enablebanking_api.APPLICATION, bank="Bank", country="DE", consent=enablebanking_api.SESSION,
                        return_url="https://odoo.example/back")  # fmt: skip
    return _asked("enablebanking", api, settings, {"private_key": api.private_pem})


def plaid(api, consent=plaid_api.ITEM):
    """(adapter, call, settings) for a `PlaidApi`."""
    settings = Settings(application=plaid_api.CLIENT, country="US", consent=consent, return_url="https://odoo.example/back")
    return _asked("plaid", api, settings, {"secret": plaid_api.SECRET, "access_token": plaid_api.TOKEN})


def _asked(code, api, settings, secrets):
    adapter = get(code)

    def call(method, path, params=None, body=None):
        headers = {name.lower(): value for name, value in adapter.headers(settings, secrets, NOW).items()}
        sent = json.loads(json.dumps(adapter.body(settings, secrets, body) or {}))
        status, told = api.answer(method, path, params or {}, sent, headers)
        content = json.dumps(told).encode()
        if status >= 300:
            raise ProviderUnavailable(f"{code} answered {status}.", status=status, body=content)
        return content

    return adapter, call, settings
