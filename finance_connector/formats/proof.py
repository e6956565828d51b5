"""The arithmetic that every statement has to pass, whatever its format: opening + booked entries = closing."""

from decimal import Decimal

ZERO = Decimal(0)


class Totals:
    """The running sums of one statement, signed; ``later``: of entries valued after ``day``, that of the
    closing balance.

    Entries of zero are counted by themselves, since banks count them on either side.
    """

    __slots__ = (
        "credit",
        "credit_count",
        "day",
        "debit",
        "debit_count",
        "later",
        "provisional_count",
        "zero_count",
    )

    def __init__(self):
        self.day = None
        self.credit = self.debit = self.later = ZERO
        self.credit_count = self.debit_count = self.zero_count = self.provisional_count = 0

    def add(self, amount, value_date):
        """Counts a booked entry."""
        if amount > 0:
            self.credit += amount
            self.credit_count += 1
        elif amount < 0:
            self.debit += amount
            self.debit_count += 1
        else:
            self.zero_count += 1
        if value_date is not None and self.day is not None and value_date > self.day:
            self.later += amount

    @property
    def net(self):
        """Sum of the booked entries, signed."""
        return self.credit + self.debit

    @property
    def count(self):
        """Number of booked entries."""
        return self.credit_count + self.debit_count + self.zero_count


def balance_gap(header, page, totals):
    """None if opening + booked entries = closing, else the sentence that says what is missing.

    ``header``: of the statement; ``page``: header of its last page, which has the closing balance.
    """
    currency, opening, closing = header.currency, header.opening, page.closing
    reached = opening + totals.net
    if reached == closing:
        return None
    reason = (
        f"the opening balance {opening} {currency} ({header.opening_kind}) and {totals.count} booked entries "
        f"of {totals.net} {currency} make {reached} {currency}, but the closing balance is "
        f"{closing} {currency} ({page.closing_kind}): difference {closing - reached} {currency}."
    )
    if totals.later and closing + totals.later == reached:
        reason += " The entries valued after the date of the closing balance add up to exactly this."
    if page.page_number is not None and not (page.page_number == 1 and page.last_page):
        reason += f" This is page {page.page_number} of a statement; other pages may be in other files."
    return reason
