"""GoCardless' API for collections, as its official library calls it: mandates, payments with idempotency keys, and events.

`FeedServer(GoCardlessApi())` speaks it on a loopback port, and may lose an answer after the payment was made.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

# action -> the status of the payment afterwards
STATUSES = {
    "created": "pending_submission", "submitted": "submitted", "confirmed": "confirmed", "paid_out": "paid_out",
    "failed": "failed",
    "charged_back": "charged_back", "chargeback_cancelled": "confirmed", "chargeback_settled": "charged_back",
    "cancelled": "cancelled", "resubmission_requested": "submitted", "late_failure_settled": "failed",
}  # fmt: skip
START = datetime(2026, 3, 2, 10, 0, tzinfo=timezone.utc)


class GoCardlessApi:
    """``mandates``: id -> status and next possible charge date; ``payments``: as they were made, the newest first; ``events``: of
    all of them, oldest first. ``paid``: end-to-end id -> how often it was collected."""

    def __init__(self, *mandates: str, soonest: str = "2020-01-01"):
        self.mandates = {name: {"id": name, "status": "active", "next_possible_charge_date": soonest} for name in mandates}
        self.payments: list[dict] = []
        self.events: list[dict] = []
        self.refuse: tuple[int, dict] | None = None
        self.page = 500
        self._kept: dict[str, str] = {}

    @property
    def paid(self) -> dict[str, int]:
        names = [one["metadata"]["end_to_end_id"] for one in self.payments]
        return {name: names.count(name) for name in names}

    def answer(self, method: str, path: str, query: dict, body: dict, headers: dict) -> tuple[int, dict]:
        """(status, JSON-able) of one call; ``query`` has text values, ``headers`` lower-case names."""
        kind, _slash, key = path.strip("/").partition("/")
        if "bearer" not in headers.get("authorization", "").lower() or "gocardless-version" not in headers:
            return 401, {"error": {"message": "Unauthorized", "type": "invalid_api_usage", "errors": [], "code": 401}}
        if method == "POST":
            return self._made(body["payments"], headers["idempotency-key"])
        if kind == "creditors":
            return 200, {"creditors": [{"id": "CR1", "name": "Shop"}]}
        if kind == "mandates":
            return (200, {"mandates": self.mandates[key]}) if key in self.mandates else _missing()
        if kind == "events":
            return 200, _page("events", [one for one in reversed(self.events) if one["links"]["payment"] == query.get("payment")])
        if key:
            found = next((one for one in self.payments if one["id"] == key), None)
            return (200, {"payments": found}) if found else _missing()
        rows = [one for one in self.payments if one["links"]["mandate"] == query.get("mandate")]
        start = next((place for place, one in enumerate(rows, 1) if one["id"] == query.get("after")), 0)
        return 200, _page("payments", rows[start:], min(self.page, int(query.get("limit", 50))))

    def _made(self, told: dict, key: str) -> tuple[int, dict]:
        if self.refuse:
            return self.refuse
        if key in self._kept:
            clash = {"reason": "idempotent_creation_conflict", "message": "A resource has already been created with this key",
                     "links": {"conflicting_resource_id": self._kept[key]}}  # fmt: skip
            return 409, {"error": {"type": "invalid_state", "code": 409, "message": clash["message"], "errors": [clash]}}
        soonest = self.mandates[told["links"]["mandate"]]["next_possible_charge_date"]
        if told.get("charge_date", soonest) < soonest:
            return 422, _invalid("charge_date", f"must be on or after mandate's next_possible_charge_date ({soonest})")
        own = f"PM{len(self.payments) + 1:04d}"
        made = {
            "id": own, "amount": told["amount"], "currency": told["currency"], "status": "pending_submission",
            "created_at": START.isoformat(), "charge_date": told.get("charge_date", soonest), "reference": None,
            "description": told["description"], "metadata": told["metadata"], "amount_refunded": 0,
            "links": {"mandate": told["links"]["mandate"], "creditor": "CR1", "payout": None},
        }  # fmt: skip
        self.payments.insert(0, made)
        self._kept[key] = own
        self.tell(own, "created")
        return 201, {"payments": made}

    def tell(self, payment: str, action: str, **details: object) -> dict:
        """The payment changes: the event of it, as its webhook carries it."""
        next(one for one in self.payments if one["id"] == payment)["status"] = STATUSES[action]
        at = START + timedelta(hours=len(self.events))
        event = {
            "id": f"EV{len(self.events) + 1:04d}", "created_at": at.isoformat(), "resource_type": "payments", "action": action,
            "links": {"payment": payment}, "details": {"origin": "bank", "cause": f"payment_{action}", **details}, "metadata": {},
        }  # fmt: skip
        self.events.append(event)
        return event


def webhook(*events: dict) -> bytes:
    """The body of the call that carries ``events``."""
    return json.dumps({"events": list(events), "meta": {"webhook_id": "WB1"}}).encode()


def _page(name: str, rows: list[dict], limit: int = 500) -> dict:
    after = rows[limit - 1]["id"] if len(rows) > limit else None
    return {name: rows[:limit], "meta": {"cursors": {"before": None, "after": after}, "limit": limit}}


def _missing() -> tuple[int, dict]:
    return 404, {"error": {"type": "invalid_api_usage", "code": 404, "message": "Resource not found", "errors": []}}


def _invalid(field: str, message: str) -> dict:
    told = {"field": field, "message": message, "request_pointer": f"/payments/{field}"}
    return {"error": {"type": "validation_failed", "code": 422, "message": "Validation failed", "errors": [told]}}
