"""Files that are unusual and still say one thing only: they are read, and what was supplied is said in the
record."""

import io
from decimal import Decimal

import pytest

from fc import formats
from fc.formats import camt, records

from .make import ACCOUNT, balance, day, detail, document, entry, simple, statement

GOOD = simple("5.00", "-7.00")


def read(content):
    return list(formats.parse(content))


def read_one(*entries, **more):
    (found,) = read(document(statement(*entries, **more)))
    return found


def told(statement):
    return [(entry.amount, entry.booking_date, entry.fingerprint) for entry in statement.entries]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD,
        document(statement(entry("5.00"), entry("-7.00"), total="-2"), encoding="UTF-16"),
        document(statement(entry("5.00"), entry("-7.00"), total="-2"), encoding="ISO-8859-1"),
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n", b""),
        GOOD.replace(b"<Ntry>", b"<!-- one --><?bank x?><Ntry>\n\n"),
        GOOD.replace(b"5.00", b" <![CDATA[5.0]]>0 "),
        GOOD.replace(b"5.00", b"5.<!-- cents -->00"),
        GOOD.replace(b"<", b"<c:").replace(b"<c:/", b"</c:").replace(b"<c:?", b"<?").replace(b"xmlns=", b"xmlns:c="),
        b"<e:Envelope xmlns:e='urn:e'><e:Header><e:From>B</e:From></e:Header>" + GOOD.split(b"?>\n")[1] + b"</e:Envelope>",
        GOOD.replace(b"camt.053.001.08", b"camt.053.001.02"),
        GOOD.replace(b"<Stmt>", b"<Stmt><x:More xmlns:x='urn:x'><x:Ntry/><Ntry/></x:More>"),
    ],
)
def test_other_ways_to_write_the_same(content):
    assert formats.detect(content) == "camt.053"
    (found,) = read(content)
    assert told(found) == told(read(GOOD)[0])


def test_every_version_is_read():
    for number in range(1, 15):
        (found,) = read(document(statement(entry("5.00"), total="5"), version=f"{number:02d}"))
        assert found.version == f"{number:02d}"


def test_without_a_namespace():
    (found,) = read(document(statement(entry("5.00"), total="5"), namespace=""))
    assert (found.version, found.notes) == ("", (records.NAMESPACE_MISSING,))


def test_status_as_a_simple_code_and_missing():
    simple_code, missing = read_one(entry("1.00", status="BOOK"), entry("2.00", status=""), total="3").entries
    assert (simple_code.status, simple_code.notes) == ("BOOK", ())
    assert (missing.status, missing.notes) == ("BOOK", (records.STATUS_MISSING,))


@pytest.mark.parametrize("status", ["PDNG", "INFO", "FUTR"])
def test_provisional_entries_are_counted_and_left_out(status):
    found = read_one(entry("1.00"), entry("50.00", status=status), entry("2.00"), total="3")
    assert [one.amount for one in found.entries] == [1, 2]
    assert [one.number for one in found.entries] == [1, 3]
    assert found.provisional_count == 1


def test_dates_stand_in_for_each_other():
    booked, valued, neither = read_one(
        entry("1.00", day="2025-03-13", value="2025-03-15"),
        entry("2.00", day="", value="2025-03-12"),
        entry("3.00", day="", value=""),
        total="6",
    ).entries
    assert (booked.booking_date, booked.value_date, booked.date_source) == (
        day("2025-03-13"), day("2025-03-15"), "booking",
    )  # fmt: skip
    assert (valued.booking_date, valued.value_date, valued.date_source) == (
        day("2025-03-12"), day("2025-03-12"), "value",
    )  # fmt: skip
    assert (neither.booking_date, neither.value_date, neither.date_source) == (
        day("2025-03-14"), None, "statement",
    )  # fmt: skip


def test_the_one_day_of_a_statement_by_previous_closing_and_by_period():
    previous = balance("PRCD", "1.00", "2025-03-13") + balance("CLBD", "6.00", "2025-03-14")
    period = "<FrToDt><FrDtTm>2025-03-14T00:00:00</FrDtTm><ToDtTm>2025-03-14T24:00:00</ToDtTm></FrToDt>"
    week = balance("OPBD", "1.00", "2025-03-10") + balance("CLBD", "6.00", "2025-03-14")
    for more in ({"balances": previous}, {"balances": week, "head": period}):
        (found,) = read_one(entry("5.00", day="", value=""), **more).entries
        assert (found.booking_date, found.date_source) == (day("2025-03-14"), "statement")


