"""One measurement of `bench_reconcile_peer` in a process of its own: ``python -m bench.reconcile_side DATABASE SIDE CASE LINES``
prints the seconds. Each side has a database where only its addon is installed, and the same invoices and lines.

Making the lines is not counted on either side. The peer reconciles within `create`, so its time runs from there on; both end with
the commit. Both have done the same once before, with few lines.
"""

import gc
import sys
import time

from .odoo_env import environment
from .reconcile_books import bank, invoices, kept, line_values

WARM_UP = 5
# Lines that the peer takes one by one between two collections of statistics.
STATISTICS = 100


def _known(env, paid):
    """The values of the lines: the label is the reference, as the peer wants it, and the payer is known."""
    values = line_values(env, paid)
    for vals, invoice in zip(values, paid, strict=True):
        vals["partner_id"] = invoice.partner_id.id
    kept(env)
    return values


def _ours(env, paid):
    env["account.bank.statement.line"].create(_known(env, paid))
    return _our_round(env)


def _our_round(env):
    kept(env)
    began = time.perf_counter()
    env["finance.reconciliation"]._reconcile_company(env.company)
    env.cr.commit()
    return time.perf_counter() - began


def _our_payout(env, paid):
    """One line whose members the bank tells, as an import keeps them."""
    members = [
        {"amount": f"{invoice.amount_total:.2f}", "references": {"end_to_end_id": invoice.payment_reference}} for invoice in paid
    ]
    details = {"members_state": "proven", "members": members}
    env["account.bank.statement.line"].create(_sum_line(env, paid) | {"fc_details": details})
    return _our_round(env)


def _sum_line(env, paid):
    amount = sum(paid.mapped("amount_total"))
    return {"journal_id": bank(env).id, "date": "2026-03-02", "payment_ref": "Collected", "amount": amount}


def _peer_import(env, values):
    """Seconds from where `create` begins to reconcile to the commit."""
    model = env.registry["account.bank.statement.line"]
    automatic, began = model._auto_reconcile, []

    def timed(lines):
        began.append(time.perf_counter())
        return automatic(lines)

    model._auto_reconcile = timed
    try:
        env["account.bank.statement.line"].create(values)
        env.cr.commit()
        return time.perf_counter() - began[0]
    finally:
        model._auto_reconcile = automatic


def _peer(env, paid):
    return _peer_import(env, _known(env, paid))


def _peer_one_by_one(env, paid):
    spent = 0
    for number, vals in enumerate(_known(env, paid)):
        if number % STATISTICS == 0:
            kept(env)
        spent += _peer_import(env, [vals])
        env.invalidate_all()
    return spent


def _peer_payout(env, paid):
    """A person has all items of the list added to the line, and reconciles it; the peer does not find them itself."""
    line = env["account.bank.statement.line"].create(_sum_line(env, paid))
    kept(env)
    began = time.perf_counter()
    items = paid.line_ids.filtered(lambda item: item.account_id.account_type == "asset_receivable")
    line.add_multiple_lines([("id", "in", items.ids)])
    line.reconcile_bank_line()
    env.cr.commit()
    return time.perf_counter() - began


CASES = {
    ("ours", "batch"): _ours, ("ours", "single"): _ours, ("ours", "payout"): _our_payout,
    ("peer", "batch"): _peer, ("peer", "single"): _peer_one_by_one, ("peer", "payout"): _peer_payout,
}  # fmt: skip


def main():
    """Warm up, measure, and see to it that everything was paid."""
    database, side, case, size = sys.argv[1:]
    with environment(database) as env:
        mark = f"{side}{case}{time.time_ns()}".upper()
        for count, kind in ((WARM_UP, "W"), (int(size), "M")):
            paid = invoices(env, count, mark + kind)
            gc.collect()
            seconds = CASES[side, case](env, paid)
            env.invalidate_all()
            left = paid.filtered("amount_residual")
            assert not left, (side, case, len(left), left[:3].mapped("payment_reference"))
        print(seconds)


if __name__ == "__main__":
    main()
