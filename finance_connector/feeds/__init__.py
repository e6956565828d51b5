"""Which bank feeds there are: the registry of adapters. An adapter is loaded when it is first asked for.

A feed is a bank account that is asked by API instead of by files. What it tells becomes the same canonical records as a file
(`formats.records`), so that staging, deduplication, coverage and bank lines are one for both.
"""

from functools import cache
from importlib import import_module

from ..core.errors import FinanceError

_ADAPTERS = {
    "enablebanking": (".enablebanking", "EnableBankingAdapter"),
    "plaid": (".plaid", "PlaidAdapter"),
    "sftp": (".sftp", "SftpAdapter"),
}


def codes():
    """The codes of all adapters, sorted."""
    return sorted(_ADAPTERS)


@cache
def get(code):
    """The adapter (`base.FeedAdapter`) with ``code``. Raises FinanceError for a code that no adapter has."""
    try:
        module, name = _ADAPTERS[code]
    except KeyError:
        raise FinanceError(f"There is no bank feed {code!r}; choose one of {', '.join(codes())}.") from None
    return getattr(import_module(module, __name__), name)()
