"""Posting: fold and post 10,000 captured payments aggregated, against batched journal entries, one each. Target: 50 times.

Both start from the same facts. "Fold" derives the transactions anew from their stored movements.
"""

import time
from datetime import datetime, timezone

from .odoo_env import connection, environment, prepare

PAYMENTS = 10_000
PEER_ENTRIES = 500
NAME = "fc_bench_posting"


def _store(env, provider, currency):
    """Store one capture a payment; returns the transaction ids."""
    from odoo.addons.finance_connector.core.money import Money
    from odoo.addons.finance_connector.core.records import Envelope, Movement, Parsed

    at = datetime(2026, 3, 2, 10, tzinfo=timezone.utc)
    facts = tuple(
        Movement("capture", f"ch_{number}", Money(5000 + number, currency), at, transaction_key=f"pi_{number}",
                 reference=f"SO{number}")
        for number in range(PAYMENTS)
    )  # fmt: skip
    envelope = Envelope(external_id="evt_bench", event_type="bench", lane_key="bench")
    message = env["finance.message"]._store(env.cr, provider.id, provider.company_id.id, "manual", envelope, b"{}")
    return env["finance.subledger"]._absorb(provider, [(message, Parsed(movements=facts))])


def _peer(env, provider):
    """Seconds an entry takes when entries of two lines are created and posted in one batch, as core does it."""
    from odoo import Command

    accounts = provider.clearing_account_id, provider.unapplied_account_id
    values = [
        {
            "move_type": "entry",
            "journal_id": provider.journal_id.id,
            "date": "2026-03-02",
            "line_ids": [
                Command.create({"account_id": account.id, "balance": sign * (50 + number)})
                for account, sign in zip(accounts, (1, -1), strict=True)
            ],
        }
        for number in range(PEER_ENTRIES)
    ]
    started = time.perf_counter()
    env["account.move"].create(values).action_post()
    env.cr.commit()
    return (time.perf_counter() - started) / PEER_ENTRIES


def run():
    """Print both times and their ratio; the books must tie."""
    prepare(NAME)
    with environment(NAME) as env:
        provider = connection(env)
        provider.posting_mode = "per_settlement"
        provider.grace_minutes = 10**6
        each = _peer(env, provider)
        env.cr.execute("SELECT sum(balance) FROM account_move_line WHERE account_id = %s", [provider.clearing_account_id.id])
        by_peer = env.cr.fetchone()[0]
        touched = _store(env, provider, provider.company_id.currency_id.name)
        env.cr.commit()
        env.cr.execute("ANALYZE finance_movement, finance_transaction, account_move, account_move_line")
        env.cr.commit()

        started = time.perf_counter()
        env["finance.subledger"]._derive_transactions(touched)
        env.cr.commit()
        folded = time.perf_counter()
        env["finance.document.link"]._link(provider)
        linked = time.perf_counter()
        rows = env["finance.posting"]._claim(provider, PAYMENTS, False)
        env["finance.posting"]._post_rows(provider, rows, [])
        env.cr.commit()
        posted = time.perf_counter()

        ledger = {row["role"]: row for row in env["finance.tie.out"]._rows(provider)}["clearing"]
        env.cr.execute("SELECT count(*), count(DISTINCT move_id) FROM finance_movement WHERE posted_at IS NOT NULL")
        movements, moves = env.cr.fetchone()
    assert (movements, moves) == (PAYMENTS, 1), (movements, moves)
    assert round(float(ledger["difference"]) - by_peer, 2) == 0, ledger
    ours = posted - linked + folded - started
    print(f"posting: {PAYMENTS} captures: fold {folded - started:.2f} s, link {linked - folded:.2f} s, "
          f"post {posted - linked:.2f} s, {moves} entry")  # fmt: skip
    print(f"         batched entries, one each: {each * 1000:.1f} ms an entry, {each * PAYMENTS:.0f} s for {PAYMENTS}")
    print(f"         fold and post are {each * PAYMENTS / ours:.0f} times faster (target 50)")
