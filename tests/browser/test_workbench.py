"""The reconciliation workbench worked in Chromium, by mouse and by keyboard, on a real server with real commits."""
import base64
from datetime import timedelta

import pytest

LINE = ".o_fc_line"
OPENING = 300_000
# As long as a purpose may be, in words that are long themselves.
WORDY = " ".join(f"ORDER-{number}-OF-THE-YEAR-2026-AND-ITS-COSTS" for number in range(1, 5))[:140]


@pytest.fixture(scope="module")
def desk(shop):
    """Bank lines that wait for a person: an ambiguous one, one that pays a part and a bit, costs with tax, one too much."""
    from simulator.story import bank_file

    today = shop.notes.today
    names = ("Desk Twin", "Desk Lump", "Desk Fee", "Desk Pair")
    partners = shop.rpc.call("res.partner", "create", vals_list=[{"name": name} for name in names])
    asked = [(partners[0], 5100), (partners[0], 5100), (partners[1], 7000), (partners[1], 3300), (partners[2], 12000),
             (partners[3], 6600), (partners[3], 6600)]
    invoices = shop.rpc.call("account.move", "create", vals_list=[
        {"move_type": "out_invoice", "partner_id": partner, "invoice_date": str(today), "payment_reference": f"DESK-{number}",
         "invoice_line_ids": [[0, 0, {"name": "Goods", "quantity": 1, "price_unit": cents / 100, "tax_ids": False}]]}
        for number, (partner, cents) in enumerate(asked, 1)])
    shop.rpc.call("account.move", "action_post", invoices)
    tax = shop.rpc.search_read("account.tax", [["type_tax_use", "=", "purchase"], ["amount_type", "=", "percent"]], ["name"])
    entries = [(5100, "Desk Twin", "thanks"), (9900, "Desk Lump", "for two of them"), (11885, "Desk Fee", "less the fee"),
               (6600, "Desk Pair", "thanks"), (777, "Nobody Known", "who is this"), (444, "Wordy", WORDY)]
    take(shop, bank_file.camt053(today - timedelta(days=20), OPENING, entries, first=20))
    return {"tax": tax[0]["name"] if tax else None}


def take(shop, content):
    """Import a bank file and let the scheduled actions run."""
    from simulator.story import story

    journal = shop.rpc.call("account.journal", "search", domain=[["name", "=", story.BANK_NAME]])[0]
    ids = shop.rpc.call("finance.import", "import_file", content=base64.b64encode(content).decode(), filename="desk.xml",
                        journal_id=journal)
    assert shop.rpc.call("finance.import", "read", ids, fields=["state"])[0]["state"] == "imported"
    shop.run_actions()


def state_of(shop, name):
    return shop.value("SELECT is_reconciled FROM account_bank_statement_line WHERE partner_name = %s", name)


def paid(shop, number):
    return shop.value("SELECT payment_state FROM account_move WHERE payment_reference = %s", f"DESK-{number}")


def press(page, key):
    page.run(f"window.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}}))")


def open_line(page, name):
    """Click the line until it is the one shown: as long as its list is read anew, a click can meet a line of the old one."""
    page.wait(f"""(() => {{
        const holding = (selector) => [...document.querySelectorAll(selector)].find((one) => one.textContent.includes("{name}"));
        const shown = holding(".o_fc_facts");
        if (!shown) holding("{LINE}")?.click();
        return shown;
    }})()""")


def test_an_ambiguous_line_is_decided_by_a_person_and_taken_back(shop, desk, open_page):
    page = open_page("user", "finance-workbench")
    page.click(".o_fc_tabs [data-state=ambiguous]")
    open_line(page, "Desk Twin")
    page.wait_for(".o_fc_candidate[data-state=ambiguous]", "equally good")
    press(page, "Enter")
    page.wait_for(".o_fc_problem", "choose one of them")
    page.click(".o_fc_candidate", "DESK-2")
    page.run("[...document.querySelectorAll('.o_fc_candidate')].find((one) => one.textContent.includes('DESK-2'))"
             ".querySelector('.o_fc_accept').click()")
    page.wait_for(".o_fc_last", "Reconciled with")
    page.wait(f"![...document.querySelectorAll('{LINE}')].some((line) => line.textContent.includes('Desk Twin'))")
    assert state_of(shop, "Desk Twin")
    assert (paid(shop, 1), paid(shop, 2)) == ("not_paid", "paid")

    page.click(".o_fc_tabs [data-state=done]")
    open_line(page, "Desk Twin")
    page.wait_for(".o_fc_entry", "Receivable")
    press(page, "u")
    page.wait_for(".o_fc_last", "are open again")
    assert not state_of(shop, "Desk Twin")
    assert paid(shop, 2) == "not_paid"


