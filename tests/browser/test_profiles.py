"""Files without a profile or proof, from the drop to the books, and a provider's checklist, in Chromium on a real server."""
import base64
import hashlib
import hmac
import os
from pathlib import Path

import pytest
import requests

TABLE = (
    b"Booking day;Text;Amount;Balance after\n"
    b"13.02.2025;Paper clips;-40,00;960,00\n"
    b"14.02.2025;Somebody pays;250,00;1.210,00\n"
)
PAYOUTS = (
    b"Row;What;Payout No;Gross;Fee;Net;Cur;Booked;Payment\n"
    b"1;Sale;77;1.100,00;15,00;1.085,00;EUR;24.03.2026 10:00;P1\n"
    b"2;Refund;77;-100,00;;-100,00;EUR;24.03.2026 11:00;P1\n"
    b"3;Payout;77;-985,00;;-985,00;EUR;25.03.2026 06:00;\n"
)
# Names in two encodings.
MT940 = (
    ":20:S\n:25:12345\n:28C:1/1\n:60F:C250310EUR1300,00\n:61:2503100310C5,00NTRFNONREF//B1\n:86:Müller\n"
    ":61:2503100310C6,00NTRFNONREF//B2\n:86:XX\n:62F:C250310EUR1311,00\n-\n"
).encode().replace(b"XX", "Møller".encode("cp1252"))
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
    page.wait_for(".modal .o_field_widget[name=summary]", "Entries: 1")
    page.type(".modal .o_field_widget[name=opening] input", "1210")
    page.type(".modal .o_field_widget[name=closing] input", "1300")
    page.type(".modal .o_field_widget[name=note] textarea", "Paper statement 3")
    picture(page, "tell")
    page.click(".modal button[name=action_confirm]")
    page.wait_for(".o_statusbar_status .o_arrow_button_current", "Imported")
    page.wait_for(".o_field_widget[name=told_by_id]", "Browser user")
    assert shop.value("SELECT count(*) FROM account_bank_statement_line WHERE journal_id = %s", second_bank) == 3


def test_a_big_file_is_followed_until_the_scheduled_action_has_imported_it(shop, second_bank, open_page):
    shop.rpc.call("ir.config_parameter", "set_param", key="finance_connector.import_entry_limit", value="1")
    page = open_page("user", "finance-import-files")
    choose(page, ".o_fc_journal", "Second bank")
    drop(page, "march.sta", MT940)
    page.wait_for(".o_fc_file_card[data-verdict=good] .o_fc_remarks", "Several encodings in one file")
    page.click(".o_fc_take")
    page.wait_for(".o_fc_file_card[data-verdict=received]", "0 % of 2 entries")
    picture(page, "import-in-progress")
    shop.run_action("cron_import_statements")
    page.wait_for(".o_fc_file_card[data-verdict=imported]", "2 new bank lines, 0 known before, 0 conflicts.")
    shop.rpc.call("ir.config_parameter", "set_param", key="finance_connector.import_entry_limit", value="")


