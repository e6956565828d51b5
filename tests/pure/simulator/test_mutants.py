"""The planted bugs fit the code as it is: one that cannot be planted would prove nothing."""
import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
PATCHES = sorted((REPOSITORY / "simulator" / "mutants").glob("*.patch"))


def test_they_are_numbered():
    assert [patch.name[:2] for patch in PATCHES] == [f"{number:02}" for number in range(1, 12)]


@pytest.mark.skipif(not shutil.which("git"), reason="git plants the bugs, and there is none")
@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_a_planted_bug_can_be_planted(patch):
    done = subprocess.run(["git", "apply", "--check", str(patch)], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
