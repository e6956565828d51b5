"""Reads the demo's figures from Odoo by its public API, as anybody could."""
from __future__ import annotations

from decimal import Decimal

from fc_env.rpc import Rpc
from simulator.connection import Connection

from . import story
from .truth import Figures

_AMOUNTS = {"captured": "amount_captured", "refunded": "amount_refunded", "disputed": "amount_disputed",
            "fees": "amount_fee"}


def cents(amount: float | int) -> int:
    """An amount as JSON carries it, in cents; exact for amounts with two decimals."""
    return int((Decimal(str(amount)) * 100).to_integral_exact())


def figures(rpc: Rpc, connection: Connection) -> Figures:
    """The figures as they are now."""
    own = [["provider_id", "=", connection.provider_id]]
    sums = {name: f"{field}:sum" for name, field in _AMOUNTS.items()}
    totals = _groups(rpc, "finance.transaction", own, [], list(sums.values()))[0]
    bank = [["journal_id.name", "=", story.BANK_NAME]]
    reconciled = [*bank, ["is_reconciled", "=", True]]
    accounts = rpc.call(
        "finance.provider", "read", [connection.provider_id],
        fields=["clearing_account_id", "in_transit_account_id"])[0]
    return Figures(
        messages=_messages(rpc, own),
        found_by_polling=rpc.count("finance.message", [["source", "=", "poll"], ["external_id", "like", "evt_"]]),
        states=_counts(rpc, "finance.transaction", own, "state"),
        amounts={name: cents(totals[field] or 0) for name, field in sums.items()},
        payout=_payout(rpc, own),
        ledger=_balance(rpc, accounts["clearing_account_id"][0]),
        subledger=_clearing_by_facts(rpc, own),
        in_transit=_balance(rpc, accounts["in_transit_account_id"][0]),
        unposted=rpc.count("finance.movement", [*own, ["posted_at", "=", False]]),
        bank_lines=(rpc.count("account.bank.statement.line", bank),
                    rpc.count("account.bank.statement.line", reconciled)),
        paid_documents=frozenset(row["name"] for row in rpc.search_read(
            "account.move", [["move_type", "=", "out_invoice"], ["payment_state", "in", ["paid", "in_payment"]]],
            ["name"])),
        orders=frozenset(row["name"] for row in rpc.search_read("sale.order", [["state", "=", "sale"]], ["name"])),
        exceptions=_counts(rpc, "finance.exception", [["state", "in", ["open", "in_progress"]]], "kind"))


def entries(rpc: Rpc, connection: Connection) -> int:
    """How many journal entries the connection's movements made."""
    own = [["provider_id", "=", connection.provider_id], ["move_id", "!=", False]]
    return len(_groups(rpc, "finance.movement", own, ["move_id"], []))


def _groups(rpc: Rpc, model: str, domain: list, groupby: list, aggregates: list) -> list[dict]:
    return rpc.call(model, "formatted_read_group", domain=domain, groupby=groupby, aggregates=aggregates)


def _counts(rpc: Rpc, model: str, domain: list, field: str) -> dict[str, int]:
    return {row[field]: row["__count"] for row in _groups(rpc, model, domain, [field], ["__count"])}


def _messages(rpc: Rpc, own: list) -> dict[str, int]:
    files = rpc.count("finance.message", [["source", "=", "file"]])
    polled = [*own, ["source", "!=", "file"], ["event_type", "=", "settlement_lines"]]
    lines = rpc.count("finance.message", polled)
    events = rpc.count("finance.message", [*own, ["source", "!=", "file"]]) - lines
    return {"events": events, "settlement lines": lines, "files": files}


def _payout(rpc: Rpc, own: list) -> tuple[str, int, int]:
    rows = rpc.search_read("finance.settlement", own, ["state", "amount_net", "difference"])
    if len(rows) != 1:
        return f"{len(rows)} payouts", 0, 0
    return rows[0]["state"], cents(rows[0]["amount_net"]), cents(rows[0]["difference"])


def _balance(rpc: Rpc, account: int) -> int:
    """What the general ledger says: the posted items of an account."""
    domain = [["account_id", "=", account], ["parent_state", "=", "posted"]]
    return cents(_groups(rpc, "account.move.line", domain, [], ["balance:sum"])[0]["balance:sum"] or 0)


def _clearing_by_facts(rpc: Rpc, own: list) -> int:
    """What the subledger says is at the provider: the net of all payments, less fees of no payment, less payouts."""
    net = _groups(rpc, "finance.transaction", own, [], ["amount_net:sum"])[0]["amount_net:sum"] or 0
    alone = _groups(rpc, "finance.movement", [*own, ["transaction_id", "=", False], ["kind", "=", "fee"]], [],
                    ["amount:sum"])[0]["amount:sum"] or 0
    paid = [*own, ["state", "!=", "failed"]]
    out = _groups(rpc, "finance.settlement", paid, [], ["amount_net:sum"])[0]["amount_net:sum"] or 0
    return cents(net) - cents(alone) - cents(out)
