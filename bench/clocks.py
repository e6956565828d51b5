"""Processor time of a benchmark and its server process of PostgreSQL together: for a machine that is shared."""

import os
import time
from pathlib import Path


class Processor:
    """Processor seconds since it was made, of this process and of the server process behind ``env``."""

    def __init__(self, env):
        env.cr.execute("SELECT pg_backend_pid()")
        (self.backend,) = env.cr.fetchone()
        self.began = self._now()

    def spent(self):
        """Seconds, to hundredths for the server's part."""
        return self._now() - self.began

    def _now(self):
        fields = Path(f"/proc/{self.backend}/stat").read_text().rpartition(")")[2].split()
        return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
