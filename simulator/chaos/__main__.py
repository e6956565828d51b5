"""Run as `python -m simulator.chaos` by `make chaos`."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

if __name__ == "__main__":
    from .cli import main

    sys.exit(main())
