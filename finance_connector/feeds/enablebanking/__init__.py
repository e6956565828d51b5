"""Enable Banking: accounts of European banks under PSD2. The adapter as the models see it; each part is one file.

Sources: the API reference (authorisation, sessions, account data, error codes) and the client `enablebanking_sdk` 0.1.7. What
the reference says of banks in general and no bank guarantees is marked in `client` and `entries`.
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

    def headers(self, settings, secrets, now):
        return client.headers(settings, secrets.get("private_key", ""), now)

    def is_counted(self, method, path, params):
        return client.is_counted(path, params)

    def poll(self, call, account, since, cursor, now, max_pages):
        return client.poll(call, account, since, now, max_pages)

    def read(self, content, account):
        return entries.read(content, account)

    def start_consent(self, call, settings, state, now):
        return client.start_consent(call, settings, state, now)

    def finish_consent(self, call, settings, reference, answer):
        return client.finish_consent(call, answer)

    def consent(self, call, settings):
        return client.consent(call, settings)
