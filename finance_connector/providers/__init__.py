"""Which providers there are: the registry of adapters. An adapter is loaded when it is first asked for."""

from ..core.registry import Registry

_ADAPTERS = {
    "adyen": (".adyen", "AdyenAdapter"),
    "generic": (".profile", "ProfileAdapter"),
    "gocardless": (".gocardless", "GoCardlessAdapter"),
    "mollie": (".mollie", "MollieAdapter"),
    "paypal": (".paypal", "PayPalAdapter"),
    "stripe": (".stripe", "StripeAdapter"),
}
_REGISTRY = Registry(__name__, "provider adapter", _ADAPTERS)
# An adapter is a `base.Adapter`.
codes, get = _REGISTRY.codes, _REGISTRY.get
