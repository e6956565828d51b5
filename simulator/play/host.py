"""The Odoo of a run: its registry in this process, its web application called as a server would, its scheduled actions
run as its scheduler would. Everything commits for real.
"""
from __future__ import annotations

import logging
import os
from configparser import ConfigParser
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from werkzeug.test import Client

ADDON = "finance_connector"


def start(database: str):
    """Load Odoo on ``database`` and return its `Host`."""
    from odoo.modules.registry import Registry
    from odoo.service.server import load_server_wide_modules
    from odoo.tools import config

    config.parse_config(
        ["-d", database, "--no-http", "--max-cron-threads=0", "--log-level=critical", *_addons()],
        setup_logging=True)
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    load_server_wide_modules()
    return Host(database, Registry(database))


def _addons() -> list[str]:
    """SIM_ADDONS: a folder with another version of the addon, which is then played instead of ours."""
    folder = os.environ.get("SIM_ADDONS")
    if not folder:
        return []
    # Not by Odoo's own reader: whatever that has read once stays on the path.
    written = ConfigParser(interpolation=None)
    written.read(os.environ["ODOO_RC"])
    paths = [path for path in written["options"]["addons_path"].split(",") if not (Path(path) / ADDON).exists()]
    return [f"--addons-path={','.join([*paths, folder])}"]


class Host:
    """One database. ``now`` is the instant that the addon takes for the present when it asks the provider."""

    def __init__(self, database: str, registry):
        from odoo.http import root

        self.database, self.registry, self.now = database, registry, None
        self._client = Client(root)
        host = self

        class _Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return host.now or datetime.now(tz)

        poll = __import__("odoo.addons.finance_connector.models.poll", fromlist=["datetime"])
        wake = __import__("odoo.addons.finance_connector.models.wake", fromlist=["_wake_inbox"])
        self._patches = [patch.object(poll, "datetime", _Clock), patch.object(wake, "_wake_inbox", lambda _name: None)]
        for one in self._patches:
            one.start()
        self.crons = self._actions()

    def close(self) -> None:
        """Let go of the database."""
        for one in self._patches:
            one.stop()
        self.registry.delete(self.database)
        self.reconnect()

    def reconnect(self) -> None:
        """Let go of connections to a database server that was restarted since."""
        import odoo.sql_db

        odoo.sql_db.close_db(self.database)

    def environment(self, cursor):
        """The superuser's environment on ``cursor``."""
        from odoo import SUPERUSER_ID, api

        return api.Environment(cursor, SUPERUSER_ID, {})

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        """Call the web application; return the status."""
        return self._client.post(path, data=body, headers={**headers, "X-Odoo-Database": self.database}).status_code

    def _actions(self) -> dict[str, int]:
        """xml name -> server action of the addon's scheduled actions, the most urgent first."""
        with self.registry.cursor() as cursor:
            cursor.execute(
                """SELECT d.name, c.ir_actions_server_id FROM ir_cron c JOIN ir_model_data d ON d.res_id = c.id
                    WHERE d.model = 'ir.cron' AND d.module = %s ORDER BY c.priority, c.id""", [ADDON])
            return dict(cursor.fetchall())

    def run(self, name: str) -> None:
        """Run one scheduled action in a transaction of its own, as the scheduler does. Raises what it raises."""
        with self.registry.cursor() as cursor:
            env = self.environment(cursor)
            env["ir.actions.server"].browse(self.crons[name]).run()

    def rows(self, query: str, *values) -> list[tuple]:
        """The rows of a query."""
        with self.registry.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor._obj.description else []
