"""What the simulated bank writes is valid by the official schemas, and our reader finds in it what was true."""
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

import pytest
from formats.corpus import folder, missing
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from fc import formats
from fc.core.money import iso_exponent
from simulator.dialects import camt
from simulator.world.bank import iban
from simulator.world.profile import WORTH
from simulator.world.truth import BankEntry, Statement

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2025, 3, 14)
OWN, *OTHERS = (iban(Random(number)) for number in range(5))  # noqa: S311 (no secret)
# Of these versions the corpus has the schemas; the others are read all the same.
WITH_SCHEMA = ("02", "04", "06", "08", "10", "12")


@cache
def schema(message, version):
    """The official schema, or None where the corpus has none."""
    path = folder() and folder() / "xsd" / f"{message}.001.{version}.xsd"
    return etree.XMLSchema(etree.parse(path)) if path and path.exists() else None


def valid(content, message="camt.053", version="08"):
    """``content``, after the schema has been asked about it, if there is one."""
    if found := schema(message, version):
        found.assertValid(etree.fromstring(content).getroottree())
    return content


def account(currency="EUR"):
    return camt.Account(OWN, currency, "Müller & Söhne <Import>", "SIMUDEFF")


def entry(amount, number=1, **more):
    told = {"currency": "EUR", "booked": DAY, "value": DAY, "text": "Invoice 7", "name": "Ann", "iban": OTHERS[0]}
    return BankEntry(f"B{number:06d}", amount, **told | more)


def days(*entries_of_days, opening=10_000):
    """Statements of consecutive days."""
    closings = list(accumulate((sum(one.amount for one in entries) for entries in entries_of_days), initial=opening))
    return [
        Statement(
            number, DAY + timedelta(days=number - 1), before, after,
            [replace(one, booked=DAY + timedelta(days=number - 1)) for one in entries])
        for number, (entries, before, after) in enumerate(zip(entries_of_days, closings, closings[1:], strict=False), 1)]


def read(content):
    return list(formats.parse(content))


def only(one, version="08", **more):
    """The one entry that is read of a file with ``one``."""
    content = camt.statement(account(one.currency), days([one]), version, zone=BERLIN, **more)
    (found,) = read(valid(content, version=version))[0].entries
    return found


def as_decimal(minor, currency):
    return Decimal(minor).scaleb(-iso_exponent(currency))


def plain(text):
    return " ".join(text.split())


def check_entry(found, true):
    """The Entry that was read is the BankEntry that was written."""
    name, texts = plain(true.name)[:140].rstrip(), plain(true.text)
    assert (found.amount, found.currency) == (as_decimal(true.amount, true.currency), true.currency)
    assert (found.booking_date, found.value_date, found.bank_id) == (true.booked, true.value, true.bank_id)
    assert found.text == (texts[:500].rstrip() if true.parts else texts)
    assert found.is_reversal == true.is_return
    assert found.details_state == "proven"
    assert not found.notes
    for detail in found.details:
        assert (detail.counterparty_name, detail.counterparty_account) == (name, true.iban)
        assert bool(detail.return_reason) == true.is_return
    if true.parts:
        told = [(detail.amount, detail.references.get("EndToEndId", "")) for detail in found.details]
        assert told == [(as_decimal(amount, true.currency), reference) for amount, reference in true.parts]
        assert (found.batch_count, found.batch_id) == (len(true.parts), true.end_to_end)
    else:
        assert (found.counterparty_name, found.counterparty_account) == (name, true.iban)
        assert found.end_to_end_id == true.end_to_end


def check(content, statements, currency):
    """Everything that was written is read again."""
    found = read(content)
    assert len(found) == len(statements)
    for one, true in zip(found, statements, strict=True):
        assert (one.account, one.currency, one.electronic_number) == (OWN, currency, true.number)
        assert (one.opening, one.closing) == (as_decimal(true.opening, currency), as_decimal(true.closing, currency))
        assert (one.from_date, one.to_date, one.closing_date) == (true.day, true.day, true.day)
        assert len(one.entries) == len(true.entries)
        for pair in zip(one.entries, true.entries, strict=True):
            check_entry(*pair)


