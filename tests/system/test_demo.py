"""`make demo` itself: it ties, a second run changes nothing, and a kill -9 in its middle ends in the same books."""
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fc_env import database
from simulator.play.dump import dump, duplicates

REPOSITORY = Path(__file__).resolve().parents[2]


class Books:
    """The demo's database, with the two methods that a dump needs."""

    def __init__(self, name):
        self.name = name

    def rows(self, query, *values):
        connection = database.connect(self.name)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall()
        finally:
            connection.close()


@pytest.fixture
def demo():
    """The database that these tests' demo runs on."""
    from simulator import prepared

    name = f"fc_sys_{os.getpid()}_demo"
    yield Books(name)
    prepared.remove(name)


def start(name, **variables):
    return subprocess.Popen(
        [sys.executable, str(REPOSITORY / "scripts" / "demo.py")], cwd=REPOSITORY, text=True,
        env={**os.environ, "SERVE": "0", "DEMO_DB": name, "PORT": "", **variables},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def finish(process):
    output = process.communicate(timeout=600)[0]
    print(output)
    return process.returncode, output


def server_of(name):
    """The process id of the Odoo server on this database; None while there is none."""
    for folder in Path("/proc").iterdir():
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0") if folder.name.isdigit() else []
        except OSError:
            continue
        if any(part.endswith(b"odoo-bin") for part in command) and name.encode() in command:
            return int(folder.name)
    return None


def wait_for_messages(demo, count):
    """Wait until the demo that is starting has delivered some of its webhooks."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if database.exists(demo.name) and demo.rows("SELECT count(*) FROM finance_message")[0][0] >= count:
            return
        time.sleep(0.02)
    raise AssertionError("the demo delivered nothing")


def test_the_demo_ties_is_idempotent_and_survives_kill_9(template, demo):
    code, output = finish(start(demo.name, FRESH="1"))
    assert code == 0
    assert "everything tied: yes" in output
    books = dump(demo)
    assert duplicates(demo) == []

    code, output = finish(start(demo.name))
    assert code == 0
    assert "going on with it" in output
    assert dump(demo) == books

    from simulator import prepared

    prepared.remove(demo.name)
    process = start(demo.name)
    wait_for_messages(demo, 80)
    os.kill(server_of(demo.name), signal.SIGKILL)
    code, output = finish(process)
    assert code == 1
    assert "Run it again" in output

    code, output = finish(start(demo.name))
    assert code == 0
    assert "going on with it" in output
    assert duplicates(demo) == []
    assert dump(demo) == books
