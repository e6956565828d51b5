"""The fuzz tier: damaged inputs for every parser and for the webhook route of a real server (`make fuzz`)."""
import sys
from pathlib import Path

import tests.pure.conftest

_ROOT = Path(__file__).resolve().parents[2]
for _folder in (_ROOT / "scripts", _ROOT / "tests" / "system"):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))
