"""What a person, or the journal that a file is imported to, tells of a file that does not say it itself.

Formats such as QIF and CSV name no account, no currency or no balances, and write dates of which the order is open.
What is told here is used as if the file said it, and proven where there is something to prove; what is neither in the
file nor told stays unknown.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

# Order of day, month and year in a date.
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "dmy", "mdy", "ymd"


@dataclass(frozen=True, slots=True)
class Told:
    """``account`` and ``currency`` (ISO 4217): of the account; ``date_order``: "dmy", "mdy", "ymd"; "" is not told.

    ``opening`` and ``closing``: the balances before and after the entries, as they stand on another paper of the bank.
    """

    account: str = ""
    currency: str = ""
    date_order: str = ""
    decimal_sign: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None

    def without_balances(self):
        """What is told beside balances."""
        return replace(self, opening=None, closing=None)


NOTHING = Told()