@pytest.mark.parametrize(
    "written",
    [
        "2025-03-14",
        "2025-03-14Z",
        "2025-03-14+12:00",
        "2025-03-14T00:30:00+14:00",
        "2025-03-14T23:59:59.999Z",
    ],
)
def test_no_time_zone_moves_a_date(written):
    tag = "DtTm" if "T" in written else "Dt"
    content = document(statement(entry("5.00"), total="5")).decode()
    content = content.replace("<BookgDt><Dt>2025-03-14</Dt>", f"<BookgDt><{tag}>{written}</{tag}>")
    (found,) = read(content.encode())
    assert found.entries[0].booking_date == day("2025-03-14")


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("5", "5.00"),
        ("5.", "5.00"),
        (".5", "0.50"),
        ("5.500", "5.50"),
        ("+5.00", "5.00"),
        ("0005.00", "5.00"),
        ("0", "0.00"),
    ],
)
def test_amounts_get_the_decimals_of_their_currency(written, amount):
    (found,) = read_one(entry(written), total=amount).entries
    assert str(found.amount) == amount


def test_a_balance_without_direction_is_proven_by_the_sum():
    content = document(statement(entry("5.00"), total="5")).replace(b"</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt>", b"</Amt><Dt>")
    assert read(content)[0].notes == (records.BALANCE_SIGN_MISSING,)
    overdrawn = document(statement(entry("-105.00"), opening="100", closing="5")).replace(
        b"</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt>", b"</Amt><Dt>"
    )
    with pytest.raises(formats.FormatError, match=r"difference 10\.00 EUR"):
        read(overdrawn)


def test_a_reversal_keeps_the_direction_that_is_written():
    (found,) = read_one(entry("-5.00", extra="<RvslInd>true</RvslInd>"), total="-5").entries
    assert (found.amount, found.is_reversal) == (Decimal("-5.00"), True)


def test_an_entry_in_another_currency_that_explains_itself():
    explained = "<AmtDtls><CntrValAmt><Amt Ccy='EUR'>4.60</Amt></CntrValAmt></AmtDtls>"
    (found,) = read_one(entry("5.00", ccy="USD", extra=explained), total="4.60").entries
    assert (found.amount, found.currency, found.notes) == (
        Decimal("4.60"),
        "EUR",
        (records.AMOUNT_FROM_DETAILS,),
    )


def test_an_original_amount_has_the_direction_of_its_entry():
    instructed = "<AmtDtls><InstdAmt><Amt Ccy='USD'>5.40</Amt></InstdAmt></AmtDtls>"
    (found,) = read_one(entry("-5.00", extra=instructed), total="-5").entries
    assert (found.original_amount, found.original_currency) == (Decimal("-5.40"), "USD")


def parties(debtor="", creditor=""):
    def side(role, name, account):
        number = f"<{role}Acct><Id><IBAN>{account}</IBAN></Id></{role}Acct>" if account else ""
        return (f"<{role}><Pty><Nm>{name}</Nm></Pty></{role}>" if name else "") + number

    told = (side("Dbtr", *debtor) if debtor else "") + (side("Cdtr", *creditor) if creditor else "")
    return detail(inner=f"<RltdPties>{told}</RltdPties>")


US, THEM = ("Us", ACCOUNT), ("Them", "DE02120300000000202051")


@pytest.mark.parametrize(
    ("amount", "debtor", "creditor", "name"),
    [
        ("5.00", THEM, US, "Them"),
        ("-5.00", US, THEM, "Them"),
        ("5.00", THEM, "", "Them"),
        ("-5.00", "", ("Them", ""), "Them"),
        # a returned transfer, not marked as such: money comes in, we are still the debtor
        ("5.00", US, THEM, "Them"),
        ("5.00", US, ("Them", ""), "Them"),
        # nothing but ourselves, or a lone name on the wrong side
        ("5.00", "", US, ""),
        ("5.00", "", ("Us", ""), ""),
        ("5.00", US, US, ""),
    ],
)
def test_the_other_side_is_never_our_own_account(amount, debtor, creditor, name):
    (found,) = read_one(entry(amount, details=parties(debtor, creditor)), total=amount).entries
    assert found.counterparty_name == name


def test_the_parties_of_a_reversal_keep_their_roles():
    reversal = entry("-5.00", details=parties(("Them", ""), ("Us", "")), extra="<RvslInd>true</RvslInd>")
    assert read_one(reversal, total="-5").entries[0].counterparty_name == "Them"


def test_several_groups_of_details_and_the_shape_of_version_01():
    groups = detail("4.00") + "</NtryDtls><NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>" + detail("5.00") + detail("1.00")
    (found,) = read_one(entry("10.00", details=groups), total="10").entries
    assert [one.amount for one in found.details] == [4, 5, 1]
    assert (found.batch_count, found.details_state) == (3, "proven")
    first = entry("10.00", extra=f"<Btch><NbOfTxs>2</NbOfTxs></Btch>{detail('4.00')}{detail('6.00')}")
    content = document(statement(first, total="10"), version="01").replace(b"BkToCstmrStmt>", b"BkToCstmrStmtV01>")
    (old,) = read(content)
    assert (len(old.entries[0].details), old.entries[0].details_state) == (2, "proven")


