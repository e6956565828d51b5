"""Adyen: the adapter as the models see it. Each method is one file of this package.

Facts and sources: the standard webhooks (Webhooks-v1 of Adyen's OpenAPI), the official library's signature tests, the
settlement details report. There is no list of missed webhooks: what was never delivered is found by the report.
"""

from ..base import Adapter
from . import download, events, items, report, signature


class AdyenAdapter(Adapter):
    """See `base.Adapter`."""

    code = "adyen"
    label = "Adyen"
    capabilities = frozenset({"webhook", "batch", "fetch", "report_file"})
    secret_names = {
        "webhook_secret": ("webhook", "hmac_key", "hmac"),
        "api_key": ("report_key", "report_user"),
    }
    secret_help = {
        "webhook_secret": ("HMAC key", "The key (hexadecimal) of the standard webhook: Customer Area, Developers, Webhooks."),
        "api_key": (
            "Report user or key",
            "What downloads the settlement details report: user:password of a report user, or the key of an API user with the "
            "role to download reports.",
        ),
    }
    webhook_help = (
        "In the Customer Area under Developers, Webhooks, add a standard webhook with this address, generate its HMAC key, let "
        "REPORT_AVAILABLE be among its events, and press Test configuration."
    )
    api_base = "https://ca-live.adyen.com"
    trusted_hosts = download.HOSTS
    idempotency_limit = 64
    unverified = (
        "The balance platform's own webhooks (transfers) are not read; payouts are read from the settlement details report.",
        "DISPUTE_DEFENSE_PERIOD_ENDED, PREARBITRATION_LOST and _ACCEPTED and SCHEME_ARBITRATION_LOST are taken as a dispute "
        "that is lost.",
        "A settlement details report names a bounced payout (BankInstructionReturned) by the words 'batch N'; a row without "
        "them is kept as unknown.",
        "Abbreviations of time zones in reports are taken from a fixed table; one that may mean several zones is refused.",
        "SettledExternally and the like move no money but their fees.",
        "CaptureFailed is a record type of the payments accounting report; in a settlement details report it is taken alike.",
    )

    request_headers = staticmethod(download.headers)
    fetch = staticmethod(download.fetch)
    detect_report = staticmethod(report.detect)
    report_parts = staticmethod(report.parts)

    def verify(self, request, secrets, now, trust=None):
        return signature.verify(request, secrets)

    def envelope(self, request):
        return items.messages(request.body)[0].envelope

    def messages(self, request):
        return items.messages(request.body)

    def acknowledge(self):
        return 200, b"[accepted]", "text/plain"

    def parse(self, request):
        return events.parse(request.body)

    def parse_fetched(self, fetch, content):
        return self.parse_report(content, fetch.key.rpartition("/")[2])
