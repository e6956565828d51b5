"""CAMT.053: parsing and proving against what lxml needs to read the same file, and memory from 1,000 to 50,000 entries.

Targets: at most 4 times lxml; memory flat while parsing. Processor time of the best of several alternating runs, since
other programs share the machine; memory is the peak of a process that does nothing else.
"""

import gc
import io
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lxml import etree

import tests.pure.conftest  # noqa: F401  makes the pure rooms importable as fc
from fc import formats
from fc.formats import camt

from .camt_file import pieces, write

ENTRIES = 10_000
ROUNDS = 9
MEMORY = (1_000, 10_000, 50_000)


def _tree(content):
    etree.parse(io.BytesIO(content))


def _streamed(content):
    for _event, element in etree.iterparse(io.BytesIO(content), tag="{*}Ntry"):
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _proven_stream(content):
    for _event in camt.stream(content):
        pass


def _proven_statements(content):
    list(formats.parse(content))


def _best(content, *functions):
    """Seconds of processor time of each function, the best of ROUNDS."""
    best = [float("inf")] * len(functions)
    for _round in range(ROUNDS):
        for number, function in enumerate(functions):
            gc.collect()
            started = time.process_time()
            function(content)
            best[number] = min(best[number], time.process_time() - started)
    return best


def _peak(mode, path):
    """Peak memory in MiB of a process that reads ``path``: with "none" of one that only gets ready to."""
    command = [sys.executable, "-m", "bench.bench_camt", mode, str(path)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) / 1024


def _read(mode, path):
    """What the process of `_peak` does."""
    if mode == "stream":
        with open(path, "rb") as source:
            for _event in camt.stream(source):
                pass
    elif mode == "parse":
        for _statement in formats.parse(Path(path).read_bytes()):
            pass
    # Not ru_maxrss: that of a child begins with what its parent had.
    status = Path("/proc/self/status").read_text()
    print(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


def run():
    """Print the ratios and the memory."""
    content = b"".join(pieces(ENTRIES))
    tree, streamed, proven, statements = _best(content, _tree, _streamed, _proven_stream, _proven_statements)
    print(f"camt.053: {ENTRIES} entries, {len(content) / 1e6:.1f} MB; processor time, best of {ROUNDS}")
    for name, seconds in (
        ("lxml reads the file into a tree", tree),
        ("lxml reads the file as a stream, memory flat", streamed),
        ("camt.stream: parsed and proven", proven),
        ("formats.parse: the same, collected into statements", statements),
    ):
        print(f"  {name:52s} {seconds:6.3f} s  {seconds / tree:5.2f} x tree  {seconds / streamed:5.2f} x stream")
    print("  target: at most 4 x")
    with tempfile.TemporaryDirectory() as folder:
        print("  memory while parsing, MiB above an idle process:")
        for count in MEMORY:
            path = Path(folder) / f"{count}.xml"
            write(path, count)
            idle = _peak("none", path)
            grown = {mode: _peak(mode, path) - idle for mode in ("stream", "parse")}
            print(
                f"  {count:7d} entries, {path.stat().st_size / 1e6:6.1f} MB file: "
                f"stream {grown['stream']:6.1f}, parse (file and all entries kept) {grown['parse']:6.1f}"
            )


if __name__ == "__main__":
    _read(*sys.argv[1:])
