"""Stand-ins for the payout APIs of Stripe, PayPal and Wise: they keep what was paid, honour their keys, and may lose an answer.

Called as the adapters' ``call``: ``api(method, url, headers, **content)``.
"""
from __future__ import annotations

import json
from collections import Counter
from urllib.parse import urlsplit


class PayoutApi:
    """``paid``: end-to-end id -> how often money left. ``lose``: BEFORE or AFTER the next act that pays, the answer is lost;
    ``refuse``: (status, body) of the answer to it. ``error``: makes what the adapter is told when there is no answer."""

    BEFORE, AFTER = "before", "after"

    def __init__(self, error):
        self.error, self.paid, self.calls = error, Counter(), []
        self.lose: str | None = None
        self.refuse: tuple[int, dict] | None = None
        self._kept: dict = {}

    def __call__(self, method, url, headers=None, **content):
        path = urlsplit(url).path
        self.calls.append((method, path, headers or {}, content))
        found = self.answer(method, path, headers or {}, content)
        return json.dumps(found).encode()

    def answer(self, method: str, path: str, headers: dict, content: dict) -> dict:
        """The answer to a call."""
        raise NotImplementedError

    def refused(self, status: int, body: dict):
        """The error of an answer with ``status``."""
        return self.error("The provider refused.", outcome="failed", status=status, body=json.dumps(body).encode())

    def act(self, key, make, *names: str) -> dict:
        """The one act that pays ``names``, once for each key; answers the same again."""
        if self.refuse:
            raise self.refused(*self.refuse)
        lost, self.lose = self.lose, None
        if lost == self.BEFORE:
            raise self.error("No answer.", outcome="unknown")
        if key not in self._kept:
            self._kept[key] = make()
            self.paid.update(names)
        if lost == self.AFTER:
            raise self.error("No answer.", outcome="unknown")
        return self._kept[key]


class StripePayouts(PayoutApi):
    """Transfers and payouts with idempotency keys."""

    def __init__(self, error):
        super().__init__(error)
        self.rows: dict[str, list[dict]] = {"transfers": [], "payouts": []}

    def answer(self, method, path, headers, content):
        kind = path.rsplit("/", 1)[-1]
        if kind == "balance":
            return {"object": "balance", "livemode": False}
        if method == "POST":
            told = content["data"]
            return self.act(headers["Idempotency-Key"], lambda: self._made(kind, told), told["metadata[end_to_end_id]"])
        if "params" not in content:
            return next(row for rows in self.rows.values() for row in rows if row["id"] == kind)
        rows, wanted = self.rows[kind], content["params"]
        if "transfer_group" in wanted:
            rows = [row for row in rows if row["transfer_group"] == wanted["transfer_group"]]
        if "starting_after" in wanted:
            rows = rows[[row["id"] for row in rows].index(wanted["starting_after"]) + 1:]
        return {"data": rows[:wanted["limit"]], "has_more": len(rows) > wanted["limit"]}

    def _made(self, kind, told):
        prefix, number = {"transfers": "tr", "payouts": "po"}[kind], len(self.rows[kind]) + 1
        row = {"id": f"{prefix}_{number}", "balance_transaction": f"txn_{prefix}_{number}",
               "object": kind[:-1], "reversals": {"data": []},
               "amount": told["amount"], "currency": told["currency"], "destination": told["destination"],
               "transfer_group": told.get("transfer_group"),
               "metadata": {"end_to_end_id": told["metadata[end_to_end_id]"]}, "status": "pending"}
        self.rows[kind].insert(0, row)
        return row


class PayPalPayouts(PayoutApi):
    """Batches whose id is refused when it was seen."""

    def __init__(self, error):
        super().__init__(error)
        self.batches: dict[str, dict] = {}
        self.items: list[dict] = []

    def answer(self, method, path, headers, content):
        if path.endswith("/token"):
            return {"access_token": "token", "token_type": "Bearer"}
        if method == "GET":
            first = (content["params"]["page"] - 1) * content["params"]["page_size"]
            return {"items": self.items[first:first + content["params"]["page_size"]]}
        told = content["json"]
        key = told["sender_batch_header"]["sender_batch_id"]
        if key in self.batches and self.lose is None:
            raise self.refused(400, {
                "name": "USER_BUSINESS_ERROR", "message": "User business error.",
                "details": [{"field": "SENDER_BATCH_ID", "issue": "Batch with given sender_batch_id already exists"}],
                "links": [{"href": f"https://api-m.paypal.com/v1/payments/payouts/{self.batches[key]['batch_header']['payout_batch_id']}",
                           "rel": "self"}]})
        return self.act(key, lambda: self._made(key, told), *(item["sender_item_id"] for item in told["items"]))

    def _made(self, key, told):
        self.items += [{"payout_item_id": f"ITEM{item['sender_item_id']}", "payout_item": item, "transaction_status": "PENDING",
                        "transaction_id": f"TXN{item['sender_item_id']}"} for item in told["items"]]
        name = f"BATCH{len(self.batches) + 1}"
        self.batches[key] = {"batch_header": {"payout_batch_id": name, "batch_status": "PENDING"}}
        return self.batches[key]


class WisePayouts(PayoutApi):
    """Quotes, recipients, transfers named by an id of the caller, and their funding."""

    def __init__(self, error):
        super().__init__(error)
        self.transfers: dict[str, dict] = {}
        self.poor = False

    def answer(self, method, path, headers, content):
        parts = path.strip("/").split("/")
        if method == "GET":
            if parts[1] == "profiles":
                return {"id": parts[2]}
            return next(one for one in self.transfers.values() if str(one["id"]) == parts[-1])
        if parts[-1] == "quotes":
            return {"id": "quote-1", **content["json"]}
        if parts[-1] == "accounts":
            return {"id": 77, **content["json"]}
        if parts[-1] == "transfers":
            key = content["json"]["customerTransactionId"]
            known = {"id": 1000 + len(self.transfers), "status": "incoming_payment_waiting",
                     "reference": content["json"]["details"]["reference"]}
            return self.transfers.setdefault(key, known)
        transfer = next(one for one in self.transfers.values() if str(one["id"]) == parts[-2])
        if self.poor:
            return {"type": "BALANCE", "status": "REJECTED", "errorCode": "balance.payment-option-unavailable"}
        return self.act(transfer["id"], lambda: self._funded(transfer), transfer["reference"])

    def _funded(self, transfer):
        transfer["status"] = "processing"
        return {"type": "BALANCE", "status": "COMPLETED", "errorCode": None}
