"""Equal payments stay as many as they are, through real files: read, fingerprinted and decided as the importer does it."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from fc import formats
from fc.formats.dedupe import Span

from .make import document, entry, statement
from .test_dedupe import Account

FIRST = date(2025, 3, 10)
DAYS = 4
# How many times the same payment was made on each day.
repeats = st.lists(st.integers(0, 5), min_size=DAYS, max_size=DAYS)
windows = st.tuples(st.integers(0, DAYS - 1), st.integers(0, DAYS - 1)).map(sorted)


def file_over(counts, first, last, split, ids):
    """A file over the days ``first`` to ``last``, the last of which may not be over; ``split``: each day is a statement of
    its own."""
    days = [[number] for number in range(first, last + 1)] if split else [list(range(first, last + 1))]
    opening, told = Decimal("100.00") + 5 * sum(counts[:first]), []
    for numbers in days:
        entries = [
            entry("5.00", day=on, value=on, text="the same", ref=f"{number}-{position}" if ids else "")
            for number in numbers
            for on in [str(FIRST + timedelta(number))]
            for position in range(counts[number])
        ]
        closing_day = str(FIRST + timedelta(numbers[-1]))
        told.append(statement(*entries, opening=opening, total=5 * len(entries), day=closing_day, name=f"S{numbers[0]}"))
        opening += 5 * len(entries)
    return document(*told)


@settings(max_examples=100, deadline=None)
@given(repeats, st.lists(st.tuples(windows, st.booleans(), st.integers(0, 5)), max_size=5), st.booleans())
def test_n_equal_payments_stay_n_whatever_files_overlap(counts, files, ids):
    account = Account()
    whole = ([0, DAYS - 1], False, 5)
    for (first, last), split, so_far in [*files, whole, *files]:
        told = [*counts[:last], min(so_far, counts[last]), *counts[last + 1 :]]
        for one in formats.parse(file_over(told, first, last, split, ids)):
            assert len({line.fingerprint for line in one.entries}) == len(one.entries)
            account.load(Span.of(one), one.entries)
    found = Counter(row.booking_date for row in account.rows.values())
    assert found == Counter({FIRST + timedelta(number): count for number, count in enumerate(counts) if count})
