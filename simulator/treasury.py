"""A company that pays and collects through a bank, as its people do it by Odoo's public API: vendors and debtors with accounts,
bills and invoices, mandates, orders that one person makes and another one approves, and the bank's answers.

Whatever an earlier run made is taken as it is, so that a run that was ended may be gone on with.
"""

from __future__ import annotations

import base64
from datetime import date

import requests

from fc_env.rpc import Rpc

from . import bank as bank_of
from . import scheduled

LOGIN, PASSWORD = "treasurer", "treasurer"
CREDITOR_ID = "DE98ZZZ09999999999"
PAID, COLLECTED = "transfer", "collection"


class Treasury:
    """The company with the id ``company``, and its account at ``bank``. The administrator makes what the treasurer approves."""

    def __init__(self, rpc: Rpc, bank: bank_of.Bank, company: int):
        self.rpc, self.bank, self.company = rpc, bank, company
        self.partner = self.call("res.company", "read", [company], fields=["partner_id"])[0]["partner_id"][0]
        self.journal = self._journal()
        self.treasurer = self._treasurer()
        self._rule()
        self.channel = self._channel()

    def call(self, model: str, method: str, ids: list[int] | tuple = (), **arguments):
        """A call as the administrator, in the company alone."""
        return self.rpc.call(model, method, ids, context={"allowed_company_ids": [self.company]}, **arguments)

    def found(self, model: str, domain: list, fields: list[str]) -> list[dict]:
        return self.call(model, "search_read", domain=domain, fields=fields, order="id")

    def as_treasurer(self, model: str, method: str, ids: list[int]):
        """Press a button as the treasurer, in a session of a browser's kind."""
        session = requests.Session()
        told = {"jsonrpc": "2.0", "params": {"db": self.rpc.database, "login": LOGIN, "password": PASSWORD}}
        session.post(f"{self.rpc.url}/web/session/authenticate", json=told, timeout=60).raise_for_status()
        call = {"model": model, "method": method, "args": [ids], "kwargs": {}}
        answer = session.post(
            f"{self.rpc.url}/web/dataset/call_button", json={"jsonrpc": "2.0", "params": call}, timeout=60
        ).json()
        if "error" in answer:
            raise RuntimeError(f"{model}.{method} by the treasurer: {answer['error']['data']['message']}")
        return answer["result"]

    # --- what there is ------------------------------------------------------------------------------------------------

    def _kept(self, model: str, key: str, rows: list[dict], own: bool = True) -> list[int]:
        """The ids of ``rows``, which differ in ``key``; what is missing is made, all or nothing. ``own``: of the company."""
        domain = [[key, "in", [row[key] for row in rows]], *([["company_id", "=", self.company]] if own else [])]
        known = {row[key]: row["id"] for row in self.found(model, domain, [key])}
        missing = [row for row in rows if row[key] not in known]
        if missing:
            made = self.call(model, "create", vals_list=missing)
            known |= {row[key]: made_id for row, made_id in zip(missing, made, strict=True)}
        return [known[row[key]] for row in rows]

    def _journal(self) -> int:
        home = {"country_id": self.rpc.xmlid("base.nl"), "city": "Utrecht"}
        self.call("res.partner", "write", [self.partner], vals=home)
        return self._kept(
            "account.journal",
            "code",
            [
                {
                    "name": "Payments bank",
                    "code": "PAYB",
                    "type": "bank",
                    "bank_acc_number": bank_of.OURS,
                    "company_id": self.company,
                }
            ],
        )[0]

    def _treasurer(self) -> int:
        groups = [self.rpc.xmlid(f"finance_connector.group_{role}") for role in ("user", "approver")]
        return self._kept(
            "res.users",
            "login",
            [
                {
                    "name": "Treasurer",
                    "login": LOGIN,
                    "password": PASSWORD,
                    "group_ids": [[4, group] for group in groups],
                    "company_id": self.company,
                    "company_ids": [[6, 0, [self.company]]],
                }
            ],
            own=False,
        )[0]

    def _rule(self) -> None:
        rules = self._kept(
            "finance.payment.policy",
            "name",
            [
                {
                    "name": "Treasury pays",
                    "currency_id": self.rpc.xmlid("base.EUR"),
                    "company_id": self.company,
                    "level_ids": [[0, 0, {"number": 1, "name": "Treasury", "user_ids": [[6, 0, [self.treasurer]]]}]],
                }
            ],
        )
        if self._states("finance.payment.policy", rules) != ["approved"]:
            self.as_treasurer("finance.payment.policy", "action_approve", rules)

    def _channel(self) -> int:
        """The channel, put into force: where the bank is reached now may be another place than in an earlier run."""
        channels = self._kept(
            "finance.payment.channel",
            "name",
            [
                {
                    "name": "Bank by HTTP",
                    "code": "http",
                    "journal_id": self.journal,
                    "company_id": self.company,
                    "key_header": "Idempotency-Key",
                }
            ],
        )
        at = {"url": self.bank.url, "probe_url": self.bank.probe_url}
        if self.call("finance.payment.channel", "read", channels, fields=list(at))[0] != {"id": channels[0], **at}:
            if self._states("finance.payment.channel", channels) != ["draft"]:
                self.call("finance.payment.channel", "action_revise", channels)
            self.call("finance.payment.channel", "write", channels, vals=at)
            self.as_treasurer("finance.payment.channel", "action_approve", channels)
        return channels[0]

    def partners(self, kind: str, accounts: list[tuple[str, str]], **values) -> list[int]:
        """A partner "``kind`` 1" and so on for each (IBAN, BIC), with that account."""
        names = sorted({bic for _iban, bic in accounts if bic})
        banks = (
            dict(zip(names, self._kept("res.bank", "bic", [{"name": bic, "bic": bic} for bic in names], own=False), strict=True))
            if names
            else {}
        )
        home = {"country_id": self.rpc.xmlid("base.nl"), "city": "Delft", "company_id": self.company}
        return self._kept(
            "res.partner",
            "name",
            [
                {
                    "name": f"{kind} {number}",
                    **home,
                    **values,
                    "bank_ids": [[0, 0, {"acc_number": iban, "bank_id": banks.get(bic, False)}]],
                }
                for number, (iban, bic) in enumerate(accounts, 1)
            ],
        )

    def bills(self, accounts: list[tuple[str, str]]) -> list[int]:
        """A posted bill, due today, of a vendor of its own for each (IBAN, BIC); amounts differ."""
        vendors = self.partners("Vendor", accounts, supplier_rank=1)
        return self._posted("in_invoice", "ref", [f"BILL-{number}" for number in range(1, len(vendors) + 1)], vendors)

    def invoices(self, accounts: list[tuple[str, str]]) -> list[int]:
        """A posted invoice, due today, of a customer of its own for each (IBAN, BIC), who gave a mandate; amounts differ."""
        self.call("res.company", "write", [self.company], vals={"fc_creditor_id": CREDITOR_ID})
        debtors = self.partners("Debtor", accounts, customer_rank=1)
        known = self.found("res.partner.bank", [["partner_id", "in", debtors]], ["partner_id"])
        banks = {row["partner_id"][0]: row["id"] for row in known}
        mandates = self._kept(
            "finance.mandate",
            "reference",
            [
                {
                    "reference": f"MANDATE-{number}",
                    "partner_id": debtor,
                    "bank_account_id": banks[debtor],
                    "signed_on": str(date.today()),
                    "creditor_id": CREDITOR_ID,
                    "evidence_note": "Binder 1",
                    "notice": "document",
                    "company_id": self.company,
                }
                for number, debtor in enumerate(debtors, 1)
            ],
        )
        drafts = [one for one, state in zip(mandates, self._states("finance.mandate", mandates), strict=True) if state == "draft"]
        if drafts:
            self.call("finance.mandate", "action_activate", drafts)
        return self._posted(
            "out_invoice", "payment_reference", [f"SERVICE-{number}" for number in range(1, len(debtors) + 1)], debtors
        )

    def _posted(self, kind: str, key: str, names: list[str], partners: list[int]) -> list[int]:
        moves = self._kept(
            "account.move",
            key,
            [
                {
                    key: name,
                    "move_type": kind,
                    "partner_id": partner,
                    "invoice_date": str(date.today()),
                    "company_id": self.company,
                    "invoice_date_due": str(date.today()),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [[0, 0, {"name": "Service", "price_unit": 100 + number, "tax_ids": [[6, 0, []]]}]],
                }
                for number, (name, partner) in enumerate(zip(names, partners, strict=True), 1)
            ],
        )
        drafts = [one for one, state in zip(moves, self._states("account.move", moves), strict=True) if state == "draft"]
        if drafts:
            self.call("account.move", "action_post", drafts)
        return moves

    def _states(self, model: str, ids: list[int]) -> list[str]:
        rows = {row["id"]: row["state"] for row in self.call(model, "read", ids, fields=["state"])}
        return [rows[one] for one in ids]

    # --- what people do -----------------------------------------------------------------------------------------------

    def order(self, kind: str) -> int:
        """The order of ``kind``; if there is none yet, one of everything that is due."""
        known = self.found("finance.payment.order", [["kind", "=", kind], ["company_id", "=", self.company]], ["id"])
        return known[0]["id"] if known else self._propose(kind)

    def _propose(self, kind: str) -> int:
        model = {PAID: "finance.payment.proposal", COLLECTED: "finance.collection.proposal"}[kind]
        wizard = self.call(model, "create", vals_list=[{"journal_id": self.journal, "company_id": self.company}])
        if kind == PAID:
            self.call(model, "action_propose", wizard)
        return self.call(model, "action_make_order", wizard)["res_id"]

    def queued(self, kind: str = PAID) -> int:
        """An order that waits to be sent, wherever an earlier run left it."""
        order = self.order(kind)
        if self.state_of(order) == "draft":
            self.call("finance.payment.order", "action_submit", [order])
        if self.state_of(order) == "to_approve":
            self.as_treasurer("finance.payment.order", "action_approve", [order])
        if self.state_of(order) == "approved":
            self.call("finance.payment.order", "action_send", [order])
        return order

    def send(self) -> None:
        """The scheduled action that sends."""
        scheduled.run(self.rpc, self.rpc.xmlid("finance_connector.cron_send_payments"))

    def take_answers(self, *kinds: str) -> int:
        """Import everything of these kinds that the bank has ever written; how many files that are."""
        count = 0
        for kind in kinds:
            for content in self.bank.said(kind):
                count += 1
                ids = self.call(
                    "finance.import",
                    "import_file",
                    content=base64.b64encode(content).decode(),
                    filename=f"{kind}-{count}.xml",
                    journal_id=self.journal,
                )
                taken = self.call("finance.import", "read", ids, fields=["state", "reason"])[0]
                if taken["state"] not in ("imported", "duplicate"):
                    raise RuntimeError(f"{kind}-{count}.xml of the bank became {taken['state']}: {taken['reason']}")
        return count

    # --- what became of it --------------------------------------------------------------------------------------------

    def payments(self, order: int) -> list[dict]:
        """The payments of an order."""
        return self.found(
            "finance.payment.instruction", [["order_id", "=", order]], ["end_to_end_id", "state", "amount", "reason_codes"]
        )

    def states(self, order: int) -> set[str]:
        return {one["state"] for one in self.payments(order)}

    def state_of(self, order: int) -> str:
        return self._states("finance.payment.order", [order])[0]

    def times_paid(self, order: int) -> set[int]:
        """How often the bank has each payment of an order."""
        return {self.bank.times_paid(one["end_to_end_id"]) for one in self.payments(order)}


def german_accounts(first: int, count: int) -> list[tuple[str, str]]:
    """(IBAN, no BIC) of accounts that nobody has, numbered from ``first`` on."""
    return [(bank_of.iban("DE", f"37040044{number:010d}"), "") for number in range(first, first + count)]
