"""The bank's files are valid by the official schema and read back as they were told."""
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from fc import formats
from simulator.dialects import camt
from simulator.world import World
from simulator.world.bank import iban
from simulator.world.profiles import PROFILES
from simulator.world.truth import BankEntry, Statement

SCHEMAS = Path(os.environ.get("FC_CORPUS") or Path(__file__).resolve().parents[4] / "shared" / "corpus") / "xsd"
ACCOUNT = camt.Account("DE19999999990000123456", "EUR", "Sales & Söhne <GmbH>", "SIMUDEFF")
ZONE = ZoneInfo("Europe/Berlin")


def world_statements():
    return [statement for name in ("default", "trouble") for statement in World(5, PROFILES[name]).merchants[0].statements]


@pytest.mark.parametrize("version", camt.VERSIONS)
def test_what_it_writes_is_valid_by_the_official_schema(version):
    schema = SCHEMAS / f"camt.053.001.{version}.xsd"
    if not schema.exists():
        pytest.skip(f"the official schema is not at {schema}")
    validator = etree.XMLSchema(etree.parse(schema))
    document = etree.fromstring(camt.statement(ACCOUNT, world_statements(), version, ZONE))
    assert validator.validate(document), validator.error_log


@pytest.mark.parametrize("version", camt.VERSIONS)
def test_it_is_read_back_as_it_was_told(version):
    statements = world_statements()
    found = list(formats.parse(camt.statement(ACCOUNT, statements, version, ZONE)))
    assert [(one.opening, one.closing) for one in found] == [
        (Decimal(one.opening) / 100, Decimal(one.closing) / 100) for one in statements]
    for read, told in zip(found, statements, strict=True):
        assert [(entry.bank_id, entry.amount, entry.booking_date, entry.value_date, entry.counterparty_name,
                 entry.counterparty_account, entry.is_reversal) for entry in read.entries] == [
            (entry.bank_id, Decimal(entry.amount) / 100, entry.booked, entry.value, entry.name, entry.iban, entry.is_return)
            for entry in told.entries]


# A letter first: a bank that writes only "/" says nothing.
WORDS = st.text(st.sampled_from("abcÄß&<>\"' 019-/"), max_size=30).map(lambda text: " ".join(f"x{text}".split()))
AMOUNTS = st.integers(-10**9, 10**9).filter(bool)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(AMOUNTS, WORDS, WORDS, st.booleans()), max_size=6), st.integers(-10**9, 10**9),
       st.sampled_from(("EUR", "JPY", "KWD")), st.sampled_from(camt.VERSIONS))
def test_any_statement_is_read_back(values, opening, currency, version):
    day, entries = date(2026, 3, 30), []
    for number, (amount, name, text, batch) in enumerate(values):
        parts = (amount, amount) if batch else ()
        entries.append(BankEntry(f"B{number}", amount * (2 if batch else 1), currency, day, day, text, name,
                                 ACCOUNT.iban, parts=parts))
    closing = opening + sum(entry.amount for entry in entries)
    account = camt.Account(ACCOUNT.iban, currency, "Owner", "SIMUDEFF")
    (found,) = formats.parse(camt.statement(account, [Statement(1, day, opening, closing, entries)], version, ZONE))
    scale = Decimal(1).scaleb(-{"JPY": 0, "KWD": 3}.get(currency, 2))
    assert (found.opening, found.closing) == (opening * scale, closing * scale)
    assert [(entry.amount, len(entry.details)) for entry in found.entries] == [
        (entry.amount * scale, len(entry.parts) or 1) for entry in entries]
    assert [entry.text for entry in found.entries if len(entry.details) == 1] == [
        entry.text for entry in entries if not entry.parts]


def test_an_unknown_version_is_refused_by_name():
    with pytest.raises(ValueError, match=r"no camt\.053 version '99'"):
        camt.statement(ACCOUNT, world_statements(), "99")


def test_an_iban_has_a_right_checksum():
    from random import Random

    number = iban(Random(1))  # noqa: S311 (no secret)
    assert int("".join(str(int(character, 36)) for character in number[4:] + number[:4])) % 97 == 1
