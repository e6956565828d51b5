"""A payment order approved in Chromium: its maker is refused with the reason, the approver sees what is new before signing."""
from datetime import date

import pytest

IBAN, VENDOR_IBAN = "DE02120300000000202051", "FR1420041010050500013M02606"


@pytest.fixture(scope="module")
def order(shop):
    """An order of two bills that waits for an approval; returns its id."""
    from conftest import make_user

    for role in ("approver",):
        make_user(shop, role)
    rpc = shop.rpc
    company = rpc.call("finance.provider", "read", [shop.connection.provider_id], fields=["company_id"])[0]["company_id"][0]
    germany = rpc.xmlid("base.de")
    own = rpc.call("res.company", "read", [company], fields=["partner_id", "currency_id"])[0]
    rpc.call("res.partner", "write", [own["partner_id"][0]], vals={"country_id": germany, "city": "Berlin"})
    journal = rpc.call("account.journal", "search", domain=[["type", "=", "bank"], ["bank_account_id", "!=", False],
                                                            ["company_id", "=", company]])[0]
    vendor = rpc.call("res.partner", "create", vals_list=[{"name": "Paper Mill", "country_id": germany, "city": "Bonn"}])[0]
    rpc.call("res.partner.bank", "create", vals_list=[{"acc_number": VENDOR_IBAN, "partner_id": vendor}])
    bills = rpc.call("account.move", "create", vals_list=[
        {"move_type": "in_invoice", "partner_id": vendor, "invoice_date": str(date.today()), "ref": f"MILL-{number}",
         "invoice_line_ids": [[0, 0, {"name": "Paper", "quantity": 1, "price_unit": price, "tax_ids": False}]]}
        for number, price in enumerate((120, 80), 1)])
    rpc.call("account.move", "action_post", bills)
    people = rpc.call("res.users", "search", domain=[["login", "in", ["browser_approver", "admin"]]])
    rule = rpc.call("finance.payment.policy", "create", vals_list=[
        {"name": "Treasury pays", "company_id": company, "currency_id": own["currency_id"][0],
         "level_ids": [[0, 0, {"number": 1, "name": "Treasury", "user_ids": [[6, 0, people]]}]]}])[0]
    assert journal
    return {"rule": rule, "bills": bills}


def test_an_order_is_made_submitted_and_approved_by_a_second_person(shop, order, open_page):
    approver = open_page("approver", f"finance-approval-rules/{order['rule']}")
    approver.click("button[name=action_approve]")
    approver.wait_for(".o_statusbar_status .o_arrow_button_current", "Approved")

    action = shop.rpc.call("account.move", "action_finance_pay", order["bills"])
    shop.rpc.call("finance.payment.order", "action_submit", [action["res_id"]])
    with pytest.raises(Exception, match="second person"):
        shop.rpc.call("finance.payment.order", "action_approve", [action["res_id"]])

    approver.go(f"{shop.server.url}/odoo/finance-approvals")
    approver.wait_for(".o_fc_approvals", "1")
    approver.click(".o_data_row .o_data_cell", "PO/")
    approver.wait_for(".o_field_widget[name=instruction_ids]", "Paper Mill")
    approver.click("button[name=action_open_signing]")
    approver.wait_for(".modal .o_list_view", "New payee")
    approver.click(".modal button[name=action_confirm]")
    approver.wait_for(".o_statusbar_status .o_arrow_button_current", "Approved")
    assert shop.value("SELECT count(*) FROM finance_payment_file WHERE order_id = %s", action["res_id"]) == 1


def test_a_payment_without_a_bill_is_entered_by_hand(shop, order, open_page):
    maker = open_page("user", "finance-payment-orders/new")
    maker.click(".o_field_x2many_list_row_add a")
    maker.type(".modal .o_field_widget[name=partner_id] input", "Paper Mill")
    maker.click(".modal .o-autocomplete--dropdown-item", "Paper Mill")
    maker.wait_for(".modal .o_field_widget[name=bank_account_id]")
    maker.wait("document.querySelector('.modal .o_field_widget[name=bank_account_id] input').value.includes('FR14')")
    maker.type(".modal .o_field_widget[name=amount] input", "75.50")
    maker.type(".modal .o_field_widget[name=text] input", "Deposit for pallets")
    maker.click(".modal .o_form_button_save")
    maker.wait_for(".o_field_widget[name=instruction_ids]", "75.50")
    maker.click("button[name=action_submit]")
    maker.wait_for(".o_statusbar_status .o_arrow_button_current", "To approve")
    told = "SELECT text FROM finance_payment_instruction WHERE amount = 75.5 AND state = 'draft' AND account_id IS NULL"
    assert shop.value(told) == "Deposit for pallets"
