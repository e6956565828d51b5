"""Posted invoices, and the bank lines that pay them: the same for everything that reconciles."""

CUSTOMERS = 50


def invoices(env, count, mark):
    """``count`` posted invoices of different amounts, whose references begin with ``mark``."""
    partners = env["res.partner"].create([{"name": f"Customer {mark} {number}"} for number in range(CUSTOMERS)])
    made = env["account.move"].create(
        [
            {
                "move_type": "out_invoice", "partner_id": partners[number % CUSTOMERS].id, "invoice_date": "2026-03-01",
                "payment_reference": f"{mark}-2026-{number:06}",
                "invoice_line_ids": [(0, 0, {"name": "Goods", "price_unit": 10 + number / 100, "tax_ids": []})],
            }
            for number in range(count)
        ]
    )  # fmt: skip
    made.action_post()
    return made


def bank(env):
    """The bank journal of the company."""
    return env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)


def line_values(env, paid, text="{}", **more):
    """The values of one bank line for each invoice of ``paid``; ``text``: where its label has the reference."""
    journal = bank(env)
    return [
        {"journal_id": journal.id, "date": "2026-03-02", "payment_ref": text.format(invoice.payment_reference),
         "amount": invoice.amount_total, **more}
        for invoice in paid
    ]  # fmt: skip


def kept(env):
    """Commit, with statistics of what is there now, and nothing in the cache."""
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    env.invalidate_all()