def test_accounts_in_several_currencies_and_zero_entries():
    euro, dollar = read(document(statement(entry("1.00"), total="1"), statement(ccy="USD", name="S2")))
    assert (euro.account, euro.currency) == (ACCOUNT, "EUR")
    assert (dollar.account, dollar.currency, dollar.entries) == (ACCOUNT, "USD", ())


def test_two_messages_in_one_envelope():
    inner = [simple("5.00").split(b"?>\n")[1], simple("6.00").split(b"?>\n")[1]]
    found = read(b"<Batch xmlns='urn:b'>" + b"".join(inner) + b"</Batch>")
    assert [one.entries[0].amount for one in found] == [5, 6]


def test_interim_balances():
    opened = read_one(entry("5.00"), balances=balance("OPBD", "1.00") + balance("ITBD", "6.00"))
    both = read_one(entry("5.00"), balances=balance("ITBD", "6.00") + balance("ITBD", "11.00"))
    closed = read_one(entry("5.00"), balances=balance("ITBD", "11.00") + balance("CLBD", "16.00"))
    assert [(one.opening_kind, one.closing_kind) for one in (opened, both, closed)] == [
        ("OPBD", "ITBD"), ("ITBD", "ITBD"), ("ITBD", "CLBD"),
    ]  # fmt: skip


def page(number, last):
    return f"<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (balance("OPBD", "1.00"), balance("CLBD", "9.00")),
        (balance("OPBD", "1.00"), balance("ITBD", "6.00") + balance("CLBD", "9.00")),
        (
            balance("OPBD", "1.00") + balance("CLBD", "9.00"),
            balance("OPBD", "1.00") + balance("CLBD", "9.00"),
        ),
    ],
)
def test_pages_in_one_file(first, second):
    content = document(
        statement(entry("5.00"), head=page(1, "false"), balances=first),
        statement(entry("3.00"), head=page(2, "true"), balances=second),
    )
    (found,) = read(content)
    assert (found.opening, found.closing, len(found.entries)) == (1, 9, 2)


def test_a_last_page_without_entries():
    content = document(
        statement(entry("5.00"), head=page(1, "false"), balances=balance("OPBD", "1.00")),
        statement(head=page(2, "true"), balances=balance("CLBD", "6.00")),
    )
    assert read(content)[0].closing == 6


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ("", "ends with page 1, which is not its last one"),
        (statement(entry("3.00"), head=page(3, "true"), balances=balance("CLBD", "9.00")), "ends with page 1"),
        (
            statement(entry("3.00"), name="S2", head=page(2, "true"), balances=balance("CLBD", "9.00")),
            "ends with page 1",
        ),
        (
            statement(entry("3.00"), head=page(2, "true"), balances=balance("ITBD", "7.00") + balance("CLBD", "9.00")),
            "page 2 opens with 7.00 EUR, but the pages before it reach 6.00 EUR",
        ),
        (statement(entry("3.00"), head=page(2, "true"), balances=balance("CLBD", "9.01")), "difference 0.01 EUR"),
    ],
)
def test_pages_that_do_not_fit(second, reason):
    first = statement(entry("5.00"), head=page(1, "false"), balances=balance("OPBD", "1.00"))
    with pytest.raises(formats.FormatError) as caught:
        read(document(first, second))
    assert reason in caught.value.reason


def test_a_page_that_its_own_balances_prove_is_a_statement():
    content = document(
        statement(entry("5.00"), head=page(1, "false"), balances=balance("OPBD", "1.00") + balance("ITBD", "6.00"))
    )
    (found,) = read(content)
    assert (found.closing, found.last_page) == (6, False)


def test_stream_gives_the_same_as_parse_and_reads_as_it_goes():
    amounts = ["1.00"] * 3000
    content = simple(*amounts)
    source = io.BytesIO(content)
    events = camt.stream(source)
    header, first = next(events), next(events)
    assert type(header) is formats.StatementHeader
    assert source.tell() < len(content) / 2
    *entries, proof = [first, *events]
    assert tuple(entries) == next(formats.parse(content)).entries
    assert (proof.opening, proof.total, proof.closing, proof.count) == (100, 3000, 3100, 3000)


def test_a_notification_read_as_a_stream_is_refused_at_its_header():
    content = GOOD.replace(b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn").replace(b"camt.053", b"camt.054")
    with pytest.raises(formats.FormatError, match="notification"):
        list(camt.stream(io.BytesIO(content)))


def test_line_numbers_beyond_16_bits():
    content = simple("5.00", "-7.00").replace(b"<Ntry>", b"\n" * 40000 + b"<Ntry>")
    first, second = read(content)[0].entries
    assert first.line > 40000
    assert second.line > 80000
