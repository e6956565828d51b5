"""A company that pays its bills through a bank: who makes and who approves, vendors with accounts, and the bank's answers."""
from __future__ import annotations

from datetime import date

import requests

from simulator import bank as bank_of
from support.shop import Shop

PASSWORD = "treasurer-password"


class Payer:
    """``shop``'s company with an account at ``bank``. The administrator makes what the treasurer approves."""

    def __init__(self, shop: Shop, bank: bank_of.Bank):
        self.shop, self.rpc, self.bank = shop, shop.rpc, bank
        self.company = self.rpc.search_read("res.company", [], ["partner_id"])[0]
        self.journal = self._journal()
        self.treasurer = self._treasurer()
        self._rule()
        self.channel = self._channel()

    # --- what there is ------------------------------------------------------------------------------------------------

    def _journal(self) -> int:
        home = {"country_id": self.rpc.xmlid("base.nl"), "city": "Utrecht"}
        self.rpc.call("res.partner", "write", [self.company["partner_id"][0]], vals=home)
        return self.rpc.call("account.journal", "create", vals_list=[{
            "name": "Payments bank", "code": "PAYB", "type": "bank", "bank_acc_number": bank_of.OURS}])[0]

    def _treasurer(self) -> int:
        groups = [self.rpc.xmlid(f"finance_connector.group_{role}") for role in ("user", "approver")]
        return self.rpc.call("res.users", "create", vals_list=[{
            "name": "Treasurer", "login": "treasurer", "password": PASSWORD, "group_ids": [[4, group] for group in groups]}])[0]

    def _rule(self) -> None:
        rule = self.rpc.call("finance.payment.policy", "create", vals_list=[{
            "name": "Treasury pays", "currency_id": self.rpc.xmlid("base.EUR"),
            "level_ids": [[0, 0, {"number": 1, "name": "Treasury", "user_ids": [[6, 0, [self.treasurer]]]}]]}])[0]
        self.as_treasurer("finance.payment.policy", "action_approve", [rule])

    def _channel(self) -> int:
        made = self.rpc.call("finance.payment.channel", "create", vals_list=[{
            "name": "Bank by HTTP", "code": "http", "journal_id": self.journal, "url": self.bank.url,
            "probe_url": self.bank.probe_url, "key_header": "Idempotency-Key"}])[0]
        self.as_treasurer("finance.payment.channel", "action_approve", [made])
        return made

    def as_treasurer(self, model: str, method: str, ids: list[int]):
        """Call a button as the treasurer, in a session of the browser's kind."""
        session = requests.Session()
        url = self.shop.server.url
        told = {"jsonrpc": "2.0", "params": {"db": self.shop.name, "login": "treasurer", "password": PASSWORD}}
        session.post(f"{url}/web/session/authenticate", json=told, timeout=60).raise_for_status()
        call = {"model": model, "method": method, "args": [ids], "kwargs": {}}
        answer = session.post(f"{url}/web/dataset/call_button", json={"jsonrpc": "2.0", "params": call}, timeout=60).json()
        assert "error" not in answer, answer["error"]["data"]["message"]
        return answer["result"]

    def bills(self, accounts: list[tuple[str, str]], first: int = 1) -> list[int]:
        """A posted bill of a vendor of its own for each (IBAN, BIC); amounts differ."""
        numbers = range(first, first + len(accounts))
        vendors = self.rpc.call("res.partner", "create", vals_list=[
            {"name": f"Vendor {number}", "supplier_rank": 1, "country_id": self.rpc.xmlid("base.nl"), "city": "Delft"}
            for number in numbers])
        banks = {bic: self.rpc.call("res.bank", "create", vals_list=[{"name": bic, "bic": bic}])[0]
                 for bic in {bic for _iban, bic in accounts if bic}}
        self.rpc.call("res.partner.bank", "create", vals_list=[
            {"acc_number": iban, "partner_id": vendor, "bank_id": banks.get(bic, False)}
            for vendor, (iban, bic) in zip(vendors, accounts, strict=True)])
        made = self.rpc.call("account.move", "create", vals_list=[
            {"move_type": "in_invoice", "partner_id": vendor, "ref": f"BILL-{number}", "invoice_date": str(date.today()),
             "invoice_date_due": str(date.today()), "invoice_payment_term_id": False,
             "invoice_line_ids": [[0, 0, {"name": "Service", "price_unit": 100 + number, "tax_ids": [[6, 0, []]]}]]}
            for number, vendor in zip(numbers, vendors, strict=True)])
        self.rpc.call("account.move", "action_post", made)
        return made

    def approved(self) -> int:
        """An order of all bills that are due, submitted and approved."""
        wizard = self.rpc.call("finance.payment.proposal", "create", vals_list=[{"journal_id": self.journal}])[0]
        self.rpc.call("finance.payment.proposal", "action_propose", [wizard])
        order = self.rpc.call("finance.payment.proposal", "action_make_order", [wizard])["res_id"]
        self.rpc.call("finance.payment.order", "action_submit", [order])
        self.as_treasurer("finance.payment.order", "action_approve", [order])
        return order

    def queued(self) -> int:
        """An order that waits to be sent."""
        order = self.approved()
        self.rpc.call("finance.payment.order", "action_send", [order])
        return order

    def send(self) -> None:
        """The scheduled action that sends, with everything due now."""
        self.shop.rows("UPDATE finance_request SET next_attempt_at = NULL WHERE order_id IS NOT NULL")
        self.shop.run_action("cron_send_payments")

    def take_answers(self, *kinds: str) -> None:
        """Import what the bank has written since."""
        for kind in kinds:
            for number, content in enumerate(self.bank.received(kind)):
                taken = self.shop.import_file(content, f"{kind}-{number}.xml", journal_id=self.journal)
                assert taken["state"] == "imported", taken["reason"]

    # --- what became of it --------------------------------------------------------------------------------------------

    def payments(self, order: int) -> list[dict]:
        """The payments of an order."""
        return self.rpc.search_read("finance.payment.instruction", [["order_id", "=", order]],
                                    ["end_to_end_id", "state", "amount", "reason_codes"])

    def states(self, order: int) -> set[str]:
        return {one["state"] for one in self.payments(order)}

    def state_of(self, order: int) -> str:
        return self.rpc.call("finance.payment.order", "read", [order], fields=["state"])[0]["state"]

    def times_paid(self, order: int) -> set[int]:
        """How often the bank has each payment of an order."""
        return {self.bank.times_paid(one["end_to_end_id"]) for one in self.payments(order)}


def german_ibans(count: int) -> list[tuple[str, str]]:
    """IBANs of accounts that nobody has, with right check digits, and no BIC."""
    found = []
    for number in range(1, count + 1):
        bban = f"37040044{number:010d}"
        check = 98 - int(f"{bban}131400") % 97
        found.append((f"DE{check:02d}{bban}", ""))
    return found
