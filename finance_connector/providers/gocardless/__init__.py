"""GoCardless: the adapter as the models see it. Each method is one file of this package.

Facts and sources: the official libraries (events, payouts, payout items, webhook fixtures). An event names what has changed
and carries no amount: payments, refunds and payouts are fetched, with all their events, so any one tells the whole life.
"""

from ..base import Adapter
from . import client, events, lives, payouts, signature


class GoCardlessAdapter(Adapter):
    """See `base.Adapter`."""

    code = "gocardless"
    label = "GoCardless"
    capabilities = frozenset({"webhook", "batch", "fetch", "poll", "balance_transactions"})
    secret_names = {"webhook_secret": ("webhook", "webhook_endpoint_secret"), "api_key": ("access_token",)}
    secret_help = {
        "webhook_secret": ("Webhook endpoint secret", "The secret of the endpoint, in the Dashboard under Developers, Webhooks."),
        "api_key": ("Access token", "A read-only access token, in the Dashboard under Developers, Access tokens."),
    }
    webhook_help = (
        "In the Dashboard under Developers, create a webhook endpoint with this address; then send a test webhook from its page."
    )
    api_base = client.API_BASE
    unverified = (
        "A chargeback is taken as lost when GoCardless says that it was settled; until then it is open.",
        "The taxes of a payout item are taken as part of its amount; where they are invoiced apart, there are none.",
        "Events can be listed by payment, refund and payout; the limits of calls per minute were not tried.",
    )

    request_headers = staticmethod(client.headers)
    fetch = staticmethod(client.fetch)
    parse_fetched = staticmethod(lives.parse)
    poll = staticmethod(client.poll)
    fetch_settlement = staticmethod(client.fetch_settlement)
    parse_settlement = staticmethod(payouts.parse)

    def verify(self, request, secrets, now, trust=None):
        return signature.verify(request, secrets)

    def envelope(self, request):
        return events.messages(request.body)[0].envelope

    def messages(self, request):
        return events.messages(request.body)

    def acknowledge(self):
        return 204, b"", "text/plain"

    def parse(self, request):
        return events.parse(request.body)
