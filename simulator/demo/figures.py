"""The figures of one company of the demo: what they must be, from the world alone, and what Odoo says they are.

Amounts are cents of a euro, in which both companies keep their books and are paid.
"""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

from simulator.connection import Connection
from simulator.world import expected
from simulator.world.world import Merchant

from .plan import Plan

if TYPE_CHECKING:
    from fc_env.rpc import Rpc

# After so many days a bank line that nothing explains is an exception (Odoo's setting, as it comes).
MATCH_DAYS = 5
_AMOUNTS = ("captured", "refunded", "disputed", "fees")
_SUMS = dict(zip(_AMOUNTS, ("amount_captured", "amount_refunded", "amount_disputed", "amount_fee"), strict=True))
_ACCOUNTS = {"clearing": "clearing_account_id", "in transit": "in_transit_account_id", "disputes": "dispute_account_id"}


@dataclass(frozen=True)
class Figures:
    """What the table shows of a company, whoever says it."""

    messages: dict[str, int]  # kind of message -> how many are stored
    found_by_polling: int
    states: dict[str, int]  # state of a transaction -> how many
    amounts: dict[str, int]  # captured, refunded, disputed, fees over all transactions
    payouts: dict[str, int]  # state of a payout -> how many; `paid out` -> amount
    balances: dict[str, int]  # account of the money at the provider -> balance in the general ledger
    unposted: int
    bank_lines: tuple[int, int]  # reconciled, all
    open_invoices: dict[str, int]  # reference -> what is open of it
    orders: frozenset[str]  # released by a payment
    exceptions: dict[str, int]  # kind -> how many are open
    at_risk: dict[str, int]  # kind -> amount at risk


def differences(found, wanted) -> list[str]:
    """One line for each figure that is not what the world says; empty when everything ties. Both are of one data class."""
    lines = []
    for name in (field.name for field in fields(found)):
        here, there = getattr(found, name), getattr(wanted, name)
        if isinstance(here, dict):
            lines += [f"{name} {key}: {here.get(key, 'none')} in Odoo, {there.get(key, 'none')} in the world"
                      for key in sorted({*here, *there}) if here.get(key) != there.get(key)]
        elif here != there:
            lines.append(f"{name}: {here!r} in Odoo, {there!r} in the world")
    return lines


# --- from the world -----------------------------------------------------------------------------------------------------


def wanted(plan: Plan, number: int) -> Figures:
    """What must be, from the world alone."""
    merchant = plan.outside.world.merchants[number]
    outcomes = expected.outcomes(merchant)
    entries = list(expected.entries(merchant))
    told = expected.exceptions(merchant, _today() - timedelta(days=MATCH_DAYS))
    ends = [end for _payment, end in outcomes]
    asked = [payout for payout in merchant.payouts if payout.itemized_at and payout.key not in plan.reported]
    balances = {role: amount for (role, _currency), amount in merchant.balances().items()}
    return Figures(
        messages={"events": len(plan.outside.messages[number]), "settlement lines": len(asked),
                  "files": sum(operation.merchant == number for operation in plan.files)},
        found_by_polling=len(plan.never[number]),
        states=dict(Counter(end.state for end in ends)),
        amounts={"captured": sum(end.captured for end in ends), "refunded": sum(end.refunded for end in ends),
                 "disputed": sum(end.disputed for end in ends), "fees": _fees(merchant)},
        payouts=_payouts(merchant),
        balances={role: balances.get(role.replace(" ", "_"), 0) for role in _ACCOUNTS},
        unposted=0,
        bank_lines=(sum(bool(entry.explains) for entry in entries), len(entries)),
        open_invoices={key: amount for key, amount in expected.open_amounts(merchant).items() if amount},
        orders=frozenset(document.reference for document in expected.released(merchant)),
        exceptions=_sum((kind, count) for (kind, _amount, _currency), count in told.items()),
        at_risk=_sum((kind, amount * count) for (kind, amount, _currency), count in told.items()))


def _fees(merchant: Merchant) -> int:
    """The fees of payments that anybody was told of: by the lines of a payout, or by a dispute's own events."""
    return sum(line.fee + line.tax for line in merchant.lines
               if line.payment and (line.key in merchant.itemized or line.category.startswith("dispute")))


def _payouts(merchant: Merchant) -> dict[str, int]:
    states = Counter(expected.payout_state(merchant, payout) or "on its way" for payout in merchant.payouts)
    return {**states, "paid out": sum(payout.amount for payout in merchant.payouts if payout.key in merchant.arrived)}


def _today() -> date:
    """The day as Odoo counts it."""
    return datetime.now(timezone.utc).date()


def _sum(pairs) -> dict[str, int]:
    total: Counter = Counter()
    for key, amount in pairs:
        total[key] += amount
    return dict(total)


# --- from Odoo, by its public API, as anybody could ---------------------------------------------------------------------


