"""How Adyen writes money: integers in minor units in webhooks, where some currencies have other decimals than in ISO 4217
(INV-5). Source: docs.adyen.com, currency codes; the same table is in Odoo's own payment_adyen."""

from ...core.money import iso_exponent
from ..reading import mapping, units_money

_OWN = {"CLP": 2, "CVE": 0, "IDR": 0, "ISK": 2}


def exponent(currency):
    """Number of decimals of the integers in webhooks in ``currency``."""
    return _OWN.get(currency, iso_exponent(currency))


def money(item, where):
    """The signed amount of a webhook item as Money. Raises PayloadError when there is none or it is impossible."""
    amount = mapping(item, "amount")
    code = amount.get("currency")
    return units_money(amount.get("value"), code, exponent(code) if type(code) is str else 2, where)
