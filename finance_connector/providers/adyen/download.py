"""Reports that Adyen announces: which are fetched, and from where.

The address stands in `reason`, which is not signed. It is only gone to when it lies at a host of Adyen's and its last part is
the signed PSP reference of the item, which is the name of the report. Source: docs.adyen.com, automated report download.
"""

from ...core.authorization import basic
from ...core.errors import PayloadError
from ...core.records import Fetch, Parsed
from ..base import checked_url

HOSTS = frozenset({"ca-live.adyen.com", "ca-test.adyen.com"})
_PATH = "/reports/download/"
_SETTLEMENT = "settlement_detail"


def headers(api_key):
    """The headers of a download: a report user's ``user:password``, or the key of an API user."""
    return basic(api_key) if ":" in api_key else {"X-API-Key": api_key}


def available(fields, reference, done):
    """`Parsed` of a REPORT_AVAILABLE item: what is to be fetched, or why not."""
    if not done:
        return Parsed(ignored=f"the report {reference} could not be made; ask for it again in the Customer Area")
    if not reference.startswith(_SETTLEMENT):
        return Parsed(ignored=f"{reference} is no settlement details report")
    url = checked_url(fields.get("reason"), HOSTS, _PATH)
    if url.rpartition("/")[2] != reference:
        raise PayloadError(f"The address of report {reference} names another file ({url:.120}); download the report by hand.")
    return Parsed(fetches=(Fetch("report", url),))


def fetch(call, wanted):
    """The bytes of an announced report."""
    return call("GET", checked_url(wanted.key, HOSTS, _PATH), {})
