"""Bacs Standard 18: columns and totals as the standard has them, contras that balance, and refusals with every reason."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fc.core.money import Money
from fc.payments import bacs
from fc.payments.problems import PaymentFileError

from .make import CREATED, DAY


def pounds(minor):
    return Money(minor, "GBP")


def item(number=1, minor=10000, **changes):
    values = {"name": "J O'Neil", "sort_code": "20-00-00", "account": "55779911", "reference": f"Invoice {number}"}
    return bacs.Item(f"E{number}", **{"amount": pounds(minor), **values, **changes})


def file(*items, **changes):
    values = {"service_user": "123456", "name": "Ours Ltd", "sort_code": "40-00-01", "account": "12345678"}
    return bacs.File("MSG1", CREATED, **{**values, "processing_date": DAY, "items": items, **changes})


def lines(*items, **changes):
    return bacs.write(file(*items, **changes)).content.decode("ascii").split("\r\n")[:-1]


def codes(*items, **changes):
    with pytest.raises(PaymentFileError) as caught:
        bacs.write(file(*items, **changes))
    return [(problem.field, problem.code) for problem in caught.value.problems]


def test_a_file_of_credits():
    written = bacs.write(file(item(1, 12345), item(2, 5)))
    assert (written.count, written.totals) == (2, {"GBP": pounds(12350)})
    assert written.content.decode().split("\r\n")[:-1] == [
        "VOL1000001                               123456                                1",
        "HDR1A123456S  1123456" + "00000100010001       26061 26062 000000                    ",
        "HDR2F0200000100                                   00                            ",
        "UHL1 26062999999    000000001 DAILY  001                                        ",
        "20000055779911099" + "40000112345678    00000012345OURS LTD          INVOICE 1         J O NEIL          ",
        "20000055779911099" + "40000112345678    00000000005OURS LTD          INVOICE 2         J O NEIL          ",
        "40000112345678017" + "40000112345678    00000012350OURS LTD          CONTRA            OURS LTD          ",
        "EOF1A123456S  1123456" + "00000100010001       26061 26062 000000                    ",
        "EOF2F0200000100                                   00                            ",
        "UTL10000000012350000000001235000000010000002                                    ",
    ]


def test_direct_debits_balance_the_other_way():
    found = lines(item(1, 700, code=bacs.FIRST), item(2, 300, code=bacs.USUAL))
    assert [line[15:17] for line in found[4:7]] == ["01", "17", "99"]
    assert found[-1][:44] == "UTL1" + "0000000001000" * 2 + "0000002" + "0000001"


def test_several_days_have_a_contra_each():
    found = lines(item(1, 700), item(2, 300, processing_date=date(2026, 3, 4)), item(3, 50, code=bacs.USUAL))
    records = found[4:-3]
    assert {len(record) for record in records} == {106}
    assert [(record[15:17], record[100:], record[64:70]) for record in records[3:]] == [
        ("17", " 26062", "CONTRA"), ("99", " 26062", "CONTRA"), ("17", " 26063", "CONTRA"),
    ]  # fmt: skip
    assert "4 MULTI" in found[3]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"amount": pounds(0)}, ("amount", "not_positive")),
        ({"amount": pounds(-1)}, ("amount", "not_positive")),
        ({"amount": pounds(2_000_000_001)}, ("amount", "too_large")),
        ({"amount": Money(5, "EUR")}, ("currency", "currency")),
        ({"sort_code": "20-00-0"}, ("account", "form")),
        ({"account": "5577991"}, ("account", "form")),
        ({"name": "A name of nineteen."}, ("name of the payee", "length")),
        ({"name": "Name 北京"}, ("name of the payee", "character")),
        ({"name": ""}, ("name of the payee", "missing")),
        ({"reference": ""}, ("reference", "missing")),
        ({"reference": "x" * 19}, ("reference", "length")),
        ({"reference": "short", "code": bacs.USUAL}, ("reference", "short")),
        ({"code": "98"}, ("code", "code")),
        ({"processing_date": date(2026, 3, 1)}, ("date", "past")),
    ],
)
def test_bad_input_is_told_and_nothing_written(changes, expected):
    assert codes(replace(item(), **changes)) == [expected]


def test_files_that_cannot_be():
    assert codes() == [("file", "empty")]
    assert codes(item(1), item(1)) == [("end-to-end id", "twice")]
    assert codes(item(), service_user="12345") == [("service user", "form")]
    assert codes(item(), sort_code="1") == [("account", "form")]
    assert codes(item(), name="") == [("our name", "missing")]


CODES = st.sampled_from((bacs.CREDIT, bacs.FIRST, bacs.USUAL, bacs.REPRESENTED, bacs.LAST))
DAYS = st.sampled_from((DAY, date(2026, 3, 4), None))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10**9), CODES, DAYS), min_size=1, max_size=10))
def test_debits_and_credits_balance_and_the_totals_tell_them(rows):
    items = [item(number, minor, code=code, processing_date=day) for number, (minor, code, day) in enumerate(rows, 100_000)]
    trailer = lines(*items)[-1]
    debits, credits = int(trailer[4:17]), int(trailer[17:30])
    assert debits == credits == sum(minor for minor, _code, _day in rows)
