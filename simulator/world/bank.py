"""The merchant's bank: payouts that arrive, customers who transfer, money that goes back, costs; a statement a business day.

What happens on a weekend is booked on Monday; the value date may be a day later than the booking.
"""
from __future__ import annotations

from datetime import date, timedelta
from random import Random

from .calendar import next_business_day
from .profile import MerchantProfile
from .truth import BankEntry, Document, Payout, Statement

RETURN_DAYS = (2, 6)


class Bank:
    """One account, filled entry by entry and then cut into statements."""

    def __init__(self, rng: Random, merchant: MerchantProfile, prefix: str):
        self.rng, self.merchant, self.prefix = rng, merchant, prefix
        self.iban = iban(rng)
        self.opening = rng.randint(0, 500_000)
        self.entries: list[BankEntry] = []

    def payout(self, payout: Payout) -> None:
        """A payout arrives, unless it bounces."""
        if not payout.failed_at:
            manners = self.merchant.manners
            self._book(payout.arrives, payout.amount, f"{manners.bank_text} {payout.trace}", manners.bank_name, iban(self.rng),
                       explains=f"payout:{payout.key}", end_to_end=payout.trace)

    def transfer(self, document: Document, day: date, says_reference: bool, may_return: bool = True) -> None:
        """A customer pays by bank transfer; some name the invoice, of some the bank takes it back later."""
        text = f"Invoice {self._told(document.reference)}" if says_reference else "Thank you"
        entry = self._book(day, document.total, text, document.customer.name, document.customer.iban,
                           explains=f"document:{document.reference}")
        if may_return and self.rng.random() < self.merchant.transfer_return_share:
            later = next_business_day(day + timedelta(days=self.rng.randint(*RETURN_DAYS)))
            self._book(later, -document.total, f"RETURN {entry.bank_id}", document.customer.name,
                       document.customer.iban, explains=f"return:{entry.bank_id}", is_return=True)

    def lump(self, documents: list[Document], day: date, says_reference: bool) -> None:
        """A customer pays several invoices at once."""
        text = "Invoices " + ", ".join(document.reference for document in documents) if says_reference else "Thank you"
        payer = documents[0].customer
        self._book(day, sum(document.total for document in documents), text, payer.name, payer.iban,
                   explains=" ".join(f"document:{document.reference}" for document in documents))

    def partial(self, document: Document, day: date) -> None:
        """A customer pays a part of what is asked for: whether the rest comes, only he knows."""
        amount = max(1, document.total * self.rng.randint(30, 90) // 100)
        self._book(day, amount, f"Invoice {document.reference}", document.customer.name, document.customer.iban, doubt="amount")

    def unclear(self, document: Document, day: date) -> None:
        """A customer pays one of several invoices of the same amount and does not say which."""
        self._book(day, document.total, "Thank you", document.customer.name, document.customer.iban, doubt="ambiguous")

    def _told(self, reference: str) -> str:
        """The reference as it is told: some people misread a character."""
        if self.rng.random() >= self.merchant.misread_share or "0" not in reference:
            return reference
        place = self.rng.choice([place for place, character in enumerate(reference) if character == "0"])
        return f"{reference[:place]}O{reference[place + 1:]}"

    def batch(self, documents: list[Document], day: date) -> None:
        """Debits from several customers, booked as one entry that tells its members."""
        name = f"COLLECTION {self.prefix.upper()}{len(self.entries) + 1:06d}"
        entry = self._book(day, sum(document.total for document in documents), name, "", "", end_to_end=name.replace(" ", ""),
                           explains=" ".join(f"document:{document.reference}" for document in documents))
        entry.parts = tuple((document.total, document.reference) for document in documents)

    def cost(self, day: date) -> None:
        """The bank charges for its work; nothing in the books explains it."""
        self._book(day, -self.rng.randint(50, 2500), "ACCOUNT MANAGEMENT", "", "")

    def _book(self, day, amount, text, name, account, explains="", end_to_end="", is_return=False, doubt="") -> BankEntry:
        booked = next_business_day(day)
        value = booked + timedelta(days=1 if self.rng.random() < 0.15 else 0)
        entry = BankEntry(
            f"{self.prefix.upper()}{len(self.entries) + 1:06d}", amount, self.merchant.currency, booked, value, text,
            name, account, end_to_end, explains, is_return, doubt=doubt)
        self.entries.append(entry)
        return entry

    def statements(self, first: date, last: date) -> list[Statement]:
        """One statement for each business day from ``first`` to ``last``, also for days without entries."""
        by_day: dict[date, list[BankEntry]] = {}
        for entry in self.entries:
            by_day.setdefault(entry.booked, []).append(entry)
        found, balance, day = [], self.opening, first
        while day <= last:
            if day.weekday() < 5:
                entries = by_day.get(day, [])
                closing = balance + sum(entry.amount for entry in entries)
                found.append(Statement(len(found) + 1, day, balance, closing, entries))
                balance = closing
            day += timedelta(days=1)
        return found


def iban(rng: Random) -> str:
    """A German IBAN with a right checksum, of a bank that does not exist."""
    number = f"99999999{rng.randint(1, 9_999_999_999):010d}"
    return f"DE{98 - int(number + '131400') % 97:02d}{number}"
