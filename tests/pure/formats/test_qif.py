"""QIF: says what it does not know, reads no date and no amount in two ways, and is proven by what a person tells."""

from decimal import Decimal

import pytest

from fc import formats
from fc.formats import qif
from fc.formats.told import Told

from . import samples
from .make import day


def file_of(*records, head="!Type:Bank"):
    return "\n".join([head, *(f"{record}\n^" for record in records), ""]).encode()


def test_what_the_file_says_and_what_it_does_not():
    (found,) = samples.read("qif-bank.qif")
    assert (found.account, found.currency, found.opening, found.closing) == ("", "", None, None)
    assert (found.proof, found.is_proven) == ("none", False)
    assert (found.from_date, found.to_date) == (day("2025-12-31"), day("2026-01-05"))
    sale, paper, fee, twin = found.entries
    assert (sale.amount, sale.booking_date, sale.reference, sale.currency) == (Decimal("1500.00"), day("2025-12-31"), "1044", "")
    assert (sale.counterparty_name, sale.text, sale.information) == ("Ines Okafor & Söhne", "Invoice INV-77", "Sales")
    assert (paper.details_state, [detail.amount for detail in paper.details]) == (
        "proven",
        [Decimal("-60.00"), Decimal("-30.00")],
    )
    # 31/12 settles the order for all dates of the file.
    assert fee.booking_date == day("2026-01-05")
    # Without ids, two equal payments of a day differ in their ordinal.
    assert fee.fingerprint[-2:] == ":1" and twin.fingerprint == f"{fee.fingerprint[:-2]}:2"


def test_what_a_person_tells_is_proven():
    content = samples.content("qif-bank.qif")
    told = Told(account="DE02120300000000202051", currency="EUR", opening=Decimal("100.00"), closing=Decimal("1495.00"))
    (found,) = qif.parse(content, told=told)
    assert (found.account, found.currency, found.proof, found.is_proven) == ("DE02120300000000202051", "EUR", "balances", True)
    assert found.entries[2].amount.as_tuple().exponent == -2
    with pytest.raises(formats.FormatError, match="difference 1"):
        list(qif.parse(content, told=Told(currency="EUR", opening=Decimal("100.00"), closing=Decimal("1496.00"))))


def test_an_opening_balance_is_no_transaction():
    (found,) = formats.parse(
        file_of(
            "D13/1/2026\nT100.00\nPOpening Balance\nL[Giro]",
            "D14/1/2026\nT5.00\nPX",
            head="!Account\nNGiro\nTBank\n^\n!Type:Bank",
        )
    )
    assert (found.account, found.opening, found.closing, found.proof) == ("Giro", Decimal("100.00"), None, "one-balance")
    assert [entry.amount for entry in found.entries] == [Decimal("5.00")]


def test_a_date_with_two_readings_is_asked_about():
    content = file_of("D05/01/2026\nT1.00", "D6/1'26\nT1.00")
    assert "can be read day first or month first" in samples.refusal(content).reason
    for order, expected in (("dmy", "2026-01-05"), ("mdy", "2026-05-01")):
        (found,) = qif.parse(content, told=Told(date_order=order))
        assert found.entries[0].booking_date == day(expected)
    # Where both readings are the same day there is nothing to ask.
    (found,) = formats.parse(file_of("D05/05/2026\nT1.00"))
    assert found.entries[0].booking_date == day("2026-05-05")


def test_an_amount_with_two_readings_is_asked_about():
    content = file_of("D13/1/2026\nT1,234")
    assert "cannot be read for certain" in samples.refusal(content).reason
    (found,) = qif.parse(content, told=Told(decimal_sign="."))
    assert found.entries[0].amount == 1234


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"!Type:Bank\nD13/1/2026\nT1.00\n", "the last record has no end (^)"),
        (file_of("D13/1/2026\nT1.00\nD14/1/2026\nT2.00"), "two fields D: a ^ may be missing"),
        (file_of("D13/1/2026"), "has no amount"),
        (file_of("T1.00"), "has no date"),
        (file_of("D13/1/2026\nT1.00\nU2.00"), "two amounts"),
        (file_of("D13/13/2026\nT1.00"), "'13/13/2026' is no date, in whatever order"),
        (file_of("D13/1/2026\nT1.00", "D1/13/2026\nT1.00"), "in no order of day, month and year that fits all of them"),
        (file_of("D13/1/2026\nTabc"), "is no amount"),
        (file_of("D13/1/2026\nT3.00\nSA\n$1.00\nSB\n$1.00"), "the parts add up to 2.00, but the amount is 3.00"),
        (file_of("D13/1/2026\nT3.00\nZ9"), "a field 'Z'"),
        (file_of("D13/1/2026\nNBuy", head="!Type:Invst"), "about investments"),
        (file_of(head="!Type:Cat"), "holds no transactions"),
        (file_of("D13/1/2026\nT3.00", head="!Type:Banque"), "!Type:banque is not known"),
        (b"!Type:Bank\nD13/1/2026\nT1.00\n!Type:Cat\n^\n", "before the record above it is ended"),
    ],
)
def test_refused(content, reason):
    assert reason in samples.refusal(content).reason


def test_several_accounts():
    content = file_of("D13/1/2026\nT1.00", head="!Account\nNGiro\nTBank\n^\n!Type:Bank") + file_of(
        "D14/1/2026\nT-2.00", head="!Account\nNCard\nTCCard\n^\n!Type:CCard"
    )
    assert [(one.account, one.entries[0].amount) for one in formats.parse(content)] == [("Giro", 1), ("Card", -2)]
    with pytest.raises(formats.FormatError, match="has 2 accounts"):
        list(qif.parse(content, told=Told(opening=Decimal(1))))
