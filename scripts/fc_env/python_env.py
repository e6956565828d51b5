"""Decides the Python environment: a venv with Odoo's pins, the addon's requirements and dev tools."""
from __future__ import annotations

import shutil
import sys

from . import paths
from .paths import REPOSITORY
from .steps import SetupError, Step, check_disk, key_of

PINS = REPOSITORY / "scripts" / "odoo-requirements.txt"
REQUIREMENTS = (PINS, REPOSITORY / "requirements.txt", REPOSITORY / "requirements-dev.txt")
# Some of the pinned source packages build with pkg_resources, which later setuptools no longer has.
BUILD_TOOLS = ("setuptools<81", "wheel")


def ensure() -> None:
    """Create the venv or bring it up to date with the requirement files. Raises SetupError."""
    step = Step(2, "python", "Python packages")
    version = ".".join(map(str, sys.version_info[:2]))
    key = key_of(version, str(paths.venv()), BUILD_TOOLS, *REQUIREMENTS)
    if step.done(key, paths.venv_python()):
        return
    check_disk()
    base = key_of(version, str(paths.venv()), PINS)
    reusable = step.info().get("base") == base and paths.venv_python().exists()
    with step.work(key, base=base) as interrupted:
        if interrupted or not reusable:
            _create(step)
        pip = [paths.venv_python(), "-m", "pip", "install", "--disable-pip-version-check", "--prefer-binary"]
        hint = ("Python packages could not be installed. If the index can not be reached, point pip to "
                "another (PIP_INDEX_URL=, or pip's configuration) and run the command again:")
        step.run([*pip, *BUILD_TOOLS], hint)
        # Without isolation the builds use BUILD_TOOLS above instead of the newest setuptools.
        files = [argument for file in REQUIREMENTS for argument in ("-r", file)]
        step.run([*pip, "--no-build-isolation", *files], hint)


def _create(step: Step) -> None:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        raise SetupError(
            f"{sys.executable} can not create virtual environments ({error}). Install what is missing: "
            f"apt-get install python3-venv (for another Python than the system's: python3.{sys.version_info[1]}-venv)"
        ) from error
    shutil.rmtree(paths.venv(), ignore_errors=True)
    # A command started from inside the venv must not build it out of itself.
    base = getattr(sys, "_base_executable", sys.executable)
    step.run([base, "-m", "venv", paths.venv()], "The virtual environment could not be created:")
