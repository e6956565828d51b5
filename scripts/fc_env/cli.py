"""Decides the commands of scripts/fc.py and what each prepares before it runs."""
from __future__ import annotations

import argparse
import os
import shlex
import sys

from . import database, odoo_source, paths, postgres, python_env, settings
from .odoo_server import free_port
from .odoo_source import Odoo
from .paths import REPOSITORY
from .steps import SetupError, lock, say

HELP = """commands:
  bootstrap                       prepare everything and say where it is
  odoo ARGS...                    run Odoo with the generated configuration (odoo --conf prints its path)
  db create NAME [--modules a,b] [--demo] [--fresh]
  db clone SOURCE NAME            SOURCE 'base' is the cached template with account, payment and sale
  db drop NAME [--if-exists]      only databases that were created here
  db list
  python ARGS...                  run the environment's Python, with Odoo, the repository and the database
  env                             print export lines:  eval "$(python3 scripts/fc.py env)"
  test [STAGE...] [PYTEST ARGS]   stages: pure fuzz odoo bridge system sim browser (by default) ruff lint
  port                            print a free port
  pg-stop                         stop the embedded PostgreSQL
  clean                           stop it and delete what was prepared, databases included
environment: ODOO_DIR, FC_CACHE, PGHOST PGPORT PGUSER PGPASSWORD, FC_APT_SOURCE"""


def prepare() -> tuple[Odoo, dict[str, str]]:
    """Prepare everything that is missing; return Odoo and the environment for commands."""
    with lock():
        odoo = odoo_source.ensure()
        python_env.ensure()
        server = postgres.ensure()
        settings.write_conf(odoo, server)
        return odoo, settings.environment(odoo, server)


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code. Errors are one readable text on stderr."""
    commands = {
        "bootstrap": _bootstrap, "odoo": _odoo, "db": _db, "python": _python, "env": _env, "port": _port,
        "pg-stop": _pg_stop, "test": _test, "clean": _clean,
    }
    if not arguments or arguments[0] not in commands:
        print(__doc__ + "\n\n" + HELP)
        return 0 if not arguments or arguments[0] in ("-h", "--help", "help") else 2
    try:
        return commands[arguments[0]](arguments[1:]) or 0
    except SetupError as error:
        say(f"\nerror: {error}")
        return 1
    except KeyboardInterrupt:
        say("\ninterrupted: run the command again, it goes on where it stopped")
        return 130


def _exec(program: list[str], variables: dict[str, str]) -> None:
    sys.stdout.flush()
    os.execve(program[0], program, {**os.environ, **variables})


def _in_venv(arguments: list[str]) -> Odoo:
    """Go on in the venv's Python, where psycopg2 is; returns only there."""
    odoo, variables = prepare()
    if os.environ.get("FC_IN_VENV") != str(paths.venv()):
        script = str(REPOSITORY / "scripts" / "fc.py")
        _exec([str(paths.venv_python()), script, *arguments], {**variables, "FC_IN_VENV": str(paths.venv())})
    os.environ.update(variables)
    del os.environ["FC_IN_VENV"]
    return odoo


def _bootstrap(arguments: list[str]) -> None:
    odoo = _in_venv(["bootstrap", *arguments])
    template = database.base_template(odoo)
    print(f"Odoo           {odoo.python_path}")
    print(f"Python         {paths.venv_python()}")
    server = [f"{name}={os.environ[name]}" for name in ("PGHOST", "PGPORT", "PGUSER")]
    print(f"PostgreSQL     {' '.join(server)}")
    print(f"configuration  {paths.odoo_conf()}")
    print(f"base database  {template}")


def _odoo(arguments: list[str]) -> None:
    _, variables = prepare()
    if arguments == ["--conf"]:
        print(paths.odoo_conf())
        return
    _exec([str(paths.venv_python()), "-m", "odoo", *arguments], variables)


def _python(arguments: list[str]) -> None:
    _, variables = prepare()
    _exec([str(paths.venv_python()), *arguments], variables)


def _env(_arguments: list[str]) -> None:
    _, variables = prepare()
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")


def _port(_arguments: list[str]) -> None:
    print(free_port())


def _pg_stop(_arguments: list[str]) -> None:
    with lock():
        print("PostgreSQL stopped" if postgres.stop() else "the embedded PostgreSQL was not running")


def _clean(_arguments: list[str]) -> None:
    if not paths.cache_root().exists():
        return
    with lock():
        postgres.remove()
        paths.remove_cache()
    print(f"deleted what was prepared in {paths.cache_root()}")
    if os.environ.get("PGHOST"):
        print("databases on the server of PGHOST are kept: python3 scripts/fc.py db list, db drop NAME")


def _test(arguments: list[str]) -> int:
    odoo = _in_venv(["test", *arguments])
    from . import stages
    return stages.run(odoo, arguments)


def _db(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="fc.py db")
    actions = parser.add_subparsers(dest="action", required=True)
    create = actions.add_parser("create")
    create.add_argument("name")
    create.add_argument("--modules", default="")
    create.add_argument("--demo", action="store_true", help="install with Odoo's demo data")
    create.add_argument("--fresh", action="store_true", help="not from the cached template")
    clone = actions.add_parser("clone")
    clone.add_argument("source")
    clone.add_argument("name")
    drop = actions.add_parser("drop")
    drop.add_argument("name")
    drop.add_argument("--if-exists", action="store_true")
    actions.add_parser("list")
    options = parser.parse_args(arguments)
    odoo = _in_venv(["db", *arguments])
    if options.action == "create":
        modules = [module for module in options.modules.split(",") if module]
        database.create(odoo, options.name, modules, options.demo, options.fresh)
    elif options.action == "clone":
        source = database.base_template(odoo) if options.source == database.BASE else options.source
        database.clone(source, options.name)
    elif options.action == "drop":
        database.drop(options.name, options.if_exists)
    else:
        print("\n".join(database.names()))
