"""Inbox: stored bytes to folded transactions, one worker, booking aside. Target: 2,000 messages a second a core."""

import time

from simulator import stripe_objects as stripe

from .odoo_env import connection, environment, prepare

PAYMENTS = 5000
NAME = "fc_bench_inbox"


def _messages():
    """Two events a payment: the authorisation and the capture, as Stripe sends them, interleaved."""
    created = 1772445600
    for number in range(PAYMENTS):
        charge = stripe.charge(f"ch_{number}", 5000 + number, created=created, intent=f"pi_{number}", captured=0)
        yield stripe.event("charge.succeeded", charge, created, f"evt_a{number}")
    for number in range(PAYMENTS):
        charge = stripe.charge(f"ch_{number}", 5000 + number, created=created, intent=f"pi_{number}")
        yield stripe.event("charge.captured", charge, created + 60, f"evt_c{number}")


def run():
    """Print messages a second, and the share of the pure part (parse and fold) in it."""
    prepare(NAME)
    with environment(NAME) as env:
        provider = connection(env)
        adapter = provider._adapter()
        from odoo.addons.finance_connector.core.records import Request

        bodies = [stripe.encode(message) for message in _messages()]
        store = env["finance.message"]._store
        for body in bodies:
            store(env.cr, provider.id, provider.company_id.id, "webhook", adapter.envelope(Request(body=body)), body)
        env.cr.commit()
        env.cr.execute("ANALYZE finance_message")
        env.cr.commit()

        started, cpu = time.perf_counter(), time.process_time()
        handled = 0
        while done := env["finance.inbox"]._process_batch():
            handled += done
            env.cr.commit()
        wall, cpu = time.perf_counter() - started, time.process_time() - cpu

        started = time.process_time()
        for body in bodies:
            adapter.parse(Request(body=body))
        parse = time.process_time() - started
        env.cr.execute("SELECT state, count(*) FROM finance_transaction GROUP BY state")
        states = dict(env.cr.fetchall())
    assert handled == len(bodies) and states == {"captured": PAYMENTS}, (handled, states)
    print(f"inbox: {handled} messages in {wall:.2f} s = {handled / wall:,.0f} messages/s (target 2,000)")
    print(f"       Python {cpu:.2f} s of it = {handled / cpu:,.0f} messages/s of processor time; parsing {parse:.2f} s")
