"""Makes the empty companies of a simulation database, as a program of its own, because it loads Odoo."""
from __future__ import annotations

import sys

from simulator.world.profile import WORTH

COMPANIES = 2


def company_names() -> list[str]:
    return [f"World {number}" for number in range(1, COMPANIES + 1)]


def make_companies(env, names: list[str]) -> None:
    """Empty companies in euros with the generic chart of accounts, and rates for every currency of a world."""
    euro = env.ref("base.EUR")
    # Nothing is sent, and the program that prints PDFs is no part of this environment.
    env["ir.mail_server"].create({"name": "simulation: nothing is sent", "smtp_host": "invalid"})
    env.ref("sale.mail_template_sale_confirmation").report_template_ids = False
    currencies = env["res.currency"].with_context(active_test=False).search([("name", "in", list(WORTH))])
    currencies.active = True
    for name in names:
        company = env["res.company"].create({"name": name, "currency_id": euro.id})
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


if __name__ == "__main__":
    _main(sys.argv[1])
