"""Exact money: integer minor units with their currency, and the only place where anything is rounded (INV-5)."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from .errors import MoneyError

# ISO 4217 (list one, 2024): the currencies whose minor unit is not 1/100.
_ISO_EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    "CLF": 4,
    "UYW": 4,
}


# ISO 4217: "no currency".
NO_CURRENCY = "XXX"


def iso_exponent(currency):
    """Number of decimals of ``currency`` (ISO 4217 alphabetic code, upper case)."""
    return _ISO_EXPONENTS.get(currency, 2)


def minor_units(text, currency):
    """The exact minor units of a decimal ``text`` in major units, as PostgreSQL writes a numeric column.

    The quick way for many rows; `Money.from_decimal` is the general one. Raises MoneyError if it is not exact.
    """
    whole, _point, decimals = text.partition(".")
    exponent = iso_exponent(currency)
    decimals = decimals.rstrip("0").ljust(exponent, "0")
    if len(decimals) > exponent:
        raise MoneyError(f"{text} has more decimals than {currency} allows ({exponent}).")
    return int(whole + decimals)


class Money:
    """An amount in ISO 4217 minor units: ``Money(1050, "EUR")`` is 10.50 EUR, ``Money(1050, "JPY")`` 1050 JPY.

    Signed; immutable; comparable and addable within one currency only (MoneyError otherwise).
    """

    __slots__ = ("minor", "currency")

    def __init__(self, minor, currency):
        if type(minor) is not int:
            raise MoneyError(f"Minor units must be an integer, got {minor!r} {currency}.")
        if type(currency) is not str or currency not in _CODES:
            _remember(currency)
        _set_minor(self, minor)
        _set_currency(self, currency)

    def __setattr__(self, name, value):
        raise AttributeError("Money is immutable")

    def __reduce__(self):
        return (Money, (self.minor, self.currency))

    @classmethod
    def from_units(cls, value, currency, exponent):
        """Money from a provider's integer ``value`` in units of 10**-``exponent`` of the currency.

        The provider's exponent may differ from ISO 4217 (Stripe sends ISK and UGX times 100). Raises MoneyError when
        the value has more precision than the currency can hold.
        """
        if type(value) is not int:
            raise MoneyError(f"Expected an integer amount in units of 10^-{exponent} {currency}, got {value!r}.")
        shift = iso_exponent(currency) - exponent
        if shift >= 0:
            return cls(value * 10**shift, currency)
        minor, rest = divmod(value, 10**-shift)
        if rest:
            raise MoneyError(f"{value} at {exponent} decimals is finer than {currency} allows.")
        return cls(minor, currency)

    @classmethod
    def from_decimal(cls, value, currency):
        """Money from a decimal text or Decimal in major units ("10.50"). Raises MoneyError if it is not exact."""
        try:
            scaled = Decimal(value).scaleb(iso_exponent(currency))
            minor = int(scaled)
        except (InvalidOperation, ValueError, OverflowError, TypeError) as error:
            raise MoneyError(f"{value!r} is no amount in {currency}.") from error
        if scaled != minor:
            raise MoneyError(f"{value} has more decimals than {currency} allows ({iso_exponent(currency)}).")
        return cls(minor, currency)

    @classmethod
    def rounded(cls, value, currency):
        """Money nearest to the Decimal ``value`` in major units, halves away from zero (commercial rounding)."""
        scaled = Decimal(value).scaleb(iso_exponent(currency))
        return cls(int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)

    @classmethod
    def zero(cls, currency):
        """No money, in ``currency``."""
        return cls(0, currency)

    def to_decimal(self):
        """The amount in major units, exact, with the currency's number of decimals."""
        return Decimal(self.minor).scaleb(-iso_exponent(self.currency))

    def to_text(self):
        """The amount in major units as PostgreSQL reads a numeric: exact, and quicker to make than a Decimal."""
        return f"{self.minor}e-{_ISO_EXPONENTS.get(self.currency, 2)}"

    def to_units(self, exponent):
        """The integer in units of 10**-``exponent`` of the currency that `from_units` reads. Raises MoneyError when the amount is
        finer than these units."""
        shift = exponent - iso_exponent(self.currency)
        if shift >= 0:
            return self.minor * 10**shift
        units, finer = divmod(self.minor, 10**-shift)
        if finer:
            raise MoneyError(f"{self} is finer than the provider's units of 10^-{exponent} {self.currency}; pay another amount.")
        return units

    def _same(self, other):
        if not isinstance(other, Money):
            raise MoneyError(f"Money can only be combined with Money, not with {other!r}.")
        if other.currency != self.currency:
            raise MoneyError(f"{self} and {other} are in two currencies and cannot be combined.")
        return other.minor

    def __add__(self, other):
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other):
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self):
        return Money(-self.minor, self.currency)

    def __abs__(self):
        return Money(abs(self.minor), self.currency)

    def __bool__(self):
        return self.minor != 0

    def __eq__(self, other):
        return isinstance(other, Money) and (self.minor, self.currency) == (other.minor, other.currency)

    def __hash__(self):
        return hash((self.minor, self.currency))

    def __lt__(self, other):
        return self.minor < self._same(other)

    def __le__(self, other):
        return self.minor <= self._same(other)

    def __gt__(self, other):
        return self.minor > self._same(other)

    def __ge__(self, other):
        return self.minor >= self._same(other)

    def __str__(self):
        return f"{self.to_decimal()} {self.currency}"

    def __repr__(self):
        return f"Money({self.minor}, {self.currency!r})"


# What passed the check once: it runs for every amount.
_CODES = set()
# As `__init__` writes an immutable object: reports have hundreds of thousands of amounts.
_set_minor, _set_currency = Money.minor.__set__, Money.currency.__set__


def _remember(currency):
    if not (type(currency) is str and len(currency) == 3 and currency.isalpha() and currency.isupper()):
        raise MoneyError(f"{currency!r} is no ISO 4217 currency code; use three upper-case letters such as EUR.")
    _CODES.add(currency)
