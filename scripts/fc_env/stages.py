"""Decides what `make test` and `make lint` run: the order, the database, and for how long at most."""
from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from . import database, lanes, paths, peers
from .odoo_source import Odoo
from .paths import REPOSITORY
from .steps import SetupError, say

ADDON = "finance_connector"
BRIDGE = "finance_connector_reconcile_oca"
LIMIT_MINUTES = 40
# Two lanes of about the same length run at once, one a core.
TEST_LANES = (("pure", "odoo", "bridge", "browser"), ("fuzz", "sim", "system"))
# The simulated worlds of one `make test`: within ten minutes on two cores.
FIXED_SEED, FIXED_WORLDS, NEW_WORLDS, NEW_MINUTES = 1, 8, 6, 3
# Those with five providers at once, which take longer, come on top: so many fixed and so many new ones.
FIVE_PROVIDERS, FIVE_WORLDS, FIVE_MINUTES = "five_providers", 2, 1
# And those of payments out: fixed ones and new ones.
PAYMENTS_OUT, PAYING_WORLDS = "payments_out", 1
# The damaged inputs of one `make test`: always the same ones.
SHORT_FUZZ = {"FUZZ_SECONDS": "20", "FUZZ_SEED": "1"}
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
LINTED = (ADDON, BRIDGE, "scripts", "tests", "simulator", "bench")


class Runner:
    """Runs stages one after the other within one time limit and keeps their results."""

    def __init__(self, odoo: Odoo, extra: list[str]):
        self.odoo = odoo
        self.extra = extra
        self.deadline = time.monotonic() + LIMIT_MINUTES * 60
        self.stages: dict[str, Callable[[], bool]] = {
            "ruff": self.ruff, "lint": self.lint, "pure": self.pure, "odoo": self.odoo_tests,
            "system": lambda: self.plain_tests("tests/system"), "browser": self.browser, "sim": self.sim,
            "fuzz": self.fuzz, "bridge": self.bridge,
        }

    def ruff(self) -> bool:
        return self.command("ruff", "check", "--output-format=concise", *_existing(LINTED))

    def lint(self) -> bool:
        # Both run, so that one `make lint` shows everything.
        clean = self.ruff()
        return self.command("pylint", "--rcfile=.pylintrc", ADDON, BRIDGE) and clean

    def pure(self) -> bool:
        """Run the pure tests with no Odoo on the path: a pure room that imports odoo fails here."""
        return self.plain_tests("tests/pure", PYTHONPATH="")

    def fuzz(self) -> bool:
        """Damage inputs: for a short time and always the same ones, unless `make fuzz` says otherwise."""
        return self.command("tests.fuzz", **{name: os.environ.get(name, value) for name, value in SHORT_FUZZ.items()})

    def plain_tests(self, folder: str, **variables: str) -> bool:
        if not any((REPOSITORY / folder).glob("**/test_*.py")):
            say(f"there are no tests in {folder}")
            return False
        return self.command("pytest", *self.extra, folder, **variables)

    def odoo_tests(self) -> bool:
        """Install the addon into a copy of the base template and run its tests there."""
        return self.addon_tests(ADDON, paths.odoo_conf())

    def bridge(self) -> bool:
        """The bridge's tests, beside an addon that is not ours and under another licence: without it, they are left out."""
        try:
            conf = peers.conf()
        except SetupError as error:
            say(f"the tests of {BRIDGE} are left out: {error}")
            return True
        ours, os.environ["ODOO_RC"] = os.environ["ODOO_RC"], str(conf)
        try:
            return self.addon_tests(BRIDGE, conf)
        finally:
            os.environ["ODOO_RC"] = ours

    def addon_tests(self, addon: str, conf: Path) -> bool:
        name = f"{_test_prefix()}{os.getpid()}"
        _drop_left_over()
        try:
            database.create(self.odoo, name, [addon])
            _show_warnings(name)
            database.make_assets(name)
            return self.command(
                "pytest", f"--odoo-config={conf}", f"--odoo-database={name}", "--odoo-http", *self.extra, f"{addon}/tests")
        finally:
            database.drop(name, missing_ok=True)

    def sim(self) -> bool:
        """Worlds of fixed seeds and of new ones, whose first is printed."""
        five, fixed = ("--profile", FIVE_PROVIDERS, "--seeds", FIVE_WORLDS), ("--first", FIXED_SEED)
        paying = ("--profile", PAYMENTS_OUT, "--seeds", PAYING_WORLDS)
        runs = [
            ("--seeds", FIXED_WORLDS, *fixed), (*five, *fixed),
            ("--seeds", NEW_WORLDS, "--minutes", NEW_MINUTES), (*five, "--minutes", FIVE_MINUTES),
            (*paying, *fixed), paying,
        ]  # fmt: skip
        return all(self.command("simulator.play.cli", *map(str, run)) for run in runs)

    def browser(self) -> bool:
        return self.plain_tests("tests/browser")

    def command(self, module: str, *arguments: str, **variables: str) -> bool:
        """Run a Python module of the venv in its own process group; True when it succeeds in time."""
        process = subprocess.Popen(
            [str(paths.venv_python()), "-m", module, *arguments], cwd=REPOSITORY, start_new_session=True,
            env={**os.environ, **variables})
        try:
            return process.wait(timeout=max(1, self.deadline - time.monotonic())) == 0
        except subprocess.TimeoutExpired:
            say(f"the limit of {LIMIT_MINUTES} minutes for all stages is reached: stopped")
            return False
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def run(odoo: Odoo, arguments: list[str]) -> int:
    """Run the named stages (all test stages when none is named); return the exit code.

    Arguments from the first one that starts with a dash go to pytest.
    """
    cut = next((index for index, text in enumerate(arguments) if text.startswith("-")), len(arguments))
    runner = Runner(odoo, arguments[cut:])
    wanted, beside = (arguments[:cut], []) if cut else _default_lanes()
    unknown = [name for name in wanted if name not in runner.stages]
    if unknown:
        raise SetupError(f"There is no stage {', '.join(unknown)}; there are {', '.join(runner.stages)}.")
    # A cancelled run ends like an interrupted one: its processes and its database go.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if "browser" in wanted:
        _require_browser()
    if beside:
        # Made once, before both lanes copy it.
        database.base_template(odoo)
        with lanes.Beside(beside, arguments[cut:]) as other:
            results = [*_run(runner, wanted), *other.results()]
    else:
        results = _run(runner, wanted)
    lanes.leave(results)
    say("\nstage      result   seconds")
    for name, passed, seconds in results:
        say(f"{name:<10} {'passed' if passed else 'FAILED':<8} {seconds:>7.0f}")
    return 0 if all(passed for _, passed, _ in results) else 1


