"""A database and an environment of its own for a benchmark: cloned, the addon installed, a connection set up."""

import logging
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
FC = [sys.executable, str(REPOSITORY / "scripts" / "fc.py")]
INSTALLED = "fc_bench_installed"


def _run(*arguments, program=FC, **variables):
    done = subprocess.run(
        [*program, *arguments], env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def prepare(name, addon="finance_connector", conf=None, **variables):
    """Create database ``name`` with ``addon`` installed, by the configuration ``conf`` and with these ``variables`` of the
    environment; an old one of that name is replaced."""
    _run("db", "drop", name, "--if-exists")
    _run("db", "clone", "base", name)
    chosen = ("-c", str(conf or os.environ["ODOO_RC"]), "-d", name, "-i", addon)
    _run(*chosen, "--stop-after-init", "--no-http", "--log-level=error", program=[sys.executable, "-m", "odoo"], **variables)


@contextmanager
def environment(name):
    """An `odoo.api.Environment` of the superuser on database ``name``, in this process."""
    import odoo
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", name, "--no-http", "--log-level=error"])
    logging.disable(logging.WARNING)
    registry = Registry(name)
    with registry.cursor() as cr:
        yield odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})


def connection(env, **values):
    """An active Stripe connection."""
    provider = env["finance.provider"].create({"name": "Stripe", "code": "stripe", **values})
    provider.set_secret("webhook_secret", "whsec_bench")
    provider.action_activate()
    env.cr.commit()
    return provider
