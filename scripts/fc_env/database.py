"""Decides which databases may be touched: only those with our prefix and our mark; makes, clones, drops them.

Runs in the venv (it needs psycopg2). A database gets its mark before it gets its name, so that a database
under a requested name is either marked or not ours.
"""
from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Callable

from . import paths
from .odoo_source import Odoo
from .steps import SetupError, held_lock, lock, say

PREFIX = "fc_"
MARK = "created by finance_connector"
BASE_MODULES = ("base", "account", "payment", "sale")
BASE = "base"
OLDEST_SERVER = 13
FIRST_WITH_STRATEGIES = 150_000


def connect(database: str = "postgres"):
    """Return an autocommit connection with libpq's variables. Raises SetupError when the server refuses."""
    import psycopg2
    try:
        connection = psycopg2.connect(dbname=database)
    except psycopg2.OperationalError as error:
        raise SetupError(
            f"PostgreSQL at PGHOST={os.environ.get('PGHOST')} refused the connection: {error}"
            "Check PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset PGHOST to use an embedded one.") from error
    connection.autocommit = True
    return connection


@contextlib.contextmanager
def _cursor():
    connection = connect()
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def check_server() -> None:
    """Raise SetupError when the server is too old, or the role may not create databases."""
    with _cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int / 10000, rolcreatedb OR rolsuper, rolname "
            "FROM pg_roles WHERE rolname = current_user")
        version, may_create, role = cursor.fetchone()
    if version < OLDEST_SERVER:
        raise SetupError(f"PostgreSQL {version} is too old: Odoo 19 needs {OLDEST_SERVER} or newer.")
    if not may_create:
        raise SetupError(f"The role '{role}' may not create databases: ALTER ROLE {_quote(role)} CREATEDB;")


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _check_name(name: str) -> None:
    if not re.fullmatch(PREFIX + r"[a-z0-9_]{1,55}", name):
        raise SetupError(
            f"The database name '{name}' is refused: names start with '{PREFIX}' and go on with a-z, 0-9 "
            "and _, so that nobody else's database is ever meant.")


def _mark_of(cursor, name: str) -> tuple[bool, str | None]:
    """Return whether the database exists, and its comment."""
    cursor.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (name,))
    row = cursor.fetchone()
    return (True, row[0]) if row else (False, None)


def exists(name: str) -> bool:
    """Tell whether a database of this name exists, ours or not."""
    with _cursor() as cursor:
        return _mark_of(cursor, name)[0]


def names(prefix: str = PREFIX) -> list[str]:
    """Return the marked databases whose names start with the prefix."""
    with _cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) "
            "AND shobj_description(oid, 'pg_database') = %s ORDER BY 1", (prefix, MARK))
        return [row[0] for row in cursor.fetchall()]


def drop(name: str, missing_ok: bool = False) -> None:
    """Drop a database and its file store. Raises SetupError when it is missing or does not bear our mark."""
    _check_name(name)
    with _cursor() as cursor:
        there, mark = _mark_of(cursor, name)
        if not there and not missing_ok:
            raise SetupError(f"There is no database '{name}'.")
        if there and mark != MARK:
            raise SetupError(
                f"The database '{name}' was not created by this project (it bears no mark), so it is not "
                "dropped. Choose another name.")
        if there:
            # Two runs may clear away what a third one left.
            cursor.execute(f"DROP DATABASE IF EXISTS {_quote(name)} WITH (FORCE)")
    shutil.rmtree(paths.filestore(name), ignore_errors=True)


def _refuse_taken(name: str) -> None:
    _check_name(name)
    if exists(name):
        raise SetupError(
            f"The database '{name}' exists already: drop it (python3 scripts/fc.py db drop {name}) "
            "or choose another name.")


def _create_marked(name: str, template: str) -> None:
    _refuse_taken(name)
    building = f"{PREFIX}new_{uuid.uuid4().hex[:12]}"
    with _cursor() as cursor:
        how = "ENCODING 'UTF8' LC_COLLATE 'C'" if template == "template0" else _whole_copy(cursor)
        cursor.execute(f"CREATE DATABASE {_quote(building)} TEMPLATE {_quote(template)} {how}")
        cursor.execute(f"COMMENT ON DATABASE {_quote(building)} IS %s", (MARK,))
        cursor.execute(f"ALTER DATABASE {_quote(building)} RENAME TO {_quote(name)}")


def _whole_copy(cursor) -> str:
    """How a copy keeps its sequences through a crash. One made by the log alone (the default from PostgreSQL 15 on) uses up
    values that only the log of its source has ahead: after a crash they are given out a second time."""
    return "STRATEGY FILE_COPY" if cursor.connection.server_version >= FIRST_WITH_STRATEGIES else ""