def _default_lanes() -> tuple[list[str], list[str]]:
    without_browser = os.environ.get("NO_BROWSER") == "1"
    if without_browser:
        say("NO_BROWSER=1: the browser tests are left out")
    first, second = ([name for name in lane if name != "browser" or not without_browser] for lane in TEST_LANES)
    return first, second


def _run(runner: Runner, names: list[str]) -> list[lanes.Result]:
    return [(name, *_timed(name, runner.stages[name])) for name in names]


def _timed(name: str, stage: Callable[[], bool]) -> tuple[bool, float]:
    say(f"\n=== {name} ===")
    began = time.monotonic()
    try:
        passed = stage()
    except SetupError as error:
        say(f"error: {error}")
        passed = False
    return passed, time.monotonic() - began


def _require_browser() -> None:
    if not any(shutil.which(name) for name in BROWSERS):
        raise SetupError(
            "The browser tests need Chromium and there is none. Install it: apt-get install chromium "
            "(as root), or leave those tests out: NO_BROWSER=1 make test")


def _existing(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if (REPOSITORY / name).exists()]


def _test_prefix() -> str:
    return f"{database.PREFIX}test_{paths.cache_id()}_"


def _drop_left_over() -> None:
    """Drop test databases of runs that were killed: the name ends in the number of their process."""
    for name in database.names(_test_prefix()):
        if not Path("/proc", name.rsplit("_", 1)[1]).exists():
            database.drop(name)


def _show_warnings(name: str) -> None:
    log = paths.logs() / f"install-{name}.log"
    lines = [line for line in log.read_text().splitlines() if " WARNING " in line or " ERROR " in line]
    for line in lines:
        say(f"on installing: {line}")
    log.unlink()
