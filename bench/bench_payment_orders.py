"""Payment orders in Odoo: from bills to the validated file, against the payment order of OCA and against lxml alone; answers.

The peer (`account_payment_order` with `account_banking_sepa_credit_transfer`, AGPL) is fetched from the package index into the
cache folder. Both sides have the same bills, each of a payee of its own, and run in turn, in processes and databases of their
own: ours before and behind the peer. What is measured: `payment_side.py`.

Times are those of the processor, of the program and of its server process of PostgreSQL together, since the machine is shared.
Targets: faster than the peer; from a proposal to the file at most 5 times lxml alone, linear; at least 500 answers a second.
SIZES="1000 2000 10000 10000" are the numbers of payments beside the peer, in a small and a large proposal, and of answers; 0
leaves a case out.
"""

import json
import os
import statistics
import subprocess
import sys

from .odoo_env import REPOSITORY, prepare

sys.path.insert(0, str(REPOSITORY / "scripts"))
from fc_env import peers

DATABASES = {"ours": "fc_bench_payment_ours", "peer": "fc_bench_payment_theirs"}
PEER = "account_banking_sepa_credit_transfer"
SIZES = tuple(int(size) for size in os.environ.get("SIZES", "1000 2000 10000 10000").split())


def _measure(side, case, size, conf):
    more = peers.variables() if side == "peer" else {}
    done = subprocess.run(
        [sys.executable, "-m", "bench.payment_side", DATABASES[side], side, case, str(size)],
        cwd=REPOSITORY, env={**os.environ, "ODOO_RC": str(conf), **more}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{side}, {case}, {size} payments failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _beside_the_peer(size, confs):
    prepare(DATABASES["peer"], PEER, confs["peer"], **peers.variables())
    spent = {"ours": [], "peer": []}
    for side in ("ours", "peer", "ours"):
        spent[side].append(_measure(side, "file", size, confs[side]))
    for what in ("processor", "clock"):
        rounds = [told[what] / size * 1000 for told in spent["ours"]]
        ours, peer = statistics.mean(rounds), spent["peer"][0][what] / size * 1000
        told = " and ".join(f"{one:.2f}" for one in rounds)
        print(f"   {size:6,} bills to the file, {what:9}: {PEER} {peer:.2f} ms a payment, ours {told}, "
              f"ratio {peer / ours:.2f} (target 1)", flush=True)  # fmt: skip


def _proposal(size, conf):
    told = _measure("ours", "proposal", size, conf)
    size = told["count"]
    print(f"   {size:6,} from a proposal to the file: {told['processor'] / size * 1000:.2f} ms of the processor a payment, "
          f"lxml alone {told['lxml'] / size * 1000:.3f}, ratio {told['processor'] / told['lxml']:.1f} (target 5)",
          flush=True)  # fmt: skip


def _answers(size, conf):
    told = _measure("ours", "answers", size, conf)
    print(f"   {size:6,} answers: {size / told['processor']:,.0f} a second of the processor, "
          f"{size / told['clock']:,.0f} on the clock (target 500)", flush=True)  # fmt: skip


def run():
    """Print the milliseconds a payment and the ratios, and the answers a second."""
    beside, small, large, answers = SIZES
    confs = {"ours": os.environ["ODOO_RC"], "peer": peers.conf() if beside else None}
    prepare(DATABASES["ours"])
    # Before there are others: a proposal looks at all open bills, and lists those that other orders hold.
    for size in filter(None, (small, large)):
        _proposal(size, confs["ours"])
    if beside:
        _beside_the_peer(beside, confs)
    if answers:
        _answers(answers, confs["ours"])
