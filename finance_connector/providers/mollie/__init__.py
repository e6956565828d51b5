"""Mollie: the adapter as the models see it. Each method is one file of this package.

Facts and sources: Mollie's OpenAPI specification (events, payments, settlements, balance transactions) and the signature
validator of its official PHP library. Classic webhooks carry an id only; whatever they name is fetched.
"""

from ...core.authorization import bearer
from ..base import Adapter
from . import client, events, settlements, signature


class MollieAdapter(Adapter):
    """See `base.Adapter`."""

    code = "mollie"
    label = "Mollie"
    capabilities = frozenset({"webhook", "fetch", "poll", "balance_transactions"})
    secret_names = {"webhook_secret": ("webhook", "signing_secret"), "api_key": ("access_token",)}
    secret_help = {
        "webhook_secret": (
            "Webhook signing secret",
            "The signing secret of a webhook subscription: Developers, Webhooks. For classic webhooks, which Mollie does not "
            "sign, set “classic:” and a word of your own instead: a call is then only a hint to ask Mollie.",
        ),
        "api_key": (
            "API key",
            "An organisation access token that may read payments, refunds, chargebacks, settlements and balances; each event is "
            "asked for with it.",
        ),
    }
    webhook_help = (
        "Signed events: add a webhook with this address under Developers, Webhooks. Classic: give the address as webhookUrl of "
        "each payment."
    )
    api_base = client.API_BASE
    unverified = (
        "A classic call is not signed: it is taken as a hint only if one of the secrets is 'classic:' and a word of your own. "
        "The secret address is then what keeps strangers out, and all that a stranger gains is a question to Mollie.",
        "Fees, VAT and the rolling reserve are taken from the settlement, which tells them a month and a method at a time; "
        "what balance transactions deduct for them is not booked a second time.",
        "The list of types of balance transactions is not definitive; one that nobody has seen is refused by name.",
        "What came back (a refund that failed, a chargeback that was reversed) is taken to be listed in a settlement with a "
        "positive amount.",
        "Captures of a payment are told one by one; the payment itself is only taken as captured when it has none.",
    )

    request_headers = staticmethod(bearer)
    fetch = staticmethod(client.fetch)
    poll = staticmethod(client.poll)
    fetch_settlement = staticmethod(client.fetch_settlement)
    parse_settlement = staticmethod(settlements.parse)

    def verify(self, request, secrets, now, trust=None):
        return signature.verify(request, secrets)

    def envelope(self, request):
        return events.envelope(request.body)

    def parse(self, request):
        return events.parse(request.body)

    def parse_fetched(self, fetch, content):
        return events.fetched(content)