class Reader:
    """Reads the figures of one company."""

    def __init__(self, rpc: Rpc, connection: Connection, company: int, journal: int):
        self.rpc, self.connection, self.company, self.journal = rpc, connection, company, journal
        self.own = [["provider_id", "=", connection.provider_id]]

    def figures(self) -> Figures:
        sums = {name: f"{field}:sum" for name, field in _SUMS.items()}
        totals = self._groups("finance.transaction", self.own, [], list(sums.values()))[0]
        bank = [["journal_id", "=", self.journal]]
        company = [["company_id", "=", self.company]]
        still_open = [*company, ["state", "in", ["open", "in_progress"]]]
        return Figures(
            messages=self._messages(),
            found_by_polling=self.rpc.count(
                "finance.message", [*self.own, ["source", "=", "poll"], ["external_id", "like", "evt_"]]),
            states=self._counts("finance.transaction", self.own, "state"),
            amounts={name: cents(totals[field]) for name, field in sums.items()},
            payouts=self._payouts(),
            balances=self._balances(),
            unposted=self.rpc.count("finance.movement", [*self.own, ["posted_at", "=", False]]),
            bank_lines=(self.rpc.count("account.bank.statement.line", [*bank, ["is_reconciled", "=", True]]),
                        self.rpc.count("account.bank.statement.line", bank)),
            open_invoices={row["payment_reference"]: cents(row["amount_residual"]) for row in self.rpc.search_read(
                "account.move", [*company, ["move_type", "=", "out_invoice"], ["amount_residual", "!=", 0]],
                ["payment_reference", "amount_residual"])},
            orders=frozenset(row["name"] for row in self.rpc.search_read(
                "sale.order", [*company, ["state", "=", "sale"]], ["name"])),
            exceptions=self._counts("finance.exception", still_open, "kind"),
            at_risk={row["kind"]: cents(row["amount_at_risk:sum"])
                     for row in self._groups("finance.exception", still_open, ["kind"], ["amount_at_risk:sum"])})

    def entries(self) -> int:
        """How many journal entries the connection's movements made."""
        return len(self._groups("finance.movement", [*self.own, ["move_id", "!=", False]], ["move_id"], []))

    def proof(self) -> tuple[bool, str, str]:
        """Odoo's own proof of the clearing account: whether it ties, the general ledger, the subledger."""
        rows = [row for row in self.rpc.call("finance.dashboard", "get_data", context=self._alone())["books"]["rows"]
                if row["provider_id"] == self.connection.provider_id and row["role"] == "clearing"]
        return (all(row["tied"] for row in rows), ", ".join(row["ledger"] for row in rows),
                ", ".join(row["subledger"] for row in rows))

    def _alone(self) -> dict:
        return {"allowed_company_ids": [self.company]}

    def _messages(self) -> dict[str, int]:
        polled = [*self.own, ["source", "!=", "file"], ["event_type", "=", "settlement_lines"]]
        lines = self.rpc.count("finance.message", polled)
        files = self.rpc.count("finance.message", [["company_id", "=", self.company], ["source", "=", "file"]])
        events = self.rpc.count("finance.message", [*self.own, ["source", "!=", "file"]]) - lines
        return {"events": events, "settlement lines": lines, "files": files}

    def _payouts(self) -> dict[str, int]:
        rows = self.rpc.search_read("finance.settlement", self.own, ["state", "amount_net", "difference"])
        states = Counter(row["state"] if row["state"] in ("failed", "reconciled") else "on its way" for row in rows)
        unequal = sum(bool(row["difference"]) for row in rows)
        paid = sum(cents(row["amount_net"]) for row in rows if row["state"] == "reconciled")
        return {**states, "paid out": paid, **({"not adding up": unequal} if unequal else {})}

    def _balances(self) -> dict[str, int]:
        """What the general ledger says: the posted items of each account."""
        accounts = self.rpc.call(
            "finance.provider", "read", [self.connection.provider_id], fields=list(_ACCOUNTS.values()))[0]
        found = {}
        for role, field in _ACCOUNTS.items():
            domain = [["account_id", "=", accounts[field] and accounts[field][0]], ["parent_state", "=", "posted"]]
            found[role] = cents(self._groups("account.move.line", domain, [], ["balance:sum"])[0]["balance:sum"])
        return found

    def _groups(self, model: str, domain: list, groupby: list, aggregates: list) -> list[dict]:
        return self.rpc.call(model, "formatted_read_group", domain=domain, groupby=groupby, aggregates=aggregates,
                             context=self._alone())

    def _counts(self, model: str, domain: list, field: str) -> dict[str, int]:
        return {row[field]: row["__count"] for row in self._groups(model, domain, [field], ["__count"])}


def cents(amount: float | int | None) -> int:
    """An amount as JSON carries it, in cents; exact for amounts with two decimals."""
    return int((Decimal(str(amount or 0)) * 100).to_integral_value())
