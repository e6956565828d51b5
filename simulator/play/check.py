"""Compares the database with the truth of the world: every payment, payout, bank line, balance and exception.

Returns differences as text, one a line; nothing means that all of it holds.
"""
from __future__ import annotations

from collections import Counter
from decimal import Decimal

from simulator.world import expected
from simulator.world.profile import DECIMALS
from simulator.world.world import Merchant

from .player import Player

_ROLES = {"clearing": "j.default_account_id", "reserve": "p.reserve_account_id", "disputes": "p.dispute_account_id",
          "in_transit": "p.in_transit_account_id"}


def differences(player: Player, faults: list[tuple[int, str, int]]) -> list[str]:
    """Everything in which the database is not what it must be. ``faults``: exceptions that they must have made."""
    found = []
    for number, merchant in enumerate(player.world.merchants):
        found += [f"m{number} {line}" for line in _Checker(player, number, merchant).all()]
    for company in sorted(set(player.world.owners)):
        owned = [number for number, owner in enumerate(player.world.owners) if owner == company]
        wanted = [(kind, amount) for number, kind, amount in faults if number in owned]
        found += [f"company {company} {line}" for line in (*_documents(player, owned), *_exceptions(player, owned, wanted))]
    return found + _everywhere(player)


def _everywhere(player: Player) -> list[str]:
    found = []
    for query, what in (
        ("SELECT kind, external_id, count(*) FROM finance_movement GROUP BY provider_id, kind, external_id"
         " HAVING count(*) > 1", "the same fact twice"),
        ("SELECT finance_movement_id, count(*) FROM account_payment WHERE finance_movement_id IS NOT NULL GROUP BY 1"
         " HAVING count(*) > 1", "two receipts for one fact"),
        ("SELECT move_id, sum(balance) FROM account_move_line WHERE parent_state = 'posted' GROUP BY 1"
         " HAVING abs(sum(balance)) > 0.001", "an entry that does not balance"),
        ("SELECT m.id, m.kind FROM finance_movement m WHERE posted_at IS NULL", "a fact that is not posted"),
        ("SELECT external_id, state, error FROM finance_message WHERE state NOT IN ('done', 'ignored') AND source != 'file'",
         "a message that is not worked off"),
        ("SELECT m.id FROM finance_movement m JOIN account_move a ON a.id = m.move_id WHERE a.company_id != m.company_id",
         "a fact booked in another company"),
    ):
        found += [f"{what}: {row}" for row in player.host.rows(query)]
    with player.host.registry.cursor() as cursor:
        env = player.host.environment(cursor)
        verdict = env["finance.audit.entry"].verify_chain()
        if not verdict["ok"]:
            found.append(f"the audit chain does not verify: {verdict}")
        found += [
            f"books and subledger differ: {row['provider'].name} {row['role']} {row['currency'].name} {row['difference']}"
            for row in env["finance.tie.out"]._rows() if row["difference"]]
    return found


class _Checker:
    def __init__(self, player: Player, number: int, merchant: Merchant):
        self.player, self.merchant, self.place = player, merchant, player.places[number]
        self.dialect = player.dialects[number]
        self.rows = player.host.rows

    def all(self) -> list[str]:
        return [*self.payments(), *self.payouts(), *self.bank(), *self.ledger()]

    def payments(self) -> list[str]:
        """State, amounts and document of every payment, and none besides."""
        found = {row[0]: row[1:] for row in self.rows(
            """SELECT t.provider_reference, t.state, t.amount_captured::text, t.amount_refunded::text,
                      t.amount_disputed::text,
                      (SELECT max(i.payment_reference) FROM finance_transaction_invoice_rel r
                         JOIN account_move i ON i.id = r.account_move_id WHERE r.finance_transaction_id = t.id)
                 FROM finance_transaction t WHERE t.provider_id = %s""", self.place["provider"])}
        truth = {}
        for told in self.dialect.told_payments():
            end, amounts = told.end, (told.end.captured, told.end.refunded, told.end.disputed)
            truth[told.key] = (
                end.state, *(_major(amount, told.currency) for amount in amounts),
                told.document and not told.document.is_checkout and told.document.reference or None)
        found = {key: (row[0], *map(_plain, row[1:4]), row[4]) for key, row in found.items()}
        return _compare("payment", found, truth)

    def payouts(self) -> list[str]:
        """Amount, state and completeness of every payout."""
        found = {row[0]: (_plain(row[1]), row[2] if row[2] in ("failed", "reconciled") else "", row[3], _plain(row[4]))
                 for row in self.rows(
                     """SELECT external_id, amount_net::text, state, complete, difference::text FROM finance_settlement
                         WHERE provider_id = %s AND method IS DISTINCT FROM 'report'""", self.place["provider"])}
        truth = {}
        for payout in self.merchant.payouts:
            state = expected.payout_state(self.merchant, payout)
            amount = _major(payout.amount, payout.currency)
            truth[self.dialect.payout_key(payout)] = amount, state, bool(payout.itemized_at), "0"
        return _compare("payout", found, truth) + [f"a period that does not add up: {row}" for row in self.rows(
            """SELECT external_id, difference, amount_net FROM finance_settlement WHERE provider_id = %s AND method = 'report'
                  AND (NOT complete OR difference != 0 OR amount_net != 0)""", self.place["provider"])]

    def bank(self) -> list[str]:
        """Every bank line once, with its amount and day, and reconciled only if something explains it."""
        found = Counter((row[0], _plain(row[1]), str(row[2]), bool(row[3])) for row in self.rows(
            """SELECT l.fc_bank_id, l.amount::text, m.date, l.is_reconciled FROM account_bank_statement_line l
                 JOIN account_move m ON m.id = l.move_id WHERE l.journal_id = %s""", self.place["journal"]))
        truth = Counter((entry.bank_id, _major(entry.amount, entry.currency), str(entry.booked), bool(entry.explains))
                        for entry in expected.entries(self.merchant))
        unmet = self.rows(
            "SELECT name FROM account_payment WHERE journal_id = %s AND is_matched IS NOT TRUE", self.place["journal"])
        return [*(f"bank line that is not true: {line}" for line in found - truth),
                *(f"bank line that is missing: {line}" for line in truth - found),
                *(f"payment that was registered and meets no bank line: {row[0]}" for row in unmet)]

    def ledger(self) -> list[str]:
        """The four accounts of the money at the provider, to the cent, in every currency."""
        found = {}
        for role, column in _ROLES.items():
            for currency, amount in self.rows(
                    f"""SELECT c.name, sum(l.amount_currency)::text FROM account_move_line l
                          JOIN res_currency c ON c.id = l.currency_id
                         WHERE l.parent_state = 'posted' AND l.account_id = (
                               SELECT {column} FROM finance_provider p JOIN account_journal j ON j.id = p.journal_id
                                WHERE p.id = %s) GROUP BY 1""", self.place["provider"]):
                if Decimal(amount):
                    found[role, currency] = _plain(amount)
        truth = {key: _major(amount, key[1]) for key, amount in self.merchant.balances().items()}
        return _compare("balance", found, truth)


