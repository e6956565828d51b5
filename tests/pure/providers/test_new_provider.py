"""`scripts/new-provider` makes an adapter that the suite refuses, with words that say what is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
NEEDED = (
    "finance_connector/core", "finance_connector/formats", "finance_connector/providers", "tests/pure/providers",
    "scripts/new-provider", "simulator",
)  # fmt: skip


@pytest.fixture
def copy(tmp_path):
    for name in (*NEEDED, "tests/pure/conftest.py", "pyproject.toml"):
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return tmp_path


def run(folder, *command):
    # The copy has no Odoo, which one of the plugins would import.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, env=environment, check=False)


def test_a_new_provider_fails_the_suite_with_instructions(copy):
    made = run(copy, "scripts/new-provider", "acmepay")
    assert made.returncode == 0, made.stderr
    assert "TestAcmepay" in made.stdout
    suite = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/pure/providers/test_conformance.py")
    tried = run(copy, *suite, "-k", "TestAcmepay")
    assert tried.returncode == 1
    told = ("kit.vectors: add the published", "kit.stories", "kit.known", "kit.units lacks", "cannot verify webhooks")
    for instruction in told:
        assert instruction in tried.stdout, tried.stdout[-3000:]
    assert run(copy, *suite, "-k", "TestStripe or every_adapter").returncode == 0
    again = run(copy, "scripts/new-provider", "acmepay")
    assert (again.returncode, "there already" in again.stdout) == (1, True)


def test_names_that_cannot_be_an_adapter(copy):
    assert run(copy, "scripts/new-provider", "Acme Pay").returncode == 2
