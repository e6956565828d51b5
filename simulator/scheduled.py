"""Runs the addon's scheduled actions from outside, as the button "Run manually" does, until nothing changes any more."""
from __future__ import annotations

import time

from fc_env.rpc import Rpc, RpcError

ADDON = "finance_connector"
MOST_ROUNDS = 8
BUSY_SECONDS = 120
_COUNTED = (
    ("finance.message", "state"), ("finance.movement", "posted_at"), ("finance.import", "state"),
    ("account.move", "state"), ("account.bank.statement.line", "is_reconciled"), ("finance.exception", "state"),
)


def actions(rpc: Rpc) -> list[tuple[str, int]]:
    """(name, id) of the addon's scheduled actions, the most urgent first."""
    rows = rpc.search_read(
        "ir.model.data", [["module", "=", ADDON], ["model", "=", "ir.cron"]], ["name", "res_id"])
    order = [row["id"] for row in rpc.search_read("ir.cron", [], ["id"], order="priority, id")]
    return sorted(((row["name"], row["res_id"]) for row in rows), key=lambda pair: order.index(pair[1]))


def run(rpc: Rpc, cron_id: int) -> None:
    """Run one action now; one that a worker is running already is waited for and run again."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            failure = rpc.call("ir.cron", "method_direct_trigger", [cron_id])
        except RpcError as error:
            if error.status != 422 or "already executing" not in error.message or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
            continue
        if isinstance(failure, dict) and failure.get("tag") == "display_exception":
            told = failure["params"]["data"]
            raise RuntimeError(f"Scheduled action {cron_id} failed: {told.get('debug') or told.get('message')}")
        return


def run_until_quiet(rpc: Rpc) -> int:
    """Run every action in turn until a whole round changes nothing; return the number of rounds."""
    crons = actions(rpc)
    before = None
    for rounds in range(1, MOST_ROUNDS + 1):
        for _name, cron_id in crons:
            run(rpc, cron_id)
        now = [sorted(map(repr, _groups(rpc, model, field))) for model, field in _COUNTED]
        if now == before:
            return rounds
        before = now
    raise RuntimeError(f"After {MOST_ROUNDS} rounds of the scheduled actions there is still something to do: {before}")


def _groups(rpc: Rpc, model: str, field: str) -> list:
    return [rpc.call(model, "formatted_read_group", domain=[], groupby=[], aggregates=["__count", f"{field}:count"])
            if field == "posted_at" else
            rpc.call(model, "formatted_read_group", domain=[], groupby=[field], aggregates=["__count"])]
