"""Databases with companies in them that are ready to be played on: a template is built once, and copied for each run.

Needs `fc_env` on the path (scripts/ of the repository) and the environment of scripts/fc.py.
"""
from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fc_env import database, paths
from fc_env.odoo_source import Odoo
from fc_env.steps import SetupError

MODULES = ["payment_stripe", "finance_connector"]
LETTING_GO_SECONDS = 10
_SOURCES = (".py", ".xml", ".csv", ".js", ".scss")


@dataclass(frozen=True)
class Prepared:
    """A kind of database. ``program`` is a module that makes its companies in the database that is its argument, and prints
    notes as JSON; a database made by other ``sources`` is of no use. ``dated``: nor is one of another day."""

    kind: str
    program: str
    sources: tuple[Path, ...]
    dated: bool = True

    @property
    def _prefix(self) -> str:
        return f"{database.PREFIX}tpl_{self.kind}_{paths.cache_id()}_{paths.short_hash(paths.REPOSITORY)}_"

    def template_name(self, odoo: Odoo) -> str:
        """Return the name of the template for these sources and this day."""
        digest = hashlib.sha256(database.template_name(odoo).encode())
        for file in sorted(_files((paths.REPOSITORY / "finance_connector", *self.sources))):
            digest.update(str(file.relative_to(paths.REPOSITORY)).encode() + b"\0" + file.read_bytes())
        return f"{self._prefix}{digest.hexdigest()[:8]}" + (f"_{date.today():%y%m%d}" if self.dated else "")

    def template(self, odoo: Odoo) -> str:
        """Return the template with addon and companies, building it when it is missing. Raises SetupError."""
        name, base = self.template_name(odoo), database.base_template(odoo)

        def build(building: str) -> None:
            for other in database.names(self._prefix):
                database.drop(other)
                (paths.stamps() / other).unlink(missing_ok=True)
                _notes_file(other).unlink(missing_ok=True)
            database.clone(base, building)
            database.install(building, MODULES)
            _write_private(_notes_file(name), self._make_companies(building))

        database.ensure_template(name, f"{self.kind} database with the addon and companies", build)
        return name

    def _make_companies(self, name: str) -> str:
        command = [sys.executable, "-m", self.program, name]
        places = (str(paths.REPOSITORY / "scripts"), os.environ.get("PYTHONPATH"))
        variables = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))}
        done = subprocess.run(command, cwd=paths.REPOSITORY, env=variables, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SetupError(f"The companies could not be made in '{name}':\n{done.stdout}{done.stderr}")
        return done.stdout.strip().splitlines()[-1]

    def existing(self, odoo: Odoo, target: str) -> dict | None:
        """Return the notes of a copy, of whatever day, that can be gone on with; None when it is missing, incomplete, or
        made from other sources."""
        file = _notes_file(target)
        if not database.exists(target) or not file.exists():
            return None
        notes = json.loads(file.read_text())
        return notes if notes["template"].rsplit("_", 1)[0] == self.template_name(odoo).rsplit("_", 1)[0] else None


def copy(source: str, target: str) -> dict:
    """Make the database ``target`` from the template ``source``, in place of an older one of ours; return its notes."""
    remove(target)
    database.clone(source, target)
    notes = json.loads(_notes_file(source).read_text()) | {"template": source}
    _write_private(_notes_file(target), json.dumps(notes))
    return notes


def remove(target: str) -> None:
    """Drop a copy, its notes, and what its bank knows."""
    database.drop(target, missing_ok=True)
    _notes_file(target).unlink(missing_ok=True)
    for file in paths.stamps().glob(f"{bank_file(target).name}*"):
        file.unlink()


def bank_file(target: str) -> Path:
    """Where the bank of a copy keeps what it knows, for as long as there is the copy."""
    return paths.stamps() / f"{target}.bank"


def refuse_served(target: str) -> None:
    """Raise SetupError while an Odoo server works on the database; one that was killed is given time to let go."""
    deadline = time.monotonic() + LETTING_GO_SECONDS
    connection = database.connect()
    try:
        with connection.cursor() as cursor:
            while True:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND application_name LIKE 'odoo%%'", [target])
                if not cursor.fetchone()[0]:
                    return
                if time.monotonic() > deadline:
                    raise SetupError(f"Another demo is running on the database '{target}': stop it first (Ctrl-C there).")
                time.sleep(0.2)
    finally:
        connection.close()


def _files(places: Iterable[Path]) -> Iterable[Path]:
    for place in places:
        for file in [place] if place.is_file() else place.rglob("*"):
            if file.suffix in _SOURCES and "tests" not in file.parts:
                yield file


def _notes_file(name: str) -> Path:
    return paths.stamps() / f"{name}.notes"


def _write_private(file: Path, text: str) -> None:
    """Write ``text`` for nobody but us: it holds an API key."""
    part = file.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(text)
    part.replace(file)
