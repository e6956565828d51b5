"""Which bank feeds there are: the registry of adapters. An adapter is loaded when it is first asked for.

A feed is a bank account that is asked by API instead of by files. What it tells becomes the same canonical records as a file
(`formats.records`), so that staging, deduplication, coverage and bank lines are one for both.
"""

from ..core.registry import Registry

_ADAPTERS = {
    "enablebanking": (".enablebanking", "EnableBankingAdapter"),
    "plaid": (".plaid", "PlaidAdapter"),
    "sftp": (".sftp", "SftpAdapter"),
}
_REGISTRY = Registry(__name__, "bank feed", _ADAPTERS)
# An adapter is a `base.FeedAdapter`.
codes, get = _REGISTRY.codes, _REGISTRY.get
