"""Which providers there are: the registry of adapters. An adapter is loaded when it is first asked for."""

from functools import cache
from importlib import import_module

from ..core.errors import FinanceError

_ADAPTERS = {
    "adyen": (".adyen", "AdyenAdapter"),
    "generic": (".profile", "ProfileAdapter"),
    "gocardless": (".gocardless", "GoCardlessAdapter"),
    "mollie": (".mollie", "MollieAdapter"),
    "paypal": (".paypal", "PayPalAdapter"),
    "stripe": (".stripe", "StripeAdapter"),
}


def codes():
    """The codes of all adapters, sorted."""
    return sorted(_ADAPTERS)


@cache
def get(code):
    """The adapter (`base.Adapter`) with ``code``. Raises FinanceError for a code that no adapter has."""
    try:
        module, name = _ADAPTERS[code]
    except KeyError:
        raise FinanceError(f"There is no provider adapter {code!r}; choose one of {', '.join(codes())}.") from None
    return getattr(import_module(module, __name__), name)()
