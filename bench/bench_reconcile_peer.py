"""Reconciling against `account_reconcile_oca` 19, which the benchmark fetches from the package index into the cache folder.

Three cases: N lines of one import with N posted invoices, where the peer reconciles automatically; the same where it gets one
line at a time, each with its commit, so that its time a line does not grow with their number (ours takes them as they are); and
one payout line against N invoices, which the peer reconciles after a person has chosen them. Both sides run in turn, in processes
and databases of their own; ours before and behind the peer, whose run is long. What is measured: `reconcile_side.py`.

Targets: at least 80, 20 and 50 times the lines a second. SIZES="200 1000 500" are the numbers of lines, in this order; 0 leaves
a case out.
"""

import os
import statistics
import subprocess
import sys

from .odoo_env import REPOSITORY, prepare

sys.path.insert(0, str(REPOSITORY / "scripts"))
from fc_env import peers

DATABASES = {"ours": "fc_bench_peer_ours", "peer": "fc_bench_peer_theirs"}
CASES = (("batch", "in one import", 80), ("single", "one at a time", 20), ("payout", "invoices of one payout", 50))
SIZES = tuple(int(size) for size in os.environ.get("SIZES", "200 1000 500").split())


def _measure(side, case, size, conf):
    done = subprocess.run(
        [sys.executable, "-m", "bench.reconcile_side", DATABASES[side], side, case, str(size)],
        cwd=REPOSITORY, env={**os.environ, "ODOO_RC": str(conf)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{side}, {case}, {size} lines failed:\n{done.stderr[-3000:]}")
    return float(done.stdout.split()[-1]) / size * 1000


def run():
    """Print the milliseconds a line of both sides, and how many times as many lines a second ours takes."""
    confs = {"ours": os.environ["ODOO_RC"], "peer": peers.conf()}
    prepare(DATABASES["ours"])
    prepare(DATABASES["peer"], peers.ADDON, confs["peer"])
    for (case, name, target), size in zip(CASES, SIZES, strict=True):
        if not size:
            continue
        spent = {"ours": [], "peer": []}
        for side in ("ours", "peer", "ours"):
            spent[side].append(_measure(side, case, size, confs[side]))
        ours, peer = statistics.mean(spent["ours"]), spent["peer"][0]
        rounds = " and ".join(f"{one:.1f}" for one in spent["ours"])
        print(f"   {size:6,} {name}: {peers.ADDON} {peer:7.1f} ms a line, ours {rounds}, "
              f"ratio {peer / ours:.1f} (target {target})", flush=True)
