"""Makes the empty companies of a simulation database, as a program of its own, because it loads Odoo."""
from __future__ import annotations

import sys

from simulator.world.profile import WORTH

from .books import send_nothing

COMPANIES = 2


def company_names() -> list[str]:
    return [f"World {number}" for number in range(1, COMPANIES + 1)]


def make_companies(env, names: list[str]) -> None:
    """Empty companies in euros with the generic chart of accounts, and rates for every currency of a world; one that has
    its name already is taken as it is."""
    euro = env.ref("base.EUR")
    send_nothing(env)
    currencies = env["res.currency"].with_context(active_test=False).search([("name", "in", list(WORTH))])
    currencies.active = True
    for name in names:
        companies = env["res.company"]
        company = companies.search([("name", "=", name)]) or companies.create({"name": name, "currency_id": euro.id})
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        company.currency_id = euro
        env["res.currency.rate"].create([
            {"name": "2020-01-01", "currency_id": currency.id, "company_id": company.id,
             "rate": 1 / WORTH[currency.name]} for currency in currencies if currency != euro])
        env["res.users"].browse([env.uid, env.ref("base.user_admin").id]).company_ids |= company


def _main(name: str) -> None:
    import odoo
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-d", name, "--no-http", "--log-level=error"], setup_logging=True)
    with Registry(name).cursor() as cursor:
        make_companies(odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {"tracking_disable": True}), company_names())
    print("{}")


if __name__ == "__main__":
    _main(sys.argv[1])
