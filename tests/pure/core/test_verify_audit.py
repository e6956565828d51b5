"""The offline verifier as an auditor runs it: on an export, with nothing but Python."""

import json
import subprocess
import sys
from pathlib import Path

from .test_hashing import GENESIS, chain

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "verify_audit.py"


def verify(path, *options, stdin=""):
    """Run the script without site packages; (exit code, what it printed)."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(path), *options],
        input=stdin, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def export(path, entries):
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    return path


def test_an_intact_export(tmp_path):
    entries = chain()
    path = export(tmp_path / "audit.jsonl", entries)
    assert verify(path) == (0, f"OK: 4 entries, last hash {entries[-1]['hash']}\n")
    assert verify(path, "--head", entries[-1]["hash"])[0] == 0
    assert verify("-", stdin=path.read_text(encoding="utf-8"))[0] == 0
    part = export(tmp_path / "part.jsonl", entries[2:])
    assert verify(part, "--after", entries[1]["hash"], "--first", "3")[0] == 0
    assert verify(export(tmp_path / "empty.jsonl", [])) == (0, f"OK: 0 entries, last hash {GENESIS}\n")


def test_a_broken_export_names_its_first_bad_entry(tmp_path):
    entries = chain()
    entries[2]["action"] = "nothing happened"
    code, text = verify(export(tmp_path / "audit.jsonl", entries))
    assert code == 1
    assert text.startswith("BROKEN at entry 3: ")
    cut = export(tmp_path / "cut.jsonl", chain()[:3])
    assert verify(cut, "--head", chain()[3]["hash"])[0] == 1


def test_what_is_no_export_is_refused(tmp_path):
    path = tmp_path / "audit.jsonl"
    twice = '{"sequence": 1, "sequence": 1}'
    for text in ("{", "[1]", "null", twice, "[" * 100000):
        path.write_text(text, encoding="utf-8")
        code, printed = verify(path)
        assert code == 2, printed
        assert "Line 1" in printed
        assert "Traceback" not in printed
    path.write_bytes(b"\xff\xfe{}")
    assert verify(path)[0] == 2
    assert verify(tmp_path / "absent.jsonl")[0] == 2


def test_deep_content_does_not_crash_the_check(tmp_path):
    entry = {**chain(1)[0], "payload": "DEEP"}
    path = export(tmp_path / "audit.jsonl", [entry])
    deep = "[" * 900 + "]" * 900
    path.write_text(path.read_text(encoding="utf-8").replace('"DEEP"', deep), encoding="utf-8")
    code, text = verify(path)
    assert code == 1
    assert "Traceback" not in text
