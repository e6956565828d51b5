"""Stripe: the adapter as the models see it. Each method is one file of this package.

Facts and sources: API reference of `stripe` 16 (objects Event, Charge, PaymentIntent, Refund, Dispute,
Payout, BalanceTransaction) and the report type `payout_reconciliation.itemized.5`.
"""

from ...core.authorization import bearer
from ..base import Adapter
from . import balance, client, events, payload, report, signature


class StripeAdapter(Adapter):
    """See `base.Adapter`."""

    code = "stripe"
    label = "Stripe"
    capabilities = frozenset({"webhook", "poll", "report_file", "balance_transactions"})
    secret_names = {
        "webhook_secret": ("webhook", "signing_secret", "whsec"),
        "api_key": ("secret_key", "api_secret"),
    }
    secret_help = {
        "webhook_secret": ("Webhook signing secret", "whsec_… of the endpoint, in the Dashboard under Developers, Webhooks."),
        "api_key": (
            "API key",
            "A restricted key (rk_…) that may read events, charges, disputes, payouts and balance transactions: Developers, API "
            "keys.",
        ),
    }
    webhook_help = (
        "In the Dashboard under Developers, Webhooks, add the address as an endpoint for all events of charges, payment intents, "
        "refunds, disputes, transfers and payouts; then send a test event."
    )
    api_base = client.API_BASE

    request_headers = staticmethod(bearer)
    detect_report = staticmethod(report.detect)
    report_parts = staticmethod(report.parts)
    poll = staticmethod(client.poll)
    fetch_settlement = staticmethod(client.fetch_settlement)
    parse_settlement = staticmethod(balance.parse)

    def verify(self, request, secrets, now, trust=None):
        return signature.verify(request, secrets, now)

    def envelope(self, request):
        return payload.envelope(request.body)

    def parse(self, request):
        return events.parse(request.body)
