"""Enable Banking: accounts of European banks under PSD2. The adapter as the models see it; each part is one file.

Sources: the client `enablebanking_sdk` 0.1.7 (token, paths, parameters, fields) and the API reference (errors, states of sessions
and entries). What was not seen at a bank is told in ``unverified``.
"""

from ..base import FeedAdapter
from . import client, entries


class EnableBankingAdapter(FeedAdapter):
    """See `base.FeedAdapter`."""

    code = "enablebanking"
    label = "Enable Banking"
    capabilities = frozenset({"consent"})
    secret_names = {"private_key": "Private key of the application (PEM)"}
    api_bases = {"test": client.API_BASE, "live": client.API_BASE}
    calls_are_counted = True
    unverified = (
        "The names of the errors, and that a bank does not count a call with the owner's address, are as the API reference has "
        "them; no bank was asked.",
        "That a bank which refuses a long window gives 89 days is what the law asks of it, not what each does.",
    )

    def headers(self, settings, secrets, now):
        return client.headers(settings, secrets.get("private_key", ""), now)

    def is_counted(self, method, path, params):
        return client.is_counted(path, params)

    def poll(self, call, account, since, cursor, now, max_pages):
        return client.poll(call, account, since, now, max_pages)

    def parse(self, content, account):
        return entries.read(content, account)

    def start_consent(self, call, settings, state, now):
        return client.start_consent(call, settings, state, now)

    def finish_consent(self, call, settings, reference, answer):
        return client.finish_consent(call, answer)

    def consent(self, call, settings):
        return client.consent(call, settings)
