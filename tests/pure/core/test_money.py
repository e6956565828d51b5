"""Money: exact in every currency, in one currency at a time, and rounded in one place only (INV-5)."""

import ast
import pickle
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core.errors import MoneyError
from fc.core.money import Money, iso_exponent, minor_units

ROOMS = ("core", "providers", "formats", "feeds", "payments", "channels")
PURE = [Path(__file__).parents[3] / "finance_connector" / room for room in ROOMS]
CURRENCIES = ("EUR", "JPY", "KWD", "ISK", "CLF", "UGX", "HUF")
MINORS = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("currency", "exponent"),
    [("EUR", 2), ("JPY", 0), ("KWD", 3), ("ISK", 0), ("UGX", 0), ("CLP", 0), ("HUF", 2), ("TWD", 2), ("CLF", 4)],
)
def test_the_exponent_is_that_of_iso_4217(currency, exponent):
    assert iso_exponent(currency) == exponent


@given(MINORS, st.sampled_from(CURRENCIES))
def test_inv_5_money_is_exact(minor, currency):
    money = Money(minor, currency)
    assert Money.from_decimal(money.to_decimal(), currency) == money
    assert minor_units(str(money.to_decimal()), currency) == minor
    assert pickle.loads(pickle.dumps(money)) == money  # noqa: S301 (our own bytes)


@given(MINORS, MINORS)
def test_sums_are_exact_and_in_one_currency(one, other):
    assert (Money(one, "EUR") + Money(other, "EUR")).minor == one + other
    assert (Money(one, "EUR") - Money(other, "EUR")).minor == one - other
    with pytest.raises(MoneyError):
        Money(one, "EUR") + Money(other, "USD")


def test_a_finer_amount_than_the_currency_has_is_refused():
    inexact = (("10.005", "EUR"), ("1.5", "JPY"), ("1e-9", "KWD"), ("x", "EUR"), ("NaN", "EUR"), ("Infinity", "EUR"))
    for value, currency in inexact:
        with pytest.raises(MoneyError):
            Money.from_decimal(value, currency)
    with pytest.raises(MoneyError):
        minor_units("10.005", "EUR")


def test_a_provider_that_counts_in_hundredths_of_a_currency_without_decimals():
    assert Money.from_units(500, "ISK", 2) == Money(5, "ISK")
    with pytest.raises(MoneyError):
        Money.from_units(550, "ISK", 2)
    assert Money.from_units(5, "KWD", 2) == Money(50, "KWD")


def test_floats_and_other_types_are_refused():
    for value in (1.0, "1", True, None, Decimal(1)):
        with pytest.raises(MoneyError):
            Money(value, "EUR")
    for currency in ("eur", "EURO", "", None, "E1R"):
        with pytest.raises(MoneyError):
            Money(1, currency)


def test_rounding_is_commercial():
    assert [Money.rounded(Decimal(text), "EUR").minor for text in ("0.005", "-0.005", "0.004", "1.015")] == [1, -1, 0, 102]


@given(st.integers(0, 10**9), st.sampled_from(["EUR", "JPY", "ISK", "KWD"]), st.integers(0, 4))
def test_units_of_a_provider_there_and_back(minor, currency, exponent):
    money = Money(minor, currency)
    try:
        units = money.to_units(exponent)
    except MoneyError:
        assert minor % 10 ** max(0, iso_exponent(currency) - exponent)
    else:
        assert Money.from_units(units, currency, exponent) == money


def test_inv_5_no_float_and_no_rounding_outside_money():
    found = []
    for path in (path for room in PURE for path in room.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("float", "round"):
                found.append(f"{path.name}:{node.lineno} {node.func.id}()")
            if isinstance(node, ast.Attribute) and node.attr in ("quantize", "to_integral_value") and path.name != "money.py":
                found.append(f"{path.name}:{node.lineno} {node.attr}")
    assert not found


def test_the_pure_rooms_import_no_odoo():
    found = []
    for path in (path for room in PURE for path in room.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path.name}:{node.lineno}" for name in names if name.split(".")[0] == "odoo"]
    assert not found