def test_a_provider_is_connected_by_its_checklist_which_follows_what_happens(shop, second_bank, open_page):
    page = open_page("administrator", "finance-providers/new")
    page.type(".o_field_widget[name=name] input", "GoCardless, members")
    page.wait_for(".o_field_widget[name=code] input, .o_field_widget[name=code] select")
    page.run("""(() => {
        const list = document.querySelector(".o_field_widget[name=code] select");
        list.value = [...list.options].find((one) => one.textContent === "GoCardless").value;
        list.dispatchEvent(new Event("change", {bubbles: true}));
    })()""") if page.run("Boolean(document.querySelector('.o_field_widget[name=code] select'))") else choose_adapter(page)
    page.click(".o_form_button_save")
    for name, value in (("Webhook endpoint secret", "members-secret"), ("Access token", "members-token")):
        press_item(page, name, "Set it")
        page.wait_for(".modal .o_fc_secret_help", name)
        page.type(".modal .o_field_widget[name=value] input", value)
        page.click(".modal button[name=action_confirm]")
        page.wait_for(".o_fc_checklist [data-state=done]", name)
    address = page.run("document.querySelector('.o_fc_checklist .font-monospace').textContent")
    picture(page, "checklist")
    page.click("button[name=action_activate]")
    page.wait_for(".o_statusbar_status .o_arrow_button_current", "Active")

    assert requests.post(address, data=b"{}", headers={"Webhook-Signature": "0" * 64}, timeout=30).status_code == 401
    page.wait_for(".o_fc_checklist [data-state=advice]", "was refused")
    answer = requests.post(address, data=EVENT, headers={"Webhook-Signature": signed("members-secret", EVENT)}, timeout=30)
    assert answer.status_code == 204
    page.wait_for(".o_fc_checklist [data-state=done]", "First message received")

    approver = open_page("approver", "finance-providers")
    approver.click(".o_data_row td.o_data_cell[name=name]", "GoCardless, members")
    press_item(approver, "Approved by a second person", "Approve")
    approver.wait_for(".o_fc_checklist [data-state=done]", "Approved by a second person")
    page.wait_for(".o_fc_checklist [data-state=done]", "Approved by a second person")
    picture(page, "checklist-done")


def test_a_settlement_profile_is_proposed_by_its_sample_and_approved(shop, second_bank, open_page):
    (nordpay,) = shop.rpc.call("finance.provider", "create", vals_list=[{"name": "Nordpay", "code": "generic"}])
    page = open_page("administrator", f"finance-providers/{nordpay}")
    press_item(page, "A settlement profile that is approved", "Define it")
    page.wait_for(".o_field_widget[name=sample] input[type=file]")
    page.run(f"""(() => {{
        const bytes = Uint8Array.from(atob("{base64.b64encode(PAYOUTS).decode()}"), (one) => one.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], "payouts.csv"));
        const input = document.querySelector(".o_field_widget[name=sample] input[type=file]");
        input.files = transfer.files;
        input.dispatchEvent(new Event("change", {{bubbles: true}}));
    }})()""")
    page.wait_for(".o_fc_preview_rows", "1100.00 EUR")
    page.wait_for(".o_fc_preview_totals", "985.00 EUR")
    page.wait_for(".o_fc_preview_good")
    picture(page, "settlement-profile")
    page.click(".o_form_button_save")
    page.settle()

    page = open_page("approver", "finance-settlement-profiles")
    page.click(".o_data_row td", "Nordpay")
    page.wait_for(".o_fc_preview_good")
    page.click("button[name=action_approve]")
    page.wait_for(".o_statusbar_status .o_arrow_button_current", "Approved")
    assert shop.value("SELECT count(*) FROM finance_settlement_profile WHERE state = 'approved'") == 1


def test_the_matrix_of_capabilities_says_what_is_not_verified(shop, open_page):
    page = open_page("auditor", "finance-capabilities")
    page.wait_for("section[data-table=Providers] th", "Mollie")
    page.wait_for("section[data-table='Bank feeds'] th", "Enable Banking")
    page.click("section[data-table='Statement formats'] summary")
    page.wait_for("section[data-table='Statement formats'] details[open]", "No bank's own file was at hand")
    picture(page, "capabilities")


EVENT = (
    b'{"events":[{"id":"EV1","created_at":"2026-03-02T10:00:00.000Z","resource_type":"mandates","action":"created",'
    b'"links":{"mandate":"MD1"},"details":{"origin":"customer","cause":"mandate_created","description":"x"}}]}'
)


def signed(secret, body):
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def choose_adapter(page):
    """Choose GoCardless in a list that opens on a click."""
    page.click(".o_field_widget[name=code] input")
    page.click(".o-dropdown--menu .o-dropdown-item, .o_select_menu_item", "GoCardless")


def press_item(page, label, button):
    """Press the button of an item of the checklist."""
    page.wait_for(".o_fc_checklist li", label)
    page.run(f"""[...document.querySelectorAll(".o_fc_checklist li")].find((one) => one.textContent.includes("{label}"))
        .querySelector("button.btn-secondary").click()""")
