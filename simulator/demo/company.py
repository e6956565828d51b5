"""Makes the demo's companies in a database that has the addon, in one transaction: all of it or nothing.

Run as a program of its own (`python -m simulator.demo.company DATABASE`), because it loads Odoo. Prints as JSON what the
driver must know.
"""
from __future__ import annotations

import json
import sys
from datetime import date, datetime, timezone
from pathlib import Path

from simulator import prepared
from simulator.play.books import api_key, keep_books
from simulator.play.companies import make_companies

from .paying import COMPANY
from .plan import demo_world

_SIMULATOR = Path(prepared.__file__).parent
COMPANIES = prepared.Prepared("demo", "simulator.demo.company", tuple(
    _SIMULATOR / part for part in ("demo", "world", "play/books.py", "play/companies.py")))


def main(database: str) -> None:
    """Make the companies in ``database`` and print the driver's notes."""
    import odoo
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-d", database, "--no-http", "--log-level=error"], setup_logging=True)
    with Registry(database).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {"lang": "en_US", "tracking_disable": True})
        notes = build(env, datetime.now(timezone.utc).date())
    print(json.dumps(notes))


def build(env, today: date) -> dict:
    """Make everything that is there before the first payment; the caller commits. Returns the notes."""
    merchants = demo_world(today).merchants
    names = [merchant.profile.name for merchant in merchants]
    # The company that Odoo has from the beginning is the first one, so that no empty one is left over.
    env.ref("base.main_company").name = names[0]
    make_companies(env, [*names, COMPANY])
    paying = env["res.company"].search([("name", "=", COMPANY)])
    companies = {company.name: company for company in env["res.company"].search([("name", "in", names)])}
    journals = [keep_books(env, merchant, companies[name]).id for merchant, name in zip(merchants, names, strict=True)]
    env.ref("base.user_admin").group_ids += env.ref("sales_team.group_sale_manager")
    # A host name that the login page sees must not become the address that webhooks are sent to.
    env["ir.config_parameter"].set_param("web.base.url.freeze", "True")
    return {"today": today.isoformat(), "companies": [companies[name].id for name in names], "journals": journals,
            "paying": paying.id, "key": api_key(env)}


if __name__ == "__main__":
    main(sys.argv[1])
