"""Text formats: statement lines a second, parsed and proven, of files with 200,000 of them.

Target: at least 50,000 a second. Processor time of the best of several runs, since other programs share the machine.
"""

import gc
import os
import time

import tests.pure.conftest  # noqa: F401  makes the pure rooms importable as fc
from fc import formats

from .text_files import MAKERS

LINES = 200_000
ROUNDS = 2
TARGET = 50_000
PROFILE = formats.Profile(
    columns=(("date", "Date"), ("amount", "Amount"), ("text", "Text"), ("name", "Payee"), ("balance", "Balance")),
    date_order="dmy", decimal_sign=",", delimiter=";", currency="EUR",
)  # fmt: skip


def run():
    """Print the lines a second of each format; the variable FORMATS chooses some."""
    print(f"text formats: {LINES} entries a file; processor time, best of {ROUNDS}; target {TARGET} lines/s")
    chosen = os.environ.get("FORMATS", "").split() or MAKERS
    for name in chosen:
        content = MAKERS[name](LINES)
        assert formats.detect(content) == name
        best = min(_seconds(name, content) for _round in range(ROUNDS))
        rate = LINES / best
        below = "" if rate >= TARGET else "  below target"
        print(f"  {name:10s} {len(content) / 1e6:6.1f} MB {best:6.2f} s {rate:9.0f} lines/s{below}", flush=True)


def _seconds(name, content):
    """Processor seconds of reading ``content`` as a stream."""
    gc.collect()
    started = time.process_time()
    count = sum(
        isinstance(event, formats.Entry) for _member, event in formats.stream(content, PROFILE if name == "csv" else name)
    )
    spent = time.process_time() - started
    assert count == LINES, f"{name}: {count} entries"
    return spent
