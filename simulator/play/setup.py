"""What must be in the database before a world begins: its companies with books, their customers and invoices, and one
active connection each. The database itself is a copy of a template that has two empty companies."""
from __future__ import annotations

from pathlib import Path

from simulator.connection import API_KEY, WEBHOOK_SECRET
from simulator.prepared import Prepared
from simulator.world.world import Merchant, World

from .books import keep_books
from .companies import company_names

EMPTY_COMPANIES = Prepared("sim", "simulator.play.companies", (Path(__file__).with_name("companies.py"),), dated=False)


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
    provider.set_secret("webhook_secret", WEBHOOK_SECRET)
    provider.set_secret("api_key", API_KEY)
    provider.action_activate()
    return {"company": company.id, "provider": provider.id, "journal": journal.id, "token": provider.webhook_token}
