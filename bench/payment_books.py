"""Posted vendor bills of as many payees, each with an account of its own: the same for everything that pays."""

from .clones import clone

# Check digits of a German IBAN: `DE00` in numbers is 131400.
_IBAN = "'DE' || lpad((98 - ({bban} || '131400')::numeric % 97)::text, 2, '0') || {bban}"
_AMOUNT = "(10 + g)::numeric"


def company(env):
    """The company with what payment files tell of it; returns the bank journal."""
    env.company.partner_id.write({"country_id": env.ref("base.de").id, "city": "Berlin", "zip": "10115", "street": "Allee 1"})
    env.ref("base.EUR").active = True
    journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
    if not journal.bank_account_id:
        own = {"acc_number": "DE02120300000000202051", "partner_id": env.company.partner_id.id}
        journal.bank_account_id = env["res.partner.bank"].create(own)
    return journal


def _original(env, **values):
    """One bill as the ORM makes it, of a payee whose account may be paid to."""
    payee = env["res.partner"].create(
        {"name": "Payee 0", "country_id": env.ref("base.de").id, "city": "Bonn", "zip": "53111", "street": "Weg 1"}
    )
    account = env["res.partner.bank"].create(
        {"acc_number": "DE89370400440532013000", "partner_id": payee.id, "allow_out_payment": True}
    )
    bill = env["account.move"].create(
        {
            "move_type": "in_invoice", "partner_id": payee.id, "invoice_date": "2026-03-01", "ref": "FIRST",
            "partner_bank_id": account.id, "currency_id": env.ref("base.EUR").id,
            "invoice_line_ids": [(0, 0, {"name": "Goods", "price_unit": 10, "tax_ids": []})], **values,
        }
    )  # fmt: skip
    bill.action_post()
    env.flush_all()
    return payee, account, bill


def bills(env, count, mark, **values):
    """``count`` posted bills whose references begin with ``mark``, each of a payee of its own."""
    payee, account, bill = _original(env, **values)
    cr = env.cr
    partners = clone(cr, "res_partner", payee.id, count, name=f"'Payee {mark} ' || g",
                     commercial_partner_id="(SELECT max(id) FROM res_partner) + g")  # fmt: skip
    bban = "('37040044' || lpad((o.id * 100000 + g)::text, 10, '0'))"
    number = _IBAN.format(bban=bban).replace("%", "%%")
    accounts = clone(cr, "res_partner_bank", account.id, count, acc_number=number, sanitized_acc_number=number,
                     partner_id=f"{partners} + g")  # fmt: skip
    amounts = ("amount_total", "amount_residual", "amount_untaxed")
    signed = ("amount_total_signed", "amount_residual_signed", "amount_untaxed_signed", "amount_total_in_currency_signed")
    moves = clone(
        cr, "account_move", bill.id, count, name=f"'BILL/{mark}/' || g", sequence_number="1000000 + g", ref=f"'{mark}-' || g",
        partner_id=f"{partners} + g", commercial_partner_id=f"{partners} + g", partner_bank_id=f"{accounts} + g",
        **dict.fromkeys(amounts, _AMOUNT), **dict.fromkeys(signed, f"-{_AMOUNT}"),
    )  # fmt: skip
    for item in bill.line_ids:
        is_open, sign = item.account_type == "liability_payable", "-" if item.credit else ""
        money = ("balance", "amount_currency", *(("amount_residual", "amount_residual_currency") if is_open else ()))
        clone(cr, "account_move_line", item.id, count, move_id=f"{moves} + g", partner_id=f"{partners} + g",
              **dict.fromkeys(money, sign + _AMOUNT), **{"credit" if item.credit else "debit": _AMOUNT})  # fmt: skip
    bill.button_draft()
    bill.button_cancel()
    cr.commit()
    cr.execute("ANALYZE")
    cr.commit()
    env.invalidate_all()
    return env["account.move"].browse(range(moves + 1, moves + count + 1))
