"""A payment for an order that nobody knows: booked, told after its grace time, and linked when the order appears."""
import time

from simulator import stripe_objects
from simulator.story import story


def test_it_waits_is_told_and_finds_its_order(open_shop):
    shop = open_shop()
    charge = stripe_objects.charge(
        "ch_sys_late", 8800, created=int(time.time()) - 60, metadata={"order_reference": "LATE/0001"})
    event = stripe_objects.event("charge.succeeded", charge, charge["created"], "evt_sys_late")
    assert shop.deliver(event) == 200
    shop.run_actions()
    assert shop.rows("SELECT state, document_name FROM finance_transaction") == [("captured", None)]
    assert shop.rows("SELECT kind FROM finance_exception") == []
    assert shop.rows("SELECT unapplied FROM finance_movement WHERE kind = 'capture'") == [(True,)]

    # Its grace time passes.
    shop.rpc.call("finance.provider", "write", [shop.connection.provider_id], vals={"grace_minutes": 0})
    shop.run_actions()
    assert shop.rows("SELECT kind, state, amount_at_risk::float FROM finance_exception") == [
        ("no_document", "open", 88.0)]

    partner = shop.rpc.call("res.partner", "search", domain=[["name", "=", story.PAYMENTS[0].customer]])
    line = {"name": "Goods", "quantity": 1, "price_unit": 88, "tax_ids": False}
    invoice = shop.rpc.call("account.move", "create", vals_list=[{
        "move_type": "out_invoice", "partner_id": partner[0], "ref": "LATE/0001",
        "invoice_date": shop.notes.today.isoformat(), "invoice_line_ids": [[0, 0, line]]}])
    shop.rpc.call("account.move", "action_post", invoice)
    shop.run_actions()
    assert shop.rows("SELECT state FROM finance_exception") == [("resolved",)]
    assert shop.value("SELECT payment_state FROM account_move WHERE id = %s", invoice[0]) in ("paid", "in_payment")
    assert shop.rows("SELECT unapplied FROM finance_movement WHERE kind = 'capture'") == [(False,)]