# --- any statements ---------------------------------------------------------------------------------------------------

WORDS = st.text(st.sampled_from("&<>\"'äöüßéŁ漢🙂]aB7/+-.;#%\u00a0"), min_size=1, max_size=60).filter(plain)
# What a reader takes for "nothing said" is no text.
TEXTS = st.lists(WORDS, max_size=8).map(" ".join).filter(lambda text: plain(text) not in ("/", "N/A"))
AMOUNTS = st.integers(-(10**9), 10**9)


@st.composite
def entries(draw, currency):
    amount = draw(AMOUNTS)
    sign = -1 if amount < 0 else 1
    cuts = sorted(draw(st.lists(st.integers(0, abs(amount)), max_size=4))) if draw(st.booleans()) else []
    steps = zip([0, *cuts], [*cuts, abs(amount)], strict=True)
    parts = tuple((sign * (after - before), draw(st.sampled_from(["", "INV00012"]))) for before, after in steps)
    return BankEntry(
        f"B{draw(st.integers(0, 10**6))}" if draw(st.integers(0, 5)) or not cuts else "", amount, currency, DAY,
        DAY + timedelta(days=draw(st.integers(-3, 3))), draw(TEXTS), draw(TEXTS),
        draw(st.sampled_from(["", *OTHERS])), draw(st.sampled_from(["", "E2E-1", "po_&<7>"])),
        is_return=draw(st.booleans()), parts=parts if cuts else ())


@st.composite
def files(draw):
    """(currency, statements): some days of an account that may be overdrawn."""
    currency = draw(st.sampled_from(sorted(WORTH)))
    of_days = draw(st.lists(st.lists(entries(currency), max_size=4), min_size=1, max_size=3))
    return currency, days(*of_days, opening=draw(AMOUNTS))


@settings(max_examples=150, deadline=None)
@given(files(), st.sampled_from(camt.VERSIONS))
def test_what_is_written_is_valid_and_read_as_it_was(drawn, version):
    currency, statements = drawn
    content = camt.statement(account(currency), statements, version, zone=BERLIN)
    check(valid(content, version=version), statements, currency)


@pytest.mark.parametrize("currency", sorted(WORTH))
def test_the_currencies_of_worlds_have_the_decimals_of_iso_4217(currency):
    assert only(entry(123_456, currency=currency)).amount == as_decimal(123_456, currency)


# --- versions and shapes ----------------------------------------------------------------------------------------------

EVERYTHING = days(
    [entry(5_000, 1, name='Ann & "Bob" <Ltd>'), entry(-700, 2, end_to_end="PAY-1"), entry(-12, 3, name="", iban="")],
    [entry(-5_000, 4, is_return=True), entry(700, 5, is_return=True),
     entry(900, 6, parts=((400, "INV00012"), (500, "")), end_to_end="LOT")],
    [], [entry(-90_000, 7), entry(0, 8)])  # fmt: skip


@pytest.mark.parametrize("balances", [("OPBD", "CLBD"), ("PRCD", "CLBD"), ("PRCD", "OPBD", "CLBD", "CLAV")], ids="-".join)
@pytest.mark.parametrize("version", WITH_SCHEMA)
def test_the_official_schema_accepts(version, balances):
    if schema("camt.053", version) is None:
        pytest.skip(missing())
    content = camt.statement(account(), EVERYTHING, version, zone=BERLIN, balances=balances)
    check(valid(content, version=version), EVERYTHING, "EUR")
    notified = camt.notification(account(), EVERYTHING[0].entries, version, number=3, at=datetime.now(timezone.utc), zone=BERLIN)
    valid(notified, "camt.054", version)


