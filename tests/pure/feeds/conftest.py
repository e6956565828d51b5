"""Makes the simulated world importable: the objects of the tests are the ones the demo and the benchmarks
use."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[3])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)
