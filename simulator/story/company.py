"""Prepares the demo's company in a database that has the addon, in one transaction: all of it or nothing.

Run as a program of its own (`python -m simulator.story.company DATABASE`), because it loads Odoo. It makes
what a retailer has before the first payment: bank account, customers, invoices, quotations, and one order at
Odoo's own checkout. Prints as JSON what the driver must know: the API key and the number of each document.
"""
from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta

from simulator.play.books import api_key, pay_at_checkout, send_nothing

from . import story

INVOICE_DAY = -10


def main(database: str) -> None:
    """Build the company in ``database`` and print the driver's notes."""
    import odoo
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-d", database, "--no-http", "--log-level=error"], setup_logging=True)
    with Registry(database).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {"lang": "en_US", "tracking_disable": True})
        notes = build(env, date.today())
    print(json.dumps(notes))


def build(env, today: date) -> dict:
    """Make everything; the caller commits. Returns the notes."""
    company = env.ref("base.main_company")
    _set_up_company(env, company)
    documents = {}
    for key, name, total in _invoices():
        documents[key] = _invoice(env, name, total, today).name
    product = env["product.product"].create({"name": "Goods", "type": "consu", "taxes_id": False})
    for payment in story.PAYMENTS:
        if payment.document != story.INVOICE:
            order = _quotation(env, product, payment, today)
            documents[payment.key] = order.name
            if payment.document == story.CHECKOUT:
                reference = env["payment.transaction"]._compute_reference("stripe", prefix=order.name)
                pay_at_checkout(env, env.ref("payment.payment_provider_stripe"), order, reference)
                documents[payment.key] = reference
    return {"today": today.isoformat(), "documents": documents, "key": api_key(env)}


def _set_up_company(env, company) -> None:
    euro = env.ref("base.EUR")
    euro.active = True
    company.write({"name": story.COMPANY, "currency_id": euro.id})
    bank = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
    bank.write({"name": story.BANK_NAME, "bank_acc_number": story.IBAN})
    send_nothing(env)
    admin = env.ref("base.user_admin")
    admin.group_ids += env.ref("sales_team.group_sale_manager")
    # A host name that the login page sees must not become the address that webhooks are sent to.
    env["ir.config_parameter"].set_param("web.base.url.freeze", "True")


def _invoices() -> list[tuple[str, str, int]]:
    paid_by_card = [(payment.key, payment.customer, payment.total) for payment in story.PAYMENTS
                    if payment.document == story.INVOICE]
    by_bank = [(transfer.key, transfer.customer, transfer.total) for transfer in story.TRANSFERS]
    return [*paid_by_card, *by_bank, *story.OPEN_INVOICES]


def email_of(name: str) -> str:
    """The address of a customer of the demo."""
    return name.lower().replace(" ", ".") + "@example.com"


def _customer(env, name: str):
    partners = env["res.partner"]
    found = partners.search([("name", "=", name)], limit=1)
    return found or partners.create({"name": name, "email": email_of(name)})


def _invoice(env, customer: str, total: int, today: date):
    invoice = env["account.move"].create({
        "move_type": "out_invoice", "partner_id": _customer(env, customer).id,
        "invoice_date": today + timedelta(days=INVOICE_DAY), "invoice_date_due": today + timedelta(days=20),
        "invoice_line_ids": [
            (0, 0, {"name": "Goods", "quantity": 1, "price_unit": total / 100, "tax_ids": False})]})
    invoice.action_post()
    return invoice


def _quotation(env, product, payment: story.Payment, today: date):
    return env["sale.order"].create({
        "partner_id": _customer(env, payment.customer).id, "state": "sent", "require_payment": True,
        "date_order": datetime.combine(today + timedelta(days=INVOICE_DAY), time(12)),
        "order_line": [
            (0, 0, {"product_id": product.id, "price_unit": payment.total / 100, "tax_ids": False})]})


if __name__ == "__main__":
    main(sys.argv[1])
