"""The demo clicked through in Chromium, on a real server with real commits: every number leads to its evidence."""

ROW = ".o_data_row"
CELL = ".o_data_row td.o_data_cell:not(.o_handle_cell)"
BACK = ".o_back_button a, a.o_back_button"


def test_the_dashboard_says_that_the_books_tie_and_leads_to_the_ledger(open_page):
    page = open_page("user", "finance-dashboard")
    page.wait_for(".o_fc_card_books", "Yes, all of them")
    page.wait_for(".o_fc_books tr[data-tied]", "99.00")
    page.wait_for(".o_fc_card_exceptions", "1 open")
    page.wait_for(".o_fc_flow_legend", "820.30")
    page.click(".o_fc_books tr[data-tied]")
    page.wait_for(".o_last_breadcrumb_item", "Journal items of")
    page.wait_for(ROW)


def test_from_a_payment_to_its_bytes_and_to_its_journal_entry(open_page):
    page = open_page("auditor", "finance-transactions")
    page.click(CELL, "Bruno Costa")
    page.wait_for(".o_fc_step[data-key=refunded]", "-25.00")
    page.wait_for(".o_fc_event[data-kind=linked]", "INV/")
    page.click(".o_fc_event[data-kind=authorize] .o_fc_open_message")
    page.wait_for(".o_fc_raw_text", "pi_demo_bruno")
    page.click(BACK, "pi_demo_bruno")
    page.click(".o_fc_event[data-kind=capture] .o_fc_open_entry")
    page.wait_for(".o_last_breadcrumb_item, .o_form_view", "80.00")


def test_a_payout_adds_up_and_is_found_at_the_bank(open_page):
    page = open_page("user", "finance-settlements")
    page.click(CELL, "po_demo_1")
    page.wait_for(".alert-success", "exactly the sum of its 13 lines")
    page.click(".o_notebook .nav-link", "At the bank")
    page.wait_for(".o_field_widget[name=bank_line_ids] .o_data_row", "463.23")


def test_the_bank_side_shows_what_came_and_what_explains_it(open_page):
    page = open_page("user", "finance-imports")
    page.wait_for(ROW, "statement.xml")
    page.wait_for(ROW, "payout_reconciliation.csv")
    page.click(".o_menu_sections button", "Bank")
    page.click(".o-dropdown--menu a", "Bank lines")
    page.click(".o_searchview_facet .o_facet_remove")
    page.wait_for(ROW, "Matched")
    page.click(CELL, "DEMO RETAIL PAYOUT")
    page.wait_for(".o_form_view", "463.23")


def test_the_dispute_is_taken_and_closed_and_the_chain_holds(shop, open_page):
    page = open_page("user", "finance-exceptions")
    page.click(CELL, "is disputed")
    page.wait_for(".o_fc_guidance_next", "Send the evidence")
    page.click("button[name=action_assign_to_me]")
    page.wait_for(".o_arrow_button_current", "In progress")
    page.click("button[name=action_resolve]")
    page.type(".modal .o_field_widget[name=reason] textarea", "Evidence sent to the provider.")
    page.click(".modal button[name=action_confirm]")
    page.wait_for(".o_arrow_button_current", "Resolved")
    state, by = shop.rows(
        "SELECT e.state, u.login FROM finance_exception e JOIN res_users u ON u.id = e.resolved_by_id"
        " WHERE e.kind = 'dispute'")[0]
    assert (state, by) == ("resolved", "browser_user")

    auditor = open_page("auditor", "finance-audit")
    auditor.wait_for(ROW, "exception.resolved")
    auditor.click(".o_control_panel button", "Verify chain")
    auditor.wait_for(".o_notification", "The audit chain is intact")
