"""The canonical form and the audit chain: golden values, refusals, and every way of tampering noticed."""

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core.hashing import CHAIN_FIELDS, GENESIS, canonical_json, chain_hash, verify_chain
from fc.core.money import Money

NOON = datetime(2026, 3, 1, 13, 0, tzinfo=timezone(timedelta(hours=1)))
CONTENT = {
    "at": NOON,
    "user": "Zoë",
    "action": "approve",
    "payload": {
        "amount": Money(1050, "EUR"),
        "rate": Decimal("1.0800"),
        "on": date(2026, 3, 1),
        "n": [1, None, True],
    },
}
GOLDEN_JSON = (
    '{"action":"approve","at":"2026-03-01T12:00:00.000000Z","payload":{"amount":{"currency":"EUR","minor":1050},'
    '"n":[1,null,true],"on":"2026-03-01","rate":"1.0800"},"user":"Zoë"}'
)
GOLDEN_HASHES = (
    "v1:7493c58b9ef30c25f624dbd40ad2ea38f9f0e344c2084cad7e5a75fdd2ff1966",
    "v1:413115f2a47b504c055904d62e729d2eb80d475a66ce87e1dca747ee39cfce74",
)


def test_golden_form():
    assert canonical_json(CONTENT).decode() == GOLDEN_JSON


def test_a_decimal_is_written_without_exponent():
    assert canonical_json([Decimal("1E+2"), Decimal("1.10"), Decimal("1E-8")]) == b'["100","1.10","0.00000001"]'


def test_golden_hashes():
    """These never change: a log written by an older version must verify for as long as it is kept."""
    first = chain_hash(GENESIS, 1, CONTENT)
    assert (first, chain_hash(first, 2, {"action": "void"})) == GOLDEN_HASHES
    assert GENESIS == "v1:" + "0" * 64


def test_the_hash_covers_the_previous_hash_the_sequence_and_the_content():
    variants = {
        chain_hash(GENESIS, 1, {"a": 1}),
        chain_hash(GENESIS, 2, {"a": 1}),
        chain_hash(GENESIS, 1, {"a": 2}),
        chain_hash(GENESIS, 1, {"a": "1"}),
        chain_hash("v1:" + "1" * 64, 1, {"a": 1}),
    }
    assert len(variants) == 5


@pytest.mark.parametrize(
    "content",
    [
        1.5,
        {"a": [0.0]},
        Decimal("NaN"),
        Decimal("Infinity"),
        b"bytes",
        {1: "key"},
        {"set": {1}},
        datetime(2026, 3, 1),
    ],
    ids=repr,
)
def test_what_has_no_canonical_form_is_refused(content):
    with pytest.raises(TypeError):
        canonical_json(content)


def test_wrong_chain_arguments_are_refused():
    with pytest.raises(ValueError, match="no hash"):
        chain_hash("0" * 64, 1, {})
    with pytest.raises(ValueError, match="integer"):
        chain_hash(GENESIS, "1", {})


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]))
    | st.decimals(allow_nan=False, allow_infinity=False) | st.dates()
    | st.datetimes(timezones=st.just(timezone.utc))
    | st.builds(Money, st.integers(), st.sampled_from(["EUR", "JPY"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(values)
def test_the_canonical_form_read_back_gives_itself_again(value):
    text = canonical_json(value)
    assert canonical_json(json.loads(text)) == text


@given(st.dictionaries(st.text(max_size=5), st.integers(), min_size=2, max_size=6))
def test_the_order_of_keys_does_not_matter(content):
    assert canonical_json(dict(reversed(content.items()))) == canonical_json(content)


def chain(length=4):
    entries, last = [], GENESIS
    for sequence in range(1, length + 1):
        content = {"action": f"act {sequence}", "payload": {"n": sequence}}
        entry = {"sequence": sequence, "previous_hash": last, **content}
        last = entry["hash"] = chain_hash(last, sequence, content)
        entries.append(entry)
    return entries


def test_an_intact_chain_verifies_whole_and_in_parts():
    entries = chain()
    assert verify_chain([]) == (True, None, "")
    assert verify_chain(iter(entries)) == (True, None, "")
    assert verify_chain(entries, head=entries[-1]["hash"]).ok
    assert verify_chain(entries[2:], previous_hash=entries[1]["hash"], first_sequence=3).ok


def altered(index, **changes):
    entries = chain()
    entries[index] = {**entries[index], **changes}
    return entries


def rehashed():
    """An entry altered by someone who recomputes its hash: the next entry tells."""
    entries = altered(1, action="harmless")
    entry = entries[1]
    content = {key: value for key, value in entry.items() if key not in CHAIN_FIELDS}
    entry["hash"] = chain_hash(entry["previous_hash"], 2, content)
    return entries


@pytest.mark.parametrize(
    ("entries", "bad", "reason"),
    [
        (altered(1, action="harmless"), 2, "altered"),
        (altered(1, payload={"n": 2.0}), 2, "cannot be hashed"),
        (altered(1, added="field"), 2, "altered"),
        (altered(2, sequence=9), 3, "missing"),
        (altered(3, previous_hash=GENESIS), 4, "follows"),
        (rehashed(), 3, "follows"),
        (chain()[1:], 1, "missing"),
        ([*chain()[:1], *chain()[2:]], 2, "missing"),
        ([chain()[1], chain()[0]], 1, "missing"),
        ([*chain(), chain()[3]], 5, "missing"),
        ([{"sequence": 1}], 1, "no previous_hash, hash"),
    ],
)
def test_every_tampering_is_noticed_at_its_first_entry(entries, bad, reason):
    verdict = verify_chain(entries)
    assert (verdict.ok, verdict.first_bad_sequence) == (False, bad)
    assert reason in verdict.reason


def test_a_chain_cut_off_at_the_end_shows_against_its_noted_head():
    entries = chain()
    assert verify_chain(entries[:-1]).ok
    verdict = verify_chain(entries[:-1], head=entries[-1]["hash"])
    assert (verdict.ok, verdict.first_bad_sequence) == (False, 4)
