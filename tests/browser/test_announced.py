"""What the bank announces, in Chromium: its list, and how much of it the workbench says is on its way."""
import base64
from datetime import timedelta

import pytest


@pytest.fixture(scope="module")
def report(shop):
    """An intraday report (MT942) with two entries of the demo's bank account, behind its last statement."""
    from simulator.story import story

    day = shop.notes.today + timedelta(days=1)
    journal = shop.rpc.search_read("account.journal", [["name", "=", story.BANK_NAME]], ["bank_acc_number"])[0]
    content = (
        f":20:REPORT\n:25:{journal['bank_acc_number']}\n:28C:1/1\n:34F:EUR0,\n:13D:{day:%y%m%d}1200+0100\n"
        f":61:{day:%y%m%d%m%d}C412,00NTRFNONREF//ANN-1\n:86:Ines Moreau, order 77\n"
        f":61:{day:%y%m%d%m%d}D18,50NMSCNONREF//ANN-2\n:86:Account management\n:90D:1EUR18,50\n:90C:1EUR412,00\n-\n"
    )
    ids = shop.rpc.call("finance.import", "import_file", content=base64.b64encode(content.encode()).decode(),
                        filename="day.942", journal_id=journal["id"])  # fmt: skip
    told = shop.rpc.call("finance.import", "read", ids, fields=["state", "reason", "announced_count"])[0]
    assert (told["state"], told["announced_count"]) == ("imported", 2), told["reason"]


def test_announced_entries_are_listed_and_opened(report, open_page):
    page = open_page("user", "finance-announced")
    page.wait_for(".o_data_row", "Ines Moreau, order 77")
    page.wait_for(".o_data_row", "Account management")
    page.click(".o_data_row td.o_data_cell", "Ines Moreau, order 77")
    page.wait_for(".alert-info", "It is not in the books")


def test_the_workbench_says_how_much_is_announced(report, open_page):
    page = open_page("user", "finance-workbench")
    page.wait_for(".o_fc_announced", "2 announced")
    page.wait_for(".o_fc_announced", "393.50")
    page.click(".o_fc_announced")
    page.wait_for(".o_data_row", "Ines Moreau, order 77")
