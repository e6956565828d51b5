"""Which entries are known: overlaps, new versions, changed ids, days cut in two, and what only a person can
tell."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fc.formats import dedupe
from fc.formats.dedupe import Known, Span, adjoins, decide
from fc.formats.fingerprint import compose, digest

DAY = date(2025, 3, 14)


class Told(NamedTuple):
    """As much of an Entry as `decide` reads."""

    bank_id: str
    fingerprint: str
    booking_date: date
    amount: Decimal
    is_reversal: bool = False


def told(bank_id, words="x", amount="5.00", day=DAY, ordinal=1, reversal=False):
    content = digest((str(day), amount, words))
    return Told(bank_id, compose(content, ordinal), day, Decimal(amount), reversal)


def known(*arguments, **named):
    one = told(*arguments, **named)
    return Known(one.bank_id, one.fingerprint, one.booking_date, one.amount)


def reasons(pairs):
    return [pair.reason for pair in pairs]


def test_nothing_known():
    found = decide([], [told("A"), told("B", ordinal=2)])
    assert [new.fingerprint[-2:] for new in found.new] == [":1", ":2"]
    assert found[1:] == ([], [], [])


def test_the_same_again():
    found = decide([known("A"), known("B", ordinal=2)], [told("A"), told("B", ordinal=2)])
    assert reasons(found.duplicates) == [dedupe.SAME, dedupe.SAME]
    assert (found.new, found.conflicts, found.missing) == ([], [], [])


def test_without_ids_the_content_decides_and_a_third_one_is_new():
    found = decide([known(""), known("", ordinal=2)], [told("", ordinal=number) for number in (1, 2, 3)])
    assert reasons(found.duplicates) == [dedupe.SAME_CONTENT_OTHER_ID] * 2
    assert [new.fingerprint[-2:] for new in found.new] == [":3"]


def test_a_second_payment_that_is_listed_first_gets_a_fingerprint_of_its_own():
    found = decide([known("A")], [told("B"), told("A", ordinal=2)])
    assert [(new.entry.bank_id, new.fingerprint[-2:]) for new in found.new] == [("B", ":2")]
    assert reasons(found.duplicates) == [dedupe.SAME]


def test_a_text_added_later():
    found = decide([known("A", "short")], [told("A", "short and more")])
    assert reasons(found.duplicates) == [dedupe.SAME_ID_OTHER_WORDS]


def test_all_ids_changed():
    found = decide([known("A"), known("B", "y")], [told("C"), told("D", "y"), told("E", "z", "9.00")])
    assert reasons(found.duplicates) == [dedupe.SAME_CONTENT_OTHER_ID] * 2
    assert [new.entry.bank_id for new in found.new] == ["E"]


def test_same_content_and_other_id_where_ids_are_kept():
    """The bank kept the id of y, so A and C are two payments; but then A should have been repeated."""
    found = decide([known("A"), known("B", "y")], [told("C"), told("B", "y")])
    assert reasons(found.conflicts) == [dedupe.UNCLEAR_CONTENT]
    assert found.new == []


def test_same_content_and_other_id_where_neither_list_contains_the_other():
    found = decide([known("A"), known("B", "y", "7.00")], [told("C"), told("D", "z", "9.00")])
    assert reasons(found.conflicts) == [dedupe.UNCLEAR_CONTENT]
    assert [new.entry.bank_id for new in found.new] == ["D"]


def test_an_id_with_another_amount_or_day():
    for other in (told("A", "y", "6.00"), told("A", "x", day=DAY + timedelta(1))):
        assert reasons(decide([known("A")], [other]).conflicts) == [dedupe.UNCLEAR_ID]


def test_a_return_may_carry_the_id_of_the_payment():
    found = decide([known("A")], [told("A", "back", "-5.00", reversal=True)])
    assert (len(found.new), found.conflicts) == (1, [])


def test_an_id_that_several_entries_share_is_no_identity():
    found = decide([known("A"), known("A", "charge", "-1.00")], [told("A"), told("A", "charge", "-1.00")])
    assert reasons(found.duplicates) == [dedupe.SAME, dedupe.SAME]
    found = decide([known("A"), known("A", "charge", "-1.00")], [told("A"), told("A", "fee", "-1.00")])
    assert reasons(found.conflicts) == [dedupe.UNCLEAR_AMOUNT]


def test_the_same_amount_in_other_words():
    assert reasons(decide([known("A")], [told("", "y")]).conflicts) == [dedupe.UNCLEAR_AMOUNT]
    found = decide([known("A"), known("B", "b", "8.00")], [told("C", "y"), told("B", "b", "8.00")])
    assert (len(found.new), found.conflicts) == (1, [])


def test_missing_is_told_for_days_within():
    days = [DAY + timedelta(number) for number in range(3)]
    incoming = [told("A", day=days[0]), told("C", day=days[2])]
    found = decide([known("A", day=days[0]), known("B", day=days[1]), known("D", "d", "1.00", day=days[2])], incoming)
    assert [one.bank_id for one in found.missing] == ["B"]


def test_an_adjoining_statement_shares_nothing():
    found = decide([known("A"), known("", ordinal=2)], [told("A"), told("", ordinal=2)], adjoining=True)
    assert [new.fingerprint[-2:] for new in found.new] == [":3", ":4"]
    assert found[1:] == ([], [], [])


def span(opening, closing, first=DAY, last=None):
    return Span(Decimal(opening), Decimal(closing), first, last or first)


NEXT = DAY + timedelta(1)


@pytest.mark.parametrize(
    ("spans", "incoming", "expected"),
    [
        ([], span(1, 2), False),
        ([span(0, 1, DAY - timedelta(9))], span(1, 2), False),
        ([span(0, 1)], span(1, 2), True),
        ([span(2, 3)], span(1, 2), True),
        ([span(0, 1), span(2, 3)], span(1, 2), True),
        ([span(-5, 0), span(0, 1)], span(1, 2), True),
        ([span(0, 1)], span(1, 2, DAY, NEXT), True),
        ([span(0, 1, DAY - timedelta(1), DAY)], span(1, 2, DAY, NEXT), True),
        # the same statement again, alone or after its neighbour
        ([span(1, 2)], span(1, 2), False),
        ([span(0, 1), span(1, 2)], span(1, 2), False),
        ([span(1, 1)], span(1, 1), False),
        # the day as a whole, where a part of it is known, and the other way round
        ([span(0, 1)], span(0, 2), False),
        ([span(0, 2)], span(1, 2), False),
        ([span(0, 1), span(1, 3)], span(1, 2), False),
        # a statement between them is not known
        ([span(0, 1)], span(2, 3), False),
        # more than one day in common
        ([span(0, 1, DAY, NEXT)], span(1, 2, DAY, NEXT), False),
        # a month over days of which the last one before it fits
        ([span(0, 1, DAY), span(1, 2, NEXT)], span(1, 9, DAY, DAY + timedelta(20)), False),
    ],
)  # fmt: skip
def test_adjoins(spans, incoming, expected):
    assert adjoins(spans, incoming) is expected


class Account:
    """Stored entries and spans, fed with statements as the importer does it."""

    def __init__(self):
        self.rows, self.spans = {}, []

    def load(self, span, entries):
        near = [row for row in self.rows.values() if span.first_day <= row.booking_date <= span.last_day]
        found = decide(near, entries, adjoins(self.spans, span))
        assert found.conflicts == []
        for new in found.new:
            one = new.entry
            assert new.fingerprint not in self.rows, "the unique index would refuse it"
            self.rows[new.fingerprint] = Known(one.bank_id, new.fingerprint, one.booking_date, one.amount)
        self.spans.append(span)


payments = st.tuples(st.sampled_from(["1.00", "2.00"]), st.sampled_from(["x", "y"]))
books = st.lists(st.lists(payments, max_size=5), min_size=4, max_size=6)


def entries_of(book, first, last, ids):
    """The entries of days ``first`` to ``last`` and their span. ``ids``: how the bank gives its ids."""
    found, counts = [], Counter()
    balance = Decimal(sum(Decimal(amount) for told in book[:first] for amount, _words in told))
    opening = balance
    for number in range(first, last + 1):
        day = DAY + timedelta(number)
        for position, (amount, words) in enumerate(book[number]):
            counts[day, amount, words] += 1
            bank_id = {
                "stable": f"{number}-{position}",
                "none": "",
                "fresh": f"{first}-{last}-{number}-{position}",
            }[ids]
            found.append(told(bank_id, words, amount, day, counts[day, amount, words]))
            balance += Decimal(amount)
    return Span(opening, balance, DAY + timedelta(first), DAY + timedelta(last)), found


@settings(max_examples=150)
@given(
    books,
    st.sampled_from(["stable", "none", "fresh"]),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=6),
)
def test_any_sequence_of_overlapping_files_ends_with_every_payment_once(book, ids, files):
    """Files over whole days, overlapping in any way and any order, in any way in which banks give ids."""
    account = Account()
    last = len(book) - 1
    for start, end in [*files, (0, last)]:
        first, final = sorted((min(start, last), min(end, last)))
        account.load(*entries_of(book, first, final, ids))
    assert len(account.rows) == sum(len(told) for told in book)


@settings(max_examples=150)
@given(
    st.lists(payments, min_size=1, max_size=9),
    st.lists(st.integers(0, 9), max_size=3),
    st.sampled_from(["stable", "none"]),
    st.randoms(use_true_random=False),
)
def test_a_day_cut_into_statements_keeps_every_payment_in_any_order(day, cuts, ids, random):
    """Parts of one day, each loaded twice, then the whole day: as many rows as payments (amounts are
    positive, so the balances tell the parts apart)."""
    account = Account()
    bounds = sorted({0, len(day), *(min(cut, len(day)) for cut in cuts)})
    parts = [(start, bounds[number + 1]) for number, start in enumerate(bounds[:-1])]
    wholly = entries_of([day], 0, 0, ids)[1]
    for start, end in parts + random.sample(parts, len(parts)):
        opening = sum((one.amount for one in wholly[:start]), Decimal())
        counts, entries = Counter(), []
        for one in wholly[start:end]:
            content = one.fingerprint.split(":")[0]
            counts[content] += 1
            entries.append(one._replace(fingerprint=compose(content, counts[content])))
        closing = opening + sum(one.amount for one in entries)
        account.load(Span(opening, closing, DAY, DAY), entries)
    assert len(account.rows) == len(day)
    account.load(Span(Decimal(0), sum((one.amount for one in wholly), Decimal()), DAY, DAY), wholly)
    assert len(account.rows) == len(day)


@pytest.mark.parametrize("unknown", [(None, None), (None, Decimal(5)), (Decimal(5), None)])
def test_without_balances_nothing_adjoins(unknown):
    """Neither the statement nor one beside it, whatever else would tie."""
    stated = Span(Decimal(0), Decimal(5), DAY, DAY)
    untied = Span(*unknown, DAY, DAY)
    assert not adjoins([stated], untied)
    assert not adjoins([untied], stated)
    assert not adjoins([Span(None, None, DAY - timedelta(1), DAY)], Span(None, None, DAY, DAY + timedelta(1)))
