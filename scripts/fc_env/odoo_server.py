"""Runs one Odoo server as a process of its own on a free port, for the demo and the system tests.

Its parent's end is its end: a killed driver leaves no server behind.
"""
from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import paths
from .steps import SetupError

HOST = "127.0.0.1"
READY_SECONDS = 120
STOP_SECONDS = 30
# Below those that Linux gives out by itself.
PORTS, PORT_TRIES = range(20_000, 32_000), 100
_PR_SET_PDEATHSIG = 1


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on, and that the system gives to nobody who calls out:
    until the server listens, others may ask for ports too."""
    for _ in range(PORT_TRIES):
        port = secrets.choice(PORTS)
        if port_is_free(port):
            return port
    raise SetupError(f"No port from {PORTS.start} to {PORTS.stop} is free on {HOST}.")


def port_is_free(port: int) -> bool:
    """Tell whether a server could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


class OdooServer:
    """An Odoo server on one database; ``workers=0`` is the threaded one."""

    def __init__(self, database: str, port: int = 0, workers: int = 0, cron_threads: int = 2,
                 options: tuple[str, ...] = (), variables: dict[str, str] | None = None):
        self.database = database
        self.port = port or free_port()
        self.workers = workers
        self.cron_threads = cron_threads
        self.options = options
        self.variables = variables or {}
        self.log = paths.logs() / f"server-{database}.log"
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, ready_path: str = "/web/health") -> OdooServer:
        """Start and wait until ``ready_path`` answers 200. Raises SetupError with the end of the log."""
        with self.log.open("a") as output:
            self.process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, env={**os.environ, **self.variables},
                preexec_fn=_end_with_parent)  # noqa: PLW1509 - it calls the kernel and takes no lock
        try:
            self._wait_until_ready(ready_path)
        except BaseException:
            self.kill()
            raise
        return self

    def _command(self) -> list[str]:
        return [
            str(paths.venv_python()), str(paths.odoo_bin()), "-d", self.database, f"--http-interface={HOST}",
            f"--http-port={self.port}", f"--gevent-port={free_port()}", f"--workers={self.workers}",
            f"--max-cron-threads={self.cron_threads}", *self.options]

    def _wait_until_ready(self, path: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if not self.running:
                raise SetupError(f"Odoo ended while it was starting:\n{self.log_tail()}")
            try:
                with urllib.request.urlopen(self.url + path, timeout=READY_SECONDS) as answer:  # noqa: S310
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise SetupError(
            f"Odoo did not answer {path} within {READY_SECONDS} s:\n{self.log_tail()}")

    def log_tail(self, lines: int = 25) -> str:
        """Return the last lines of the server's log, and where it is."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join("    " + line for line in [*text.splitlines()[-lines:], f"full log: {self.log}"])

    def ends_within(self, seconds: float) -> bool:
        """Tell whether the server is not running, or ends by itself in this time."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """End the server as an administrator would; after half a minute by force."""
        if not self.running:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """kill -9 of the server and its workers, at once."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> OdooServer:
        return self if self.running else self.start()

    def __exit__(self, *_error) -> None:
        self.stop()


def _end_with_parent() -> None:
    # Only Linux can do this; elsewhere the server of a killed driver stays until it is stopped.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
