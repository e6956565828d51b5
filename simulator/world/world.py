"""One world: everything that happens to its merchants from the first day to the last, drawn from the seed."""
from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from functools import cached_property
from random import Random

from . import ledger
from .bank import Bank
from .calendar import first_day
from .lives import live
from .profile import DECIMALS, WORTH, MerchantProfile, Profile
from .provider import ProviderBalance
from .truth import Act, BalanceLine, Customer, Document, Payment, Payout, Statement

_FIRST = "Ada Ben Cleo Dora Emil Fay Gus Hana Ivo Jana Kai Lea Max Nora Otto Pia Quin Rosa Sven Tilda Uwe Vera Willi Yara".split()
_LAST = "Adler Brandt Castro Dahl Engel Falk Graf Hansen Ibsen Jansen Kron Lund Moser Novak Olsen Peters Quast Rossi".split()


class Company:
    """What the merchants of one company share: nobody's name, no reference and no amount is there twice."""

    def __init__(self):
        self.names: set[str] = set()
        self.totals: set[tuple[int, str]] = set()
        self.documents = 0

    def reference(self, kind: str) -> str:
        """The next reference. Companies count alike: only the company tells their documents apart."""
        self.documents += 1
        return f"{kind}{self.documents:05d}"


class Merchant:
    """What happened to one merchant. ``number`` tells merchants of one world apart, in ids and names."""

    def __init__(self, rng: Random, profile: MerchantProfile, number: int, start: datetime, days: int, company: Company):
        self.rng, self.profile, self.number, self.company = rng, profile, number, company
        self.start, self.end = start, start + timedelta(days=days)
        self.prefix = f"w{number}x"
        self.customers = [self._customer(index) for index in range(max(4, (profile.payments + profile.transfers) // 3))]
        self.payments: list[Payment] = []
        self.documents: list[Document] = []
        self.balance = ProviderBalance(rng, profile, self.prefix)
        self.bank = Bank(rng, profile, self.prefix)
        self._play()

    # --- people and orders ----------------------------------------------------------------------------------------

    def _customer(self, index: int) -> Customer:
        name = self._name(self.rng.choice(_FIRST), self.rng.choice(_LAST))
        number = f"99999998{self.number:02d}{index:08d}"
        account = f"DE{98 - int(number + '131400') % 97:02d}{number}"
        return Customer(index, name, name.lower().replace(".", "").replace(" ", ".") + "@example.com", account)

    def _name(self, first: str, last: str) -> str:
        """A name that nobody else here has: one with as many middle initials as it takes."""
        name, middle = f"{first} {last}", itertools.cycle("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        while name in self.company.names:
            first = f"{first} {next(middle)}."
            name = f"{first} {last}"
        self.company.names.add(name)
        return name

    def _document(self, kind: str, currency: str, customer: Customer | None = None) -> Document:
        """An invoice of ``customer`` or of anybody, of an amount that no other one asks for, so that an amount can tell it."""
        unit = 10 ** DECIMALS.get(currency, 2)
        while True:
            total = max(1, round(self.rng.uniform(4, 400) / WORTH[currency] * unit))
            if (total, currency) not in self.company.totals:
                break
        self.company.totals.add((total, currency))
        reference = self.company.reference(kind)
        document = Document(reference, customer or self.rng.choice(self.customers), total, currency, self.start.date())
        self.documents.append(document)
        return document

    def _twin_of(self, document: Document) -> Document:
        """Another invoice of the same customer and amount: which transfer pays it follows from what the other one names."""
        twin = replace(document, reference=self.company.reference("TRF"))
        self.documents.append(twin)
        return twin

    def _instant(self) -> datetime:
        return self.start + timedelta(seconds=self.rng.randrange(int((self.end - self.start).total_seconds())))

    # --- the story ------------------------------------------------------------------------------------------------

    def _play(self) -> None:
        for number in range(1, self.profile.payments + 1):
            self._order(number)
        self.payments.sort(key=lambda payment: payment.begun)
        acts = sorted(((act.at, payment.key, act.ref, index, payment, act)
                       for payment in self.payments for index, act in enumerate(payment.acts)), key=lambda item: item[:4])
        place, day = 0, self.start.date()
        while day <= self.end.date():
            midnight = datetime.combine(day + timedelta(days=1), time(0), timezone.utc)
            if day < self.end.date():
                self.balance.morning(day)
            while place < len(acts) and acts[place][0] < midnight:
                self.balance.act(*acts[place][4:])
                place += 1
            day += timedelta(days=1)
        self._forget_the_future()
        self._bank()

    def _order(self, number: int) -> None:
        currencies = list(self.profile.paid_in)
        currency = self.rng.choices(currencies, [self.profile.paid_in[name] for name in currencies])[0]
        document = self._document("INV", currency)
        known = self.rng.random() >= self.profile.unknown_order_share
        if known and self.profile.checkout_share and currency == self.profile.currency:
            document.is_checkout = self.rng.random() < self.profile.checkout_share
        payment = Payment(
            f"pi_{self.prefix}{number:05d}", document.customer, document if known else None,
            document.reference if known else f"LOST{self.number}{number:05d}", document.total, currency, self._instant())
        if not known:
            self.documents.remove(document)
        payment.acts = [act for act in live(self.rng, self.profile, payment) if act.at < self.end]
        self.payments.append(payment)

    def _forget_the_future(self) -> None:
        """What was foreseen for after the end has not happened."""
        for payout in self.payouts:
            for name in ("paid_at", "failed_at", "itemized_at"):
                moment = getattr(payout, name)
                if moment and moment >= self.end:
                    setattr(payout, name, None)
        manners = self.profile.manners
        if not manners.announces:
            self.balance.payouts = [payout for payout in self.payouts if payout.paid_at or payout.failed_at]
        if manners.itemizes == "at once" and manners.repays:
            # Such a provider tells that a payout came back only by the line of the next one.
            listed = {line.source for payout in self.payouts for line in payout.lines if line.category == "payout_reversal"}
            for payout in self.payouts:
                payout.failed_at = payout.failed_at if payout.key in listed else None

    def _bank(self) -> None:
        for payout in self.payouts:
            self.bank.payout(payout)
        for _number in range(self.profile.transfers):
            self._transfer()
        day = self.start.date()
        while day < self.end.date():
            if day.weekday() == 0 and self.rng.random() < self.profile.bank_cost_share:
                self.bank.cost(day)
            if day.weekday() < 5 and self.rng.random() < self.profile.batch_share:
                count = self.rng.randint(2, 4)
                self.bank.batch([self._document("TRF", self.profile.currency) for _number in range(count)], day)
            day += timedelta(days=1)

    def _transfer(self) -> None:
        """A customer pays by bank: one invoice, or in one of the ways that are harder to understand."""
        profile, day = self.profile, self._instant().date()
        document = self._document("TRF", profile.currency)
        says_reference = self.rng.random() < profile.says_reference_share
        shares = {"lump": profile.lump_share, "partial": profile.partial_share, "unclear": profile.equal_share,
                  "twin": profile.twin_share}
        kind = self.rng.choices([*shares, "plain"], [*shares.values(), max(0, 1 - sum(shares.values()))])[0]
        if kind == "lump":
            more = [self._document("TRF", profile.currency, document.customer) for _number in range(self.rng.randint(1, 2))]
            self.bank.lump([document, *more], day, says_reference)
        elif kind == "partial":
            self.bank.partial(document, day)
        elif kind == "unclear":
            self._twin_of(document)
            self.bank.unclear(document, day)
        elif kind == "twin":
            # Nobody could tell the two apart before the one that names its invoice is booked.
            day, later = sorted((day, self._instant().date()))
            self.bank.transfer(self._twin_of(document), later, says_reference=False, may_return=False)
            self.bank.transfer(document, day, says_reference=True, may_return=False)
        else:
            self.bank.transfer(document, day, says_reference)

    # --- the truth at the end -------------------------------------------------------------------------------------

    @property
    def lines(self) -> list[BalanceLine]:
        return self.balance.lines

    @property
    def payouts(self) -> list[Payout]:
        return self.balance.payouts

    @cached_property
    def statements(self) -> list[Statement]:
        last = self.end.date() - timedelta(days=1)
        return self.bank.statements(self.start.date(), last)

    @cached_property
    def acts(self) -> list[tuple[Payment, Act]]:
        """Every act with its payment, in the order in which they happened."""
        found = [(payment, act) for payment in self.payments for act in payment.acts]
        return sorted(found, key=lambda pair: pair[1].at)

    @cached_property
    def itemized(self) -> set[str]:
        """The ids of the balance lines that the provider lists, most of them for a payout."""
        if self.profile.manners.tells_all:
            return {line.key for line in self.lines}
        return {line.key for payout in self.payouts if payout.itemized_at for line in payout.lines}

    @cached_property
    def arrived(self) -> dict[str, int]:
        """Payout id -> the number of the statement that shows it."""
        return {entry.explains.partition(":")[2]: statement.number for statement in self.statements
                for entry in statement.entries if entry.explains.startswith("payout:")}

    def balances(self) -> dict[tuple[str, str], int]:
        """What the books must say of the money at the provider: all that anybody could have been told."""
        return ledger.balances(
            self.payments, self.lines, self.payouts, lambda line: line.key in self.itemized,
            lambda payout: payout.key in self.arrived, self.profile.manners.dispute_costs)


class World:
    """A seeded world of a profile: the same seed and profile give the same world. Raises ProfileError.

    It lasts until the beginning of ``until``; without it the seed chooses the days.
    """

    def __init__(self, seed: int, profile: Profile, until: date | None = None):
        profile.check()
        self.seed, self.profile = seed, profile
        rng = Random(f"{profile.name}/{seed}")
        first = until - timedelta(days=profile.days) if until else first_day(rng, profile.days)
        self.start = datetime.combine(first, time(0), timezone.utc)
        self.end = self.start + timedelta(days=profile.days)
        companies: dict[int, Company] = {}
        owners = [merchant.company or -number for number, merchant in enumerate(profile.merchants, 1)]
        # For each merchant, which of the world's companies is its own.
        self.owners = [list(dict.fromkeys(owners)).index(owner) for owner in owners]
        self.merchants = [
            Merchant(Random(rng.getrandbits(64)), merchant, number, self.start, profile.days,
                     companies.setdefault(owners[number - 1], Company()))
            for number, merchant in enumerate(profile.merchants, 1)]
