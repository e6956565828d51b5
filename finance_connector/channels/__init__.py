"""Which ways there are by which payments leave: the registry of adapters. An adapter is loaded when it is first asked for."""

from functools import cache
from importlib import import_module

from ..core.errors import FinanceError

_ADAPTERS = {
    "manual": (".base", "ManualChannel"),
    "folder": (".folder", "FolderChannel"),
    "sftp": (".sftp", "SftpChannel"),
    "http": (".http", "HttpChannel"),
    "stripe": (".stripe", "StripeChannel"),
    "paypal": (".paypal", "PayPalChannel"),
    "wise": (".wise", "WiseChannel"),
    "gocardless": (".gocardless", "GoCardlessChannel"),
}


def codes():
    """The codes of all adapters, in the order in which they are offered."""
    return list(_ADAPTERS)


@cache
def get(code):
    """The adapter (`base.ChannelAdapter`) with ``code``. Raises FinanceError for a code that no adapter has."""
    try:
        module, name = _ADAPTERS[code]
    except KeyError:
        raise FinanceError(f"There is no payment channel {code!r}; choose one of {', '.join(codes())}.") from None
    return getattr(import_module(module, __name__), name)()
