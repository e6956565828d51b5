"""PayPal: the adapter as the models see it. Each method is one file of this package.

Facts and sources: the rule by which PayPal signs (official SDK and documents), the OpenAPI of webhooks and of transaction
search, the settlement report (STL) and transaction report (TRR) as they are seen in use. What moves the balance is told by
rows, which reports and transaction search have alike; webhooks tell it sooner.
"""

from ...core.authorization import basic
from ..base import Adapter
from . import client, events, report, signature


class PayPalAdapter(Adapter):
    """See `base.Adapter`."""

    code = "paypal"
    label = "PayPal"
    capabilities = frozenset({"webhook", "certificate", "poll", "report_file"})
    secret_names = {"webhook_secret": ("webhook", "webhook_id"), "api_key": ("client_credentials",)}
    secret_help = {
        "webhook_secret": (
            "Webhook id",
            "PayPal signs with a certificate, and what it signs has the id of the webhook in it: Apps & Credentials, your app, "
            "Webhooks.",
        ),
        "api_key": ("Client id and secret", "client id:secret of the app, with Transaction search among its features."),
    }
    webhook_help = (
        "Under Apps & Credentials, your app, add a webhook with this address for all events of payments, disputes and payouts; "
        "the id that it then has goes in as secret."
    )
    api_base = client.API_BASE
    trusted_hosts = frozenset().union(*signature.HOSTS.values())
    idempotency_header = "PayPal-Request-Id"
    idempotency_limit = 108
    unverified = (
        "PayPal has no tolerance for the age of a call; one older than four days is refused, since it is not sent again "
        "after three.",
        "Whether the address of a certificate also gives the certificates that issued it was not tried: if not, calls are "
        "refused, and what they would have told comes by polling.",
        "The columns of balances in the footers of the settlement report are taken as pairs of sign and amount, beginning and "
        "end; where they do not fit the rows, the report is not taken as complete.",
        "The codes of holds and reserves other than T1110 and T1111 (T15, T17, T21) are taken by their sign.",
        "Payouts to others are rows T0001, whose id is that of the item's transaction.",
        "Rows T1114 and T1115 are taken as payouts to others that come back.",
        "A capture of an authorisation is a payment of its own, since later rows name the capture only.",
    )

    request_headers = staticmethod(basic)
    certificate_url = staticmethod(signature.certificate_url)
    verify = staticmethod(signature.verify)
    poll = staticmethod(client.poll)
    detect_report = staticmethod(report.detect)
    report_parts = staticmethod(report.parts)

    def envelope(self, request):
        return events.envelope(request.body)

    def parse(self, request):
        return events.parse(request.body)
