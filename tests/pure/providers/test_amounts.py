"""Stripe's minor units against ISO 4217, in the API and in reports (INV-5)."""

import pytest

from fc.core.errors import PayloadError
from fc.core.money import Money
from fc.providers.reading import decimal_money
from fc.providers.stripe.amounts import exponent, from_api

from .told import amounts, read, stripe

WHERE = {"object": "charge", "id": "ch_1"}


@pytest.mark.parametrize(
    ("currency", "sent", "minor", "shown"),
    [
        ("EUR", 1050, 1050, "10.50"),
        ("USD", 1050, 1050, "10.50"),
        ("JPY", 1050, 1050, "1050"),
        ("CLP", 1050, 1050, "1050"),
        ("KWD", 10500, 10500, "10.500"),
        ("BHD", 10500, 10500, "10.500"),
        ("ISK", 500, 5, "5"),
        ("UGX", 500, 5, "5"),
        ("HUF", 104500, 104500, "1045.00"),
        ("TWD", 104500, 104500, "1045.00"),
        ("MGA", 500, 50000, "500.00"),
        ("XPF", 7, 7, "7"),
    ],
)
def test_minor_units(currency, sent, minor, shown):
    money = from_api(sent, currency, WHERE)
    assert money == Money(minor, currency)
    assert str(money.to_decimal()) == shown
    assert decimal_money(shown, currency, "line 1") == money
    assert from_api(-sent, currency, WHERE) == -money


@pytest.mark.parametrize("currency", ["ISK", "UGX"])
def test_an_amount_finer_than_the_currency_is_refused(currency):
    with pytest.raises(PayloadError, match=r"charge ch_1.*finer"):
        from_api(550, currency, WHERE)


def test_special_currencies_are_two_decimal_at_stripe():
    assert [exponent(code) for code in ("ISK", "UGX", "HUF", "TWD", "MGA", "JPY", "OMR")] == [
        2,
        2,
        2,
        2,
        0,
        0,
        3,
    ]


@pytest.mark.parametrize("text", ["", "1,50", "1 000", "1e5", "NaN", "Infinity", "١", "--1", "1.", ".5", "1_0"])
def test_report_amounts_are_plain_decimals(text):
    with pytest.raises(PayloadError, match=r"line 1.*no amount"):
        decimal_money(text, "EUR", "line 1")


def test_report_amounts_are_never_rounded():
    with pytest.raises(PayloadError, match="more decimals"):
        decimal_money("1.005", "EUR", "line 1")
    assert decimal_money("1000.00", "JPY", "line 1") == Money(1000, "JPY")


@pytest.mark.parametrize("currency", [None, "", "euro", "€€€", 7, "eu"])
def test_an_object_without_currency_is_refused(currency):
    with pytest.raises(PayloadError, match="no usable currency"):
        read("payout.paid", stripe.payout("po_1", 100, currency=currency))


@pytest.mark.parametrize("amount", [None, "100", 1.0, True, [1]])
def test_an_amount_that_is_no_integer_is_refused(amount):
    with pytest.raises(PayloadError, match="amount"):
        read("payout.paid", stripe.payout("po_1", amount))


@pytest.mark.parametrize(("currency", "sent", "minor"), [("isk", 50000, 500), ("mga", 500, 50000), ("kwd", 1230, 1230)])
def test_ids_are_built_from_canonical_minor_units(currency, sent, minor):
    told = amounts(read("charge.succeeded", stripe.charge("ch_1", sent, currency)))
    assert told == {("authorize", f"ch_1/{minor}"): minor, ("capture", f"ch_1/{minor}"): minor}
