"""All that is outside of Odoo in a world: what its providers and banks send, and the APIs that can be asked."""
from __future__ import annotations

from random import Random

from simulator.dialects import bank_faults, camt
from simulator.dialects.registry import dialect_of
from simulator.script import Operation, Spoken
from simulator.world import World
from simulator.world.calendar import zone

from .api import server_of


class Outside:
    """The outside of one world. ``places`` says for each merchant where it is in Odoo: the ids of its `company`, `provider`
    and `journal` of the bank."""

    def __init__(self, world: World):
        self.world = world
        self.dialects = [dialect_of(merchant) for merchant in world.merchants]
        self.messages = [list(dialect.messages()) for dialect in self.dialects]
        self.servers = [server_of(*parts).start() for parts in zip(self.dialects, self.messages, strict=True)]
        self.apis = [server.api for server in self.servers]
        self.places: list[dict] = []

    @property
    def spoken(self) -> list[Spoken]:
        """What each merchant's provider has to say, for `simulator.script`."""
        return [Spoken(messages, dialect.reports(), dialect.needs_reports)
                for messages, dialect in zip(self.messages, self.dialects, strict=True)]

    def close(self) -> None:
        for server in self.servers:
            server.stop()

    def report_file(self, operation: Operation) -> tuple[str, bytes, dict]:
        """Name, content and target of the provider's report that ``operation`` sends."""
        dialect = self.dialects[operation.merchant]
        content = dialect.report_of(operation.items)
        if operation.how == "truncated":
            # A file that ends with a line is a whole one to anybody; what it lacks shows when its payout is summed up.
            content = content[:len(content) * 2 // 3].rstrip(b"\r\n")[:-1]
        name = dialect.report_name.format(f"{operation.items[0]}-{operation.at:%d%H%M}")
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
