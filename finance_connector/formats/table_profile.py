"""What a person lays down about the tables (CSV, XLS, XLSX) of one bank: which column is what, and how it is written.

A profile is made on a sample (`table_guess` proposes one), kept, and used for every file of that bank.
"""

from dataclasses import asdict, dataclass, fields

from .errors import FormatError
from .told import DAY_FIRST, MONTH_FIRST, YEAR_FIRST

# How a table writes the direction of an amount.
SIGNED, TWO_COLUMNS, INDICATOR = "signed", "two-columns", "indicator"

# What a column can be. `text` may be several columns; `fee` is taken off the amount; `status` tells what is booked.
ROLES = (
    "date", "value_date", "amount", "debit", "credit", "indicator", "balance", "currency", "account", "text", "name",
    "counterparty_account", "counterparty_bank", "reference", "end_to_end_id", "bank_id", "fee", "status", "kind",
)  # fmt: skip
_NEEDED = {SIGNED: ("amount",), TWO_COLUMNS: ("debit", "credit"), INDICATOR: ("amount", "indicator")}
_ORDERS = ("", DAY_FIRST, MONTH_FIRST, YEAR_FIRST)
_ADVICE = "Correct the profile of the table."


@dataclass(frozen=True, slots=True)
class Profile:
    """``columns``: pairs of role and name of the column (in a table without header its number, from 1; the second
    column of one name is "name#2").

    ``sign``: `signed` (one column with signs), `two-columns` (money out and money in, signs in them are ignored),
    `indicator` (a column tells the direction by ``debit_words`` and ``credit_words``). ``negated``: positive amounts
    are money out. ``date_order``: "dmy", "mdy", "ymd"; ``decimal_sign``: "." or ","; "" takes only what can be read
    in one way. ``delimiter``: of a CSV; ``encoding``: "" finds it. ``header_row``: row of the header, from 1; 0: none.
    ``footer_rows``: rows at the end that are sums. ``sheet``: of a workbook, "" the first. ``currency`` and
    ``account``: where no column has them. ``booked_words``: values of `status` that are booked; others are announced.
    """

    columns: tuple = ()
    name: str = ""
    sign: str = SIGNED
    negated: bool = False
    debit_words: tuple = ("d", "dr", "debit", "dbit", "s", "soll", "af", "debet", "-")
    credit_words: tuple = ("c", "cr", "credit", "crdt", "h", "haben", "bij", "+")
    date_order: str = ""
    decimal_sign: str = ""
    delimiter: str = ","
    encoding: str = ""
    header_row: int = 1
    footer_rows: int = 0
    sheet: str = ""
    currency: str = ""
    account: str = ""
    booked_words: tuple = ()

    def __post_init__(self):
        roles = [role for role, _column in self.columns]
        problem = None
        if unknown := set(roles) - set(ROLES):
            problem = f"there is no column {', '.join(sorted(map(str, unknown)))}; there are {', '.join(ROLES)}."
        elif twice := {role for role in roles if role != "text" and roles.count(role) > 1}:
            problem = f"several columns are called {', '.join(sorted(twice))}."
        elif self.sign not in _NEEDED:
            problem = f"there is no rule {self.sign!r} for signs; there are {', '.join(_NEEDED)}."
        elif missing := [role for role in ("date", *_NEEDED[self.sign]) if role not in roles]:
            problem = f"the profile names no column for {', '.join(missing)}."
        elif self.date_order not in _ORDERS or self.decimal_sign not in ("", ".", ","):
            problem = f"{self.date_order!r} or {self.decimal_sign!r} is no order of dates or no decimal sign."
        elif len(self.delimiter) != 1 or self.header_row < 0 or self.footer_rows < 0:
            problem = "the delimiter has to be one character, and the numbers of rows not negative."
        if problem:
            raise FormatError(None, problem, _ADVICE)

    def column(self, role):
        """The name of the column of ``role``; None if the table has none."""
        return next((name for known, name in self.columns if known == role), None)

    def texts(self):
        """The names of the text columns."""
        return tuple(name for role, name in self.columns if role == "text")

    def as_dict(self):
        """The profile as plain values, for JSON; `from_dict` reads it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told):
        """The Profile of a dict as `as_dict` gives it. Raises FormatError for keys that a profile does not have."""
        known = {field.name for field in fields(cls)}
        if unknown := set(told) - known:
            raise FormatError(None, f"a profile has no {', '.join(sorted(map(str, unknown)))}.", _ADVICE)
        columns = tuple((str(role), str(name)) for role, name in told.get("columns", ()))
        lists = {name: tuple(told[name]) for name in ("debit_words", "credit_words", "booked_words") if name in told}
        return cls(**{**told, **lists, "columns": columns})
