"""How Mollie writes money: decimal texts in major units with their currency (INV-5). Source: docs.mollie.com, common data
types; a currency has as many decimals as in ISO 4217."""

from ...core.errors import PayloadError
from ..reading import decimal_money, described, mapping


def money(resource, field):
    """The amount in ``field``. Raises PayloadError when there is none."""
    amount = optional(resource, field)
    if amount is None:
        raise PayloadError(f"{described(resource)} has no amount in {field}; it cannot be booked.")
    return amount


def optional(resource, field):
    """The amount in ``field``, None when there is none."""
    amount = mapping(resource, field)
    if not amount:
        return None
    return decimal_money(amount.get("value"), amount.get("currency"), f"{described(resource)}, {field}")
