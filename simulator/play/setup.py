"""What must be in the database before a world begins: its companies with books, their customers and invoices, and one
active connection each. The database itself is a copy of a template that has two empty companies."""
from __future__ import annotations

from pathlib import Path

from simulator.dialects.base import Dialect
from simulator.prepared import Prepared
from simulator.world.world import World

from .books import keep_books
from .companies import company_names

EMPTY_COMPANIES = Prepared("sim", "simulator.play.companies", (Path(__file__).with_name("companies.py"),), dated=False)


def prepare(env, world: World, dialects: list[Dialect], api_urls: list[str]) -> list[dict]:
    """Customers, invoices, bank journal and connection of every merchant; returns what must be known of each."""
    names = company_names()
    return [_merchant(env, dialect, names[owner], api_url)
            for dialect, owner, api_url in zip(dialects, world.owners, api_urls, strict=True)]


def _merchant(env, dialect: Dialect, name: str, api_url: str) -> dict:
    merchant = dialect.merchant
    company = env["res.company"].search([("name", "=", name)])
    journal = keep_books(env, merchant, company)
    provider = env["finance.provider"].create({
        "name": merchant.profile.name, "code": dialect.code, "company_id": company.id, "environment": "test",
        "posting_mode": merchant.profile.posting_mode, "grace_minutes": 0, "api_base": api_url,
        "certificate_anchors": dialect.anchors.decode() or False})
    for secret in dialect.secrets:
        provider.set_secret("webhook_secret", secret)
    provider.set_secret("api_key", dialect.api_key)
    provider.action_activate()
    return {"company": company.id, "provider": provider.id, "journal": journal.id, "token": provider.webhook_token}