def _documents(player: Player, owned: list[int]) -> list[str]:
    """What is paid and what is open of every invoice of a company; ``owned`` are the numbers of its merchants."""
    truth = {}
    for merchant in (player.world.merchants[number] for number in owned):
        currencies = {document.reference: document.currency for document in merchant.documents}
        truth |= {reference: _major(amount, currencies[reference])
                  for reference, amount in expected.open_amounts(merchant).items()}
    found = {row[0]: _plain(row[1]) for row in player.host.rows(
        """SELECT m.payment_reference, sum(l.amount_residual_currency)::text FROM account_move m
             JOIN account_move_line l ON l.move_id = m.id JOIN account_account a ON a.id = l.account_id
            WHERE m.company_id = %s AND m.move_type = 'out_invoice' AND a.account_type = 'asset_receivable'
            GROUP BY 1""", player.places[owned[0]]["company"])}
    return _compare("open amount of invoice", found, truth)


def _exceptions(player: Player, owned: list[int], wanted: list[tuple[str, int]]) -> list[str]:
    """Each thing that a person of a company must see, once, with its money; and nothing else."""
    truth = Counter((kind, _major(amount, player.world.merchants[owned[0]].profile.currency)) for kind, amount in wanted)
    for number in owned:
        told = player.dialects[number].told_payments()
        for (kind, amount, name), count in expected.exceptions(player.world.merchants[number], told=told).items():
            truth[kind, _major(amount, name)] += count
    found = Counter((row[0], _plain(row[1])) for row in player.host.rows(
        """SELECT kind, amount_at_risk::text FROM finance_exception
            WHERE company_id = %s AND state IN ('open', 'in_progress')""", player.places[owned[0]]["company"]))
    return [*(f"exception without a cause: {one} x{count}" for one, count in (found - truth).items()),
            *(f"exception that is missing: {one} x{count}" for one, count in (truth - found).items())]


def _major(amount: int, currency: str) -> str:
    return _plain(str(Decimal(amount).scaleb(-DECIMALS.get(currency, 2))))


def _plain(amount: str | None) -> str:
    """A decimal text without trailing zeros, so that equal amounts are equal texts."""
    number = Decimal(amount or 0)
    return f"{number.normalize():f}" if number else "0"


def _compare(what: str, found: dict, truth: dict) -> list[str]:
    lines = []
    for key in sorted({*found, *truth}, key=str):
        if found.get(key) != truth.get(key):
            lines.append(f"{what} {key}: is {found.get(key, 'missing')}, must be {truth.get(key, 'none')}")
    return lines


_EVERYTHING = {
    "fact": "SELECT kind, external_id, amount, posted_amount, move_id, occurred_at FROM finance_movement",
    "payment": """SELECT provider_reference, state, settlement_state, amount_captured, amount_fee, amount_net
                    FROM finance_transaction""",
    "payout": "SELECT external_id, state, amount_gross, amount_fee, amount_net FROM finance_settlement",
    "item": """SELECT l.move_id, l.account_id, l.date, l.balance, l.amount_currency, l.amount_residual, l.reconciled
                 FROM account_move_line l WHERE l.parent_state = 'posted'""",
    "bank line": "SELECT id, fc_bank_id, amount, is_reconciled FROM account_bank_statement_line",
    "exception": "SELECT kind, cause_key, amount_at_risk FROM finance_exception WHERE state IN ('open', 'in_progress')",
}


def everything(player: Player) -> Counter:
    """All that sending the same again must not change."""
    return Counter((name, *map(str, row)) for name, query in _EVERYTHING.items() for row in player.host.rows(query))


def changed(before: Counter, after: Counter) -> list[str]:
    """What was changed by sending everything again."""
    return [*(f"gone after everything was sent again: {row}" for row in before - after),
            *(f"new after everything was sent again: {row}" for row in after - before)]
