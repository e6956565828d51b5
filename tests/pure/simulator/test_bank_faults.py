"""What our reader says of the files of a bank that went wrong."""
from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from fc import formats
from fc.formats import dedupe
from simulator.dialects import bank_faults, camt
from simulator.world.bank import iban
from simulator.world.truth import BankEntry, Statement

ZONE = ZoneInfo("Europe/Berlin")
SEEDS = range(40)


def drawn(seed):
    """A generator that draws what went wrong."""
    return Random(seed)  # noqa: S311 (no secret)


ACCOUNT = camt.Account(iban(drawn(0)), "EUR", "Harbour Books", "SIMUDEFF")


def day(number):
    """A statement of four entries; two of them are equal payments under two ids, and each day has the same amounts."""
    when, opening = date(2025, 3, 10) + timedelta(days=number), 1000 + 600 * number
    entries = [
        BankEntry(f"B{number}{index}", amount, "EUR", when, when, text, "Ann", iban(drawn(1)))
        for index, (amount, text) in enumerate([(200, "Thanks"), (200, "Thanks"), (300, "Invoice 7"), (-100, "Rent")])]
    return Statement(number, when, opening, opening + 600, entries)


DAYS = [day(number) for number in range(1, 6)]


def written(statements):
    return camt.statement(ACCOUNT, statements, zone=ZONE)


def read(content):
    return list(formats.parse(content))


def refusal(content):
    """Why a file is refused."""
    with pytest.raises(formats.FormatError) as refused:
        read(content)
    assert refused.value.reason
    return refused.value.reason


def known(statement):
    return [dedupe.Known(e.bank_id, e.fingerprint, e.booking_date, e.amount) for e in statement.entries]


def test_a_file_is_refused_wherever_it_is_cut():
    content = written(DAYS[:2])
    last = len(content.rstrip()) - 1
    assert refusal(content[:0]) == "the file is empty."
    # Two hundred places from the first character on, and each one within the last two tags.
    for length in {*range(1, last, last // 200), *range(last - 40, last + 1)}:
        refusal(content[:length])
    for seed in SEEDS:
        cut = bank_faults.truncated(content, drawn(seed))
        assert content.startswith(cut)
        refusal(cut)


def test_an_archive_is_refused_wherever_it_is_cut():
    content = bank_faults.zipped({"1.xml": written(DAYS[:1]), "2.xml": written(DAYS[1:2])})
    for length in range(len(content)):
        refusal(content[:length])


def test_of_an_overlapping_file_only_the_new_day_is_new():
    for seed in SEEDS:
        chosen = bank_faults.overlapping(DAYS, 3, drawn(seed))
        assert chosen == DAYS[4 - len(chosen):4]
        assert 2 <= len(chosen) <= 4
        before = [one for statement in read(written(DAYS[:3])) for one in known(statement)]
        *repeated, new = read(written(chosen))
        for statement in repeated:
            decided = dedupe.decide([one for one in before if one.booking_date == statement.closing_date], statement.entries)
            assert (len(decided.duplicates), decided.new, decided.conflicts, decided.missing) == (4, [], [], [])
        assert len(dedupe.decide([], new.entries).new) == 4


def test_the_first_day_of_an_account_overlaps_with_nothing():
    assert bank_faults.overlapping(DAYS, 0, drawn(1)) == DAYS[:1]


def test_entries_under_other_ids_are_the_same_entries():
    (original,) = read(written(DAYS[:1]))
    for seed in SEEDS:
        other = bank_faults.renumbered(DAYS[0], drawn(seed))
        (found,) = read(written([other]))
        assert not {entry.bank_id for entry in found.entries} & {entry.bank_id for entry in original.entries}
        assert len({entry.bank_id for entry in found.entries}) == 4
        decided = dedupe.decide(known(original), found.entries)
        assert {pair.reason for pair in decided.duplicates} == {dedupe.SAME_CONTENT_OTHER_ID}
        assert (len(decided.duplicates), decided.new, decided.conflicts, decided.missing) == (4, [], [], [])
    assert DAYS[0] == day(1)


def test_an_archive_is_read_file_by_file_and_refused_as_a_whole():
    files = {"1.xml": written(DAYS[:1]), "2.xml": written(DAYS[1:3])}
    content = bank_faults.zipped(files)
    assert content == bank_faults.zipped(files)
    found = read(content)
    assert [statement.member for statement in found] == ["1.xml", "2.xml", "2.xml"]
    assert [len(statement.entries) for statement in found] == [4, 4, 4]
    refusal(bank_faults.zipped(files | {"2.xml": files["2.xml"][:-30]}))
