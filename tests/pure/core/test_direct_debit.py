"""Rules of direct debits: sequences, amendments, when a mandate ends, and by which right money comes back."""

from datetime import date

import pytest

from fc.core import direct_debit as rules

SIGNED = rules.Told("M-1", "DE98ZZZ09999999999", "Services", "DE89370400440532013000", "COBADEFFXXX")


@pytest.mark.parametrize(
    ("once", "last", "used", "expected"),
    [
        (False, False, False, "FRST"),
        (False, False, True, "RCUR"),
        (False, True, True, "FNAL"),
        (False, True, False, "FNAL"),
        (True, False, False, "OOFF"),
        (True, True, True, "OOFF"),
    ],
)
def test_the_sequence_follows_from_what_was_collected(once, last, used, expected):
    assert rules.sequence(once, last, used) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"reference": "M-2"}, {"original_mandate_id": "M-1"}),
        ({"creditor_id": "FR72ZZZ123456"}, {"original_creditor_id": "DE98ZZZ09999999999"}),
        ({"creditor_name": "Services AG"}, {"original_creditor_name": "Services"}),
        ({"account": "DE02120300000000202051", "bic": "COBADEFF"}, {"original_iban": "DE89370400440532013000"}),
        ({"account": "NL91ABNA0417164300", "bic": "ABNANL2A"}, {"new_bank": True}),
        ({"account": "DE02120300000000202051", "bic": ""}, {"new_bank": True}),
    ],
)
def test_what_changed_since_the_last_collection_is_told_with_its_former_value(changes, expected):
    assert rules.amendments(SIGNED, SIGNED._replace(**changes)) == expected


def test_what_was_never_told_did_not_change():
    assert rules.amendments(rules.Told("", "", "", ""), SIGNED) == {}


def test_a_mandate_ends_36_months_after_its_last_use():
    assert rules.expires_on(rules.CORE, date(2024, 1, 31)) == date(2027, 1, 31)
    assert rules.expires_on(rules.B2B, date(2020, 1, 31), date(2024, 2, 29)) == date(2027, 2, 28)
    assert rules.expires_on(rules.BACS, date(2024, 1, 1)) == date(2025, 2, 1)
    assert rules.expires_on(rules.GOCARDLESS, date(2024, 1, 1)) is None
    assert rules.expires_on(rules.CORE, None) is None


@pytest.mark.parametrize(
    ("scheme", "day", "reasons", "expected"),
    [
        (rules.CORE, date(2026, 3, 9), ("AM04",), "returned"),
        (rules.CORE, date(2026, 3, 10), ("MD06",), "refunded"),
        (rules.CORE, date(2026, 3, 10), ("MD01",), "unauthorised"),
        (rules.CORE, date(2026, 4, 29), ("MD06",), "refunded"),
        (rules.CORE, date(2026, 4, 30), ("MD06",), "late"),
        (rules.CORE, date(2026, 4, 30), ("MD01",), "unauthorised"),
        (rules.CORE, date(2027, 5, 6), ("MD01",), "unauthorised"),
        (rules.CORE, date(2027, 5, 7), ("MD01",), "late"),
        (rules.B2B, date(2026, 3, 5), (), "returned"),
        (rules.B2B, date(2026, 3, 6), ("MD01",), "late"),
        (rules.BACS, date(2030, 1, 1), (), "returned"),
    ],
)
def test_eight_weeks_and_thirteen_months(scheme, day, reasons, expected):
    assert rules.taken_back(scheme, date(2026, 3, 2), day, reasons) == expected
