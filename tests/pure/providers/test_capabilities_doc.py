"""docs/capabilities.md says what the adapters and their kits say now."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_matrix_is_up_to_date():
    command = [sys.executable, "scripts/capabilities.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
