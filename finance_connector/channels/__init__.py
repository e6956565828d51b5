"""Which ways there are by which payments leave: the registry of adapters. An adapter is loaded when it is first asked for."""

from ..core.registry import Registry

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
_REGISTRY = Registry(__name__, "payment channel", _ADAPTERS)
# An adapter is a `base.ChannelAdapter`.
codes, get = _REGISTRY.codes, _REGISTRY.get
