"""The demo's services company: what it pays and collects through the bank, what must become of it, and what Odoo says became."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from simulator import bank as bank_of
from simulator.treasury import COLLECTED, PAID, Treasury, german_accounts

from .figures import cents
from .table import euros

COMPANY = "Southgate Cleaning"
BILLS, INVOICES = 40, 60
# The last bills and invoices are those that go wrong; each is of so many euros and its number.
REFUSED_BILLS = (bank_of.CLOSED, bank_of.UNKNOWN_BANK)
REFUSED_INVOICES = (bank_of.EMPTY, bank_of.CLOSED)
LATE = 2
LATE_DAYS, LATE_REASON = 3, "MD06"
BASE = 100
# By then everything is booked at the bank, and has come back what comes back.
BANK_DAYS = 14
_DOCUMENTS = {PAID: "in_invoice", COLLECTED: "out_invoice"}
_HEADS = {PAID: "bills paid", COLLECTED: "invoices collected"}


@dataclass(frozen=True)
class Figures:
    """What the table shows, whoever says it. Amounts are cents."""

    paid: dict[str, tuple[int, int]]  # state of a payment -> how many, amount
    collected: dict[str, tuple[int, int]]
    bills_open: tuple[int, int]  # how many, amount
    invoices_open: tuple[int, int]
    bank_journal: int
    bank_lines: tuple[int, int]  # reconciled, all
    exceptions: dict[str, tuple[int, int]]  # kind -> how many are open, amount at risk


class PayingCompany:
    """The company with the id ``company``; ``today`` is the day on which the demo was made."""

    def __init__(self, rpc, bank: bank_of.Bank, company: int, today: date):
        self.bank, self.today = bank, today
        self.treasury = Treasury(rpc, bank, company)

    def work(self) -> Iterator[str]:
        """Pay and collect, and take every answer of the bank; what was done, line by line. May be repeated."""
        returning = [
            self.bank.opens_returning(f"LATE{number}", f"MOCK{number:010d}", LATE_DAYS, LATE_REASON)
            for number in range(101, 101 + LATE)
        ]
        self.treasury.bills([*german_accounts(1, BILLS - len(REFUSED_BILLS)), *REFUSED_BILLS])
        invoiced = INVOICES - len(REFUSED_INVOICES) - LATE
        self.treasury.invoices([*german_accounts(BILLS + 1, invoiced), *REFUSED_INVOICES, *returning])
        for kind in (PAID, COLLECTED):
            self.treasury.queued(kind)
        yield "one order pays and one collects; the treasurer approved both"
        self.treasury.send()
        told = self.treasury.take_answers("pain.002")
        yield f"the bank took both files and answered with {told} pain.002"
        self.bank.advance_to(self.today + timedelta(days=BANK_DAYS))
        told = {kind: self.treasury.take_answers(kind) for kind in bank_of.TOLD}
        yield f"{BANK_DAYS} days later it has sent {', '.join(f'{count} {kind}' for kind, count in told.items())}"

    def wanted(self) -> Figures:
        """What must be; the balance is the bank's word."""
        bills, invoices = _amounts(BILLS), _amounts(INVOICES)
        refused, late = -len(REFUSED_BILLS), -LATE
        bad = late - len(REFUSED_INVOICES)
        paid = {"executed": _count(bills[:refused]), "rejected": _count(bills[refused:])}
        collected = {
            "executed": _count(invoices[:bad]),
            "rejected": _count(invoices[bad:late]),
            "returned": _count(invoices[late:]),
        }
        lines = paid["executed"][0] + collected["executed"][0] + 2 * LATE
        failed = _count([*bills[refused:], *invoices[bad:]])
        return Figures(
            paid,
            collected,
            _count(bills[refused:]),
            _count(invoices[bad:]),
            self.bank.balance() - bank_of.OPENING,
            (lines, lines),
            {"payment_failed": failed},
        )

    def found(self) -> Figures:
        """What Odoo says, by its public API."""
        company = [["company_id", "=", self.treasury.company]]
        still_open = [*company, ["state", "in", ["open", "in_progress"]]]
        booked = [["journal_id", "=", self.treasury.journal]]
        lines = self.treasury.found("account.bank.statement.line", booked, ["is_reconciled"])
        return Figures(
            *(
                self._counted("finance.payment.instruction", [*company, ["kind", "=", kind]], "state", "amount")
                for kind in (PAID, COLLECTED)
            ),
            *(self._open(kind) for kind in (PAID, COLLECTED)),
            self._journal(),
            (sum(line["is_reconciled"] for line in lines), len(lines)),
            self._counted("finance.exception", still_open, "kind", "amount_at_risk"),
        )

    def _counted(self, model: str, domain: list, field: str, amount: str) -> dict[str, tuple[int, int]]:
        rows = self.treasury.call(
            model, "formatted_read_group", domain=domain, groupby=[field], aggregates=["__count", f"{amount}:sum"]
        )
        return {row[field]: (row["__count"], cents(row[f"{amount}:sum"])) for row in rows}

    def _open(self, kind: str) -> tuple[int, int]:
        wanted = [["company_id", "=", self.treasury.company], ["move_type", "=", _DOCUMENTS[kind]], ["amount_residual", "!=", 0]]
        return _count([cents(row["amount_residual"]) for row in self.treasury.found("account.move", wanted, ["amount_residual"])])

    def _journal(self) -> int:
        """What the general ledger says is on the bank account."""
        account = self.treasury.call("account.journal", "read", [self.treasury.journal], fields=["default_account_id"])[0][
            "default_account_id"
        ][0]
        rows = self.treasury.call(
            "account.move.line",
            "formatted_read_group",
            groupby=[],
            aggregates=["balance:sum"],
            domain=[["account_id", "=", account], ["parent_state", "=", "posted"]],
        )
        return cents(rows[0]["balance:sum"])

    def rows(self, found: Figures) -> list[tuple]:
        """The rows of the table."""
        both = (found.paid, found.collected)
        rows = [
            (COMPANY, *(_HEADS.values())),
            (
                "ordered",
                *(
                    _told((sum(count for count, _sum in one.values()), sum(amount for _count, amount in one.values())))
                    for one in both
                ),
            ),
        ]
        rows += [(f"  {state}", *(_told(one.get(state)) for one in both)) for state in sorted({*both[0], *both[1]})]
        rows.append(("still open", _told(found.bills_open), _told(found.invoices_open)))
        rows.append(
            ("booked at the bank / bank journal", euros(self.bank.balance() - bank_of.OPENING), euros(found.bank_journal))
        )
        rows.append(("bank lines reconciled", "{} of {}".format(*found.bank_lines), ""))
        rows.append(("exceptions open", str(sum(count for count, _sum in found.exceptions.values())), ""))
        return rows + [(f"  {kind.replace('_', ' ')}", f"{_told(told)} at risk", "") for kind, told in found.exceptions.items()]


def _amounts(count: int) -> list[int]:
    """The amounts of so many documents, as `Treasury` makes them."""
    return [(BASE + number) * 100 for number in range(1, count + 1)]


def _count(amounts: list[int]) -> tuple[int, int]:
    return len(amounts), sum(amounts)


def _told(counted: tuple[int, int] | None) -> str:
    return f"{counted[0]}, {euros(counted[1])}" if counted else "-"
