"""Every camt file of the corpus: imported with its balances proven, or refused for a reason that a person
agrees with.

The tally is printed (pytest -s, and in the summary of a failing run)."""

from collections import Counter

import pytest

from fc import formats
from fc.formats import dedupe

from .corpus import outcomes

# A refusal, by what its reason says.
KINDS = {
    "is in SEK, the account in EUR": "balances in two currencies",
    "is not the previous closing balance": "OPBD and PRCD contradict each other",
    "holds no statement": "no statement in the file",
    "but the closing balance is": "opening + entries is not closing",
    "in that it has no amount": "an entry in another currency than the account",
    "transactions (NbOfTxs), but": "a batch with more transactions than it counts",
}

# The files that are refused, and why.
REFUSED = {
    "genkgo/camt052.v4.xml": "an entry in another currency than the account",
    "genkgo/camt054.v8.xml": "a batch with more transactions than it counts",
    "genkgo/camt053.v2.all-balance-types.xml": "OPBD and PRCD contradict each other",
    "genkgo/camt053.v2.minimal.xml": "balances in two currencies",
    "genkgo/camt053.v2.wrong.xml": "no statement in the file",
    "genkgo/camt053.v3.xml": "balances in two currencies",
    "genkgo/camt053.v8.xml": "balances in two currencies",
    # The bank's closing balance leaves out the 1537.00 that is valued on the next day.
    "postfinance/camt.053_P_CH2909000000250094239_1110092698_0_2020112503071366.xml": ("opening + entries is not closing"),
}


@pytest.fixture(scope="module")
def results():
    """Name of the file -> list of its statements, or its FormatError."""
    return {name.removeprefix("camt/"): found for name, found in outcomes(("camt",), "*.xml").items()}


def kind(error):
    return next((told for words, told in KINDS.items() if words in error.reason), error.reason)


def test_tally(results, capsys):
    refused = {name: kind(found) for name, found in results.items() if isinstance(found, formats.FormatError)}
    read = {name: found for name, found in results.items() if name not in refused}
    statements = [statement for found in read.values() for statement in found]
    entries = [entry for statement in statements for entry in statement.entries]
    announced = [name for name, found in read.items() if any(one.provisional for one in found)]
    with capsys.disabled():
        print(f"\ncorpus/camt: {len(results)} files; imported with balances proven: {len(read) - len(announced)} files,", end=" ")
        print(f"announced: {len(announced)}; {len(statements)} statements, {len(entries)} entries; refused: {len(refused)}")
        for reason, count in Counter(refused.values()).most_common():
            print(f"  {count:4d}  {reason}")
        print(f"  details: {dict(Counter(entry.details_state for entry in entries))}")
    assert refused == REFUSED
    assert all("052" in name or "054" in name for name in announced)
    assert all(one.is_proven for name, found in read.items() if name not in announced for one in found)
    assert {name.split("/")[0] for name in read} >= {"daily-053", "month"}


def test_no_daily_or_monthly_statement_is_refused(results):
    for name, found in results.items():
        if name.startswith(("daily-053/", "month/")):
            assert isinstance(found, list), f"{name}: {found}"


def test_identical_looking_lines_stay_as_many_as_they_are(results):
    for name, found in results.items():
        if isinstance(found, list):
            entries = [entry for statement in found for entry in statement.entries if not statement.provisional]
            assert len({entry.fingerprint for entry in entries}) == len(entries), name
    (month,) = results["month/BE68793230773034-202411.xml"]
    assert len(month.entries) == 268
    again = [dedupe.Known(e.bank_id, e.fingerprint, e.booking_date, e.amount) for e in month.entries]
    assert len(dedupe.decide(again, month.entries).duplicates) == 268


def test_the_daily_statements_are_one_chain(results):
    """Eighty days of two accounts: nothing is known twice, and each day opens where the one before it
    closed."""
    spans, known = {}, {}
    for name, found in results.items():
        for statement in found if name.startswith("daily-053/") else ():
            before = spans.setdefault(statement.account, [])
            assert not before or before[-1].closing == statement.opening, name
            before.append(dedupe.Span.of(statement))
            for entry in statement.entries:
                assert entry.fingerprint not in known, name
                known[entry.fingerprint] = name
    assert sorted(len(told) for told in spans.values()) == [80, 80]
