"""How Stripe writes money: its number of decimals per currency, in the API and in report files (INV-5).

The API sends integers in "the smallest currency unit" as Stripe understands it, which is not always that of
ISO 4217. Source: docs.stripe.com/currencies (zero-decimal,
three-decimal, special cases).
"""

from ...core.errors import MoneyError, PayloadError
from ...core.money import Money
from .payload import described, integer

# MGA has two decimals in ISO 4217 and none at Stripe.
_ZERO_DECIMAL = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
_THREE_DECIMAL = frozenset("BHD JOD KWD OMR TND".split())
# ISK and UGX have no decimals in ISO 4217, yet Stripe sends them times 100 (500 for 5 ISK). They, HUF and TWD
# are two-decimal for charges, so the rule for all others holds for them.


def exponent(currency):
    """Number of decimals of the integers that Stripe's API sends in ``currency`` (ISO code, upper case)."""
    if currency in _ZERO_DECIMAL:
        return 0
    return 3 if currency in _THREE_DECIMAL else 2


def currency_of(resource, field="currency"):
    """The upper-case ISO code in ``field`` of an API object. Raises PayloadError when there is none."""
    value = resource.get(field)
    if type(value) is str and len(value) == 3 and value.isascii() and value.isalpha():
        return value.upper()
    raise PayloadError(f"{described(resource)} has no usable {field} ({value!r:.40}); it cannot be booked.")


def money(resource, field, currency=None):
    """The integer ``field`` of an API object as Money, in ``currency`` or the object's own.

    Raises PayloadError when it is missing, is no integer, or is finer than the currency allows.
    """
    return from_api(integer(resource, field), currency or currency_of(resource), resource)


def from_api(value, currency, resource):
    """The API integer ``value`` as Money; ``resource`` is named in errors."""
    try:
        return Money.from_units(value, currency, exponent(currency))
    except MoneyError as error:
        raise PayloadError(f"{described(resource)} carries an impossible amount: {error}") from error
