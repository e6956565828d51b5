#!/usr/bin/env python3
"""Verify an exported audit log without Odoo or a database: python3 scripts/verify_audit.py EXPORT [--head
HASH]

EXPORT has one JSON object a line, in the order of ``sequence`` (``-`` reads standard input). Exit code 0: the
chain holds; 1: it is broken, and the first bad entry is named; 2: the export cannot be read.
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "finance_connector"))
from core.hashing import GENESIS, verify_chain


class Unreadable(Exception):
    """A line that is no JSON object."""


def _object(pairs):
    """A JSON object; one with a key twice could show a reader something else than what is hashed."""
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a key occurs twice in one object")
    return content


class Export:
    """The entries of an export, counted as they are read; ``head`` is the hash of the last one."""

    def __init__(self, stream):
        self.stream, self.count, self.head = stream, 0, None

    def __iter__(self):
        for number, line in enumerate(self.stream, 1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line, object_pairs_hook=_object)
            except (ValueError, RecursionError) as error:
                raise Unreadable(f"Line {number} is no JSON: {error}. Export the log again.") from error
            if not isinstance(entry, dict):
                raise Unreadable(f"Line {number} is no JSON object. Export the log again.")
            self.count, self.head = self.count + 1, entry.get("hash")
            yield entry


def main(arguments=None):
    """Run the check and print its result; the exit code."""
    parser = argparse.ArgumentParser(description="Verify an exported audit log.")
    parser.add_argument("export", help="file with one JSON object a line, or - for standard input")
    parser.add_argument("--head", help="hash of the last entry as noted elsewhere; shows a log that was cut off")
    parser.add_argument("--after", default=GENESIS, help="hash before the first entry, to check a part of a log")
    parser.add_argument("--first", type=int, default=1, help="sequence of the first entry of a part")
    options = parser.parse_args(arguments)
    try:
        with open(0 if options.export == "-" else options.export, encoding="utf-8") as stream:
            export = Export(stream)
            verdict = verify_chain(export, options.after, options.first, options.head)
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        print(f"Cannot read {options.export}: {error}", file=sys.stderr)
        return 2
    if not verdict.ok:
        print(f"BROKEN at entry {verdict.first_bad_sequence}: {verdict.reason}")
        return 1
    print(f"OK: {export.count} entries, last hash {export.head or options.after}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
