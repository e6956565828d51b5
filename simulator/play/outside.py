"""All that is outside of Odoo in a world: what its providers and banks send, and the APIs that can be asked."""
from __future__ import annotations

from random import Random

from simulator.connection import API_KEY
from simulator.dialects import bank_faults, camt
from simulator.dialects.stripe import StripeDialect
from simulator.script import Operation
from simulator.world import World
from simulator.world.calendar import zone

from .api import WorldApi, WorldServer


class Outside:
    """The outside of one world. ``places`` says for each merchant where it is in Odoo: the ids of its `company`, `provider`
    and `journal` of the bank."""

    def __init__(self, world: World):
        self.world = world
        self.dialects = [StripeDialect(merchant) for merchant in world.merchants]
        self.messages = [list(dialect.messages()) for dialect in self.dialects]
        self.apis = [WorldApi(*parts) for parts in zip(world.merchants, self.dialects, self.messages, strict=True)]
        self.servers = [WorldServer(api, API_KEY).start() for api in self.apis]
        self.places: list[dict] = []

    def close(self) -> None:
        for server in self.servers:
            server.stop()

    def report_file(self, operation: Operation) -> tuple[str, bytes, dict]:
        """Name, content and target of the provider's report that ``operation`` sends."""
        payouts = [payout for payout in self.world.merchants[operation.merchant].payouts if payout.key in operation.items]
        content = self.dialects[operation.merchant].report(payouts)
        if operation.how == "truncated":
            content = content[:len(content) * 2 // 3]
        name = f"report-{operation.items[0]}-{operation.at:%d%H%M}.csv"
        return name, content, {"provider_id": self.places[operation.merchant]["provider"]}

    def statement_file(self, operation: Operation) -> tuple[str, bytes, dict]:
        """Name, content and target of the bank's file that ``operation`` sends."""
        merchant = self.world.merchants[operation.merchant]
        wanted = [statement for statement in merchant.statements if statement.number in operation.items]
        rng = Random(f"{self.world.seed}/{operation.items}")
        if operation.how == "renumbered":
            wanted = [bank_faults.renumbered(statement, rng) for statement in wanted]
        account = camt.Account(merchant.bank.iban, merchant.profile.currency, merchant.profile.name, "SIMUDEFF")
        # Each bank has its version; a merchant has one bank.
        version = camt.VERSIONS[(self.world.seed + operation.merchant) % len(camt.VERSIONS)]
        content = camt.statement(account, wanted, version, zone=zone(merchant.profile.timezone))
        name = f"statement-{operation.items[0]}-{operation.items[-1]}{operation.how}.xml"
        if operation.how == "truncated":
            content = bank_faults.truncated(content, rng)
        elif operation.how == "zipped":
            content, name = bank_faults.zipped({name: content}), name.replace(".xml", ".zip")
        return name, content, {"journal_id": self.places[operation.merchant]["journal"]}
