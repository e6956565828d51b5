"""What a company has before the first payment: a bank account, customers, invoices, and orders at Odoo's own checkout."""
from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta

from simulator.world.expected import entries as entries_of
from simulator.world.profile import DECIMALS
from simulator.world.truth import Document
from simulator.world.world import Merchant

KEY_DAYS = 30
# One in so many invoices that a bank transfer pays.
REGISTERED = 5


def keep_books(env, merchant: Merchant, company):
    """Give ``company`` all that ``merchant`` has before the first payment. Returns the bank's journal."""
    company.partner_id.tz = merchant.profile.timezone
    env = env(context={"allowed_company_ids": company.ids, "tracking_disable": True, "mail_create_nolog": True})
    journal = _bank_journal(env, company)
    journal.write({"name": f"Bank of {merchant.profile.name}", "bank_acc_number": merchant.bank.iban})
    partners = env["res.partner"].create([
        {"name": customer.name, "email": customer.email, "company_id": company.id} for customer in merchant.customers])
    by_number = dict(zip((customer.number for customer in merchant.customers), partners.ids, strict=True))
    invoices = [document for document in merchant.documents if not document.is_checkout]
    currencies = {currency.name: currency.id for currency in env["res.currency"].search([])}
    moves = env["account.move"].create([
        {"move_type": "out_invoice", "partner_id": by_number[document.customer.number], "payment_reference": document.reference,
         "invoice_date": document.day - timedelta(days=1), "date": document.day - timedelta(days=1),
         "invoice_date_due": document.day + timedelta(days=60), "currency_id": currencies[document.currency],
         "company_id": company.id,
         "invoice_line_ids": [(0, 0, {"name": "Goods", "tax_ids": [], "price_unit": _major(document)})]}
        for document in invoices])
    moves.action_post()
    _register(env, moves, journal, merchant)
    checkouts = [document for document in merchant.documents if document.is_checkout]
    if checkouts:
        _check_out(env, company, checkouts, by_number)
    return journal


def _register(env, moves, journal, merchant: Merchant) -> None:
    """Some invoices that one transfer pays are marked as paid by a clerk, long before the bank tells of it."""
    entries = entries_of(merchant)
    paid = Counter(name for entry in entries for name in entry.explains.split())
    returned = {entry.explains.removeprefix("return:") for entry in entries if entry.is_return}
    alone = {entry.explains.removeprefix("document:") for entry in entries
             if paid[entry.explains] == 1 and entry.bank_id not in returned}
    for move in moves:
        if move.payment_reference in alone and sum(move.payment_reference.encode()) % REGISTERED == 0:
            wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
            wizard.create({"journal_id": journal.id, "payment_date": move.invoice_date})._create_payments()


def _bank_journal(env, company):
    """The company's bank journal that has no account yet, or one more."""
    journals = env["account.journal"]
    providers = env["finance.provider"].search([("company_id", "=", company.id)]).journal_id
    free = journals.search([("type", "=", "bank"), ("company_id", "=", company.id), ("bank_account_id", "=", False),
                            ("id", "not in", providers.ids)], limit=1)
    return free or journals.create({"name": "Bank", "type": "bank", "company_id": company.id})


def _check_out(env, company, documents: list[Document], partners: dict[int, int]) -> None:
    """Orders whose customers went through Odoo's own checkout and paid; the shop has not heard of it yet."""
    provider = env["payment.provider"].search([("code", "=", "stripe"), ("company_id", "=", company.id)], limit=1)
    provider = provider or env.ref("payment.payment_provider_stripe").copy({"company_id": company.id})
    product = env["product.product"].create(
        {"name": "Goods", "type": "consu", "taxes_id": False, "company_id": company.id})
    for document in documents:
        order = env["sale.order"].create({
            "name": document.reference, "company_id": company.id, "partner_id": partners[document.customer.number],
            "state": "sent", "require_payment": True, "date_order": datetime.combine(document.day, time(12)),
            "order_line": [(0, 0, {"product_id": product.id, "price_unit": _major(document), "tax_ids": False})]})
        pay_at_checkout(env, provider, order, document.reference)


def pay_at_checkout(env, provider, order, reference: str):
    """The pending online payment of ``order``, as Odoo's own checkout leaves it; returns it."""
    provider.write({"stripe_publishable_key": "pk_test_made_up", "stripe_secret_key": "sk_test_made_up", "state": "test"})
    method = env["payment.method"].search([("code", "=", "card")], limit=1)
    transaction = env["payment.transaction"].create({
        "provider_id": provider.id, "payment_method_id": method.id, "amount": order.amount_total,
        "currency_id": order.currency_id.id, "partner_id": order.partner_id.id, "operation": "online_direct",
        "reference": reference, "sale_order_ids": [(6, 0, order.ids)]})
    transaction._set_pending()
    return transaction


def api_key(env) -> str:
    """A key with which a driver outside may call Odoo as its administrator."""
    keys = env["res.users.apikeys"].with_user(env.ref("base.user_admin"))
    return keys._generate(None, "simulator", datetime.now() + timedelta(days=KEY_DAYS))


def send_nothing(env) -> None:
    """No mail leaves, and no PDF is printed: the program that does it is no part of this environment."""
    env["ir.mail_server"].create({"name": "simulation: nothing is sent", "smtp_host": "invalid"})
    env.ref("sale.mail_template_sale_confirmation").report_template_ids = False


def _major(document: Document) -> float:
    return document.total / 10 ** DECIMALS.get(document.currency, 2)
