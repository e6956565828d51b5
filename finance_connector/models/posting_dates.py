"""On which date and at which rate a movement is booked: the first open day, and Odoo's rate of that day."""

from datetime import timedelta

from ..core.errors import FinanceError
from ..core.money import iso_exponent, minor_units


class Calendar:
    """The open days of a company; remembers its answers."""

    def __init__(self, company):
        self._company, self._days = company, {}

    def open_day(self, day):
        """``day`` itself, or the first day after it that no lock date covers (INV-15)."""
        if day not in self._days:
            candidate = day
            while locks := self._company._get_lock_date_violations(
                candidate, fiscalyear=True, sale=False, purchase=False, tax=False, hard=True
            ):
                candidate = max(lock for lock, _field in locks) + timedelta(days=1)
            self._days[day] = candidate
        return self._days[day]


class Rates:
    """Converts minor units into the company's currency. The rate and the rounding are Odoo's, whose methods take
    floats; what comes out is exact minor units again."""

    def __init__(self, company):
        self._company, self._to = company, company.currency_id
        self._rates, self._currencies = {}, {}

    def balance(self, minor, code, day):
        """Minor units of the company's currency. Raises FinanceError without a rate."""
        self._check_decimals(minor, code)
        if code == self._to.name:
            return minor
        key = code, day
        if key not in self._rates:
            self._rates[key] = self._rate(code, day)
        amount = minor / 10 ** iso_exponent(code)
        return minor_units(f"{self._to.round(amount * self._rates[key]):.{self._to.decimal_places}f}", self._to.name)

    def _rate(self, code, day):
        currency = self.currency(code)
        if not currency.rate_ids.filtered(lambda rate: rate.company_id.id in (False, self._company.root_id.id)):
            raise FinanceError(
                f"{self._company.name} has no exchange rate for {code}; enter one (Accounting, Currencies), then retry."
            )
        return currency._get_conversion_rate(currency, self._to, self._company, day)

    def _check_decimals(self, minor, code):
        currency = self.currency(code)
        missing = iso_exponent(code) - currency.decimal_places
        if missing > 0 and minor % 10**missing:
            raise FinanceError(
                f"Odoo rounds {code} to {currency.decimal_places} decimals, but this amount has more; "
                f"correct the rounding of the currency, then retry."
            )

    def currency(self, code):
        """The res.currency record of ISO ``code``. Raises FinanceError for one that Odoo does not know or use."""
        if code not in self._currencies:
            found = self._company.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
            if not found.active:
                raise FinanceError(f"The currency {code} is not active; activate it (Accounting, Currencies), then retry.")
            self._currencies[code] = found
        return self._currencies[code]