def test_numbers_accept_and_a_person_who_works_downwards_stays_where_he_is(shop, desk, open_page):
    page = open_page("user", "finance-workbench")
    open_line(page, "Desk Pair")
    page.wait_for(".o_fc_candidate .o_fc_entry", "Receivable")
    places = "[...document.querySelectorAll('.o_fc_line')].sort((a, b) => parseInt(a.style.top) - parseInt(b.style.top))"
    place = page.run(f"{places}.findIndex((line) => line.textContent.includes('Desk Pair'))")
    assert place > 0, "the line is the first one: nothing to see"
    follower = page.run(f"{places}[{place} + 1]?.dataset.id || {places}[{place} - 1].dataset.id")
    press(page, "2")
    page.wait_for(".o_fc_last", "Reconciled with")
    page.wait(f"document.querySelector('.o_fc_selected')?.dataset.id === '{follower}'")
    assert (paid(shop, 6), paid(shop, 7)) == ("not_paid", "paid")
    press(page, "z")
    page.wait_for(".o_fc_last", "are open again")
    page.wait_for(".o_fc_facts", "Desk Pair")
    assert not state_of(shop, "Desk Pair")
    assert paid(shop, 7) == "not_paid"


def test_what_was_only_near_is_taken_by_its_number(shop, desk, open_page):
    page = open_page("user", "finance-workbench")
    page.click(".o_fc_tabs [data-state=unmatched]")
    open_line(page, "Desk Fee")
    page.wait_for(".o_fc_near", "DESK-5")
    press(page, "1")
    page.wait_for(".o_fc_choice .o_fc_chosen", "DESK-5")
    page.wait_for(".o_fc_choice .o_fc_entry", "Receivable")


def test_one_line_pays_one_invoice_whole_and_a_part_of_another(shop, desk, open_page):
    page = open_page("user", "finance-workbench")
    open_line(page, "Desk Lump")
    page.wait_for(".o_fc_near", "DESK-3")
    press(page, "p")
    page.wait_for(".o_fc_item", "DESK-3")
    page.click(".o_fc_item", "DESK-3")
    page.wait_for(".o_fc_left_over", "29.00")
    page.click(".o_fc_item", "DESK-4")
    page.wait_for(".o_fc_left_over", "All of it is explained")
    page.click(".o_fc_confirm")
    page.wait_for(".o_fc_last", "Booked")
    assert state_of(shop, "Desk Lump")
    assert (paid(shop, 3), paid(shop, 4)) == ("paid", "partial")


def test_a_fee_that_was_kept_is_booked_with_the_tax_in_it(shop, desk, open_page):
    page = open_page("user", "finance-workbench")
    open_line(page, "Desk Fee")
    press(page, "p")
    page.click(".o_fc_item", "DESK-5")
    page.wait_for(".o_fc_chosen", "DESK-5")
    page.run("(() => { const field = document.querySelector('.o_fc_field input'); field.value = '120'; "
             "field.dispatchEvent(new Event('change', {bubbles: true})); })()")
    page.wait_for(".o_fc_left_over", "-1.15")
    page.click(".o_fc_add_account")
    page.type(".o_fc_account", "bank fees")
    page.wait("document.querySelector('#o_fc_accounts option')?.value.toLowerCase().includes('bank fees')")
    page.run("(() => { const field = document.querySelector('.o_fc_account'); "
             "field.value = document.querySelector('#o_fc_accounts option').value; "
             "field.dispatchEvent(new InputEvent('input', {bubbles: true})); })()")
    page.wait_for(".o_fc_left_over", "All of it is explained")
    page.run("(() => { const field = document.querySelector('.o_fc_tax'); field.selectedIndex = 1; "
             "field.dispatchEvent(new Event('change', {bubbles: true})); })()")
    page.wait("document.querySelectorAll('.o_fc_choice .o_fc_entry tbody tr').length === 3")
    page.click(".o_fc_confirm")
    page.wait_for(".o_fc_last", "Booked")
    assert state_of(shop, "Desk Fee")
    assert paid(shop, 5) == "paid"
    assert shop.value(
        "SELECT count(*) FROM account_move_line i JOIN account_bank_statement_line l ON l.move_id = i.move_id "
        "WHERE l.partner_name = 'Desk Fee' AND i.tax_repartition_line_id IS NOT NULL") == 1


def test_a_line_is_assigned_and_commented_and_found_again(shop, desk, open_page):
    page = open_page("user", "finance-workbench")
    page.type("input[aria-label=Search]", "7.77")
    open_line(page, "Nobody Known")
    page.wait_for(".o_fc_right", "No open item has this amount")
    press(page, "a")
    page.wait_for(f"{LINE} .o_fc_line_meta", "Browser user")
    page.type(".o_fc_comments input", "Asked sales, waiting.")
    page.click(".o_fc_comments button")
    page.wait_for(".o_fc_comments", "Asked sales, waiting.")
    page.click(".o_fc_tabs [data-state=mine]")
    page.wait_for(LINE, "Nobody Known")


