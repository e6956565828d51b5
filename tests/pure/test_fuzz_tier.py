"""The fuzz tier: every parser keeps its promise for the first inputs of a seed, and a parser that does not is found, kept and
replayed."""

import sys
import time
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from fc.core.errors import PayloadError  # noqa: E402
from tests.fuzz import mutate, runner, targets  # noqa: E402
from tests.fuzz.calls import Call, call  # noqa: E402


@pytest.mark.parametrize("name", targets.TARGETS)
@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=200), seed=st.integers(0, 10**9))
def test_any_bytes_and_any_damage_give_a_result_or_a_typed_error_in_time(name, content, seed):
    targets.check(name, content)
    for damaged in islice(runner.inputs(name, seed), 2):
        targets.check(name, damaged)


@pytest.mark.parametrize("name", targets.TARGETS)
def test_undamaged_samples_are_read(name):
    assert {targets.check(name, sample) for sample in targets.TARGETS[name].samples()} >= {"read"}


def _crash(_content):
    return {}["missing"]


def _loop(_content):
    while True:
        try:
            time.process_time()
        except Exception:
            raise PayloadError("any Exception is taken for a damaged input") from None


def _nul(_content):
    raise PayloadError("a\0b")


@pytest.mark.parametrize(("broken", "says"), [(_crash, "KeyError"), (_loop, "TooSlow"), (_nul, "cannot be stored")])
def test_a_parser_that_breaks_its_promise_is_found_and_kept_once(monkeypatch, tmp_path, capsys, broken, says):
    monkeypatch.setitem(targets.TARGETS, "event", targets.TARGETS["event"]._replace(read=broken))
    monkeypatch.setattr(targets.check, "__defaults__", (0.05,))
    faults = runner.Faults(tmp_path)
    first, second = islice(runner.inputs("event", 1), 2)
    assert [runner.attempt("event", content, faults, 1) for content in (first, second)] == ["fault", "fault"]
    (kept,) = tmp_path.iterdir()
    told = capsys.readouterr().out
    assert kept.read_bytes() == first
    assert says in told
    assert f"make fuzz REPLAY={kept}" in told


def test_a_seed_gives_the_same_inputs_again():
    for name in targets.TARGETS:
        assert list(islice(runner.inputs(name, 7), 5)) == list(islice(runner.inputs(name, 7), 5))
    assert list(islice(runner.inputs("event", 7), 5)) != list(islice(runner.inputs("event", 8), 5))


@settings(max_examples=50, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 99))
def test_a_kept_call_is_the_same_call(random, number):
    one = call(random, number)
    assert Call.loaded(one.saved()) == one


def test_numbers_that_python_does_not_write_are_written():
    assert mutate.encoded({"a": 10**4400, "b": [1]}) == b'{"a": 1' + b"0" * 4400 + b', "b": [1]}'
