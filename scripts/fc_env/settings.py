"""Decides Odoo's configuration file and the environment that every command runs in."""
from __future__ import annotations

import os

from . import paths
from .odoo_source import Odoo
from .paths import REPOSITORY
from .postgres import Server
from .steps import Step, say


def environment(odoo: Odoo, server: Server) -> dict[str, str]:
    """Return the variables to set: database, Odoo's configuration, PYTHONPATH, PATH with ours first."""
    programs = [str(paths.venv() / "bin")] + ([str(server.programs)] if server.programs else [])
    inherited = os.environ.get("PATH", "/usr/bin:/bin").split(os.pathsep)
    return {
        **server.variables,
        "ODOO_RC": str(paths.odoo_conf()),
        "FC_CACHE": str(paths.cache_root()),
        "PYTHONPATH": os.pathsep.join([str(odoo.python_path), str(REPOSITORY)]),
        "PATH": os.pathsep.join([*programs, *(folder for folder in inherited if folder not in programs)]),
    }


def write_conf(odoo: Odoo, server: Server) -> None:
    """Write odoo.conf when it differs. It holds no password: PGPASSWORD stays in the environment."""
    addons = [*odoo.addons]
    if (REPOSITORY / "finance_connector" / "__manifest__.py").exists():
        addons.append(REPOSITORY)
    lines = [
        "[options]",
        "addons_path = " + ",".join(map(str, addons)),
        f"data_dir = {paths.data_dir()}",
        f"db_host = {server.variables['PGHOST']}",
        f"db_port = {server.variables['PGPORT']}",
        f"db_user = {server.variables['PGUSER']}",
        "http_interface = 127.0.0.1",
        "list_db = False",
        "log_level = info",
    ]
    text = "\n".join(lines) + "\n"
    conf = paths.odoo_conf()
    if not conf.exists() or conf.read_text() != text:
        part = conf.with_suffix(".part")
        part.write_text(text)
        part.chmod(0o600)
        part.replace(conf)
        say(f"{Step(4, 'configuration', 'configuration').title} written: {conf}")
