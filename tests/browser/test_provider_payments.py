"""Payments and collections by a provider in Chromium: what a channel will not book, and by which mandates an order goes."""
import hashlib
import hmac
import json
import os
from datetime import date
from pathlib import Path

import pytest
import requests

SECRET = "endpoint secret of the tests"


@pytest.fixture(scope="module")
def company(shop):
    """The id of the company, where an approver works too."""
    from conftest import make_user

    make_user(shop, "approver")
    return shop.rpc.call("finance.provider", "read", [shop.connection.provider_id], fields=["company_id"])[0]["company_id"][0]


@pytest.fixture(scope="module")
def channels(shop, company):
    """Channel ids by code, none in force: GoCardless with its connection, PayPal without one."""
    rpc = shop.rpc
    made = rpc.call("finance.provider", "create", vals_list=[
        {"name": "GoCardless", "code": "gocardless", "company_id": company}])[0]
    for name in ("webhook_secret", "api_key"):
        rpc.call("finance.provider", "set_secret", [made], name=name, value=SECRET)
    rpc.call("finance.provider", "action_activate", [made])
    own = [["type", "=", "bank"], ["bank_account_id", "!=", False], ["company_id", "=", company]]
    journal = rpc.call("account.journal", "search", domain=own)[0]
    found = {"provider": made}
    for code, form in (("gocardless", "collections"), ("paypal", "payouts")):
        channel = rpc.call("finance.payment.channel", "create", vals_list=[
            {"name": f"By {code}", "code": code, "file_format": form, "journal_id": journal, "company_id": company,
             **({"provider_id": made} if code == "gocardless" else {})}])[0]
        rpc.call("finance.payment.channel", "set_secret", [channel], name="api_key", value="a:b")
        found[code] = channel
    return found


def pictured(page, name):
    """Keep what the page shows where somebody asked for pictures."""
    if folder := os.environ.get("FC_PICTURES"):
        page.settle()
        Path(folder, f"{name}.png").write_bytes(page.picture())


def test_a_channel_without_a_connection_says_so_when_it_is_put_into_force(channels, open_page):
    approver = open_page("approver", f"finance-payment-channels/{channels['paypal']}")
    approver.wait_for(".o_form_view", "No provider connection books the balance")
    pictured(approver, "channel-without-connection")
    approver.click("button[name=action_approve]")
    approver.wait_for(".o_notification", "No provider connection books the balance")
    approver.wait_for(".o_statusbar_status .o_arrow_button_current", "Approved")


def test_invoices_are_collected_by_the_mandates_of_gocardless(shop, company, channels, open_page):
    rpc = shop.rpc
    approver = open_page("approver", f"finance-payment-channels/{channels['gocardless']}")
    # Who may also make channels has the connection in an input, whose value is no text of the page.
    approver.wait_for(".o_form_view", "Provider connection")
    told = rpc.call("finance.payment.channel", "read", [channels["gocardless"]], fields=["provider_id", "provider_note"])[0]
    assert (told["provider_id"][0], told["provider_note"]) == (channels["provider"], False)
    approver.click("button[name=action_approve]")
    approver.wait_for(".o_statusbar_status .o_arrow_button_current", "Approved")
    tell(shop, channels["provider"], "created", "active")
    shop.run_actions()
    mandate = rpc.call("finance.mandate", "search", domain=[["provider_reference", "=", "MD0001"]])[0]
    payer = rpc.call("res.partner", "create", vals_list=[{"name": "Garden Club"}])[0]
    rpc.call("finance.mandate", "write", [mandate], vals={"partner_id": payer})
    invoice = rpc.call("account.move", "create", vals_list=[
        {"move_type": "out_invoice", "partner_id": payer, "invoice_date": str(date.today()), "company_id": company,
         "invoice_line_ids": [[0, 0, {"name": "Trees", "quantity": 1, "price_unit": 250, "tax_ids": False}]]}])[0]
    rpc.call("account.move", "action_post", [invoice])
    order = rpc.call("account.move", "action_finance_collect", [invoice])["res_id"]
    user = open_page("user", f"finance-direct-debits/{order}")
    user.wait_for(".o_form_view", "Collected by GoCardless, which tells the debtors")
    user.wait_for(".o_field_widget[name=instruction_ids]", "Garden Club")
    pictured(user, "collection-by-gocardless")
    made = rpc.call("finance.payment.order", "read", [order], fields=["scheme", "channel_id"])[0]
    assert (made["scheme"], made["channel_id"][0]) == ("gocardless", channels["gocardless"])


def tell(shop, provider, *actions):
    """The webhook in which GoCardless tells of a mandate."""
    url = shop.rpc.call("finance.provider", "read", [provider], fields=["webhook_url"])[0]["webhook_url"]
    events = [
        {"id": f"EV{action}", "created_at": f"2026-03-02T10:00:0{number}.000Z", "resource_type": "mandates", "action": action,
         "links": {"mandate": "MD0001"}, "details": {"origin": "bank", "cause": action}, "metadata": {}}
        for number, action in enumerate(actions)
    ]  # fmt: skip
    body = json.dumps({"events": events, "meta": {"webhook_id": "WB1"}}).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    path = url.partition("//")[2].partition("/")[2]
    headers = {"Webhook-Signature": digest, "Content-Type": "application/json"}
    answer = requests.post(f"{shop.server.url}/{path}", data=body, headers=headers, timeout=30)
    assert answer.status_code == 204, answer.text