@pytest.mark.parametrize(("version", "says", "says_not"), [
    ("02", ("<Sts>BOOK</Sts>", "<Dbtr><Nm>", "<BIC>", "<AmtDtls><TxAmt>", "<TtlNetNtryAmt>"), ("<Pty>", "BICFI")),
    ("04", ("<Sts>BOOK</Sts>", "<Dbtr><Nm>", "<BICFI>", "<TtlNetNtry>"), ("<Pty>", "<AmtDtls>")),
    ("08", ("<Sts><Cd>BOOK</Cd></Sts>", "<Dbtr><Pty><Nm>", "<BICFI>"), ("<AmtDtls>", "<BIC>")),
])  # fmt: skip
def test_a_version_has_its_own_shapes(version, says, says_not):
    text = camt.statement(account(), EVERYTHING, version, zone=BERLIN).decode()
    assert not [tag for tag in says if tag not in text]
    assert not [tag for tag in says_not if tag in text]


def test_a_notification_is_read_as_one_and_never_as_a_statement():
    content = camt.notification(account(), [entry(100)], number=1, at=datetime(2025, 3, 14, 12, tzinfo=timezone.utc), zone=BERLIN)
    assert b"2025-03-14T13:00:00+01:00" in content
    with pytest.raises(formats.FormatError, match="notification"):
        list(formats.parse(content, "camt.053"))
    (found,) = formats.parse(content)
    assert (found.provisional, [entry.status for entry in found.entries]) == (True, ["PDNG"])


def test_an_overdrawn_account_has_debit_balances():
    statements = days([entry(-300)], opening=-5)
    content = camt.statement(account(), statements, zone=BERLIN)
    assert content.count(b"<CdtDbtInd>DBIT</CdtDbtInd>") == 5
    assert (read(content)[0].opening, read(content)[0].closing) == (Decimal("-0.05"), Decimal("-3.05"))


def test_a_day_of_a_changed_clock_begins_and_ends_with_different_offsets():
    content = camt.statement(account(), [Statement(1, date(2025, 3, 30), 0, 0, [])], zone=BERLIN)
    assert b"2025-03-30T00:00:00+01:00" in content
    assert b"2025-03-30T23:59:59+02:00" in content
    assert read(content)[0].created_at == datetime(2025, 3, 30, 18, tzinfo=timezone.utc)


def test_the_other_side_is_the_debtor_of_money_that_came_also_when_it_goes_back():
    for amount, is_return, told in ((5, False, b"<Dbtr>"), (-5, True, b"<Dbtr>"), (-5, False, b"<Cdtr>"), (5, True, b"<Cdtr>")):
        content = camt.statement(account(), days([entry(amount, is_return=is_return)]), zone=BERLIN)
        assert told + b"<Pty><Nm>Ann</Nm></Pty>" in content


def test_texts_that_are_too_long_or_no_xml():
    assert only(entry(1, text="word " * 90)).text == ("word " * 90).strip()
    assert only(entry(1, text="x" * 200)).text == "x" * 140 + " " + "x" * 60
    assert only(entry(1, text="a\x00b\ud800c\nd", name="e\x1bf")).text == "a b c d"
    assert only(entry(1, name="n" * 200)).counterparty_name == "n" * 140


@pytest.mark.parametrize(("wrong", "reason"), [
    (entry(100, parts=((60, ""), (50, ""))), "do not make 100"),
    (entry(100, parts=((150, ""), (-50, ""))), "all of one sign"),
    (entry(100, currency="USD"), "the account in EUR"),
    (entry(100, end_to_end="x" * 36), "at most 35"),
])
def test_an_entry_that_no_bank_would_write_is_refused(wrong, reason):
    with pytest.raises(ValueError, match=reason):
        camt.statement(account(), days([wrong]), zone=BERLIN)


def test_a_file_without_content_or_of_an_unknown_version_is_refused():
    with pytest.raises(ValueError, match="at least one statement"):
        camt.statement(account(), [], zone=BERLIN)
    with pytest.raises(ValueError, match="at least one entry"):
        camt.notification(account(), [], number=1, at=datetime.now(timezone.utc), zone=BERLIN)
    with pytest.raises(ValueError, match="version '15'"):
        camt.statement(account(), EVERYTHING, "15", zone=BERLIN)


def test_a_thousand_entries_are_written():
    statements = days([entry(100 + number, number, text=f"Invoice {number} & more") for number in range(1000)])
    check(camt.statement(account(), statements, zone=BERLIN), statements, "EUR")
