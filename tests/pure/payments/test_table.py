"""Payments as CSV by profile: every spelling, nothing that a spreadsheet would run, nothing cut."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fc.core.errors import FinanceError
from fc.core.money import Money
from fc.payments import table
from fc.payments.problems import PaymentFileError
from fc.payments.records import Account, Party
from fc.payments.table import ROLES, Column, Profile

from .make import IBAN, PARIS, message, transfer, transfers

COLUMNS = (Column("Name", "payee", 70), Column("IBAN", "iban"), Column("Amount", "amount"), Column("Text", "text", 140))
PROFILE = Profile(COLUMNS)


def codes(*batches, profile=PROFILE):
    with pytest.raises(PaymentFileError) as caught:
        table.write(message(*batches), profile)
    return [(problem.field, problem.code) for problem in caught.value.problems]


def test_a_table():
    written = table.write(message(transfers(transfer(1, 12345), transfer(2, 5))), PROFILE)
    assert (written.count, written.totals) == (2, {"EUR": Money(12350, "EUR")})
    assert written.content.decode() == (
        "Name;IBAN;Amount;Text\r\n"
        f"Müller & Söhne;{IBAN};123.45;Invoice 1\r\n"
        f"Müller & Söhne;{IBAN};0.05;Invoice 2\r\n"
    )  # fmt: skip


def test_another_spelling():
    columns = [Column("", role) for role in ("date", "amount", "account", "empty")]
    profile = Profile(
        (Column("", "constant", text="PAY"), *columns),
        delimiter=",", decimal_sign=".", date_format="%d.%m.%y", encoding="cp1252", line_end="\n", header=False, quote_all=True,
    )  # fmt: skip
    written = table.write(message(transfers(transfer(1, 12345))), profile)
    assert written.content.decode() == f'"PAY","03.03.26","123.45","{IBAN}",""\n'
    comma = replace(PROFILE, decimal_sign=",", minor_units=False)
    assert b";123,45;" in table.write(message(transfers(transfer(1, 12345))), comma).content
    minor = replace(PROFILE, minor_units=True)
    assert b";12345;" in table.write(message(transfers(transfer(1, 12345))), minor).content


def test_every_column_can_be_had():
    profile = Profile(tuple(Column(role, role) for role in ROLES))
    full = transfer(creditor=Party("Dupont", PARIS))
    heading, row = csv.reader(io.StringIO(table.write(message(transfers(full)), profile).content.decode()), delimiter=";")
    told = dict(zip(heading, row, strict=True))
    assert (told["town"], told["country"], told["batch_id"], told["currency"]) == ("Paris", "FR", "B1", "EUR")
    assert Profile.from_dict(profile.as_dict()) == profile


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"creditor": Party("=cmd|' /C calc'!A0")}, ("Name", "formula")),
        ({"text": "+49 171"}, ("Text", "formula")),
        ({"text": "x" * 141}, ("Text", "length")),
        ({"amount": Money(0, "EUR")}, ("amount", "not_positive")),
        ({"account": Account("DE88370400440532013000")}, ("payee", "check_digits")),
        ({"account": Account(number="12")}, ("payee", "iban")),
    ],
)
def test_bad_input_is_told_and_nothing_written(changes, expected):
    assert codes(transfers(replace(transfer(), **changes))) == [expected]


def test_files_that_cannot_be():
    assert codes() == [("file", "empty")]
    assert codes(transfers(transfer(1), transfer(1))) == [("end-to-end id", "twice")]
    assert codes(transfers(transfer(1), transfer(2, amount=Money(5, "USD")))) == [("currency", "currency")]
    assert codes(transfers(transfer(text="日本")), profile=replace(PROFILE, encoding="cp1252")) == [("file", "character")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": (Column("x", "nothing"),)}, {"columns": COLUMNS[:2]}, {"columns": (COLUMNS[2],)}, {"delimiter": ";;"},
        {"delimiter": ",", "decimal_sign": ","}, {"line_end": "\r"}, {"encoding": "nonsense"},
    ],
)  # fmt: skip
def test_profiles_that_cannot_be(wrong):
    with pytest.raises(FinanceError):
        replace(PROFILE, **wrong)
    with pytest.raises(FinanceError):
        Profile.from_dict({"colour": "red"})


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=5), st.sampled_from(";,\t|"), st.booleans())
def test_what_is_written_is_read_again(texts, delimiter, quote_all):
    profile = replace(PROFILE, delimiter=delimiter, quote_all=quote_all, formulas=True)
    payments = [transfer(number, text=text) for number, text in enumerate(texts)]
    try:
        content = table.write(message(transfers(*payments)), profile).content.decode()
    except PaymentFileError as error:
        assert {problem.code for problem in error.problems} <= {"character", "proof"}
        return
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))[1:]
    assert [row[3] for row in rows] == [" ".join(text.split()) for text in texts]
