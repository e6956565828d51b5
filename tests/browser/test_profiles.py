"""Files without a profile or proof, from the drop to the books, and a provider's checklist, in Chromium on a real server."""
import base64
import os
from pathlib import Path

import pytest

TABLE = (
    "Booking day;Text;Amount;Balance after\n"
    "13.02.2025;Paper clips;-40,00;960,00\n"
    "14.02.2025;Somebody pays;250,00;1.210,00\n"
).encode()
QIF = b"!Type:Bank\nD15/02/2025\nT90.00\nPSomebody else\n^\n"


@pytest.fixture(scope="module")
def second_bank(shop):
    """A bank journal of its own, so that the story's statements stay a chain; and who defines and who approves."""
    from conftest import make_user

    for role in ("administrator", "approver"):
        make_user(shop, role)
    (journal,) = shop.rpc.call("account.journal", "create", vals_list=[{"name": "Second bank", "code": "SECB", "type": "bank"}])
    return journal


def drop(page, name, content):
    """Drop a file on the page as a person does."""
    encoded = base64.b64encode(content).decode()
    page.wait_for(".o_fc_drop")
    page.run(f"""(() => {{
        const bytes = Uint8Array.from(atob("{encoded}"), (one) => one.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], "{name}"));
        document.querySelector(".o_fc_drop").dispatchEvent(
            new DragEvent("drop", {{bubbles: true, cancelable: true, dataTransfer: transfer}}));
    }})()""")


def choose(page, selector, text):
    """Choose the option that has ``text``."""
    page.wait_for(f"{selector} option", text)
    page.run(f"""(() => {{
        const list = document.querySelector("{selector}");
        list.value = [...list.options].find((one) => one.textContent.includes("{text}")).value;
        list.dispatchEvent(new Event("change", {{bubbles: true}}));
    }})()""")


def picture(page, name):
    """Keep what is shown, where somebody wants to look at it."""
    if os.environ.get("FC_PICTURES"):
        page.settle()
        (Path(os.environ["FC_PICTURES"]) / f"{name}.png").write_bytes(page.picture())


def test_a_table_is_dropped_its_profile_defined_approved_and_used(shop, second_bank, open_page):
    page = open_page("administrator", "finance-import-files")
    choose(page, ".o_fc_journal", "Second bank")
    drop(page, "february.csv", TABLE)
    page.wait_for(".o_fc_file_card[data-verdict=refused]", "no approved profile")
    picture(page, "import-refused")
    page.click(".o_fc_mend", "Define its table profile")
    page.wait_for(".o_fc_preview_rows", "Somebody pays")
    page.wait_for(".o_fc_preview_totals", "1210.00")
    page.wait_for(".o_fc_preview_good")
    picture(page, "table-profile")

    page = open_page("approver", "finance-table-profiles")
    page.click(".o_data_row td", "Table of Second bank")
    page.click("button[name=action_approve]")
    page.wait_for(".o_statusbar_status .o_arrow_button_current", "Approved")

    page = open_page("user", "finance-import-files")
    drop(page, "february.csv", TABLE)
    page.wait_for(".o_fc_file_card[data-verdict=good]", "Table of Second bank (v1)")
    page.wait_for(".o_fc_file_card", "A balance after each entry")
    page.click(".o_fc_entries_toggle")
    page.wait_for(".o_fc_entries", "Paper clips")
    picture(page, "import-good")
    page.click(".o_fc_import_all")
    page.wait_for(".o_fc_file_card[data-verdict=imported]", "2 new bank lines")
    assert shop.value("SELECT count(*) FROM account_bank_statement_line WHERE journal_id = %s", second_bank) == 2


def test_a_profile_is_corrected_on_the_screen_with_the_preview_beside_it(shop, second_bank, open_page):
    page = open_page("administrator", "finance-table-profiles")
    page.click(".o_data_row td", "Table of Second bank")
    page.click("button[name=action_new_version]")
    page.wait_for(".o_statusbar_status .o_arrow_button_current", "Draft")
    page.wait_for(".o_field_widget[name=negated] input:not(:disabled)")
    page.click(".o_field_widget[name=negated] input")
    page.wait_for(".o_fc_preview_problem", "The file would be refused")
    page.click(".o_field_widget[name=negated] input")
    page.wait_for(".o_fc_preview_good")
    page.click(".o_form_button_cancel, .o_form_button_save")


def test_a_file_without_balances_gets_them_from_a_person(shop, second_bank, open_page):
    page = open_page("user", "finance-import-files")
    choose(page, ".o_fc_journal", "Second bank")
    drop(page, "paper.qif", QIF)
    page.wait_for(".o_fc_file_card[data-verdict=refused]", "no balance")
    page.click(".o_fc_mend", "State the balances")
    page.wait_for(".modal .o_field_widget[name=summary]", "1 entries")
    page.type(".modal .o_field_widget[name=opening] input", "1210")
    page.type(".modal .o_field_widget[name=closing] input", "1300")
    page.type(".modal .o_field_widget[name=note] textarea", "Paper statement 3")
    picture(page, "tell")
    page.click(".modal button[name=action_confirm]")
    page.wait_for(".o_statusbar_status .o_arrow_button_current", "Imported")
    page.wait_for(".o_field_widget[name=told_by_id]", "Browser user")
    assert shop.value("SELECT count(*) FROM account_bank_statement_line WHERE journal_id = %s", second_bank) == 3