def test_a_rule_is_made_of_a_line_and_rehearsed(shop, desk, open_page):
    page = open_page("user", "finance-workbench")
    open_line(page, "Nobody Known")
    press(page, "n")
    page.wait("document.querySelector('.o_field_widget[name=label_regex] input')?.value === 'who.*is.*this'")
    account = shop.value("SELECT id FROM account_account WHERE account_type = 'expense' ORDER BY id LIMIT 1")
    name = shop.rpc.call("account.account", "read", [account], fields=["display_name"])[0]["display_name"]
    page.type(".o_field_widget[name=account_id] input", name)
    page.click(".o-autocomplete--dropdown-item", name)
    page.click("button[name=action_rehearse]")
    page.wait_for(".o_field_widget[name=rehearsed_new]", "1")
    page.wait_for(".o_field_widget[name=rehearsed_precision]", "100")
    assert shop.rows("SELECT state, rehearsed_new FROM finance_match_rule") == [("draft", 1)]


def test_a_long_text_leaves_the_amount_and_the_facts_their_room(desk, open_page):
    page = open_page("user", "finance-workbench")
    open_line(page, "Wordy")
    assert not page.run("""[...document.querySelectorAll(".o_fc_line")].filter((row) => {
        const [whole, text, side] = [row, ...row.children].map((part) => part.getBoundingClientRect());
        return side && (text.right > side.left || side.bottom > whole.bottom);
    }).map((row) => row.innerText)""")
    lines = page.run("[...document.querySelectorAll('.o_fc_facts dd')].map((fact) => fact.getClientRects()[0].height)")
    assert lines and lines[0] < 30, "the date stands on one line"


def test_an_auditor_looks_and_cannot_reconcile(desk, open_page):
    page = open_page("auditor", "finance-workbench")
    open_line(page, "Nobody Known")
    page.wait_for(".o_fc_comments", "Asked sales")
    assert page.run("document.querySelectorAll('.o_fc_accept, .o_fc_pick, .o_fc_undo').length") == 0


def test_all_safe_proposals_are_accepted_after_a_preview(shop, desk, open_page):
    from simulator.story import bank_file

    company = shop.value("SELECT min(company_id) FROM account_bank_statement_line WHERE partner_name = 'Desk Twin'")
    shop.rpc.call("res.company", "write", [company], vals={"fc_match_limit": 1})
    day = shop.notes.today - timedelta(days=2)
    try:
        partner = shop.rpc.call("res.partner", "create", vals_list=[{"name": "Safe Payer"}])[0]
        invoices = shop.rpc.call("account.move", "create", vals_list=[
            {"move_type": "out_invoice", "partner_id": partner, "invoice_date": str(day), "payment_reference": f"SAFE-{number}",
             "invoice_line_ids": [[0, 0, {"name": "Goods", "quantity": 1, "price_unit": number, "tax_ids": False}]]}
            for number in (1001, 1002)])
        shop.rpc.call("account.move", "action_post", invoices)
        take(shop, bank_file.camt053(day, OPENING, [(100100, "Safe Payer", "SAFE-1001"), (100200, "Safe Payer", "SAFE-1002")],
                                     first=60))
    finally:
        shop.rpc.call("res.company", "write", [company], vals={"fc_match_limit": 0})
    page = open_page("user", "finance-workbench")
    page.click(".o_fc_accept_safe")
    page.wait_for(".o_fc_right", "SAFE-1002")
    page.click(".o_fc_confirm_safe")
    page.wait_for(".o_fc_last", "lines were reconciled")
    assert [shop.value("SELECT payment_state FROM account_move WHERE payment_reference = %s", f"SAFE-{number}")
            for number in (1001, 1002)] == ["paid", "paid"]


def test_a_filter_is_saved_and_used_and_a_file_is_dropped(shop, desk, open_page):
    page = open_page("user", "finance-workbench")
    page.click(".o_fc_tabs [data-state=unmatched]")
    press(page, "f")
    page.type(".o_fc_saved_name", "Nothing known")
    page.click(".o_fc_saved_list form button")
    page.wait_for(".o_fc_saved_use", "Nothing known")
    page.click(".o_fc_tabs [data-state='']")
    page.click(".o_fc_saved_use", "Nothing known")
    page.wait("document.querySelector('.o_fc_tabs [data-state=unmatched]').getAttribute('aria-selected') === 'true'")
    open_line(page, "Nobody Known")
    page.run("(() => { const data = new DataTransfer(); data.items.add(new File(['hello'], 'note.txt')); "
             "document.querySelector('.o_fc_files')"
             ".dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true})); })()")
    page.wait_for(".o_fc_file", "note.txt")
    assert shop.value("SELECT count(*) FROM ir_attachment WHERE name = 'note.txt' AND res_model = 'account.move'") == 1
