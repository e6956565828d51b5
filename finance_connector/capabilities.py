"""The matrix of what is read and served: providers, bank feeds, statement formats, as they declare it. Pure.

The screen draws it, and `scripts/capabilities.py` writes docs/capabilities.md with it.
"""

from . import feeds, providers
from .feeds.base import FeedAdapter
from .formats.declared import FORMATS
from .formats.records import BALANCES, ONE_BALANCE, RUNNING_BALANCE, TOTALS

PROVIDER_NAMES = {
    "webhook": "signed webhooks",
    "batch": "several messages in one call",
    "certificate": "verified by certificate",
    "fetch": "fetches what a message only names",
    "poll": "asks for what was missed",
    "report_file": "settlement files",
    "balance_transactions": "lines of a payout by API",
}
FOLDER = "Folder on the server"


def unverified_text(adapter):
    """What ``adapter`` says of itself that no page of its maker proves, a line for each; None is no adapter, and says nothing."""
    return "\n".join(f"• {sentence}" for sentence in adapter.unverified) if adapter else ""


def provider_matrix():
    """(columns, rows, unverified): labels of the adapters, (what, marks) and (label, sentences)."""
    found = sorted((providers.get(code) for code in providers.codes()), key=lambda one: one.label)
    rows = [(name, [capability in one.capabilities for one in found]) for capability, name in PROVIDER_NAMES.items()]
    return _matrix(found, rows)


def feed_matrix():
    """The same of the bank feeds, with the folder that other programs leave files in."""
    found = [feeds.get(code) for code in feeds.codes()]
    marks = {
        "entries by API": [type(one).poll is not FeedAdapter.poll for one in found],
        "files of any statement format": ["files" in one.capabilities for one in found],
        "consent of the owner, watched until it ends": ["consent" in one.capabilities for one in found],
        "signed webhooks when there is news": ["webhook" in one.capabilities for one in found],
        "calls of a day are counted": [one.calls_are_counted for one in found],
        "an entry's id never changes": [one.ids_are_stable for one in found],
    }
    columns, rows, unverified = _matrix(found, list(marks.items()))
    return [*columns, FOLDER], [(name, [*cells, name.startswith("files")]) for name, cells in rows], unverified


def format_matrix():
    """The same of the statement formats."""
    found = list(FORMATS.values())
    marks = {
        "is booked": [not one.provisional for one in found],
        "only announces; the statement confirms it": [one.provisional for one in found],
        "proven by both balances": [BALANCES in one.proofs for one in found],
        "proven by a balance after each entry": [RUNNING_BALANCE in one.proofs for one in found],
        "may state counts and sums only": [TOTALS in one.proofs for one in found],
        "may state one balance; a person tells the other": [ONE_BALANCE in one.proofs for one in found],
        "says whose account it is": [one.says_account for one in found],
        "says its currency": [one.says_currency for one in found],
    }
    return _matrix(found, list(marks.items()))


def _matrix(found, rows):
    return [one.label for one in found], rows, [(one.label, list(one.unverified)) for one in found if one.unverified]
