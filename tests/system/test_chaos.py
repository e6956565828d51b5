"""A storm in its short form: a server with workers under load, whose processes and database are killed (INV-1, INV-3, INV-4)."""
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS = "25"
LIMIT_SECONDS = 400


def test_a_storm_changes_nothing(template):
    # A process of its own: it works on a database server of its own, which the environment names.
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "scripts" / "fc.py"), "python", "-m", "simulator.chaos", "--seconds", SECONDS],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    print(done.stdout, done.stderr[-3000:])
    assert done.returncode == 0
    assert "everything holds" in done.stdout
    for killed in ("worker", "connection", "PostgreSQL", "Odoo server"):
        assert f" x {killed}" in done.stdout
