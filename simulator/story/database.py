"""Decides which database the demo runs on: a copy of a template, kept until the addon or the story changes.

Needs `fc_env` on the path (scripts/ of the repository) and the environment of scripts/fc.py.
"""
from __future__ import annotations

import hashlib
import json
import os
import subprocess
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from fc_env import database, paths
from fc_env.odoo_source import Odoo
from fc_env.steps import SetupError

# The tests of the demo run it on another name.
NAME = os.environ.get("DEMO_DB") or "fc_demo"
MODULES = ["payment_stripe", "finance_connector"]
# A provider keeps events for a month only: an older demo could not be gone on with.
LONGEST_DAYS = 20
LETTING_GO_SECONDS = 10
_SOURCES = (".py", ".xml", ".csv", ".js", ".scss")


@dataclass(frozen=True)
class Notes:
    """What must be known of a demo database besides its name."""

    template: str
    today: date
    documents: dict[str, str]
    key: str


def template_name(odoo: Odoo) -> str:
    """Return the name of the template for these sources and this day."""
    return f"{_template_prefix()}{_version(database.template_name(odoo))}"


def template(odoo: Odoo) -> str:
    """Return the template with addon and company, building it when it is missing. Raises SetupError."""
    name, base = template_name(odoo), database.base_template(odoo)

    def build(building: str) -> None:
        for other in database.names(_template_prefix()):
            database.drop(other)
            (paths.stamps() / other).unlink(missing_ok=True)
            _notes_file(other).unlink(missing_ok=True)
        database.clone(base, building)
        database.install(building, MODULES)
        _write_private(_notes_file(name), _build_company(building))

    database.ensure_template(name, "demo database with the addon and a company", build)
    return name


def copy(source: str, target: str) -> Notes:
    """Make the database ``target`` from the template, in place of an older one of ours; return its notes."""
    database.drop(target, missing_ok=True)
    _notes_file(target).unlink(missing_ok=True)
    database.clone(source, target)
    told = json.loads(_notes_file(source).read_text()) | {"template": source}
    _write_private(_notes_file(target), json.dumps(told))
    return _read(told)


def remove(target: str) -> None:
    """Drop a copy and its notes."""
    database.drop(target, missing_ok=True)
    _notes_file(target).unlink(missing_ok=True)


def existing(source: str, target: str = NAME) -> Notes | None:
    """Return the notes of a copy of ``source`` (of any day) that can be gone on with.

    None when it must be made anew: it is missing, incomplete, made from other sources, or too old.
    """
    file = _notes_file(target)
    if not database.exists(target) or not file.exists():
        return None
    notes = _read(json.loads(file.read_text()))
    same = notes.template.rsplit("_", 1)[0] == source.rsplit("_", 1)[0]
    return notes if same and date.today() - notes.today <= timedelta(days=LONGEST_DAYS) else None


def refuse_served(target: str = NAME) -> None:
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


def _template_prefix() -> str:
    return f"{database.PREFIX}tpl_demo_{paths.cache_id()}_"


def _version(base: str) -> str:
    """A hash of the sources (a database made from others is of no use), and the day that dates count from."""
    digest = hashlib.sha256(base.encode())
    folders = [paths.REPOSITORY / "finance_connector", Path(__file__).parent]
    for file in sorted(file for folder in folders for file in folder.rglob("*") if file.suffix in _SOURCES):
        if "tests" not in file.parts:
            digest.update(str(file.relative_to(paths.REPOSITORY)).encode() + b"\0" + file.read_bytes())
    return f"{digest.hexdigest()[:8]}_{date.today():%y%m%d}"


def _notes_file(name: str) -> Path:
    return paths.stamps() / f"{name}.notes"


def _write_private(file: Path, text: str) -> None:
    part = file.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(text)
    part.replace(file)


def _read(told: dict) -> Notes:
    return Notes(told["template"], date.fromisoformat(told["today"]), told["documents"], told["key"])


def _build_company(name: str) -> str:
    command = [str(paths.venv_python()), "-m", "simulator.story.company", name]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise SetupError(f"The demo's company could not be made in '{name}':\n{result.stdout}{result.stderr}")
    return result.stdout.strip().splitlines()[-1]
