"""Webhook: our door against a bare Odoo route (HMAC and one INSERT) and against Odoo's own Stripe webhook.

Same server, same load, the routes in turn within each round, and each comes first, second and last equally often, since what
one leaves behind (garbage, writes of the database) is paid by the next. Targets: at least 0.8 of the bare route, at least 3 times
Odoo's own.
"""

import json
import os
import statistics
import sys
import time
from pathlib import Path

from simulator import stripe_objects as stripe

from .load import request_bytes, send
from .odoo_env import REPOSITORY, connection, environment, prepare

sys.path.insert(0, str(REPOSITORY / "scripts"))
from fc_env.odoo_server import OdooServer

NAME = "fc_bench_webhook"
SECRET = "whsec_bench"  # noqa: S105 (made up)
CALLS = int(os.environ.get("CALLS", "600"))
ROUNDS = 6
# Not counted: each process loads libraries and fills its caches first.
WARM_UP = 60
PEERS = ("finance_connector", "bare", "payment_stripe")


def _addons_option():
    for line in Path(os.environ["ODOO_RC"]).read_text().splitlines():
        if line.startswith("addons_path"):
            return f"--addons-path={line.split('=', 1)[1].strip()},{REPOSITORY / 'bench' / 'addons'}"
    raise SystemExit("The generated configuration has no addons_path.")


def _set_up(total):
    """Install the peers; ``total`` pending online payments wait for Odoo's own webhook. Returns our webhook path."""
    import subprocess

    from .odoo_env import FC

    prepare(NAME)
    subprocess.run(
        [*FC, "odoo", "-d", NAME, "-i", "payment_stripe,bench_bare", "--stop-after-init", "--no-http",
         "--log-level=error", _addons_option()], check=True,
    )  # fmt: skip
    with environment(NAME) as env:
        provider = connection(env)
        env["ir.cron"].search([]).active = False
        stripe_provider = env["payment.provider"].search([("code", "=", "stripe")], limit=1)
        stripe_provider.write(
            {"state": "test", "stripe_publishable_key": "pk", "stripe_secret_key": "sk", "stripe_webhook_secret": SECRET}
        )
        method = env["payment.method"].search([("code", "=", "card")], limit=1)
        currency = env.ref("base.EUR")
        currency.active = True
        env["payment.transaction"].create(
            [
                {
                    "provider_id": stripe_provider.id,
                    "payment_method_id": method.id,
                    "reference": f"BENCH-{number}",
                    "amount": 10,
                    "currency_id": currency.id,
                    "partner_id": env.user.partner_id.id,
                    "operation": "online_direct",
                }
                for number in range(total)
            ]
        )
        env.cr.commit()
        env.cr.execute("ANALYZE")
        env.cr.commit()
        return f"/finance/webhook/{provider.webhook_token}"


def _payloads(path, first, calls):
    now = int(time.time())
    for number in range(first, first + calls):
        intent = stripe.payment_intent(
            f"pi_{number}", 1000, created=now, charge_id=f"ch_{number}", description=f"BENCH-{number}"
        )
        intent["charges"] = {"data": []}
        body = json.dumps(stripe.event("payment_intent.succeeded", intent, now, f"evt_{number}")).encode()
        yield request_bytes(path, body, stripe.sign(body, SECRET, now))


def run():
    """Print requests a second of each peer, and the ratios, for each kind of server and load."""
    settings = [(workers, connections) for workers in (0, 2) for connections in (8, 32)]
    paths = {"bare": "/bench/bare", "payment_stripe": "/payment/stripe/webhook"}
    paths["finance_connector"] = _set_up(len(settings) * (ROUNDS * CALLS + WARM_UP))
    sent = dict.fromkeys(PEERS, 0)
    for workers, connections in settings:
        server = OdooServer(NAME, workers=workers, cron_threads=0, options=(_addons_option(), "--log-level=error"))
        server.start()
        try:
            figures = {peer: [] for peer in PEERS}
            for round_number in range(ROUNDS + 1):
                for peer in PEERS[round_number % 3 :] + PEERS[: round_number % 3]:
                    calls = CALLS if round_number else WARM_UP
                    payloads = list(_payloads(paths[peer], sent[peer], calls))
                    sent[peer] += calls
                    rate, median, p99, statuses = send(("127.0.0.1", server.port), payloads, connections)
                    # A peer may fail now and then; we may not.
                    assert statuses.get(200, 0) >= calls * (1 if peer == PEERS[0] else 0.98), (peer, statuses)
                    if round_number:
                        figures[peer].append((rate, median, p99))
        finally:
            server.stop()
        rates = {peer: statistics.median(rate for rate, _m, _p in figures[peer]) for peer in PEERS}
        ours = rates["finance_connector"]
        print(f"{'2 workers' if workers else 'threaded '}, {connections:2} connections:", flush=True)
        for peer in PEERS:
            _rate, median, p99 = sorted(figures[peer])[len(figures[peer]) // 2]
            print(f"   {peer:18} {rates[peer]:6.0f} req/s   median {median:6.1f} ms   p99 {p99:7.1f} ms")
        print(f"   ratio to bare {ours / rates['bare']:.2f} (target 0.80)   "
              f"to payment_stripe {ours / rates['payment_stripe']:.2f} (target 3.0)", flush=True)
