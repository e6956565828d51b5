"""Decides where the addons of others come from that ours is measured against and tested beside: PyPI, into the cache folder.

They are no part of the environment: nothing of it needs them, and only an Odoo that is started with `conf()` sees them.
"""
from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from . import paths
from .paths import REPOSITORY
from .steps import SetupError, held_lock, key_of, lock, say

PINS = REPOSITORY / "scripts" / "peer-requirements.txt"
ADDON = "account_reconcile_oca"
# Where the index cannot be reached, that shall be said soon.
PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--no-compile", "--retries=1", "--timeout=15")


def ensure() -> Path:
    """Return the addons folder of the peers, fetching it first when needed. Raises SetupError when it cannot be fetched."""
    folder = paths.peers() / key_of(PINS)[:8]
    if not folder.exists():
        with lock():
            if not folder.exists():
                _fetch(folder)
    return folder / "odoo" / "addons"


def conf() -> Path:
    """Write a configuration like that of all commands, with the peers' addons; return it. Raises SetupError."""
    addons = ensure()
    lines = paths.odoo_conf().read_text().splitlines()
    lines = [f"{line},{addons}" if line.startswith("addons_path") else line for line in lines]
    target = paths.odoo_conf().with_suffix(".peers.conf")
    part = target.with_suffix(".part")
    part.write_text("\n".join(lines) + "\n")
    part.chmod(0o600)
    part.replace(target)
    return target


def variables() -> dict[str, str]:
    """Return the environment in which a process of the peers finds what they need of Python. Raises SetupError."""
    return {"PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(ensure().parents[1])])}


def _fetch(folder: Path) -> None:
    """Install the pinned packages alone: what they require of Odoo is the Odoo that is here."""
    say(f"fetching {ADDON} and what it needs from the package index ...")
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    command = [str(paths.venv_python()), *PIP, "--no-deps", "--target", str(part), "-r", str(PINS)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        pass_fds=held_lock)
    if done.returncode or not (part / "odoo" / "addons" / ADDON / "__manifest__.py").exists():
        tail = "\n".join("    " + line for line in done.stdout.strip().splitlines()[-8:])
        raise SetupError(
            f"{ADDON} could not be fetched. If the index can not be reached, point pip to another (PIP_INDEX_URL=, or pip's "
            f"configuration) and run the command again:\n{tail}")
    part.rename(folder)
