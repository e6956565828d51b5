"""The register of rules is true: each id is cited by code, each test that it names exists."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
REGISTER = (REPOSITORY / "docs" / "INVARIANTS.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in REGISTER.splitlines()
    if line.startswith("| INV-")
]


def _text_of(*folders):
    return "\n".join(path.read_text() for folder in folders for path in sorted((REPOSITORY / folder).rglob("*.py")))


CODE = _text_of("finance_connector/core", "finance_connector/models", "finance_connector/controllers",
                "finance_connector/providers", "finance_connector/formats", "finance_connector/feeds",
                "finance_connector/payments", "finance_connector/channels", "finance_connector/wizards")  # fmt: skip
TESTS = _text_of("finance_connector/tests", "tests")


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_rule_is_cited_by_code_and_held_by_tests_that_exist(row):
    identifier, _rule, _files, tests = row
    assert re.search(rf"\b{identifier}\b", CODE), f"{identifier} is cited nowhere in the code"
    names = re.findall(r"`(test_\w+)`", tests)
    assert names, f"{identifier} names no test"
    missing = [name for name in names if f"def {name}(" not in TESTS]
    assert not missing, f"{identifier} names tests that do not exist: {missing}"


def test_the_files_named_by_the_register_exist():
    paths = [path for row in ROWS for path in re.findall(r"`([\w/]+\.py)`", row[2])]
    missing = [path for path in paths if not (REPOSITORY / "finance_connector" / path).exists()]
    assert len(paths) > 10
    assert not missing
