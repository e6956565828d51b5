"""Decides where everything of the private environment lives: one cache folder, named once."""
from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def cache_root() -> Path:
    """Return the cache folder: FC_CACHE when set, else .cache/ of the repository."""
    return Path(os.environ.get("FC_CACHE") or REPOSITORY / ".cache").expanduser().absolute()


def short_hash(*parts: object) -> str:
    """Return 8 hex digits that identify the parts; used in names of folders and databases."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:8]


def cache_id() -> str:
    """Return the identity of this cache folder, so that two checkouts never share a database or a socket."""
    return short_hash(cache_root())


def stamps() -> Path:
    return cache_root() / "stamps"


def logs() -> Path:
    return cache_root() / "logs"


def odoo_root() -> Path:
    """Return the root that the Debian packages are unpacked into."""
    return cache_root() / "odoo"


def odoo_bin() -> Path:
    """Return the program that starts an Odoo server."""
    return REPOSITORY / "scripts" / "bin" / "odoo-bin"


def venv() -> Path:
    return cache_root() / "venv"


def venv_python() -> Path:
    return venv() / "bin" / "python"


def peers() -> Path:
    """Return the folder of addons of others that ours is measured against and tested beside."""
    return cache_root() / "peers"


def own_socket() -> str | None:
    """Return the socket folder of the embedded server: commands started by our commands find it in PGHOST."""
    record = stamps() / "postgres.socket"
    return record.read_text() if record.exists() else None


def record_own_socket(socket: Path) -> None:
    if own_socket() != str(socket):
        (stamps() / "postgres.socket").write_text(str(socket))


def server_id() -> str:
    """Return the identity of the database server in use; empty for the embedded one."""
    host = os.environ.get("PGHOST")
    return "-" + short_hash(host, os.environ.get("PGPORT") or "5432") if host and host != own_socket() else ""


def data_dir() -> Path:
    """Return Odoo's data_dir: file stores and sessions. Each database server has its own."""
    return cache_root() / f"data{server_id()}"


def filestore(database: str) -> Path:
    return data_dir() / "filestore" / database


def odoo_conf() -> Path:
    """Return the configuration; a checkout that uses another one's cache has its own, which names its own addons."""
    if cache_root().parent == REPOSITORY:
        return cache_root() / "odoo.conf"
    return cache_root() / f"odoo-{short_hash(REPOSITORY)}.conf"


def remove_cache() -> None:
    """Delete what the bootstrap made in the cache folder, and the folder when nothing else is in it."""
    root = cache_root()
    made = [odoo_root(), venv(), stamps(), logs(), root / "debs", root / "apt", peers()]
    for folder in (*made, *root.glob("odoo.part.*"), *root.glob("data*")):
        shutil.rmtree(folder, ignore_errors=True)
    for file in (odoo_conf(), odoo_conf().with_suffix(".peers.conf"), root / "lock"):
        file.unlink(missing_ok=True)
    if not any(root.iterdir()):
        root.rmdir()
