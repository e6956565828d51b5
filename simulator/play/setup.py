"""What must be in the database before a world begins: its companies with books, their customers and invoices, and one
active connection each. The database itself is a copy of a template that has two empty companies."""
from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import datetime, time, timedelta
from pathlib import Path

from fc_env import database, paths
from fc_env.odoo_source import Odoo
from fc_env.steps import SetupError
from simulator.world.profile import DECIMALS
from simulator.world.truth import Document
from simulator.world.world import Merchant, World

from .companies import company_names

SECRET = "whsec_world_0123456789abcdef"
API_KEY = "sk_test_world_0123456789abcdef"
_MODULES = ["payment_stripe", "finance_connector"]


def template(odoo: Odoo) -> str:
    """Return the template with the addon and empty companies, building it when it is missing. Raises SetupError."""
    base = database.base_template(odoo)
    digest = hashlib.sha256(base.encode())
    sources = [file for file in (paths.REPOSITORY / "finance_connector").rglob("*") if file.suffix in (".py", ".xml", ".csv")]
    for file in (*sorted(sources), Path(__file__).with_name("companies.py")):
        if "tests" not in file.parts:
            digest.update(str(file.relative_to(paths.REPOSITORY)).encode() + b"\0" + file.read_bytes())
    prefix = f"{database.PREFIX}tpl_sim_{paths.cache_id()}_{paths.short_hash(paths.REPOSITORY)}_"
    name = f"{prefix}{digest.hexdigest()[:8]}"

    def build(building: str) -> None:
        for other in database.names(prefix):
            database.drop(other)
            (paths.stamps() / other).unlink(missing_ok=True)
        database.clone(base, building)
        database.install(building, _MODULES)
        command = [sys.executable, "-m", "simulator.play.companies", building]
        done = subprocess.run(command, cwd=paths.REPOSITORY, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SetupError(f"The companies could not be made in '{building}':\n{done.stdout}{done.stderr}")

    database.ensure_template(name, "simulation database with the addon and companies", build)
    return name


def prepare(env, world: World, api_urls: list[str]) -> list[dict]:
    """Customers, invoices, bank journal and connection of every merchant; returns what must be known of each."""
    return [_merchant(env, merchant, name, api_url)
            for merchant, name, api_url in zip(world.merchants, company_names(), api_urls, strict=False)]


def _merchant(env, merchant: Merchant, name: str, api_url: str) -> dict:
    company = env["res.company"].search([("name", "=", name)])
    journal = keep_books(env, merchant, company)
    provider = env["finance.provider"].create({
        "name": merchant.profile.name, "code": "stripe", "company_id": company.id, "environment": "test",
        "posting_mode": merchant.profile.posting_mode, "grace_minutes": 0, "api_base": api_url})
    provider.set_secret("webhook_secret", SECRET)
    provider.set_secret("api_key", API_KEY)
    provider.action_activate()
    return {"company": company.id, "provider": provider.id, "journal": journal.id, "token": provider.webhook_token}


def keep_books(env, merchant: Merchant, company):
    """What ``merchant`` has before the first payment, as ``company``: a bank account, customers, invoices and orders.
    Returns the bank's journal."""
    company.partner_id.tz = merchant.profile.timezone
    env = env(context={"allowed_company_ids": company.ids, "tracking_disable": True, "mail_create_nolog": True})
    journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
    journal.write({"name": f"Bank of {company.name}", "bank_acc_number": merchant.bank.iban})
    partners = env["res.partner"].create([
        {"name": customer.name, "email": customer.email, "company_id": company.id} for customer in merchant.customers])
    by_number = dict(zip((customer.number for customer in merchant.customers), partners.ids, strict=True))
    invoices = [document for document in merchant.documents if not document.is_checkout]
    currencies = {currency.name: currency.id for currency in env["res.currency"].search([])}
    env["account.move"].create([
        {"move_type": "out_invoice", "partner_id": by_number[document.customer.number], "payment_reference": document.reference,
         "invoice_date": document.day - timedelta(days=1), "date": document.day - timedelta(days=1),
         "invoice_date_due": document.day + timedelta(days=60), "currency_id": currencies[document.currency],
         "company_id": company.id,
         "invoice_line_ids": [(0, 0, {"name": "Goods", "tax_ids": [], "price_unit": _major(document)})]}
        for document in invoices]).action_post()
    checkouts = [document for document in merchant.documents if document.is_checkout]
    if checkouts:
        _check_out(env, company, checkouts, by_number)
    return journal


def _check_out(env, company, documents: list[Document], partners: dict[int, int]) -> None:
    """Orders whose customers went through Odoo's own checkout and paid; the shop has not heard of it yet."""
    provider = env["payment.provider"].search([("code", "=", "stripe"), ("company_id", "=", company.id)], limit=1)
    provider = provider or env.ref("payment.payment_provider_stripe").copy({"company_id": company.id})
    keys = {"stripe_publishable_key": "pk_test_world", "stripe_secret_key": "sk_test_world"}
    provider.write(keys | {"state": "test"})
    method = env["payment.method"].search([("code", "=", "card")], limit=1)
    product = env["product.product"].create(
        {"name": "Goods", "type": "consu", "taxes_id": False, "company_id": company.id})
    for document in documents:
        order = env["sale.order"].create({
            "name": document.reference, "company_id": company.id, "partner_id": partners[document.customer.number],
            "state": "sent", "require_payment": True, "date_order": datetime.combine(document.day, time(12)),
            "order_line": [(0, 0, {"product_id": product.id, "price_unit": _major(document), "tax_ids": False})]})
        env["payment.transaction"].create({
            "provider_id": provider.id, "payment_method_id": method.id, "amount": order.amount_total,
            "currency_id": order.currency_id.id, "partner_id": order.partner_id.id, "operation": "online_direct",
            "reference": document.reference, "sale_order_ids": [(6, 0, order.ids)]})._set_pending()


def _major(document: Document) -> float:
    return document.total / 10 ** DECIMALS.get(document.currency, 2)
