#!/usr/bin/env python3
"""Prepares and runs the private environment of this repository: python3 scripts/fc.py --help."""
import os
import shutil
import sys

SUPPORTED = ((3, 10), (3, 13))


def _require_python():
    """Go on with a Python that Odoo 19 supports: this one, else the newest fitting one on PATH."""
    if SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        return
    for minor in range(SUPPORTED[1][1], SUPPORTED[0][1] - 1, -1):
        other = shutil.which("python3.%d" % minor)
        if other:
            os.execv(other, [other, *sys.argv])
    sys.exit(
        "Python 3.10 to 3.13 is needed (Odoo 19 supports no other), and this is %d.%d. "
        "Install one, for example: apt-get install python3.12 python3.12-venv" % sys.version_info[:2])


if __name__ == "__main__":
    _require_python()
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from fc_env.cli import main
    sys.exit(main(sys.argv[1:]))
