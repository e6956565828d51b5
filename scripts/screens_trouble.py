"""Decides what goes wrong in the demo before its pictures are taken, so that the screens show how that looks.

Everything comes in by the front door: signed webhooks and a file. It changes the demo's database for good.
"""
from __future__ import annotations

import base64
import json
import time

from simulator import delivery, stripe_objects
from simulator.connection import WEBHOOK_SECRET

DAY = 86_400
# A statement whose end was lost on the way.
CUT_OFF = b'<?xml version="1.0"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">\n<BkToCstmrStmt>'


def make(page) -> None:
    """Send it all, and wait until it shows; ``page`` is logged in as an administrator."""
    for document in _events(int(time.time())):
        status = delivery.deliver(_webhook_url(page), stripe_objects.encode(document), WEBHOOK_SECRET)
        assert status == 200, f"{document['id']} was answered {status}"
    journal = _call(page, "account.journal", "search", [[["name", "=", "Demo Bank"]]])[0]
    content = base64.b64encode(CUT_OFF).decode()
    _call(page, "finance.import", "import_file", [content, "statement_november.xml", journal])
    deadline = time.monotonic() + 120
    while _call(page, "finance.message", "search_count", [[["state", "=", "received"]]]):
        assert time.monotonic() < deadline, "the scheduled actions did not take the messages up"
        time.sleep(1)
    time.sleep(5)


def _events(now: int):
    """A status that nobody knows, a refund above the payment, and a payout that is on its way."""
    odd = stripe_objects.charge("ch_demo_odd", 4200, created=now - 3600, intent="pi_demo_odd", status="resting")
    yield stripe_objects.event("charge.succeeded", odd, now - 3600, "evt_trouble_status")
    paid = stripe_objects.charge("ch_demo_mia", 8900, created=now - DAY, intent="pi_demo_mia")
    yield stripe_objects.event("charge.succeeded", paid, now - DAY, "evt_trouble_charge")
    above = stripe_objects.refund("re_demo_mia", 9900, "ch_demo_mia", created=now - 7200, intent="pi_demo_mia")
    yield stripe_objects.event("refund.created", above, now - 7200, "evt_trouble_refund")
    sent = stripe_objects.payout("po_demo_2", 9725, created=now - DAY, status="in_transit")
    yield stripe_objects.event("payout.created", sent, now - DAY, "evt_trouble_payout")


def _webhook_url(page) -> str:
    return _call(page, "finance.provider", "search_read", [[], ["webhook_url"]])[0]["webhook_url"]


def _call(page, model: str, method: str, arguments: list):
    """Call a method of a model in the session of the page."""
    called = ", ".join(json.dumps(part) for part in (model, method, arguments))
    return page.run(f"odoo.__WOWL_DEBUG__.root.env.services.orm.call({called})")
