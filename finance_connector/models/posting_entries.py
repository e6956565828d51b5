"""What is about to be posted, as plain values: entries and their lines, in exact minor units (INV-5)."""

from ..core.money import Money

MOVE, RECEIPT, LINKED = "move", "receipt", "linked"


class Line:
    """One journal item: ``minor`` in its currency and ``balance`` in the company's, both signed, debit positive.

    ``purpose`` says what it is matched with later: `receivable`, `unapplied`, `in_transit`, `outstanding`, or
    nothing (``balance``).
    """

    __slots__ = (
        "account_id", "balance", "company_currency", "count", "currency", "minor", "movement_id", "name",
        "partner_id", "purpose",
    )  # fmt: skip

    def __init__(self, account_id, partner_id, currency, company_currency, purpose):
        self.account_id, self.partner_id, self.currency = account_id, partner_id, currency
        self.company_currency, self.purpose = company_currency, purpose
        self.movement_id, self.name, self.minor, self.balance, self.count = None, "", 0, 0, 0

    def add(self, row, minor, balance, name):
        """Book a movement on this line. A line of one movement bears its name and its id."""
        self.count += 1
        self.movement_id, self.name = (row.id, name) if self.count == 1 else (None, self.name)
        self.minor += minor
        self.balance += balance

    @property
    def amount_currency(self):
        """Decimal, in major units of the line's currency."""
        return Money(self.minor, self.currency).to_decimal()

    @property
    def amount_company(self):
        """Decimal, in major units of the company's currency."""
        return Money(self.balance, self.company_currency).to_decimal()


class Entry:
    """One journal entry or native payment about to be made, or (`linked`) one that Odoo's checkout made already."""

    __slots__ = ("currency", "day", "kind", "lines", "method_line", "original_days", "ref", "rows", "unapplied")

    def __init__(self, kind, ref, currency):
        self.kind, self.ref, self.currency = kind, ref, currency
        self.lines, self.rows, self.unapplied, self.original_days = {}, [], set(), set()
        self.day, self.method_line = None, None

    def line(self, key, *values):
        """The line with ``key``, made from ``values`` (see `Line`) when it is the first of its key."""
        found = self.lines.get(key)
        if found is None:
            found = self.lines[key] = Line(*values)
        return found

    def items(self):
        """The lines that book anything, debits first."""
        lines = [line for line in self.lines.values() if line.minor or line.balance]
        return sorted(lines, key=lambda line: line.balance < 0)
