"""`make mutants`: proves that the worlds would show a bug. Each patch in simulator/mutants plants one in a copy of the
addon; worlds are played with that copy until one of them fails. A bug that no world shows fails the run.
"""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from simulator.paying.world import NAME as PAYMENTS_OUT

from .cli import REPOSITORY, run_one

PATCHES = REPOSITORY / "simulator" / "mutants"
# The worlds that a bug has to survive, in this order: all kinds of trouble come early.
WORLDS = [(name, seed) for seed in range(1, 9) for name in ("trouble", "default", "manual")]
# Those of a bug in what goes out.
PAYING_WORLDS = [(PAYMENTS_OUT, seed) for seed in range(1, 13)]


def main() -> int:
    """Plant every bug (or those named as arguments); return 0 if all of them are caught."""
    sys.path.insert(0, str(REPOSITORY / "scripts"))
    from fc_env.cli import prepare

    from . import setup

    odoo, variables = prepare()
    os.environ.update(variables)
    template = setup.EMPTY_COMPANIES.template(odoo)
    wanted = sys.argv[1:]
    escaped = 0
    for patch in sorted(PATCHES.glob("*.patch")):
        if not wanted or any(patch.stem.startswith(name) for name in wanted):
            caught = plant(patch, template)
            escaped += not caught
            print(f"{'caught ' if caught else 'ESCAPED'} {patch.stem}{': ' + caught if caught else ''}", flush=True)
    return 1 if escaped else 0


def plant(patch: Path, template: str) -> str:
    """Play worlds with the bug of ``patch``; which world showed it and how, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(REPOSITORY / "finance_connector", Path(folder) / "finance_connector",
                        ignore=shutil.ignore_patterns("__pycache__", "tests"))
        subprocess.run(["git", "apply", str(patch)], cwd=folder, check=True)
        for profile, seed in PAYING_WORLDS if _is_of_payments(patch) else WORLDS:
            verdict = run_one(template, profile, seed, SIM_ADDONS=folder)
            if not verdict.get("holds"):
                return f"{profile} {seed}: {verdict['wrong'][0]}"
    return ""


def _is_of_payments(patch: Path) -> bool:
    """Whether the bug is in a file about payments out, so that only worlds with these can show it."""
    return "/models/payment_" in patch.read_text()


if __name__ == "__main__":
    sys.exit(main())
