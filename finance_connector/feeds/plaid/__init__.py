"""Plaid: accounts of banks in North America and Europe. The adapter as the models see it; each part is one file.

Source: the API reference (Link, Items, Transactions sync, webhook verification, error codes). What was not seen at a bank is
told in ``unverified``.
"""

from ..base import FeedAdapter
from . import client, entries, link, webhook


class PlaidAdapter(FeedAdapter):
    """See `base.FeedAdapter`."""

    code = "plaid"
    label = "Plaid"
    capabilities = frozenset({"consent", "webhook"})
    secret_names = {"secret": "API secret", "access_token": "Access token of the connection (comes with the consent)"}
    api_bases = client.API_BASES
    unverified = (
        "Hosted Link, the names of the errors and the state of the history are as the API reference has them; no bank was asked.",
    )
    ids_are_stable = True

    def headers(self, settings, secrets, now):
        return {}

    def body(self, settings, secrets, body):
        return client.with_credentials(settings, secrets, body)

    def poll(self, call, account, since, cursor, now, max_pages):
        return client.poll(call, account, since, cursor, max_pages)

    def parse(self, content, account):
        return entries.read(content, account)

    def start_consent(self, call, settings, state, now):
        return link.start(call, settings, state)

    def finish_consent(self, call, settings, reference, answer):
        return link.finish(call, settings, reference)

    def consent(self, call, settings):
        return link.consent(call, settings)

    def key_id(self, request):
        return webhook.key_id(request)

    def fetch_key(self, call, key_id):
        return webhook.fetch_key(call, key_id)

    def verify(self, request, key, now):
        return webhook.verify(request, key, now)

    def news(self, request):
        return webhook.news(request)
