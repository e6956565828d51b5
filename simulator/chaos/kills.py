"""What is killed: processes of the Odoo server, connections of the database, the database itself."""
from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from random import Random

from fc_env import database
from fc_env.odoo_server import OdooServer
from fc_env.postgres import Embedded

# In this order of frequency; every kind comes once before any comes again.
KINDS = ("worker", "worker", "backend", "postgres", "server")
# What they are called in words; a storm kills each of them.
KILLED = {"worker", "connection", "PostgreSQL", "Odoo server"}


class Killer:
    """Kills what it is told to, and brings back what does not come back by itself."""

    def __init__(self, server: OdooServer, cluster: Embedded, rng: Random):
        self.server, self.cluster, self.rng = server, cluster, rng

    def kill(self, kind: str) -> str:
        """Kill one of ``kind``; returns what was killed, in words."""
        return getattr(self, f"_{kind}")()

    def revive(self) -> bool:
        """Start the server again if it has ended, as a supervisor of services does; whether it had. Odoo's main process
        ends by itself when it cannot reach the database at the moment in which it starts a worker."""
        if self.server.running:
            return False
        self.server.start()
        return True

    def _worker(self) -> str:
        """One process of the server, whatever it does: it answers calls, or runs scheduled actions."""
        children = Path(f"/proc/{self.server.process.pid}/task/{self.server.process.pid}/children").read_text().split()
        if not children:
            return "no worker"
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(self.rng.choice(children)), signal.SIGKILL)
        return "worker"

    def _backend(self) -> str:
        """One of the server's connections, as a broken network does."""
        connection = database.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = %s AND application_name LIKE 'odoo%%' AND application_name != %s
                        ORDER BY (state != 'idle') DESC, random() LIMIT 1""",
                    [self.server.database, f"odoo-{os.getpid()}"])
                return "connection" if cursor.fetchone() else "no connection"
        finally:
            connection.close()

    def _postgres(self) -> str:
        self.cluster.crash()
        return "PostgreSQL"

    def _server(self) -> str:
        self.server.kill()
        self.server.start()
        return "Odoo server"
