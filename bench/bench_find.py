"""Finding, end to end: from open bank lines and invoices in the database to stored matches with their reasons, against one SQL
join on the exact reference, which finds pairs and tells nothing of them.

Most lines name their invoice among other words, some only the order, some nothing but the payer. Target: at most 60 times the
join, growing no faster than n log n.
"""

import math
import os
import time

from .clones import clone
from .odoo_env import environment, prepare

NAME = "fc_bench_find"
SIZES = tuple(int(size) for size in os.environ.get("SIZES", "10000 100000").split())
PARTNERS = 5000
_AMOUNT = "(10 + g / 100.0)::numeric(16, 2)"


def _originals(env):
    """One posted invoice and one bank line, with their entries, made by the ORM; returns the two records."""
    partner = env["res.partner"].create({"name": "Customer"})
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice", "partner_id": partner.id, "invoice_date": "2026-03-01", "payment_reference": "ORIGINAL",
            "invoice_line_ids": [(0, 0, {"name": "Goods", "price_unit": 10, "tax_ids": []})],
        }
    )  # fmt: skip
    invoice.action_post()
    journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
    line = env["account.bank.statement.line"].create(
        {"journal_id": journal.id, "date": "2026-03-02", "payment_ref": "ORIGINAL", "amount": 10}
    )
    env.flush_all()
    return invoice, line


def _books(env, count):
    """``count`` open invoices and as many open bank lines, each with one right answer."""
    cr = env.cr
    invoice, line = _originals(env)
    partners = clone(cr, "res_partner", invoice.partner_id.id, PARTNERS, name="'Customer ' || g",
                     commercial_partner_id="(SELECT max(id) FROM res_partner) + g")
    partner = f"{partners} + 1 + g %% {PARTNERS}"
    moves = clone(
        cr, "account_move", invoice.id, count, name="'INV/2026/1' || lpad(g::text, 6, '0')", sequence_number="1000000 + g",
        payment_reference="'S1' || lpad(g::text, 6, '0')", partner_id=partner, commercial_partner_id=partner,
        **dict.fromkeys(("amount_total", "amount_residual", "amount_total_signed", "amount_residual_signed"), _AMOUNT),
    )  # fmt: skip
    receivable = invoice.line_ids.filtered(lambda item: item.account_id.account_type == "asset_receivable")
    clone(
        cr, "account_move_line", receivable.id, count, move_id=f"{moves} + g", partner_id=partner,
        **dict.fromkeys(("debit", "balance", "amount_currency", "amount_residual", "amount_residual_currency"), _AMOUNT),
    )  # fmt: skip
    entries = clone(cr, "account_move", line.move_id.id, count, name="'BNK/2026/1' || lpad(g::text, 6, '0')",
                    sequence_number="1000000 + g")  # fmt: skip
    for item in line.move_id.line_ids:
        sign = "-" if item.account_id == line.journal_id.suspense_account_id else ""
        clone(cr, "account_move_line", item.id, count, move_id=f"{entries} + g",
              **dict.fromkeys(("balance", "amount_currency", "amount_residual", "amount_residual_currency"), sign + _AMOUNT))
    text = """CASE WHEN g % 10 < 8 THEN 'Payment INV/2026/1' || lpad(g::text, 6, '0') || ' thank you'
                   WHEN g % 10 = 8 THEN 'S1' || lpad(g::text, 6, '0') ELSE 'thanks' END"""
    clone(cr, "account_bank_statement_line", line.id, count, move_id=f"{entries} + g", amount=_AMOUNT,
          payment_ref=text.replace("%", "%%"), transaction_type="'S1' || lpad(g::text, 6, '0')",
          partner_id=f"CASE WHEN g %% 10 = 9 THEN {partner} END")
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    env.invalidate_all()


def _join(env):
    """Seconds of one join of the open bank lines with the open items on the exact reference, which every line has in a field that
    matching does not read."""
    began = time.perf_counter()
    env.cr.execute(
        """SELECT l.id, a.id FROM account_bank_statement_line l
             JOIN account_move m ON m.payment_reference = l.transaction_type AND m.state = 'posted'
             JOIN account_move_line a ON a.move_id = m.id AND a.reconciled IS NOT TRUE
             JOIN account_account t ON t.id = a.account_id AND t.account_type = 'asset_receivable'
            WHERE l.is_reconciled IS NOT TRUE"""
    )
    assert len(env.cr.fetchall())
    return time.perf_counter() - began


def run():
    """Print the time a line of both, and how it grows."""
    spent = {}
    for size in SIZES:
        prepare(NAME)
        with environment(NAME) as env:
            _books(env, size)
            join = min(_join(env) for _again in range(3))
            began = time.perf_counter()
            env["finance.reconciliation"]._find(env.company)
            env.cr.commit()
            spent[size] = time.perf_counter() - began
            env.cr.execute("SELECT count(*) FROM finance_match WHERE reasons IS NOT NULL AND state = 'proposed'")
            stored = env.cr.fetchone()[0]
        assert stored >= size, (stored, size)
        print(f"   {size:8,} lines: {spent[size] / size * 1000:7.4f} ms a line, join {join / size * 1000:7.4f}, "
              f"ratio {spent[size] / join:5.1f} (target 60)", flush=True)
    if len(SIZES) > 1:
        small, large = SIZES[0], SIZES[-1]
        allowed = (large * math.log(large)) / (small * math.log(small))
        grown = spent[large] / spent[small]
        print(f"   {large / small:.0f} times the lines take {grown:.1f} times as long (n log n: {allowed:.1f})")
