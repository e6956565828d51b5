"""The demo's story played on a shop, one scheduled action after the other, so that every run does the same."""
from __future__ import annotations

from simulator.story import bank_file, deliveries, payout_lines, story


def files(shop, report: bool = True) -> list[tuple]:
    """(name, content, target) of the files of the story: the bank's, and the provider's ``report``."""
    journal = shop.rpc.call("account.journal", "search", domain=[["name", "=", story.BANK_NAME]])[0]
    statement = bank_file.statement(shop.notes.today, shop.notes.documents)
    found = [("statement.xml", statement, {"journal_id": journal})]
    if report:
        found.insert(0, ("payout.csv", payout_lines.report(shop.cards), {"provider_id": shop.connection.provider_id}))
    return found


def send_files(shop, report: bool = True) -> None:
    """Import the files; those that are known already are duplicates."""
    for name, content, target in files(shop, report):
        assert shop.import_file(content, name, **target)["state"] in ("imported", "duplicate")


def play(shop, report: bool = True) -> None:
    """The whole story. Without ``report`` the lines of the payout come from the provider's API."""
    assert set(shop.deliver_all(deliveries.posts(shop.cards))) == {200}
    shop.enter_api_key()
    for name in ("cron_inbox_0", "cron_inbox_1", "cron_post"):
        shop.run_action(name)
    send_files(shop, report)
    shop.run_actions()
