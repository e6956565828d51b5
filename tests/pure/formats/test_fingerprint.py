"""The counted fingerprint: equal payments stay as many as they are, overlapping files agree."""

from collections import Counter
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from fc import formats
from fc.formats.fingerprint import RepeatCounter, compose, content_of, digest

from .make import balance, document, entry, statement

DAYS = [f"2025-03-{number:02d}" for number in range(10, 16)]

# A few amounts and texts only, so that equal payments are frequent.
payments = st.tuples(
    st.sampled_from(["1.00", "-1.00", "5.00"]),
    st.sampled_from(["", "rent", "fee"]),
    st.sampled_from(["", "A", "B"]),
)


def fingerprints(statement):
    return [one.fingerprint for one in statement.entries]


def as_statement(days, books, opening, name="S"):
    """A statement over ``days`` of ``books`` (day -> payments)."""
    entries = [entry(amount, day=day, text=text, ref=ref) for day in days for amount, text, ref in books[day]]
    total = sum(Decimal(amount) for day in days for amount, _text, _ref in books[day])
    return statement(*entries, opening=opening, total=total, day=days[-1], name=name)


def test_parts():
    content = digest(("a", "b"))
    assert content != digest(("ab", ""))
    assert len(content) == 64
    assert compose(content, 12) == f"{content}:12"
    assert content_of(compose(content, 12)) == content


def test_what_is_told_again_and_what_is_not():
    """The number, the bank's id and details of a batch may differ between files; what the entry says may
    not."""
    detail = "<TxDtls><Refs><EndToEndId>E</EndToEndId></Refs></TxDtls>"

    def of(amount="5.00", **told):
        content = document(statement(entry(amount, **{"text": "x", **told}), total=amount))
        return next(formats.parse(content)).entries[0].fingerprint

    ids = "<TxDtls><Refs><AcctSvcrRef>{0}</AcctSvcrRef><Prtry><Tp>Nr</Tp><Ref>{0}</Ref></Prtry></Refs></TxDtls>"
    same = [
        of(),
        of(details=ids.format(1)),
        of(details=ids.format(2)),
        of(ref="R1"),
        of("5.000", text=" x "),
        of(extra="<NtryRef>9</NtryRef>"),
        of(details="<TxDtls/>" * 2),
    ]
    other = [
        of("5.01"),
        of("-5.00"),
        of(text="y"),
        of(day="2025-03-13"),
        of(value="2025-03-13"),
        of(extra="<RvslInd>true</RvslInd>"),
        of(details=detail),
    ]
    assert set(same) == {same[0]}
    assert len({same[0], *other}) == len(other) + 1


@given(
    st.fixed_dictionaries({day: st.lists(payments, max_size=6) for day in DAYS}),
    st.integers(0, 3), st.integers(3, 5), st.randoms(use_true_random=False),
)  # fmt: skip
def test_overlapping_files_agree_and_keep_the_number(books, start, end, random):
    """A file over the first days and one over the last, in another order within the day, have together as
    many fingerprints as there are payments."""
    shuffled = {day: random.sample(told, len(told)) for day, told in books.items()}
    (first,) = formats.parse(document(as_statement(DAYS[: end + 1], books, "10000.00")))
    (second,) = formats.parse(document(as_statement(DAYS[start:], shuffled, "20000.00")))
    together = set(fingerprints(first)) | set(fingerprints(second))
    assert len(together) == sum(len(told) for told in books.values())
    shared = {one.fingerprint for one in first.entries if one.booking_date.isoformat() >= DAYS[start]}
    assert shared <= set(fingerprints(second))


@settings(deadline=None)
@given(st.lists(payments, min_size=1, max_size=8), st.data())
def test_a_day_in_consecutive_statements_counts_as_one(told, data):
    cut = data.draw(st.integers(0, len(told)))
    day = DAYS[0]
    whole = as_statement([day], {day: told}, "500.00")
    middle = Decimal("500.00") + sum(Decimal(amount) for amount, _text, _ref in told[:cut])
    parts = [
        as_statement([day], {day: told[:cut]}, "500.00", name="MORNING"),
        as_statement([day], {day: told[cut:]}, middle, name="EVENING"),
    ]
    expected = Counter(fingerprints(next(formats.parse(document(whole)))))
    for order in (parts, parts[::-1]):
        found = Counter()
        for one in formats.parse(document(*order)):
            found.update(fingerprints(one))
        assert found == expected


def test_a_copy_in_the_same_file_has_the_same_fingerprints():
    told = statement(entry("5.00"), entry("5.00"), total="10")
    first, second = formats.parse(document(told, told))
    assert fingerprints(first) == fingerprints(second)


def test_a_copy_whose_entries_cancel_out_is_a_copy_too():
    told = statement(entry("5.00"), entry("-5.00"), total="0")
    first, second = formats.parse(document(told, told))
    assert fingerprints(first) == fingerprints(second)


def test_a_statement_after_the_pages_of_another_counts_on():
    def page(number, last):
        return f"<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>"

    _paged, after = formats.parse(
        document(
            statement(entry("5.00"), head=page(1, "false"), balances=balance("OPBD", "0.00")),
            statement(entry("5.00"), head=page(2, "true"), balances=balance("CLBD", "10.00")),
            statement(entry("5.00"), opening="10.00", total="5", name="S2"),
        )
    )
    assert fingerprints(after)[0].endswith(":3")


def test_accounts_are_counted_apart():
    one = statement(entry("5.00"), total="5")
    other = statement(entry("5.00"), total="5", account="<IBAN>DE02120300000000202051</IBAN>", name="O")
    again = statement(entry("5.00"), opening="105.00", total="5", name="S2")
    first, second, third = formats.parse(document(one, other, again))
    assert first.entries[0].fingerprint != second.entries[0].fingerprint
    assert third.entries[0].fingerprint == first.entries[0].fingerprint[:-1] + "2"


def test_the_counter_tells_contents_apart():
    counter = RepeatCounter()
    (header,) = formats.parse(document(statement()))
    counter.begin(header)
    contents = [digest((str(number),)) for number in range(3)]
    assert [counter.ordinal(content) for content in (*contents, *contents, contents[1])] == [
        1,
        1,
        1,
        2,
        2,
        2,
        3,
    ]
