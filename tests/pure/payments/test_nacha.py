"""NACHA files: proven by reading back, taken by another's bank, and refused with every reason at once."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fc.core.money import Money
from fc.formats.errors import FormatError
from fc.payments import nacha, nacha_reader
from fc.payments.nacha_layout import RECORD_LENGTH
from fc.payments.problems import PaymentFileError

from .make import CREATED, DAY
from .test_bank_takes_it import complaints


def usd(minor):
    return Money(minor, "USD")


def entry(number=1, minor=10000, **changes):
    values = {"name": "Jane Doe", "routing": "021000021", "account": "123456789"}
    return nacha.Entry(f"INV{number}", **{"amount": usd(minor), **values, **changes})


def batch(*entries, entry_class="PPD", **changes):
    return replace(nacha.Batch(entry_class, "PAYROLL", DAY, entries), **changes)


def file(*batches, **changes):
    values = {"destination": "091000019", "origin": "1234567890", "company_name": "ACME CORP", "company_id": "1234567890"}
    return nacha.File("MSG1", CREATED, **{**values, "odfi": "091000019", "batches": batches, **changes})


def codes(*batches, **changes):
    with pytest.raises(PaymentFileError) as caught:
        nacha.write(file(*batches, **changes))
    return [(problem.field, problem.code) for problem in caught.value.problems]


def test_a_file_of_every_class_is_proven_and_taken():
    written = nacha.write(file(
        batch(entry(1, 12345), entry(2, 5, kind="savings", addenda=("for February",))),
        batch(entry(3, 700), entry_class="CCD", description="VENDOR"),
        batch(entry(4, 900, addenda=("RMR*IV*1**5", "RMR*IV*2**4")), entry_class="CTX", description="VENDOR"),
    ))  # fmt: skip
    assert (written.count, written.totals) == (4, {"USD": usd(13950)})
    assert written.names == {f"INV{number}": f"09100001000000{number}" for number in (1, 2, 3, 4)}
    assert complaints(written.content) == []
    lines = written.content.decode().split("\r\n")[:-1]
    assert len(lines) % 10 == 0 and {len(line) for line in lines} == {RECORD_LENGTH}
    ctx = nacha_reader.read(written.content).batches[2].entries[0]
    assert (ctx.name, [one["text"] for one in ctx.addenda]) == ("0002Jane Doe", ["RMR*IV*1**5", "RMR*IV*2**4"])


def test_debits_prenotes_and_mixed_batches():
    debits = nacha.write(file(batch(entry(1, direction="debit"), entry(2, direction="debit", kind="savings"))))
    assert [one.code for one in nacha_reader.read(debits.content).batches[0].entries] == [27, 37]
    assert nacha_reader.read(debits.content).batches[0].header["service_class"] == "225"
    mixed = nacha.write(file(batch(entry(1), entry(2, direction="debit"))))
    assert nacha_reader.read(mixed.content).batches[0].header["service_class"] == "200"
    prenote = nacha.write(file(batch(entry(1, 0, prenote=True))))
    assert [one.code for one in nacha_reader.read(prenote.content).batches[0].entries] == [23]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"amount": usd(0)}, ("amount", "not_positive")),
        ({"amount": usd(-1)}, ("amount", "not_positive")),
        ({"amount": usd(10**10)}, ("amount", "too_large")),
        ({"amount": Money(5, "EUR")}, ("currency", "currency")),
        ({"prenote": True}, ("amount", "prenote")),
        ({"routing": "021000022"}, ("routing number", "check_digits")),
        ({"routing": "2100002"}, ("routing number", "form")),
        ({"account": "1" * 18}, ("account", "form")),
        ({"name": "A name of 23 characters"}, ("name of the payee", "length")),
        ({"name": "北京"}, ("name of the payee", "character")),
        ({"name": " "}, ("name of the payee", "missing")),
        ({"kind": "loan"}, ("account", "kind")),
        ({"end_to_end_id": "I" * 16}, ("end-to-end id", "length")),
        ({"addenda": ("a", "b")}, ("addenda", "too_many")),
        ({"addenda": ("a" * 81,)}, ("addenda", "length")),
    ],
)
def test_bad_input_is_told_and_nothing_written(changes, expected):
    assert expected in codes(batch(replace(entry(), **changes)))
    assert len(codes(batch(replace(entry(), **changes)))) <= 2


def test_files_and_batches_that_cannot_be():
    assert codes() == [("file", "empty")]
    assert codes(batch()) == [("batch", "empty")]
    assert codes(batch(entry(), entry_class="WEB")) == [("entry class", "entry_class")]
    assert codes(batch(entry(), effective_date=date(2026, 3, 1))) == [("date", "past")]
    assert codes(batch(entry(1), entry(1))) == [("end-to-end id", "twice")]
    assert codes(batch(entry()), modifier="a") == [("modifier", "form")]
    assert codes(batch(entry()), odfi="1") == [("routing number", "form")]
    assert codes(batch(entry()), company_name="A company name of 24 ch.") == [("name of the company", "length")] * 2


GOOD = nacha.write(file(batch(entry(1, 12345), entry(2, 5, addenda=("x",))))).content


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"0000012345", b"0000012346", "credits"),
        (b"021000021", b"031000021", "hash"),
        (b"622021", b"627021", "debits"),
        (b"9000001", b"9000002", "batches"),
        (b"9999\r\n", b"999\r\n", "characters"),
        (b"PAYROLL", b"PAYR\xc3\xb6L", "character"),
        (b"PAYROLL", b"PAYR\x00LL", "character"),
        (b"705x", b"605x", "addenda"),
        (b"\r\n8220", b"\r\n8225", "service_class"),
    ],
)
def test_a_file_that_does_not_add_up_is_refused(old, new, reason):
    assert old in GOOD
    with pytest.raises(FormatError) as caught:
        nacha_reader.read(GOOD.replace(old, new, 1))
    assert reason in caught.value.reason


def test_cut_files_and_files_without_lines():
    for cut in range(0, len(GOOD) - 1, 37):
        with pytest.raises(FormatError):
            nacha_reader.read(GOOD[:cut])
    assert nacha_reader.read(GOOD.replace(b"\r\n", b"")) == nacha_reader.read(GOOD)


AMOUNTS = st.lists(st.tuples(st.integers(1, 10**9), st.sampled_from(("credit", "debit"))), min_size=1, max_size=8)


@settings(max_examples=50, deadline=None)
@given(st.lists(AMOUNTS, min_size=1, max_size=4), st.sampled_from(("021000021", "091000019", "121000358")))
def test_totals_and_hash_are_those_of_the_entries(batches, routing):
    numbers = iter(range(1000))
    written = nacha.write(file(*(
        batch(*(entry(next(numbers), minor, direction=way, routing=routing) for minor, way in rows)) for rows in batches
    )))  # fmt: skip
    control = written.content.decode().split("\r\n")
    last = next(line for line in reversed(control) if line and line != "9" * 94)
    rows = [row for rows in batches for row in rows]
    assert int(last[31:43]) == sum(minor for minor, way in rows if way == "debit")
    assert int(last[43:55]) == sum(minor for minor, way in rows if way == "credit")
    assert int(last[21:31]) == len(rows) * int(routing[:8]) % 10**10
    assert int(last[13:21]) == len(rows)
    assert int(last[1:7]) == len(batches)
