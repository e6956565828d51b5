"""The treasury of a shop's company, whose scheduled actions run when a test says so."""
from __future__ import annotations

from simulator import bank as bank_of
from simulator.treasury import Treasury
from support.shop import Shop


class Payer(Treasury):
    """``shop``'s company with an account at ``bank``."""

    def __init__(self, shop: Shop, bank: bank_of.Bank):
        self.shop = shop
        super().__init__(shop.rpc, bank, shop.rpc.search_read("res.company", [], ["id"])[0]["id"])

    def send(self) -> None:
        """The scheduled action that sends, with everything due now."""
        self.shop.rows("UPDATE finance_request SET next_attempt_at = NULL WHERE order_id IS NOT NULL")
        self.shop.run_action("cron_send_payments")