def clone(source: str, name: str) -> None:
    """Copy a database and its file store; the source 'base' means the cached template.

    Raises SetupError when the source is in use, is not ours, or the name is taken.
    """
    with _cursor() as cursor:
        there, mark = _mark_of(cursor, source)
        if not there or mark != MARK:
            raise SetupError(f"There is no database '{source}' of ours to copy.")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'",
            (source,))
        users = cursor.fetchone()[0]
    if users:
        raise SetupError(
            f"The database '{source}' has {users} open connections: stop its server, then copy it.")
    _refuse_taken(name)
    # The files come first: a database that is there has all of its files.
    target = paths.filestore(name)
    shutil.rmtree(target, ignore_errors=True)
    if paths.filestore(source).exists():
        shutil.copytree(paths.filestore(source), target, copy_function=_link_or_copy)
    _create_marked(name, source)


def _link_or_copy(source: str, target: str) -> None:
    """Copy a file of the store; Odoo names them by content and never edits one, so a hard link is a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def install(name: str, modules: list[str], demo: bool = False) -> None:
    """Install modules into a database with Odoo. Raises SetupError when Odoo fails."""
    command = [
        str(paths.venv_python()), "-m", "odoo", "-d", name, "-i", ",".join(modules), "--stop-after-init",
        "--no-http", "--max-cron-threads=0", "--log-level=warn"] + (["--with-demo"] if demo else [])
    log = paths.logs() / f"install-{name}.log"
    with log.open("w") as output:
        result = subprocess.run(
            command, stdout=output, stderr=subprocess.STDOUT, check=False, pass_fds=held_lock)
    if result.returncode:
        tail = "\n".join("    " + line for line in log.read_text().splitlines()[-40:])
        raise SetupError(
            f"Odoo could not install {', '.join(modules)} into '{name}':\n{tail}\n    full log: {log}")


def create(odoo: Odoo, name: str, modules: list[str], demo: bool = False, fresh: bool = False) -> None:
    """Create a database with modules installed: from the template, unless with demo data or `fresh`."""
    if demo or fresh:
        _create_marked(name, "template0")
        install(name, modules or [BASE], demo)
        return
    clone(base_template(odoo), name)
    missing = [module for module in modules if module not in BASE_MODULES]
    if missing:
        install(name, missing)


def make_assets(name: str) -> None:
    """Have the scripts and styles of the web client made and kept: a test rolls back those that its own pages make."""
    command = [str(paths.venv_python()), "-m", "odoo", "shell", "-d", name, "--no-http", "--log-level=warn"]
    made = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()\n"
    result = subprocess.run(command, input=made, capture_output=True, text=True, check=False)
    if result.returncode or "Error" in result.stderr:
        raise SetupError(f"The scripts and styles of '{name}' could not be made:\n{result.stderr[-2000:]}")


def template_name(odoo: Odoo) -> str:
    """Return the name of the base template of this Odoo, cache folder, database server and these modules."""
    inputs = (f"{paths.cache_root()}{paths.server_id()}", odoo.identity, BASE_MODULES)
    return f"{PREFIX}tpl_base_{paths.short_hash(*inputs)}"


def base_template(odoo: Odoo) -> str:
    """Return the base template, building it when it is missing: no demo data, generic chart of accounts."""
    name = template_name(odoo)

    def build(building: str) -> None:
        check_server()
        _create_marked(building, "template0")
        install(building, list(BASE_MODULES))

    ensure_template(name, f"[5/5] base database with {', '.join(BASE_MODULES)}", build)
    return name


def ensure_template(name: str, title: str, build: Callable[[str], None]) -> None:
    """Make the database `name` unless it is there: `build` makes it under another name first."""
    if _template_ready(name):
        return
    with lock():
        if _template_ready(name):
            return
        say(f"{title} ({name}) ...")
        building = f"{name}_part"
        drop(building, missing_ok=True)
        drop(name, missing_ok=True)
        build(building)
        with _cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {_quote(building)} RENAME TO {_quote(name)}")
        if paths.filestore(building).exists():
            shutil.rmtree(paths.filestore(name), ignore_errors=True)
            paths.filestore(building).rename(paths.filestore(name))
        (paths.stamps() / name).touch()
        say(f"{title} ready")


def _template_ready(name: str) -> bool:
    """Tell whether the template is complete: the stamp is written after the file store moved."""
    return (paths.stamps() / name).exists() and exists(name)
