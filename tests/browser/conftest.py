"""The demo's company on a real server, with its whole story told, and a browser in front of it."""
import os
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
for folder in (REPOSITORY, REPOSITORY / "scripts", REPOSITORY / "tests" / "system"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

ROLES = ("user", "auditor")


@pytest.fixture(scope="session")
def shop():
    """A shop whose webhooks, files and poll were taken up and worked off, with one user a role."""
    from support.shop import Shop, drop_left_over

    from fc_env.cli import prepare
    from simulator.story import bank_file, deliveries, payout_lines, story
    from simulator.story.database import SHOP

    odoo, variables = prepare()
    os.environ.update(variables)
    drop_left_over()
    made = Shop(SHOP.template(odoo))
    try:
        made.deliver_all(deliveries.posts(made.cards))
        report = payout_lines.report(made.cards)
        made.import_file(report, "payout_reconciliation.csv", provider_id=made.connection.provider_id)
        journal = made.rpc.call("account.journal", "search", domain=[["name", "=", story.BANK_NAME]])[0]
        statement = bank_file.statement(made.cards.today, made.cards.documents)
        made.import_file(statement, "statement.xml", journal_id=journal)
        made.enter_api_key()
        made.run_actions()
        for role in ROLES:
            make_user(made, role)
        yield made
    finally:
        made.close()


def make_user(shop, role):
    """A user ``browser_<role>``, whose password is the login, with that role and no other; made once."""
    login = f"browser_{role}"
    if shop.rpc.call("res.users", "search", domain=[["login", "=", login]]):
        return
    groups = [shop.rpc.xmlid("base.group_user"), shop.rpc.xmlid(f"finance_connector.group_{role}")]
    company = shop.rpc.call("finance.provider", "read", [shop.connection.provider_id], fields=["company_id"])
    company_id = company[0]["company_id"][0]
    shop.rpc.call("res.users", "create", vals_list=[{
        "name": f"Browser {role}", "login": login, "password": login, "group_ids": [[6, 0, groups]],
        "company_id": company_id, "company_ids": [[6, 0, [company_id]]],
    }])  # fmt: skip


@pytest.fixture
def open_page(shop):
    """A function that opens a page as a role; what the browser reports as an error fails the test at its end."""
    from fc_env.chromium import Page

    opened = []

    def _open(role, path):
        page = Page()
        opened.append(page)
        page.log_in(shop.server.url, f"browser_{role}", f"browser_{role}")
        page.go(f"{shop.server.url}/odoo/{path}")
        return page

    yield _open
    errors = [error for page in opened for error in page.errors]
    for page in opened:
        page.close()
    assert not errors, errors
